// The editor: PostgreSQL's SQL, completion from the catalog, and errors at the
// place where they are.

import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, type Completion as Item, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { PostgreSQL, SQLDialect } from "@codemirror/lang-sql";
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, Prec, StateEffect, StateField } from "@codemirror/state";
import { Decoration, drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers, placeholder, WidgetType, type DecorationSet } from "@codemirror/view";
import { tags as t } from "@lezer/highlight";
import { useEffect, useRef } from "preact/hooks";
import type { Completion, Problem } from "../contract";
import { nonce } from "../parts/code";
import { complete } from "./complete";
import { selected, statementAt } from "./statements";
import css from "./editor.module.css";

export interface EditorHandle {
  focus: () => void;
  text: () => string;
  /** What a run is of: the selection, else the statement at the cursor. */
  target: () => { from: number; to: number; sql: string } | null;
  goTo: (pos: number) => void;
  mark: (at: { pos: number; problem: Problem } | null) => void;
  insert: (text: string) => void;
}

const setError = StateEffect.define<{ pos: number; problem: Problem } | null>();

class ErrorLine extends WidgetType {
  constructor(readonly problem: Problem) {
    super();
  }
  override eq(other: ErrorLine): boolean {
    return other.problem === this.problem;
  }
  toDOM(): HTMLElement {
    const el = document.createElement("div");
    el.className = css.error!;
    el.setAttribute("role", "alert");
    const what = el.appendChild(document.createElement("div"));
    what.textContent = this.problem.what;
    for (const text of [this.problem.detail, this.problem.hint]) {
      if (!text) continue;
      const more = el.appendChild(document.createElement("div"));
      more.className = css.hint!;
      more.textContent = text;
    }
    return el;
  }
}

const errors = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, tr) {
    for (const e of tr.effects) {
      if (!e.is(setError)) continue;
      if (!e.value) return Decoration.none;
      const doc = tr.state.doc;
      const pos = Math.min(e.value.pos, doc.length);
      const line = doc.lineAt(pos);
      const rest = doc.sliceString(pos, line.to);
      const length = /^("(?:[^"]|"")*"|[\w$]+|\S)/.exec(rest)?.[0].length ?? 0;
      const from = length > 0 ? pos : Math.max(line.from, pos - 1);
      const to = length > 0 ? pos + length : Math.max(from, Math.min(pos, line.to));
      const ranges = [Decoration.line({ class: css.errorRow! }).range(line.from)];
      if (to > from) ranges.push(Decoration.mark({ class: css.errorWord! }).range(from, to));
      ranges.push(Decoration.widget({ widget: new ErrorLine(e.value.problem), block: true, side: 1 }).range(line.to));
      return Decoration.set(ranges, true);
    }
    // What is written at another place says nothing about it; a change of its line does.
    if (tr.docChanged) {
      let touched = false;
      marks.between(0, tr.startState.doc.length, (from, to) => {
        const line = tr.startState.doc.lineAt(from);
        tr.changes.iterChangedRanges((a, b) => (touched ||= a <= Math.max(line.to, to) && b >= line.from));
      });
      return touched ? Decoration.none : marks.map(tr.changes);
    }
    return marks;
  },
  provide: (f) => EditorView.decorations.from(f),
});

const icons: Record<string, string> = { column: "property", table: "class", view: "interface", schema: "namespace", alias: "variable", function: "function", type: "type", value: "enum", keyword: "keyword" };

function completer(catalog: () => Completion | null) {
  return (c: CompletionContext): CompletionResult | null => {
    const known = catalog();
    if (!known) return null;
    const offer = complete(c.state.doc.toString(), c.pos, known, c.explicit);
    if (!offer) return null;
    const options = offer.options.map((o): Item => ({
      label: o.label, type: icons[o.kind]!, ...(o.detail ? { detail: o.detail } : {}), ...(o.boost !== undefined ? { boost: o.boost } : {}),
      apply: (view, _, from, to) => {
        const text = o.apply ?? o.label;
        view.dispatch({ changes: { from, to, insert: text }, selection: { anchor: from + text.length - (o.back ?? 0) }, userEvent: "input.complete" });
      },
    }));
    return { from: offer.from, options, validFor: /^"?[\w$]*"?$/ };
  };
}

