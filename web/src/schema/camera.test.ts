import { expect, test } from "vitest";
import { kept, seen, touches, zoomAt } from "./camera";

const field = { x: 0, y: 0, w: 3000, h: 2000 };

test.each([[{ x: -9000, y: 100, k: 1 }], [{ x: 5000, y: -7000, k: 0.3 }], [{ x: 50, y: 9000, k: 2 }]])("a camera at %j comes back to where some of the field is seen", (c) => {
  const held = kept(c, field, 1000, 700);
  expect(held.k).toBe(c.k);
  expect(touches(seen(held, 1000, 700), field)).toBe(true);
});

test.each([[{ x: 20, y: -300, k: 1 }], [{ x: 400, y: 300, k: 0.04 }], [zoomAt({ x: 0, y: 0, k: 1 }, 2, 900, 600)]])("a camera at %j that sees some of it stays", (c) => {
  expect(kept(c, field, 1000, 700)).toEqual(c);
});
