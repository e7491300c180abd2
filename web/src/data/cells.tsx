// What a value looks like in a cell: one line, cheap to draw.

import type { ComponentChildren } from "preact";
import type { Cell, Column } from "../api";
import { bytes } from "../parts/format";
import { imageType, isCut, jsonLine, oneLine, readArray, readBytes, readVector, textOf } from "./value";
import css from "./cells.module.css";

export function cellView(c: Pick<Column, "kind" | "element">, cell: Cell | undefined): ComponentChildren {
  if (cell === undefined) return "";
  if (cell === null) return <span class={css.null}>NULL</span>;
  const text = textOf(cell)!;
  switch (c.kind) {
    case "bool":
      return text === "t" || text === "true" ? "true" : <span class={css.quiet}>false</span>;
    case "json":
      return <span class={css.json}>{jsonLine(text)}</span>;
    case "enum":
      return <span class={css.pill}>{text}</span>;
    case "array":
      return arrayView(text, isCut(cell));
    case "bytea":
      return bytesView(text, isCut(cell) ? cell.size : null);
    case "vector": {
      const v = isCut(cell) ? null : readVector(text);
      const size = v?.length ?? (text.startsWith("[") ? null : null);
      return <><span class={css.quiet}>{size ? `${size} × ` : ""}</span>{oneLine(v ? v.slice(0, 4).map((n) => +n.toPrecision(4)).join(" ") + (v.length > 4 ? " …" : "") : text, 80)}</>;
    }
    case "timestamp":
    case "timestamptz":
      return timeView(text);
    default:
      if (text === "") return <span class={css.null}>empty</span>;
      return isCut(cell) ? <>{oneLine(text)}<span class={css.quiet}> {bytes(cell.size)}</span></> : oneLine(text);
  }
}

function timeView(text: string): ComponentChildren {
  const [date, time] = text.split(" ");
  return time ? <>{date} <span class={css.quiet}>{text.slice(date!.length + 1)}</span></> : text;
}

function arrayView(text: string, cut: boolean): ComponentChildren {
  const items = cut ? null : readArray(text);
  if (!items || items.some(Array.isArray)) return oneLine(text);
  if (items.length === 0) return <span class={css.null}>empty</span>;
  return (
    <>
      {items.slice(0, 8).map((v, i) => (v === null ? <span key={i} class={css.chip}><span class={css.null}>NULL</span></span> : <span key={i} class={css.chip}>{oneLine(String(v), 40)}</span>))}
      {items.length > 8 && <span class={css.quiet}>+{items.length - 8}</span>}
    </>
  );
}

function bytesView(text: string, size: number | null): ComponentChildren {
  const some = readBytes(text.slice(0, 66 + (text.length % 2)));
  if (!some) return oneLine(text);
  const kind = imageType(some)?.replace("image/", "").toUpperCase();
  const length = size ?? (text.length - 2) / 2;
  return <><span class={css.chip}>{kind ?? "bytes"} {bytes(length)}</span><span class={css.quiet}>{[...some.subarray(0, 12)].map((b) => b.toString(16).padStart(2, "0")).join(" ")}</span></>;
}

export const rightAligned = (c: Column): boolean => c.kind === "number";
