// An editor for JSON and plain text, a bundle of its own: import() it.

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { json, jsonParseLinter } from "@codemirror/lang-json";
import { bracketMatching, foldGutter, foldKeymap, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "preact/hooks";

export const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";

/** The look of every editor here: the page's tokens, so that it follows the theme. */
export const codeTheme = [
  EditorView.theme({
    "&": { height: "100%", backgroundColor: "var(--bg-field)", color: "var(--ink)", fontSize: "12.5px" },
    "&.cm-focused": { outline: "none" },
    ".cm-scroller": { fontFamily: "var(--font-data)", lineHeight: "1.6", fontVariantLigatures: "none" },
    ".cm-content": { caretColor: "var(--accent)", padding: "8px 0" },
    ".cm-cursor": { borderLeftColor: "var(--accent)", borderLeftWidth: "2px" },
    ".cm-gutters": { backgroundColor: "transparent", color: "var(--ink-3)", border: "none", paddingLeft: "6px" },
    ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--bg-hover) 55%, transparent)" },
    "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--select)" },
    ".cm-matchingBracket": { backgroundColor: "var(--accent-soft)", outline: "1px solid var(--accent-line)" },
    ".cm-foldPlaceholder": { backgroundColor: "var(--bg-hover)", border: "none", color: "var(--ink-3)" },
    ".cm-panels": { backgroundColor: "var(--bg-side)", color: "var(--ink)" },
    ".cm-tooltip": { border: "none", borderRadius: "8px", backgroundColor: "var(--bg-raised)", boxShadow: "var(--shadow-pop)" },
  }),
  syntaxHighlighting(
    HighlightStyle.define([
      { tag: [tags.keyword, tags.operatorKeyword], color: "var(--code-keyword)" },
      { tag: [tags.string, tags.special(tags.string)], color: "var(--code-string)" },
      { tag: [tags.number, tags.bool, tags.null], color: "var(--code-number)" },
      { tag: [tags.comment], color: "var(--code-comment)" },
      { tag: [tags.propertyName, tags.name], color: "var(--code-name)" },
      { tag: [tags.typeName, tags.standard(tags.name)], color: "var(--code-type)" },
    ]),
  ),
];

interface CodeProps {
  value: string;
  language: "json" | "text";
  readOnly?: boolean;
  label: string;
  onChange?: (text: string, problem: string | null) => void;
}

export default function Code({ value, language, readOnly, label, onChange }: CodeProps) {
  const box = useRef<HTMLDivElement>(null);
  const told = useRef(onChange);
  told.current = onChange;
  useEffect(() => {
    const lint = jsonParseLinter();
    const view = new EditorView({
      parent: box.current!,
      state: EditorState.create({
        doc: value,
        extensions: [
          EditorView.cspNonce.of(nonce),
          lineNumbers(), history(), drawSelection(), bracketMatching(), indentOnInput(), highlightActiveLine(), foldGutter(),
          keymap.of([...defaultKeymap, ...historyKeymap, ...foldKeymap, ...searchKeymap, ...(readOnly ? [] : [indentWithTab])]),
          language === "json" ? json() : [], EditorView.lineWrapping,
          EditorState.readOnly.of(readOnly ?? false),
          EditorView.contentAttributes.of({ "aria-label": label }),
          codeTheme,
          EditorView.updateListener.of((u) => {
            if (u.docChanged) told.current?.(u.state.doc.toString(), language === "json" ? (lint(u.view)[0]?.message ?? null) : null);
          }),
        ],
      }),
    });
    if (!readOnly) view.focus();
    return () => view.destroy();
  }, [language, readOnly]);
  return <div ref={box} data-keys="own" style={{ height: "100%", minHeight: 0, overflow: "hidden" }} />;
}
