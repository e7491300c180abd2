// The diagram as shapes. The page and the exported file draw the same.

import { textWidth } from "../parts/measure";
import type { Camera } from "./camera";
import { saidName, shownColumns, type Box, type BoxColumn, type Detail, type Graph, type Link } from "./graph";
import type { Group, Layout, Placed } from "./layout";
import { header, line, loop, manyMark, oneMark, optionalMark, pathBetween, type Path } from "./paths";
import { columnY, fit, fonts, typeWord } from "./sizes";
import css from "./diagram.module.css";

export const hues = 8;

/** Far: names only, as large as their boxes let them. */
export type Distance = "near" | "far";

export function distanceOf(k: number): Distance {
  return k < 0.52 ? "far" : "near";
}

const markWord = { added: "added", removed: "removed", changed: "changed", same: "" } as const;
const sign = { added: "+", removed: "−", changed: "~", same: "" } as const;

export function GroupShape({ group, index, k }: { group: Group; index: number; k: number }) {
  const size = Math.min(46, Math.max(13, 11.5 / k));
  return (
    <g class={css.group} style={{ color: `var(--hue-${(index % hues) + 1})` }}>
      <rect x={group.x} y={group.y} width={group.w} height={group.h} rx={14} />
      <text x={group.x + 18} y={group.y + Math.min(34, 8 + size * 0.9)} style={{ fontSize: `${Math.min(size, 30)}px` }}>{group.name}</text>
    </g>
  );
}

export function BoxShape({ box, at, detail, distance, selected, near, faded, id }: {
  box: Box;
  at: Placed;
  detail: Detail;
  distance: Distance;
  selected: boolean;
  near: boolean;
  faded: boolean;
  id?: string | undefined;
}) {
  const classes = [css.box, box.mark !== "same" && css[box.mark], selected && css.selected, near && css.near, faded && css.faded].filter(Boolean).join(" ");
  const title = saidName(box);
  const label = box.mark === "same" ? title : `${title}, ${markWord[box.mark]}`;
  return (
    <g class={classes} transform={`translate(${at.x} ${at.y})`} style={{ color: `var(--hue-${(at.group % hues) + 1})` }} data-box={box.id}
      id={id} role={id ? "option" : undefined} aria-selected={id ? selected : undefined} aria-label={id && distance === "far" ? label : undefined}>
      {distance === "far" ? <FarName box={box} at={at} title={title} /> : <NearBox box={box} at={at} detail={detail} title={title} />}
      <rect class={css.edge} width={at.w} height={at.h} rx={7} />
    </g>
  );
}

function FarName({ box, at, title }: { box: Box; at: Placed; title: string }) {
  const { lines, size } = wrapName(sign[box.mark] ? `${sign[box.mark]} ${title}` : title, at.w - 16, at.h - 10);
  const top = at.h / 2 - ((lines.length - 1) * size * 1.12) / 2 + size * 0.36;
  return (
    <>
      <rect class={css.fill} width={at.w} height={at.h} rx={7} />
      {lines.map((text, i) => (
        <text key={i} class={css.far} x={at.w / 2} y={top + i * size * 1.12} style={{ fontSize: `${size}px` }}>
          {text}
        </text>
      ))}
    </>
  );
}

/** A name in up to four lines, broken at its underscores, as large as fits. */
export function wrapName(name: string, w: number, h: number): { lines: string[]; size: number } {
  const words = name.split(/(?<=[_.])/);
  let best = { lines: [name], size: 0 };
  for (let n = 1; n <= Math.min(4, words.length); n++) {
    const lines = balance(words, n);
    const longest = Math.max(...lines.map((l) => textWidth(l, fonts.name))) / 12.5;
    const size = Math.min(34, w / longest, h / (n * 1.14));
    if (size > best.size * 1.08) best = { lines, size };
  }
  return { lines: best.lines, size: Math.round(best.size * 10) / 10 };
}

function balance(words: readonly string[], n: number): string[] {
  const total = words.join("").length;
  const lines: string[] = [];
  let now = "";
  words.forEach((w, i) => {
    const left = words.length - i;
    const full = now !== "" && now.length + w.length / 2 > total / n;
    if (now !== "" && lines.length < n - 1 && (full || left <= n - 1 - lines.length)) {
      lines.push(now);
      now = "";
    }
    now += w;
  });
  return [...lines, now];
}

