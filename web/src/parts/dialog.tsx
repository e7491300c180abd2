// A question or a thing to look at before going on. The browser's own dialog
// holds the focus and closes by Escape.

import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { Button, IconButton } from "./controls";
import { IconClose } from "./icons";
import css from "./dialog.module.css";

interface DialogProps {
  title: string;
  onClose: () => void;
  wide?: boolean;
  foot?: ComponentChildren;
  children: ComponentChildren;
}

export function Dialog({ title, onClose, wide, foot, children }: DialogProps) {
  const id = useId();
  return (
    <Modal labelledBy={id} onClose={onClose} class={wide ? css.wide : undefined}>
      <header class={css.head}>
        <h2 id={id} class={css.title}>{title}</h2>
        <IconButton label="Close" onClick={onClose}><IconClose /></IconButton>
      </header>
      <div class={css.body}>{children}</div>
      {foot && <footer class={css.foot}>{foot}</footer>}
    </Modal>
  );
}

/** The dialog without a frame of its own; the palette is one. */
export function Modal({ labelledBy, label, onClose, class: extra, top, children }: {
  labelledBy?: string;
  label?: string;
  onClose: () => void;
  class?: string | undefined;
  top?: boolean;
  children: ComponentChildren;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  const pressed = useRef(false);
  useLayoutEffect(() => {
    const el = ref.current!;
    const before = document.activeElement as HTMLElement | null;
    el.showModal();
    return () => {
      if (before?.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog ref={ref} aria-labelledby={labelledBy} aria-label={label} class={[css.dialog, top && css.top, extra].filter(Boolean).join(" ")}
      onCancel={(e) => {
        e.preventDefault();
        onClose();
      }}
      onPointerDown={(e) => (pressed.current = e.target === ref.current)}
      onClick={(e) => {
        // A selection that is drawn from inside to beyond the edge ends there, and is no press on what is behind.
        if (e.target === ref.current && pressed.current) onClose();
      }}>
      {children}
    </dialog>
  );
}

/** A yes or no. */
export function Confirm({ title, children, yes, bad, onYes, onNo }: {
  title: string;
  children: ComponentChildren;
  yes: string;
  bad?: boolean;
  onYes: () => void;
  onNo: () => void;
}) {
  return (
    <Dialog title={title} onClose={onNo} foot={<>
      <Button look="outline" onClick={onNo}>Cancel</Button>
      <Button look={bad ? "danger" : "solid"} onClick={onYes} autofocus>{yes}</Button>
    </>}>
      {children}
    </Dialog>
  );
}
