// What can be done with the table on the screen: filters, columns, export, new
// rows; and the line that tells what ran.

import { useState } from "preact/hooks";
import { exportUrl, type Filter, type Table } from "../api";
import { Button, Checkbox, IconButton, SearchInput } from "../parts/controls";
import { count, millis } from "../parts/format";
import { highlightSql } from "../parts/highlight";
import { IconBetween, IconClose, IconColumns, IconDownload, IconFilter, IconMore, IconPlus, IconRedo, IconRefresh, IconToEnd, IconToStart, IconUndo, IconWarn, IconArrowUp, IconArrowDown } from "../parts/icons";
import { say } from "../parts/notice";
import { Menu, Popover, spotOf, usePopover, type MenuItem, type Spot } from "../parts/popover";
import { href } from "../router";
import { session, writing } from "../session";
import { counted } from "./changes";
import { moved, ordered } from "./columns";
import { FilterForm } from "./filterform";
import { resolved, sayFilter } from "./filters";
import { canRedo, canUndo, changes, discardAll, redo, undo } from "./pending";
import type { TableView } from "./view";
import css from "./toolbar.module.css";

export interface FilterEdit {
  at: Spot;
  index: number; // of the filter that is changed, or -1
  start: Filter | { column: string } | null;
}

interface ToolbarProps {
  view: TableView;
  editing: FilterEdit | null;
  onEditFilter: (e: FilterEdit | null) => void;
  onFilters: (f: Filter[]) => void;
  onInsert: (() => void) | null;
  insertWhy: string;
  more: MenuItem[];
}

export function Toolbar({ view, editing, onEditFilter, onFilters, onInsert, insertWhy, more }: ToolbarProps) {
  const info = view.info.value;
  const filters = view.filters.value;
  const columns = usePopover();
  const download = usePopover();
  const rest = usePopover();
  const between = usePopover();
  const ask = { ...view.name, filters: resolved(filters, info?.columns ?? []), sort: view.sort.value };
  return (
    <div class={css.bar}>
      <div class={css.filters} role="group" aria-label="Filters">
        <Button small id="add-filter" data-tip="Filter (F)" onClick={(e) => onEditFilter({ at: spotOf(e.currentTarget), index: -1, start: null })} disabled={!info}>
          <IconFilter size={14} /><span class={filters.length ? css.words : undefined}>Filter</span>
        </Button>
        {filters.map((f, i) => {
          const w = sayFilter(info?.columns.find((c) => c.name === f.column), f);
          return (
            <span key={i} class={css.chip}>
              <button type="button" aria-label={`Change the filter ${w.name} ${w.op} ${w.value}`} onClick={(e) => onEditFilter({ at: spotOf(e.currentTarget), index: i, start: f })}>
                <b>{w.name}</b><i>{w.op}</i>{w.value && <code>{w.value}</code>}
              </button>
              <button type="button" class={css.x} aria-label={`Remove the filter on ${w.name}`} onClick={() => onFilters(filters.filter((_, j) => j !== i))}><IconClose size={12} /></button>
            </span>
          );
        })}
        {filters.length > 1 && <Button small onClick={() => onFilters([])}>Clear</Button>}
      </div>
      <span class={css.hideable}><IconButton label="First rows" tip="First rows (Ctrl Home)" onClick={() => void view.reload()}><IconToStart /></IconButton></span>
      {hasPlaces(info) && <IconButton id="rows-between" label="Rows in between" {...between.trigger} aria-haspopup="dialog"><IconBetween /></IconButton>}
      <IconButton label="Last rows" tip="Last rows (Ctrl End)" onClick={() => void view.reload(1)}><IconToEnd /></IconButton>
      <span class={css.hideable}><IconButton label="Read again" tip="Read again (R)" onClick={() => void view.reload()}><IconRefresh /></IconButton></span>
      <IconButton label="Columns" {...columns.trigger} aria-haspopup="dialog"><IconColumns /></IconButton>
      <IconButton label="Export" {...download.trigger}><IconDownload /></IconButton>
      {onInsert ? <Button small look="outline" onClick={onInsert}><IconPlus size={14} /><span class={css.words}>New row</span></Button>
        : <span class={css.hideable}><IconButton label="New row" tip={insertWhy} aria-disabled="true" onClick={() => say(insertWhy)}><IconPlus /></IconButton></span>}
      <IconButton label="More" {...rest.trigger}><IconMore /></IconButton>
      {editing && info && (
        <FilterForm at={editing.at} columns={info.columns} start={editing.start} onClose={() => onEditFilter(null)}
          onDone={(f) => {
            onEditFilter(null);
            onFilters(editing.index < 0 ? [...filters, f] : filters.map((x, i) => (i === editing.index ? f : x)));
          }}
          onRemove={editing.index < 0 ? undefined : () => {
            onEditFilter(null);
            onFilters(filters.filter((_, i) => i !== editing.index));
          }} />
      )}
      {between.at && <BetweenPopover view={view} at={between.at} onClose={between.close} />}
      {columns.at && <ColumnsPopover view={view} at={columns.at} onClose={columns.close} />}
      {rest.at && <Menu at={rest.at} label="More" onClose={rest.close} items={more} />}
      {download.at && (
        <Menu at={download.at} label="Export" onClose={download.close} items={[
          { head: filters.length ? "All rows that pass the filters" : "All rows of the table" },
          { label: "CSV", href: exportUrl(ask, "csv"), download: true },
          { label: "JSON", href: exportUrl(ask, "json"), download: true },
          { label: "JSON, one row a line", href: exportUrl(ask, "ndjson"), download: true },
          { label: "SQL INSERT", href: exportUrl(ask, "sql"), download: true },
        ]} />
      )}
    </div>
  );
}

