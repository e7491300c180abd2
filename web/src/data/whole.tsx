// One value, whole: seen and edited in the form that suits it.

import { useEffect, useState } from "preact/hooks";
import type { ComponentType } from "preact";
import { api, ApiError, rawUrl, type Cell, type Column, type NewValue, type Problem, type TableName } from "../api";
import { Button, IconButton, LinkButton } from "../parts/controls";
import fields from "../parts/controls.module.css";
import { Confirm, Dialog } from "../parts/dialog";
import { bytes } from "../parts/format";
import { IconDownload, IconPlus, IconTrash } from "../parts/icons";
import { formatJson, JsonTree, readJson } from "../parts/jsontree";
import { ProblemNotice, Working } from "../parts/notice";
import { hexLines, imageType, isCut, mostText, readArray, readBytes, readVector, takesEmpty, textOf, writeArray, writeBytes } from "./value";
import css from "./whole.module.css";

type CodeProps = { value: string; language: "json" | "text"; readOnly?: boolean; label: string; onChange?: (t: string, problem: string | null) => void };

function useCode(): ComponentType<CodeProps> | null {
  const [C, set] = useState<{ c: ComponentType<CodeProps> } | null>(null);
  useEffect(() => void import("../parts/code").then((m) => set({ c: m.default })), []);
  return C?.c ?? null;
}

/** The whole text of a value, fetched if only its beginning is here. */
export function useWhole(table: TableName, key: string[] | null, column: string, cell: Cell | undefined): { text: string | null | undefined; problem: Problem | null } {
  const [got, set] = useState<{ text: string | null | undefined; problem: Problem | null }>({ text: isCut(cell) ? undefined : textOf(cell), problem: null });
  useEffect(() => {
    if (!isCut(cell)) {
      set({ text: textOf(cell), problem: null });
      return;
    }
    if (!key) {
      set({ text: cell.cut, problem: { what: "only the beginning can be shown", next: "The table has no key by which the whole value could be asked for." } });
      return;
    }
    const abort = new AbortController();
    set({ text: undefined, problem: null });
    api.cell({ ...table, key, column }, abort.signal).then(
      (v) => set((v.value?.length ?? 0) < mostText ? { text: v.value, problem: null } : { text: undefined, problem: { what: `this value is too long to be shown: ${bytes(v.size)}`, next: "Download it. It is changed by an UPDATE in SQL." } }),
      (e: unknown) => e instanceof ApiError && set({ text: undefined, problem: e.problem }),
    );
    return () => abort.abort();
  }, [table.schema, table.name, key?.join("\0"), column, cell]);
  return got;
}

interface WholeProps {
  table: TableName;
  rowKey: string[] | null;
  column: Column;
  cell: Cell | undefined;
  /** Missing where the value cannot be edited. */
  onSave?: ((v: NewValue, whole: string | null) => void) | undefined;
  onClose: () => void;
}

export function WholeValue({ table, rowKey, column, cell, onSave, onClose }: WholeProps) {
  const { text, problem } = useWhole(table, rowKey, column.name, cell);
  const [next, setNext] = useState<string | undefined>(undefined);
  const [wrong, setWrong] = useState<string | null>(null);
  const [leaving, setLeaving] = useState(false);
  const touched = wrong !== null || (next !== undefined && next !== text);
  const save = (v: NewValue) => {
    onSave?.(v, text ?? null);
    onClose();
  };
  return (
    <Dialog wide title={column.name} onClose={() => (touched ? setLeaving(true) : onClose())} foot={onSave && text !== undefined && (
      <>
        {wrong && <span class={css.wrong} role="alert">{wrong}</span>}
        <span style={{ flex: 1 }} />
        {column.nullable && <Button onClick={() => save(null)}>Set NULL</Button>}
        {column.default !== null && <Button onClick={() => save({ default: true })}>Set default</Button>}
        <Button look="outline" onClick={onClose}>Cancel</Button>
        <Button look="solid" disabled={!touched || wrong !== null} onClick={() => next !== undefined && save(next)}>Keep change</Button>
      </>
    )}>
      {problem && <ProblemNotice problem={problem} action={rowKey && <Download raw={rawUrl({ ...table, key: rowKey, column: column.name })} />} />}
      {text === undefined && !problem && <div style={{ position: "relative", height: "80px" }}><Working /></div>}
      {text !== undefined && (
        <ValueView column={column} text={next ?? text} raw={rowKey && text !== null ? rawUrl({ ...table, key: rowKey, column: column.name }) : null} editing={onSave !== undefined}
          onChange={(t, w) => {
            setNext(t);
            setWrong(w);
          }} />
      )}
      {leaving && (
        <Confirm title={`Drop what you wrote into ${column.name}?`} yes="Drop it" bad onNo={() => setLeaving(false)} onYes={onClose}>
          <p>The value stays as it was.</p>
        </Confirm>
      )}
    </Dialog>
  );
}

