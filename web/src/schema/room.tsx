// The schema: a diagram or a list of its tables at any point of history, what
// differs between two, and a page for each table.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Problem, SchemaDifference, SchemaGraph } from "../api";
import { useCommands } from "../commands";
import { remembered } from "../memory";
import { Button, IconButton } from "../parts/controls";
import { IconClose, IconData, IconFocus, IconSchema, IconTable } from "../parts/icons";
import { textWidth } from "../parts/measure";
import { Empty, ProblemNotice, Working } from "../parts/notice";
import { Split } from "../parts/split";
import { go, href, place } from "../router";
import { back } from "../session";
import { layoutOf } from "./arrange";
import { Changes } from "./changes";
import { Diagram, type DiagramHandle } from "./diagram";
import { around, changedOnly, graphOf, mergeGraphs, nameOf, saidName, type Detail, type Graph } from "./graph";
import type { Layout } from "./layout";
import { TableListing } from "./listing";
import { Side } from "./side";
import { sized } from "./sizes";
import { differenceOf, forget, graphAt, loadPoints, points, problemOf, show, shownOf, type Shown } from "./state";
import { TablePage } from "./table";
import { saveMermaid, saveSvg, Toolbar } from "./toolbar";
import css from "./schema.module.css";

const sideWidth = remembered("schema.side", 248);
const changesWidth = remembered("schema.changes", 340);

export default function SchemaRoom() {
  const [, schema, name] = place.value.path;
  if (schema && name) return <TablePage key={`${schema}.${name}`} schema={schema} name={name} />;
  return <Overview />;
}

interface Loaded {
  key: string;
  graph: Graph;
  difference: SchemaDifference | null;
}

