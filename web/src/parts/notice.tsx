// Words that tell how things are: notices in place, passing ones, what is not
// there yet.

import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { Problem } from "../contract";
import { IconButton } from "./controls";
import { IconCheck, IconClose, IconInfo, IconWarn } from "./icons";
import css from "./notice.module.css";

export type Tone = "plain" | "good" | "warn" | "bad";

const icons = { plain: IconInfo, good: IconCheck, warn: IconWarn, bad: IconWarn };

export function Notice({ tone = "plain", children, class: extra, action }: { tone?: Tone; children: ComponentChildren; class?: string; action?: ComponentChildren }) {
  const Icon = icons[tone];
  return (
    <div class={[css.notice, tone !== "plain" && css[tone], extra].filter(Boolean).join(" ")} role={tone === "bad" ? "alert" : undefined}>
      <Icon />
      <div class={css.text}>{children}</div>
      {action}
    </div>
  );
}

/** What went wrong, and what to do. */
export function ProblemNotice({ problem, action }: { problem: Problem; action?: ComponentChildren }) {
  return (
    <Notice tone="bad" action={action}>
      <div class={css.what}>{problem.what} {problem.code && <span class={css.code}>{problem.code}</span>}</div>
      {problem.where && <div class={css.where}>{problem.where}</div>}
      {problem.detail && <div class={css.where}>{problem.detail}</div>}
      {problem.hint && <div class={css.next}>{problem.hint}</div>}
      {problem.next && <div class={css.next}>{problem.next}</div>}
    </Notice>
  );
}

interface Toast {
  id: number;
  tone: Tone;
  text: ComponentChildren;
}

const toasts = signal<Toast[]>([]);
let next = 1;

/** Says something in the corner; errors stay until they are closed. */
export function say(text: ComponentChildren, tone: Tone = "plain"): void {
  const id = next++;
  toasts.value = [...toasts.value.slice(-3), { id, tone, text }];
  if (tone !== "bad") setTimeout(() => drop(id), 4500);
}

function drop(id: number): void {
  toasts.value = toasts.value.filter((t) => t.id !== id);
}

export function Toasts() {
  return (
    <div class={css.toasts} role="status" aria-live="polite">
      {toasts.value.map((t) => (
        <Notice key={t.id} tone={t.tone} class={css.toast}
          action={<IconButton small label="Dismiss" onClick={() => drop(t.id)}><IconClose size={14} /></IconButton>}>
          {t.text}
        </Notice>
      ))}
    </div>
  );
}

export function Empty({ icon, title, children }: { icon?: ComponentChildren; title: string; children?: ComponentChildren }) {
  return (
    <div class={css.empty}>
      {icon}
      <h2>{title}</h2>
      {children}
    </div>
  );
}

export function Skeleton({ width = "100%" }: { width?: string }) {
  return <span class={css.skeleton} style={{ width }} />;
}

/** A thin line that runs while something takes its time. */
export function Working({ label = "Loading" }: { label?: string }) {
  return <div class={css.bar} role="progressbar" aria-label={label} />;
}
