// The table on the screen: its bar, its grid, the row beside it, and everything
// that keys and menus do here.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Column, type Filter, type NewValue } from "../api";
import { useCommands } from "../commands";
import { IconCopy, IconEdit, IconFilter, IconLink, IconPlus, IconSide, IconTrash } from "../parts/icons";
import { Empty, ProblemNotice, say, Skeleton, Working } from "../parts/notice";
import { Button } from "../parts/controls";
import { Menu, Popover, spotOf, type MenuItem, type Spot } from "../parts/popover";
import { Split } from "../parts/split";
import { go } from "../router";
import { back, loadObjects, writing } from "../session";
import { setValue } from "./changes";
import { keyValues, whyFixed, type ShownColumn } from "./columns";
import { CellEditor, needsRoom, type Edit } from "./editor";
import { Detail } from "./detail";
import { pressSort } from "./filters";
import { Grid, type GridActions } from "./grid";
import { detailWidth, keep, linkTo, tableHref, type Wanted } from "./opened";
import { PeekPopover } from "./peek";
import { change, changes, redo, undo, type Outcome } from "./pending";
import { CellTrouble, Review } from "./review";
import { at, moveBy } from "./select";
import { addRow, copySelection, deleteSelected, keyOfRow, paste, selectedRows, setSelected } from "./selected";
import { PendingBar, Status, Toolbar, whyNotWrite, type FilterEdit } from "./toolbar";
import { isCut, textOf } from "./value";
import { viewOf, type GridRow, type TableView } from "./view";
import { WholeValue } from "./whole";
import sheet from "./detail.module.css";
import css from "./room.module.css";

type Open =
  | { what: "edit"; edit: Edit; from: "grid" | "detail"; row: GridRow }
  | { what: "whole"; column: Column; row: GridRow; editing: boolean }
  | { what: "menu"; at: Spot; row: number; col: number }
  | { what: "trouble"; at: Spot; row: GridRow; column: string }
  | { what: "review" };

