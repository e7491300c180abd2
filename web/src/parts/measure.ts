// How wide a text is, without putting it on the page.

let context: CanvasRenderingContext2D | null | undefined;
const widths = new Map<string, number>();

/** Pixels of a text in a font written as in CSS: `500 12px Inter Variable`. */
export function textWidth(text: string, font: string): number {
  const key = font + "\n" + text;
  const known = widths.get(key);
  if (known !== undefined) return known;
  context ??= document.createElement("canvas").getContext("2d");
  if (!context) return text.length * 7;
  context.font = font;
  const w = context.measureText(text).width;
  if (widths.size > 20000) widths.clear();
  widths.set(key, w);
  return w;
}