/** Views and foreign tables have no order in which a place could be told. */
const hasPlaces = (info: Table | null): boolean => info !== null && info.kind !== "view" && info.kind !== "foreign";

/** Goes into the middle of a table that nobody would scroll through. */
function BetweenPopover({ view, at, onClose }: { view: TableView; at: Spot; onClose: () => void }) {
  const [percent, setPercent] = useState(50);
  const rows = view.filters.value.length ? null : view.info.value?.rows;
  const words = `behind ${percent} % of the rows${rows ? `, about ${count(Math.round((rows * percent) / 100))}` : ""}`;
  return (
    <Popover at={at} onClose={onClose} label="Rows in between">
      <form class={css.between} onSubmit={(e) => {
        e.preventDefault();
        void view.reload(percent / 100);
      }}>
        <label><span>{words}</span>
          <input type="range" min="1" max="99" value={percent} autofocus aria-valuetext={words}
            onInput={(e) => setPercent(e.currentTarget.valueAsNumber)} onChange={(e) => void view.reload(e.currentTarget.valueAsNumber / 100)} />
        </label>
        <p>Of a large table some rows are looked at to find the place, and none are counted.</p>
        <Button small look="outline" type="submit">Go there</Button>
      </form>
    </Popover>
  );
}

function ColumnsPopover({ view, at, onClose }: { view: TableView; at: Spot; onClose: () => void }) {
  const [query, setQuery] = useState("");
  const d = view.decided.value;
  const names = ordered(view.info.value?.columns.map((c) => c.name) ?? [], d.order);
  const hidden = new Set(d.hidden ?? []);
  const found = names.filter((n) => n.toLowerCase().includes(query.toLowerCase()));
  const move = (name: string, by: number) => {
    const i = names.indexOf(name);
    view.decide({ order: by < 0 ? moved(names, name, names[i - 1] ?? null) : moved(names, name, names[i + 2] ?? null) });
  };
  return (
    <Popover at={at} onClose={onClose} label="Columns">
      <div class={css.columns}>
        <SearchInput aria-label="Find a column" placeholder="Find a column" value={query} autofocus onInput={(e) => setQuery(e.currentTarget.value)} />
        <ul>
          {found.map((n) => (
            <li key={n}>
              <Checkbox checked={!hidden.has(n)} onChange={(e) => view.decide({ hidden: e.currentTarget.checked ? [...hidden].filter((h) => h !== n) : [...hidden, n] })}>{n}</Checkbox>
              <IconButton small label={`Move ${n} left`} disabled={names[0] === n} onClick={() => move(n, -1)}><IconArrowUp size={13} /></IconButton>
              <IconButton small label={`Move ${n} right`} disabled={names.at(-1) === n} onClick={() => move(n, 1)}><IconArrowDown size={13} /></IconButton>
            </li>
          ))}
        </ul>
        <div class={css.columnsFoot}>
          <Button small onClick={() => view.decide({ hidden: hidden.size ? [] : names.slice(1) })}>{hidden.size ? "Show all" : "Hide all but the first"}</Button>
          <Button small onClick={() => view.decide({ order: [], hidden: [], widths: {}, pinned: undefined })}>As the table has them</Button>
        </div>
      </div>
    </Popover>
  );
}

