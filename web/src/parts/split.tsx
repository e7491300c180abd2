// Two panes with a bar between them that can be moved, by hand or by arrow keys.

import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import css from "./split.module.css";

interface SplitProps {
  /** Pixels of the fixed pane. A remembered signal keeps it. */
  size: Signal<number>;
  min: number;
  max: number;
  /** Which pane the size is of. */
  side?: "start" | "end";
  column?: boolean;
  label: string;
  pane: ComponentChildren;
  children: ComponentChildren;
}

export function Split({ size, min, max, side = "start", column = false, label, pane, children }: SplitProps) {
  const set = (n: number) => (size.value = Math.round(Math.max(min, Math.min(max, n))));
  const sign = side === "start" ? 1 : -1;
  const bar = (
    <div class={css.bar} role="separator" tabIndex={0} aria-label={label} aria-orientation={column ? "horizontal" : "vertical"}
      aria-valuenow={size.value} aria-valuemin={min} aria-valuemax={max}
      onKeyDown={(e) => {
        const step = { ArrowLeft: -16, ArrowRight: 16, ArrowUp: -16, ArrowDown: 16 }[e.key];
        if (step === undefined) return;
        e.preventDefault();
        set(size.value + sign * step);
      }}
      onPointerDown={(e) => {
        const el = e.currentTarget;
        const from = column ? e.clientY : e.clientX;
        const was = size.value;
        el.setPointerCapture(e.pointerId);
        el.dataset["drag"] = "";
        const move = (m: PointerEvent) => set(was + sign * ((column ? m.clientY : m.clientX) - from));
        const up = () => {
          delete el.dataset["drag"];
          el.removeEventListener("pointermove", move);
        };
        el.addEventListener("pointermove", move);
        el.addEventListener("lostpointercapture", up, { once: true });
      }} />
  );
  const fixed = <div class={css.fixed} style={{ [column ? "height" : "width"]: `${size.value}px` }}>{pane}</div>;
  const rest = <div class={css.rest}>{children}</div>;
  return (
    <div class={[css.split, column && css.column].filter(Boolean).join(" ")}>
      {side === "start" ? [fixed, bar, rest] : [rest, bar, fixed]}
    </div>
  );
}
