// A page for one table of the database: all that it is made of, and what the
// server has counted about it.

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { api, type Index, type Problem, type Table, type TableName } from "../api";
import { useCommands } from "../commands";
import { Button, LinkButton } from "../parts/controls";
import { SqlText } from "../parts/sqltext";
import { ago, bytes, count, short } from "../parts/format";
import { IconData, IconKey, IconLeft, IconRefresh, IconSchema, IconWarn } from "../parts/icons";
import { ProblemNotice, Working } from "../parts/notice";
import { go, href } from "../router";
import { back } from "../session";
import { idOf, namedIn, saidName } from "./graph";
import { problemOf } from "./state";
import css from "./table.module.css";

export function TablePage({ schema, name }: TableName) {
  const [table, setTable] = useState<Table | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    api.table({ schema, name }, abort.signal).then(
      (t) => {
        setTable(t);
        setProblem(null);
      },
      (e: unknown) => !abort.signal.aborted && setProblem(problemOf(e)),
    );
    return () => abort.abort();
  }, [schema, name, turn, back.value]);

  const id = idOf({ schema, name });
  const diagram = href(["schema"], { table: id, focus: id });
  const rows = href(["data", schema, name]);
  useCommands(() => [
    { id: "table.rows", title: `Show the rows of ${name}`, group: "Table", keys: "d", run: () => go(rows) },
    { id: "table.diagram", title: `Show ${name} in the diagram`, group: "Table", keys: "f", run: () => go(diagram) },
    { id: "table.back", title: "Back to the schema", group: "Table", keys: "u", run: () => go("/schema") },
    { id: "table.refresh", title: "Read the table again", group: "Table", keys: "r", run: () => setTurn((n) => n + 1) },
  ]);

  return (
    <div class={css.page} tabIndex={-1}>
      <div class={css.inner}>
        <header class={css.head}>
          <a class={css.back} href="/schema"><IconLeft size={14} />Schema</a>
          <h1>{saidName({ schema, name })}</h1>
          <div class={css.actions}>
            <LinkButton look="outline" href={rows}><IconData />Rows</LinkButton>
            <LinkButton look="outline" href={diagram}><IconSchema />Diagram</LinkButton>
            <Button look="outline" aria-label="Read again" data-tip="Read again (R)" onClick={() => setTurn((n) => n + 1)}><IconRefresh /></Button>
          </div>
        </header>
        {problem && <ProblemNotice problem={problem} />}
        {!table && !problem && <Working />}
        {table && <Facts t={table} />}
      </div>
    </div>
  );
}

