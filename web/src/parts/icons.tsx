// The icons, drawn on a grid of 16 with one stroke. They are decoration: the
// control that holds one has the words.

import type { ComponentChildren } from "preact";

function icon(children: ComponentChildren) {
  return function Icon({ size = 16, class: className }: { size?: number; class?: string }) {
    return (
      <svg class={className} width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor"
        stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">
        {children}
      </svg>
    );
  };
}

const p = (d: string) => <path d={d} />;

export const IconData = icon(<><ellipse cx="8" cy="3.8" rx="5.2" ry="1.9" />{p("M2.8 3.8v8.4c0 1 2.3 1.9 5.2 1.9s5.2-.9 5.2-1.9V3.8M2.8 8c0 1 2.3 1.9 5.2 1.9s5.2-.9 5.2-1.9")}</>);
export const IconTable = icon(<><rect x="2" y="2.5" width="12" height="11" rx="1.5" />{p("M2 6h12M2 9.75h12M6.5 6v7.5")}</>);
export const IconView = icon(<><rect x="2" y="2.5" width="12" height="11" rx="1.5" stroke-dasharray="2.2 1.6" />{p("M2 6h12")}</>);
export const IconStack = icon(p("M2 5.2 8 2l6 3.2L8 8.4zM2 8.2l6 3.2 6-3.2M2 11l6 3 6-3"));
export const IconSql = icon(<>{p("M5 6.2 7.4 8.5 5 10.8M8.8 11h2.7")}<rect x="1.8" y="2.5" width="12.4" height="11" rx="1.8" /></>);
export const IconSchema = icon(<><rect x="1.8" y="2" width="5" height="4" rx="1" /><rect x="9.2" y="10" width="5" height="4" rx="1" />{p("M4.3 6v3.2c0 1.6 1 2.8 2.6 2.8h2.3")}</>);
export const IconHistory = icon(<>{p("M4 2v12M4 4.5h8M4 8h5.5M4 11.5h7")}<circle cx="4" cy="4.5" r="1.4" fill="var(--bg)" /><circle cx="4" cy="11.5" r="1.4" fill="var(--bg)" /></>);
export const IconSearch = icon(<><circle cx="7" cy="7" r="4.3" />{p("m10.3 10.3 3.4 3.4")}</>);
export const IconFilter = icon(p("M2 4h12M4.5 8h7M6.8 12h2.4"));
export const IconColumns = icon(<><rect x="2" y="2.5" width="12" height="11" rx="1.5" />{p("M6 2.5v11M10 2.5v11")}</>);
export const IconClose = icon(p("m4 4 8 8M12 4l-8 8"));
export const IconPlus = icon(p("M8 3v10M3 8h10"));
export const IconMinus = icon(p("M3 8h10"));
export const IconCheck = icon(p("m3 8.4 3.3 3.3L13 5"));
export const IconDown = icon(p("m4 6 4 4 4-4"));
export const IconRight = icon(p("m6 4 4 4-4 4"));
export const IconLeft = icon(p("m10 4-4 4 4 4"));
export const IconArrowUp = icon(p("M8 13V3.5M4.2 7.2 8 3.4l3.8 3.8"));
export const IconArrowDown = icon(p("M8 3v9.5M4.2 8.8 8 12.6l3.8-3.8"));
export const IconToEnd = icon(p("m4.2 4.2 3.8 3.8 3.8-3.8M4 12h8"));
export const IconToStart = icon(p("m4.2 11.8 3.8-3.8 3.8 3.8M4 4h8"));
export const IconBetween = icon(p("M4 3h8M4 13h8M2.5 8h3M10.5 8h3M8 6.4v3.2"));
export const IconLink = icon(p("M6 3H3.5v9.5H13V10M9 2.5h4.5V7M13.2 2.8 7.5 8.5"));
export const IconKey = icon(<><circle cx="5" cy="8" r="2.7" />{p("M7.7 8H14M12 8v2.4")}</>);
export const IconPin = icon(p("M5.5 2.5h5l-.6 4 2.1 2.3H4l2.1-2.3zM8 8.8v5"));
export const IconRefresh = icon(p("M13 8a5 5 0 1 1-1.6-3.7M13 2.5v2.8h-2.8"));
export const IconDownload = icon(p("M8 2.5v7.6M4.8 7 8 10.2 11.2 7M2.8 13.2h10.4"));
export const IconCopy = icon(<><rect x="5.5" y="5.5" width="8" height="8" rx="1.4" />{p("M10.5 5.5V3.9c0-.8-.6-1.4-1.4-1.4H3.9c-.8 0-1.4.6-1.4 1.4v5.2c0 .8.6 1.4 1.4 1.4h1.6")}</>);
export const IconMore = icon(<><circle cx="3.5" cy="8" r=".9" fill="currentColor" /><circle cx="8" cy="8" r=".9" fill="currentColor" /><circle cx="12.5" cy="8" r=".9" fill="currentColor" /></>);
export const IconMenu = icon(p("M2.5 4.5h11M2.5 8h11M2.5 11.5h11"));
export const IconSun = icon(<><circle cx="8" cy="8" r="2.8" />{p("M8 1.8v1.4M8 12.8v1.4M1.8 8h1.4M12.8 8h1.4M3.6 3.6l1 1M11.4 11.4l1 1M12.4 3.6l-1 1M4.6 11.4l-1 1")}</>);
export const IconMoon = icon(p("M13 9.6A5.6 5.6 0 0 1 6.4 3 5.6 5.6 0 1 0 13 9.6z"));
export const IconHalf = icon(<><circle cx="8" cy="8" r="5.5" /><path d="M8 2.5a5.5 5.5 0 0 1 0 11z" fill="currentColor" /></>);
export const IconUndo = icon(p("M5.5 3 2.8 5.7l2.7 2.7M3 5.7h6.5a3.6 3.6 0 0 1 0 7.2H6"));
export const IconRedo = icon(p("m10.5 3 2.7 2.7-2.7 2.7M13 5.7H6.5a3.6 3.6 0 0 0 0 7.2H10"));
export const IconTrash = icon(p("M2.8 4.3h10.4M6 4.2V2.6h4v1.6M4.2 4.5l.6 9h6.4l.6-9"));
export const IconEdit = icon(p("m3 13 .6-2.7 7-7a1.3 1.3 0 0 1 1.9 0l.3.3a1.3 1.3 0 0 1 0 1.9l-7 7z"));
export const IconLock = icon(<><rect x="3" y="7" width="10" height="6.5" rx="1.4" />{p("M5.2 7V5.2a2.8 2.8 0 0 1 5.6 0V7")}</>);
export const IconWarn = icon(p("M8 2.6 14.2 13H1.8zM8 6.6v3M8 11.4v.1"));
export const IconInfo = icon(<><circle cx="8" cy="8" r="5.8" />{p("M8 7.4v3.4M8 5.1v.1")}</>);
export const IconClock = icon(<><circle cx="8" cy="8" r="5.8" />{p("M8 4.8V8l2.2 1.6")}</>);
export const IconSide = icon(<><rect x="2" y="2.5" width="12" height="11" rx="1.5" />{p("M10 2.5v11")}</>);
export const IconPlay = icon(p("M5 3.2v9.6l7.6-4.8z"));
export const IconStop = icon(<rect x="4" y="4" width="8" height="8" rx="1" />);
export const IconHelp = icon(<><circle cx="8" cy="8" r="5.8" />{p("M6.3 6.2A1.8 1.8 0 0 1 9.8 7c0 1.2-1.8 1.4-1.8 2.5M8 11.3v.1")}</>);

