// The diagram on the screen: where one looks from, and what is pointed at.
// Moving only sets one transform; shapes are drawn again when others come into
// sight or the distance asks for other ones.

import { signal, type Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { IconButton } from "../parts/controls";
import { IconFit, IconMinus, IconPlus } from "../parts/icons";
import { fitTo, grown, holds, kept, reveal, seen, toward, touches, zoomAt, type Camera } from "./camera";
import { neighbours, type Detail, type Graph } from "./graph";
import type { Area, Layout } from "./layout";
import { Minimap } from "./minimap";
import { BoxShape, distanceOf, drawnLinks, GroupShape, LinkShape, transformOf, type Distance, type DrawnLink } from "./scene";
import css from "./diagram.module.css";

interface DiagramProps {
  graph: Graph;
  layout: Layout;
  detail: Detail;
  selected: string | null;
  comparing: boolean;
  /** Changes when the camera should show all again. */
  shown: string;
  onSelect: (id: string | null) => void;
  onOpen: (id: string) => void;
  handle?: { current: DiagramHandle | null };
  children?: ComponentChildren;
}

export interface DiagramHandle {
  fit: () => void;
  zoom: (factor: number) => void;
  look: (id: string) => void;
}

interface Sight {
  area: Area;
  distance: Distance;
  k: number; // as it was when the shapes were drawn
}

export function Diagram({ graph, layout, detail, selected, comparing, shown, onSelect, onOpen, handle, children }: DiagramProps) {
  const stage = useRef<HTMLDivElement>(null);
  const world = useRef<SVGGElement>(null);
  const camera = useRef<Camera>({ x: 0, y: 0, k: 1 });
  const eye = useMemo(() => signal<Camera & { w: number; h: number }>({ x: 0, y: 0, k: 1, w: 1, h: 1 }), []);
  const hot = useMemo(() => signal<string | null>(null), []);
  const [sight, setSight] = useState<Sight>({ area: { x: 0, y: 0, w: 0, h: 0 }, distance: "far", k: 0.5 });
  const sightNow = useRef(sight);
  sightNow.current = sight;
  const links = useMemo(() => drawnLinks(graph, layout, detail), [graph, layout, detail]);
  const many = useMemo(() => links.filter((d) => d.far).length > 80, [links]);
  const next = useMemo(() => neighbours(graph.links), [graph]);
  const field: Area = { x: 0, y: 0, w: layout.w, h: layout.h };

  const move = (to: Camera, glide = false) => {
    const el = stage.current!;
    const { clientWidth: w, clientHeight: h } = el;
    const c = kept(to, field, w, h);
    camera.current = c;
    world.current!.style.transition = glide && !matchMedia("(prefers-reduced-motion: reduce)").matches ? "transform 220ms ease-out" : "";
    world.current!.style.transform = `translate(${c.x}px, ${c.y}px) scale(${c.k})`;
    eye.value = { ...c, w, h };
    const view = seen(c, w, h);
    const s = sightNow.current;
    const distance = distanceOf(c.k);
    if (distance !== s.distance || !holds(s.area, view) || s.area.w > view.w * 5 || Math.abs(Math.log2(c.k / s.k)) > 0.4) {
      setSight({ area: grown(view, 0.6), distance, k: c.k });
    }
  };
  const fit = (glide = true) => {
    const el = stage.current!;
    move(fitTo(field, el.clientWidth, el.clientHeight), glide);
  };
  const middle = (factor: number) => {
    const el = stage.current!;
    move(zoomAt(camera.current, factor, el.clientWidth / 2, el.clientHeight / 2), true);
  };
  const look = (id: string) => {
    const at = layout.boxes[id];
    const el = stage.current;
    if (!at || !el) return;
    const c = camera.current;
    move(c.k < 0.45 ? fitTo(grown(at, 1.2), el.clientWidth, el.clientHeight, 24, 0.9) : reveal(c, at, el.clientWidth, el.clientHeight), true);
  };
  if (handle) handle.current = { fit, zoom: middle, look };

  const fitted = useRef("");
  useLayoutEffect(() => {
    if (fitted.current !== shown) {
      fitted.current = shown;
      fit(false);
    } else move(camera.current);
  }, [shown, layout]);
  useEffect(() => {
    const el = stage.current!; // what it is told of may come when the diagram is gone
    let was = { w: el.clientWidth, h: el.clientHeight };
    const watch = new ResizeObserver(() => {
      if (stage.current !== el) return;
      const { clientWidth: w, clientHeight: h } = el;
      if (was.w === 0 || was.h === 0) fit(false);
      else move({ ...camera.current, x: camera.current.x + (w - was.w) / 2, y: camera.current.y + (h - was.h) / 2 });
      was = { w, h };
    });
    watch.observe(el);
    return () => watch.disconnect();
  }, [layout]);
  useEffect(() => {
    if (selected) look(selected);
  }, [selected, layout]);
  useGestures(stage, camera, move);

  const onKeyDown = (e: KeyboardEvent) => {
    const step = ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] } as Record<string, [number, number]>)[e.key];
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (step) {
      const at = selected && layout.boxes[selected];
      const to = at && !e.shiftKey ? toward(at, Object.entries(layout.boxes), step[0], step[1]) : null;
      if (to) onSelect(to);
      else if (!at && !e.shiftKey) {
        const first = nearest(layout, seen(camera.current, stage.current!.clientWidth, stage.current!.clientHeight));
        if (first) onSelect(first);
      } else move({ ...camera.current, x: camera.current.x - step[0] * 90, y: camera.current.y - step[1] * 90 }, true);
    } else if (e.key === "+" || e.key === "=") middle(1.3);
    else if (e.key === "-") middle(1 / 1.3);
    else if (e.key === "0") fit();
    else if (e.key === "Enter" && selected) onOpen(selected);
    else if (e.key === "Escape" && selected) onSelect(null);
    else return;
    e.preventDefault();
  };

  const boxAt = (e: Event) => (e.target as Element).closest<SVGGElement>("[data-box]")?.dataset["box"] ?? null;
  const close = selected ? next.get(selected) : undefined;
  const visible = graph.boxes.filter((b) => {
    const at = layout.boxes[b.id];
    return at && (touches(at, sight.area) || b.id === selected);
  });

  return (
    <div class={css.stage} ref={stage}>
      <svg class={css.svg} role="listbox" tabindex={0} aria-label={`Diagram of ${graph.boxes.length} tables. Arrow keys go from table to table, plus and minus zoom, 0 shows all, Enter opens.`}
        aria-activedescendant={selected && layout.boxes[selected] ? elementOf(selected) : undefined} data-keys="own"
        onKeyDown={onKeyDown}
        onPointerOver={(e) => (hot.value = boxAt(e))}
        onPointerLeave={() => (hot.value = null)}
        onClick={(e) => {
          if (stage.current!.dataset["dragged"] === undefined) onSelect(boxAt(e));
        }}
        onDblClick={(e) => {
          const id = boxAt(e);
          if (id) onOpen(id);
        }}>
        <g ref={world} class={css.world} role="presentation">
          {layout.groups.map((g, i) => touches(g, sight.area) && <GroupShape key={g.ids[0]} group={g} index={i} k={sight.k} />)}
          <g class={css.links} role="presentation" data-many={many || undefined}>
            {links.map((d) => linkInSight(d, layout, sight.area) && <LinkShape key={d.link.id} d={d} hot={false} distance={sight.distance} />)}
          </g>
          {visible.map((b) => (
            <BoxShape key={b.id} id={elementOf(b.id)} box={b} at={layout.boxes[b.id]!} detail={detail} distance={sight.distance} selected={b.id === selected}
              near={close?.has(b.id) ?? false} faded={(comparing && b.mark === "same") || (close !== undefined && b.id !== selected && !close.has(b.id))} />
          ))}
          <HotLinks links={links} hot={hot} selected={selected} distance={sight.distance} />
        </g>
      </svg>
      <div class={css.corner}>
        <Minimap layout={layout} graph={graph} eye={eye} onLook={(x, y) => {
          const el = stage.current!;
          move({ ...camera.current, x: el.clientWidth / 2 - x * camera.current.k, y: el.clientHeight / 2 - y * camera.current.k });
        }} />
        <div class={css.zoom} role="group" aria-label="Zoom">
          <IconButton small label="Zoom out" tip="Zoom out (−)" onClick={() => middle(1 / 1.3)}><IconMinus /></IconButton>
          <ZoomWord eye={eye} />
          <IconButton small label="Zoom in" tip="Zoom in (+)" onClick={() => middle(1.3)}><IconPlus /></IconButton>
          <IconButton small label="Show all" tip="Show all (0)" onClick={() => fit()}><IconFit /></IconButton>
        </div>
      </div>
      {children}
    </div>
  );
}

