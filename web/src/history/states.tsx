// The states of a migration against a database, each with a word, a sign and
// what it means.

import type { ComponentType } from "preact";
import { IconCheck, IconClock, IconEdit, IconSkip, IconUnknown, IconWarn } from "../parts/icons";
import css from "./history.module.css";

interface Look {
  word: string;
  means: string;
  icon: ComponentType<{ size?: number }>;
  tone: string | undefined;
}

const looks: Record<string, Look> = {
  applied: { word: "applied", means: "The database has it, as the file says.", icon: IconCheck, tone: css.good },
  pending: { word: "pending", means: "The database does not have it yet.", icon: IconClock, tone: css.accent },
  skipped: { word: "skipped", means: "The database does not have it, and drizzle's own migrator would pass it over: a later one is applied.", icon: IconSkip, tone: css.warn },
  edited: { word: "edited", means: "It was applied, and the file was changed since.", icon: IconEdit, tone: css.warn },
  partial: { word: "begun", means: "A part of it is in the database; applying goes on from there.", icon: IconWarn, tone: css.warn },
  unknown: { word: "unknown", means: "The database has it, but no migration of the folder explains it.", icon: IconUnknown, tone: css.warn },
};

export function lookOf(state: string): Look {
  return looks[state] ?? { word: state, means: "", icon: IconUnknown, tone: css.warn };
}

export function StateWord({ state }: { state: string }) {
  const l = lookOf(state);
  return <span class={`${css.word} ${l.tone}`} data-tip={l.means} tabIndex={0}><l.icon size={13} />{l.word}</span>;
}