export const IconFit = icon(p("M2.5 6V3.5c0-.6.4-1 1-1H6M10 2.5h2.5c.6 0 1 .4 1 1V6M13.5 10v2.5c0 .6-.4 1-1 1H10M6 13.5H3.5c-.6 0-1-.4-1-1V10"));
export const IconTree = icon(<>{p("M4.5 4.5v7h4M4.5 6.5h4")}<circle cx="4.5" cy="3" r="1.5" /><circle cx="10.2" cy="6.5" r="1.5" /><circle cx="10.2" cy="11.5" r="1.5" /></>);
export const IconList = icon(p("M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.1M2.5 8h.1M2.5 12h.1"));
export const IconFocus = icon(<><circle cx="8" cy="8" r="2.6" />{p("M8 1.8v2.4M8 11.8v2.4M1.8 8h2.4M11.8 8h2.4")}</>);
export const IconSkip = icon(<>{p("M2.5 11c1.6-5 6.6-6.2 9.4-2.8M12.4 4.8v3.6H8.8")}</>);
export const IconUnknown = icon(<><circle cx="8" cy="8" r="5.8" stroke-dasharray="2.4 1.9" />{p("M6.3 6.2A1.8 1.8 0 0 1 9.8 7c0 1.2-1.8 1.4-1.8 2.5M8 11.3v.1")}</>);
export const IconDiff = icon(p("M8 2.5v6M5 5.5h6M5 12.5h6"));

/** Skein's mark: threads in formation. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" fill="none" stroke="var(--accent)" stroke-width="1.9"
      stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">
      <path d="M2.5 13.5 10 5l7.5 8.5" />
      <path d="M5.8 15 10 10.2l4.2 4.8" opacity=".55" />
    </svg>
  );
}
