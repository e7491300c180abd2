// What changed between two points: as words, and as SQL.

import { useState } from "preact/hooks";
import { Button } from "../parts/controls";
import { SqlText } from "../parts/sqltext";
import { IconCopy } from "../parts/icons";
import { say } from "../parts/notice";
import { Tabs } from "../parts/tabs";
import { ChangeList } from "../parts/changes";
import type { SchemaDifference } from "../contract";
import css from "./schema.module.css";

export function Changes({ difference }: { difference: SchemaDifference }) {
  const [tab, setTab] = useState<"words" | "sql">("words");
  const text = difference.sql.map((s) => s.trim().replace(/;?$/, ";")).join("\n\n");
  return (
    <section class={css.changesPane} aria-label="Changes">
      <Tabs label="Changes" now={tab} onPick={setTab} tabs={[{ id: "words", label: "Changes", count: difference.changes.length }, { id: "sql", label: "SQL", count: difference.sql.length }]} />
      <div class={css.scroll} tabIndex={0} role="tabpanel" aria-label={tab === "words" ? "Changes" : "SQL"}>
        {difference.notes?.map((n) => <p key={n} class={css.note}>{n}</p>)}
        {tab === "words" ? (
          difference.changes.length === 0 ? <p class={css.quiet}>Both are the same.</p> : <ChangeList changes={difference.changes} />
        ) : text === "" ? (
          <p class={css.quiet}>There is no SQL to go from one to the other.</p>
        ) : (
          <>
            <div class={css.bar}>
              <span class={css.quietText}>takes the first point to the second</span>
              <Button small onClick={() => void navigator.clipboard.writeText(text + "\n").then(() => say("SQL copied"))}><IconCopy size={14} />Copy</Button>
            </div>
            <SqlText class={css.sql} sql={text} />
          </>
        )}
      </div>
    </section>
  );
}