export function TablePane({ view, wanted, narrow }: { view: TableView; wanted: Wanted; narrow: boolean }) {
  const info = view.info.value;
  const rows = view.rows.value;
  void rows?.version.value;
  const gridRef = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<Open | null>(null);
  const [filterEdit, setFilterEdit] = useState<FilterEdit | null>(null);
  const [peek, setPeek] = useState<{ at: Spot; shown: ShownColumn; values: string[] } | null>(null);
  const columns = view.shown.value;
  const canWrite = writing.value && view.editable.value;

  const address = (filters: Filter[], sort = wanted.sort, row = wanted.row) => tableHref(view.name, filters, sort, row);
  const filterBy = (f: Filter[]) => go(address(f));
  const retry = () => (view.problem.peek() ? void view.begin() : rows?.retry());
  useEffect(() => {
    if (view.problem.peek() ?? rows?.problem.peek()) retry();
  }, [back.value]);
  const focusGrid = () => gridRef.current?.focus({ preventScroll: true });
  const refOf = (row: GridRow) => ({ table: view.name, id: row.id, key: row.key });
  const whyNot = whyNotWrite() || view.whyNotEditable.value;

  // ---- cells

  const cellBox = (row: number, col: number): Spot | null => {
    const el = gridRef.current?.querySelector(`[data-r="${row}"] [data-c="${col}"]`);
    return el ? spotOf(el) : null;
  };

  const followed = (i: number, c: number): { shown: ShownColumn; values: string[]; href: string } | null => {
    const row = view.row(i);
    const shown = columns[c];
    if (!row || !shown?.foreign) return null;
    const values = keyValues(shown.foreign, (n) => view.valueOf(row, n).cell);
    return values && { shown, values, href: linkTo(shown.foreign.table, shown.foreign.references, values) };
  };

  const edit = (i: number, c: number, typed?: string) => {
    const row = view.row(i);
    const column = columns[c]?.column;
    if (!row || !column) return;
    if (!canWrite) {
      if (typed !== undefined) say(whyNot);
      else setOpen({ what: "whole", column, row, editing: false });
      return;
    }
    const fixed = whyFixed(column);
    if (fixed) {
      say(`${column.name} cannot be changed: ${fixed}.`);
      return;
    }
    if (row.change?.kind === "delete") {
      say("This row is marked to be deleted. Undo that first.");
      return;
    }
    const { cell } = view.valueOf(row, column.name);
    if (isCut(cell) || (typed === undefined && needsRoom(column, textOf(cell)))) {
      setOpen({ what: "whole", column, row, editing: true });
      return;
    }
    const box = cellBox(i, c);
    if (box) setOpen({ what: "edit", from: "grid", row, edit: { row: i, col: c, at: box, column, value: textOf(cell), ...(typed !== undefined && { typed }) } });
  };

  /** `whole` is what a long value was, of which the grid has the beginning only. */
  const keepValue = (row: GridRow, column: Column, v: NewValue, whole?: string | null) => {
    keep(view.name);
    const before = view.originalOf(row, column.name);
    change((all) => setValue(all, refOf(row), column.name, isCut(before) ? (whole ?? null) : textOf(before), v));
  };

  const openRow = (i: number) => {
    const row = view.row(i);
    if (!row) return;
    if (row.isNew) say("A new row can be opened once it is committed.");
    else if (!row.key) say("Rows of this table have no key by which they could be opened.");
    else {
      view.selection.value = at(i, view.selection.value?.focus.col ?? 0);
      go(address(wanted.filters, wanted.sort, row.key));
    }
  };

  const troubleAt = (i: number, c: number): boolean => {
    const row = view.row(i);
    const column = columns[c]?.column.name;
    const box = cellBox(i, c);
    const ch = row?.change;
    if (!row || !column || !box || !ch) return false;
    if (!ch.conflict?.gone && !(ch.conflict && column in ch.conflict.columns) && !(ch.problem && (ch.problem.column ?? column) === column)) return false;
    setOpen({ what: "trouble", at: box, row, column });
    return true;
  };

  // ---- keys

  const actions: GridActions = {
    sort: (column, add, desc) => {
      const sort = desc === undefined ? pressSort(wanted.sort, column, add) : desc === null ? wanted.sort.filter((s) => s.column !== column) : [{ column, desc }];
      go(address(wanted.filters, sort));
    },
    filter: (column) => {
      const el = document.getElementById("add-filter");
      if (el) setFilterEdit({ at: spotOf(el), index: -1, start: { column } });
    },
    key: (e, chord) => {
      const s = view.selection.value;
      if (chord === "escape") {
        if (wanted.row) go(address(wanted.filters, wanted.sort, null));
        else view.selection.value = null;
        return true;
      }
      if (chord === "mod+home" || chord === "mod+end") {
        void view.reload(chord === "mod+end" ? 1 : 0);
        return true;
      }
      if (!s) return false;
      const { row, col } = s.focus;
      switch (chord) {
        case "enter":
          if (!troubleAt(row, col)) edit(row, col);
          return true;
        case "f2":
          edit(row, col);
          return true;
        case "space":
          openRow(row);
          return true;
        case "mod+enter": {
          const f = followed(row, col);
          if (f) go(f.href);
          return f !== null;
        }
        case "mod+c":
          void copySelection(view, "tsv");
          return true;
        case "backspace":
        case "delete":
          if (canWrite) void setSelected(view, (c) => (c.nullable ? null : c.kind === "text" ? "" : undefined));
          else say(whyNot);
          return true;
        case "mod+backspace":
        case "mod+delete":
          if (canWrite) deleteSelected(view);
          else say(whyNot);
          return true;
        case "contextmenu":
        case "shift+f10": {
          const box = cellBox(row, col);
          if (box) setOpen({ what: "menu", at: box, row, col });
          return true;
        }
      }
      if (canWrite && e.key.length === 1 && !e.ctrlKey && !e.metaKey && !e.altKey) {
        edit(row, col, e.key);
        return true;
      }
      return false;
    },
    activate: (row, col) => {
      if (!troubleAt(row, col)) edit(row, col);
    },
    openRow,
    menu: (row, col, x, y) => setOpen({ what: "menu", at: { left: x, right: x, top: y, bottom: y }, row, col }),
    hover: (hit) => {
      clearTimeout(hoverTimer.current);
      if (!hit) {
        setPeek(null);
        return;
      }
      hoverTimer.current = setTimeout(() => {
        const f = followed(hit.row, hit.col);
        if (f && hit.el.isConnected) setPeek({ at: spotOf(hit.el), shown: f.shown, values: f.values });
      }, 280);
    },
  };
  const hoverTimer = useRef<ReturnType<typeof setTimeout>>(undefined);

  // A key that the focus rests on is looked behind, as with the pointer.
  const focus = view.selection.value?.focus;
  useEffect(() => {
    setPeek(null);
    if (!focus) return;
    const timer = setTimeout(() => {
      if (document.activeElement !== gridRef.current || !gridRef.current?.matches(":focus-visible")) return;
      const f = followed(focus.row, focus.col);
      const box = cellBox(focus.row, focus.col);
      if (f && box) setPeek({ at: box, shown: f.shown, values: f.values });
    }, 600);
    return () => clearTimeout(timer);
  }, [focus?.row, focus?.col, view]);

  useEffect(() => {
    const onPaste = (e: ClipboardEvent) => {
      if (document.activeElement !== gridRef.current || !view.selection.peek()) return;
      const text = e.clipboardData?.getData("text/plain");
      if (!text) return;
      e.preventDefault();
      if (canWrite) void paste(view, text);
      else say(whyNot);
    };
    document.addEventListener("paste", onPaste);
    return () => document.removeEventListener("paste", onPaste);
  }, [view, canWrite, whyNot]);

  const insert = canWrite ? () => {
    addRow(view);
    keep(view.name);
    view.scroll.top = 0;
    if (gridRef.current) gridRef.current.scrollTop = 0;
    const first = columns.findIndex((c) => !c.column.generated && !c.column.identity && c.column.default === null);
    view.selection.value = at(view.inserts.value.length - 1, Math.max(0, first));
    focusGrid();
  } : null;

  useCommands(() => [
    { id: "data.filter", title: "Filter this table", group: "Data", keys: "f", run: () => actions.filter(columns[view.selection.value?.focus.col ?? 0]?.column.name ?? "") },
    { id: "data.reload", title: "Read the rows again", group: "Data", keys: "r", run: () => void view.reload() },
    { id: "data.end", title: "Go to the last rows", group: "Data", run: () => void view.reload(1) },
    { id: "data.between", title: "Go to rows in between", group: "Data", run: () => document.getElementById("rows-between")?.click() },
    { id: "data.count", title: "Count the rows", group: "Data", run: () => void view.countRows() },
    { id: "data.schema", title: `Show ${view.name.name} in the schema`, group: "Data", run: () => go(`/schema/${encodeURIComponent(view.name.schema)}/${encodeURIComponent(view.name.name)}`) },
    ...(insert ? [{ id: "data.insert", title: "New row", group: "Data", keys: "n", run: insert }] : []),
    ...(changes.value.size ? [
      { id: "data.review", title: "Review and commit the changes", group: "Data", keys: "mod+s", always: true, run: () => setOpen({ what: "review" }) },
    ] : []),
    { id: "data.undo", title: "Undo the last change", group: "Data", keys: "mod+z", run: undo },
    { id: "data.redo", title: "Redo the change", group: "Data", keys: "mod+shift+z", run: redo },
    { id: "data.grid", title: "Put the focus into the grid", group: "Data", keys: "escape", run: () => {
      view.selection.value ??= at(0, 0);
      focusGrid();
    } },
    ...(["csv", "json", "sql", "markdown"] as const).map((f) => ({ id: `data.copy.${f}`, title: `Copy the selection as ${copyNames[f]}`, group: "Data", run: () => void copySelection(view, f) })),
  ]);

  // ---- menus

  const cellMenu = (i: number, c: number): MenuItem[] => {
    const row = view.row(i);
    const column = columns[c]?.column;
    if (!row || !column) return [];
    const { cell } = view.valueOf(row, column.name);
    const text = textOf(cell);
    const f = followed(i, c);
    const many = selectedRows(view);
    const n = many?.rows.length ?? 1;
    const not = canWrite ? false : whyNot;
    const comparable = !isCut(cell) && !["json", "bytea", "vector"].includes(column.kind);
    const add = (filter: Filter) => filterBy([...wanted.filters.filter((x) => x.column !== filter.column), filter]);
    const only: Filter = text === null ? { column: column.name, op: "null" } : column.kind === "bool" ? { column: column.name, op: text.startsWith("t") ? "true" : "false" } : column.kind === "enum" ? { column: column.name, op: "in", values: [text] } : { column: column.name, op: "eq", value: text };
    const without: Filter = text === null ? { column: column.name, op: "notnull" } : column.kind === "bool" ? { column: column.name, op: text.startsWith("t") ? "false" : "true" } : { column: column.name, op: "ne", value: text };
    return [
      { label: "Open row", icon: <IconSide />, keys: "space", run: () => openRow(i), disabled: row.isNew || !row.key },
      ...(f ? [{ label: `Go to ${f.shown.foreign!.table.name}`, icon: <IconLink />, keys: "mod+enter", href: f.href }] : []),
      { label: "Open value whole", run: () => setOpen({ what: "whole", column, row, editing: canWrite && !whyFixed(column) }) },
      "rule",
      { label: "Copy", icon: <IconCopy />, keys: "mod+c", run: () => void copySelection(view, "tsv") },
      { label: "Copy as CSV", run: () => void copySelection(view, "csv") },
      { label: "Copy as JSON", run: () => void copySelection(view, "json") },
      { label: "Copy as SQL INSERT", run: () => void copySelection(view, "sql", true) },
      { label: "Copy as Markdown", run: () => void copySelection(view, "markdown") },
      "rule",
      ...(comparable ? [
        { label: text === null ? "Only where it is NULL" : "Only this value", icon: <IconFilter />, run: () => add(only) },
        { label: text === null ? "Only where it is not NULL" : "All but this value", run: () => add(without) },
        "rule" as const,
      ] : []),
      { label: "Edit", icon: <IconEdit />, keys: "enter", disabled: not, run: () => setTimeout(() => edit(i, c)) },
      { label: "Set NULL", disabled: not || (column.nullable ? false : `${column.name} is not null`), run: () => void setSelected(view, (x) => (x.nullable ? null : undefined)) },
      ...(column.default !== null ? [{ label: "Set default", disabled: not, run: () => void setSelected(view, (x) => (x.default !== null ? { default: true } : undefined)) }] : []),
      { label: "Duplicate row", icon: <IconPlus />, disabled: not, run: () => {
        addRow(view, row);
        if (gridRef.current) gridRef.current.scrollTop = 0;
      } },
      { label: n > 1 ? `Delete ${n} rows` : "Delete row", icon: <IconTrash />, bad: true, keys: "mod+backspace", disabled: not, run: () => deleteSelected(view) },
    ];
  };

  const onDone = (o: Extract<Outcome, { done: unknown }>) => {
    setOpen(null);
    say(`Committed ${o.were.size === 1 ? "1 change" : `${o.were.size} changes`}`, "good");
    const list = [...o.were.values()];
    for (const r of o.done.rows) {
      const c = list[r.change]!;
      const its = viewOf(c.table);
      if (c.kind === "update") its.rows.value?.put(c.id, its.sample.value.columns.map((n) => r.row[r.columns.indexOf(n)] ?? null), r.key);
    }
    // Rows that came or went change the places of the others.
    const moved = new Set(list.filter((c) => c.kind !== "update").map((c) => viewOf(c.table)));
    for (const its of moved) void its.reload();
    if (moved.size) void loadObjects();
    focusGrid();
  };

  // ---- what is on the screen

  const openId = wanted.row ? JSON.stringify(wanted.row) : null;
  const openIndex = openId && rows ? rows.find(openId) : -1;
  const openRowNow = openIndex >= 0 ? view.row(openIndex + view.inserts.value.length) : null;
  const shownRow = useMemo(() => openRowNow, [openRowNow?.cells, openRowNow?.change, openId]);
  const closeDetail = () => {
    go(address(wanted.filters, wanted.sort, null));
    focusGrid();
  };
  const step = (by: number) => {
    const i = openIndex + view.inserts.value.length + by;
    const row = view.row(i);
    if (!row?.key) return;
    view.selection.value = at(i, view.selection.value?.focus.col ?? 0);
    go(address(wanted.filters, wanted.sort, row.key), { replace: true });
  };

  const grid = (
    <div class={css.gridBox}>
      {(view.loading.value || rows?.busy.value) && <Working label="Reading rows" />}
      {columns.length > 0
        ? <Grid view={view} actions={actions} openId={openId} gridRef={gridRef} label={`Rows of ${view.name.name}`} />
        : !view.problem.value && !rows?.problem.value && <div class={css.skeletons} aria-hidden="true">{Array.from({ length: 12 }, (_, i) => <Skeleton key={i} width={`${88 - ((i * 37) % 40)}%`} />)}</div>}
      {columns.length > 0 && rows?.loadedOnce && view.total.value === 0 && (
        <div class={css.none}>
          <Empty title={wanted.filters.length ? "No row passes the filters" : "No rows"}>
            {wanted.filters.length > 0 ? <Button look="outline" onClick={() => filterBy([])}>Clear the filters</Button> : insert && <Button look="outline" onClick={insert}>New row</Button>}
          </Empty>
        </div>
      )}
      {(view.problem.value ?? rows?.problem.value) && (
        <div class={css.over}>
          <ProblemNotice problem={(view.problem.value ?? rows?.problem.value)!} action={<Button small look="outline" onClick={retry}>Try again</Button>} />
        </div>
      )}
      {rows?.stuck && <div class={css.over}><ProblemNotice problem={{ what: "There are more rows, and no order in which to ask for them", next: "Sort by a column to see the rest." }} /></div>}
    </div>
  );
  const detail = wanted.row && (
    <Detail view={view} rowKey={wanted.row} row={shownRow} onStep={openIndex >= 0 ? step : null} onClose={closeDetail}
      onOpen={(column) => {
        const row = shownRow;
        if (row) setOpen({ what: "whole", column, row, editing: canWrite && !whyFixed(column) });
      }}
      onEdit={canWrite && shownRow ? (column, el) => {
        const { cell } = view.valueOf(shownRow, column.name);
        if (isCut(cell) || needsRoom(column, textOf(cell))) setOpen({ what: "whole", column, row: shownRow, editing: true });
        else setOpen({ what: "edit", from: "detail", row: shownRow, edit: { row: -1, col: -1, at: spotOf(el), column, value: textOf(cell) } });
      } : null} />
  );
  const max = Math.max(320, Math.round(innerWidth * 0.6));
  return (
    <>
      <Toolbar view={view} editing={filterEdit} onEditFilter={setFilterEdit} onFilters={filterBy} onInsert={insert} insertWhy={whyNot || "Reading the table"}
        more={[
          { label: "First rows", keys: "mod+home", run: () => void view.reload() },
          { label: "Last rows", keys: "mod+end", run: () => void view.reload(1) },
          { label: "Read again", keys: "r", run: () => void view.reload() },
          { label: "Count the rows", run: () => void view.countRows() },
          "rule",
          { label: "Show in the schema", href: `/schema/${encodeURIComponent(view.name.schema)}/${encodeURIComponent(view.name.name)}` },
          { label: "Copy a link to this view", run: () => void navigator.clipboard?.writeText(location.href).then(() => say("Link copied", "good")) },
        ]} />
      <div class={css.middle}>
        {detail && !narrow ? <Split size={detailWidth} min={280} max={max} side="end" label="Width of the row" pane={detail}>{grid}</Split> : grid}
        {detail && narrow && <div class={sheet.sheet}>{detail}</div>}
      </div>
      <PendingBar onReview={() => setOpen({ what: "review" })} />
      <Status view={view} />

      {peek && !open && <PeekPopover fk={peek.shown.foreign!} values={peek.values} at={peek.at} onClose={() => setPeek(null)} />}
      {open?.what === "edit" && (
        <CellEditor edit={open.edit} foreignKeys={info?.foreignKeys ?? []}
          onClose={() => {
            setOpen(null);
            if (open.from === "grid") focusGrid();
          }}
          onKeep={(v, move) => {
            keepValue(open.row, open.edit.column, v);
            setOpen(null);
            if (open.from !== "grid") return;
            const chord = move.rows ? "arrowdown" : move.cols < 0 ? "arrowleft" : move.cols ? "arrowright" : "";
            const next = chord && view.selection.value && moveBy(chord, view.selection.value, { rows: view.total.value, cols: columns.length, page: 1 });
            if (next) view.selection.value = next;
            focusGrid();
          }} />
      )}
      {open?.what === "whole" && (
        <WholeValue table={view.name} rowKey={open.row.isNew ? null : open.row.key} column={open.column} cell={view.valueOf(open.row, open.column.name).cell}
          onClose={() => {
            setOpen(null);
            focusGrid();
          }}
          onSave={open.editing ? (v, whole) => keepValue(open.row, open.column, v, whole) : undefined} />
      )}
      {open?.what === "menu" && <Menu at={open.at} label="Cell" items={cellMenu(open.row, open.col)} onClose={() => setOpen(null)} />}
      {open?.what === "trouble" && open.row.change && (
        <Popover at={open.at} label="Conflict" onClose={() => setOpen(null)}>
          <TroubleNow view={view} row={open.row} column={open.column} onSettled={() => setOpen(null)}
            onEdit={() => {
              const s = view.selection.peek();
              setOpen(null);
              if (s) setTimeout(() => edit(s.focus.row, s.focus.col));
            }} />
        </Popover>
      )}
      {open?.what === "review" && <Review onClose={() => setOpen(null)} onDone={onDone} />}
    </>
  );
}

const copyNames = { csv: "CSV", json: "JSON", sql: "SQL INSERT", markdown: "Markdown" };

function TroubleNow({ view, row, column, onSettled, onEdit }: { view: TableView; row: GridRow; column: string; onSettled: () => void; onEdit: () => void }) {
  const id = keyOfRow(view, row);
  const c = changes.value.get(id);
  const settled = !c || (!c.problem && !c.conflict?.gone && !(c.conflict && column in c.conflict.columns));
  useEffect(() => {
    if (settled) onSettled();
  }, [settled]);
  return c && !settled ? <CellTrouble at={id} c={c} column={column} onEdit={onEdit} /> : null;
}
