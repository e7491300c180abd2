// A row of the database that no migration of the folder explains.

import type { History } from "../api";
import { Empty, Notice } from "../parts/notice";
import { lookOf, StateWord } from "./states";
import { day } from "./words";
import css from "./history.module.css";

export function UnknownPage({ row, table }: { row: History["unknown"][number] | null; table: string }) {
  if (!row) return <Empty title="There is no such row any more"><p>A migration explains it now, or it was removed.</p></Empty>;
  const { means, next } = lookOf("unknown");
  return (
    <article class={css.page} aria-label={`Row ${row.id}`}>
      <header class={css.pageHead}>
        <div class={css.title}>
          <h1>Row {row.id} of {table.replaceAll('"', "")}</h1>
          <StateWord state="unknown" />
          <span class={css.quiet}>{day(row.createdAt)}</span>
        </div>
      </header>
      <Notice tone="warn" class={css.note}><div>{means}</div><div>{next}</div></Notice>
      <div class={css.pad}><p>The hash of its SQL is <code class={css.hash}>{row.hash}</code></p></div>
    </article>
  );
}
