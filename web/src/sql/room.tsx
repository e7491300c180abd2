// SQL: texts in tabs, run against the database, with what came of it below.

import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { api, ApiError, type Completion, type Explain } from "../api";
import { keyLabel, useCommands } from "../commands";
import { Button, IconButton, Select } from "../parts/controls";
import { Confirm } from "../parts/dialog";
import { IconClock, IconClose, IconDown, IconEdit, IconLock, IconPlay, IconPlus, IconStop, IconTree } from "../parts/icons";
import { Menu, usePopover } from "../parts/popover";
import { Split } from "../parts/split";
import { go, href, place } from "../router";
import { session, writing } from "../session";
import { Editor, type EditorHandle } from "./editor";
import { addPast, changeTab, closeTab, lastTab, newTab, past, resultHeight, rowLimit, tabs, type Tab } from "./kept";
import { PastDialog } from "./past";
import { Results, type Outcome } from "./results";
import { cancel, failure, newRun, place as placeIn, start, type Run } from "./run";
import { titleOf, writes } from "./statements";
import css from "./sql.module.css";

const catalog = signal<Completion | null>(null);
/** What came last of each tab; kept while the page is open. */
const outcomes = signal<Record<string, Outcome>>({});
const ready = signal(false);
const armed = signal(false); // the next run writes

async function loadCatalog(): Promise<void> {
  try {
    catalog.value = await api.completion();
  } catch {
    // The editor works without; the banner of the page says what is wrong.
  }
}

export default function SQLRoom() {
  const [, id] = place.value.path;
  const q = place.value.query.get("q");
  useEffect(() => {
    if (!catalog.peek()) void loadCatalog();
    void Promise.all([tabs.ready, lastTab.ready, past.ready, rowLimit.ready, resultHeight.ready]).then(() => (ready.value = true));
  }, []);
  useEffect(() => {
    if (!ready.value) return;
    if (q !== null) {
      const same = tabs.peek().find((t) => t.sql.trim() === q.trim());
      go(href(["sql", (same ?? newTab(q)).id]), { replace: true });
    } else if (!tabs.peek().some((t) => t.id === id)) {
      const to = tabs.peek().find((t) => t.id === lastTab.peek()) ?? tabs.peek()[0] ?? newTab();
      go(href(["sql", to.id]), { replace: true });
    } else lastTab.value = id!;
  }, [ready.value, id, q]);
  const tab = ready.value ? tabs.value.find((t) => t.id === id) : undefined;
  if (!tab) return null;
  return <Desk key={tab.id} tab={tab} />;
}

