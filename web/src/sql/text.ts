// Results as text, to copy and to save.

import type { Cell } from "../contract";
import type { ResultColumn } from "./run";

export function cellText(c: Cell): string {
  return c === null ? "" : typeof c === "string" ? c : c.cut;
}

export function csv(columns: readonly ResultColumn[], rows: readonly Cell[][], separator = ","): string {
  // NULL is nothing, an empty text is "": as COPY … CSV writes them.
  const cell = (c: Cell): string => {
    if (c === null) return "";
    const text = cellText(c);
    return text === "" || /["\r\n]/.test(text) || text.includes(separator) || text.trim() !== text ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns.map((c) => cell(c.name)).join(separator), ...rows.map((r) => r.map(cell).join(separator))].join("\n") + "\n";
}

/** Numbers stay as they are where JavaScript holds them exactly, else they are texts. */
export function json(columns: readonly ResultColumn[], rows: readonly Cell[][]): string {
  const value = (c: Cell, kind: string): string => {
    if (c === null) return "null";
    const text = cellText(c);
    if (kind === "bool") return text === "t" || text === "true" ? "true" : "false";
    if (kind === "number" && /^-?\d+(\.\d+)?$/.test(text) && Number.isFinite(Number(text)) && text.replace(/[-.]/g, "").length <= 15) return text;
    if (kind === "json" && typeof c === "string") {
      try {
        JSON.parse(text);
        return text;
      } catch {
        // Not JSON after all.
      }
    }
    return JSON.stringify(text);
  };
  const names = uniqueNames(columns.map((c) => c.name));
  return "[" + rows.map((r) => "\n  {" + r.map((c, i) => `${JSON.stringify(names[i]!)}: ${value(c, columns[i]!.kind)}`).join(", ") + "}").join(",") + (rows.length > 0 ? "\n" : "") + "]\n";
}

/** Two columns may have one name in SQL, but not in an object. */
function uniqueNames(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((n) => {
    const times = (seen.get(n) ?? 0) + 1;
    seen.set(n, times);
    return times === 1 ? n : `${n}_${times}`;
  });
}

export function save(name: string, type: string, text: string): void {
  const a = document.createElement("a");
  a.href = URL.createObjectURL(new Blob([text], { type }));
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 10_000);
}