function Overview() {
  const shown = shownOf(place.value.query);
  const { loaded, problem, busy, again } = useGraph(shown);
  const handle = useRef<DiagramHandle | null>(null);
  const graph = useMemo(() => loaded && part(loaded.graph, shown), [loaded, shown.focus, shown.depth, shown.onlyChanged, shown.from]);
  const detail: Detail = shown.detail || (graph && large(graph) ? "keys" : "all");
  const narrow = useNarrow();
  const { layout, failed } = useLayout(graph, detail, shown.view === "diagram", narrow ? 0.6 : 1.55);
  const selected = shown.select && graph?.boxes.some((b) => b.id === shown.select) ? shown.select : null;

  useEffect(() => {
    if (!points.value) void loadPoints();
  }, []);
  useCommands(() => [
    { id: "schema.view", title: shown.view === "list" ? "Show the diagram" : "Show the tables as a list", group: "Schema", keys: "v", run: () => show({ view: shown.view === "list" ? "diagram" : "list" }) },
    { id: "schema.fit", title: "Show the whole diagram", group: "Schema", keys: "0", run: () => handle.current?.fit() },
    { id: "schema.in", title: "Zoom in", group: "Schema", keys: "+", run: () => handle.current?.zoom(1.3) },
    { id: "schema.out", title: "Zoom out", group: "Schema", keys: "-", run: () => handle.current?.zoom(1 / 1.3) },
    { id: "schema.focus", title: shown.focus ? "Show all tables" : "Show only the selected table and its neighbours", group: "Schema", keys: "f",
      run: () => (shown.focus ? show({ focus: "" }) : selected && show({ focus: selected })) },
    { id: "schema.find", title: "Find a table in the diagram", group: "Schema", keys: "/", run: () => document.getElementById("schema-find")?.focus() },
    { id: "schema.names", title: "Show names of tables only", group: "Schema", run: () => show({ detail: "names" }) },
    { id: "schema.keys", title: "Show key columns only", group: "Schema", run: () => show({ detail: "keys" }) },
    { id: "schema.all", title: "Show all columns", group: "Schema", run: () => show({ detail: "all" }) },
    { id: "schema.compare", title: "Compare the database with the schema files", group: "Schema", words: "difference drift", run: () => show({ from: "live", at: "files", select: "" }) },
    { id: "schema.svg", title: "Save the diagram as SVG", group: "Schema", words: "export download", run: () => graph && layout && saveSvg(graph, layout.layout, detail) },
    { id: "schema.mermaid", title: "Copy the diagram as Mermaid", group: "Schema", words: "export", run: () => graph && saveMermaid(graph, detail) },
    { id: "schema.refresh", title: "Read the schema again", group: "Schema", keys: "r", run: again },
  ]);

  const body = problem ? (
    <div class={css.problem}><ProblemNotice problem={problem} action={<Button small look="outline" onClick={again}>Try again</Button>} /></div>
  ) : !graph ? (
    <Empty title="Reading the schema" />
  ) : graph.boxes.length === 0 ? (
    <Empty icon={<IconSchema size={28} />} title={shown.onlyChanged && shown.from ? "Nothing differs" : "There are no tables here"}>
      {shown.onlyChanged && <Button look="outline" onClick={() => show({ onlyChanged: false })}>Show all tables</Button>}
    </Empty>
  ) : shown.view === "list" ? (
    <TableListing graph={graph} />
  ) : failed ? (
    <div class={css.problem}><ProblemNotice problem={failed} action={<Button small look="outline" onClick={() => show({ view: "list" })}>Show the list</Button>} /></div>
  ) : layout ? (
    <Diagram graph={graph} layout={layout.layout} detail={layout.detail} selected={selected} comparing={shown.from !== "" && !shown.onlyChanged} handle={handle} shown={layout.key}
      onSelect={(id) => show({ select: id ?? "" }, { replace: true })} onOpen={(id) => openTable(id)}>
      {selected && <Selected graph={graph} id={selected} focus={shown.focus} />}
      {shown.focus && <FocusBar shown={shown} graph={graph} />}
    </Diagram>
  ) : (
    <Empty title="Arranging the tables" />
  );

  const main = (
    <div class={css.main}>
      {(busy || (graph && !layout && shown.view === "diagram" && !failed)) && <Working label="Reading the schema" />}
      {body}
    </div>
  );
  const withChanges = loaded?.difference && shown.from && !narrow ? (
    <Split size={changesWidth} min={220} max={640} side="end" label="Width of the list of changes" pane={<Changes difference={loaded.difference} />}>{main}</Split>
  ) : loaded?.difference && shown.from && narrow && shown.view === "list" ? (
    <Changes difference={loaded.difference} />
  ) : main;

  return (
    <div class={css.room}>
      <Toolbar shown={shown} graph={graph ?? null} layout={layout?.layout ?? null} detail={detail} />
      {narrow ? withChanges : (
        <Split size={sideWidth} min={180} max={420} label="Width of the list of tables" pane={<Side graph={loaded?.graph ?? null} shown={shown} selected={selected} />}>
          {withChanges}
        </Split>
      )}
    </div>
  );
}

/** Whether a diagram with all columns would be too small to read. */
const large = (g: Graph): boolean => g.boxes.length > 12 || g.boxes.some((b) => b.columns.length > 40);

export function openTable(id: string): void {
  const t = nameOf(id);
  go(href(["schema", t.schema, t.name]));
}

function part(g: Graph, s: Shown): Graph {
  const changed = s.from && s.onlyChanged ? changedOnly(g) : g;
  return s.focus && g.boxes.some((b) => b.id === s.focus) ? around(changed, s.focus, s.depth) : changed;
}

