// The Data room: the list of tables, the tabs, and the table on the screen.

import { useEffect, useState } from "preact/hooks";
import { useCommands } from "../commands";
import { bytes, short } from "../parts/format";
import { IconData, IconTable } from "../parts/icons";
import { Empty } from "../parts/notice";
import { Split } from "../parts/split";
import { go, place } from "../router";
import { allObjects, objects, session } from "../session";
import { closeTab, drawer, noteOpen, recent, same, sidebarShown, sidebarWidth, tableHref, tabs, wanted } from "./opened";
import { Sidebar } from "./sidebar";
import { Strip } from "./strip";
import { TablePane } from "./table";
import { viewOf } from "./view";
import css from "./room.module.css";
import side from "./sidebar.module.css";

const narrowQuery = matchMedia("(max-width: 720px)");

export function useNarrow(): boolean {
  const [narrow, set] = useState(narrowQuery.matches);
  useEffect(() => {
    const look = () => set(narrowQuery.matches);
    narrowQuery.addEventListener("change", look);
    return () => narrowQuery.removeEventListener("change", look);
  }, []);
  return narrow;
}

// Asked for as soon as this is loaded, not once it is drawn.
const first = wanted(place.peek());
if (first) viewOf(first.table).show(first.filters, first.sort);

/** Before the last run is known, nothing may be written over it. */
const remembering = Promise.all([tabs.ready, recent.ready]);

export default function DataRoom() {
  const now = wanted(place.value);
  const narrow = useNarrow();
  const address = location.pathname + location.search;

  // The tabs of the last run come back, and with them where one was.
  useEffect(() => {
    void remembering.then(() => {
      const here = wanted(place.peek());
      if (here) noteOpen(here, location.pathname + location.search);
      else if (location.pathname === "/") {
        const last = recent.peek()[0];
        const tab = last && tabs.peek().find((t) => same(t, last));
        if (tab) go(tab.address, { replace: true });
      }
    });
  }, []);

  const asked = now && JSON.stringify([now.table, now.filters, now.sort]);
  useEffect(() => {
    if (!now) return;
    viewOf(now.table).show(now.filters, now.sort);
    void remembering.then(() => noteOpen(now, address));
  }, [asked, address]);

  useCommands(() => [
    { id: "data.sidebar", title: "Show or hide the list of tables", group: "Data", keys: "mod+b", always: true, run: () => (narrow ? (drawer.value = !drawer.value) : (sidebarShown.value = !sidebarShown.value)) },
    ...(now ? [{ id: "data.close", title: "Close this tab", group: "Data", keys: "alt+w", run: () => closeTab(now.table, now.table) }] : []),
    ...(tabs.value.length > 1 ? [
      { id: "data.next", title: "Next tab", group: "Data", keys: "]", run: () => step(1) },
      { id: "data.previous", title: "Tab before", group: "Data", keys: "[", run: () => step(-1) },
    ] : []),
  ]);
  const step = (by: number) => {
    const list = tabs.peek();
    const i = now ? list.findIndex((t) => same(t, now.table)) : 0;
    const next = list[(i + by + list.length) % list.length];
    if (next) go(next.address);
  };

  const work = (
    <div class={css.work}>
      <Strip now={now?.table ?? null} narrow={narrow} />
      <div class={css.table}>
        {now ? <TablePane key={`${now.table.schema}.${now.table.name}`} view={viewOf(now.table)} wanted={now} narrow={narrow} /> : <Overview />}
      </div>
    </div>
  );
  return (
    <div class={css.room}>
      {narrow || !sidebarShown.value ? work : (
        <Split size={sidebarWidth} min={160} max={480} label="Width of the list of tables" pane={<Sidebar />}>{work}</Split>
      )}
      {narrow && drawer.value && (
        <>
          <div class={side.scrim} onClick={() => (drawer.value = false)} />
          <div class={side.drawer} onKeyDown={(e) => e.key === "Escape" && (drawer.value = false)}><Sidebar /></div>
        </>
      )}
    </div>
  );
}

function Overview() {
  const all = allObjects.value;
  const back = recent.value.flatMap((t) => all.find((o) => same(o, t)) ?? []).slice(0, 6);
  const largest = all.filter((o) => o.kind === "table" || o.kind === "partitioned").sort((a, b) => b.bytes - a.bytes).slice(0, 8);
  if (!objects.value) return null;
  if (all.length === 0) {
    return (
      <Empty icon={<IconData size={28} />} title={`There are no tables in ${session.value?.database ?? "the database"}`}>
        <p>None that you may see. {session.value?.project ? <a href="/history">History</a> : <a href="/sql">SQL</a>} is where the first one comes from.</p>
      </Empty>
    );
  }
  return (
    <div class={css.list}>
      <h1>{session.value?.database}</h1>
      <p>{all.length === 1 ? "1 table or view" : `${all.length} tables and views`} in {objects.value.schemas.length === 1 ? "1 schema" : `${objects.value.schemas.length} schemas`}</p>
      {back.length > 0 && <><h2>Where you were</h2><Lines list={back} /></>}
      {largest.length > 0 && <><h2>Largest tables</h2><Lines list={largest} /></>}
    </div>
  );
}

function Lines({ list }: { list: typeof allObjects.value }) {
  return (
    <ul>
      {list.map((o) => (
        <li key={`${o.schema}.${o.name}`}>
          <a href={tableHref(o)}><IconTable /><div class={css.called}>{o.schema === "public" ? o.name : `${o.schema}.${o.name}`}</div><span>{o.rows !== null && `${short(o.rows)} rows`}</span><span>{o.bytes > 0 && bytes(o.bytes)}</span></a>
        </li>
      ))}
    </ul>
  );
}