/** The element of a table: an id that others refer to holds no space. */
const elementOf = (id: string): string => `box-${encodeURIComponent(id)}`;

function ZoomWord({ eye }: { eye: Signal<Camera> }) {
  return <span class={css.percent}>{Math.round(eye.value.k * 100)}%</span>;
}

/** The keys of what is pointed at and of what is selected, over everything else. */
function HotLinks({ links, hot, selected, distance }: { links: DrawnLink[]; hot: Signal<string | null>; selected: string | null; distance: Distance }) {
  const of = new Set([hot.value, selected].filter((id) => id !== null));
  if (of.size === 0) return null;
  return (
    <g class={css.over} role="presentation">
      {links.map((d) => (of.has(d.link.from) || of.has(d.link.to)) && <LinkShape key={d.link.id} d={d} hot distance={distance} />)}
    </g>
  );
}

function linkInSight(d: DrawnLink, layout: Layout, area: Area): boolean {
  const a = layout.boxes[d.link.from]!, b = layout.boxes[d.link.to]!;
  const x = Math.min(a.x, b.x), y = Math.min(a.y, b.y);
  return touches({ x, y, w: Math.max(a.x + a.w, b.x + b.w) - x, h: Math.max(a.y + a.h, b.y + b.h) - y }, area);
}

