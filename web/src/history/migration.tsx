// One migration: its text with what check found in it and what each statement
// does, what it changed, and how its file differs from what was applied.

import { useEffect, useMemo, useState } from "preact/hooks";
import { api, ApiError, type Finding, type HistoryEntry, type Migration, type Problem } from "../api";
import { ChangeList } from "../parts/changes";
import { Button, LinkButton } from "../parts/controls";
import { IconCopy, IconDown, IconInfo, IconLock, IconPlay, IconRight, IconSchema, IconWarn } from "../parts/icons";
import { Notice, ProblemNotice, say, Working } from "../parts/notice";
import { sqlLines, SqlText } from "../parts/sqltext";
import { Tabs } from "../parts/tabs";
import { go, href, place } from "../router";
import { StateWord, lookOf } from "./states";
import { day, patchLines } from "./words";
import css from "./history.module.css";

type Part = "sql" | "changes" | "diff";

export function MigrationPage({ tag, entry, before, onApply }: { tag: string; entry: HistoryEntry | null; before: HistoryEntry | null; onApply: () => void }) {
  const [m, setM] = useState<Migration | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    api.migration(tag, abort.signal).then(setM, (e: unknown) => !abort.signal.aborted && setProblem(e instanceof ApiError ? e.problem : { what: String(e) }));
    return () => abort.abort();
  }, [tag, entry?.state]);
  const asked = place.value.query.get("part");
  const part: Part = asked === "changes" || asked === "diff" ? asked : "sql";
  const set = (p: Part) => go(href(["history", tag], { ...Object.fromEntries(place.peek().query), part: p === "sql" ? "" : p }), { replace: true });
  const waits = entry?.state === "pending" || entry?.state === "skipped" || entry?.state === "partial";
  return (
    <article class={css.page} aria-label={tag}>
      <header class={css.pageHead}>
        <div class={css.title}>
          <h1>{tag}</h1>
          {entry && <StateWord state={entry.state} />}
          {entry && <span class={css.quiet}>{day(entry.when)}</span>}
          {m?.file && <code class={css.quiet}>{m.file}</code>}
        </div>
        <div class={css.actions}>
          {entry?.snapshot && <LinkButton small look="outline" href={before ? href(["schema"], { from: before.tag, at: tag, only: "changed" }) : href(["schema"], { at: tag })}><IconSchema size={14} />In the diagram</LinkButton>}
          {m && <Button small look="outline" onClick={() => void navigator.clipboard.writeText(m.sql).then(() => say("SQL copied"))}><IconCopy size={14} />Copy</Button>}
          {waits && <Button small look="solid" onClick={onApply}><IconPlay size={13} />Apply</Button>}
        </div>
      </header>
      {entry && entry.state !== "applied" && entry.state !== "pending" && <Notice tone="warn" class={css.note}>{lookOf(entry.state).means}{entry.note && <div class={css.quiet}>{entry.note}</div>}</Notice>}
      {entry && (entry.state === "applied" || entry.state === "pending") && entry.note && <Notice class={css.note}>{entry.note}</Notice>}
      {problem && <div class={css.note}><ProblemNotice problem={problem} /></div>}
      {!m && !problem && <Working />}
      {m && (
        <>
          <Tabs label="The migration" now={part === "diff" && !m.edited ? "sql" : part} onPick={set}
            tabs={[{ id: "sql", label: "SQL", count: m.statements.length }, { id: "changes", label: "Changes", count: m.changes.length }, ...(m.edited ? [{ id: "diff" as const, label: "Edited since" }] : [])]} />
          <div class={css.body} tabIndex={0} role="tabpanel" aria-label={part}>
            {part === "changes" ? (
              <div class={css.pad}>{m.changes.length > 0 ? <ChangeList changes={m.changes} /> : <p class={css.quiet}>{entry?.snapshot === false ? "It has no snapshot, so what it changed cannot be told." : "It changes nothing about the schema."}</p>}</div>
            ) : part === "diff" && m.edited ? <Patch diff={m.edited.diff} /> : <Code m={m} />}
          </div>
        </>
      )}
    </article>
  );
}