function useGraph(shown: Shown): { loaded: Loaded | null; problem: Problem | null; busy: boolean; again: () => void } {
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [turn, setTurn] = useState(0);
  const key = `${shown.from}\n${shown.at}\n${turn}\n${back.value}`;
  const again = () => {
    forget();
    setTurn((n) => n + 1);
  };
  useEffect(() => {
    let over = false;
    const done = (graph: Graph, difference: SchemaDifference | null) => {
      if (over) return;
      setProblem(null);
      setLoaded({ key, graph, difference });
    };
    const ask = shown.from
      ? Promise.all([graphAt(shown.from), graphAt(shown.at), differenceOf(shown.from, shown.at)]).then(([a, b, d]: [SchemaGraph, SchemaGraph, SchemaDifference]) => done(mergeGraphs(a, b, d), d))
      : graphAt(shown.at).then((g) => done(graphOf(g), null));
    ask.catch((e: unknown) => {
      if (!over) setProblem(problemOf(e));
    });
    return () => {
      over = true;
    };
  }, [key]);
  return { loaded, problem, busy: loaded?.key !== key && !problem, again };
}

interface Arranged {
  key: string;
  layout: Layout;
  detail: Detail;
}

function useLayout(graph: Graph | null, detail: Detail, wanted: boolean, shape: number): { layout: Arranged | null; failed: Problem | null } {
  const [layout, setLayout] = useState<(Arranged & { of: Graph }) | null>(null);
  const [failed, setFailed] = useState<Problem | null>(null);
  useEffect(() => {
    if (!graph || !wanted || graph.boxes.length === 0) return;
    let over = false;
    void document.fonts.ready
      .then(() => layoutOf({ boxes: sized(graph, detail, textWidth), links: graph.links.map((l) => ({ from: l.from, to: l.to })), shape }))
      .then((found) => {
        if (over) return;
        setFailed(null);
        setLayout({ layout: found, detail, of: graph, key: `${detail} ${graph.boxes.map((b) => b.id).join()}` });
      })
      .catch((e: unknown) => !over && setFailed(problemOf(e)));
    return () => {
      over = true;
    };
  }, [graph, detail, wanted, shape]);
  return { layout: layout && layout.of === graph ? layout : null, failed };
}

export function useNarrow(): boolean {
  const query = useMemo(() => matchMedia("(max-width: 720px)"), []);
  const [narrow, set] = useState(query.matches);
  useEffect(() => {
    const look = () => set(query.matches);
    query.addEventListener("change", look);
    return () => query.removeEventListener("change", look);
  }, []);
  return narrow;
}

/** What is selected, and where one can go from it. */
function Selected({ graph, id, focus }: { graph: Graph; id: string; focus: string }) {
  const box = graph.boxes.find((b) => b.id === id)!;
  const out = graph.links.filter((l) => l.from === id).length;
  const into = graph.links.filter((l) => l.to === id).length;
  return (
    <div class={css.selected} role="group" aria-label={`Selected: ${saidName(box)}`}>
      <div class={css.selectedName}>
        <strong>{saidName(box)}</strong>
        <span>{box.columns.length} columns, points to {out}, {into} point here</span>
      </div>
      <Button small look="outline" onClick={() => openTable(id)}><IconTable size={14} />Table</Button>
      {focus !== id && <Button small look="outline" onClick={() => show({ focus: id })}><IconFocus size={14} />Focus</Button>}
      {box.mark !== "removed" && <a class={css.toData} href={href(["data", box.schema, box.name])}><IconData size={14} />Rows</a>}
      <IconButton small label="Select nothing" onClick={() => show({ select: "" }, { replace: true })}><IconClose size={14} /></IconButton>
    </div>
  );
}

function FocusBar({ shown, graph }: { shown: Shown; graph: Graph }) {
  return (
    <div class={css.focus} role="group" aria-label="Focus">
      <IconFocus size={14} />
      <span>{graph.boxes.length} tables around <strong>{saidName(nameOf(shown.focus))}</strong></span>
      <span class={css.steps} role="group" aria-label="How many keys away">
        {[1, 2, 3].map((n) => <button key={n} type="button" aria-pressed={shown.depth === n} aria-label={`${n} ${n === 1 ? "key" : "keys"} away`} onClick={() => show({ depth: n })}>{n}</button>)}
      </span>
      <Button small onClick={() => show({ focus: "" })}>Show all</Button>
    </div>
  );
}
