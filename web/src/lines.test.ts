import { expect, test } from "vitest";
import { lines } from "./lines";

function body(...chunks: string[]): ReadableStream<Uint8Array> {
  const bytes = chunks.map((c) => new TextEncoder().encode(c));
  return new ReadableStream({
    pull(c) {
      const next = bytes.shift();
      if (next) c.enqueue(next);
      else c.close();
    },
  });
}

test("lines come apart wherever the network cut them", async () => {
  const got: unknown[] = [];
  for await (const v of lines(body('{"a":1}\n{"b"', ':2}\n\n{"c":', "3}"))) got.push(v);
  expect(got).toEqual([{ a: 1 }, { b: 2 }, { c: 3 }]);
});

test("a character cut in two is put together", async () => {
  const bytes = new TextEncoder().encode('{"a":"ü"}\n');
  const cut = new ReadableStream<Uint8Array>({
    start(c) {
      c.enqueue(bytes.slice(0, 7));
      c.enqueue(bytes.slice(7));
      c.close();
    },
  });
  const got: unknown[] = [];
  for await (const v of lines(cut)) got.push(v);
  expect(got).toEqual([{ a: "ü" }]);
});
