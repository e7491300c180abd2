// The frame around the rooms: the bar at the top, the palette, notices; and
// which room the address is in.

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { away } from "./api";
import { allCommands, keyLabel, useCommands } from "./commands";
import { Palette, paletteOpen } from "./palette";
import { IconButton } from "./parts/controls";
import { Dialog } from "./parts/dialog";
import { IconData, IconHalf, IconHelp, IconHistory, IconLock, IconMoon, IconRefresh, IconSchema, IconEdit, IconSearch, IconSql, IconSun, Mark } from "./parts/icons";
import { ProblemNotice, Toasts, Working } from "./parts/notice";
import { Menu, Popover, Tips, usePopover } from "./parts/popover";
import { go, place } from "./router";
import { loadObjects, look, session, trouble, writing } from "./session";
import { setTheme, theme, type Theme } from "./theme";
import css from "./app.module.css";

interface Room {
  id: string;
  title: string;
  keys: string;
  icon: ComponentType<{ size?: number }>;
  load: () => Promise<{ default: ComponentType }>;
}

// A room is a bundle of its own, so that the first one is there soon.
export const rooms: Room[] = [
  { id: "data", title: "Data", keys: "g d", icon: IconData, load: () => import("./data/room") },
  { id: "sql", title: "SQL", keys: "g s", icon: IconSql, load: () => import("./sql/room") },
  { id: "schema", title: "Schema", keys: "g m", icon: IconSchema, load: () => import("./schema/room") },
  { id: "history", title: "History", keys: "g h", icon: IconHistory, load: () => import("./history/room") },
];

const roomOf = (path: string[]): Room => rooms.find((r) => r.id === path[0]) ?? rooms[0]!;
void roomOf(place.peek().path).load();

/** The last address in each room, so that going back to one finds it as it was left. */
const left = new Map<string, string>();

const loaded = new Map<string, ComponentType>();

export function App() {
  const room = roomOf(place.value.path);
  const { id } = room;
  left.set(id, location.pathname + location.search);
  const [, again] = useState(0);
  const [helping, setHelping] = useState(false);
  const Inside = loaded.get(id);

  useEffect(() => {
    if (loaded.has(id)) return;
    void room.load().then((m) => {
      loaded.set(id, m.default);
      again((n) => n + 1);
    });
  }, [id]);
  useEffect(() => {
    const database = session.value?.database;
    document.title = [place.value.path.slice(1).join("."), room.title, database].filter(Boolean).join(" · ");
  });

  useCommands(() => [
    { id: "app.palette", title: "Find a table or a command", group: "Go", keys: "mod+k", always: true, run: () => (paletteOpen.value = !paletteOpen.value) },
    ...rooms.map((r) => ({ id: `app.${r.id}`, title: `Go to ${r.title}`, group: "Go", keys: r.keys, run: () => go(left.get(r.id) ?? `/${r.id}`) })),
    { id: "app.light", title: "Light theme", group: "Look", run: () => setTheme("light") },
    { id: "app.dark", title: "Dark theme", group: "Look", run: () => setTheme("dark") },
    { id: "app.system", title: "Theme of the system", group: "Look", run: () => setTheme("system") },
    { id: "app.refresh", title: "Read the list of tables again", group: "Go", run: () => void loadObjects() },
    { id: "app.keys", title: "Show the keys", group: "Help", keys: "?", run: () => setHelping(true) },
  ]);

  return (
    <div class={css.app}>
      <TopBar now={id} onHelp={() => setHelping(true)} />
      <main class={css.main}>
        {(away.value ?? trouble.value) && (
          <div class={css.banner}>
            <ProblemNotice problem={(away.value ?? trouble.value)!} action={<IconButton label="Try again" onClick={() => void look()}><IconRefresh /></IconButton>} />
          </div>
        )}
        <div class={css.inside}>{Inside ? <Inside /> : <Working />}</div>
      </main>
      <Palette />
      {helping && <Keys onClose={() => setHelping(false)} />}
      <Tips />
      <Toasts />
    </div>
  );
}