const patchLook = { head: css.patchHead, same: undefined, added: css.patchAdded, removed: css.patchRemoved };

function Patch({ diff }: { diff: string }) {
  if (!diff.trim()) return <div class={css.pad}><p class={css.quiet}>Git does not have what was applied, so the two cannot be compared.</p></div>;
  return (
    <pre class={css.patch}>
      {patchLines(diff).map((l, i) => <div key={i} class={patchLook[l.kind]}>{l.text || " "}{"\n"}</div>)}
    </pre>
  );
}

function Code({ m }: { m: Migration }) {
  const lines = useMemo(() => sqlLines(m.sql.replace(/\n$/, "")), [m]);
  const at = useMemo(() => {
    const statements = new Map(m.statements.map((s, i) => [s.line, { ...s, n: i + 1 }]));
    const findings = new Map<number, Finding[]>();
    const end = lines.length;
    for (const f of m.findings) {
      const line = Math.max(0, Math.min(end, f.line ?? 0));
      findings.set(line, [...(findings.get(line) ?? []), f]);
    }
    return { statements, findings };
  }, [m, lines]);
  return (
    <div class={css.code}>
      {(at.findings.get(0) ?? []).map((f, i) => <FindingCard key={i} f={f} />)}
      {lines.map((line, i) => {
        const s = at.statements.get(i + 1);
        const found = at.findings.get(i + 1) ?? [];
        const worst = found.some((f) => f.severity === "error") ? css.rowBad : found.length > 0 ? css.rowWarn : undefined;
        return (
          <div key={i}>
            {s && (s.lock || s.effect || !s.generated) && (
              <div class={css.does}>
                {s.lock && <span class={/ACCESS EXCLUSIVE|^EXCLUSIVE/.test(s.lock) ? css.lockHard : undefined}><IconLock size={11} />{s.lock}</span>}
                {s.blocks && <span>blocks {s.blocks}</span>}
                {s.effect && <span>{s.effect}</span>}
                {!s.generated && <span class={css.byHand}>written by hand</span>}
              </div>
            )}
            <div class={[css.row, worst].filter(Boolean).join(" ")} id={`line-${i + 1}`}>
              <span class={css.lineNumber}>{i + 1}</span>
              <code class={css.text}>{line.length > 0 ? line : " "}</code>
            </div>
            {found.map((f, n) => <FindingCard key={n} f={f} />)}
          </div>
        );
      })}
    </div>
  );
}

function FindingCard({ f }: { f: Finding }) {
  const [open, setOpen] = useState(f.severity === "error");
  const recipe = typeof f["recipe"] === "string" ? f["recipe"] : "";
  const detail = typeof f["detail"] === "string" ? f["detail"] : "";
  const more = Boolean(f.hint || recipe || detail);
  const bad = f.severity === "error";
  return (
    <section class={`${css.finding} ${bad ? css.findingBad : css.findingWarn}`} aria-label={`${f.severity}: ${f.code}`}>
      <button type="button" class={css.findingHead} aria-expanded={more ? open : undefined} disabled={!more} onClick={() => setOpen(!open)}>
        {bad ? <IconWarn size={14} /> : <IconInfo size={14} />}
        <span><span class="visually-hidden">{f.severity}: </span>{f.message}</span>
        <code>{f.code}</code>
        {more && (open ? <IconDown size={12} /> : <IconRight size={12} />)}
      </button>
      {open && more && (
        <div class={css.findingBody}>
          {detail && <pre>{detail}</pre>}
          {f.hint && <p>{f.hint}</p>}
          {recipe && (
            <>
              <div class={css.recipeHead}><span>The safe way</span><Button small onClick={() => void navigator.clipboard.writeText(recipe).then(() => say("Recipe copied"))}><IconCopy size={13} />Copy</Button></div>
              <SqlText sql={recipe} class={css.recipe} />
            </>
          )}
        </div>
      )}
    </section>
  );
}
