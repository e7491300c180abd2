// What part of the field is on the screen. A point of the field is at
// `x + k * point` on the screen.

import type { Area } from "./layout";

export interface Camera {
  x: number;
  y: number;
  k: number;
}

export const zoom = { least: 0.04, most: 2 };

const held = (k: number) => Math.max(zoom.least, Math.min(zoom.most, k));

/** Zooms by a factor so that what is under (px, py) stays there. */
export function zoomAt(c: Camera, factor: number, px: number, py: number): Camera {
  const k = held(c.k * factor);
  const f = k / c.k;
  return { k, x: px - (px - c.x) * f, y: py - (py - c.y) * f };
}

/** Shows all of an area, but not larger than `largest`. */
export function fitTo(area: Area, width: number, height: number, pad = 24, largest = 1): Camera {
  const k = held(Math.min(largest, (width - 2 * pad) / Math.max(1, area.w), (height - 2 * pad) / Math.max(1, area.h)));
  return { k, x: (width - area.w * k) / 2 - area.x * k, y: (height - area.h * k) / 2 - area.y * k };
}

/** What is on a screen of this size. */
export function seen(c: Camera, width: number, height: number): Area {
  return { x: -c.x / c.k, y: -c.y / c.k, w: width / c.k, h: height / c.k };
}

/** Moves by no more than it takes to have an area in sight. */
export function reveal(c: Camera, a: Area, width: number, height: number, pad = 48): Camera {
  const shift = (from: number, size: number, room: number) => {
    const low = pad - from, high = room - pad - (from + size);
    return low > 0 && high < 0 ? low : low > 0 ? low : high < 0 ? Math.max(high, low) : 0;
  };
  const x = c.x + a.x * c.k, y = c.y + a.y * c.k;
  return { k: c.k, x: c.x + shift(x, a.w * c.k, width), y: c.y + shift(y, a.h * c.k, height) };
}

/** Keeps some of the field on the screen, so that nobody loses it. */
export function kept(c: Camera, field: Area, width: number, height: number, least = 80): Camera {
  const within = (at: number, from: number, size: number, room: number) =>
    Math.max(Math.min(least, size * c.k) - (from + size) * c.k, Math.min(room - Math.min(least, size * c.k) - from * c.k, at));
  return { k: c.k, x: within(c.x, field.x, field.w, width), y: within(c.y, field.y, field.h, height) };
}

export function touches(a: Area, b: Area): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

export function holds(a: Area, b: Area): boolean {
  return b.x >= a.x && b.y >= a.y && b.x + b.w <= a.x + a.w && b.y + b.h <= a.y + a.h;
}

export function grown(a: Area, by: number): Area {
  return { x: a.x - a.w * by, y: a.y - a.h * by, w: a.w * (1 + 2 * by), h: a.h * (1 + 2 * by) };
}

/** The box that an arrow key leads to: near, and more ahead than aside. */
export function toward<T extends Area>(from: Area, all: Iterable<[string, T]>, dx: number, dy: number): string | null {
  const cx = from.x + from.w / 2, cy = from.y + from.h / 2;
  let best: string | null = null;
  let least = Infinity;
  for (const [id, b] of all) {
    const x = b.x + b.w / 2 - cx, y = b.y + b.h / 2 - cy;
    const ahead = x * dx + y * dy;
    const aside = Math.abs(x * dy) + Math.abs(y * dx);
    if (ahead <= 1 || aside > ahead * 2.5) continue;
    const cost = ahead + aside * 2;
    if (cost < least) {
      least = cost;
      best = id;
    }
  }
  return best;
}
