// A look at the row that a foreign key points to, without going there.

import { useEffect, useState } from "preact/hooks";
import { api, ApiError, type ForeignKey, type Peek, type Problem } from "../api";
import { ProblemNotice, Skeleton } from "../parts/notice";
import { Popover, type Spot } from "../parts/popover";
import { cellView } from "./cells";
import css from "./peek.module.css";

const seen = new Map<string, Promise<Peek>>();

/** What a key points to; asked for once in a while. */
export function peekAt(fk: ForeignKey, values: string[]): Promise<Peek> {
  const id = JSON.stringify([fk.table, fk.references, values]);
  let p = seen.get(id);
  if (!p) {
    p = api.peek({ ...fk.table, columns: fk.references, values });
    seen.set(id, p);
    setTimeout(() => seen.delete(id), 30_000);
    p.catch(() => seen.delete(id));
  }
  return p;
}

export function PeekBody({ fk, values, most = 8 }: { fk: ForeignKey; values: string[]; most?: number }) {
  const [got, set] = useState<Peek | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    let on = true;
    set(null);
    setProblem(null);
    peekAt(fk, values).then(
      (p) => on && set(p),
      (e: unknown) => on && e instanceof ApiError && setProblem(e.problem),
    );
    return () => {
      on = false;
    };
  }, [fk.name, values.join("\0")]);
  if (problem) return <ProblemNotice problem={problem} />;
  if (!got) return <div class={css.wait}><Skeleton width="60%" /><Skeleton width="80%" /><Skeleton width="50%" /></div>;
  if (!got.row) return <p class={css.gone}>No such row. The key points nowhere.</p>;
  return (
    <dl class={css.fields}>
      {got.columns.slice(0, most).map((c, i) => [<dt key={c.name}>{c.name}</dt>, <dd key={c.name + "="}>{cellView(c, got.row![i])}</dd>])}
    </dl>
  );
}

export function PeekPopover({ fk, values, at, onClose }: { fk: ForeignKey; values: string[]; at: Spot; onClose: () => void }) {
  return (
    <Popover at={at} onClose={onClose} label={`${fk.table.name} ${values.join(", ")}`} role="tooltip" passive>
      <div class={css.peek}>
        <div class={css.head}>{fk.table.name}<span>{fk.references.map((r, i) => `${r} ${values[i]}`).join(", ")}</span></div>
        <PeekBody fk={fk} values={values} />
      </div>
    </Popover>
  );
}
