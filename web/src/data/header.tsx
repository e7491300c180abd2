// The head of the grid: names, order, widths; dragging a column to its place.

import { useRef, useState } from "preact/hooks";
import { IconArrowDown, IconArrowUp, IconDown, IconKey, IconLink } from "../parts/icons";
import { Menu, spotOf, type MenuItem, type Spot } from "../parts/popover";
import { fitWidth, moved, ordered, type ShownColumn } from "./columns";
import type { GridActions } from "./grid";
import type { Slice } from "./row";
import type { TableView } from "./view";
import css from "./grid.module.css";

interface HeaderProps {
  view: TableView;
  slice: Slice;
  focus: number;
  onSort: GridActions["sort"];
  onFilter: (column: string) => void;
}

export function Header({ view, slice, focus, onSort, onFilter }: HeaderProps) {
  const [menu, setMenu] = useState<{ at: Spot; shown: ShownColumn } | null>(null);
  const [drop, setDrop] = useState<string | null>(null);
  const dragged = useRef(false);
  const sort = view.sort.value;

  const cell = ({ shown, index, left }: Slice["columns"][number]) => {
    const { column } = shown;
    const place = sort.findIndex((s) => s.column === column.name);
    const order = sort[place];
    return (
      <div key={column.name} role="columnheader" aria-colindex={index + 2} aria-sort={order ? (order.desc ? "descending" : "ascending") : "none"}
        id={focus === index ? "grid-focus" : undefined} data-focus={focus === index || undefined} data-head={column.name}
        class={[css.th, shown.pinned && css.pinned, drop === column.name && css.drop].filter(Boolean).join(" ")}
        style={shown.pinned ? { width: `${shown.width}px`, left: `${left}px` } : { width: `${shown.width}px` }}
        data-tip={[`${column.name} ${column.type}${column.nullable ? "" : " not null"}`, column.comment].filter(Boolean).join(" · ")}
        onContextMenu={(e) => {
          e.preventDefault();
          setMenu({ at: { left: e.clientX, right: e.clientX, top: e.clientY, bottom: e.clientY }, shown });
        }}
        onPointerDown={(e) => e.button === 0 && e.pointerType !== "touch" && drag(e, shown)}
        onClick={(e) => {
          if (dragged.current || (e.target as Element).closest("[data-nosort]")) return;
          if (column.sortable) onSort(column.name, e.shiftKey);
        }}>
        {column.primary ? <IconKey size={13} /> : shown.foreign ? <IconLink size={12} /> : null}
        <span class={css.name}>{column.name}</span>
        {shown.width - column.name.length * 7.1 - (column.primary || shown.foreign ? 48 : 30) > 34 && <span class={css.type}>{shortType(column.type)}</span>}
        {order && <span class={css.sorted}>{order.desc ? <IconArrowDown size={12} /> : <IconArrowUp size={12} />}{sort.length > 1 && place + 1}</span>}
        <button type="button" class={css.more} tabIndex={-1} data-nosort aria-label={`Column ${column.name}`} aria-haspopup="menu"
          onPointerDown={(e) => e.stopPropagation()}
          onClick={(e) => setMenu({ at: spotOf(e.currentTarget), shown })}>
          <IconDown size={13} />
        </button>
        <span class={css.grip} data-nosort onPointerDown={(e) => resize(e, shown)} onDblClick={() => fit(shown)} />
      </div>
    );
  };

  const fit = (shown: ShownColumn) => {
    const w = view.rows.value;
    const cells = [];
    for (let i = 0; w && i < Math.min(w.total, 1000); i++) cells.push(w.row(i)?.cells[shown.at]);
    view.widenColumn(shown.column.name, fitWidth(shown.column, cells, !!shown.foreign));
  };

  const resize = (e: PointerEvent, shown: ShownColumn) => {
    e.stopPropagation();
    e.preventDefault();
    const el = e.currentTarget as HTMLElement;
    const from = e.clientX;
    el.setPointerCapture(e.pointerId);
    el.dataset["drag"] = "";
    const move = (m: PointerEvent) => view.widenColumn(shown.column.name, shown.width + m.clientX - from);
    el.addEventListener("pointermove", move);
    el.addEventListener("lostpointercapture", () => {
      el.removeEventListener("pointermove", move);
      delete el.dataset["drag"];
    }, { once: true });
  };

  const drag = (e: PointerEvent, shown: ShownColumn) => {
    const el = e.currentTarget as HTMLElement;
    const from = e.clientX;
    let before: string | null | undefined;
    dragged.current = false;
    const move = (m: PointerEvent) => {
      if (!dragged.current && Math.abs(m.clientX - from) < 6) return;
      if (!dragged.current) el.setPointerCapture(e.pointerId);
      dragged.current = true;
      const over = document.elementFromPoint(m.clientX, m.clientY)?.closest<HTMLElement>("[data-head]")?.dataset["head"];
      before = over ?? before;
      setDrop(over ?? null);
    };
    const up = () => {
      removeEventListener("pointermove", move);
      setDrop(null);
      if (dragged.current && before && before !== shown.column.name) {
        const names = ordered(view.info.value!.columns.map((c) => c.name), view.decided.value.order);
        const rightwards = names.indexOf(before) > names.indexOf(shown.column.name);
        const target = rightwards ? (names[names.indexOf(before) + 1] ?? null) : before;
        view.decide({ order: moved(names, shown.column.name, target) });
      }
      setTimeout(() => (dragged.current = false));
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", up, { once: true });
  };

  const items = (shown: ShownColumn): MenuItem[] => {
    const name = shown.column.name;
    const d = view.decided.value;
    const pins = view.shown.value.filter((c) => c.pinned).map((c) => c.column.name);
    const sortable = shown.column.sortable;
    const order = sort.find((s) => s.column === name);
    return [
      { label: "Sort ascending", icon: <IconArrowUp />, disabled: !sortable, run: () => onSort(name, false, false) },
      { label: "Sort descending", icon: <IconArrowDown />, disabled: !sortable, run: () => onSort(name, false, true) },
      ...(sort.length && !order ? [{ label: "Then sort by this", disabled: !sortable, run: () => onSort(name, true) }] : []),
      ...(order ? [{ label: "Do not sort by this", run: () => onSort(name, true, null) }] : []),
      "rule",
      { label: "Filter by this column", run: () => onFilter(name) },
      "rule",
      { label: shown.pinned ? "Let it scroll" : "Keep in sight", run: () => view.decide({ pinned: shown.pinned ? pins.filter((p) => p !== name) : [...pins, name] }) },
      { label: "Fit to its values", run: () => fit(shown) },
      { label: "Move left", keys: "mod+shift+arrowleft", run: () => view.moveColumn(name, -1) },
      { label: "Move right", keys: "mod+shift+arrowright", run: () => view.moveColumn(name, 1) },
      { label: "Hide", run: () => view.decide({ hidden: [...(d.hidden ?? []), name] }) },
      { label: "Copy name", run: () => void navigator.clipboard?.writeText(name) },
    ];
  };

  return (
    <>
      <div class={css.head} role="row" aria-rowindex={1} style={{ width: `${slice.width}px` }}>
        <div class={css.corner} role="columnheader" aria-colindex={1} aria-label="Row" />
        {slice.columns.map((c) => [c.index === slice.spaceAt && slice.space > 0 && <div key="space" role="presentation" style={{ flex: "none", width: `${slice.space}px` }} />, cell(c)])}
      </div>
      {menu && <Menu at={menu.at} items={items(menu.shown)} label={`Column ${menu.shown.column.name}`} onClose={() => setMenu(null)} />}
    </>
  );
}

/** The usual short names of PostgreSQL's types. */
export function shortType(type: string): string {
  return type
    .replace("character varying", "varchar")
    .replace("timestamp with time zone", "timestamptz")
    .replace("timestamp without time zone", "timestamp")
    .replace("time with time zone", "timetz")
    .replace("time without time zone", "time")
    .replace("double precision", "float8")
    .replace(/^integer/, "int4")
    .replace(/^bigint/, "int8")
    .replace(/^smallint/, "int2")
    .replace(/^real/, "float4")
    .replace(/^boolean/, "bool")
    .replace(/^character\b/, "char");
}

