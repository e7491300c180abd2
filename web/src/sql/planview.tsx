// A plan as a tree: what took the time stands out, and what the planner did not
// expect is said.

import { useMemo, useState } from "preact/hooks";
import type { Explain } from "../contract";
import { Button } from "../parts/controls";
import { bytes, count, millis, short } from "../parts/format";
import { IconCopy, IconDown, IconRight, IconWarn } from "../parts/icons";
import { say } from "../parts/notice";
import { Tabs } from "../parts/tabs";
import { offBy, planText, summarize, type PlanStep, type PlanSummary } from "./plan";
import css from "./plan.module.css";

type Face = "tree" | "text" | "json";

export function PlanView({ explain, rolledBack }: { explain: Explain; rolledBack: boolean }) {
  const [face, setFace] = useState<Face>("tree");
  const s = useMemo(() => summarize(explain.plan[0]!), [explain]);
  const text = explain.text || planText(s);
  const json = useMemo(() => JSON.stringify(explain.plan, null, 2), [explain]);
  const copy = (what: string, name: string) => void navigator.clipboard.writeText(what).then(() => say(`${name} copied`));
  return (
    <div class={css.plan}>
      <div class={css.bar}>
        <Tabs label="The plan" now={face} onPick={setFace} tabs={[{ id: "tree", label: "Tree" }, { id: "text", label: "Text" }, { id: "json", label: "JSON" }]} />
        <Numbers s={s} />
        {rolledBack && <span class={css.quiet}>It was run, and rolled back</span>}
        <Button small onClick={() => (face === "json" ? copy(json, "JSON") : copy(text, "Plan"))}><IconCopy size={14} />Copy</Button>
      </div>
      <div class={css.body} tabIndex={0} role="tabpanel" aria-label="The plan">
        {face === "tree" ? <Tree s={s} /> : <pre class={css.text}>{face === "text" ? text : json}</pre>}
      </div>
    </div>
  );
}

function Numbers({ s }: { s: PlanSummary }) {
  const read = s.steps.reduce((sum, x) => sum + x.buffers.read, 0);
  const hit = s.steps.reduce((sum, x) => sum + x.buffers.hit, 0);
  return (
    <dl class={css.numbers}>
      {s.execution !== null && <div><dt>ran</dt><dd>{millis(s.execution)}</dd></div>}
      {s.planning !== null && <div><dt>planned</dt><dd>{millis(s.planning)}</dd></div>}
      {!s.analyzed && <div><dt>cost</dt><dd>{count(Math.round(s.total))}</dd></div>}
      {hit + read > 0 && <div data-tip={`${count(hit)} pages were in memory, ${count(read)} were read`}><dt>pages</dt><dd>{bytes((hit + read) * 8192)}{read > 0 ? `, ${Math.round((read / (hit + read)) * 100)}% read` : ""}</dd></div>}
    </dl>
  );
}

function Tree({ s }: { s: PlanSummary }) {
  const [closed, setClosed] = useState<ReadonlySet<number>>(new Set());
  const worst = s.steps.find((x) => x.worst);
  const toggle = (id: number) => setClosed((now) => {
    const next = new Set(now);
    if (!next.delete(id)) next.add(id);
    return next;
  });
  const shown: PlanStep[] = [];
  const walk = (x: PlanStep) => {
    shown.push(x);
    if (!closed.has(x.id)) x.children.forEach(walk);
  };
  walk(s.root);
  return (
    <>
      {worst && (
        <p class={css.verdict}>
          <IconWarn size={14} />
          <span><strong>{worst.title}{worst.on ? ` ${worst.on}` : ""}</strong> takes {Math.round(worst.share * 100)}% of the {s.analyzed ? "time" : "cost"}{advice(worst)}.</span>
        </p>
      )}
      <ul class={css.tree} aria-label="Steps of the plan">
        {shown.map((x) => <Step key={x.id} x={x} s={s} open={!closed.has(x.id)} onToggle={() => toggle(x.id)} />)}
      </ul>
      {s.triggers.length > 0 && (
        <ul class={css.triggers}>{s.triggers.map((t) => <li key={t.name}>Trigger {t.name}: {millis(t.ms)}, {count(t.calls)} calls</li>)}</ul>
      )}
    </>
  );
}