function NearBox({ box, at, detail, title }: { box: Box; at: Placed; detail: Detail; title: string }) {
  const { columns, more } = shownColumns(box, detail);
  const room = at.w - 20 - (box.mark === "same" ? 0 : 56);
  return (
    <>
      <rect class={css.card} width={at.w} height={at.h} rx={7} />
      <path class={css.head} d={columns.length + more > 0 ? `M0 7a7 7 0 0 1 7 -7H${at.w - 7}a7 7 0 0 1 7 7V${header - 3}H0z` : `M0 7a7 7 0 0 1 7 -7H${at.w - 7}a7 7 0 0 1 7 7V${at.h - 7}a7 7 0 0 1 -7 7H7a7 7 0 0 1 -7 -7z`} />
      <text class={css.name} x={10} y={19}>{fit(title, room, fonts.name, textWidth)}</text>
      {box.mark !== "same" && <text class={css.mark} x={at.w - 9} y={19}>{sign[box.mark]} {markWord[box.mark]}</text>}
      {columns.map((c, i) => <ColumnShape key={c.name} c={c} y={header + i * line} w={at.w} />)}
      {more > 0 && <text class={css.more} x={26} y={header + columns.length * line + 14}>{more} more</text>}
    </>
  );
}

function ColumnShape({ c, y, w }: { c: BoxColumn; y: number; w: number }) {
  const type = typeWord(c.type);
  const shownType = fit(type, Math.max(40, w - 46 - Math.min(textWidth(c.name, fonts.column), w * 0.5)), fonts.type, textWidth);
  const room = w - 42 - textWidth(shownType, fonts.type);
  return (
    <g class={[css.column, c.mark !== "same" && css[c.mark]].filter(Boolean).join(" ")} transform={`translate(0 ${y})`}>
      {c.mark !== "same" && <rect class={css.stripe} x={1} y={0.5} width={w - 2} height={line - 1} />}
      {c.mark !== "same" ? <text class={css.sign} x={13} y={14}>{sign[c.mark]}</text> : c.primary ? <KeyShape /> : c.foreign ? <ArrowShape /> : null}
      <text class={[css.columnName, c.primary && css.primary].filter(Boolean).join(" ")} x={26} y={14}>{fit(c.name, room, fonts.column, textWidth)}</text>
      <text class={css.type} x={w - 10} y={14}>{shownType}</text>
      {!c.nullable && !c.primary && <circle class={css.required} cx={w - 5} cy={8} r={1.4} />}
    </g>
  );
}

const KeyShape = () => (
  <g class={css.glyph} transform="translate(7.5 4.5)"><circle cx="3.4" cy="5.5" r="2.4" /><path d="M5.8 5.5H12M10 5.5v2.2" /></g>
);
const ArrowShape = () => (
  <g class={css.glyph} transform="translate(8 4.5)"><path d="M1.5 5.5H10M7 2.5l3 3-3 3" /></g>
);

export interface DrawnLink {
  link: Link;
  path: Path;
  /** From one group to another. */
  far: boolean;
}

export function drawnLinks(g: Graph, layout: Layout, detail: Detail): DrawnLink[] {
  const boxes = new Map(g.boxes.map((b) => [b.id, b]));
  const drawn: DrawnLink[] = [];
  for (const link of g.links) {
    const a = layout.boxes[link.from], b = layout.boxes[link.to];
    const from = boxes.get(link.from), to = boxes.get(link.to);
    if (!a || !b || !from || !to) continue;
    const y1 = columnY(from, detail, link.fromColumns[0]), y2 = columnY(to, detail, link.toColumns[0]);
    const path = link.from === link.to ? loop(a, y1, y2) : pathBetween({ box: a, y: y1 }, { box: b, y: y2 });
    drawn.push({ link, path, far: a.group !== b.group });
  }
  return drawn;
}

export function LinkShape({ d, hot, distance }: { d: DrawnLink; hot: boolean; distance: Distance }) {
  const { link, path } = d;
  return (
    <g class={[css.link, link.mark !== "same" && css[link.mark], d.far && css.across, hot && css.hot].filter(Boolean).join(" ")}>
      <path d={path.d} />
      {distance === "near" && (
        <>
          {link.one ? <path d={oneMark(path.many)} /> : <path d={manyMark(path.many)} />}
          <path d={oneMark(path.one)} />
          {link.optional && <path class={css.ring} d={optionalMark(path.one)} />}
        </>
      )}
    </g>
  );
}

export function transformOf(c: Camera): string {
  return `translate(${c.x} ${c.y}) scale(${c.k})`;
}
