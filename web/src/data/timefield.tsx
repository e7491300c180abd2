// A field for a date or time: its exact text, with the browser's own picker
// beside it.

import { useRef } from "preact/hooks";
import type { Kind } from "../api";
import { IconButton, Input } from "../parts/controls";
import { IconClock } from "../parts/icons";
import css from "./filterform.module.css";

export function TimeField({ kind, value, onChange, label, autofocus }: { kind: Kind; value: string; onChange: (v: string) => void; label: string; autofocus?: boolean }) {
  const picker = useRef<HTMLInputElement>(null);
  const type = kind === "date" ? "date" : kind === "time" ? "time" : "datetime-local";
  return (
    <span class={css.pick}>
      <Input mono aria-label={label} placeholder={kind === "date" ? "2026-01-31" : kind === "time" ? "13:30" : "2026-01-31 13:30"} value={value} autofocus={autofocus ?? false} onInput={(e) => onChange(e.currentTarget.value)} />
      <IconButton small label="Pick" onClick={() => picker.current?.showPicker?.()}><IconClock size={14} /></IconButton>
      <input ref={picker} type={type} step={type === "datetime-local" ? 1 : undefined} tabIndex={-1} aria-hidden="true"
        onInput={(e) => e.currentTarget.value && onChange(e.currentTarget.value.replace("T", " "))} />
    </span>
  );
}
