// One of several panels.

import css from "./tabs.module.css";

export interface Tab<T extends string> {
  id: T;
  label: string;
  count?: number | undefined;
}

export function Tabs<T extends string>({ tabs, now, onPick, label }: { tabs: readonly Tab<T>[]; now: T; onPick: (id: T) => void; label: string }) {
  const onKeyDown = (e: KeyboardEvent) => {
    const i = tabs.findIndex((t) => t.id === now);
    const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: tabs.length - 1 }[e.key];
    if (to === undefined) return;
    e.preventDefault();
    const tab = tabs[(to + tabs.length) % tabs.length]!;
    onPick(tab.id);
    (e.currentTarget as HTMLElement).querySelector<HTMLElement>(`[data-tab="${tab.id}"]`)?.focus();
  };
  return (
    <div class={css.tabs} role="tablist" aria-label={label} onKeyDown={onKeyDown}>
      {tabs.map((t) => (
        <button key={t.id} type="button" role="tab" data-tab={t.id} class={css.tab} aria-selected={t.id === now} tabIndex={t.id === now ? 0 : -1} onClick={() => onPick(t.id)}>
          {t.label}
          {t.count !== undefined && <span class={css.count}>{t.count}</span>}
        </button>
      ))}
    </div>
  );
}