function Desk({ tab }: { tab: Tab }) {
  const handle = useRef<EditorHandle | null>(null);
  const [pastOpen, setPastOpen] = useState(false);
  const [ask, setAsk] = useState<(() => void) | null>(null);
  const [measured, setMeasured] = useState<{ sql: string; from: number } | null>(null);
  const outcome = outcomes.value[tab.id] ?? null;
  const run = outcome?.kind === "run" ? outcome.run : null;
  void run?.version.value;
  const busy = run?.running ?? (outcome?.kind === "plan" && !outcome.explain && !outcome.problem);
  const put = (o: Outcome) => (outcomes.value = { ...outcomes.peek(), [tab.id]: o });

  const runText = async (what: { sql: string; from: number } | null) => {
    if (!what || busy) return;
    handle.current?.mark(null);
    const write = armed.peek() && writing.peek();
    const fresh = newRun(what.sql, what.from, write, rowLimit.peek());
    armed.value = false; // writing is for one run
    put({ kind: "run", run: fresh });
    await start(fresh);
    ended(fresh);
  };
  const ended = (r: Run) => {
    const failed = failure(r, handle.current?.text() ?? tab.sql);
    if (failed && failed.pos !== null && !r.canceled) handle.current?.mark({ pos: failed.pos, problem: failed.problem });
    past.value = addPast(past.peek(), {
      sql: r.sql, at: Date.now(), ms: Math.round(r.ms ?? 0), rows: r.results.reduce((n, x) => n + x.rows.length, 0), ...(failed ? { failed: true } : {}), ...(r.committed && r.write ? { wrote: true } : {}),
    });
    if (r.results.some((x) => /^(CREATE|ALTER|DROP)/.test(x.command))) void loadCatalog();
  };
  const explain = async (what: { sql: string; from: number }, analyze: boolean, write = false) => {
    handle.current?.mark(null);
    if (analyze) armed.value = false; // as for a run
    const id = newRun("", 0, false, 0).id;
    const stop = () => void api.cancelSql(id).catch(() => {});
    const base = { kind: "plan" as const, id, stop, analyze, wrote: write };
    put({ ...base, explain: null, problem: null });
    try {
      const found: Explain = await api.explain({ id, sql: what.sql, analyze, write });
      put({ ...base, explain: found, problem: null });
    } catch (e) {
      const problem = e instanceof ApiError ? e.problem : { what: String(e) };
      put({ ...base, explain: null, problem });
      if (problem.line) handle.current?.mark({ pos: placeIn(handle.current.text(), what.from, problem.line, problem.column ?? 1), problem });
    }
  };
  const plan = () => {
    const what = handle.current?.target();
    if (what && !busy) void explain(what, false);
  };
  // To measure a statement is to run it, so what writes is asked about first, wherever the database is.
  const measure = () => {
    const what = handle.current?.target();
    if (!what || busy) return;
    if (writing.peek() && (armed.peek() || writes(what.sql))) setMeasured(what);
    else void explain(what, true);
  };
  const guarded = (go: () => void) => () => {
    const s = session.peek();
    if (armed.peek() && s && !s.local) setAsk(() => go);
    else go();
  };
  const runHere = guarded(() => void runText(handle.current?.target() ?? null));
  const runAll = guarded(() => {
    const text = handle.current?.text() ?? "";
    if (text.trim()) void runText({ sql: text, from: 0 });
  });
  const stop = () => {
    if (run?.running) void cancel(run);
    else if (outcome?.kind === "plan") outcome.stop();
  };

  useCommands(() => [
    { id: "sql.run", title: "Run the statement at the cursor", group: "SQL", keys: "mod+enter", words: "execute selection", always: true, run: runHere },
    { id: "sql.all", title: "Run all statements", group: "SQL", keys: "mod+shift+enter", always: true, run: runAll },
    { id: "sql.explain", title: "Explain: show the plan", group: "SQL", keys: "mod+e", always: true, run: plan },
    { id: "sql.analyze", title: "Explain analyze: run it and show the plan with times", group: "SQL", keys: "mod+shift+e", always: true, run: measure },
    { id: "sql.cancel", title: "Cancel what runs", group: "SQL", keys: "mod+.", always: true, run: stop },
    { id: "sql.new", title: "New query", group: "SQL", keys: "n", run: () => go(href(["sql", newTab().id])) },
    { id: "sql.close", title: "Close this query", group: "SQL", run: () => go(href(["sql", closeTab(tab.id)])) },
    { id: "sql.past", title: "Find in queries that were run", group: "SQL", keys: "mod+shift+h", words: "history", always: true, run: () => setPastOpen(true) },
    { id: "sql.edit", title: "Go to the editor", group: "SQL", keys: "e", run: () => handle.current?.focus() },
    ...(writing.value ? [{ id: "sql.write", title: armed.value ? "Run the next one read only" : "Let the next run write", group: "SQL", run: () => (armed.value = !armed.value) }] : []),
  ]);

  const top = (
    <div class={css.top} data-write={armed.value ? "" : undefined}>
      <Actions busy={!!busy} onRun={runHere} onRunAll={runAll} onExplain={plan} onMeasure={measure} onStop={stop} onPast={() => setPastOpen(true)} />
      <Editor id={tab.id} initial={tab.sql} catalog={() => catalog.peek()} handle={handle} onChange={(sql) => changeTab(tab.id, { sql })}
        onRun={runHere} onRunAll={runAll} onExplain={plan} onCancel={stop} />
    </div>
  );
  return (
    <div class={css.room}>
      <TabBar now={tab.id} />
      <Split column side="end" size={resultHeight} min={120} max={1400} label="Height of the results"
        pane={<Results outcome={outcome} text={() => handle.current?.text() ?? tab.sql} onGoTo={(pos) => handle.current?.goTo(pos)} />}>
        {top}
      </Split>
      {pastOpen && <PastDialog onClose={() => setPastOpen(false)} onTake={(p) => {
        const same = tabs.peek().find((t) => t.sql.trim() === p.sql.trim());
        go(href(["sql", (same ?? newTab(p.sql)).id]));
      }} />}
      {measured && (
        <Confirm title="Run it to measure it?" yes="Run and roll back" bad onNo={() => setMeasured(null)} onYes={() => {
          setMeasured(null);
          void explain(measured, true, true);
        }}>
          <p>Explain analyze runs the statement on {session.value?.database}: its rows are written and locked and its triggers fire. Then all of it is rolled back. Numbers that sequences gave out are not given back, and what a function does outside of the database stays done.</p>
        </Confirm>
      )}
      {ask && (
        <Confirm title={`Write to ${session.value?.database} on ${session.value?.host}`} yes="Run and commit" bad onNo={() => setAsk(null)} onYes={() => {
          const go = ask;
          setAsk(null);
          go();
        }}>
          <p>This database is not on this machine. What runs is committed if all of it succeeds.</p>
        </Confirm>
      )}
    </div>
  );
}

