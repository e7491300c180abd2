// The grid: only the rows and columns in sight are drawn, whatever the table
// holds. It is one stop for the keyboard; the cell in focus is told to screen
// readers by aria-activedescendant.

import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { chordOf } from "../parts/keys";
import { Header } from "./header";
import { GridRowView, type Slice } from "./row";
import { boxOf, moveBy, type Selection } from "./select";
import type { ShownColumn } from "./columns";
import type { TableView } from "./view";
import css from "./grid.module.css";

export const rowHeight = 29;
const headHeight = 32;
const gutter = 34;

export interface GridActions {
  /** Without a direction: the next of up, down and none. `null` takes the column out of the order. */
  sort: (column: string, add: boolean, desc?: boolean | null) => void;
  filter: (column: string) => void;
  /** A key that does not move: true if it did something. */
  key: (e: KeyboardEvent, chord: string) => boolean;
  activate: (row: number, col: number) => void; // double press
  openRow: (row: number) => void;
  menu: (row: number, col: number, x: number, y: number) => void;
  hover: (cell: { row: number; col: number; el: Element } | null) => void;
}

interface GridProps {
  view: TableView;
  actions: GridActions;
  openId: string | null;
  gridRef: RefObject<HTMLDivElement | null>;
  label: string;
}

interface Sight {
  top: number;
  left: number;
  tall: number;
  wide: number;
}

