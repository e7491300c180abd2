// A rectangle of cells, as a spreadsheet selects it: a cell that holds still, and
// one that moves.

export interface Spot {
  row: number;
  col: number;
}

export interface Selection {
  anchor: Spot;
  focus: Spot;
}

export interface Size {
  rows: number;
  cols: number;
  page: number; // rows in sight
}

export interface Box {
  top: number;
  left: number;
  bottom: number;
  right: number; // all inclusive
}

export function boxOf({ anchor, focus }: Selection): Box {
  return {
    top: Math.min(anchor.row, focus.row),
    bottom: Math.max(anchor.row, focus.row),
    left: Math.min(anchor.col, focus.col),
    right: Math.max(anchor.col, focus.col),
  };
}

export const at = (row: number, col: number): Selection => ({ anchor: { row, col }, focus: { row, col } });

/** Where a chord takes the selection, or null if it is not one that moves. */
export function moveBy(chord: string, s: Selection, size: Size): Selection | null {
  const extend = chord.includes("shift+");
  const plain = chord.replace("shift+", "");
  const { row, col } = s.focus;
  const last = { row: size.rows - 1, col: size.cols - 1 };
  const to: Record<string, Spot> = {
    arrowup: { row: row - 1, col },
    arrowdown: { row: row + 1, col },
    arrowleft: { row, col: col - 1 },
    arrowright: { row, col: col + 1 },
    pageup: { row: row - size.page, col },
    pagedown: { row: row + size.page, col },
    home: { row, col: 0 },
    end: { row, col: last.col },
    "mod+arrowup": { row: 0, col },
    "mod+arrowdown": { row: last.row, col },
    "mod+arrowleft": { row, col: 0 },
    "mod+arrowright": { row, col: last.col },
  };
  if (plain === "mod+a") return { anchor: { row: 0, col: 0 }, focus: last };
  if (chord === "shift+space") return { anchor: { row: s.anchor.row, col: 0 }, focus: { row, col: last.col } };
  const next = to[plain];
  if (!next) return null;
  const focus = { row: Math.max(0, Math.min(last.row, next.row)), col: Math.max(0, Math.min(last.col, next.col)) };
  return { anchor: extend ? s.anchor : focus, focus };
}
