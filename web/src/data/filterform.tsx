// Choosing a filter: a column, what to ask of it, and with what.

import { useEffect, useState } from "preact/hooks";
import type { Column, Filter, Op } from "../api";
import { Button, Checkbox, Input, Select } from "../parts/controls";
import fields from "../parts/controls.module.css";
import { Popover, type Spot } from "../parts/popover";
import { opsFor, relativeWords } from "./filters";
import { TimeField } from "./timefield";
import css from "./filterform.module.css";

interface FilterFormProps {
  at: Spot;
  columns: Column[];
  start: Filter | { column: string } | null;
  onDone: (f: Filter) => void;
  onRemove?: (() => void) | undefined;
  onClose: () => void;
}

const isTime = (c: Column) => c.kind === "timestamp" || c.kind === "timestamptz" || c.kind === "date";

export function FilterForm({ at, columns, start, onDone, onRemove, onClose }: FilterFormProps) {
  const [name, setName] = useState(start?.column ?? columns[0]?.name ?? "");
  const column = columns.find((c) => c.name === name) ?? columns[0]!;
  const given = start && "op" in start ? start : null;
  const [path, setPath] = useState(given?.path?.join(".") ?? "");
  const steps = column.kind === "json" && path.trim() ? path.split(".").map((s) => s.trim()) : undefined;
  const ops = opsFor(column, steps);
  const [op, setOp] = useState<Op>(given?.op ?? ops[0]?.op ?? "null");
  const [entered, setValue] = useState(given?.value ?? given?.values?.[0] ?? "");
  const [second, setSecond] = useState(given?.values?.[1] ?? "");
  const [many, setMany] = useState<string[]>(given?.values ?? []);
  const words = ops.find((o) => o.op === op) ?? ops[0];
  // A list to choose from shows its first value, and that is then the one that is meant.
  const value = entered || (!steps && words?.takes === "one" && column.enum?.[0]) || "";

  useEffect(() => {
    if (!ops.some((o) => o.op === op)) setOp(ops[0]?.op ?? "null");
  }, [steps?.length]);

  const filter = (): Filter | null => {
    if (!words) return null;
    const base: Filter = { column: column.name, op: words.op, ...(steps && { path: steps }) };
    switch (words.takes) {
      case "none": return base;
      case "many": return many.length ? { ...base, values: many } : null;
      case "two": return value !== "" && second !== "" ? { ...base, values: [value, second] } : null;
      case "one": return value !== "" || column.kind === "text" ? { ...base, value } : null;
    }
  };
  const done = filter();

  return (
    <Popover at={at} onClose={onClose} label="Filter">
      <form class={css.form} onSubmit={(e) => {
        e.preventDefault();
        if (done) onDone(done);
      }}>
        <div class={css.row}>
          <Select aria-label="Column" value={column.name} autofocus={!start} options={columns.filter((c) => opsFor(c).length > 0).map((c) => [c.name, c.name] as const)} onPick={(n) => {
            setName(n);
            setMany([]);
            setOp(opsFor(columns.find((c) => c.name === n)!)[0]?.op ?? "null");
          }} />
          <Select aria-label="Operator" value={words?.op ?? ""} options={ops.map((o) => [o.op, o.label] as const)} onPick={setOp} />
        </div>
        {column.kind === "json" && <Input mono aria-label="Path" placeholder="Path, such as address.city (optional)" value={path} onInput={(e) => {
          if (!path) setOp("eq"); // below a path a value is compared, not contained
          setPath(e.currentTarget.value);
        }} />}
        {words?.takes === "one" && field(value, setValue, "Value", start !== null)}
        {words?.takes === "two" && <div class={css.row}>{field(value, setValue, "From", start !== null)}{field(second, setSecond, "To", false)}</div>}
        {words?.takes === "many" && (column.enum ? (
          <div class={css.checks} role="group" aria-label="Values">
            {column.enum.map((v) => (
              <Checkbox key={v} checked={many.includes(v)} onChange={(e) => setMany(e.currentTarget.checked ? [...many, v] : many.filter((m) => m !== v))}>{v}</Checkbox>
            ))}
          </div>
        ) : (
          <textarea class={`${fields.field} ${fields.mono}`} aria-label="Values, one a line" placeholder="One value a line" value={many.join("\n")} autofocus={start !== null}
            onInput={(e) => setMany(e.currentTarget.value.split("\n").filter(Boolean))} />
        ))}
        {isTime(column) && words?.takes === "one" && <Quick date={column.kind === "date"} value={value} onPick={(v) => {
          if (op === "eq") setOp("ge");
          setValue(v);
        }} />}
        {relativeWords(value) && <div class={css.hint}>{relativeWords(value)}, worked out each time</div>}
        <div class={css.foot}>
          {onRemove && <Button look="danger" onClick={onRemove}>Remove</Button>}
          <Button look="solid" type="submit" disabled={!done}>{given ? "Change" : "Filter"}</Button>
        </div>
      </form>
    </Popover>
  );

  function field(v: string, set: (v: string) => void, label: string, focus: boolean) {
    if (isTime(column) || column.kind === "time") return <TimeField key={label} kind={column.kind} value={v} onChange={set} label={label} autofocus={focus} />;
    if (column.enum && !steps) return <Select key={label} aria-label={label} value={v} options={column.enum.map((e) => [e, e] as const)} onPick={set} />;
    return <Input key={label} mono aria-label={label} placeholder={hintFor(column, words?.op)} inputMode={column.kind === "number" ? "decimal" : "text"} value={v} autofocus={focus} onInput={(e) => set(e.currentTarget.value)} />;
  }
}

function hintFor(c: Column, op: Op | undefined): string {
  if (op === "regex") return "Regular expression";
  if (op === "jsonHas") return '{"key": "value"}';
  if (op === "arrayHas") return "One value";
  return c.type;
}

const ages = [["now-1h", "Last hour"], ["now-1d", "Last 24 hours"], ["today", "Today"], ["now-7d", "Last 7 days"], ["now-30d", "Last 30 days"], ["now-1y", "Last year"]] as const;
const days = [["today", "Today"], ["today-1d", "Yesterday"], ["today-7d", "7 days"], ["today-30d", "30 days"], ["today-1y", "1 year"]] as const;

function Quick({ date, value, onPick }: { date: boolean; value: string; onPick: (v: string) => void }) {
  return (
    <div class={css.quick}>
      {(date ? days : ages).map(([v, label]) => <button key={v} type="button" aria-pressed={value === v} onClick={() => onPick(v)}>{label}</button>)}
    </div>
  );
}