export function Grid({ view, actions, openId, gridRef, label }: GridProps) {
  const [sight, setSight] = useState<Sight>({ top: view.scroll.top, left: view.scroll.left, tall: 700, wide: 1000 });
  const columns = useFitting(view.shown.value, sight.wide);
  const rows = view.rows.value;
  const total = view.total.value;
  const selection = view.selection.value;
  const headFocus = useRef(false);
  const touched = useRef(false);
  const onHead = headFocus.current && selection !== null;
  const version = rows?.version.value;

  useLayoutEffect(() => {
    const el = gridRef.current!;
    el.scrollTop = view.scroll.top;
    el.scrollLeft = view.scroll.left;
    const look = () => {
      view.scroll = { top: el.scrollTop, left: el.scrollLeft };
      setSight((old) => {
        const next = { top: el.scrollTop, left: el.scrollLeft, tall: el.clientHeight, wide: el.clientWidth };
        // Drawing again is worth it only when another row or column comes into sight.
        const same = Math.floor(old.top / rowHeight) === Math.floor(next.top / rowHeight) && Math.abs(old.left - next.left) < 40 && old.tall === next.tall && old.wide === next.wide;
        return same ? old : next;
      });
    };
    look();
    el.addEventListener("scroll", look, { passive: true });
    const watch = new ResizeObserver(look);
    watch.observe(el);
    return () => {
      el.removeEventListener("scroll", look);
      watch.disconnect();
    };
  }, [view]);

  // When rows come or go in front, what is in sight stays in sight.
  useLayoutEffect(() => {
    if (!rows) return;
    rows.onShift = (by) => {
      const el = gridRef.current;
      if (!el) return;
      view.scroll.top = Math.max(0, el.scrollTop + by * rowHeight);
      const s = view.selection.peek();
      if (s) view.selection.value = { anchor: { ...s.anchor, row: Math.max(0, s.anchor.row + by) }, focus: { ...s.focus, row: Math.max(0, s.focus.row + by) } };
      pendingShift.current = view.scroll.top;
    };
    return () => {
      rows.onShift = () => {};
    };
  }, [rows]);
  const pendingShift = useRef<number | null>(null);
  useLayoutEffect(() => {
    if (pendingShift.current !== null) {
      gridRef.current!.scrollTop = pendingShift.current;
      pendingShift.current = null;
    }
  }, [version]);

  // Other rows: begin at their top, or at the end if that was asked for.
  const shownRows = useRef(rows);
  useLayoutEffect(() => {
    if (shownRows.current === rows) return;
    shownRows.current = rows;
    const el = gridRef.current!;
    el.scrollTop = rows?.place === 1 ? el.scrollHeight : 0;
  }, [rows]);

  const over = 8;
  const from = Math.max(0, Math.floor(sight.top / rowHeight) - over);
  const to = Math.min(total, Math.ceil((sight.top + sight.tall) / rowHeight) + over);
  const inserted = view.inserts.value.length;
  useEffect(() => {
    rows?.look(Math.max(0, from - inserted), Math.max(0, to - inserted));
  }, [rows, from, to, version]);

  const slice = useMemo(() => cut(columns, sight.left, sight.wide), [columns, Math.round(sight.left / 40), sight.wide]);

  const page = Math.max(1, Math.floor((sight.tall - headHeight) / rowHeight) - 1);
  const box = selection ? boxOf(selection) : null;

  const reveal = (s: Selection) => {
    const el = gridRef.current!;
    const top = s.focus.row * rowHeight;
    if (top < el.scrollTop) el.scrollTop = top;
    else if (top + rowHeight > el.scrollTop + el.clientHeight - headHeight) el.scrollTop = top + rowHeight - el.clientHeight + headHeight;
    const c = columns[s.focus.col];
    if (!c || c.pinned) return;
    let left = gutter;
    let pinned = gutter;
    for (const [i, x] of columns.entries()) {
      if (i < s.focus.col) left += x.width;
      if (x.pinned) pinned += x.width;
    }
    if (left - pinned < el.scrollLeft) el.scrollLeft = left - pinned;
    else if (left + c.width > el.scrollLeft + el.clientWidth) el.scrollLeft = left + c.width - el.clientWidth;
  };

  const select = (s: Selection) => {
    headFocus.current = false;
    view.selection.value = s;
    reveal(s);
  };

  const onKeyDown = (e: KeyboardEvent) => {
    if (e.target !== gridRef.current) return;
    const chord = chordOf(e);
    const now = view.selection.value ?? { anchor: { row: 0, col: 0 }, focus: { row: 0, col: 0 } };
    if (onHead && headKey(e, chord, now)) return;
    if (chord === "arrowup" && now.focus.row === 0 && total >= 0 && view.selection.value) {
      headFocus.current = true;
      view.selection.value = { ...now };
      e.preventDefault();
      return;
    }
    const next = view.selection.value || !/^arrow|^page/.test(chord) ? moveBy(chord, now, { rows: total, cols: columns.length, page }) : now;
    if (next && total > 0) {
      e.preventDefault();
      select(next);
      return;
    }
    if (actions.key(e, chord)) e.preventDefault();
  };

  const headKey = (e: KeyboardEvent, chord: string, now: Selection): boolean => {
    const c = columns[now.focus.col];
    if (chord === "enter" || chord === "shift+enter" || chord === "space") {
      if (c) actions.sort(c.column.name, chord === "shift+enter");
    } else if (c && /^mod\+shift\+arrow(left|right)$/.test(chord)) {
      const by = chord.endsWith("left") ? -1 : 1;
      const beside = columns[now.focus.col + by];
      if (beside?.pinned === c.pinned) {
        view.moveColumn(c.column.name, by);
        const col = now.focus.col + by; // the focus goes with it
        view.selection.value = { anchor: { ...now.anchor, col }, focus: { ...now.focus, col } };
      }
    } else if (c && /^shift\+arrow(left|right)$/.test(chord)) {
      view.widenColumn(c.column.name, c.width + (chord.endsWith("left") ? -16 : 16));
    } else if (chord === "arrowleft" || chord === "arrowright") {
      const next = moveBy(chord, now, { rows: Math.max(1, total), cols: columns.length, page })!;
      view.selection.value = next;
      reveal(next);
    } else if (chord === "alt+arrowdown" || chord === "contextmenu" || chord === "shift+f10") {
      gridRef.current!.querySelector<HTMLElement>(`[data-head="${CSS.escape(c?.column.name ?? "")}"] button`)?.click();
    } else if (chord === "arrowdown") {
      headFocus.current = false;
      view.selection.value = { ...now };
    } else return false;
    e.preventDefault();
    return true;
  };

  const cellAt = (target: EventTarget | null): { row: number; col: number; el: Element } | null => {
    const el = (target as Element | null)?.closest?.<HTMLElement>("[data-c]");
    const row = el?.closest<HTMLElement>("[data-r]");
    return el && row ? { row: Number(row.dataset["r"]), col: Number(el.dataset["c"]), el } : null;
  };

  const onPointerDown = (e: PointerEvent) => {
    if ((e.target as Element).closest("[data-follow], [role=columnheader], [popover]")) return;
    const hit = cellAt(e.target);
    if (!hit || e.button === 1) return;
    if (e.button === 2) {
      const inside = box && hit.row >= box.top && hit.row <= box.bottom && hit.col >= box.left && hit.col <= box.right;
      if (!inside) select({ anchor: hit, focus: hit });
      return;
    }
    touched.current = e.pointerType === "touch";
    if (touched.current) return; // it may be the beginning of a swipe; a tap ends as a click
    const spot = { row: hit.row, col: hit.col };
    select({ anchor: e.shiftKey && view.selection.value ? view.selection.value.anchor : spot, focus: spot });
    const el = gridRef.current!;
    let last = { x: e.clientX, y: e.clientY };
    const extend = () => {
      const r = el.getBoundingClientRect();
      const x = Math.max(r.left + gutter + 1, Math.min(r.right - 20, last.x));
      const y = Math.max(r.top + headHeight + 1, Math.min(r.bottom - 20, last.y));
      const over = cellAt(document.elementFromPoint(x, y));
      const s = view.selection.peek();
      if (over && s && (over.row !== s.focus.row || over.col !== s.focus.col)) view.selection.value = { anchor: s.anchor, focus: { row: over.row, col: over.col } };
    };
    const move = (m: PointerEvent) => {
      last = { x: m.clientX, y: m.clientY };
      extend();
    };
    // Beyond the edge the grid goes on by itself.
    let frame = requestAnimationFrame(function run() {
      const r = el.getBoundingClientRect();
      const dy = last.y > r.bottom - 8 ? 18 : last.y < r.top + headHeight ? -18 : 0;
      const dx = last.x > r.right - 8 ? 18 : last.x < r.left + gutter ? -18 : 0;
      if (dx || dy) {
        el.scrollBy(dx, dy);
        extend();
      }
      frame = requestAnimationFrame(run);
    });
    const up = () => {
      cancelAnimationFrame(frame);
      removeEventListener("pointermove", move);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", up, { once: true });
    addEventListener("pointercancel", up, { once: true });
  };

  // A row that leaves on one side is used again for one that comes in on the other.
  const slots = Math.ceil(sight.tall / rowHeight) + 2 * over + 2;
  const lines = [];
  for (let i = from; i < to; i++) {
    const row = view.row(i);
    const inBox = box !== null && i >= box.top && i <= box.bottom && !onHead;
    lines.push(
      <GridRowView key={i % slots} index={i} top={i * rowHeight} id={row?.id ?? null} cells={row?.cells ?? noCells} change={row?.change} isNew={row?.isNew ?? false} slice={slice}
        from={inBox ? box.left : -1} to={inBox ? box.right : -1} focus={!onHead && selection?.focus.row === i ? selection.focus.col : -1}
        open={openId !== null && row?.id === openId} number={String(i + 1)} />,
    );
  }

  const estimate = view.info.value?.rows ?? -1;
  const known = rows && !rows.back && !rows.front ? total : Math.max(total, view.filters.value.length ? -1 : Math.round(estimate));
  return (
    <div ref={gridRef} class={css.grid} role="grid" tabIndex={0} aria-label={label} aria-rowcount={known < 0 ? -1 : known + 1} aria-colcount={columns.length + 1}
      aria-multiselectable="true" aria-activedescendant={selection ? "grid-focus" : undefined}
      onKeyDown={onKeyDown}
      onPointerDown={onPointerDown}
      onPointerOver={(e) => e.pointerType !== "touch" && actions.hover(cellAt((e.target as Element).closest("[data-follow]")))}
      onPointerLeave={() => actions.hover(null)}
      onClick={(e) => {
        const el = (e.target as Element).closest<HTMLElement>("[data-gutter]");
        if (el) actions.openRow(Number(el.dataset["gutter"]));
        const tapped = touched.current && cellAt(e.target);
        if (tapped) select({ anchor: tapped, focus: tapped });
      }}
      onDblClick={(e) => {
        const hit = cellAt(e.target);
        if (hit && !(e.target as Element).closest("[data-follow]")) actions.activate(hit.row, hit.col);
      }}
      onContextMenu={(e) => {
        const hit = cellAt(e.target);
        if (!hit) return;
        e.preventDefault();
        actions.menu(hit.row, hit.col, e.clientX, e.clientY);
      }}>
      <Header view={view} slice={slice} focus={onHead ? selection.focus.col : -1} onSort={actions.sort} onFilter={actions.filter} />
      <div class={css.body} role="rowgroup" style={{ height: `${total * rowHeight}px`, width: `${slice.width}px` }}>{lines}</div>
    </div>
  );
}

const noCells: never[] = [];

/** Columns kept in sight must leave room for the others, or they scroll too. */
function useFitting(columns: ShownColumn[], wide: number): ShownColumn[] {
  return useMemo(() => {
    const pinned = columns.reduce((n, c) => n + (c.pinned ? c.width : 0), 0);
    return pinned > wide * 0.45 ? columns.map((c) => ({ ...c, pinned: false })) : columns;
  }, [columns, wide]);
}

function cut(columns: ShownColumn[], scrolled: number, wide: number): Slice {
  const over = 200;
  const pinned = columns.filter((c) => c.pinned).length;
  const out: Slice["columns"] = [];
  let x = gutter;
  let space = 0;
  let begun = false;
  for (const [index, shown] of columns.entries()) {
    const left = x;
    x += shown.width;
    if (shown.pinned) out.push({ shown, index, left });
    else if (x < scrolled - over && !begun) space += shown.width;
    else if (left < scrolled + wide + over) {
      begun = true;
      out.push({ shown, index, left });
    }
  }
  const first = out[pinned]?.index ?? pinned;
  return { columns: out, space, spaceAt: first, width: x, pinned };
}
