// What floats beside something: popovers and menus. The browser's own popover
// gives the top layer and closing by Escape or a press elsewhere.

import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { keyLabel } from "../commands";
import { IconCheck } from "./icons";
import css from "./popover.module.css";

/** A place to float beside: an element's box or a point. */
export interface Spot {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export function spotOf(el: Element): Spot {
  const { left, top, right, bottom } = el.getBoundingClientRect();
  return { left, top, right, bottom };
}

interface PopoverProps {
  at: Spot;
  onClose: () => void;
  label: string;
  role?: "dialog" | "menu" | "listbox" | "tooltip";
  id?: string;
  class?: string;
  /** Does not take the focus nor close by itself. */
  passive?: boolean;
  children: ComponentChildren;
}

export function Popover({ at, onClose, label, role = "dialog", id, class: extra, passive, children }: PopoverProps) {
  const ref = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  close.current = onClose;

  useLayoutEffect(() => {
    const el = ref.current!;
    const before = document.activeElement as HTMLElement | null;
    el.showPopover();
    if (!passive) {
      const first = el.querySelector<HTMLElement>("[autofocus], [role^=menuitem]:not([aria-disabled=true]), input, select, textarea, button, a[href]");
      (first ?? el).focus({ preventScroll: true });
    }
    const toggled = (e: Event) => {
      if ((e as ToggleEvent).newState === "closed") close.current();
    };
    el.addEventListener("toggle", toggled);
    return () => {
      el.removeEventListener("toggle", toggled);
      const inside = el.contains(document.activeElement) || document.activeElement === document.body;
      if (!passive && inside && before?.isConnected) before.focus({ preventScroll: true });
    };
  }, []);

  useLayoutEffect(() => {
    const el = ref.current!;
    const place = () => {
      const gap = 4;
      const { offsetWidth: w, offsetHeight: h } = el;
      let left = at.left;
      if (left + w > innerWidth - 8) left = Math.max(8, Math.min(at.right, innerWidth - 8) - w);
      let top = at.bottom + gap;
      if (top + h > innerHeight - 8) top = at.top - gap - h >= 8 ? at.top - gap - h : Math.max(8, innerHeight - 8 - h);
      el.style.left = `${left}px`;
      el.style.top = `${top}px`;
    };
    place();
    const watch = new ResizeObserver(place);
    watch.observe(el);
    return () => watch.disconnect();
  }, [at.left, at.top, at.right, at.bottom]);

  return (
    <div ref={ref} id={id} popover={passive ? "manual" : "auto"} role={role} aria-label={label} tabIndex={-1} class={[css.pop, extra].filter(Boolean).join(" ")}>
      {children}
    </div>
  );
}

export type MenuItem =
  | { label: string; run?: () => void; href?: string; icon?: ComponentChildren; keys?: string; checked?: boolean; disabled?: string | boolean; bad?: boolean; download?: boolean }
  | { head: string }
  | "rule";

export function Menu({ at, items, label, onClose }: { at: Spot; items: MenuItem[]; label: string; onClose: () => void }) {
  const iconed = items.some((i) => typeof i === "object" && "label" in i && (i.icon || i.checked !== undefined));
  const onKeyDown = (e: KeyboardEvent) => {
    const all = [...(e.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("[role^=menuitem]")];
    const i = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: i + 1, ArrowUp: i - 1, Home: 0, End: all.length - 1 }[e.key];
    if (to !== undefined) {
      e.preventDefault();
      all[(to + all.length) % all.length]?.focus();
    } else if (e.key === "Tab") {
      e.preventDefault();
      onClose();
    } else if (e.key.length === 1 && !e.ctrlKey && !e.metaKey && !e.altKey && e.key !== " ") {
      const from = [...all.slice(i + 1), ...all.slice(0, i + 1)];
      from.find((el) => el.textContent?.trim().toLowerCase().startsWith(e.key.toLowerCase()))?.focus();
    }
  };
  return (
    <Popover at={at} onClose={onClose} label={label} role="menu">
      <div class={[css.menu, iconed && css.iconed].filter(Boolean).join(" ")} role="presentation" onKeyDown={onKeyDown}>
        {items.map((item, i) => {
          if (item === "rule") return <div key={i} class={css.rule} role="separator" />;
          if ("head" in item) return <div key={i} class={css.head} role="presentation">{item.head}</div>;
          const inner = (
            <>
              {item.checked !== undefined ? <IconCheck /> : item.icon}
              <span class={[css.label, item.bad && css.bad].filter(Boolean).join(" ")}>{item.label}</span>
              {item.keys && <span class={css.keys} aria-hidden="true">{keyLabel(item.keys)}</span>}
            </>
          );
          const props = {
            key: i,
            class: css.item,
            role: item.checked === undefined ? ("menuitem" as const) : ("menuitemcheckbox" as const),
            "aria-checked": item.checked,
            "aria-disabled": item.disabled ? true : undefined,
            "data-tip": typeof item.disabled === "string" ? item.disabled : undefined,
            tabIndex: -1,
          };
          if (item.href !== undefined && !item.disabled) {
            return <a {...props} href={item.href} download={item.download} onClick={() => setTimeout(onClose)}>{inner}</a>;
          }
          return (
            <button {...props} type="button" onClick={() => {
              if (item.disabled) return;
              onClose();
              item.run?.();
            }}>{inner}</button>
          );
        })}
      </div>
    </Popover>
  );
}

/** State for a button that opens something beside itself. */
export function usePopover<E extends HTMLElement = HTMLButtonElement>(): {
  ref: RefObject<E | null>;
  at: Spot | null;
  open: (at?: Spot) => void;
  close: () => void;
  /** For the button: its relation to what it opens, and the press. */
  trigger: { ref: RefObject<E | null>; "aria-haspopup": "menu" | "dialog"; "aria-expanded": boolean; onClick: () => void };
} {
  const ref = useRef<E>(null);
  const [at, setAt] = useState<Spot | null>(null);
  const closedAt = useRef(0);
  const close = () => {
    closedAt.current = performance.now();
    setAt(null);
  };
  const open = (spot?: Spot) => setAt(spot ?? spotOf(ref.current!));
  return {
    ref,
    at,
    open,
    close,
    trigger: {
      ref,
      "aria-haspopup": "menu",
      "aria-expanded": at !== null,
      // The press that closed it by being elsewhere is not one that opens it.
      onClick: () => (at ? close() : performance.now() - closedAt.current > 250 && open()),
    },
  };
}

/** A tooltip for everything that has data-tip. Mounted once. */
export function Tips() {
  const [tip, setTip] = useState<{ text: string; at: Spot } | null>(null);
  const id = useId();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let holder: Element | null = null;
    const hide = () => {
      clearTimeout(timer);
      holder = null;
      setTip(null);
    };
    const show = (el: Element | null, delay: number) => {
      if (el === holder) return;
      hide();
      const text = el?.getAttribute("data-tip");
      if (!el || !text) return;
      holder = el;
      timer = setTimeout(() => el.isConnected && setTip({ text, at: spotOf(el) }), delay);
    };
    const over = (e: PointerEvent) => {
      if (e.pointerType !== "touch") show((e.target as Element).closest?.("[data-tip]") ?? null, 450);
    };
    const focus = (e: FocusEvent) => {
      const el = (e.target as Element).closest?.("[data-tip]") ?? null;
      if (el?.matches(":focus-visible")) show(el, 250);
      else hide();
    };
    document.addEventListener("pointerover", over);
    document.addEventListener("pointerdown", hide, true);
    document.addEventListener("focusin", focus);
    document.addEventListener("keydown", hide, true);
    document.addEventListener("scroll", hide, true);
    return () => {
      document.removeEventListener("pointerover", over);
      document.removeEventListener("pointerdown", hide, true);
      document.removeEventListener("focusin", focus);
      document.removeEventListener("keydown", hide, true);
      document.removeEventListener("scroll", hide, true);
    };
  }, []);
  if (!tip) return null;
  return (
    <Popover key={tip.text + tip.at.left + tip.at.top} at={tip.at} onClose={() => setTip(null)} label={tip.text} role="tooltip" id={id} passive class={css.tip ?? ""}>
      {tip.text}
    </Popover>
  );
}
