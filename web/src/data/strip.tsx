// The tabs of the tables that are open.

import { useEffect, useRef } from "preact/hooks";
import type { TableName } from "../api";
import { IconButton } from "../parts/controls";
import { IconClose, IconSide } from "../parts/icons";
import { changes } from "./pending";
import { closeTab, drawer, keep, same, sidebarShown, tabs } from "./opened";
import css from "./strip.module.css";

export function Strip({ now, narrow }: { now: TableName | null; narrow: boolean }) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    ref.current?.querySelector(`.${css.now}`)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [now?.schema, now?.name, tabs.value.length]);
  const touched = (t: TableName) => [...changes.value.values()].some((c) => same(c.table, t));
  return (
    <div class={css.strip}>
      <div class={css.tools}>
        <IconButton small label={narrow || !sidebarShown.value ? "Show the tables" : "Hide the tables"} onClick={() => (narrow ? (drawer.value = !drawer.value) : (sidebarShown.value = !sidebarShown.value))}>
          <IconSide />
        </IconButton>
      </div>
      <nav class={css.tabs} aria-label="Open tables" ref={ref}>
        {tabs.value.map((t) => {
          const current = now !== null && same(t, now);
          return (
            <div key={`${t.schema}.${t.name}`} class={[css.tab, current && css.now, !t.kept && css.look].filter(Boolean).join(" ")}
              onDblClick={() => keep(t)}
              onAuxClick={(e) => {
                if (e.button !== 1) return;
                e.preventDefault();
                closeTab(t, now);
              }}>
              <a href={t.address} aria-current={current ? "page" : undefined} data-tip={`${t.schema}.${t.name}`}>{t.name}</a>
              {touched(t) && <span class={css.dot} data-tip="Has changes that are not committed" />}
              <button type="button" class={css.close} aria-label={`Close ${t.name}`} onClick={() => closeTab(t, now)}><IconClose size={12} /></button>
            </div>
          );
        })}
      </nav>
    </div>
  );
}