/** What is behind it, where that can be said from the plan alone. */
function advice(x: PlanStep): string {
  if (/Seq Scan/.test(x.title) && x.removed > 1000 && x.removed > (x.rows ?? 0) * 10) return `: it reads ${short(x.removed + (x.rows ?? 0))} rows to keep ${short(x.rows ?? 0)}; an index on what it filters by would help`;
  const disk = x.facts.find(([name, value]) => name === "Sort method" && value.includes("disk"));
  if (disk) return ": it sorts on disk; more work_mem, or an index in that order, would help";
  if (Math.abs(x.off) >= 100) return `: it gave ${short(x.rows ?? 0)} rows where ${short(x.estimated)} were expected`;
  if (x.loops > 1000) return `: it runs ${short(x.loops)} times`;
  return "";
}

function Step({ x, s, open, onToggle }: { x: PlanStep; s: PlanSummary; open: boolean; onToggle: () => void }) {
  const off = Math.abs(x.off) >= offBy;
  const share = Math.round(x.share * 1000) / 10;
  return (
    <li class={[css.step, x.worst && css.worst, x.never && css.never].filter(Boolean).join(" ")} style={{ "--depth": x.depth } as Record<string, number>} aria-level={x.depth + 1}>
      <div class={css.main}>
        {x.children.length > 0 ? (
          <button type="button" class={css.fold} aria-label={open ? `Fold ${x.title}` : `Unfold ${x.title}`} aria-expanded={open} onClick={onToggle}>{open ? <IconDown size={12} /> : <IconRight size={12} />}</button>
        ) : <span class={css.fold} />}
        <div class={css.what}>
          {x.role && <div class={css.role}>{x.role}</div>}
          <div class={css.title}>
            <strong>{x.title}</strong> {x.on && <span class={css.on}>{x.on}</span>}
            {x.never && <span class={css.tag}>never ran</span>}
            {x.worst && <span class={`${css.tag} ${css.bad}`}>most of the {s.analyzed ? "time" : "cost"}</span>}
          </div>
          {x.facts.length > 0 && <dl class={css.facts}>{x.facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>}
        </div>
      </div>
      <div class={css.share} data-tip={`by itself ${s.analyzed ? millis(x.own) : count(Math.round(x.own))}, with all below ${s.analyzed ? millis(x.all) : count(Math.round(x.all))}`}>
        <span class={css.meter} aria-hidden="true"><span style={{ width: `${Math.max(x.share > 0.001 ? 1.5 : 0, x.share * 100)}%` }} /></span>
        <span class={css.figure}>{s.analyzed ? millis(x.own) : count(Math.round(x.own))}</span>
        <span class={css.percent}>{share < 0.1 ? "" : `${share < 10 ? share.toFixed(1) : Math.round(share)}%`}</span>
      </div>
      <div class={css.rows}>
        {x.rows !== null ? (
          <>
            <span>{short(x.rows)} {x.rows === 1 ? "row" : "rows"}</span>
            <span class={off ? css.off : css.quiet} data-tip={`${count(Math.round(x.estimated))} were expected`}>
              {x.never ? "" : off ? `${short(Math.abs(x.off))}× ${x.off > 0 ? "more" : "fewer"} than expected` : `${short(x.estimated)} expected`}
            </span>
          </>
        ) : <span>{short(x.estimated)} rows expected</span>}
        {x.loops > 1 && <span class={css.quiet}>{short(x.loops)} loops</span>}
        {x.buffers.hit + x.buffers.read > 0 && <span class={css.quiet} data-tip={`${count(x.buffers.hit)} pages in memory, ${count(x.buffers.read)} read`}>{bytes((x.buffers.hit + x.buffers.read) * 8192)}</span>}
        {x.buffers.temp > 0 && <span class={css.off}>{bytes(x.buffers.temp * 8192)} on disk</span>}
      </div>
    </li>
  );
}
