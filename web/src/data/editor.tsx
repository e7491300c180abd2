// Editing a value where it stands.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Column, ForeignKey, NewValue } from "../api";
import { Button, IconButton } from "../parts/controls";
import { IconClock } from "../parts/icons";
import { Menu, type MenuItem, type Spot } from "../parts/popover";
import { session } from "../session";
import { KeyChoices, useKeyChoices } from "./keychoices";
import { entered, takesEmpty } from "./value";
import css from "./editor.module.css";

export interface Edit {
  row: number;
  col: number;
  at: Spot;
  column: Column;
  value: string | null;
  /** What was typed to begin with, in place of the value. */
  typed?: string;
}

interface EditorProps {
  edit: Edit;
  /** Of the table: a value of one is chosen among those that it can point to. */
  foreignKeys: ForeignKey[];
  /** Keeps the value and moves on by rows and columns. */
  onKeep: (v: NewValue, move: { rows: number; cols: number }) => void;
  onClose: () => void;
}

/** Kinds that are chosen from a list. */
export const chosen = (c: Column): boolean => c.kind === "bool" || c.kind === "enum";

/** Values that need more room than a cell. */
export function needsRoom(c: Column, value: string | null): boolean {
  return c.kind === "json" || c.kind === "bytea" || c.kind === "array" || c.kind === "vector" || (value !== null && (value.length > 300 || value.includes("\n")));
}

export function CellEditor(p: EditorProps) {
  return chosen(p.edit.column) ? <Choice {...p} /> : <TextEditor {...p} />;
}

function Choice({ edit, onKeep, onClose }: EditorProps) {
  const { column, value } = edit;
  const stay = { rows: 0, cols: 0 };
  const options = column.kind === "bool" ? [["true", "true"], ["false", "false"]] : (column.enum ?? []).map((v) => [v, v]);
  const normal = column.kind === "bool" ? (value === "t" || value === "true" ? "true" : value === null ? null : "false") : value;
  const items: MenuItem[] = options.map(([v, label]) => ({ label: label!, checked: normal === v, run: () => onKeep(v!, stay) }));
  if (column.nullable || column.default !== null) items.push("rule");
  if (column.nullable) items.push({ label: "NULL", checked: value === null, run: () => onKeep(null, stay) });
  if (column.default !== null) items.push({ label: `Default (${column.default})`, checked: false, run: () => onKeep({ default: true }, stay) });
  return <Menu at={edit.at} items={items} label={column.name} onClose={onClose} />;
}

const pickers: Partial<Record<Column["kind"], "date" | "datetime-local" | "time">> = { date: "date", timestamp: "datetime-local", timestamptz: "datetime-local", time: "time" };

function TextEditor({ edit, foreignKeys, onKeep, onClose }: EditorProps) {
  const { column, at } = edit;
  const box = useRef<HTMLDivElement>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(edit.typed ?? edit.value ?? "");
  // Nothing typed into a NULL leaves it NULL; Backspace in an empty field makes the one of the other.
  const [isNull, setNull] = useState(edit.typed === undefined && edit.value === null);
  const finished = useRef(false);
  const written = isNull ? null : entered(column, text);
  const fk = foreignKeys.find((f) => f.columns.length === 1 && f.columns[0] === column.name);
  const choices = useKeyChoices(fk, text === edit.value ? "" : text);

  const keep = (rows = 0, cols = 0, v: NewValue = written) => {
    if (finished.current) return;
    finished.current = true;
    onKeep(v, { rows, cols });
  };
  const latest = useRef(keep);
  latest.current = keep;

  useLayoutEffect(() => {
    const el = box.current!;
    const before = document.activeElement as HTMLElement | null;
    el.showPopover();
    el.style.width = `${Math.max(at.right - at.left, 220)}px`;
    el.style.left = `${Math.max(8, Math.min(at.left, innerWidth - 8 - Math.max(at.right - at.left, 220)))}px`;
    const a = area.current!;
    a.focus();
    if (edit.typed === undefined) a.select();
    else a.setSelectionRange(a.value.length, a.value.length);
    const fit = () => {
      el.style.top = `${Math.max(8, Math.min(at.top, innerHeight - 8 - el.offsetHeight))}px`;
    };
    const watch = new ResizeObserver(fit);
    watch.observe(el);
    return () => {
      watch.disconnect();
      if (before?.isConnected) before.focus({ preventScroll: true });
    };
  }, []);

  return (
    <div ref={box} popover="manual" class={css.editor} role="dialog" aria-label={`Edit ${column.name}`}
      onFocusOut={(e) => {
        if (!box.current?.contains(e.relatedTarget as Node | null)) setTimeout(() => latest.current());
      }}>
      <textarea ref={area} rows={1} aria-label={column.name} spellcheck={false} value={text} placeholder={written === null ? "NULL" : "empty"} {...choices.field}
        onInput={(e) => {
          setText(e.currentTarget.value);
          setNull(false);
        }}
        onKeyDown={(e) => {
          if (e.isComposing) return;
          if (choices.key(e)) return;
          if (e.key === "Backspace" && text === "" && column.nullable && takesEmpty(column.kind)) {
            e.preventDefault();
            setNull(!isNull);
          } else if (e.key === "Escape") {
            finished.current = true;
            e.stopPropagation();
            onClose();
          } else if (e.key === "Enter" && !e.altKey && !e.shiftKey) {
            e.preventDefault();
            keep(1, 0, choices.chosen ?? written);
          } else if (e.key === "Tab") {
            e.preventDefault();
            keep(0, e.shiftKey ? -1 : 1);
          } else if (e.key === "Enter" && e.altKey) {
            e.preventDefault();
            e.currentTarget.setRangeText("\n", e.currentTarget.selectionStart, e.currentTarget.selectionEnd, "end");
            setText(e.currentTarget.value);
          }
        }} />
      <div class={css.foot}>
        <span>{column.type}{column.kind === "timestamptz" && `; without a zone it is ${session.value?.timezone ?? "the server's"}`}</span>
        {pickers[column.kind] && (
          <span class={css.picker} style={{ flex: "none", padding: 0 }}>
            <IconButton small label="Pick" onClick={() => picker.current?.showPicker?.()}><IconClock size={14} /></IconButton>
            <input ref={picker} type={pickers[column.kind]!} step={1} tabIndex={-1} aria-hidden="true" onInput={(e) => {
              if (!e.currentTarget.value) return;
              setText(e.currentTarget.value.replace("T", " "));
              setNull(false);
            }} />
          </span>
        )}
        {(column.kind === "timestamp" || column.kind === "timestamptz") && <Button small onClick={() => keep(0, 0, "now")}>Now</Button>}
        {column.default !== null && <Button small data-tip={column.default} onClick={() => keep(0, 0, { default: true })}>Default</Button>}
        {column.nullable && <Button small data-tip={takesEmpty(column.kind) ? "Backspace in an empty field" : undefined} onClick={() => keep(0, 0, null)}>NULL</Button>}
      </div>
      {fk && <KeyChoices fk={fk} choices={choices} onPick={(v) => keep(0, 0, v)} />}
    </div>
  );
}