interface ViewProps {
  column: Column;
  text: string | null;
  raw: string | null;
  editing: boolean;
  onChange: (text: string, wrong: string | null) => void;
}

function ValueView(p: ViewProps) {
  const { column, text } = p;
  if (text === null && !p.editing) return <p class={css.facts}>NULL</p>;
  switch (column.kind) {
    case "json": return <JsonValue {...p} />;
    case "bytea": return <BytesValue {...p} />;
    case "array": return <ArrayValue {...p} />;
    case "vector": return <VectorValue {...p} />;
    default: return <TextValue {...p} language="text" />;
  }
}

function Segments<T extends string>({ all, now, onPick }: { all: readonly T[]; now: T; onPick: (v: T) => void }) {
  return <div class={css.seg} role="group" aria-label="Form">{all.map((v) => <button key={v} type="button" aria-pressed={v === now} onClick={() => onPick(v)}>{v}</button>)}</div>;
}

function Download({ raw }: { raw: string | null }) {
  return raw ? <LinkButton small look="outline" href={raw} download><IconDownload size={14} />Download</LinkButton> : null;
}

function TextValue({ column, text, raw, editing, language, onChange }: ViewProps & { language: "json" | "text" }) {
  const Code = useCode();
  const [start] = useState(() => {
    // jsonb is written anew by PostgreSQL whatever its form; json keeps every space, and a key that comes twice.
    if (column.type !== "jsonb" || text === null) return text ?? "";
    const v = readJson(text);
    return v ? formatJson(v.value) : text;
  });
  return (
    <div class={css.value}>
      {language === "text" && <div class={css.bar}><span class={css.facts}>{column.type}, {(text ?? "").length.toLocaleString("en")} characters</span><span class={css.gap} /><Download raw={raw} /></div>}
      <div class={css.box}>{Code ? <Code value={start} language={language} readOnly={!editing} label={column.name} onChange={onChange} /> : <Working />}</div>
    </div>
  );
}

function JsonValue(p: ViewProps) {
  const parsed = p.text === null ? null : readJson(p.text);
  const [form, setForm] = useState<"Tree" | "Text">(p.editing || !parsed ? "Text" : "Tree");
  return (
    <div class={css.value}>
      <div class={css.bar}><Segments all={["Tree", "Text"]} now={form} onPick={setForm} /><span class={css.facts}>{p.column.type}{p.text !== null && `, ${bytes(p.text.length)}`}</span><span class={css.gap} /><Download raw={p.raw} /></div>
      {form === "Tree" ? <div class={`${css.box} ${css.pad}`}>{parsed ? <JsonTree value={parsed.value} open={3} /> : "This is no valid JSON yet."}</div> : <TextValue {...p} language="json" />}
    </div>
  );
}

type BytesForm = "Image" | "Hex" | "Edit hex";
const mostHex = 64 << 10; // bytes that are edited as digits

function BytesValue({ column, text, raw, editing, onChange }: ViewProps) {
  const data = text === null ? new Uint8Array() : readBytes(text);
  const kind = data && imageType(data);
  const [form, setForm] = useState<BytesForm>(kind ? "Image" : "Hex");
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!kind || !data) return;
    const u = URL.createObjectURL(new Blob([data as BlobPart], { type: kind }));
    setUrl(u);
    return () => URL.revokeObjectURL(u);
  }, [text]);
  if (!data) return <pre class={css.text}>{text}</pre>;
  const forms: BytesForm[] = [...(kind ? ["Image" as const] : []), "Hex", ...(editing && data.length <= mostHex ? ["Edit hex" as const] : [])];
  const shown = form === "Image" && !kind ? "Hex" : form;
  return (
    <div class={css.value}>
      <div class={css.bar}>
        {forms.length > 1 && <Segments all={forms} now={shown} onPick={setForm} />}
        <span class={css.facts}>{text === null ? "NULL" : bytes(data.length)}{kind && `, ${kind}`}</span>
        <span class={css.gap} />
        {editing && (
          <label class={css.facts}>Replace with a file{" "}
            <input type="file" onChange={async (e) => {
              const file = e.currentTarget.files?.[0];
              if (!file) return;
              setForm("Hex");
              onChange(writeBytes(new Uint8Array(await file.arrayBuffer())), null);
            }} />
          </label>
        )}
        <Download raw={raw} />
      </div>
      <div class={css.box}>
        {shown === "Image" ? <div class={css.center}>{url && <img class={css.image} src={url} alt="The value as an image" />}</div>
          : shown === "Edit hex" ? <HexEditor label={column.name} start={data} onChange={(t, w) => onChange(t ?? text ?? "\\x", w)} />
          : <pre class={css.hex} tabIndex={0} aria-label="Bytes">{hexLines(data)}{data.length > 4096 && "\n… download to see the rest"}</pre>}
      </div>
    </div>
  );
}

