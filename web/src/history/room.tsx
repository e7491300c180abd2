// The history: what each migration is to this database, what it says and did,
// and the way to apply what is pending.

import { signal } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import { api, ApiError, type History, type HistoryEntry, type Problem } from "../api";
import { useCommands } from "../commands";
import { remembered } from "../memory";
import { Button, IconButton, SearchInput } from "../parts/controls";
import { IconHistory, IconLeft, IconPlay, IconRefresh, IconWarn } from "../parts/icons";
import { score } from "../parts/match";
import { Empty, ProblemNotice, Working } from "../parts/notice";
import { Split } from "../parts/split";
import { VirtualList } from "../parts/virtual";
import { go, href, place } from "../router";
import { applying } from "./applying";
import { ApplyDialog } from "./apply";
import { MigrationPage } from "./migration";
import { PlanPage } from "./planpage";
import { lookOf } from "./states";
import { day } from "./words";
import css from "./history.module.css";

export const historyData = signal<History | null>(null);
const trouble = signal<Problem | null>(null);
const listWidth = remembered("history.list", 400);

export async function loadHistory(): Promise<void> {
  try {
    historyData.value = await api.history();
    trouble.value = null;
  } catch (e) {
    trouble.value = e instanceof ApiError ? e.problem : { what: String(e) };
  }
}

export type Line = { kind: "entry"; entry: HistoryEntry } | { kind: "unknown"; hash: string; when: string | number | null };

export default function HistoryRoom() {
  const [, tag] = place.value.path;
  const [asking, setAsking] = useState(false);
  const [narrow, setNarrow] = useState(matchMedia("(max-width: 720px)").matches);
  useEffect(() => {
    void loadHistory();
    const q = matchMedia("(max-width: 720px)");
    const look = () => setNarrow(q.matches);
    q.addEventListener("change", look);
    return () => q.removeEventListener("change", look);
  }, []);
  const h = historyData.value;
  const pending = h ? h.entries.filter((e) => e.state === "pending" || e.state === "skipped" || e.state === "partial").length : 0;
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
        {trouble.value.hint && <p>{trouble.value.hint}</p>}
        {trouble.value.next && <p>{trouble.value.next}</p>}
        <Button look="outline" onClick={() => void loadHistory()}>Try again</Button>
      </Empty>
    ) : <><Working /><Empty title="Reading the history" /></>;
  }
  const plan = place.value.query.get("view") === "plan";
  const list = <Timeline h={h} now={tag ?? null} pending={pending} plan={plan} onApply={() => setAsking(true)} />;
  const page = tag ? <MigrationPage key={tag} tag={tag} entry={h.entries.find((e) => e.tag === tag) ?? null} before={before(h, tag)} onApply={() => setAsking(true)} />
    : plan || (pending > 0 && !narrow) ? <PlanPage key={h.counts["pending"]} onApply={() => setAsking(true)} />
    : <Empty icon={<IconHistory size={28} />} title={h.entries.length === 0 ? "There are no migrations yet" : "The database is up to date"}>
        <p>{h.entries.length === 0 ? <>skein generate writes the first one into <code>{h.folder}</code>.</> : "Pick a migration to see what it says and what it changed."}</p>
      </Empty>;
  const onPage = tag !== undefined || plan;
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

const wanted = ["pending", "partial", "skipped", "edited", "unknown", "applied"];