export function Status({ view }: { view: TableView }) {
  const w = view.rows.value;
  const ran = w?.ran.value ?? null;
  const details = usePopover();
  const slow = usePopover();
  return (
    <div class={css.status}>
      <RowCount view={view} />
      {ran && (
        <button type="button" class={css.sql} {...details.trigger} aria-haspopup="dialog"><span class="visually-hidden">The SQL that ran: </span>{ran.sql}</button>
      )}
      {ran?.slow && <button type="button" class={css.slow} {...slow.trigger} aria-haspopup="dialog"><IconWarn size={13} />May be slow</button>}
      {view.loading.value || w?.busy.value ? <span class={css.reading}>reading<Button small onClick={() => view.stop()}>Stop</Button></span> : ran && <span class={css.took}>{millis(ran.ms)}</span>}
      {slow.at && <Popover at={slow.at} onClose={slow.close} label="Why this may be slow"><div class={css.ran}><p>{ran?.slow}</p></div></Popover>}
      {details.at && ran && (
        <Popover at={details.at} onClose={details.close} label="The SQL that ran">
          <div class={css.ran}>
            <pre>{highlightSql(ran.sql)}</pre>
            <p>{millis(ran.ms)}{ran.index ? `, in the order of the index ${ran.index}` : ""}{ran.slow ? `. ${ran.slow}` : ""}</p>
            <div class={css.acts}>
              <Button small look="outline" onClick={() => void navigator.clipboard?.writeText(ran.sql).then(() => say("SQL copied", "good"))}>Copy</Button>
              <a href={href(["sql"], { q: ran.sql })} class={css.slow} style={{ color: "var(--accent-ink)" }}>Open in SQL</a>
            </div>
          </div>
        </Popover>
      )}
    </div>
  );
}

function RowCount({ view }: { view: TableView }) {
  const w = view.rows.value;
  void w?.version.value;
  const c = view.count.value;
  const info = view.info.value;
  if (!w?.loadedOnce) return <span>reading</span>;
  const all = !w.front && !w.back;
  if (all) return <span>{count(w.total)} {w.total === 1 ? "row" : "rows"}</span>;
  if (c === "counting") return <span>counting</span>;
  if (c) return <span data-tip={c.exact ? `Counted in ${millis(c.ms)}` : "An estimate of the planner's; counting took too long"}>{c.exact ? "" : "about "}{count(c.count)} rows</span>;
  const estimate = view.filters.value.length === 0 && info?.rows != null && info.rows >= w.total ? `about ${count(Math.round(info.rows))} rows` : `more than ${count(w.total)} rows`;
  return <button type="button" class={css.slow} style={{ color: "inherit", marginLeft: "-7px" }} data-tip="Count them" onClick={() => void view.countRows()}>{estimate}</button>;
}

export function PendingBar({ onReview }: { onReview: () => void }) {
  const all = changes.value;
  if (all.size === 0) return null;
  return (
    <div class={css.pending} role="status">
      <b>{counted(all)}</b>
      <IconButton label="Undo" disabled={!canUndo.value} onClick={undo}><IconUndo /></IconButton>
      <IconButton label="Redo" disabled={!canRedo.value} onClick={redo}><IconRedo /></IconButton>
      <Button onClick={discardAll}>Discard</Button>
      <Button look="solid" onClick={onReview}>Review and commit</Button>
    </div>
  );
}

export const whyNotWrite = (): string => (writing.value ? "" : (session.value?.writeWhy || "Start with --write to edit"));