/** Bytes as digits, sixteen a line; spaces and lines say nothing. */
function HexEditor({ label, start, onChange }: { label: string; start: Uint8Array; onChange: (text: string | null, wrong: string | null) => void }) {
  const Code = useCode();
  const [first] = useState(() => (writeBytes(start).slice(2).match(/.{1,32}/g) ?? []).map((line) => line.replace(/../g, "$& ").trim()).join("\n"));
  if (!Code) return <Working />;
  return <Code value={first} language="text" label={label} onChange={(t) => {
    const written = "\\x" + t.replace(/\s+/g, "");
    if (readBytes(written)) onChange(written, null);
    else onChange(null, /[^0-9a-f\s]/i.test(t) ? "Only the digits 0 to 9 and a to f are bytes" : "A byte has two digits, and one has only the first");
  }} />;
}

function ArrayValue(p: ViewProps) {
  const { column, text, editing, onChange } = p;
  const items = readArray(text ?? "{}");
  // Lists in lists, and lists that do not begin at 1, are edited as PostgreSQL writes them.
  if (!items || items.some(Array.isArray) || text?.startsWith("[") || /^box\b/.test(column.type)) {
    return <TextValue {...p} language="text" onChange={(t, w) => onChange(t, w ?? (readArray(t) ? null : "This is no list: {1,2,3}, with quotes around what has commas, braces or spaces"))} />;
  }
  const flat = items as (string | null)[];
  const set = (next: (string | null)[]) => onChange(writeArray(next), null);
  const put = (i: number, v: string | null) => set(flat.map((x, j) => (j === i ? v : x)));
  const fresh = takesEmpty(column.element) ? "" : null;
  return (
    <div class={css.value}>
      <div class={css.bar}><span class={css.facts}>{column.type}, {text === null ? "NULL" : flat.length === 1 ? "1 item" : `${flat.length} items`}</span><span class={css.gap} /><Download raw={p.raw} /></div>
      <div class={`${css.box} ${css.items}`}>
        {flat.map((v, i) => (
          <div key={i} class={css.entry}>
            <span>{i + 1}</span>
            <textarea class={`${fields.field} ${fields.mono}`} rows={1} spellcheck={false} aria-label={`Item ${i + 1}`} readOnly={!editing} value={v ?? ""} placeholder={v === null ? "NULL" : "empty"}
              onInput={(e) => put(i, e.currentTarget.value === "" ? fresh : e.currentTarget.value)} />
            {editing && <Button small aria-pressed={v === null} aria-label={`Item ${i + 1} is NULL`} onClick={() => put(i, v === null ? "" : null)}>NULL</Button>}
            {editing && <IconButton small label={`Remove item ${i + 1}`} onClick={() => set(flat.filter((_, j) => j !== i))}><IconTrash size={14} /></IconButton>}
          </div>
        ))}
        {editing && <div><Button small onClick={() => set([...flat, fresh])}><IconPlus size={14} />Add an item</Button></div>}
        {flat.length === 0 && !editing && <span class={css.facts}>No items</span>}
        {editing && text === null && <div><Button small onClick={() => set([])}>No items instead of NULL</Button></div>}
      </div>
    </div>
  );
}

function VectorValue(p: ViewProps) {
  const v = p.text === null ? null : readVector(p.text);
  if (!v || p.editing) return <TextValue {...p} language="text" />;
  const norm = Math.hypot(...v);
  return (
    <div class={css.value}>
      <div class={css.bar}><span class={css.facts}>{v.length} dimensions, length {norm.toPrecision(5)}</span><span class={css.gap} /><Download raw={p.raw} /></div>
      <div class={`${css.box} ${css.numbers}`}>{v.map((n, i) => <span key={i}>{n}</span>)}</div>
    </div>
  );
}
