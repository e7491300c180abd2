// The whole field, small, with what is on the screen; only where that is not all.

import { useComputed, type Signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { holds, seen, type Camera } from "./camera";
import type { Graph } from "./graph";
import type { Layout } from "./layout";
import { hues } from "./scene";
import css from "./diagram.module.css";

const most = { w: 168, h: 112 };

export function Minimap({ layout, graph, eye, onLook }: {
  layout: Layout;
  graph: Graph;
  eye: Signal<Camera & { w: number; h: number }>;
  onLook: (x: number, y: number) => void;
}) {
  const k = Math.min(most.w / Math.max(1, layout.w), most.h / Math.max(1, layout.h));
  const marks = useMemo(() => new Map(graph.boxes.map((b) => [b.id, b.mark])), [graph]);
  const boxes = useMemo(
    () => Object.entries(layout.boxes).map(([id, b]) => (
      <rect key={id} class={marks.get(id) === "same" ? undefined : css[marks.get(id)!]} x={b.x} y={b.y} width={b.w} height={b.h} style={{ color: `var(--hue-${(b.group % hues) + 1})` }} />
    )),
    [layout, marks],
  );
  const whole = useComputed(() => holds(seen(eye.value, eye.value.w, eye.value.h), { x: 0, y: 0, w: layout.w, h: layout.h }));
  if (whole.value) return null;
  const to = (e: PointerEvent) => {
    const box = (e.currentTarget as SVGElement).getBoundingClientRect();
    onLook((e.clientX - box.left) / k, (e.clientY - box.top) / k);
  };
  return (
    <svg class={css.map} width={Math.max(40, layout.w * k)} height={Math.max(24, layout.h * k)} viewBox={`0 0 ${Math.max(1, layout.w)} ${Math.max(1, layout.h)}`} aria-hidden="true"
      onPointerDown={(e) => {
        e.currentTarget.setPointerCapture(e.pointerId);
        to(e);
      }}
      onPointerMove={(e) => e.currentTarget.hasPointerCapture(e.pointerId) && to(e)}>
      {boxes}
      <Seen eye={eye} width={1.5 / k} />
    </svg>
  );
}

function Seen({ eye, width }: { eye: Signal<Camera & { w: number; h: number }>; width: number }) {
  const a = seen(eye.value, eye.value.w, eye.value.h);
  return <rect class={css.eye} x={a.x} y={a.y} width={a.w} height={a.h} style={{ strokeWidth: width }} />;
}