function nearest(layout: Layout, view: Area): string | null {
  const cx = view.x + view.w / 2, cy = view.y + view.h / 2;
  let best: string | null = null;
  let least = Infinity;
  for (const [id, b] of Object.entries(layout.boxes)) {
    const d = Math.hypot(b.x + b.w / 2 - cx, b.y + b.h / 2 - cy);
    if (d < least) [least, best] = [d, id];
  }
  return best;
}

/** Dragging, two fingers, the wheel. The wheel moves; with Ctrl, and as a pinch on a trackpad, it zooms. */
function useGestures(stage: { current: HTMLDivElement | null }, camera: { current: Camera }, move: (c: Camera) => void): void {
  const to = useRef(move);
  to.current = move;
  useEffect(() => {
    const el = stage.current!;
    const fingers = new Map<number, { x: number; y: number }>();
    let began = { x: 0, y: 0 };
    const point = (e: { clientX: number; clientY: number }) => {
      const box = el.getBoundingClientRect();
      return { x: e.clientX - box.left, y: e.clientY - box.top };
    };
    const wheel = (e: WheelEvent) => {
      if ((e.target as Element).closest(`.${css.corner}`)) return;
      e.preventDefault();
      const unit = e.deltaMode === 1 ? 16 : e.deltaMode === 2 ? el.clientHeight : 1;
      const { x, y } = point(e);
      if (e.ctrlKey || e.metaKey) to.current(zoomAt(camera.current, Math.exp(-Math.max(-60, Math.min(60, e.deltaY * unit)) * 0.008), x, y));
      else {
        const side = e.shiftKey && e.deltaX === 0;
        to.current({ ...camera.current, x: camera.current.x - (side ? e.deltaY : e.deltaX) * unit, y: camera.current.y - (side ? 0 : e.deltaY) * unit });
      }
    };
    const down = (e: PointerEvent) => {
      if (e.button !== 0 || !(e.target as Element).closest("svg") || (e.target as Element).closest(`.${css.corner}`)) return;
      fingers.set(e.pointerId, point(e));
      began = point(e);
      delete el.dataset["dragged"];
    };
    const drag = (e: PointerEvent) => {
      const was = fingers.get(e.pointerId);
      if (!was) return;
      const now = point(e);
      if (el.dataset["dragged"] === undefined) {
        if (Math.hypot(now.x - began.x, now.y - began.y) < 4) return;
        el.dataset["dragged"] = "";
        el.setPointerCapture(e.pointerId);
      }
      const c = camera.current;
      const other = [...fingers].find(([id]) => id !== e.pointerId)?.[1];
      if (other) {
        const factor = Math.hypot(now.x - other.x, now.y - other.y) / Math.max(1, Math.hypot(was.x - other.x, was.y - other.y));
        const z = zoomAt(c, factor, (now.x + other.x) / 2, (now.y + other.y) / 2);
        to.current({ ...z, x: z.x + (now.x - was.x) / 2, y: z.y + (now.y - was.y) / 2 });
      } else to.current({ ...c, x: c.x + now.x - was.x, y: c.y + now.y - was.y });
      fingers.set(e.pointerId, now);
    };
    const up = (e: PointerEvent) => {
      fingers.delete(e.pointerId);
      // After the click that comes of it.
      if (fingers.size === 0) setTimeout(() => delete el.dataset["dragged"]);
    };
    el.addEventListener("wheel", wheel, { passive: false });
    el.addEventListener("pointerdown", down);
    el.addEventListener("pointermove", drag);
    el.addEventListener("pointerup", up);
    el.addEventListener("pointercancel", up);
    return () => {
      el.removeEventListener("wheel", wheel);
      el.removeEventListener("pointerdown", down);
      el.removeEventListener("pointermove", drag);
      el.removeEventListener("pointerup", up);
      el.removeEventListener("pointercancel", up);
    };
  }, []);
}

export { transformOf };