const colours = HighlightStyle.define([
  { tag: [t.keyword, t.modifier, t.operatorKeyword], color: "var(--code-keyword)" },
  { tag: [t.string], color: "var(--code-string)" },
  { tag: [t.number, t.bool, t.null], color: "var(--code-number)" },
  { tag: [t.comment, t.lineComment, t.blockComment], color: "var(--code-comment)", fontStyle: "italic" },
  { tag: [t.typeName, t.standard(t.name)], color: "var(--code-type)" },
  { tag: [t.special(t.string), t.special(t.name)], color: "var(--code-name)" },
]);

// PostgreSQL counts these among its words, but in an application they name columns.
const names = new Set("action at c category class comment content count data day depth domain end_time g hour id index key label length level link location message method minute mode month name names number object option order_id owner parent password path position role row rows scale second section source start state status subject text title type types url user_id value version view year zone".split(" "));
const dialect = SQLDialect.define({ ...PostgreSQL.spec, keywords: (PostgreSQL.spec.keywords ?? "").split(" ").filter((w) => !names.has(w)).join(" ") });

export function Editor({ id, initial, catalog, handle, onChange, onRun, onRunAll, onExplain, onCancel }: {
  /** Another one is another text, with a history of its own. */
  id: string;
  initial: string;
  catalog: () => Completion | null;
  handle: { current: EditorHandle | null };
  onChange: (text: string) => void;
  onRun: () => void;
  onRunAll: () => void;
  onExplain: () => void;
  onCancel: () => void;
}) {
  const holder = useRef<HTMLDivElement>(null);
  const calls = useRef({ catalog, onChange, onRun, onRunAll, onExplain, onCancel });
  calls.current = { catalog, onChange, onRun, onRunAll, onExplain, onCancel };

  useEffect(() => {
    const run = (name: "onRun" | "onRunAll" | "onExplain" | "onCancel") => () => {
      calls.current[name]();
      return true;
    };
    const view = new EditorView({
      parent: holder.current!,
      state: EditorState.create({
        doc: initial,
        extensions: [
          EditorView.cspNonce.of(nonce),
          Prec.highest(keymap.of([
            { key: "Mod-Enter", run: run("onRun") }, { key: "Mod-Shift-Enter", run: run("onRunAll") }, { key: "Mod-e", run: run("onExplain") }, { key: "Mod-.", run: run("onCancel") },
            { key: "Tab", run: acceptCompletion },
          ])),
          lineNumbers(), history(), drawSelection(), bracketMatching(), closeBrackets(), highlightActiveLine(), highlightSelectionMatches(), search({ top: true }), indentUnit.of("  "),
          EditorState.allowMultipleSelections.of(true), EditorView.lineWrapping,
          dialect.language, syntaxHighlighting(colours),
          autocompletion({ override: [completer(() => calls.current.catalog())], icons: true, maxRenderedOptions: 60 }),
          keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap, indentWithTab]),
          errors,
          placeholder("select …"),
          EditorView.contentAttributes.of({ "aria-label": "SQL", spellcheck: "false", autocorrect: "off", autocapitalize: "off" }),
          EditorView.updateListener.of((u) => u.docChanged && calls.current.onChange(u.state.doc.toString())),
        ],
      }),
    });
    handle.current = {
      focus: () => view.focus(),
      text: () => view.state.doc.toString(),
      target: () => {
        const { from, to, empty } = view.state.selection.main;
        const text = view.state.doc.toString();
        return (empty ? null : selected(text, from, to)) ?? statementAt(text, view.state.selection.main.head);
      },
      goTo: (pos) => {
        view.dispatch({ selection: { anchor: Math.min(pos, view.state.doc.length) }, effects: EditorView.scrollIntoView(Math.min(pos, view.state.doc.length), { y: "center" }) });
        view.focus();
      },
      mark: (at) => view.dispatch({ effects: at ? [setError.of(at), EditorView.scrollIntoView(Math.min(at.pos, view.state.doc.length), { y: "nearest", yMargin: 40 })] : setError.of(null) }),
      insert: (text) => {
        view.dispatch(view.state.replaceSelection(text), { userEvent: "input" });
        view.focus();
      },
    };
    view.focus();
    return () => {
      handle.current = null;
      view.destroy();
    };
  }, [id]);

  return <div ref={holder} class={css.editor} data-keys="own" />;
}
