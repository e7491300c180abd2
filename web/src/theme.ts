// Light, dark, or as the system has it.

import { signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";

// A cookie, because it holds for every port of this host and can be read
// before the first paint.
const cookie = "skein-theme";

function read(): Theme {
  const found = new RegExp(`(?:^|; )${cookie}=(light|dark)`).exec(document.cookie);
  return (found?.[1] as Theme | undefined) ?? "system";
}

export const theme = signal<Theme>(read());

theme.subscribe((t) => {
  if (t === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = t;
});

export function setTheme(t: Theme): void {
  theme.value = t;
  document.cookie = `${cookie}=${t}; path=/; SameSite=Strict; max-age=${t === "system" ? 0 : 31536000}`;
}
