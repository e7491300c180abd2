// A long list of lines of one height: only those in sight are in the page.

import type { ComponentChildren, Ref, RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

interface VirtualProps<T> {
  items: readonly T[];
  height: number;
  render: (item: T, index: number) => ComponentChildren;
  keyOf: (item: T, index: number) => string | number;
  /** Keeps this one in sight when it changes. */
  reveal?: number | undefined;
  class?: string | undefined;
  role?: "list" | "listbox" | "tree" | "presentation";
  id?: string;
  label?: string | undefined;
  onKeyDown?: (e: KeyboardEvent) => void;
  listRef?: Ref<HTMLDivElement>;
}

/** What of a scrolled element's content is in sight, in pixels. */
export function useSight(ref: RefObject<HTMLElement | null>): { x: number; y: number; w: number; h: number } {
  const [view, setView] = useState({ x: 0, y: 0, w: 800, h: 600 });
  useLayoutEffect(() => {
    const el = ref.current!;
    const look = () => setView({ x: el.scrollLeft, y: el.scrollTop, w: el.clientWidth, h: el.clientHeight });
    look();
    const watch = new ResizeObserver(look);
    watch.observe(el);
    el.addEventListener("scroll", look, { passive: true });
    return () => {
      watch.disconnect();
      el.removeEventListener("scroll", look);
    };
  }, []);
  return view;
}

export function VirtualList<T>({ items, height, render, keyOf, reveal, class: className, role = "list", id, label, onKeyDown }: VirtualProps<T>) {
  const ref = useRef<HTMLDivElement>(null);
  const view = useSight(ref);

  useLayoutEffect(() => {
    if (reveal === undefined || reveal < 0) return;
    const el = ref.current!;
    const top = reveal * height;
    if (top < el.scrollTop) el.scrollTop = top;
    else if (top + height > el.scrollTop + el.clientHeight) el.scrollTop = top + height - el.clientHeight;
  }, [reveal, height]);

  const over = 6;
  const from = Math.max(0, Math.floor(view.y / height) - over);
  const to = Math.min(items.length, Math.ceil((view.y + view.h) / height) + over);
  return (
    <div ref={ref} id={id} class={className} role={role} aria-label={label} onKeyDown={onKeyDown} style={{ overflow: "auto", position: "relative" }}>
      <div role="presentation" style={{ height: `${items.length * height}px`, position: "relative" }}>
        {items.slice(from, to).map((item, i) => (
          <div key={keyOf(item, from + i)} role="presentation" style={{ position: "absolute", top: `${(from + i) * height}px`, left: 0, right: 0, height: `${height}px` }}>
            {render(item, from + i)}
          </div>
        ))}
      </div>
    </div>
  );
}
