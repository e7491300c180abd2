// Key presses as words: "mod+shift+k".

export const isMac = /Mac|iPhone|iPad/.test(typeof navigator === "undefined" ? "" : navigator.platform);

export interface Press {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** The chord of a press, or "" for a modifier alone. Shift counts only where it does not make another character. */
export function chordOf(e: Press, mac = isMac): string {
  if (["Control", "Shift", "Alt", "Meta", "Dead", "Unidentified"].includes(e.key)) return "";
  const key = e.key === " " ? "space" : e.key.toLowerCase();
  const parts: string[] = [];
  if (mac ? e.metaKey : e.ctrlKey) parts.push("mod");
  if (mac ? e.ctrlKey : e.metaKey) parts.push(mac ? "ctrl" : "meta");
  if (e.altKey) parts.push("alt");
  if (e.shiftKey && (key.length > 1 || /[a-z]/.test(key))) parts.push("shift");
  parts.push(key);
  return parts.join("+");
}

const order = ["mod", "ctrl", "meta", "alt", "shift"];

/** Brings written keys into the order that chordOf uses. */
export function parseKeys(keys: string): string {
  return keys
    .split(" ")
    .map((chord) => {
      const parts = chord.toLowerCase().split("+");
      const key = parts.pop()!;
      return [...order.filter((m) => parts.includes(m)), key].join("+");
    })
    .join(" ");
}

/** Whether keys go into a field there. */
export function typing(target: EventTarget | null): boolean {
  const el = target as HTMLElement | null;
  return !!el?.closest?.("input, textarea, select, [contenteditable=true], [data-keys=own]");
}
