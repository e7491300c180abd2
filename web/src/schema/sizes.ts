// How large a box is: by what it shows, and by how wide its words are.

import { saidName, shownColumns, type Box, type BoxColumn, type Detail, type Graph } from "./graph";
import type { Sized } from "./layout";
import { foot, header, line } from "./paths";

export type Measure = (text: string, font: string) => number;

export const fonts = {
  name: '600 12.5px "Inter Variable", system-ui, sans-serif',
  column: '400 11.5px "Inter Variable", system-ui, sans-serif',
  type: '400 10.5px "JetBrains Mono Variable", ui-monospace, monospace',
};

const least = 132, most = 300;

export function typeWord(type: string): string {
  const short: Record<string, string> = {
    "timestamp with time zone": "timestamptz", "timestamp without time zone": "timestamp", "double precision": "float8",
    "character varying": "varchar", boolean: "bool", integer: "int", "time without time zone": "time",
  };
  return short[type] ?? type.replace("character varying", "varchar").replace(" with time zone", "tz").replace(" without time zone", "");
}

export function sized(g: Graph, detail: Detail, measure: Measure): Sized[] {
  return g.boxes.map((b) => ({ id: b.id, schema: b.schema, name: b.name, ...sizeOf(b, detail, measure) }));
}

export function sizeOf(b: Box, detail: Detail, measure: Measure): { w: number; h: number } {
  const { columns, more } = shownColumns(b, detail);
  const title = measure(saidName(b), fonts.name) + 28 + (b.mark === "same" ? 0 : 58);
  const wide = columns.map((c: BoxColumn) => measure(c.name, fonts.column) + measure(typeWord(c.type), fonts.type) + 54);
  const w = Math.max(least, Math.min(most, Math.ceil(Math.max(title, ...wide))));
  const rows = columns.length + (more > 0 ? 1 : 0);
  return { w: Math.max(w, Math.min(420, Math.ceil(title))), h: header + (rows > 0 ? rows * line + foot : 0) };
}

/** A text that fits, with an ellipsis where it was cut. */
export function fit(text: string, width: number, font: string, measure: Measure): string {
  if (measure(text, font) <= width) return text;
  let low = 0, high = text.length;
  while (low < high) {
    const mid = (low + high + 1) >> 1;
    if (measure(text.slice(0, mid) + "…", font) <= width) low = mid;
    else high = mid - 1;
  }
  return text.slice(0, low) + "…";
}

/** Height of a column from the top of its box; of the head where it is not shown. */
export function columnY(b: Box, detail: Detail, column: string | undefined): number {
  const i = shownColumns(b, detail).columns.findIndex((c) => c.name === column);
  return i < 0 ? header / 2 : header + i * line + line / 2;
}
