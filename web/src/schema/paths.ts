// How a foreign key runs from the column that holds it to the table it points
// to, and which marks stand at its ends.

import type { Area } from "./layout";

export const header = 30; // height of a box's head
export const line = 20; // height of one column
export const foot = 6;
/** How far the link of a table to itself reaches beyond its right edge. */
export const loopReach = 36;

export interface End {
  box: Area;
  /** Height of the column from the top of the box. */
  y: number;
}

export interface Path {
  d: string;
  /** Where the link leaves the table that holds the key: its end and the way it goes. */
  many: { x: number; y: number; way: 1 | -1 };
  one: { x: number; y: number; way: 1 | -1 };
}

/** A curve between two boxes that leaves and enters at their sides. */
export function pathBetween(from: End, to: End): Path {
  const y1 = from.box.y + from.y, y2 = to.box.y + to.y;
  const a = from.box, b = to.box;
  let out: 1 | -1, into: 1 | -1; // which side: 1 is the right one
  if (b.x >= a.x + a.w + 24) [out, into] = [1, -1];
  else if (a.x >= b.x + b.w + 24) [out, into] = [-1, 1];
  else {
    // One above the other: both at the side where they end nearest to each other.
    const right = Math.abs(a.x + a.w - b.x - b.w), left = Math.abs(a.x - b.x);
    out = into = left < right ? -1 : 1;
  }
  const x1 = out === 1 ? a.x + a.w : a.x;
  const x2 = into === 1 ? b.x + b.w : b.x;
  const reach = out === into ? 34 + Math.min(60, Math.abs(y2 - y1) / 8) : Math.max(28, Math.min(160, Math.abs(x2 - x1) / 2));
  const stub = 10;
  const d = `M${x1} ${y1}H${x1 + out * stub}C${x1 + out * (stub + reach)} ${y1} ${x2 + into * (stub + reach)} ${y2} ${x2 + into * stub} ${y2}H${x2}`;
  return { d, many: { x: x1, y: y1, way: out }, one: { x: x2, y: y2, way: into } };
}

/** A link of a table to itself. */
export function loop(box: Area, y1: number, y2: number): Path {
  const x = box.x + box.w, top = box.y + y1, bottom = box.y + (y1 === y2 ? y2 - 12 : y2);
  const beyond = x + (loopReach * 4) / 3; // the curve comes three quarters of the way to its handles
  return { d: `M${x} ${top}C${beyond} ${top} ${beyond} ${bottom} ${x} ${bottom}`, many: { x, y: top, way: 1 }, one: { x, y: bottom, way: 1 } };
}

/** The crow's foot: many rows here may point to one there. */
export function manyMark({ x, y, way }: Path["many"]): string {
  return `M${x} ${y - 5}L${x + way * 9} ${y}L${x} ${y + 5}`;
}

export function oneMark({ x, y, way }: Path["one"]): string {
  return `M${x + way * 6} ${y - 4.5}V${y + 4.5}`;
}

/** May be nothing there. */
export function optionalMark({ x, y, way }: Path["one"]): string {
  const cx = x + way * 11;
  return `M${cx - 3.2} ${y}a3.2 3.2 0 1 0 6.4 0a3.2 3.2 0 1 0 -6.4 0`;
}