function Facts({ t }: { t: Table }) {
  const target = new Map(t.foreignKeys.flatMap((f) => f.columns.map((c, i) => [c, { table: f.table, column: f.references[i] }] as const)));
  const s = t.stats;
  const scans = s ? s.seqScans + s.idxScans : 0;
  return (
    <>
      {t.comment && <p class={css.comment}>{t.comment}</p>}
      <p class={css.small}>
        {kindWord[t.kind] ?? t.kind}
        {t.partitionOf && <> of <TableLink sql={t.partitionOf} />: <code>{t.bound}</code></>}
        {t.partitionKey && <> by <code>{t.partitionKey}</code></>}
        {t.inherits.length > 0 && <>, inherits from {t.inherits.map((n, i) => <>{i > 0 && ", "}<TableLink key={n} sql={n} /></>)}</>}
        , owned by {t.owner}
      </p>
      <dl class={css.numbers}>
        <Figure name={t.kind === "table" ? "rows, estimated" : `rows, ${t.kind}`} value={t.rows === null ? "not known" : short(t.rows)} tip={t.rows === null ? "The table was never analysed" : count(t.rows)} />
        <Figure name="on disk" value={bytes(t.bytes.total)} tip={`table ${bytes(t.bytes.table)}, indexes ${bytes(t.bytes.indexes)}, long values ${bytes(t.bytes.toast)}`} />
        <Figure name="of it indexes" value={t.bytes.total > 0 ? `${Math.round((t.bytes.indexes / t.bytes.total) * 100)}%` : "–"} tip={bytes(t.bytes.indexes)} />
        {s && <Figure name="read through an index" value={scans > 0 ? `${Math.round((s.idxScans / scans) * 100)}%` : "–"} tip={`${count(s.idxScans)} index scans, ${count(s.seqScans)} scans of the whole table`} />}
        {s && <Figure name="dead rows" value={s.liveRows + s.deadRows > 0 ? `${Math.round((s.deadRows / (s.liveRows + s.deadRows)) * 100)}%` : "0%"} warn={s.deadRows > 10000 && s.deadRows > s.liveRows * 0.2} tip={count(s.deadRows)} />}
      </dl>
      <nav class={css.jump} aria-label="On this page">
        {([["Columns", "columns", t.columns.length], ["Indexes", "indexes", t.indexes.length], ["Foreign keys", "keys", t.foreignKeys.length], ["Referenced by", "referenced", t.referencedBy.length],
          ["Checks", "checks", t.checks.length], ["Policies", "policies", t.policies.length], ["Triggers", "triggers", t.triggers.length],
          ["Partitions", "partitions", t.partitions.length], ["Inherited by", "inherited", t.inheritedBy.length]] as const)
          .filter(([, , n]) => n > 0).map(([title, id, n]) => <a key={id} href={`#${id}`} onClick={(e) => {
            e.preventDefault();
            document.getElementById(id)?.scrollIntoView({ block: "start" });
          }}>{title} <span>{n}</span></a>)}
      </nav>

      <Section id="columns" title="Columns" n={t.columns.length}>
        <Grid head={["Column", "Type", "Default", ""]}>
          {t.columns.map((c) => {
            const to = target.get(c.name);
            return (
              <tr key={c.name}>
                <td class={css.name}>{c.name}{c.primary && <IconKey size={12} />}{c.comment && <div class={css.small}>{c.comment}</div>}</td>
                <td><code>{c.type}</code>{!c.nullable && <span class={css.word}>not null</span>}{c.identity && <span class={css.word}>identity, {c.identity}</span>}{c.collation && <span class={css.word}>collate {c.collation}</span>}</td>
                <td>{c.generated ? <><span class={css.word}>generated</span><code>{c.generated}</code></> : c.default !== null && <code>{c.default}</code>}</td>
                <td>{to ? <a href={href(["schema", to.table.schema, to.table.name])}>→ {saidName(to.table)}.{to.column}</a> : c.enum ? <span class={css.small}>{c.enum.join(", ")}</span> : null}</td>
              </tr>
            );
          })}
        </Grid>
      </Section>

      {t.indexes.length > 0 && (
        <Section id="indexes" title="Indexes" n={t.indexes.length}>
          <Grid head={["Index", "Over", "Size", "Scans"]}>
            {[...t.indexes].sort((a, b) => Number(b.primary) - Number(a.primary) || b.scans - a.scans).map((i) => <IndexRow key={i.name} i={i} total={t.bytes.indexes} excludes={t.checks.some((c) => c.name === i.name)} />)}
          </Grid>
        </Section>
      )}

      {t.foreignKeys.length > 0 && (
        <Section id="keys" title="Foreign keys" n={t.foreignKeys.length}>
          <Grid head={["Columns", "Points to", "On delete", ""]}>
            {t.foreignKeys.map((f) => (
              <tr key={f.name}>
                <td class={css.name}>{f.columns.join(", ")}</td>
                <td><a href={href(["schema", f.table.schema, f.table.name])}>{saidName(f.table)}</a> <span class={css.small}>({f.references.join(", ")})</span></td>
                <td>{f.onDelete}{f.onUpdate !== "no action" && <span class={css.small}>, on update {f.onUpdate}</span>}</td>
                <td>{!f.validated && <Warn>not validated</Warn>}<span class={css.small}>{f.name}</span></td>
              </tr>
            ))}
          </Grid>
        </Section>
      )}

      {t.referencedBy.length > 0 && (
        <Section id="referenced" title="Referenced by" n={t.referencedBy.length}>
          <Grid head={["Table", "Columns", ""]}>
            {t.referencedBy.map((f) => (
              <tr key={f.name + idOf(f.table)}>
                <td class={css.name}><a href={href(["schema", f.table.schema, f.table.name])}>{saidName(f.table)}</a></td>
                <td>{f.columns.join(", ")} <span class={css.small}>→ {f.references.join(", ")}</span></td>
                <td>{!f.indexed && <Warn tip="Deleting or updating a row here scans that whole table">no index</Warn>}</td>
              </tr>
            ))}
          </Grid>
        </Section>
      )}

      {(t.checks.length > 0 || t.uniques.length > 0) && (
        <Section id="checks" title="Checks and what is unique" n={t.checks.length + t.uniques.length}>
          <Grid head={["Constraint", "Rule", ""]}>
            {t.uniques.map((u) => <tr key={u.name}><td class={css.name}>{u.name}</td><td><code>UNIQUE ({u.columns.join(", ")})</code></td><td /></tr>)}
            {t.checks.map((c) => <tr key={c.name}><td class={css.name}>{c.name}</td><td><SqlText inline sql={c.definition} /></td><td>{!c.validated && <Warn>not validated</Warn>}</td></tr>)}
          </Grid>
        </Section>
      )}

      {(t.policies.length > 0 || t.rls.enabled) && (
        <Section id="policies" title="Row security" n={t.policies.length}>
          <p class={css.small}>{t.rls.enabled ? (t.rls.forced ? "On, also for the owner of the table." : "On, but not for the owner of the table.") : "There are policies, but row security is off: they do nothing."}</p>
          {t.policies.length > 0 && (
            <Grid head={["Policy", "For", "Rows that are seen", "Rows that are written"]}>
              {t.policies.map((p) => (
                <tr key={p.name}>
                  <td class={css.name}>{p.name}{!p.permissive && <span class={css.word}>restrictive</span>}</td>
                  <td>{p.command.toLowerCase()} <span class={css.small}>by {p.roles.join(", ")}</span></td>
                  <td>{p.using && <SqlText inline sql={p.using} />}</td>
                  <td>{p.check && <SqlText inline sql={p.check} />}</td>
                </tr>
              ))}
            </Grid>
          )}
        </Section>
      )}

      {t.triggers.length > 0 && (
        <Section id="triggers" title="Triggers" n={t.triggers.length}>
          {t.triggers.map((g) => (
            <div key={g.name} class={css.definition}>
              <div class={css.name}>{g.name}{!g.enabled && <Warn>off</Warn>}</div>
              <SqlText sql={g.definition} />
            </div>
          ))}
        </Section>
      )}

      {t.partitions.length > 0 && (
        <Section id="partitions" title="Partitions" n={t.partitions.length}>
          <Grid head={["Partition", "Has"]}>
            {t.partitions.map((p) => <tr key={p.name}><td class={css.name}><TableLink sql={p.name} /></td><td><code>{p.bound}</code></td></tr>)}
          </Grid>
        </Section>
      )}

      {t.inheritedBy.length > 0 && (
        <Section id="inherited" title="Inherited by" n={t.inheritedBy.length}>
          <ul class={css.small}>{t.inheritedBy.map((n) => <li key={n}><TableLink sql={n} /></li>)}</ul>
        </Section>
      )}

      {t.view && <Section id="view" title="Definition"><SqlText class={css.code} sql={t.view} /></Section>}

      {s && (
        <Section id="statistics" title="Since the counters were reset">
          <dl class={css.stats}>
            <dt>Inserted</dt><dd>{count(s.inserted)}</dd>
            <dt>Updated</dt><dd>{count(s.updated)}</dd>
            <dt>Deleted</dt><dd>{count(s.deleted)}</dd>
            <dt>Scans of the whole table</dt><dd>{count(s.seqScans)}</dd>
            <dt>Index scans</dt><dd>{count(s.idxScans)}</dd>
            <dt>Last vacuum</dt><dd>{s.lastVacuum ? ago(new Date(s.lastVacuum).getTime()) : "never"}</dd>
            <dt>Last analyze</dt><dd>{s.lastAnalyze ? ago(new Date(s.lastAnalyze).getTime()) : "never"}</dd>
          </dl>
        </Section>
      )}
    </>
  );
}

