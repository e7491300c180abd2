// The rows of a result: virtual both ways, with a range to copy.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Cell } from "../contract";
import { bytes } from "../parts/format";
import { textWidth } from "../parts/measure";
import { say } from "../parts/notice";
import { useSight } from "../parts/virtual";
import type { ResultColumn } from "./run";
import { cellText, csv } from "./text";
import css from "./grid.module.css";

const row = 29;
const dataFont = '400 12px "JetBrains Mono Variable", monospace';
const headFont = '500 12px "Inter Variable", sans-serif';

interface Spot {
  r: number;
  c: number;
}

export function ResultGrid({ columns, rows, label, onLook }: {
  columns: readonly ResultColumn[];
  rows: readonly Cell[][];
  label: string;
  onLook: (column: ResultColumn, cell: Cell) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const view = useSight(box);
  const [at, setAt] = useState<Spot | null>(null);
  const [from, setFrom] = useState<Spot | null>(null); // the other end of the range
  const [set, setSet] = useState<Record<number, number>>({}); // widths by hand
  const numbers = Math.max(44, String(rows.length).length * 8 + 22);
  const natural = useMemo(() => widthsOf(columns, rows), [columns, rows.length > 60 ? 60 : rows.length]);
  const widths = columns.map((_, i) => set[i] ?? natural[i]!);
  const lefts: number[] = [];
  let total = numbers;
  for (const w of widths) {
    lefts.push(total);
    total += w;
  }

  useEffect(() => {
    if (!at) return;
    const el = box.current!;
    const top = at.r * row, left = lefts[at.c]!;
    if (top < el.scrollTop) el.scrollTop = top;
    else if (top + 2 * row > el.scrollTop + el.clientHeight) el.scrollTop = top + 2 * row - el.clientHeight;
    if (left - numbers < el.scrollLeft) el.scrollLeft = left - numbers;
    else if (left + widths[at.c]! > el.scrollLeft + el.clientWidth) el.scrollLeft = Math.min(left - numbers, left + widths[at.c]! - el.clientWidth);
  }, [at?.r, at?.c]);

  const firstRow = Math.max(0, Math.floor(view.y / row) - 8);
  const lastRow = Math.min(rows.length, Math.ceil((view.y + view.h) / row) + 8);
  const inSight = columns.map((_, i) => i).filter((i) => lefts[i]! + widths[i]! > view.x - 200 && lefts[i]! < view.x + view.w + 200);
  const range = at && { r1: Math.min(at.r, from?.r ?? at.r), r2: Math.max(at.r, from?.r ?? at.r), c1: Math.min(at.c, from?.c ?? at.c), c2: Math.max(at.c, from?.c ?? at.c) };

  const copy = () => {
    if (!range) return;
    const one = range.r1 === range.r2 && range.c1 === range.c2;
    const part = rows.slice(range.r1, range.r2 + 1).map((r) => r.slice(range.c1, range.c2 + 1));
    const text = one ? cellText(part[0]![0]!) : csv(columns.slice(range.c1, range.c2 + 1), part, "\t").split("\n").slice(1).join("\n");
    void navigator.clipboard.writeText(text).then(() => say(one ? "Copied" : `${part.length} × ${range.c2 - range.c1 + 1} cells copied`));
  };
  const move = (r: number, c: number, wide: boolean) => {
    const to = { r: Math.max(0, Math.min(rows.length - 1, r)), c: Math.max(0, Math.min(columns.length - 1, c)) };
    if (!wide) setFrom(null);
    else if (!from) setFrom(at);
    setAt(to);
  };
  const onKeyDown = (e: KeyboardEvent) => {
    if (rows.length === 0) return;
    const now = at ?? { r: 0, c: 0 };
    const mod = e.ctrlKey || e.metaKey;
    const page = Math.max(1, Math.floor(view.h / row) - 2);
    const steps: Record<string, [number, number]> = {
      ArrowUp: mod ? [0, now.c] : [now.r - 1, now.c], ArrowDown: mod ? [rows.length - 1, now.c] : [now.r + 1, now.c],
      ArrowLeft: mod ? [now.r, 0] : [now.r, now.c - 1], ArrowRight: mod ? [now.r, columns.length - 1] : [now.r, now.c + 1],
      PageUp: [now.r - page, now.c], PageDown: [now.r + page, now.c], Home: mod ? [0, 0] : [now.r, 0], End: mod ? [rows.length - 1, columns.length - 1] : [now.r, columns.length - 1],
    };
    const step = steps[e.key];
    if (step) move(...(at ? step : [0, 0] as [number, number]), e.shiftKey && at !== null);
    else if (mod && e.key === "c") copy();
    else if (mod && e.key === "a") {
      setFrom({ r: 0, c: 0 });
      setAt({ r: rows.length - 1, c: columns.length - 1 });
    } else if ((e.key === "Enter" || e.key === " ") && at) onLook(columns[at.c]!, rows[at.r]![at.c]!);
    else return;
    e.preventDefault();
  };

  return (
    <div ref={box} class={css.grid} role="grid" tabIndex={0} aria-label={label} aria-rowcount={rows.length + 1} aria-colcount={columns.length} data-keys="own"
      aria-activedescendant={at ? `cell-${at.r}-${at.c}` : undefined} onKeyDown={onKeyDown}>
      <div class={css.head} role="row" aria-rowindex={1} style={{ width: `${total}px` }}>
        <div class={css.corner} style={{ width: `${numbers}px` }} role="presentation" />
        {inSight.map((i) => (
          <div key={i} class={css.headCell} role="columnheader" aria-colindex={i + 1} style={{ left: `${lefts[i]}px`, width: `${widths[i]}px` }} data-tip={`${columns[i]!.name}: ${columns[i]!.type}`}>
            <span class={css.headName}>{columns[i]!.name}</span>
            <span class={css.headType}>{columns[i]!.type}</span>
            <span class={css.grip} onPointerDown={(e) => {
              e.preventDefault();
              const el = e.currentTarget, start = e.clientX, was = widths[i]!;
              el.setPointerCapture(e.pointerId);
              const drag = (m: PointerEvent) => setSet((s) => ({ ...s, [i]: Math.max(40, was + m.clientX - start) }));
              el.addEventListener("pointermove", drag);
              el.addEventListener("lostpointercapture", () => el.removeEventListener("pointermove", drag), { once: true });
            }} />
          </div>
        ))}
      </div>
      <div role="presentation" style={{ width: `${total}px`, height: `${rows.length * row}px`, position: "relative" }}>
        {rows.slice(firstRow, lastRow).map((cells, n) => {
          const r = firstRow + n;
          return (
            <div key={r} class={css.row} role="row" aria-rowindex={r + 2} style={{ top: `${r * row}px`, width: `${total}px` }}>
              <div class={css.number} role="rowheader" style={{ width: `${numbers}px` }}>{r + 1}</div>
              {inSight.map((c) => {
                const on = range && r >= range.r1 && r <= range.r2 && c >= range.c1 && c <= range.c2;
                const here = at?.r === r && at.c === c;
                return (
                  <div key={c} id={`cell-${r}-${c}`} class={[css.cell, columns[c]!.kind === "number" && css.right, on && css.on, here && css.here].filter(Boolean).join(" ")} role="gridcell" aria-colindex={c + 1}
                    aria-selected={on ? true : undefined} style={{ left: `${lefts[c]}px`, width: `${widths[c]}px` }}
                    onPointerDown={(e) => {
                      if (e.button === 0) move(r, c, e.shiftKey);
                    }}
                    onPointerEnter={(e) => {
                      if (e.buttons === 1 && at) move(r, c, true);
                    }}
                    onDblClick={() => onLook(columns[c]!, cells[c]!)}>
                    <CellView cell={cells[c]!} kind={columns[c]!.kind} />
                  </div>
                );
              })}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function CellView({ cell, kind }: { cell: Cell; kind: string }) {
  if (cell === null) return <span class={css.null}>null</span>;
  const text = cellText(cell);
  if (text === "") return <span class={css.null}>empty</span>;
  if (kind === "bool") return <span class={css.bool}>{text === "t" ? "true" : text === "f" ? "false" : text}</span>;
  return <>{text.slice(0, 400).replaceAll("\n", "⏎")}{typeof cell !== "string" && <span class={css.null}> … {bytes(cell.size)}</span>}</>;
}

function widthsOf(columns: readonly ResultColumn[], rows: readonly Cell[][]): number[] {
  const sample = rows.slice(0, 60);
  return columns.map((c, i) => {
    let w = textWidth(c.name, headFont) + Math.min(110, textWidth(c.type, headFont)) + 34;
    for (const r of sample) {
      const v = r[i];
      w = Math.max(w, (v === null || v === undefined ? 30 : textWidth(cellText(v).slice(0, 60), dataFont)) + 26);
    }
    return Math.round(Math.min(columns.length === 1 ? 900 : 380, Math.max(64, w)));
  });
}
