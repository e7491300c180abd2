// Applying asks as the command line does: it shows the plan, names the database,
// and wants its name typed where it is not on this machine.

import { useEffect, useState } from "preact/hooks";
import { Button, Input } from "../parts/controls";
import { Dialog } from "../parts/dialog";
import { IconCheck, IconClock, IconPlay, IconRight, IconStop, IconWarn } from "../parts/icons";
import { Notice, ProblemNotice, Working } from "../parts/notice";
import { SqlText } from "../parts/sqltext";
import { loadObjects, session, writing } from "../session";
import { apply, applying, stop, type Applying, type Step } from "./applying";
import { PlanBody, toDo, usePlan } from "./planpage";
import { loadHistory } from "./room";
import { seconds } from "./words";
import css from "./apply.module.css";

export function ApplyDialog({ onClose }: { onClose: () => void }) {
  const a = applying.value;
  useEffect(() => {
    if (a && !a.running) {
      void loadHistory();
      void loadObjects();
    }
  }, [a?.running]);
  if (a) return <Progress a={a} onClose={onClose} />;
  return <Ask onClose={onClose} />;
}

function Ask({ onClose }: { onClose: () => void }) {
  const { plan, problem, busy } = usePlan();
  const [typed, setTyped] = useState("");
  const s = session.value;
  if (!s) return null;
  const n = plan ? toDo(plan) : 0;
  const named = s.local || typed === s.database;
  const ready = plan !== null && !busy && n > 0 && plan.status !== "refused" && writing.value && named;
  const go = () => {
    if (ready) void apply(plan.digest, [...plan.pending, ...plan.moved].map((m) => m.tag));
  };
  return (
    <Dialog title="Apply migrations" wide onClose={onClose} foot={
      <>
        <Button look="outline" onClick={onClose}>Cancel</Button>
        {writing.value && <Button look="solid" onClick={go} disabled={!ready}><IconPlay />{n > 0 ? `Apply ${n} to ${s.database}` : "Apply"}</Button>}
      </>
    }>
      <div class={css.ask}>
        {busy && <Working label="Planning" />}
        {problem && <ProblemNotice problem={problem} />}
        {!writing.value && (
          <Notice tone="warn">
            <strong>Applying is off for this run.</strong>
            <div>Start the studio again with <code>skein studio --write</code>, or apply with <code>skein migrate</code>.</div>
          </Notice>
        )}
        {plan && !busy && n === 0 && <Notice tone="good">Nothing is pending: the database is up to date.</Notice>}
        {plan && n > 0 && (
          <>
            <p class={css.where}>{n} {n === 1 ? "migration" : "migrations"} would be {plan.pending.length > 0 ? "applied to" : "recorded anew in"} <strong>{plan.database}</strong>, which is {s.local ? "on this machine" : "not on this machine"}.</p>
            <div class={css.plan} tabIndex={0} role="region" aria-label="The plan"><PlanBody plan={plan} brief /></div>
            {writing.value && !s.local && (
              <label class={css.name}>
                <span>Type <strong>{s.database}</strong> to apply to it</span>
                <Input value={typed} mono aria-label={`Type ${s.database}`} onInput={(e) => setTyped(e.currentTarget.value)} onKeyDown={(e) => {
                  if (e.key !== "Enter") return;
                  e.preventDefault(); // Or the key would press the button that is focused when it is done.
                  go();
                }} />
              </label>
            )}
          </>
        )}
      </div>
    </Dialog>
  );
}

function Progress({ a, onClose }: { a: Applying; onClose: () => void }) {
  const done = a.steps.filter((s) => s.state === "done" || s.state === "others" || s.state === "moved").length;
  const close = () => {
    if (!applying.peek()?.running) applying.value = null;
    onClose();
  };
  const title = a.running ? (a.canceling ? "Stopping" : `Applying ${Math.min(done + 1, a.steps.length)} of ${a.steps.length}`) : a.ok ? "Applied" : a.canceled ? "Stopped" : "Not all of it was applied";
  return (
    <Dialog title={title} wide onClose={close} foot={
      a.running ? (
        <>
          <span class={css.goesOn}>It goes on when this is closed.</span>
          <Button look="outline" disabled={a.canceling} onClick={() => void stop()}><IconStop />{a.canceling ? "Stopping" : "Cancel"}</Button>
        </>
      ) : <Button look="solid" onClick={close} autofocus>Close</Button>
    }>
      <div class={css.progress} role="progressbar" aria-label="Applied" aria-valuemin={0} aria-valuemax={a.steps.length} aria-valuenow={done}>
        <span style={{ width: `${(done / Math.max(1, a.steps.length)) * 100}%` }} data-bad={!a.running && !a.ok ? "" : undefined} />
      </div>
      {a.blocked && (
        <Notice tone="warn" class={css.notice}>
          <strong>Waiting for {seconds(a.blocked.waited)}</strong>
          {a.blocked.who.length > 0 ? <ul>{a.blocked.who.map((w) => <li key={w}>{w}</li>)}</ul> : <div>for a lock</div>}
        </Notice>
      )}
      {a.problem && <div class={css.notice}><ProblemNotice problem={a.problem} /></div>}
      {!a.running && a.ok && <Notice tone="good" class={css.notice}>{done} {done === 1 ? "migration is" : "migrations are"} in the database.</Notice>}
      {!a.running && !a.ok && !a.problem && <Notice tone="warn" class={css.notice}>{done} of {a.steps.length} are in the database; the rest left nothing behind.</Notice>}
      <ol class={css.steps} aria-live="polite">
        {a.steps.map((s) => <StepLine key={s.tag} s={s} />)}
      </ol>
    </Dialog>
  );
}

const words: Record<Step["state"], string> = { waiting: "waiting", running: "running", done: "applied", failed: "not applied", others: "applied by another run", moved: "recorded anew" };

function StepLine({ s }: { s: Step }) {
  const Icon = { waiting: IconClock, running: IconRight, done: IconCheck, failed: IconWarn, others: IconCheck, moved: IconCheck }[s.state];
  return (
    <li class={css[s.state]}>
      <div class={css.stepHead}><Icon size={14} /><strong>{s.tag}</strong><span>{words[s.state]}{s.took !== null ? `, ${seconds(s.took)}` : ""}</span></div>
      {s.at && <div class={css.now}><span>{s.at.number} of {s.at.total}, line {s.at.line}</span><SqlText inline sql={s.at.sql.replace(/\s+/g, " ").slice(0, 300)} /></div>}
      {s.remarks.map((r, i) => <div key={i} class={`${css.remark} ${r.tone === "warn" ? css.warn : ""}`}>{r.text}</div>)}
    </li>
  );
}
