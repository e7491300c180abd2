// SQL to look at: coloured as in the editor, without an editor.

import { PostgreSQL } from "@codemirror/lang-sql";
import { HighlightStyle } from "@codemirror/language";
import { highlightTree, tags as t } from "@lezer/highlight";
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import css from "./sqltext.module.css";

/** The colours of code, for the editor and for text. */
export const codeColours = [
  { tag: [t.keyword, t.modifier, t.operatorKeyword], color: "var(--code-keyword)" },
  { tag: [t.string, t.special(t.string)], color: "var(--code-string)" },
  { tag: [t.number, t.bool, t.null], color: "var(--code-number)" },
  { tag: [t.comment, t.lineComment, t.blockComment], color: "var(--code-comment)", fontStyle: "italic" },
  { tag: [t.typeName, t.standard(t.name)], color: "var(--code-type)" },
  { tag: [t.special(t.name)], color: "var(--code-name)" },
];

const classes = [css.keyword, css.string, css.number, css.comment, css.type, css.name];
const style = HighlightStyle.define(codeColours.map(({ tag }, i) => ({ tag, class: classes[i]! })));

export interface Piece {
  text: string;
  class?: string;
}

/** A text in pieces, each with the class of its colour; lines are kept apart. */
export function pieces(sql: string): Piece[][] {
  const lines: Piece[][] = [[]];
  const put = (text: string, name?: string) => {
    text.split("\n").forEach((part, i) => {
      if (i > 0) lines.push([]);
      if (part) lines.at(-1)!.push(name ? { text: part, class: name } : { text: part });
    });
  };
  let at = 0;
  highlightTree(PostgreSQL.language.parser.parse(sql), style, (from, to, name) => {
    if (from > at) put(sql.slice(at, from));
    put(sql.slice(from, to), name);
    at = to;
  });
  put(sql.slice(at));
  return lines;
}

export function Pieces({ line }: { line: readonly Piece[] }): ComponentChildren {
  return line.map((p, i) => (p.class ? <span key={i} class={p.class}>{p.text}</span> : p.text));
}

export function SqlText({ sql, class: extra, inline }: { sql: string; class?: string | undefined; inline?: boolean }) {
  const lines = useMemo(() => pieces(sql), [sql]);
  const inner = lines.map((line, i) => [i > 0 && "\n", <Pieces key={i} line={line} />]);
  return inline ? <code class={extra}>{inner}</code> : <pre class={[css.block, extra].filter(Boolean).join(" ")}>{inner}</pre>;
}
