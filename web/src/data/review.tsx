// What is about to be committed: the exact SQL, before and after; and what came
// in between, with the choices there are.

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError, type ChangesPreview, type NewValue, type Problem } from "../api";
import { Button, IconButton } from "../parts/controls";
import { Dialog } from "../parts/dialog";
import { highlightSql } from "../parts/highlight";
import { IconUndo } from "../parts/icons";
import { ProblemNotice, say, Working } from "../parts/notice";
import { counted, dropRow, keepMine, takeTheirs, type RowChange } from "./changes";
import { change, changes, commit, preview, type Outcome } from "./pending";
import { oneLine } from "./value";
import cells from "./cells.module.css";
import css from "./review.module.css";

const kinds = { update: "Edit", insert: "New", delete: "Delete" };

export function valueView(v: NewValue | undefined): ComponentChildren {
  if (v === undefined) return "";
  if (v === null) return <span class={cells.null}>NULL</span>;
  if (typeof v === "object") return <span class={cells.null}>default</span>;
  return v === "" ? <span class={cells.null}>empty</span> : oneLine(v, 200);
}

export function Review({ onClose, onDone }: { onClose: () => void; onDone: (o: Extract<Outcome, { done: unknown }>) => void }) {
  const all = changes.value;
  const [got, setGot] = useState<{ of: typeof all; preview: ChangesPreview } | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [committing, setCommitting] = useState(false);
  const conflicts = [...all.values()].filter((c) => c.conflict).length;

  useEffect(() => {
    if (all.size === 0) {
      onClose();
      return;
    }
    let on = true;
    preview().then(
      (p) => on && setGot({ of: all, preview: p }),
      (e: unknown) => on && setProblem(e instanceof ApiError ? e.problem : { what: String(e) }),
    );
    return () => {
      on = false;
    };
  }, [all]);

  const run = async () => {
    if (!got || committing) return;
    setCommitting(true);
    setProblem(null);
    try {
      const outcome = await commit(got.preview.digest);
      if ("done" in outcome) {
        onDone(outcome);
        return;
      }
      setProblem(outcome.problem);
    } finally {
      setCommitting(false);
    }
  };

  const statements = new Map<number, string[]>();
  for (const s of got?.preview.statements ?? []) statements.set(s.change, [...(statements.get(s.change) ?? []), s.sql]);
  return (
    <Dialog wide title="Review changes" onClose={onClose} foot={
      <>
        <span class={css.foot}>{counted(all)}; one transaction, all or nothing</span>
        {got && <Button look="outline" onClick={() => void navigator.clipboard?.writeText(got.preview.script).then(() => say("SQL copied", "good"))}>Copy SQL</Button>}
        <Button look="solid" disabled={!got || got.of !== all || committing || conflicts > 0} onClick={() => void run()} data-tip={conflicts ? "Settle the conflicts first" : undefined}>{committing ? "Committing" : "Commit"}</Button>
      </>
    }>
      {problem && <div class={css.top}><ProblemNotice problem={problem} /></div>}
      {!got && !problem && <div style={{ position: "relative", height: "60px" }}><Working /></div>}
      <div class={css.changes}>
        {[...all].map(([at, c], i) => <ChangeCard key={at} at={at} c={c} sql={got?.of === all ? statements.get(i) : undefined} />)}
      </div>
    </Dialog>
  );
}

function ChangeCard({ at, c, sql }: { at: string; c: RowChange; sql: string[] | undefined }) {
  const names = Object.keys(c.kind === "delete" ? {} : c.after);
  return (
    <article class={css.change}>
      <header class={css.head}>
        <span class={[css.kind, c.kind !== "update" && css[c.kind]].filter(Boolean).join(" ")}>{kinds[c.kind]}</span>
        <b>{c.table.schema === "public" ? c.table.name : `${c.table.schema}.${c.table.name}`}</b>
        <span class={css.key}>{c.key?.join(", ")}</span>
        <IconButton small label="Take this change back" onClick={() => change((all) => dropRow(all, at))}><IconUndo size={14} /></IconButton>
      </header>
      {c.problem && <div class={css.conflict}><ProblemNotice problem={c.problem.problem} /></div>}
      {c.conflict && (
        <div class={css.conflict}>
          <ConflictText c={c} />
          <div class={css.choices}><ConflictChoices at={at} c={c} /></div>
        </div>
      )}
      {names.length > 0 && (
        <table class={css.fields}>
          <thead><tr><th scope="col">Column</th>{c.kind === "update" && <th scope="col">Before</th>}<th scope="col">{c.kind === "update" ? "After" : "Value"}</th></tr></thead>
          <tbody>
            {names.map((n) => (
              <tr key={n}><td>{n}</td>{c.kind === "update" && <td class={css.was}>{valueView(c.before[n] ?? null)}</td>}<td class={css.will}>{valueView(c.after[n])}</td></tr>
            ))}
          </tbody>
        </table>
      )}
      {sql?.map((s, i) => <pre key={i} class={css.sql}>{highlightSql(s)}</pre>)}
    </article>
  );
}

function ConflictText({ c }: { c: RowChange }) {
  if (c.conflict!.gone) return <p>Somebody deleted this row meanwhile.</p>;
  return <p>Somebody changed {Object.keys(c.conflict!.columns).join(", ")} meanwhile.</p>;
}

function ConflictChoices({ at, c, column }: { at: string; c: RowChange; column?: string }) {
  if (c.conflict!.gone) return <Button small look="outline" onClick={() => change((all) => dropRow(all, at))}>Drop my change</Button>;
  return (
    <>
      <Button small look="outline" onClick={() => change((all) => takeTheirs(all, at, column ?? soleColumn(c)))}>Take theirs</Button>
      <Button small look="outline" onClick={() => change((all) => keepMine(all, at, column))}>{c.kind === "delete" ? "Delete anyway" : "Keep mine"}</Button>
    </>
  );
}

const soleColumn = (c: RowChange): string | undefined => {
  const names = Object.keys(c.conflict!.columns);
  return names.length === 1 && c.kind === "update" ? names[0] : undefined;
};

/** The conflict or error of one cell, beside it. */
export function CellTrouble({ at, c, column, onEdit }: { at: string; c: RowChange; column: string; onEdit: () => void }) {
  const conflict = c.conflict?.columns[column];
  if (c.problem && (c.problem.column === column || c.problem.column === undefined) && !conflict) {
    return <div class={css.pop}><ProblemNotice problem={c.problem.problem} action={c.kind !== "delete" && <Button small look="outline" onClick={onEdit}>Edit</Button>} /></div>;
  }
  if (!c.conflict) return null;
  return (
    <div class={css.pop}>
      <h2>{c.conflict.gone ? "This row was deleted meanwhile" : "Changed meanwhile"}</h2>
      {conflict && (
        <dl class={css.versions}>
          <dt>It was</dt><dd>{valueView(conflict.before)}</dd>
          <dt>Now it is</dt><dd>{valueView(conflict.now)}</dd>
          {c.kind === "update" && <><dt>Yours</dt><dd>{valueView(c.after[column])}</dd></>}
        </dl>
      )}
      <div class={css.choices}><ConflictChoices at={at} c={c} column={column} /></div>
    </div>
  );
}
