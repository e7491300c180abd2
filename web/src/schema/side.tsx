// The tables beside the diagram: found by a few letters, gone to by a press.

import { useMemo, useState } from "preact/hooks";
import { SearchInput } from "../parts/controls";
import { IconFocus, IconTable, IconView } from "../parts/icons";
import { score } from "../parts/match";
import { Skeleton } from "../parts/notice";
import { VirtualList } from "../parts/virtual";
import { saidName, type Box, type Graph } from "./graph";
import { show, type Shown } from "./state";
import css from "./schema.module.css";

const signs = { added: "+", removed: "−", changed: "~", same: "" } as const;

export function Side({ graph, shown, selected }: { graph: Graph | null; shown: Shown; selected: string | null }) {
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(-1);
  const boxes = useMemo(() => {
    const all = graph?.boxes ?? [];
    if (!query.trim()) return shown.from ? [...all].sort((a, b) => Number(a.mark === "same") - Number(b.mark === "same")) : all;
    return all.map((b) => ({ b, s: score(query, `${saidName(b)}`) })).filter((x) => x.s >= 0).sort((x, y) => y.s - x.s).map((x) => x.b);
  }, [graph, query, shown.from]);
  const pick = (b: Box | undefined) => {
    if (!b) return;
    const hidden = shown.focus && shown.focus !== b.id;
    show(hidden ? { select: b.id, focus: b.id } : { select: b.id }, { replace: true });
  };
  const index = boxes.findIndex((b) => b.id === selected);
  return (
    <nav class={css.side} aria-label="Tables">
      <div class={css.sideHead}>
        <SearchInput id="schema-find" placeholder="Find a table" aria-label="Find a table" value={query}
          onInput={(e) => {
            setQuery(e.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={(e) => {
            const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[e.key];
            if (to !== undefined) {
              e.preventDefault();
              setAt(Math.max(0, Math.min(boxes.length - 1, to)));
            } else if (e.key === "Enter") pick(boxes[Math.max(0, at)]);
          }} />
      </div>
      {!graph ? (
        <div class={css.skeletons}>{[70, 55, 80, 60, 45, 75].map((w) => <Skeleton key={w} width={`${w}%`} />)}</div>
      ) : (
        <VirtualList class={css.sideList} items={boxes} height={28} keyOf={(b) => b.id} reveal={at >= 0 && query ? at : index} label={`${boxes.length} tables`}
          render={(b, i) => (
            <div class={css.sideRow} role="listitem" data-on={b.id === selected ? "" : undefined} data-at={query && i === at ? "" : undefined}>
              <button type="button" class={css.sideItem} aria-pressed={b.id === selected} onClick={() => pick(b)} title={saidName(b)}>
                {b.kind.endsWith("view") ? <IconView size={14} /> : <IconTable size={14} />}
                <span class={css.sideName}>{saidName(b)}</span>
                {b.mark !== "same" && <span class={`${css.sideMark} ${css[b.mark]}`}>{signs[b.mark]} {b.mark}</span>}
              </button>
              <button type="button" class={css.sideFocus} aria-label={`Focus on ${saidName(b)}`} data-tip="Show its neighbours only" onClick={() => show({ focus: b.id, select: b.id })}><IconFocus size={14} /></button>
            </div>
          )} />
      )}
      <div class={css.sideFoot}>{graph ? `${boxes.length} ${boxes.length === 1 ? "table" : "tables"}, ${graph.links.length} foreign keys` : ""}</div>
    </nav>
  );
}
