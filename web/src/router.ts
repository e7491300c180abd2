// Where the page is. The address is the state: a link to it shows the same
// again. Plain clicks on links of ours do not leave the page.

import { computed, signal } from "@preact/signals";

export interface Place {
  path: string[]; // decoded segments: /data/public/users is ["data", "public", "users"]
  query: URLSearchParams;
}

const address = signal(location.pathname + location.search);

export const place = computed<Place>(() => {
  const url = new URL(address.value, location.origin);
  return {
    path: url.pathname.split("/").filter(Boolean).map(decode),
    query: url.searchParams,
  };
});

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

export function go(to: string, how: { replace?: boolean } = {}): void {
  if (to === location.pathname + location.search) return;
  if (how.replace) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  address.value = to;
}

/** Builds an address from segments and a query; empty values are left out. */
export function href(path: string[], query: Record<string, string | string[] | undefined> = {}): string {
  const q = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const v of Array.isArray(value) ? value : [value]) if (v) q.append(name, v);
  }
  const tail = q.toString();
  return "/" + path.map(encodeURIComponent).join("/") + (tail ? "?" + tail : "");
}

addEventListener("popstate", () => {
  address.value = location.pathname + location.search;
});

document.addEventListener("click", (e) => {
  if (e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
  const a = (e.target as Element).closest?.("a");
  if (!a || a.target || a.hasAttribute("download") || a.origin !== location.origin) return;
  if (a.pathname.startsWith("/api/")) return;
  e.preventDefault();
  go(a.pathname + a.search);
});
