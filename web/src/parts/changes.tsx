// What changed about a schema, in words: + added, − removed, ~ changed.

import type { ObjectChange } from "../contract";
import css from "./changes.module.css";

export type Sort = "added" | "removed" | "changed";

/** Whether a change adds, removes or alters, by the name that drizzle-kit gives its statement. */
export function sortOf(kind: string): Sort {
  const k = kind.toLowerCase();
  if (/alter_column|rename|(^|_)set_|move/.test(k)) return "changed";
  if (/(^|[_ ])(create|created|add|added)([_ ]|$)/.test(k)) return "added";
  if (/(^|[_ ])(drop|dropped|delete|deleted|remove|removed)([_ ]|$)/.test(k)) return "removed";
  return "changed";
}

const signs: Record<Sort, string> = { added: "+", removed: "−", changed: "~" };

export function ChangeList({ changes }: { changes: readonly ObjectChange[] }) {
  return (
    <ul class={css.changes}>
      {changes.map((c, i) => {
        const sort = sortOf(c.kind);
        return (
          <li key={i} class={css[sort]}>
            <span class={css.sign} aria-hidden="true">{signs[sort]}</span>
            <span class={css.what}><Words said={c.summary || `${c.object} ${sort}`} /><span class="visually-hidden"> ({sort})</span></span>
          </li>
        );
      })}
    </ul>
  );
}

/** What was done in quiet words, what it was done to in plain ones, with room to break a long name. */
function Words({ said }: { said: string }) {
  const at = said.lastIndexOf(" ") + 1;
  const pieces = said.slice(at).split(/(?<=[_.])/);
  return <>{said.slice(0, at)}<strong>{pieces.map((p, i) => [i > 0 && <wbr key={i} />, p])}</strong></>;
}