const kindWord: Partial<Record<Table["kind"], string>> = {
  table: "Table", partitioned: "Partitioned", partition: "Partition", view: "View", matview: "Materialized view", foreign: "Foreign table",
};

function TableLink({ sql }: { sql: string }) {
  const t = namedIn(sql);
  return <a href={href(["schema", t.schema, t.name])}>{saidName(t)}</a>;
}

/** What an index is over, in SQL: expressions, directions and included columns as they stand in its definition. */
function overOf(i: Index): string {
  const from = i.definition.indexOf("(", i.definition.indexOf(` USING ${i.method} `));
  const end = i.predicate ? i.definition.lastIndexOf(" WHERE ") : i.definition.length;
  return i.definition.slice(from, end).replace(/^\(([^()]*)\)$/, "$1");
}

function IndexRow({ i, total, excludes }: { i: Index; total: number; excludes: boolean }) {
  const unused = i.scans === 0 && !i.unique && !i.primary && !excludes;
  return (
    <tr>
      <td class={css.name} title={i.definition}>
        {i.name}
        {i.primary ? <span class={css.word}>primary key</span> : i.unique && <span class={css.word}>unique</span>}
        {!i.valid && <Warn tip="It was left behind by an index build that failed; drop it and build it again">not valid</Warn>}
      </td>
      <td><code>{overOf(i)}</code>{i.method !== "btree" && <span class={css.word}>{i.method}</span>}{i.predicate && <div class={css.small}>where {i.predicate}</div>}</td>
      <td class={css.number}><span class={css.meter} aria-hidden="true"><span style={{ width: `${total > 0 ? Math.max(2, (i.bytes / total) * 100) : 0}%` }} /></span>{bytes(i.bytes)}</td>
      <td class={css.number}>{unused ? <Warn tip="Nothing has read it since the counters were reset. It still slows down each write.">unused</Warn> : short(i.scans)}</td>
    </tr>
  );
}

function Section({ id, title, n, children }: { id: string; title: string; n?: number; children: ComponentChildren }) {
  return (
    <section id={id} class={css.section} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}{n !== undefined && n > 0 && <span>{n}</span>}</h2>
      {children}
    </section>
  );
}

function Grid({ head, children }: { head: string[]; children: ComponentChildren }) {
  return (
    <div class={css.wrap} tabIndex={0} role="group" aria-label={head[0]}>
      <table class={css.grid}>
        <thead><tr>{head.map((h, i) => (h ? <th key={i} scope="col">{h}</th> : <td key={i} />))}</tr></thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

function Figure({ name, value, tip, warn }: { name: string; value: string; tip?: string; warn?: boolean }) {
  return <div data-tip={tip} class={warn ? css.warnNumber : undefined}><dt>{name}</dt><dd>{value}</dd></div>;
}

function Warn({ children, tip }: { children: ComponentChildren; tip?: string }) {
  return <span class={css.warn} data-tip={tip} tabIndex={tip ? 0 : undefined}><IconWarn size={12} />{children}</span>;
}