function Timeline({ h, now, pending, plan, onApply }: { h: History; now: string | null; pending: number; plan: boolean; onApply: () => void }) {
  const query = place.value.query.get("q") ?? "";
  const state = place.value.query.get("state") ?? "";
  const counts = useMemo(() => {
    const c = new Map<string, number>();
    for (const e of h.entries) c.set(e.state, (c.get(e.state) ?? 0) + 1);
    if (h.unknown.length > 0) c.set("unknown", h.unknown.length);
    return c;
  }, [h]);
  const lines = useMemo(() => {
    const entries: Line[] = [...h.entries].reverse().filter((e) => (!state || e.state === state) && score(query, e.tag) >= 0).map((entry) => ({ kind: "entry" as const, entry }));
    const unknown: Line[] = query || (state && state !== "unknown") ? [] : h.unknown.map((u) => ({ kind: "unknown" as const, hash: u.hash, when: u.createdAt }));
    return [...unknown, ...entries];
  }, [h, query, state]);
  const set = (change: Record<string, string>) => go(href(place.peek().path.length > 1 ? ["history", place.peek().path[1]!] : ["history"], { ...Object.fromEntries(place.peek().query), ...change }), { replace: true });
  const at = lines.findIndex((l) => l.kind === "entry" && l.entry.tag === now);
  return (
    <nav class={css.list} aria-label="Migrations">
      <div class={css.head}>
        {pending > 0 && (
          <div class={css.waiting} data-on={plan || (!now && !plan) ? "" : undefined}>
            <a href="/history?view=plan"><strong>{pending} to apply</strong><span>see the plan</span></a>
            <Button small look="solid" onClick={onApply}><IconPlay size={13} />Apply</Button>
          </div>
        )}
        <div class={css.search}>
          <SearchInput id="history-find" placeholder="Find a migration" aria-label="Find a migration" value={query} onInput={(e) => set({ q: e.currentTarget.value })} />
          <IconButton label="Read the history again" tip="Read again (R)" onClick={() => void loadHistory()}><IconRefresh /></IconButton>
        </div>
        {counts.size > 1 && (
          <div class={css.filters} role="group" aria-label="State">
            <button type="button" aria-pressed={!state} onClick={() => set({ state: "" })}>all {h.entries.length}</button>
            {wanted.filter((s) => counts.has(s)).map((s) => <button key={s} type="button" aria-pressed={state === s} onClick={() => set({ state: state === s ? "" : s })}>{lookOf(s).word} {counts.get(s)}</button>)}
          </div>
        )}
        {h.unchecked && <p class={css.unchecked}><IconWarn size={13} />Not checked: {h.unchecked}</p>}
      </div>
      {lines.length === 0 ? <p class={css.none}>{query || state ? "No migration is like that." : ""}</p> : (
        <VirtualList class={css.lines} items={lines} height={44} reveal={at} label={`${lines.length} migrations`} keyOf={(l) => (l.kind === "entry" ? l.entry.tag : l.hash)}
          render={(l, i) => <TimelineRow l={l} first={i === 0} last={i === lines.length - 1} on={i === at} />} />
      )}
    </nav>
  );
}

function TimelineRow({ l, first, last, on }: { l: Line; first: boolean; last: boolean; on: boolean }) {
  const state = l.kind === "entry" ? l.entry.state : "unknown";
  const look = lookOf(state);
  const inner = (
    <>
      <span class={css.rail} data-first={first ? "" : undefined} data-last={last ? "" : undefined}><span class={`${css.node} ${look.tone}`}><look.icon size={12} /></span></span>
      <span class={css.what}>
        <span class={css.tagName}>{l.kind === "entry" ? <><span class={css.number}>{/^\d+/.exec(l.entry.tag)?.[0]}</span>{l.entry.tag.replace(/^\d+/, "").replace(/^_/, " ")}</> : <code>{l.hash.slice(0, 12)}</code>}</span>
        <span class={css.facts}>
          <span class={look.tone}>{look.word}</span>
          <span>{day(l.kind === "entry" ? l.entry.when : l.when)}</span>
          {l.kind === "entry" && <span>{l.entry.statements} {l.entry.statements === 1 ? "statement" : "statements"}</span>}
          {l.kind === "entry" && l.entry.custom && <span>by hand</span>}
          {l.kind === "entry" && l.entry.tail && <span>changes data</span>}
        </span>
      </span>
      {l.kind === "entry" && (l.entry.findings.error > 0 || l.entry.findings.warning > 0) && (
        <span class={css.findings}>
          {l.entry.findings.error > 0 && <span class={css.bad} aria-label={`${l.entry.findings.error} errors`}><IconWarn size={12} />{l.entry.findings.error}</span>}
          {l.entry.findings.warning > 0 && <span class={css.warn} aria-label={`${l.entry.findings.warning} warnings`}><IconWarn size={12} />{l.entry.findings.warning}</span>}
        </span>
      )}
    </>
  );
  return (
    <div role="listitem">
      {l.kind === "entry"
        ? <a class={css.line} href={href(["history", l.entry.tag], { q: place.value.query.get("q") ?? "", state: place.value.query.get("state") ?? "" })} aria-current={on ? "true" : undefined} data-tag={l.entry.tag} data-state={state}>{inner}</a>
        : <div class={css.line} data-state="unknown" data-tip={look.means} tabIndex={0}>{inner}</div>}
    </div>
  );
}
