// One migration: its text with what check found in it and what each statement
// does, what it changed, and how its file differs from what was applied.

import { useEffect, useState } from "preact/hooks";
import { api, ApiError, type HistoryEntry, type Migration, type Problem } from "../api";
import { ChangeList } from "../parts/changes";
import { Button, LinkButton } from "../parts/controls";
import { IconCopy, IconPlay, IconSchema } from "../parts/icons";
import { Notice, ProblemNotice, say, Working } from "../parts/notice";
import { Tabs } from "../parts/tabs";
import { go, href, place } from "../router";
import { Code } from "./code";
import { lookOf, stateOf, StateWord, waits } from "./states";
import { day, markLine, patchLines } from "./words";
import css from "./history.module.css";

type Part = "sql" | "changes" | "diff";

/** How long to wait before asking again for what check finds. */
const checkAgain = 1500;

export function MigrationPage({ tag, entry, before, onApply }: { tag: string; entry: HistoryEntry | null; before: HistoryEntry | null; onApply: () => void }) {
  const [m, setM] = useState<Migration | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    let later = 0;
    api.migration(tag, abort.signal).then(
      (found) => {
        setM(found);
        setProblem(null);
        if (found.checking) later = window.setTimeout(() => setTurn((n) => n + 1), checkAgain);
      },
      (e: unknown) => !abort.signal.aborted && setProblem(e instanceof ApiError ? e.problem : { what: String(e) }),
    );
    return () => {
      abort.abort();
      clearTimeout(later);
    };
  }, [tag, entry?.state, entry?.begun, entry?.findings.error, entry?.findings.warning, turn]);
  const asked = place.value.query.get("part");
  const part: Part = asked === "changes" || asked === "diff" ? asked : "sql";
  const set = (p: Part) => go(href(["history", tag], { ...Object.fromEntries(place.peek().query), part: p === "sql" ? "" : p }), { replace: true });
  return (
    <article class={css.page} aria-label={tag}>
      <header class={css.pageHead}>
        <div class={css.title}>
          <h1>{tag}</h1>
          {entry && <StateWord state={stateOf(entry)} />}
          {entry && <span class={css.quiet}>{day(entry.when)}</span>}
          {m?.file && <code class={css.quiet}>{m.file}</code>}
        </div>
        <div class={css.actions}>
          {entry?.snapshot && <LinkButton small look="outline" href={before ? href(["schema"], { from: before.tag, at: tag, only: "changed" }) : href(["schema"], { at: tag })}><IconSchema size={14} />In the diagram</LinkButton>}
          {m && m.sql.length === m.size && <Button small look="outline" onClick={() => void navigator.clipboard.writeText(m.sql).then(() => say("SQL copied"))}><IconCopy size={14} />Copy</Button>}
          {entry && waits(entry) && <Button small look="solid" onClick={onApply}><IconPlay size={13} />Apply</Button>}
        </div>
      </header>
      {entry && <Standing entry={entry} />}
      {problem && <div class={css.note}><ProblemNotice problem={problem} /></div>}
      {!m && !problem && <Working />}
      {m?.checking && <Working label="Checking" />}
      {m && (
        <>
          <Tabs label="The migration" now={part === "diff" && !m.edited ? "sql" : part} onPick={set}
            tabs={[{ id: "sql", label: "SQL", count: m.statements.length }, { id: "changes", label: "Changes", count: m.changes.length }, ...(m.edited ? [{ id: "diff" as const, label: "Edited since" }] : [])]} />
          <div class={css.body} tabIndex={0} role="tabpanel" aria-label={part}>
            {part === "changes" ? (
              <div class={css.pad}>{m.changes.length > 0 ? <ChangeList changes={m.changes} /> : <p class={css.quiet}>{entry?.snapshot === false ? "It has no snapshot, so what it changed cannot be told." : "It changes nothing about the schema."}</p>}</div>
            ) : part === "diff" && m.edited ? <Patch diff={m.edited.diff} /> : <Code m={m} />}
          </div>
        </>
      )}
    </article>
  );
}

/** How the database stands to it, where that is not plain, and what to do next. */
function Standing({ entry }: { entry: HistoryEntry }) {
  const state = stateOf(entry);
  const { means, next } = lookOf(state);
  const plain = state === "applied" || state === "pending";
  if (plain && !entry.note && !entry.mark) return null;
  return (
    <Notice tone={plain || state === "moved" ? "plain" : "warn"} class={css.note}>
      {!plain && <div>{means}</div>}
      {entry.note && <div class={plain ? undefined : css.quiet}>{entry.note}</div>}
      {entry.mark && <div class={css.quiet}>{markLine(entry.mark)}</div>}
      {!plain && <div>{next}</div>}
    </Notice>
  );
}

const patchLook = { head: css.patchHead, same: undefined, added: css.patchAdded, removed: css.patchRemoved };

function Patch({ diff }: { diff: string }) {
  if (!diff.trim()) return <div class={css.pad}><p class={css.quiet}>Git does not have what was applied, so the two cannot be compared.</p></div>;
  return (
    <pre class={css.patch}>
      {patchLines(diff).map((l, i) => <div key={i} class={patchLook[l.kind]}>{l.text || " "}{"\n"}</div>)}
    </pre>
  );
}
