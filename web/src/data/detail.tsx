// One row, whole: every field in the form that suits it, the rows it points to,
// and those that point to it.

import { useEffect, useState } from "preact/hooks";
import { api, ApiError, type Backlink, type Cell, type Column, type Problem } from "../api";
import { IconButton } from "../parts/controls";
import { ago, count } from "../parts/format";
import { IconArrowDown, IconArrowUp, IconClose, IconCopy, IconEdit, IconKey, IconLink, IconSide } from "../parts/icons";
import { JsonTree, readJson } from "../parts/jsontree";
import { Empty, ProblemNotice, say, Skeleton } from "../parts/notice";
import { cellView } from "./cells";
import { keyValues, whyFixed } from "./columns";
import { linkTo } from "./opened";
import { PeekBody } from "./peek";
import { isCut, readTime, textOf } from "./value";
import type { GridRow, TableView } from "./view";
import css from "./detail.module.css";

interface DetailProps {
  view: TableView;
  rowKey: string[];
  /** The row as the grid has it, if it is there. */
  row: GridRow | null;
  onStep: ((by: number) => void) | null;
  onOpen: (column: Column) => void;
  onEdit: ((column: Column, el: Element) => void) | null;
  onClose: () => void;
}

export function Detail({ view, rowKey, row, onStep, onOpen, onEdit, onClose }: DetailProps) {
  const info = view.info.value;
  const [own, setOwn] = useState<{ id: string; row: GridRow | null } | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const id = JSON.stringify(rowKey);

  // A link may lead to a row that is not among those in the grid.
  useEffect(() => {
    if (row || !info?.key) return;
    const abort = new AbortController();
    setProblem(null);
    api.rows({ ...view.name, filters: info.key.map((column, i) => ({ column, op: "eq" as const, value: rowKey[i]! })), sort: [], limit: 1 }, abort.signal).then(
      (p) => setOwn({ id, row: p.rows[0] ? { cells: p.rows[0], key: rowKey, id } : null }),
      (e: unknown) => e instanceof ApiError && setProblem(e.problem),
    );
    return () => abort.abort();
  }, [id, row === null, info]);

  const shown = row ?? (own?.id === id ? own.row : undefined);
  return (
    <section class={css.detail} aria-label="Row">
      <header class={css.head}>
        <h2 class={css.title}>{view.name.name}<span>{rowKey.join(", ")}</span></h2>
        {onStep && <IconButton small label="Row above" onClick={() => onStep(-1)}><IconArrowUp size={14} /></IconButton>}
        {onStep && <IconButton small label="Row below" onClick={() => onStep(1)}><IconArrowDown size={14} /></IconButton>}
        <IconButton small label="Close" tip="Close (Esc)" onClick={onClose}><IconClose size={14} /></IconButton>
      </header>
      <div class={css.body} tabIndex={0} role="region" aria-label="Fields" onKeyDown={(e) => e.key === "Escape" && onClose()}>
        {problem && <ProblemNotice problem={problem} />}
        {shown === undefined && !problem && <div style={{ padding: "14px 0" }}><Skeleton width="50%" /></div>}
        {shown === null && <Empty title="This row is gone"><p>It was deleted, or its key was changed.</p></Empty>}
        {shown && info && (
          <>
            {info.columns.map((c) => <Field key={c.name} view={view} row={shown} column={c} onOpen={onOpen} onEdit={onEdit} />)}
            {info.referencedBy.length > 0 && <Backlinks view={view} rowKey={rowKey} />}
          </>
        )}
      </div>
    </section>
  );
}

function Field({ view, row, column, onOpen, onEdit }: { view: TableView; row: GridRow; column: Column; onOpen: DetailProps["onOpen"]; onEdit: DetailProps["onEdit"] }) {
  const { cell, changed, isDefault } = view.valueOf(row, column.name);
  const fk = view.info.value!.foreignKeys.find((f) => f.columns.includes(column.name));
  const values = fk && keyValues(fk, (n) => view.valueOf(row, n).cell);
  const first = fk?.columns[0] === column.name;
  const text = textOf(cell);
  return (
    <div class={[css.field, changed && css.changed].filter(Boolean).join(" ")}>
      <div class={css.label}>
        {column.primary ? <IconKey size={12} /> : fk ? <IconLink size={12} /> : null}
        <b data-tip={column.comment}>{column.name}</b>
        <span class={css.type}>{column.type}</span>
        <span class={css.tools}>
          {text !== null && <IconButton small label={`Copy ${column.name}`} onClick={() => void navigator.clipboard?.writeText(text).then(() => say("Copied", "good"))}><IconCopy size={13} /></IconButton>}
          <IconButton small label={`Open ${column.name} whole`} onClick={() => onOpen(column)}><IconSide size={13} /></IconButton>
          {onEdit && !whyFixed(column) && <IconButton small label={`Edit ${column.name}`} onClick={(e) => onEdit(column, e.currentTarget.closest(`.${css.field}`)!)}><IconEdit size={13} /></IconButton>}
        </span>
      </div>
      <div class={css.value}>{isDefault ? <span class={css.also}>default</span> : <FieldValue column={column} cell={cell} />}</div>
      {fk && first && values && !row.isNew && (
        <div class={css.linked}>
          <div class={css.linkedHead}><span>{fk.table.name}</span><a href={linkTo(fk.table, fk.references, values)}>Go there</a></div>
          <PeekBody fk={fk} values={values} most={6} />
        </div>
      )}
    </div>
  );
}

function FieldValue({ column, cell }: { column: Column; cell: Cell | undefined }) {
  const text = textOf(cell);
  if (text === null || isCut(cell)) return <>{cellView(column, cell)}</>;
  if (column.kind === "json") {
    const v = readJson(text);
    if (v) return <JsonTree value={v.value} open={2} />;
  }
  if (column.kind === "timestamptz" || column.kind === "timestamp" || column.kind === "date") {
    const t = readTime(text);
    return <>{text}{!Number.isNaN(t) && <span class={css.also}>{"  "}{ago(t)}</span>}</>;
  }
  if (column.kind === "text" && text !== "") return <>{text}</>;
  return <>{cellView(column, cell)}</>;
}

function Backlinks({ view, rowKey }: { view: TableView; rowKey: string[] }) {
  const [links, set] = useState<Backlink[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    set(null);
    setProblem(null);
    // Somebody stepping through rows does not wait for counts.
    const timer = setTimeout(() => {
      api.backlinks({ ...view.name, key: rowKey }, abort.signal).then(
        (r) => set(r.links ?? []),
        (e: unknown) => e instanceof ApiError && setProblem(e.problem),
      );
    }, 150);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [view.id, rowKey.join("\0")]);
  return (
    <>
      <h3 class={css.section}>Pointed to by</h3>
      {problem && <ProblemNotice problem={problem} />}
      {!links && !problem && <Skeleton width="55%" />}
      {links?.map((l) => (
        <div key={`${l.table.schema}.${l.table.name}.${l.name}`} class={css.back}>
          <span class={css.n}>{l.skipped ? "?" : l.more ? `${count(l.count)}+` : count(l.count)}</span>
          <span>
            <a href={linkTo(l.table, l.columns, l.values)}>{l.table.name}</a> <span class={css.via}>by {l.columns.join(", ")}</span>
            {l.skipped && <div class={css.note}>{l.skipped}</div>}
          </span>
        </div>
      ))}
    </>
  );
}

