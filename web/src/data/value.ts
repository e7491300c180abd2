// PostgreSQL's text forms, read for showing. What cannot be read is shown as it is.

import type { Cell, Column, NewValue } from "../api";

export const isCut = (c: Cell | undefined): c is { cut: string; size: number } => c !== null && typeof c === "object";

/** The text of a cell as far as it is here. */
export const textOf = (c: Cell | undefined): string | null => (c === undefined || c === null ? null : typeof c === "string" ? c : c.cut);

/** A value of this many characters was cut by the server, also where the whole was asked for. */
export const mostText = 8 << 20;

/** Whether an empty text is a value, and not only the lack of one. */
export const takesEmpty = (kind: Column["kind"] | undefined): boolean => kind === "text" || kind === "bytea" || kind === "other";

/** What a text that somebody typed or pasted is in a column: nothing at all is NULL where it cannot be a value. */
export const entered = (c: Pick<Column, "kind" | "nullable">, text: string): NewValue => (text === "" && c.nullable && !takesEmpty(c.kind) ? null : text);

export type Items = (string | null | Items)[];

/** Reads an array's text form, `{1,NULL,"a b",{…}}`; null if it is none. */
export function readArray(text: string): Items | null {
  let i = text.startsWith("[") ? text.indexOf("=") + 1 : 0; // [2:4]={…}
  const list = (): Items | null => {
    if (text[i] !== "{") return null;
    i++;
    const out: Items = [];
    if (text[i] === "}") {
      i++;
      return out;
    }
    for (;;) {
      if (text[i] === "{") {
        const inner = list();
        if (!inner) return null;
        out.push(inner);
      } else if (text[i] === '"') {
        let s = "";
        for (i++; text[i] !== '"'; i++) {
          if (i >= text.length) return null;
          if (text[i] === "\\") i++;
          s += text[i];
        }
        i++;
        out.push(s);
      } else {
        let s = "";
        for (; i < text.length && !",}".includes(text[i]!); i++) {
          if (text[i] === "\\") i++;
          s += text[i];
        }
        out.push(s.toUpperCase() === "NULL" ? null : s);
      }
      if (text[i] === ",") i++;
      else if (text[i] === "}") {
        i++;
        return out;
      } else return null;
    }
  };
  const items = list();
  return items && i === text.length ? items : null;
}

export function writeArray(items: Items): string {
  return (
    "{" +
    items
      .map((v) => {
        if (v === null) return "NULL";
        if (Array.isArray(v)) return writeArray(v);
        return v === "" || /[{}",\\\s]/.test(v) || v.toUpperCase() === "NULL" ? `"${v.replace(/["\\]/g, "\\$&")}"` : v;
      })
      .join(",") +
    "}"
  );
}

/** The bytes of `\x…`. */
export function readBytes(text: string): Uint8Array | null {
  if (!/^\\x(?:[0-9a-f]{2})*$/i.test(text)) return null;
  const out = new Uint8Array((text.length - 2) / 2);
  for (let i = 0; i < out.length; i++) out[i] = parseInt(text.slice(2 + 2 * i, 4 + 2 * i), 16);
  return out;
}

export function writeBytes(bytes: Uint8Array): string {
  let s = "\\x";
  for (const b of bytes) s += b.toString(16).padStart(2, "0");
  return s;
}

/** What kind of image bytes are, by how they begin. */
export function imageType(b: Uint8Array): string | null {
  const at = (i: number, ...want: number[]) => want.every((w, j) => b[i + j] === w);
  if (at(0, 0x89, 0x50, 0x4e, 0x47)) return "image/png";
  if (at(0, 0xff, 0xd8, 0xff)) return "image/jpeg";
  if (at(0, 0x47, 0x49, 0x46, 0x38)) return "image/gif";
  if (at(0, 0x52, 0x49, 0x46, 0x46) && at(8, 0x57, 0x45, 0x42, 0x50)) return "image/webp";
  if (at(4, 0x66, 0x74, 0x79, 0x70, 0x61, 0x76, 0x69, 0x66)) return "image/avif";
  return null;
}

/** Lines of 16 bytes: offset, hex, what is printable. */
export function hexLines(b: Uint8Array, most = 4096): string {
  const lines: string[] = [];
  for (let i = 0; i < Math.min(b.length, most); i += 16) {
    const part = [...b.subarray(i, i + 16)];
    const hex = part.map((v) => v.toString(16).padStart(2, "0"));
    const left = hex.slice(0, 8).join(" ").padEnd(23) + "  " + hex.slice(8).join(" ").padEnd(23);
    lines.push(i.toString(16).padStart(8, "0") + "  " + left + "  " + part.map((v) => (v > 31 && v < 127 ? String.fromCharCode(v) : "·")).join(""));
  }
  return lines.join("\n");
}

/** The numbers of a vector, `[1,2,3]`; a sparse one, `{1:0.5}/300`, is null. */
export function readVector(text: string): number[] | null {
  if (!/^\[.*\]$/.test(text)) return null;
  const list = text.slice(1, -1).split(",").map(Number);
  return list.every((n) => !Number.isNaN(n)) ? list : null;
}

/** Milliseconds of a date or timestamp as PostgreSQL writes it in ISO style; NaN for infinity, BC and others. */
export function readTime(text: string): number {
  const m = /^(\d{4,6})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?)?(?:([+-])(\d\d)(?::?(\d\d))?|Z)?$/.exec(text);
  if (!m) return NaN;
  const [, y, mo, d, h = "0", mi = "0", s = "0", f = "0", sign, oh, om = "0"] = m;
  const ms = Math.floor(Number(f) * 1000);
  const zoned = sign !== undefined || text.endsWith("Z");
  if (!zoned) return new Date(Number(y), Number(mo) - 1, Number(d), Number(h), Number(mi), Number(s), ms).getTime();
  const utc = Date.UTC(Number(y), Number(mo) - 1, Number(d), Number(h), Number(mi), Number(s), ms);
  return utc - (sign === "-" ? -1 : 1) * (Number(oh ?? 0) * 60 + Number(om)) * 60_000;
}

/** Text on one line, for a cell. */
export function oneLine(text: string, most = 300): string {
  const s = text.length > most ? text.slice(0, most) : text;
  return s.replace(/\r\n|[\r\n]/g, "↵").replace(/\t/g, "→");
}

/** JSON as it is read best in a cell: no spaces that say nothing. Text that was cut stays. */
export function jsonLine(text: string): string {
  return oneLine(text.length < 2000 ? text.replace(/\s*\n\s*/g, " ") : text);
}
