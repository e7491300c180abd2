// What applying would do to those who use the database: skein plan, to look at.

import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { api, ApiError, type MigrationPlan, type PlanMigration, type PlanStatement, type Problem } from "../api";
import { Button } from "../parts/controls";
import { bytes, short } from "../parts/format";
import { IconDown, IconLock, IconPlay, IconRefresh, IconRight, IconWarn } from "../parts/icons";
import { Empty, Notice, ProblemNotice, Working } from "../parts/notice";
import { SqlText } from "../parts/sqltext";
import { href } from "../router";
import { session, writing } from "../session";
import { riskWord, seconds, span, totals, workWord, worstRisk } from "./words";
import css from "./plan.module.css";

export const plan = signal<MigrationPlan | null>(null);

export function usePlan(): { plan: MigrationPlan | null; problem: Problem | null; busy: boolean; again: () => void } {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(true);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    setBusy(true);
    api.plan(abort.signal).then(
      (p) => {
        plan.value = p;
        setProblem(null);
        setBusy(false);
      },
      (e: unknown) => {
        if (abort.signal.aborted) return;
        setProblem(e instanceof ApiError ? e.problem : { what: String(e) });
        setBusy(false);
      },
    );
    return () => abort.abort();
  }, [turn]);
  return { plan: plan.value, problem, busy, again: () => setTurn((n) => n + 1) };
}

export function PlanPage({ onApply }: { onApply: () => void }) {
  const { plan, problem, busy, again } = usePlan();
  return (
    <div class={css.page}>
      {busy && <Working label="Planning" />}
      {problem && <div class={css.pad}><ProblemNotice problem={problem} /></div>}
      {!plan && !problem && <Empty title="Looking at what each statement would do" />}
      {plan && (toDo(plan) === 0 ? <Empty title="Nothing is to be applied" /> : (
        <div class={css.scroll} tabIndex={0} role="region" aria-label="The plan">
          <header class={css.head}>
            <div>
              <h1>{plan.pending.length > 0 ? `${plan.pending.length} ${plan.pending.length === 1 ? "migration" : "migrations"} to apply` : `${plan.moved.length} to record anew`}</h1>
              <p>to <strong>{plan.database}</strong></p>
            </div>
            <Button look="outline" aria-label="Plan again" data-tip="Plan again" onClick={again}><IconRefresh /></Button>
            <Button look="solid" onClick={onApply} disabled={plan.status === "refused"}><IconPlay />Apply</Button>
          </header>
          {!writing.value && <Notice class={css.gap}>Applying is off for this run: {session.value?.writeWhy ?? "start skein studio with --write"}.</Notice>}
          <PlanBody plan={plan} />
        </div>
      ))}
    </div>
  );
}

/** How many migrations applying does something about. */
export function toDo(plan: MigrationPlan): number {
  return plan.pending.length + plan.moved.length;
}

export function PlanBody({ plan, brief }: { plan: MigrationPlan; brief?: boolean }) {
  const t = totals(plan);
  const target = plan.target;
  const least = plan.left ? "at least " : "";
  return (
    <>
      {plan.refused.length > 0 && (
        <Notice tone="bad" class={css.gap}>
          <strong>skein.yaml does not let this pass</strong>
          <ul>{plan.refused.map((r, i) => <li key={i}>{r.migration}, line {r.line}: {r.message}</li>)}</ul>
        </Notice>
      )}
      {plan.unseen && <Notice tone="warn" class={css.gap}>What the statements would do could not be looked at: {plan.unseen}</Notice>}
      {target && !target.empty && (
        <dl class={css.numbers}>
          <div><dt>work</dt><dd>{t.takes.to > 0 ? least + span(t.takes) : "a moment"}</dd></div>
          <div class={t.blocks.to >= 1 ? css.warn : undefined}><dt>others wait at most</dt><dd>{t.blocks.to > 0 ? least + span(t.blocks) : "not at all"}</dd></div>
          <div class={target.sessions.length > 0 ? css.warn : undefined}><dt>in the way now</dt><dd>{target.sessions.length === 0 ? "nobody" : `${target.sessions.length} ${target.sessions.length === 1 ? "session" : "sessions"}`}</dd></div>
        </dl>
      )}
      {target && target.sessions.length > 0 && (
        <section class={css.section}>
          <h2>In the way</h2>
          <div class={css.wrap}>
            <table class={css.table}>
              <thead><tr><th>Session</th><th>Since</th><th>State</th><th>Query</th></tr></thead>
              <tbody>{target.sessions.map((s) => <tr key={s.pid}><td>{s.pid || "prepared"} <span>{[s.user, s.application].filter(Boolean).join(", ")}</span></td><td>{seconds(s.seconds)}</td><td>{s.state}</td><td><SqlText inline sql={s.query} /></td></tr>)}</tbody>
            </table>
          </div>
        </section>
      )}
      {target?.notes.map((n) => <Notice key={n} tone="warn" class={css.gap}>{n}</Notice>)}
      {plan.pending.map((m) => <Planned key={m.tag} m={m} left={plan.left?.[m.tag] ?? 0} brief={brief ?? false} />)}
      {plan.moved.length > 0 && (
        <section class={css.section}>
          <h2>Recorded anew, and not run</h2>
          <ul class={css.moved}>{plan.moved.map((m) => <li key={m.tag}><a href={href(["history", m.tag])}>{m.tag}</a> <span>{m.note}</span></li>)}</ul>
        </section>
      )}
      {target && target.tables.length > 0 && (
        <section class={css.section}>
          <h2>Tables that are locked</h2>
          <div class={css.wrap}>
            <table class={css.table}>
              <thead><tr><th>Table</th><th class={css.figure}>Rows</th><th class={css.figure}>Size</th><th class={css.figure}>Indexes</th></tr></thead>
              <tbody>{target.tables.map((x) => <tr key={x.name}><td><a href={href(["schema", ...x.name.split(/\.(.*)/, 2)])}>{x.name}</a>{x.partitions > 0 && <span> {x.partitions} partitions</span>}</td><td class={css.figure}>{x.rows === null ? "not known" : short(x.rows)}</td><td class={css.figure}>{bytes(x.bytes)}</td><td class={css.figure}>{x.indexes}{x.indexBytes > 0 ? `, ${bytes(x.indexBytes)}` : ""}</td></tr>)}</tbody>
            </table>
          </div>
        </section>
      )}
    </>
  );
}

