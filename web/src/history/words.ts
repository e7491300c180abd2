// Times, locks and patches in words.

import type { Effect, HistoryEntry, MigrationPlan, PlanStatement, Span } from "../contract";

export function seconds(s: number): string {
  if (s < 0.095) return "<0.1 s";
  if (s < 10) return `${s.toFixed(1).replace(/\.0$/, "")} s`;
  if (s < 90) return `${Math.round(s)} s`;
  if (s < 5400) return `${Math.round(s / 60)} min`;
  return `${(s / 3600).toFixed(1).replace(/\.0$/, "")} h`;
}

export function span(t: Span): string {
  if (t.to < 0.1) return "a moment";
  const from = seconds(t.from), to = seconds(t.to);
  return from === to ? `about ${to}` : t.from < 0.1 ? `up to ${to}` : `${from} to ${to}`;
}

export const riskWord: Record<Effect["risk"], string> = { none: "harmless", moment: "a moment", busy: "takes long", blocking: "blocks" };

export const workWord: Record<Effect["work"][number]["kind"], string> = { rewrite: "rewrites", scan: "reads all of", build: "builds an index on", change: "changes rows of" };

const order: Effect["risk"][] = ["none", "moment", "busy", "blocking"];

/** The worst of several statements. */
export function worstRisk(statements: readonly PlanStatement[]): Effect["risk"] | null {
  let worst = -1;
  for (const s of statements) if (s.effect) worst = Math.max(worst, order.indexOf(s.effect.risk));
  return worst < 0 ? null : order[worst]!;
}

/** How long all work of a plan takes, and the longest that others wait. */
export function totals(plan: MigrationPlan): { takes: Span; blocks: Span } {
  const takes = { from: 0, to: 0 }, blocks = { from: 0, to: 0 };
  for (const m of plan.pending) {
    for (const s of m.statements) {
      for (const w of s.effect?.work ?? []) {
        takes.from += w.takes.from;
        takes.to += w.takes.to;
      }
      for (const l of s.effect?.locks ?? []) {
        if (l.blocks.length === 0) continue;
        blocks.from = Math.max(blocks.from, l.held.from);
        blocks.to = Math.max(blocks.to, l.held.to);
      }
    }
  }
  return { takes, blocks };
}

export interface PatchLine {
  kind: "head" | "same" | "added" | "removed";
  text: string;
}

export function patchLines(diff: string): PatchLine[] {
  return diff.replace(/\n$/, "").split("\n").map((text) => ({
    kind: /^(@@|---|\+\+\+|diff |index )/.test(text) ? "head" : text.startsWith("+") ? "added" : text.startsWith("-") ? "removed" : "same",
    text,
  }));
}

/** Milliseconds, or a text that the server gave. */
export function timeOf(when: string | number | null | undefined): number {
  return when === null || when === undefined || when === "" ? NaN : typeof when === "number" ? when : /^\d+$/.test(when) ? Number(when) : new Date(when).getTime();
}

export function day(when: string | number | null | undefined): string {
  const t = timeOf(when);
  return Number.isNaN(t) ? "" : new Date(t).toISOString().slice(0, 10);
}

/** How an entry came to be as it is without being run. */
export function markLine(m: NonNullable<HistoryEntry["mark"]>): string {
  const what = ({ baselined: "taken as applied (baseline)", reverted: "rolled back" } as Record<string, string>)[m.event] ?? m.event;
  return `${what} by ${m.by}${m.person ? ` (${m.person})` : ""} on ${day(m.at)}${m.reason ? `: ${m.reason}` : ""}`;
}
