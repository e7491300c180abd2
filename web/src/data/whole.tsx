// One value, whole: seen and edited in the form that suits it.

import { useEffect, useState } from "preact/hooks";
import type { ComponentType } from "preact";
import { api, ApiError, rawUrl, type Cell, type Column, type NewValue, type Problem, type TableName } from "../api";
import { Button, IconButton, Input, LinkButton } from "../parts/controls";
import { Dialog } from "../parts/dialog";
import { bytes } from "../parts/format";
import { IconDownload, IconPlus, IconTrash } from "../parts/icons";
import { formatJson, JsonTree, readJson } from "../parts/jsontree";
import { ProblemNotice, Working } from "../parts/notice";
import { hexLines, imageType, isCut, readArray, readBytes, readVector, textOf, writeArray, writeBytes } from "./value";
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
      (v) => set({ text: v.value, problem: null }),
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
  const save = (v: NewValue) => {
    onSave?.(v, text ?? null);
    onClose();
  };
  return (
    <Dialog wide title={column.name} onClose={onClose} foot={onSave && (
      <>
        {wrong && <span class={css.wrong} role="alert">{wrong}</span>}
        <span style={{ flex: 1 }} />
        {column.nullable && <Button onClick={() => save(null)}>Set NULL</Button>}
        {column.default !== null && <Button onClick={() => save({ default: true })}>Set default</Button>}
        <Button look="outline" onClick={onClose}>Cancel</Button>
        <Button look="solid" disabled={next === undefined || wrong !== null} onClick={() => next !== undefined && save(next)}>Keep change</Button>
      </>
    )}>
      {problem && <ProblemNotice problem={problem} />}
      {text === undefined && !problem && <div style={{ position: "relative", height: "80px" }}><Working /></div>}
      {text !== undefined && (
        <ValueView column={column} text={next ?? text} raw={rowKey && text !== null ? rawUrl({ ...table, key: rowKey, column: column.name }) : null} editing={onSave !== undefined}
          onChange={(t, w) => {
            setNext(t);
            setWrong(w);
          }} />
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
    if (language !== "json" || text === null) return text ?? "";
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

function BytesValue({ text, raw, editing, onChange }: ViewProps) {
  const data = text === null ? new Uint8Array() : readBytes(text);
  const kind = data && imageType(data);
  const [form, setForm] = useState<"Image" | "Hex">(kind ? "Image" : "Hex");
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!kind || !data) return;
    const u = URL.createObjectURL(new Blob([data as BlobPart], { type: kind }));
    setUrl(u);
    return () => URL.revokeObjectURL(u);
  }, [text]);
  if (!data) return <pre class={css.text}>{text}</pre>;
  return (
    <div class={css.value}>
      <div class={css.bar}>
        {kind && <Segments all={["Image", "Hex"]} now={form} onPick={setForm} />}
        <span class={css.facts}>{bytes(data.length)}{kind && `, ${kind}`}</span>
        <span class={css.gap} />
        {editing && (
          <label class={css.facts}>Replace with a file{" "}
            <input type="file" onChange={async (e) => {
              const file = e.currentTarget.files?.[0];
              if (file) onChange(writeBytes(new Uint8Array(await file.arrayBuffer())), null);
            }} />
          </label>
        )}
        <Download raw={raw} />
      </div>
      <div class={css.box}>
        {kind && form === "Image" ? <div class={css.center}>{url && <img class={css.image} src={url} alt="The value as an image" />}</div>
          : <pre class={css.hex} tabIndex={0} aria-label="Bytes">{hexLines(data)}{data.length > 4096 && "\n… download to see the rest"}</pre>}
      </div>
    </div>
  );
}

function ArrayValue(p: ViewProps) {
  const { column, text, editing, onChange } = p;
  const items = readArray(text ?? "{}");
  if (!items || items.some(Array.isArray)) return <TextValue {...p} language="text" />;
  const flat = items as (string | null)[];
  const set = (next: (string | null)[]) => onChange(writeArray(next), null);
  return (
    <div class={css.value}>
      <div class={css.bar}><span class={css.facts}>{column.type}, {flat.length === 1 ? "1 item" : `${flat.length} items`}</span><span class={css.gap} /><Download raw={p.raw} /></div>
      <div class={`${css.box} ${css.items}`}>
        {flat.map((v, i) => (
          <div key={i} class={css.entry}>
            <span>{i + 1}</span>
            <Input mono aria-label={`Item ${i + 1}`} readOnly={!editing} value={v ?? ""} placeholder={v === null ? "NULL" : ""} onInput={(e) => set(flat.map((x, j) => (j === i ? e.currentTarget.value : x)))} />
            {editing && <IconButton small label={`Remove item ${i + 1}`} onClick={() => set(flat.filter((_, j) => j !== i))}><IconTrash size={14} /></IconButton>}
          </div>
        ))}
        {editing && <div><Button small onClick={() => set([...flat, ""])}><IconPlus size={14} />Add an item</Button></div>}
        {flat.length === 0 && !editing && <span class={css.facts}>No items</span>}
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
