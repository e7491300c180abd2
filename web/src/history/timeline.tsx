// The migrations as a timeline, the newest first, and what wants to be done.

import { useMemo } from "preact/hooks";
import { api, type History, type HistoryEntry } from "../api";
import { Button, IconButton, SearchInput } from "../parts/controls";
import { IconPlay, IconRefresh, IconStop, IconWarn } from "../parts/icons";
import { score } from "../parts/match";
import { VirtualList } from "../parts/virtual";
import { go, href, place } from "../router";
import { loadHistory } from "./room";
import { lookOf, stateOf, states } from "./states";
import { day } from "./words";
import css from "./history.module.css";

type Line = { kind: "entry"; entry: HistoryEntry } | { kind: "unknown"; row: History["unknown"][number] };

const idOf = (l: Line): string => (l.kind === "entry" ? l.entry.tag : String(l.row.id));

interface TimelineProps {
  h: History;
  now: string | null; // the tag or the row that is shown
  pending: number;
  plan: boolean; // whether the plan is shown
  elsewhere: string; // the id of what another page applies, "" for nothing
  onApply: () => void;
}

export function Timeline({ h, now, pending, plan, elsewhere, onApply }: TimelineProps) {
  const query = place.value.query.get("q") ?? "";
  const state = place.value.query.get("state") ?? "";
  const counts = useMemo(() => {
    const c = new Map<string, number>();
    for (const e of h.entries) c.set(stateOf(e), (c.get(stateOf(e)) ?? 0) + 1);
    if (h.unknown.length > 0) c.set("unknown", h.unknown.length);
    return c;
  }, [h]);
  const lines = useMemo(() => {
    const entries: Line[] = [...h.entries].reverse().filter((e) => (!state || stateOf(e) === state) && score(query, e.tag) >= 0).map((entry) => ({ kind: "entry" as const, entry }));
    const unknown: Line[] = query || (state && state !== "unknown") ? [] : h.unknown.map((row) => ({ kind: "unknown" as const, row }));
    return [...unknown, ...entries];
  }, [h, query, state]);
  const set = (change: Record<string, string>) => go(href(place.peek().path.length > 1 ? ["history", place.peek().path[1]!] : ["history"], { ...Object.fromEntries(place.peek().query), ...change }), { replace: true });
  const at = now === null ? -1 : lines.findIndex((l) => idOf(l) === now);
  return (
    <nav class={css.list} aria-label="Migrations">
      <div class={css.head}>
        {elsewhere !== "" && (
          <div class={css.waiting} role="status">
            <span>Being applied now, by another page or before this one was opened</span>
            <Button small look="outline" onClick={() => void api.cancelApply(elsewhere).then(loadHistory)}><IconStop />Stop</Button>
          </div>
        )}
        {pending > 0 && elsewhere === "" && (
          <div class={css.waiting} data-on={plan ? "" : undefined}>
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
            {states.filter((s) => counts.has(s)).map((s) => <button key={s} type="button" aria-pressed={state === s} onClick={() => set({ state: state === s ? "" : s })}>{lookOf(s).word} {counts.get(s)}</button>)}
          </div>
        )}
        {h.unchecked && <p class={css.unchecked}><IconWarn size={13} />Not checked: {h.unchecked}</p>}
        {h.checking && <p class={css.unchecked} role="status">Checking the files</p>}
        {h.others.length > 0 && <a class={css.unchecked} href="/history?view=folder"><IconWarn size={13} />{h.others.length} {h.others.length === 1 ? "finding" : "findings"} about the folder</a>}
      </div>
      {lines.length === 0 ? <p class={css.none}>{query || state ? "No migration is like that." : ""}</p> : (
        <VirtualList class={css.lines} items={lines} height={44} reveal={at} label={`${lines.length} migrations`} keyOf={idOf}
          render={(l, i) => <TimelineRow l={l} first={i === 0} last={i === lines.length - 1} on={i === at} />} />
      )}
    </nav>
  );
}

function TimelineRow({ l, first, last, on }: { l: Line; first: boolean; last: boolean; on: boolean }) {
  const state = l.kind === "entry" ? stateOf(l.entry) : "unknown";
  const look = lookOf(state);
  const inner = (
    <>
      <span class={css.rail} data-first={first ? "" : undefined} data-last={last ? "" : undefined}><span class={`${css.node} ${look.tone}`}><look.icon size={12} /></span></span>
      <span class={css.what}>
        <span class={css.tagName}>{l.kind === "entry" ? <><span class={css.number}>{/^\d+/.exec(l.entry.tag)?.[0]}</span>{l.entry.tag.replace(/^\d+/, "").replace(/^_/, " ")}</> : <code>{l.row.hash.slice(0, 12)}</code>}</span>
        <span class={css.facts}>
          <span class={look.tone}>{look.word}</span>
          <span>{day(l.kind === "entry" ? l.entry.when : l.row.createdAt)}</span>
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
  const kept = { q: place.value.query.get("q") ?? "", state: place.value.query.get("state") ?? "" };
  return (
    <div role="listitem">
      <a class={css.line} href={l.kind === "entry" ? href(["history", l.entry.tag], kept) : href(["history"], { ...kept, row: idOf(l) })} aria-current={on ? "true" : undefined}
        data-tag={l.kind === "entry" ? l.entry.tag : undefined} data-state={state}>{inner}</a>
    </div>
  );
}
