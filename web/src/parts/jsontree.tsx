// JSON as a tree that folds. Numbers keep their digits, since they are not read
// as numbers of JavaScript's where that would change them.

import { useState } from "preact/hooks";
import { IconRight } from "./icons";
import css from "./jsontree.module.css";

/** JSON read for showing; a number is its text. */
export type Json = null | boolean | string | { number: string } | Json[] | Map<string, Json>;

/** Reads JSON without losing digits or the order of keys; null if it is none. */
export function readJson(text: string): { value: Json } | null {
  let i = 0;
  const space = () => {
    while (i < text.length && " \t\n\r".includes(text[i]!)) i++;
  };
  const fail = (): never => {
    throw new SyntaxError(`at ${i}`);
  };
  const string = (): string => {
    const m = /"(?:[^"\\]|\\.)*"/y;
    m.lastIndex = i;
    const found = m.exec(text) ?? fail();
    i = m.lastIndex;
    return JSON.parse(found[0]) as string;
  };
  const value = (): Json => {
    space();
    const c = text[i];
    if (c === "{") {
      const map = new Map<string, Json>();
      i++;
      space();
      if (text[i] === "}") {
        i++;
        return map;
      }
      for (;;) {
        space();
        const key = string();
        space();
        if (text[i++] !== ":") fail();
        map.set(key, value());
        space();
        const next = text[i++];
        if (next === "}") return map;
        if (next !== ",") fail();
      }
    }
    if (c === "[") {
      const list: Json[] = [];
      i++;
      space();
      if (text[i] === "]") {
        i++;
        return list;
      }
      for (;;) {
        list.push(value());
        space();
        const next = text[i++];
        if (next === "]") return list;
        if (next !== ",") fail();
      }
    }
    if (c === '"') return string();
    const m = /true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
    m.lastIndex = i;
    const word = (m.exec(text) ?? fail())[0];
    i = m.lastIndex;
    return word === "true" ? true : word === "false" ? false : word === "null" ? null : { number: word };
  };
  try {
    const v = value();
    space();
    return i === text.length ? { value: v } : null;
  } catch {
    return null;
  }
}

/** JSON with two spaces of indent; digits stay as they are. */
export function formatJson(v: Json, indent = ""): string {
  const inner = indent + "  ";
  if (Array.isArray(v)) return v.length ? `[\n${v.map((x) => inner + formatJson(x, inner)).join(",\n")}\n${indent}]` : "[]";
  if (v instanceof Map) return v.size ? `{\n${[...v].map(([k, x]) => `${inner}${JSON.stringify(k)}: ${formatJson(x, inner)}`).join(",\n")}\n${indent}}` : "{}";
  if (typeof v === "object" && v !== null) return v.number;
  return JSON.stringify(v);
}

export function JsonTree({ value, open = 2 }: { value: Json; open?: number }) {
  return <div class={css.tree}><Node value={value} open={open} /></div>;
}

function Node({ name, value, open }: { name?: string; value: Json; open: number }) {
  const [unfolded, unfold] = useState(open > 0);
  const [most, setMost] = useState(200);
  const label = name !== undefined && <span class={css.name}>{name}</span>;
  const entries: [string, Json][] | null = Array.isArray(value) ? value.map((v, i) => [String(i), v]) : value instanceof Map ? [...value] : null;
  if (!entries) {
    return <div class={`${css.line} ${css.leaf}`}>{label}{name !== undefined && <span class={css.quiet}>:</span>}<Leaf value={value} /></div>;
  }
  const n = entries.length;
  const kind = Array.isArray(value) ? (n === 1 ? "1 item" : `${n} items`) : n === 1 ? "1 key" : `${n} keys`;
  return (
    <div>
      <div class={css.line}>
        <button type="button" class={css.fold} aria-expanded={unfolded} onClick={() => unfold(!unfolded)}>
          <IconRight size={12} />{label}<span class={css.quiet}>{Array.isArray(value) ? `[${kind}]` : `{${kind}}`}</span>
        </button>
      </div>
      {unfolded && (
        <ul>
          {entries.slice(0, most).map(([k, v]) => <li key={k}><Node name={k} value={v} open={open - 1} /></li>)}
          {n > most && <li><button type="button" class={css.fold} onClick={() => setMost(most + 1000)}><span class={css.quiet}>{n - most} more</span></button></li>}
        </ul>
      )}
    </div>
  );
}

function Leaf({ value }: { value: Json }) {
  if (typeof value === "string") return <span class={css.string}>{JSON.stringify(value)}</span>;
  if (value === null) return <span class={css.quiet}>null</span>;
  if (typeof value === "boolean") return <span class={css.number}>{String(value)}</span>;
  return <span class={css.number}>{(value as { number: string }).number}</span>;
}
