// The states of a migration against a database, each with a word, a sign, what it
// means and what to do next.

import type { ComponentType } from "preact";
import type { HistoryEntry } from "../contract";
import { IconCheck, IconClock, IconEdit, IconRefresh, IconSkip, IconUnknown, IconWarn } from "../parts/icons";
import css from "./history.module.css";

export type State = "pending" | "begun" | "skipped" | "moved" | "edited" | "unknown" | "applied";

interface Look {
  word: string;
  means: string;
  next: string;
  icon: ComponentType<{ size?: number }>;
  tone: string | undefined;
}

const looks: Record<State, Look> = {
  pending: { word: "pending", means: "The database does not have it yet.", next: "", icon: IconClock, tone: css.accent },
  begun: {
    word: "begun", means: "A part of it is in the database, the rest is not.",
    next: "Apply it: it goes on behind that part.", icon: IconWarn, tone: css.warn,
  },
  skipped: {
    word: "skipped", means: "The database does not have it, and drizzle's own migrator would pass it over: a later one is applied.",
    next: "Apply it here or by skein migrate, which run it nevertheless.", icon: IconSkip, tone: css.warn,
  },
  moved: {
    word: "moved", means: "The database ran it under the number and time that it had before skein resolve put it behind others.",
    next: "Apply: it is recorded anew, and nothing of it runs again.", icon: IconRefresh, tone: css.accent,
  },
  edited: {
    word: "edited", means: "It was applied, and changed since. It does not run again.",
    next: "Put back what was, and put what is wanted now into a new migration.", icon: IconEdit, tone: css.warn,
  },
  unknown: {
    word: "unknown", means: "The database has it, and no migration of the folder explains it.",
    next: "Another branch may have made it: get its files from there. It is left alone until then.", icon: IconUnknown, tone: css.warn,
  },
  applied: { word: "applied", means: "The database has it, as the file says.", next: "", icon: IconCheck, tone: css.good },
};

/** The states, those first that want something done. */
export const states = Object.keys(looks) as State[];

/** The state that is shown for an entry: what is begun is more than pending. */
export function stateOf(e: HistoryEntry): State {
  const open = e.state === "pending" || e.state === "skipped";
  return e.begun && open ? "begun" : (e.state as State);
}

/** Whether applying does something about an entry. */
export function waits(e: HistoryEntry): boolean {
  return e.state === "pending" || e.state === "skipped" || e.state === "moved";
}

export function lookOf(state: State): Look {
  return looks[state];
}

export function StateWord({ state }: { state: State }) {
  const l = lookOf(state);
  return <span class={`${css.word} ${l.tone}`} data-tip={l.means} tabIndex={0}><l.icon size={13} />{l.word}</span>;
}