function TopBar({ now, onHelp }: { now: string; onHelp: () => void }) {
  return (
    <header class={css.top}>
      <div class={css.home}>
        <Mark />
        <Connection />
      </div>
      <nav class={css.rooms} aria-label="Rooms">
        {rooms.map((r) => (
          <a key={r.id} class={css.room} href={left.get(r.id) ?? `/${r.id}`} aria-current={r.id === now ? "page" : undefined}>
            <r.icon />
            {r.title}
          </a>
        ))}
      </nav>
      <div class={css.gap} />
      <WritePill />
      <button type="button" class={css.find} data-tip="Find a table or a command" onClick={() => (paletteOpen.value = true)}>
        <IconSearch />
        <span>Find</span>
        <kbd aria-hidden="true">{keyLabel("mod+k")}</kbd>
      </button>
      <ThemeMenu />
      <IconButton label="Keys" tip="Keys (?)" onClick={onHelp}><IconHelp /></IconButton>
    </header>
  );
}

function Connection() {
  const pop = usePopover();
  const s = session.value;
  if (!s) return <span class={css.host}>connecting</span>;
  return (
    <>
      <button type="button" {...pop.trigger} aria-haspopup="dialog" class={css.place} data-tip="The connection">
        <span class={css.database}>{s.database}</span>
        <span class={css.host}>{s.kube ? "kubernetes" : s.host}</span>
      </button>
      {pop.at && (
        <Popover at={pop.at} onClose={pop.close} label="Connection">
          <dl class={css.facts}>
            <dt>Database</dt><dd>{s.database}</dd>
            <dt>Host</dt><dd>{s.host}{s.port ? `:${s.port}` : ""}{s.local ? " (local)" : ""}</dd>
            {s.kube && Object.entries(s.kube).map(([k, v]) => [<dt key={k}>{k}</dt>, <dd key={k + "v"}>{v}</dd>])}
            <dt>User</dt><dd>{s.user}</dd>
            <dt>PostgreSQL</dt><dd>{s.server}</dd>
            <dt>Time zone</dt><dd>{s.timezone}</dd>
            {s.project && <><dt>Migrations</dt><dd>{s.project.folder}</dd></>}
            <dt>Skein</dt><dd>{s.version}</dd>
          </dl>
        </Popover>
      )}
    </>
  );
}

function WritePill() {
  const s = session.value;
  if (!s) return null;
  return writing.value ? (
    <span class={`${css.pill} ${css.write}`} data-tip={s.writeWhy} tabIndex={0}><IconEdit size={12} />Editing</span>
  ) : (
    <span class={css.pill} data-tip={s.writeWhy} tabIndex={0}><IconLock size={12} />Read only</span>
  );
}

const themes: [Theme, string][] = [["system", "As the system"], ["light", "Light"], ["dark", "Dark"]];

function ThemeMenu() {
  const pop = usePopover();
  const Icon = { system: IconHalf, light: IconSun, dark: IconMoon }[theme.value];
  return (
    <>
      <IconButton label="Theme" {...pop.trigger}><Icon /></IconButton>
      {pop.at && <Menu at={pop.at} onClose={pop.close} label="Theme" items={themes.map(([id, label]) => ({ label, checked: theme.value === id, run: () => setTheme(id) }))} />}
    </>
  );
}

function Keys({ onClose }: { onClose: () => void }) {
  const groups = new Map<string, [string, string][]>();
  for (const c of allCommands()) {
    if (c.keys) groups.set(c.group, [...(groups.get(c.group) ?? []), [c.title, c.keys]]);
  }
  return (
    <Dialog title="Keys" wide onClose={onClose}>
      <div class={css.keys}>
        {[...groups].map(([group, items]) => (
          <section key={group}>
            <h3>{group}</h3>
            <ul>{items.map(([title, keys]) => <li key={title}>{title}<kbd>{keyLabel(keys)}</kbd></li>)}</ul>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
