// What was run before: found by its words, taken up again.

import { useMemo, useState } from "preact/hooks";
import { Button, SearchInput } from "../parts/controls";
import { SqlText } from "../parts/sqltext";
import { Modal } from "../parts/dialog";
import { ago, count, millis } from "../parts/format";
import { IconTrash, IconWarn } from "../parts/icons";
import { VirtualList } from "../parts/virtual";
import { past, type Past } from "./kept";
import css from "./sql.module.css";

export function PastDialog({ onClose, onTake }: { onClose: () => void; onTake: (p: Past) => void }) {
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const found = useMemo(() => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    return past.value.filter((p) => words.every((w) => p.sql.toLowerCase().includes(w)));
  }, [query, past.value]);
  const take = (p: Past | undefined) => {
    if (!p) return;
    onClose();
    onTake(p);
  };
  const now = found[at];
  return (
    <Modal label="Queries that were run" onClose={onClose} class={css.past}>
      <div class={css.pastHead}>
        <SearchInput autofocus placeholder="Find in what was run" aria-label="Find in what was run" value={query}
          onInput={(e) => {
            setQuery(e.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={(e) => {
            const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 8, PageUp: at - 8 }[e.key];
            if (to !== undefined) {
              e.preventDefault();
              setAt(Math.max(0, Math.min(found.length - 1, to)));
            } else if (e.key === "Enter") take(now);
          }} />
        <Button onClick={onClose}>Close</Button>
      </div>
      {found.length === 0 ? (
        <p class={css.pastNone}>{past.value.length === 0 ? "Nothing has been run on this database yet. Only texts are kept, on this machine; results are not." : `Nothing that was run has “${query}” in it.`}</p>
      ) : (
        <div class={css.pastBody}>
          <VirtualList class={css.pastList} role="listbox" label="Queries" items={found} height={52} reveal={at} keyOf={(p) => p.at}
            render={(p, i) => (
              <div role="option" aria-selected={i === at} class={css.pastItem} onClick={() => (matchMedia("(max-width: 720px)").matches || i === at ? take(p) : setAt(i))}>
                <div class={css.pastSql}>{p.sql.replace(/\s+/g, " ")}</div>
                <div class={css.pastFacts}>
                  {p.failed ? <span class={css.bad}><IconWarn size={12} />failed</span> : <span>{count(p.rows)} {p.rows === 1 ? "row" : "rows"}</span>}
                  {p.wrote && <span>wrote</span>}
                  <span>{millis(p.ms)}</span>
                  <span>{ago(p.at)}</span>
                </div>
              </div>
            )} />
          {now && (
            <div class={css.pastLook}>
              <div class={css.pastText} tabIndex={0} role="region" aria-label="The query"><SqlText sql={now.sql} /></div>
              <div class={css.pastActions}>
                <Button small onClick={() => (past.value = past.value.filter((p) => p !== now))}><IconTrash size={14} />Forget</Button>
                <span class={css.gap} />
                <Button small look="solid" onClick={() => take(now)}>Open in a tab</Button>
              </div>
            </div>
          )}
        </div>
      )}
    </Modal>
  );
}