function Planned({ m, left, brief }: { m: PlanMigration; left: number; brief: boolean }) {
  const risk = worstRisk(m.statements);
  const [open, setOpen] = useState(!brief);
  const shown = m.statements.filter((s) => !s.control);
  return (
    <section class={css.migration} aria-label={m.tag}>
      <h2>
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>{open ? <IconDown size={12} /> : <IconRight size={12} />}{m.tag}</button>
        {risk && <Risk risk={risk} />}
        <span>{(shown.length + left).toLocaleString("en")} {shown.length + left === 1 ? "statement" : "statements"}</span>
        <a href={href(["history", m.tag])}>SQL</a>
      </h2>
      {m.skipped && <p class={css.note}>drizzle's own migrator would pass it over; this applies it.</p>}
      {m.notes.map((n) => <p key={n} class={css.note}>{n}</p>)}
      {open && <ol>{shown.map((s, i) => <PlannedStatement key={i} s={s} />)}</ol>}
      {open && left > 0 && <p class={css.note}>{left.toLocaleString("en")} more are not shown.</p>}
    </section>
  );
}

function PlannedStatement({ s }: { s: PlanStatement }) {
  const [open, setOpen] = useState(false);
  const long = s.sql.includes("\n") || s.sql.length > 110;
  const e = s.effect;
  return (
    <li class={css.statement}>
      <div class={css.sql}>
        <span class={css.line}>{s.line}</span>
        {open ? <SqlText sql={s.sql} /> : <button type="button" class={css.one} onClick={() => long && setOpen(true)} disabled={!long} data-tip={long ? "Show the whole statement" : undefined}><SqlText inline sql={s.sql.replace(/\s+/g, " ").slice(0, 300)} /></button>}
        {e && <Risk risk={e.risk} />}
      </div>
      {e && (e.locks.length > 0 || e.work.length > 0 || e.notes.length > 0 || e.opaque || s.alone || e.waitsFor.length > 0) && (
        <ul class={css.effects}>
          {e.work.map((w, i) => <li key={`w${i}`}>{w.maybe ? "may " : ""}{workWord[w.kind]} <strong>{w.table}</strong>{w.index ? ` (${w.index})` : ""}, {span(w.takes)}{w.space > 0 ? `, ${bytes(w.space)} more on disk` : ""}{w.why && <span>{w.why}</span>}</li>)}
          {e.locks.map((l, i) => (
            <li key={`l${i}`} class={l.blocks.includes("reads") ? css.hard : undefined}><IconLock size={11} />{l.maybe ? "may lock " : "locks "}<strong>{l.table}</strong> {l.level}, {l.blocks.length > 0 ? `${l.blocks.join(" and ")} wait` : "nobody waits"} {span(l.held)}</li>
          ))}
          {e.waitsFor.map((w, i) => <li key={`b${i}`} class={css.hard}><IconWarn size={11} />waits for session {w.pid || "of a prepared transaction"}{w.table ? ` on ${w.table}` : ""}</li>)}
          {s.alone && <li>runs on its own, outside of a transaction</li>}
          {e.opaque && <li>runs what cannot be seen from here</li>}
          {e.notes.map((n) => <li key={n}>{n}</li>)}
        </ul>
      )}
    </li>
  );
}

const riskLook = { none: css.riskNone, moment: css.riskMoment, busy: css.riskBusy, blocking: css.riskBlocking };

function Risk({ risk }: { risk: "none" | "moment" | "busy" | "blocking" }) {
  return <span class={`${css.risk} ${riskLook[risk]}`}>{risk === "blocking" && <IconWarn size={11} />}{riskWord[risk]}</span>;
}
