// What check found, in place and by itself.

import { useState } from "preact/hooks";
import type { Finding } from "../api";
import { Button } from "../parts/controls";
import { IconCopy, IconDown, IconInfo, IconRight, IconWarn } from "../parts/icons";
import { say } from "../parts/notice";
import { SqlText } from "../parts/sqltext";
import css from "./history.module.css";

export function FindingCard({ f }: { f: Finding }) {
  const [open, setOpen] = useState(f.severity === "error");
  const recipe = typeof f["recipe"] === "string" ? f["recipe"] : "";
  const detail = typeof f["detail"] === "string" ? f["detail"] : "";
  const more = Boolean(f.hint || recipe || detail);
  const bad = f.severity === "error";
  return (
    <section class={`${css.finding} ${bad ? css.findingBad : css.findingWarn}`} aria-label={`${f.severity}: ${f.code}`}>
      <button type="button" class={css.findingHead} aria-expanded={more ? open : undefined} disabled={!more} onClick={() => setOpen(!open)}>
        {bad ? <IconWarn size={14} /> : <IconInfo size={14} />}
        <span><span class="visually-hidden">{f.severity}: </span>{f.message}</span>
        <code>{f.code}</code>
        {more && (open ? <IconDown size={12} /> : <IconRight size={12} />)}
      </button>
      {open && more && (
        <div class={css.findingBody}>
          {detail && <pre>{detail}</pre>}
          {f.hint && <p>{f.hint}</p>}
          {recipe && (
            <>
              <div class={css.recipeHead}><span>The safe way</span><Button small onClick={() => void navigator.clipboard.writeText(recipe).then(() => say("Recipe copied"))}><IconCopy size={13} />Copy</Button></div>
              <SqlText sql={recipe} class={css.recipe} />
            </>
          )}
        </div>
      )}
    </section>
  );
}

/** What was found that is about no migration of the list. */
export function OtherFindings({ found }: { found: readonly Finding[] }) {
  return (
    <article class={css.page} aria-label="About the folder">
      <header class={css.pageHead}>
        <div class={css.title}><h1>{found.length} {found.length === 1 ? "finding" : "findings"} about the folder</h1></div>
      </header>
      <div class={css.body}>
        {found.map((f, i) => <div key={i} class={css.other}>{f.file && <code>{f.file}{f.line ? `:${f.line}` : ""}</code>}<FindingCard f={f} /></div>)}
      </div>
    </article>
  );
}
