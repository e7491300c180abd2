// What a foreign key can point to, while a value for it is typed: rows whose key
// or whose name has it. Looking only; any other text can still be entered.

import { useEffect, useState } from "preact/hooks";
import { api, ApiError, type Column, type ForeignKey, type Table } from "../api";
import { textOf } from "./value";
import css from "./editor.module.css";

const most = 7;
/** Tables beyond this are looked into by their key only: a name would be looked for in every row. */
const mostSearched = 200_000;

interface Choice {
  value: string;
  words: string;
}

export interface Choices {
  list: Choice[];
  active: number;
  /** What Enter takes; nothing unless somebody went down to it. */
  chosen: string | undefined;
  /** For the field in which the value is typed. */
  field: Record<string, unknown>;
  key: (e: KeyboardEvent) => boolean;
}

export function useKeyChoices(fk: ForeignKey | undefined, text: string): Choices {
  const [list, setList] = useState<Choice[]>([]);
  const [active, setActive] = useState(-1);
  useEffect(() => {
    if (!fk) return;
    const abort = new AbortController();
    setActive(-1);
    const timer = setTimeout(() => {
      look(fk, text.trim(), abort.signal).then(setList, (e: unknown) => {
        if (!(e instanceof ApiError) && !abort.signal.aborted) throw e; // without choices a value can still be typed
      });
    }, 150);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [fk?.name, text]);
  const key = (e: KeyboardEvent): boolean => {
    const to = { ArrowDown: active + 1, ArrowUp: active - 1 }[e.key];
    if (to === undefined || list.length === 0) return false;
    e.preventDefault();
    setActive(Math.max(-1, Math.min(list.length - 1, to)));
    return true;
  };
  return {
    list, active, key, chosen: list[active]?.value,
    field: fk ? { "aria-autocomplete": "list", "aria-controls": "key-choices", "aria-activedescendant": active >= 0 ? `key-choice-${active}` : undefined } : {},
  };
}

export function KeyChoices({ fk, choices, onPick }: { fk: ForeignKey; choices: Choices; onPick: (value: string) => void }) {
  return (
    <div id="key-choices" class={css.choices} role="listbox" aria-label={`Rows of ${fk.table.name}`}>
      {choices.list.map((c, i) => (
        <div key={c.value} id={`key-choice-${i}`} role="option" aria-selected={i === choices.active} class={css.choice}
          onPointerDown={(e) => e.preventDefault()} // the field keeps the focus
          onClick={() => onPick(c.value)}>
          <b>{c.value}</b><span>{c.words}</span>
        </div>
      ))}
    </div>
  );
}

async function look(fk: ForeignKey, text: string, abort: AbortSignal): Promise<Choice[]> {
  const table = await api.table(fk.table, abort);
  const key = fk.references[0]!;
  const column = table.columns.find((c) => c.name === key);
  if (!column) return [];
  const name = naming(table, key);
  const ask = (filters: { column: string; op: "eq" | "contains" | "starts"; value: string }[]) =>
    api.rows({ ...fk.table, columns: name ? [key, name.name] : [key], filters, sort: [], limit: most }, abort)
      .then((p) => p.rows.map((r): Choice => ({ value: textOf(r[p.columns.indexOf(key)])!, words: (name && textOf(r[p.columns.indexOf(name.name)])) ?? "" })));
  if (!text) return ask([]);
  const small = (table.rows ?? 0) <= mostSearched;
  const found = await Promise.all([
    ask([{ column: key, op: "eq", value: text }]).catch(refused),
    name && small ? ask([{ column: name.name, op: "contains", value: text }]) : [],
    small ? ask([{ column: key, op: "starts", value: text }]) : [],
  ]);
  const seen = new Set<string>();
  return found.flat().filter((c) => !seen.has(c.value) && seen.add(c.value)).slice(0, most);
}

/** What was typed may be no value of the key's type, such as a name. */
function refused(e: unknown): Choice[] {
  if (e instanceof ApiError) return [];
  throw e;
}

/** The column that people know rows by: one called so, else the first text. */
function naming(table: Table, key: string): Column | undefined {
  const texts = table.columns.filter((c) => c.kind === "text" && c.name !== key);
  return texts.find((c) => /^(name|title|label|email|slug|code)$/.test(c.name)) ?? texts[0];
}
