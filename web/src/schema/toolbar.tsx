// The bar of the schema room: which point, against which, how much, and out.

import { useMemo, useState } from "preact/hooks";
import type { SchemaPoint } from "../api";
import { Button, IconButton, SearchInput, Select } from "../parts/controls";
import { ago } from "../parts/format";
import { IconCheck, IconClock, IconClose, IconDiff, IconDown, IconDownload, IconList, IconSchema } from "../parts/icons";
import { score } from "../parts/match";
import { say } from "../parts/notice";
import { Menu, Popover, usePopover } from "../parts/popover";
import { VirtualList } from "../parts/virtual";
import { session } from "../session";
import { mermaidOf, svgOf } from "./export";
import type { Detail, Graph } from "./graph";
import type { Layout } from "./layout";
import { points, show, type Shown } from "./state";
import css from "./schema.module.css";

const details: [Detail, string][] = [["names", "Names"], ["keys", "Keys"], ["all", "All columns"]];

export function Toolbar({ shown, graph, layout, detail }: { shown: Shown; graph: Graph | null; layout: Layout | null; detail: Detail }) {
  const out = usePopover();
  return (
    <div class={css.toolbar} role="toolbar" aria-label="Schema">
      {shown.from ? (
        <>
          <PointPicker label="From" now={shown.from} onPick={(from) => show({ from })} />
          <span class={css.arrow} aria-hidden="true">→</span>
          <PointPicker label="To" now={shown.at} onPick={(at) => show({ at })} />
          <IconButton small label="Stop comparing" onClick={() => show({ from: "", onlyChanged: false })}><IconClose size={14} /></IconButton>
          <label class={css.only}><input type="checkbox" checked={shown.onlyChanged} onChange={(e) => show({ onlyChanged: e.currentTarget.checked })} />Only what changed</label>
        </>
      ) : (
        <>
          <PointPicker label="At" now={shown.at} onPick={(at) => show({ at, select: "" })} />
          <Button onClick={() => show({ ...pairFor(shown.at), select: "" })} aria-label="Compare" disabled={(points.value?.length ?? 0) < 2}
            data-tip={(points.value?.length ?? 0) < 2 ? "There is only one point; a project with migrations gives more" : "Compare two points"}>
            <IconDiff /><span class={css.wideOnly}>Compare</span>
          </Button>
        </>
      )}
      <span class={css.gap} />
      {shown.view === "diagram" && <Select aria-label="What boxes show" options={details} value={detail} onPick={(d) => show({ detail: d })} />}
      <div class={css.switch} role="group" aria-label="View">
        <button type="button" aria-pressed={shown.view === "diagram"} aria-label="Diagram" data-tip="Diagram" onClick={() => show({ view: "diagram" })}><IconSchema /></button>
        <button type="button" aria-pressed={shown.view === "list"} aria-label="List" data-tip="List (V)" onClick={() => show({ view: "list" })}><IconList /></button>
      </div>
      <IconButton {...out.trigger} label="Export" look="outline"><IconDownload /></IconButton>
      {out.at && (
        <Menu at={out.at} onClose={out.close} label="Export" items={[
          { label: "Save as SVG", disabled: !graph || !layout, run: () => graph && layout && saveSvg(graph, layout, detail) },
          { label: "Copy as Mermaid", disabled: !graph, run: () => graph && saveMermaid(graph, detail) },
        ]} />
      )}
    </div>
  );
}

/** Two points that are worth comparing, from the one that is shown. */
function pairFor(at: string): { from: string; at: string } {
  const tags = (points.peek() ?? []).filter((p) => p.at !== "live" && p.at !== "files").map((p) => p.at);
  if (at === "live") return points.peek()?.some((p) => p.at === "files") ? { from: "live", at: "files" } : { from: tags[1] ?? tags[0] ?? "live", at };
  if (at === "files") return { from: "live", at: "files" };
  const i = tags.indexOf(at);
  const sorted = when(points.peek()?.find((p) => p.at === tags[0])) > when(points.peek()?.find((p) => p.at === tags.at(-1)));
  const before = sorted ? tags[i + 1] : tags[i - 1];
  return { from: before ?? "live", at };
}

const when = (p: SchemaPoint | undefined): number => (p?.when ? new Date(p.when).getTime() : 0);

function PointPicker({ label, now, onPick }: { label: string; now: string; onPick: (at: string) => void }) {
  const pop = usePopover();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const all = points.value;
  const found = useMemo(() => (all ?? []).filter((p) => score(query, `${p.label} ${p.at}`) >= 0), [all, query]);
  const point = all?.find((p) => p.at === now);
  const pick = (p: SchemaPoint | undefined) => {
    if (!p) return;
    pop.close();
    onPick(p.at);
  };
  return (
    <>
      <Button look="outline" {...pop.trigger} aria-haspopup="dialog" class={css.point} onClick={() => {
        setQuery("");
        setAt(Math.max(0, (all ?? []).findIndex((p) => p.at === now)));
        pop.trigger.onClick();
      }}>
        <span class={css.pointLabel}>{label}</span>{" "}
        <span class={css.pointName}>{point?.label ?? now}</span>
        <IconDown size={12} />
      </Button>
      {pop.at && (
        <Popover at={pop.at} onClose={pop.close} label={`${label}: pick a point of history`}>
          <div class={css.picker}>
            <SearchInput autofocus placeholder="Find a migration" aria-label="Find a point" value={query} onInput={(e) => {
              setQuery(e.currentTarget.value);
              setAt(0);
            }} onKeyDown={(e) => {
              const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 8, PageUp: at - 8 }[e.key];
              if (to !== undefined) {
                e.preventDefault();
                setAt(Math.max(0, Math.min(found.length - 1, to)));
              } else if (e.key === "Enter") pick(found[at]);
            }} />
            <VirtualList class={css.pickerList} role="listbox" label="Points" items={found} height={32} reveal={at} keyOf={(p) => p.at}
              render={(p, i) => (
                <div role="option" aria-selected={i === at} class={css.pickerItem} onPointerMove={() => i !== at && setAt(i)} onClick={() => pick(p)}>
                  {p.at === now ? <IconCheck size={14} /> : p.at === "live" || p.at === "files" ? <IconSchema size={14} /> : <IconClock size={14} />}
                  <span>{p.label}</span>
                  {p.when && <time>{ago(when(p))}</time>}
                </div>
              )} />
          </div>
        </Popover>
      )}
    </>
  );
}

export function saveSvg(graph: Graph, layout: Layout, detail: Detail): void {
  const name = session.peek()?.database ?? "schema";
  const file = new Blob([svgOf(graph, layout, detail, name)], { type: "image/svg+xml" });
  const a = document.createElement("a");
  a.href = URL.createObjectURL(file);
  a.download = `${name}.svg`;
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 10_000);
  say(`Saved as ${name}.svg`, "good");
}

export function saveMermaid(graph: Graph, detail: Detail): void {
  void navigator.clipboard.writeText(mermaidOf(graph, detail)).then(
    () => say("Mermaid copied", "good"),
    () => say("The browser did not let the page copy", "bad"),
  );
}
