// SQL in pieces, as PostgreSQL's lexer cuts it: enough to know where statements
// end and which tables are named. Never fails: what is not closed runs to the end.

export type TokenKind = "word" | "quoted" | "string" | "number" | "comment" | "mark";

export interface Token {
  kind: TokenKind;
  from: number;
  to: number;
  text: string;
}

const wordStart = /[A-Za-z_\u0080-\uffff]/;
const wordPart = /[A-Za-z0-9_$\u0080-\uffff]/;

export function tokens(sql: string): Token[] {
  const found: Token[] = [];
  let i = 0;
  const put = (kind: TokenKind, to: number) => {
    found.push({ kind, from: i, to, text: sql.slice(i, to) });
    i = to;
  };
  while (i < sql.length) {
    const c = sql[i]!;
    const two = sql.slice(i, i + 2);
    if (/\s/.test(c)) i++;
    else if (two === "--") put("comment", upTo(sql, "\n", i));
    else if (two === "/*") put("comment", blockEnd(sql, i));
    else if (c === "'") put("string", quoteEnd(sql, i, "'", false));
    else if (/^[eE]'/.test(two)) put("string", quoteEnd(sql, i + 1, "'", true));
    else if (/^[bBxXnN]'/.test(two)) put("string", quoteEnd(sql, i + 1, "'", false));
    else if (c === '"') put("quoted", quoteEnd(sql, i, '"', false));
    else if (c === "$" && dollarTag(sql, i)) put("string", dollarEnd(sql, i, dollarTag(sql, i)!));
    else if (wordStart.test(c)) {
      let to = i + 1;
      while (to < sql.length && wordPart.test(sql[to]!)) to++;
      put("word", to);
    } else if (/[0-9]/.test(c)) {
      let to = i + 1;
      while (to < sql.length && /[0-9A-Za-z_.]/.test(sql[to]!)) to++;
      put("number", to);
    } else put("mark", two === "::" ? i + 2 : i + 1);
  }
  return found;
}

function upTo(sql: string, what: string, from: number): number {
  const at = sql.indexOf(what, from);
  return at < 0 ? sql.length : at;
}

function blockEnd(sql: string, from: number): number {
  let depth = 0;
  for (let i = from; i < sql.length; i++) {
    if (sql.startsWith("/*", i)) {
      depth++;
      i++;
    } else if (sql.startsWith("*/", i)) {
      depth--;
      i++;
      if (depth === 0) return i + 1;
    }
  }
  return sql.length;
}

function quoteEnd(sql: string, from: number, quote: string, escapes: boolean): number {
  for (let i = from + 1; i < sql.length; i++) {
    if (escapes && sql[i] === "\\") i++;
    else if (sql[i] === quote) {
      if (sql[i + 1] !== quote) return i + 1;
      i++;
    }
  }
  return sql.length;
}

function dollarTag(sql: string, at: number): string | null {
  return /^\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/.exec(sql.slice(at, at + 80))?.[0] ?? null;
}

function dollarEnd(sql: string, from: number, tag: string): number {
  const at = sql.indexOf(tag, from + tag.length);
  return at < 0 ? sql.length : at + tag.length;
}

/** The name that a token is, as PostgreSQL folds it. */
export function nameIn(t: Token): string {
  return t.kind === "quoted" ? t.text.replace(/^"|"$/g, "").replaceAll('""', '"') : t.text.toLowerCase();
}
