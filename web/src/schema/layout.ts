// Where each table stands. Groups are laid out one by one, in layers from the
// tables that point to those that are pointed to, and then packed into a field
// of a screen's shape, those that have much to do with each other side by side.
// Pure and without chance: the same tables give the same picture.

import { Graph as Dagre, layout as dagre } from "@dagrejs/dagre";
import { groupName, groups, ties } from "./cluster";
import { neighbours } from "./graph";
import { loopReach } from "./paths";

export interface Sized {
  id: string;
  schema: string;
  name: string;
  w: number;
  h: number;
}

export interface Ask {
  boxes: Sized[];
  links: { from: string; to: string }[];
  /** Width over height of the field. */
  shape: number;
}

export interface Placed {
  x: number;
  y: number;
  w: number;
  h: number;
  group: number;
}

export interface Area {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Group extends Area {
  name: string;
  ids: string[];
}

export interface Layout {
  boxes: Record<string, Placed>;
  groups: Group[];
  w: number;
  h: number;
}

const gap = { node: 28, rank: 72, part: 32, group: 56, pad: 22, title: 30 };

export function arrange({ boxes, links, shape }: Ask): Layout {
  if (boxes.length === 0) return { boxes: {}, groups: [], w: 0, h: 0 };
  const sorted = [...boxes].sort((a, b) => (a.id < b.id ? -1 : 1));
  const few = sorted.length <= 12;
  const all = few ? [sorted.map((_, i) => i)] : groups(sorted.length, ties(sorted, links));
  const many = all.filter((g) => g.length > 1);
  const alone = all.filter((g) => g.length === 1).map((g) => g[0]!);
  if (alone.length > 0) many.push(alone);

  const pointed = new Map<string, number>();
  for (const l of links) if (l.from !== l.to) pointed.set(l.to, (pointed.get(l.to) ?? 0) + 1);

  const plain = many.length === 1;
  const blocks = many.map((members) => {
    const inside = members.map((i) => sorted[i]!);
    const block = layoutGroup(inside, links);
    const name = members === alone ? "on their own" : groupName(inside.map((b) => b.name), inside.map((b) => pointed.get(b.id) ?? 0));
    const pad = plain ? 0 : gap.pad;
    const title = plain ? 0 : gap.title;
    return { name, inside, at: block.at, w: block.w + 2 * pad, h: block.h + 2 * pad + title, dx: pad, dy: pad + title };
  });
  const places = pack(blocks, pulls(blocks.map((b) => b.inside.map((x) => x.id)), links), shape, gap.group);

  const out: Layout = { boxes: {}, groups: [], w: 0, h: 0 };
  blocks.forEach((b, i) => {
    const { x, y } = places[i]!;
    if (!plain) out.groups.push({ x, y, w: b.w, h: b.h, name: b.name, ids: b.inside.map((s) => s.id) });
    for (const s of b.inside) {
      const p = b.at.get(s.id)!;
      out.boxes[s.id] = { x: Math.round(x + b.dx + p.x), y: Math.round(y + b.dy + p.y), w: s.w, h: s.h, group: i };
    }
    out.w = Math.max(out.w, x + b.w);
    out.h = Math.max(out.h, y + b.h);
  });
  return out;
}

interface Block {
  at: Map<string, { x: number; y: number }>;
  w: number;
  h: number;
}

function layoutGroup(inside: readonly Sized[], links: readonly { from: string; to: string }[]): Block {
  const ids = new Set(inside.map((b) => b.id));
  const own = links.filter((l) => ids.has(l.from) && ids.has(l.to) && l.from !== l.to);
  const looped = new Set(links.filter((l) => l.from === l.to).map((l) => l.from));
  const parts = components(inside, own).map((part) => layers(part, own, looped));
  const area = parts.reduce((s, p) => s + (p.w + gap.part) * (p.h + gap.part), 0);
  return shelves(parts, Math.sqrt(area * 1.5));
}

function components(inside: readonly Sized[], own: readonly { from: string; to: string }[]): Sized[][] {
  const next = neighbours(own);
  const byId = new Map(inside.map((b) => [b.id, b]));
  const seen = new Set<string>();
  const parts: Sized[][] = [];
  for (const b of inside) {
    if (seen.has(b.id)) continue;
    const part: Sized[] = [];
    const todo = [b.id];
    seen.add(b.id);
    while (todo.length > 0) {
      const id = todo.pop()!;
      part.push(byId.get(id)!);
      for (const n of next.get(id) ?? []) {
        if (!seen.has(n)) {
          seen.add(n);
          todo.push(n);
        }
      }
    }
    parts.push(part.sort((x, y) => (x.id < y.id ? -1 : 1)));
  }
  return parts.sort((x, y) => y.length - x.length || (x[0]!.id < y[0]!.id ? -1 : 1));
}

/** One connected part, in layers from left to right. */
function layers(part: readonly Sized[], own: readonly { from: string; to: string }[], looped: ReadonlySet<string>): Block {
  const g = new Dagre({ multigraph: false });
  g.setGraph({ rankdir: "LR", nodesep: gap.node, ranksep: gap.rank, ranker: "network-simplex" });
  g.setDefaultEdgeLabel(() => ({}));
  for (const b of part) g.setNode(b.id, { width: b.w, height: b.h });
  const here = new Set(part.map((b) => b.id));
  const edges = own.filter((l) => here.has(l.from));
  const flipped = flip(edges);
  for (const l of edges) {
    if (g.hasEdge(l.to, l.from) || g.hasEdge(l.from, l.to)) continue;
    if (flipped.has(l.from)) g.setEdge(l.to, l.from);
    else g.setEdge(l.from, l.to);
  }
  dagre(g);
  const at = new Map<string, { x: number; y: number }>();
  let left = Infinity, top = Infinity, right = 0, bottom = 0;
  for (const b of part) {
    const n = g.node(b.id) as { x: number; y: number };
    left = Math.min(left, n.x - b.w / 2);
    top = Math.min(top, n.y - b.h / 2);
    right = Math.max(right, n.x + b.w / 2 + (looped.has(b.id) ? loopReach : 0));
    bottom = Math.max(bottom, n.y + b.h / 2);
  }
  for (const b of part) {
    const n = g.node(b.id) as { x: number; y: number };
    at.set(b.id, { x: n.x - b.w / 2 - left, y: n.y - b.h / 2 - top });
  }
  return { at, w: right - left, h: bottom - top };
}

/** Of many tables that hang on one and on nothing else, every second goes to its other side. */
function flip(edges: readonly { from: string; to: string }[]): Set<string> {
  const next = neighbours(edges);
  const leaves = new Map<string, string[]>();
  for (const l of edges) {
    if (next.get(l.from)?.size === 1) leaves.set(l.to, [...new Set([...(leaves.get(l.to) ?? []), l.from])]);
  }
  const flipped = new Set<string>();
  for (const hanging of leaves.values()) {
    if (hanging.length >= 4) hanging.sort().forEach((id, i) => i % 2 === 1 && flipped.add(id));
  }
  return flipped;
}

function shelves(parts: readonly Block[], width: number): Block {
  const wide = Math.max(width, ...parts.map((p) => p.w));
  const at = new Map<string, { x: number; y: number }>();
  let x = 0, y = 0, tall = 0, w = 0;
  for (const p of [...parts].sort((a, b) => b.h - a.h)) {
    if (x > 0 && x + p.w > wide) {
      x = 0;
      y += tall + gap.part;
      tall = 0;
    }
    for (const [id, spot] of p.at) at.set(id, { x: x + spot.x, y: y + spot.y });
    w = Math.max(w, x + p.w);
    tall = Math.max(tall, p.h);
    x += p.w + gap.part;
  }
  return { at, w, h: y + tall };
}

/** How many links there are between each two groups. */
function pulls(members: readonly string[][], links: readonly { from: string; to: string }[]): number[][] {
  const of = new Map(members.flatMap((ids, i) => ids.map((id) => [id, i] as const)));
  const pull = members.map(() => new Array<number>(members.length).fill(0));
  for (const l of links) {
    const a = of.get(l.from), b = of.get(l.to);
    if (a === undefined || b === undefined || a === b) continue;
    pull[a]![b]!++;
    pull[b]![a]!++;
  }
  return pull;
}

/**
 * Puts rectangles into a field, the large ones first, each at the free corner that
 * keeps the field small and of the right shape and that is near what it is
 * linked with.
 */
export function pack(rects: readonly { w: number; h: number }[], pull: readonly number[][], shape: number, space: number): { x: number; y: number }[] {
  const area = rects.reduce((s, r) => s + (r.w + space) * (r.h + space), 0);
  const unit = Math.sqrt(area);
  const placed: (Area & { i: number })[] = [];
  const out: { x: number; y: number }[] = [];
  let w = 0, h = 0;
  const left = new Set(rects.keys());
  while (left.size > 0) {
    const i = nextToPlace(rects, pull, left, placed);
    left.delete(i);
    const r = rects[i]!;
    let best = Infinity;
    let spot = { x: 0, y: 0 };
    for (const c of corners(placed, space)) {
      if (placed.some((p) => c.x < p.x + p.w + space && p.x < c.x + r.w + space && c.y < p.y + p.h + space && p.y < c.y + r.h + space)) continue;
      const fw = Math.max(w, c.x + r.w), fh = Math.max(h, c.y + r.h);
      const side = Math.max(fw / shape, fh) / unit;
      let far = 0, links = 0;
      for (const p of placed) {
        const n = pull[i]![p.i]!;
        if (n === 0) continue;
        far += (n * Math.hypot(c.x + r.w / 2 - p.x - p.w / 2, c.y + r.h / 2 - p.y - p.h / 2)) / unit;
        links += n;
      }
      const cost = side * 3 + (links > 0 ? (far / links) * 0.5 : 0) + ((c.x / shape + c.y) / unit) * 0.25;
      if (cost < best - 1e-9) {
        best = cost;
        spot = c;
      }
    }
    placed.push({ ...spot, w: r.w, h: r.h, i });
    out[i] = spot;
    w = Math.max(w, spot.x + r.w);
    h = Math.max(h, spot.y + r.h);
  }
  return out;
}

/** The largest that is left, where being linked with what has its place counts for size. */
function nextToPlace(rects: readonly { w: number; h: number }[], pull: readonly number[][], left: ReadonlySet<number>, placed: readonly { i: number }[]): number {
  let best = -1;
  let next = 0;
  for (const i of left) {
    const all = pull[i]!.reduce((s, n) => s + n, 0);
    const here = placed.reduce((s, p) => s + pull[i]![p.i]!, 0);
    const score = Math.sqrt(rects[i]!.w * rects[i]!.h) * (1 + (all > 0 ? here / all : 0));
    if (score > best + 1e-9) {
      best = score;
      next = i;
    }
  }
  return next;
}

function corners(placed: readonly Area[], space: number): { x: number; y: number }[] {
  if (placed.length === 0) return [{ x: 0, y: 0 }];
  const xs = [...new Set([0, ...placed.flatMap((p) => [p.x, p.x + p.w + space])])].sort((a, b) => a - b);
  const ys = [...new Set([0, ...placed.flatMap((p) => [p.y, p.y + p.h + space])])].sort((a, b) => a - b);
  return ys.flatMap((y) => xs.map((x) => ({ x, y })));
}
