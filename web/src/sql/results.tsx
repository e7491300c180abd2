// What came of a run: a panel for each result, what the server said, and how
// long it took.

import { useState } from "preact/hooks";
import type { Cell, Explain, Problem } from "../api";
import { Button, IconButton } from "../parts/controls";
import { Dialog } from "../parts/dialog";
import { bytes, count, millis } from "../parts/format";
import { IconCheck, IconCopy, IconDownload, IconInfo, IconStop, IconWarn } from "../parts/icons";
import { Empty, Notice, ProblemNotice, say, Working } from "../parts/notice";
import { Menu, usePopover } from "../parts/popover";
import { Tabs } from "../parts/tabs";
import { keyLabel } from "../commands";
import { ResultGrid } from "./grid";
import { PlanView } from "./planview";
import { cancel, failure, lineColumn, type Result, type ResultColumn, type Run } from "./run";
import { cellText, csv, json, save } from "./text";
import css from "./sql.module.css";

export type Outcome =
  | { kind: "run"; run: Run }
  | { kind: "plan"; id: string; explain: Explain | null; problem: Problem | null; stop: () => void; analyze: boolean; wrote: boolean };

export function Results({ outcome, text, onGoTo }: { outcome: Outcome | null; text: () => string; onGoTo: (pos: number) => void }) {
  if (!outcome) {
    return (
      <Empty title="Nothing has been run">
        <p><kbd>{keyLabel("mod+enter")}</kbd> runs the statement at the cursor or what is selected, <kbd>{keyLabel("mod+shift+enter")}</kbd> runs all, <kbd>{keyLabel("mod+e")}</kbd> shows the plan.</p>
      </Empty>
    );
  }
  if (outcome.kind === "plan") {
    if (outcome.problem) return <div class={css.pad}><ProblemNotice problem={outcome.problem} /></div>;
    if (!outcome.explain) {
      return (
        <div class={css.waiting}>
          <Working label="Planning" />
          <span>{outcome.analyze ? "Running it to measure" : "Planning"}</span>
          <Button small look="outline" onClick={outcome.stop}><IconStop size={14} />Cancel</Button>
        </div>
      );
    }
    return <PlanView explain={outcome.explain} rolledBack={outcome.wrote} />;
  }
  return <RunResults key={outcome.run.id} run={outcome.run} text={text} onGoTo={onGoTo} />;
}

function RunResults({ run, text, onGoTo }: { run: Run; text: () => string; onGoTo: (pos: number) => void }) {
  void run.version.value;
  const [picked, pick] = useState<string | null>(null);
  const [look, setLook] = useState<{ column: ResultColumn; cell: Cell } | null>(null);
  const failed = failure(run, text());
  const withRows = run.results.filter((r) => r.columns);
  const tabs = [
    ...run.results.map((r) => ({ id: String(r.index), label: tabName(r, run.results.length, run.canceled) })),
    ...(run.notices.length > 0 ? [{ id: "notices", label: "Messages", count: run.notices.length }] : []),
  ];
  const now = picked ?? String(failed?.result?.index ?? withRows.at(-1)?.index ?? run.results.at(-1)?.index ?? "notices");
  const shown = run.results.find((r) => String(r.index) === now) ?? null;
  return (
    <div class={css.results}>
      <div class={css.resultBar}>
        {tabs.length > 1 ? <Tabs label="Results" now={now} onPick={pick} tabs={tabs} /> : <span class={css.only}>{tabs[0]?.label ?? ""}</span>}
        <span class={css.gap} />
        <RunState run={run} />
        {shown?.columns && <Out result={shown} />}
      </div>
      <div class={css.resultBody} role="tabpanel" aria-label="Result">
        {run.running && <Working label="Running" />}
        {run.problem && !failed?.result && <div class={css.pad}><ProblemNotice problem={run.problem} /></div>}
        {now === "notices" ? (
          <ul class={css.notices} tabIndex={0} aria-label="Messages">{run.notices.map((n, i) => <li key={i} class={/^(WARNING|ERROR)/.test(n.severity) ? css.warning : undefined}><span>{n.severity.toLowerCase()}</span>{n.message}</li>)}</ul>
        ) : shown ? (
          <One result={shown} run={run} onGoTo={onGoTo} failed={failed?.result === shown && failed.pos !== null ? { pos: failed.pos, ...lineColumn(text(), failed.pos) } : null} onLook={(column, cell) => setLook({ column, cell })} />
        ) : null}
      </div>
      {look && <Look {...look} onClose={() => setLook(null)} />}
    </div>
  );
}

function tabName(r: Result, of: number, canceled: boolean): string {
  const n = of > 1 ? `${r.index + 1}  ` : "";
  if (r.error) return `${n}${canceled ? "canceled" : "error"}`;
  return n + (r.command || (r.columns ? `${count(r.rows.length)} rows` : r.sql.split(/\s/, 1)[0]?.toUpperCase() ?? ""));
}

