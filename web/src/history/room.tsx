// The history: what each migration is to this database, what it says and did,
// and the way to apply what is pending.

import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { api, ApiError, type History, type HistoryEntry, type Problem } from "../api";
import { useCommands } from "../commands";
import { remembered } from "../memory";
import { Button } from "../parts/controls";
import { IconHistory, IconLeft } from "../parts/icons";
import { Empty, ProblemNotice, Working } from "../parts/notice";
import { Split } from "../parts/split";
import { go, href, place } from "../router";
import { back } from "../session";
import { applying } from "./applying";
import { ApplyDialog } from "./apply";
import { OtherFindings } from "./findings";
import { MigrationPage } from "./migration";
import { PlanPage } from "./planpage";
import { waits } from "./states";
import { Timeline } from "./timeline";
import { UnknownPage } from "./unknown";
import css from "./history.module.css";

export const historyData = signal<History | null>(null);
const trouble = signal<Problem | null>(null);
const listWidth = remembered("history.list", 400);

/** How long to wait before looking again at what goes on. */
const lookAgain = 1500;

export async function loadHistory(): Promise<void> {
  try {
    historyData.value = await api.history();
    trouble.value = null;
  } catch (e) {
    trouble.value = e instanceof ApiError ? e.problem : { what: String(e) };
  }
}

export default function HistoryRoom() {
  const [, tag] = place.value.path;
  const [asking, setAsking] = useState(false);
  const [narrow, setNarrow] = useState(matchMedia("(max-width: 720px)").matches);
  useEffect(() => void loadHistory(), [back.value]);
  useEffect(() => {
    const q = matchMedia("(max-width: 720px)");
    const look = () => setNarrow(q.matches);
    q.addEventListener("change", look);
    return () => q.removeEventListener("change", look);
  }, []);
  const h = historyData.value;
  const pending = h ? h.entries.filter(waits).length : 0;
  const elsewhere = h?.applying !== undefined && !applying.value?.running ? h.applying : "";
  useEffect(() => {
    if (!h?.checking && !elsewhere) return;
    const later = setTimeout(() => void loadHistory(), lookAgain);
    return () => clearTimeout(later);
  }, [h, elsewhere]);
  useCommands(() => [
    { id: "history.plan", title: "Show the plan of what is pending", group: "History", keys: "p", run: () => go("/history?view=plan") },
    { id: "history.apply", title: "Apply what is pending", group: "History", words: "migrate", keys: "a", run: () => pending > 0 && setAsking(true) },
    { id: "history.next", title: "Older migration", group: "History", keys: "j", run: () => step(1) },
    { id: "history.before", title: "Newer migration", group: "History", keys: "k", run: () => step(-1) },
    { id: "history.find", title: "Find a migration", group: "History", keys: "/", run: () => document.getElementById("history-find")?.focus() },
    { id: "history.refresh", title: "Read the history again", group: "History", keys: "r", run: () => void loadHistory() },
  ]);

  if (!h) {
    return trouble.value ? (
      <Empty icon={<IconHistory size={28} />} title={trouble.value.what}>
        {trouble.value.where && <p><code>{trouble.value.where}</code></p>}
        {trouble.value.detail && <p>{trouble.value.detail}</p>}
        {trouble.value.hint && <p>{trouble.value.hint}</p>}
        {trouble.value.next && <p>{trouble.value.next}</p>}
        <Button look="outline" onClick={() => void loadHistory()}>Try again</Button>
      </Empty>
    ) : <><Working /><Empty title="Reading the history" /></>;
  }
  const apply = () => setAsking(true);
  const query = place.value.query;
  const row = query.get("row");
  const shown: Shown = tag !== undefined ? "migration" : row !== null ? "row" : query.get("view") === "plan" ? "plan" : query.get("view") === "folder" ? "folder" : "start";
  const list = <Timeline h={h} now={tag ?? row} pending={pending} plan={shown === "plan" || shown === "start"} elsewhere={elsewhere} onApply={apply} />;
  const page = tag !== undefined ? <MigrationPage key={tag} tag={tag} entry={h.entries.find((e) => e.tag === tag) ?? null} before={before(h, tag)} onApply={apply} />
    : shown === "row" ? <UnknownPage row={h.unknown.find((u) => String(u.id) === row) ?? null} table={h.table} />
    : shown === "folder" ? <OtherFindings found={h.others} />
    : shown === "plan" || (pending > 0 && !narrow) ? <PlanPage key={pending} onApply={apply} />
    : <Start h={h} />;
  const onPage = shown !== "start";
  return (
    <div class={css.room}>
      {trouble.value && <ProblemNotice problem={trouble.value} />}
      {narrow ? (
        onPage ? <div class={css.narrow}><a class={css.back} href="/history"><IconLeft size={14} />History</a><div class={css.fill}>{page}</div></div> : list
      ) : (
        <Split size={listWidth} min={260} max={640} label="Width of the timeline" pane={list}>{page}</Split>
      )}
      {(asking || (applying.value?.running && asking)) && <ApplyDialog onClose={() => setAsking(false)} />}
    </div>
  );
}

type Shown = "migration" | "row" | "plan" | "folder" | "start";

function Start({ h }: { h: History }) {
  const odd = (h.counts["edited"] ?? 0) + (h.counts["unknown"] ?? 0);
  const title = h.entries.length === 0 ? "There are no migrations yet" : odd > 0 ? "Nothing is to be applied" : "The database is up to date";
  return (
    <Empty icon={<IconHistory size={28} />} title={title}>
      <p>{h.entries.length === 0 ? <>skein generate writes the first one into <code>{h.folder}</code>.</> : odd > 0 ? `${odd} of what was applied ${odd === 1 ? "is" : "are"} not what the folder says: look at those that are edited or unknown.` : "Pick a migration to see what it says and what it changed."}</p>
    </Empty>
  );
}

function before(h: History, tag: string): HistoryEntry | null {
  const i = h.entries.findIndex((e) => e.tag === tag);
  for (let j = i - 1; j >= 0; j--) if (h.entries[j]!.snapshot) return h.entries[j]!;
  return null;
}

function step(by: number): void {
  const entries = [...(historyData.peek()?.entries ?? [])].reverse();
  const i = entries.findIndex((e) => e.tag === place.peek().path[1]);
  const to = entries[i < 0 ? 0 : i + by];
  if (to) go(href(["history", to.tag]));
}
