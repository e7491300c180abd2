// SQL to look at, in colour, whole or line by line.

import { h, type ComponentChild, type VNode } from "preact";
import { useMemo } from "preact/hooks";
import { highlightSql } from "./highlight";
import css from "./sqltext.module.css";

export function SqlText({ sql, class: extra, inline }: { sql: string; class?: string | undefined; inline?: boolean }) {
  const inner = useMemo(() => highlightSql(sql), [sql]);
  return inline ? <code class={extra}>{inner}</code> : <pre class={[css.block, extra].filter(Boolean).join(" ")}>{inner}</pre>;
}

/** The lines of a text; a comment or a body over several lines keeps its colour on each. */
export function sqlLines(sql: string): ComponentChild[][] {
  const lines: ComponentChild[][] = [[]];
  for (const piece of highlightSql(sql)) {
    const coloured = typeof piece === "object" && piece !== null && "props" in piece ? (piece as VNode<{ class: string; children: string }>) : null;
    const text = coloured ? String(coloured.props.children) : String(piece);
    text.split("\n").forEach((part, i) => {
      if (i > 0) lines.push([]);
      if (part) lines.at(-1)!.push(coloured ? h("span", { class: coloured.props.class }, part) : part);
    });
  }
  return lines;
}
