// One row of the grid. It draws itself again only when something of its own
// changed: scrolling through a hundred thousand rows must not.

import { Component } from "preact";
import type { Cell } from "../api";
import { IconSide } from "../parts/icons";
import type { RowChange } from "./changes";
import { cellView, rightAligned } from "./cells";
import { keyValues, type ShownColumn } from "./columns";
import { linkTo } from "./opened";
import css from "./grid.module.css";

export interface Slice {
  /** Columns that are drawn: the pinned ones and those in sight. */
  columns: { shown: ShownColumn; index: number; left: number }[];
  /** Room for the columns left of those in sight. */
  space: number;
  spaceAt: number; // the column it stands in front of
  width: number;
  pinned: number;
}

interface RowProps {
  index: number;
  top: number;
  id: string | null; // null while the row is on its way
  cells: Cell[];
  change: RowChange | undefined;
  isNew: boolean;
  slice: Slice;
  from: number; // selected columns, -1 for none
  to: number;
  focus: number; // the column of the focus, or -1
  open: boolean;
  number: string;
}

export class GridRowView extends Component<RowProps> {
  override shouldComponentUpdate(next: Readonly<RowProps>): boolean {
    const now = this.props;
    for (const k in next) if (next[k as keyof RowProps] !== now[k as keyof RowProps]) return true;
    return false;
  }

  override render() {
    const { index, top, id, change, slice, open, number } = this.props;
    const state = [css.row, change?.kind === "insert" && css.fresh, change?.kind === "delete" && css.gone].filter(Boolean).join(" ");
    return (
      <div class={state} role="row" aria-rowindex={index + 2} data-r={index} data-open={open || undefined} style={{ transform: `translateY(${top}px)`, width: `${slice.width}px` }}>
        <div class={css.gutter} role="gridcell" aria-colindex={1} data-gutter={index} aria-label={`Open row ${number}`}>{this.mark() ?? <IconSide size={14} />}</div>
        {slice.columns.map(({ shown, index: c, left }) => (
          [c === slice.spaceAt && slice.space > 0 && <div key="space" role="presentation" style={{ flex: "none", width: `${slice.space}px` }} />,
            this.cell(shown, c, left, id === null)]
        ))}
      </div>
    );
  }

  private mark() {
    const { change } = this.props;
    if (!change) return null;
    const bad = change.conflict || change.problem;
    return <span class={[css.state, bad ? css.stateBad : change.kind === "insert" && css.stateNew].filter(Boolean).join(" ")} />;
  }

  private cell(shown: ShownColumn, c: number, left: number, waiting: boolean) {
    const { cells, change, isNew, from, to, focus, slice } = this.props;
    const name = shown.column.name;
    const touched = change !== undefined && name in change.after;
    const value = touched ? change.after[name] : cells[shown.at];
    const wrong = change && ((change.conflict && name in change.conflict.columns) || change.problem?.column === name);
    const classes = [
      css.cell,
      rightAligned(shown.column) && css.right,
      shown.pinned && css.pinned,
      shown.pinned && c === slice.pinned - 1 && css.lastPinned,
      waiting && css.waiting,
      touched && !isNew && css.edited,
      c >= from && c <= to && css.selected,
      c === focus && css.focus,
      wrong && css.wrong,
    ];
    let inner;
    if (!waiting) {
      if (isNew && !touched) inner = <span class={css.default}>{shown.column.default !== null || shown.column.identity ? "default" : shown.column.generated ? "generated" : "NULL"}</span>;
      else if (typeof value === "object" && value !== null && "default" in value) inner = <span class={css.default}>default</span>;
      else inner = cellView(shown.column, value as Cell | undefined);
      const values = shown.foreign && !touched && keyValues(shown.foreign, (n) => cells[this.placeOf(n)]);
      if (values) {
        classes.push(css.fk);
        const { table, references } = shown.foreign!;
        inner = <><span class={css.val}>{inner}</span><a class={css.follow} href={linkTo(table, references, values)} tabIndex={-1} data-follow={c} aria-label={`Go to ${table.name} ${values.join(", ")}`} /></>;
      }
    }
    const style = shown.pinned ? { width: `${shown.width}px`, left: `${left}px` } : { width: `${shown.width}px` };
    return (
      <div key={name} id={c === focus ? "grid-focus" : undefined} class={classes.filter(Boolean).join(" ")} role="gridcell" aria-colindex={c + 2}
        aria-selected={c >= from && c <= to} data-c={c} style={style}>
        {inner}
      </div>
    );
  }

  private placeOf(name: string): number {
    return this.props.slice.columns.find((x) => x.shown.column.name === name)?.shown.at ?? -1;
  }
}
