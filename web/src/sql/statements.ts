// Where statements begin and end, so that the one under the cursor can be run.

import { tokens } from "./tokens";

export interface Statement {
  /** From its first word to the semicolon, without what is around it. */
  from: number;
  to: number;
  /** Where its semicolon is, or the end of the text. */
  end: number;
  sql: string;
}

export function statements(sql: string): Statement[] {
  const found: Statement[] = [];
  let from = -1;
  let to = 0;
  let depth = 0; // of BEGIN ATOMIC … END, the body of a function in SQL
  let last = "";
  const close = (end: number) => {
    if (from >= 0) found.push({ from, to, end, sql: sql.slice(from, to) });
    from = -1;
    depth = 0;
    last = "";
  };
  for (const t of tokens(sql)) {
    if (t.kind === "comment") continue;
    if (t.text === ";" && depth === 0) {
      close(t.from);
      continue;
    }
    if (from < 0) from = t.from;
    to = t.to;
    if (t.kind !== "word") {
      last = "";
      continue;
    }
    const word = t.text.toLowerCase();
    if (word === "atomic" && last === "begin") depth++;
    else if (depth > 0 && word === "case") depth++;
    else if (depth > 0 && word === "end") depth--;
    last = word;
  }
  close(sql.length);
  return found;
}

/**
 * The statement that a cursor is in. Behind a semicolon that is the one before
 * it as long as the line lasts; in empty lines it is the next one, or the last.
 */
export function statementAt(sql: string, pos: number): Statement | null {
  const all = statements(sql);
  let before: Statement | null = null;
  for (const s of all) {
    if (pos < s.from) {
      if (before && !sql.slice(before.end, pos).includes("\n")) return before;
      // A comment in front of a statement belongs to it.
      return s;
    }
    if (pos <= s.end) return s;
    before = s;
  }
  return before;
}

/** What a selection runs: its own text, or nothing where it is only space. */
export function selected(sql: string, from: number, to: number): Omit<Statement, "end"> | null {
  const text = sql.slice(from, to);
  const lead = text.length - text.trimStart().length;
  const body = text.trim();
  return body ? { from: from + lead, to: from + lead + body.length, sql: body } : null;
}

/** Whether a statement looks as if it wrote: it begins with another word than those that read, or has one that writes in it. */
export function writes(sql: string): boolean {
  const words = tokens(sql).flatMap((t) => (t.kind === "word" ? [t.text.toLowerCase()] : []));
  return !/^(select|values|table|with|show)$/.test(words[0] ?? "select") || words.some((w) => /^(insert|update|delete|merge|into)$/.test(w));
}

/** A short title for a query: the table that it is about, else its first words. */
export function titleOf(sql: string): string {
  const words = tokens(sql).filter((t) => t.kind !== "comment");
  for (let i = 0; i < words.length - 1; i++) {
    const w = words[i]!.text.toLowerCase();
    if (words[i]!.kind === "word" && /^(from|into|update|table)$/.test(w)) {
      const next = words[i + 1]!;
      if (next.kind !== "word" && next.kind !== "quoted") continue;
      const name = words[i + 2]?.text === "." && words[i + 3] ? words[i + 3]! : next;
      const verb = words[0]!.text.toLowerCase();
      const title = name.text.replaceAll('"', "");
      return verb === "select" || verb === "with" ? title : `${verb} ${title}`;
    }
  }
  if (words.length === 0) return "";
  const begin = sql.slice(words[0]!.from, words.at(-1)!.to).slice(0, 200).replace(/\s+/g, " ");
  return begin.length > 24 ? begin.slice(0, 23).trimEnd() + "…" : begin;
}