function RunState({ run }: { run: Run }) {
  if (run.running) {
    return (
      <span class={css.state}>
        <Elapsed run={run} />
        <Button small look="outline" disabled={run.canceled} onClick={() => void cancel(run)}><IconStop size={14} />{run.canceled ? "Canceling" : "Cancel"}</Button>
      </span>
    );
  }
  const failed = run.problem !== null || run.results.some((r) => r.error);
  return (
    <span class={css.state} role="status">
      {run.write && (run.committed ? <span class={css.wrote}><IconCheck size={13} />committed</span> : <span class={css.bad}><IconWarn size={13} />{failed ? "rolled back" : "nothing committed"}</span>)}
      {millis(run.ms ?? 0)}
    </span>
  );
}

function Elapsed({ run }: { run: Run }) {
  const [, tick] = useState(0);
  if (run.running) setTimeout(() => tick((n) => n + 1), 100);
  return <span class={css.time}>{((performance.now() - run.began) / 1000).toFixed(1)} s</span>;
}

function One({ result, run, onGoTo, failed, onLook }: { result: Result; run: Run; onGoTo: (pos: number) => void; failed: { pos: number; line: number; column: number } | null; onLook: (column: ResultColumn, cell: Cell) => void }) {
  if (result.error) {
    const e = result.error;
    const stopped = run.canceled;
    return (
      <div class={css.pad}>
        {stopped ? <Notice><div>Canceled. Nothing of it is kept.</div></Notice> : (
          <ProblemNotice problem={e} action={failed ? <Button small look="outline" onClick={() => onGoTo(failed.pos)}>{e.line ? `Line ${failed.line}, column ${failed.column}` : "Show"}</Button> : undefined} />
        )}
      </div>
    );
  }
  if (!result.columns) {
    return run.running && result.ms === null ? null : <div class={css.done}><IconCheck size={16} />{result.command || "Done"}{result.ms !== null && <span>{millis(result.ms)}</span>}</div>;
  }
  return (
    <div class={css.table}>
      <ResultGrid columns={result.columns} rows={result.rows} label={`Result ${result.index + 1}, ${count(result.rows.length)} rows`} onLook={onLook} />
      <div class={css.foot}>
        <span>{count(result.rows.length)} {result.rows.length === 1 ? "row" : "rows"}{result.ms !== null ? `, ${millis(result.ms)}` : ""}</span>
        {result.more && <span class={css.more}><IconInfo size={13} />There are more; no more than {count(run.limit)} were read</span>}
      </div>
    </div>
  );
}

function Out({ result }: { result: Result }) {
  const pop = usePopover();
  const cut = result.rows.some((r) => r.some((c) => c !== null && typeof c !== "string"));
  const copy = (text: string, name: string) => void navigator.clipboard.writeText(text).then(() => say(`${name} of ${count(result.rows.length)} rows copied${cut ? "; long values are cut" : ""}`));
  const columns = result.columns!;
  return (
    <>
      <IconButton small {...pop.trigger} label="Copy or save the result"><IconDownload size={14} /></IconButton>
      {pop.at && (
        <Menu at={pop.at} onClose={pop.close} label="Copy or save" items={[
          { label: "Copy as CSV", run: () => copy(csv(columns, result.rows), "CSV") },
          { label: "Copy as JSON", run: () => copy(json(columns, result.rows), "JSON") },
          { label: "Copy for a spreadsheet", run: () => copy(csv(columns, result.rows, "\t"), "Table") },
          "rule",
          { label: "Save as CSV", run: () => save("result.csv", "text/csv", csv(columns, result.rows)) },
          { label: "Save as JSON", run: () => save("result.json", "application/json", json(columns, result.rows)) },
        ]} />
      )}
    </>
  );
}

function Look({ column, cell, onClose }: { column: ResultColumn; cell: Cell; onClose: () => void }) {
  const raw = cell === null ? "null" : cellText(cell);
  let text = raw;
  if (column.kind === "json") {
    try {
      text = JSON.stringify(JSON.parse(raw), null, 2);
    } catch {
      // As it is.
    }
  }
  return (
    <Dialog title={column.name} wide onClose={onClose} foot={<Button look="outline" onClick={() => void navigator.clipboard.writeText(raw).then(() => say("Copied"))}><IconCopy />Copy</Button>}>
      <p class={css.lookType}>{column.type}{cell !== null && typeof cell !== "string" && `, the first of ${bytes(cell.size)}; the rows of the table in Data show all of it`}</p>
      <pre class={css.lookText} tabIndex={0}>{text}</pre>
    </Dialog>
  );
}
