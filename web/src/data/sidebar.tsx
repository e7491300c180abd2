// All tables and views, found by a few letters; those one works with on top.

import { useMemo, useRef, useState } from "preact/hooks";
import type { ObjectKind, TableName } from "../api";
import { useCommands } from "../commands";
import { SearchInput } from "../parts/controls";
import { count, short } from "../parts/format";
import { IconPin, IconRight, IconStack, IconTable, IconView } from "../parts/icons";
import { score } from "../parts/match";
import { Skeleton } from "../parts/notice";
import { VirtualList } from "../parts/virtual";
import { go, place } from "../router";
import { allObjects, objects, type NamedObject } from "../session";
import { drawer, folded, keep, pinned, recent, same, tableHref, tabs, togglePin, wanted } from "./opened";
import css from "./sidebar.module.css";

type Line = { group: string; title: string; n: number; open: boolean | null } | { object: NamedObject; in: string };

export function Sidebar() {
  const [query, setQuery] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const now = wanted(place.value)?.table ?? null;
  const lines = useMemo(() => arrange(query), [query, allObjects.value, pinned.value, recent.value, folded.value]);

  useCommands(() => [{
    id: "data.find", title: "Find a table in the list", group: "Data", keys: "/", run: () => {
      if (matchMedia("(max-width: 720px)").matches) drawer.value = true;
      setTimeout(() => input.current?.focus());
    },
  }]);

  const open = (o: TableName) => {
    go(tabs.peek().find((t) => same(t, o))?.address ?? tableHref(o));
    drawer.value = false;
  };

  return (
    <div class={css.side}>
      <div class={css.top}>
        <SearchInput ref={input} placeholder="Filter tables" aria-label="Filter tables" value={query} onInput={(e) => setQuery(e.currentTarget.value)}
          onKeyDown={(e) => {
            const first = lines.find((l) => "object" in l);
            if (e.key === "Enter" && first && "object" in first) {
              open(first.object);
              setQuery("");
            } else if (e.key === "Escape") setQuery("");
            else if (e.key === "ArrowDown") (e.currentTarget.closest(`.${css.side}`)?.querySelector("a") as HTMLElement | null)?.focus();
          }} />
      </div>
      {!objects.value && <div class={css.none}><Skeleton width="70%" /></div>}
      {objects.value && lines.length === 0 && <div class={css.none}>{query ? `No table is called “${query}”.` : "No tables"}</div>}
      <nav aria-label="Tables" style={{ display: "contents" }}>
        <VirtualList class={css.list} role="presentation" items={lines} height={28}
          keyOf={(l) => ("object" in l ? `${l.in}/${l.object.schema}.${l.object.name}` : `group/${l.group}`)}
          onKeyDown={(e) => {
            if (e.key !== "ArrowDown" && e.key !== "ArrowUp") return;
            const all = [...(e.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("a, button[aria-expanded]")];
            const i = all.indexOf(document.activeElement as HTMLElement);
            e.preventDefault();
            all[i + (e.key === "ArrowDown" ? 1 : -1)]?.focus();
          }}
          render={(l) => ("object" in l ? <Item o={l.object} current={now !== null && same(now, l.object)} again={l.in === "pinned" || l.in === "recent"} onOpen={open} /> : <Group line={l} />)} />
      </nav>
    </div>
  );
}

function Group({ line }: { line: Extract<Line, { group: string }> }) {
  if (line.open === null) return <div class={css.group}>{line.title}</div>;
  return (
    <button type="button" class={css.group} aria-expanded={line.open}
      onClick={() => (folded.value = line.open ? [...folded.value, line.group] : folded.value.filter((g) => g !== line.group))}>
      <IconRight size={12} />
      {line.title}
      <span class={css.n}>{line.n}</span>
    </button>
  );
}

const kinds: Record<ObjectKind, string> = { table: "table", partitioned: "partitioned table", partition: "partition", view: "view", matview: "materialized view", foreign: "foreign table" };

function Item({ o, current, again, onOpen }: { o: NamedObject; current: boolean; again: boolean; onOpen: (o: TableName) => void }) {
  const isPinned = pinned.value.some((p) => same(p, o));
  const Icon = o.kind === "view" || o.kind === "matview" ? IconView : o.kind === "partitioned" ? IconStack : IconTable;
  const tip = `${kinds[o.kind]} ${o.schema}.${o.name}${o.rows !== null ? `, about ${count(o.rows)} rows` : ""}${o.comment ? `. ${o.comment}` : ""}`;
  return (
    <div class={css.item} data-now={current || undefined} data-again={again || undefined} onDblClick={() => keep(o)}>
      <Icon />
      <a class={css.name} href={tableHref(o)} aria-current={current ? "page" : undefined} data-tip={tip} style={{ color: "inherit" }}
        onClick={(e) => {
          if (e.ctrlKey || e.metaKey || e.shiftKey) return;
          e.preventDefault();
          onOpen(o);
        }}>{o.name}</a>
      {o.rows !== null && <span class={css.rows}>{short(o.rows)}</span>}
      <button type="button" class={css.pin} aria-pressed={isPinned} aria-label={`${isPinned ? "Unpin" : "Pin"} ${o.name}`} onClick={() => togglePin(o)}><IconPin size={13} /></button>
    </div>
  );
}

function arrange(query: string): Line[] {
  const all = allObjects.value;
  if (query.trim()) {
    return all
      .map((object) => ({ object, s: score(query, object.schema === "public" ? object.name : `${object.schema}.${object.name}`) }))
      .filter((x) => x.s >= 0)
      .sort((a, b) => b.s - a.s)
      .map(({ object }) => ({ object, in: "found" }));
  }
  const lines: Line[] = [];
  const named = (list: TableName[], group: string, title: string) => {
    const found = list.flatMap((t) => all.find((o) => same(o, t)) ?? []);
    if (found.length) lines.push({ group, title, n: found.length, open: null }, ...found.map((object) => ({ object, in: group })));
  };
  named(pinned.value, "pinned", "Pinned");
  if (all.length > 12) named(recent.value.filter((t) => !pinned.value.some((p) => same(p, t))).slice(0, 5), "recent", "Recent");
  for (const s of objects.value?.schemas ?? []) {
    const open = !folded.value.includes(s.name);
    lines.push({ group: s.name, title: s.name, n: s.objects.length, open });
    if (open) lines.push(...s.objects.map((o) => ({ object: { ...o, schema: s.name }, in: s.name })));
  }
  return lines;
}
