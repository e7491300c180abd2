// The palette: every table and every command, found by a few letters.

import { signal } from "@preact/signals";
import { useMemo, useState } from "preact/hooks";
import { allCommands, keyLabel, type Command } from "./commands";
import { Modal } from "./parts/dialog";
import { short } from "./parts/format";
import { IconRight, IconSearch, IconTable, IconView } from "./parts/icons";
import { score } from "./parts/match";
import { VirtualList } from "./parts/virtual";
import { go, href } from "./router";
import { allObjects, type NamedObject } from "./session";
import css from "./palette.module.css";

export const paletteOpen = signal(false);

type Entry = { command: Command } | { object: NamedObject };

function find(query: string): Entry[] {
  const commandsOnly = query.startsWith(">");
  const q = commandsOnly ? query.slice(1) : query;
  const found: { entry: Entry; s: number }[] = [];
  if (!commandsOnly) {
    for (const object of allObjects.value) {
      const s = score(q, object.schema === "public" ? object.name : `${object.schema}.${object.name}`);
      if (s >= 0) found.push({ entry: { object }, s: s + (object.kind === "partition" ? -8 : 4) });
    }
  }
  for (const command of allCommands()) {
    if (command.id === "app.palette") continue;
    const s = score(q, `${command.title} ${command.group} ${command.words ?? ""}`);
    if (s >= 0) found.push({ entry: { command }, s });
  }
  if (q.trim()) found.sort((a, b) => b.s - a.s);
  return found.map((f) => f.entry);
}

export function Palette() {
  if (!paletteOpen.value) return null;
  return <Open />;
}

function Open() {
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const entries = useMemo(() => find(query), [query, allObjects.value]);
  const close = () => (paletteOpen.value = false);
  const run = (entry: Entry | undefined) => {
    if (!entry) return;
    close();
    // After the dialog has given the focus back, or it would take it from what the command opens.
    setTimeout(() => ("command" in entry ? entry.command.run() : go(href(["data", entry.object.schema, entry.object.name]))));
  };
  const onKeyDown = (e: KeyboardEvent) => {
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 8, PageUp: at - 8 }[e.key];
    if (to !== undefined) {
      e.preventDefault();
      setAt(Math.max(0, Math.min(entries.length - 1, to)));
    } else if (e.key === "Enter" && !e.isComposing) {
      e.preventDefault();
      run(entries[at]);
    }
  };
  return (
    <Modal label="Find a table or a command" onClose={close} top>
      <div class={css.field}>
        <IconSearch />
        <input class={css.input} role="combobox" aria-expanded="true" aria-controls="palette-list" aria-activedescendant={entries.length ? `palette-${at}` : undefined}
          aria-label="Find a table or a command" placeholder="Find a table or a command" autofocus spellcheck={false} autocomplete="off" value={query}
          onInput={(e) => {
            setQuery(e.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown} />
      </div>
      {entries.length === 0 && <div class={css.none}>Nothing is called “{query}”.</div>}
      <VirtualList id="palette-list" role="listbox" label="Tables and commands" class={css.list} items={entries} height={38} reveal={at}
        keyOf={(e) => ("command" in e ? e.command.id : `${e.object.schema}.${e.object.name}`)}
        render={(e, i) => (
          <div id={`palette-${i}`} role="option" aria-selected={i === at} class={css.item} onPointerMove={() => i !== at && setAt(i)} onClick={() => run(e)}>
            {"command" in e ? (
              <>
                <IconRight />
                <span class={css.title}>{e.command.title}</span>
                <span class={css.hint}>{e.command.keys ? keyLabel(e.command.keys) : e.command.group}</span>
              </>
            ) : (
              <>
                {e.object.kind.endsWith("view") ? <IconView /> : <IconTable />}
                <span class={css.title}>{e.object.schema !== "public" && <span>{e.object.schema}.</span>}{e.object.name}</span>
                <span class={css.hint}>{e.object.rows !== null ? `${short(e.object.rows)} rows` : e.object.kind}</span>
              </>
            )}
          </div>
        )} />
    </Modal>
  );
}