function Actions({ busy, onRun, onRunAll, onExplain, onMeasure, onStop, onPast }: {
  busy: boolean;
  onRun: () => void;
  onRunAll: () => void;
  onExplain: () => void;
  onMeasure: () => void;
  onStop: () => void;
  onPast: () => void;
}) {
  const more = usePopover();
  return (
    <div class={css.actions} role="toolbar" aria-label="Run">
      {busy ? (
        <Button look="outline" onClick={onStop} data-tip={`Cancel (${keyLabel("mod+.")})`}><IconStop />Cancel</Button>
      ) : (
        <Button look="solid" class={armed.value ? css.runWrite : undefined} onClick={onRun} data-tip={`The statement at the cursor, or what is selected (${keyLabel("mod+enter")})`}><IconPlay />Run</Button>
      )}
      <Button onClick={onRunAll} disabled={busy} class={css.wideOnly} data-tip={keyLabel("mod+shift+enter")}>Run all</Button>
      <Button onClick={onExplain} disabled={busy} data-tip={`Show the plan (${keyLabel("mod+e")})`}><IconTree />Explain</Button>
      <IconButton {...more.trigger} label="More ways to run"><IconDown size={14} /></IconButton>
      {more.at && (
        <Menu at={more.at} onClose={more.close} label="Run" items={[
          { label: "Run all", keys: "mod+shift+enter", run: onRunAll },
          { label: "Explain", keys: "mod+e", run: onExplain },
          { label: "Explain analyze: run it, roll back", keys: "mod+shift+e", run: onMeasure },
          "rule",
          { label: "Queries that were run", keys: "mod+shift+h", run: onPast },
        ]} />
      )}
      <span class={css.gap} />
      <Mode />
      <Select class={css.limit} aria-label="Most rows of a result" data-tip="Most rows that are read of a result" value={String(rowLimit.value)}
        options={[["100", "100 rows"], ["1000", "1,000 rows"], ["10000", "10,000 rows"], ["50000", "50,000 rows"]] as const} onPick={(n) => (rowLimit.value = Number(n))} />
      <IconButton label="Queries that were run" tip={`Queries that were run (${keyLabel("mod+shift+h")})`} onClick={onPast}><IconClock /></IconButton>
    </div>
  );
}

/** Whether the next run may write. Off again after each run. */
function Mode() {
  const s = session.value;
  if (!s) return null;
  if (!writing.value) return <span class={css.mode} data-tip={`Runs in a read-only transaction. ${s.writeWhy}`} tabIndex={0}><IconLock size={13} />Read only</span>;
  return (
    <label class={css.mode} data-on={armed.value ? "" : undefined} data-tip="For the next run only">
      <input type="checkbox" role="switch" aria-label="The next run writes" checked={armed.value} onChange={(e) => (armed.value = e.currentTarget.checked)} />
      {armed.value ? <><IconEdit size={13} />The next run writes</> : <><IconLock size={13} />Read only</>}
    </label>
  );
}

function TabBar({ now }: { now: string }) {
  const [renaming, setRenaming] = useState<string | null>(null);
  const name = (t: Tab) => t.title || titleOf(t.sql) || "New query";
  return (
    <div class={css.tabs}>
      <nav class={css.tabList} aria-label="Queries">
        {tabs.value.map((t) => (
          <div key={t.id} class={css.tab} data-on={t.id === now ? "" : undefined}>
            {renaming === t.id ? (
              <input class={css.rename} autofocus aria-label="Title" value={name(t)} ref={(el) => el?.select()}
                onKeyDown={(e) => {
                  if (e.key === "Enter") e.currentTarget.blur();
                  if (e.key === "Escape") setRenaming(null);
                }}
                onBlur={(e) => {
                  changeTab(t.id, { title: e.currentTarget.value.trim() === titleOf(t.sql) ? "" : e.currentTarget.value.trim() });
                  setRenaming(null);
                }} />
            ) : (
              <a href={href(["sql", t.id])} aria-current={t.id === now ? "page" : undefined} onDblClick={() => setRenaming(t.id)} data-tip={t.id === now ? "Press twice to name it" : undefined}>{name(t)}</a>
            )}
            <button type="button" class={css.closeTab} aria-label={`Close ${name(t)}`} onClick={() => {
              const next = closeTab(t.id);
              if (t.id === now) go(href(["sql", next]));
            }}><IconClose size={12} /></button>
          </div>
        ))}
      </nav>
      <IconButton small label="New query" onClick={() => go(href(["sql", newTab().id]))}><IconPlus size={14} /></IconButton>
    </div>
  );
}
