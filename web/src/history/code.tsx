// The SQL of a migration, with what check found in it and what each statement
// does in place.

import type { ComponentChild, ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Finding, Migration } from "../api";
import { bytes } from "../parts/format";
import { IconLock } from "../parts/icons";
import { Notice } from "../parts/notice";
import { sqlLines } from "../parts/sqltext";
import { FindingCard } from "./findings";
import css from "./history.module.css";

type Statement = Migration["statements"][number];

/** Lines that are put into the page together, when they come near. */
const blockSize = 200;

/** Of one line, in characters: a line of rows may have millions. */
const longestLine = 5000;

function byLine<T>(all: readonly T[], lineOf: (one: T) => number): Map<number, T[]> {
  const found = new Map<number, T[]>();
  for (const one of all) found.set(lineOf(one), [...(found.get(lineOf(one)) ?? []), one]);
  return found;
}

export function Code({ m }: { m: Migration }) {
  const lines = useMemo(() => sqlLines(m.sql.replaceAll("\r\n", "\n").replace(/\n$/, "")), [m.sql]);
  const at = useMemo(() => ({
    statements: byLine(m.statements, (s) => s.line),
    findings: byLine(m.findings, (f) => Math.max(0, Math.min(lines.length, f.line ?? 0))),
  }), [m, lines]);
  const blocks = Array.from({ length: Math.ceil(lines.length / blockSize) }, (_, i) => i * blockSize);
  return (
    <div class={css.code}>
      {m.sql.length < m.size && m.statements.length === 0 && <Notice class={css.note}>The file has {bytes(m.size)}, and its first statement is longer than what is shown here.</Notice>}
      {m.sql.length < m.size && m.statements.length > 0 && <Notice class={css.note}>The file has {bytes(m.size)}; its first {lines.length.toLocaleString("en")} lines are shown.</Notice>}
      {(at.findings.get(0) ?? []).map((f, i) => <FindingCard key={i} f={f} />)}
      {blocks.map((from) => (
        <Block key={from} lines={Math.min(blockSize, lines.length - from)} first={from === 0}>
          {() => lines.slice(from, from + blockSize).map((line, i) => <Line key={i} n={from + i + 1} line={line} statements={at.statements.get(from + i + 1) ?? []} findings={at.findings.get(from + i + 1) ?? []} />)}
        </Block>
      ))}
    </div>
  );
}

/** Holds the room of lines until they come near. */
function Block({ lines, first, children }: { lines: number; first: boolean; children: () => ComponentChildren }) {
  const ref = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState(first);
  useEffect(() => {
    if (near) return;
    const watch = new IntersectionObserver((seen) => seen.some((s) => s.isIntersecting) && setNear(true), { rootMargin: "1000px" });
    watch.observe(ref.current!);
    return () => watch.disconnect();
  }, [near]);
  return <div ref={ref} style={near ? undefined : { height: `${lines * 20}px` }}>{near && children()}</div>;
}

function Line({ n, line, statements, findings }: { n: number; line: ComponentChild[]; statements: Statement[]; findings: Finding[] }) {
  const worst = findings.some((f) => f.severity === "error") ? css.rowBad : findings.length > 0 ? css.rowWarn : undefined;
  return (
    <div>
      {statements.map((s, i) => <Does key={i} s={s} />)}
      <div class={[css.row, worst].filter(Boolean).join(" ")}>
        <span class={css.lineNumber}>{n}</span>
        <code class={css.text}>{line.length > 0 ? begin(line) : " "}</code>
      </div>
      {findings.map((f, i) => <FindingCard key={i} f={f} />)}
    </div>
  );
}

function Does({ s }: { s: Statement }) {
  if (!s.lock && !s.effect && s.generated) return null;
  return (
    <div class={css.does}>
      {s.lock && <span class={/ACCESS EXCLUSIVE|^EXCLUSIVE/.test(s.lock) ? css.lockHard : undefined}><IconLock size={11} />{s.lock}</span>}
      {s.blocks && <span>blocks {s.blocks}</span>}
      {s.effect && <span>{s.effect}</span>}
      {!s.generated && <span class={css.byHand}>written by hand</span>}
    </div>
  );
}

/** The pieces of a line up to the longest that is shown. */
function begin(line: ComponentChild[]): ComponentChild[] {
  const kept: ComponentChild[] = [];
  let length = 0;
  for (const piece of line) {
    const text = typeof piece === "string" ? piece : String((piece as { props: { children: string } }).props.children);
    if (length + text.length > longestLine) return [...kept, typeof piece === "string" ? text.slice(0, longestLine - length) : "", " …"];
    length += text.length;
    kept.push(piece);
  }
  return kept;
}
