// What can be done here and now, in one list: the palette shows it, the keyboard
// reaches it. A room adds its commands while it is on the screen.

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { chordOf, isMac, parseKeys, typing } from "./parts/keys";

export interface Command {
  id: string; // room.verb, such as data.filter
  title: string;
  group: string;
  /** A chord ("mod+shift+f", "?") or a sequence of two ("g d"). `mod` is Cmd on a Mac, Ctrl elsewhere. */
  keys?: string;
  /** More words that the palette should find it by. */
  words?: string;
  /** Runs even while somebody types in a field. */
  always?: boolean;
  run: () => void;
}

type Source = () => Command[];

const sources = signal<Source[]>([]);

export function allCommands(): Command[] {
  return sources.value.flatMap((s) => s());
}

/** Adds commands until the returned function is called. */
export function provide(source: Source): () => void {
  sources.value = [...sources.peek(), source];
  return () => {
    sources.value = sources.peek().filter((s) => s !== source);
  };
}

/** Adds commands while the component lives; they may use what it renders with. */
export function useCommands(source: Source): void {
  const now = useRef(source);
  now.current = source;
  useEffect(() => provide(() => now.current()), []);
}

let half = ""; // the first chord of a sequence that has begun
let halfTimer: ReturnType<typeof setTimeout> | undefined;

addEventListener("keydown", (e) => {
  if (e.defaultPrevented || e.isComposing) return;
  const chord = chordOf(e);
  if (!chord) return;
  // A menu has keys of its own, and Escape closes it.
  const busy = typing(e.target) || document.querySelector("dialog[open], [popover=auto]:popover-open") !== null;
  const sequence = half ? half + " " + chord : chord;
  clearTimeout(halfTimer);
  half = "";
  let begins = false;
  for (const c of allCommands()) {
    if (!c.keys || (busy && !c.always)) continue;
    const keys = parseKeys(c.keys);
    if (keys === sequence || keys === chord) {
      e.preventDefault();
      c.run();
      return;
    }
    if (keys.startsWith(chord + " ")) begins = true;
  }
  if (begins) {
    half = chord;
    halfTimer = setTimeout(() => (half = ""), 1200);
  }
});

/** Keys as people read them: "⌘K", "Ctrl K", "G then D". */
export function keyLabel(keys: string): string {
  const names: Record<string, string> = isMac
    ? { mod: "⌘", shift: "⇧", alt: "⌥", enter: "↩", escape: "Esc", backspace: "⌫", delete: "⌦", space: "Space" }
    : { mod: "Ctrl", shift: "Shift", alt: "Alt", enter: "Enter", escape: "Esc", backspace: "Backspace", delete: "Del", space: "Space" };
  return keys
    .split(" ")
    .map((chord) =>
      chord
        .split("+")
        .map((k) => names[k] ?? (k.length === 1 ? k.toUpperCase() : k.replace("arrow", "")))
        .join(isMac ? "" : " "),
    )
    .join(" then ");
}
