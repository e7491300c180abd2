package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/skein-db/skein/internal/migrate"
	"github.com/skein-db/skein/internal/radius"
	"github.com/skein-db/skein/internal/standing"
)

// A plan is shown in full only when a person can read it.
const (
	shownSteps      = 20
	shownStatements = 8
)

func (a *app) showPlan(r *migrateResult) {
	if a.json {
		return
	}
	p := a.outPaint()
	a.print("%s: %s\n\n", p.bold(r.Database), countsText(r.Counts))
	hidden := 0
	for i, step := range r.Pending {
		if i >= shownSteps && !r.noticed(i) {
			hidden++
			continue
		}
		a.print("%s", stepText(step, len(r.Pending) <= shownSteps/2 && r.quiet(), a.outWidth(), p))
		if !r.quiet() {
			a.print("%s", effectsText(&r.Radius.Migrations[i], a.outWidth(), p))
		}
	}
	if hidden > 0 {
		a.print("  %s\n", p.faint(fmt.Sprintf("… and %d more (--dry-run prints them all)", hidden)))
	}
	for _, m := range r.Moved {
		a.print("  %s  %s\n    %s\n", m.Tag, p.yellow("moved: it is recorded under the number that it has now, and nothing of it is run"), p.faint(m.Note))
	}
	if r.Radius != nil {
		a.print("%s", aroundText(r.Radius, a.outWidth(), p))
	}
	a.print("\n")
}

// quiet says that there is nothing to be told of effects: nobody uses the
// database, or it could not be looked at.
func (r *migrateResult) quiet() bool { return r.Radius == nil || r.Radius.Empty }

// noticed says whether others notice a migration.
func (r *migrateResult) noticed(i int) bool {
	return !r.quiet() && slices.ContainsFunc(r.Radius.Migrations[i].Statements, func(s radius.Statement) bool {
		return s.Risk == radius.Blocking || s.Risk == radius.Busy
	})
}

// stepText is a migration of a plan, with its statements if wanted.
func stepText(step standing.Step, statements bool, width int, p paint) string {
	var b strings.Builder
	why := ""
	if step.Skipped {
		why = "  " + p.yellow("drizzle's own migrator would skip it")
	}
	fmt.Fprintf(&b, "  %s  %s%s\n", step.Tag, p.faint(count(len(step.Statements), "statement")), why)
	for _, note := range step.Notes {
		fmt.Fprintf(&b, "    %s\n", p.yellow(note))
	}
	return b.String() + stepStatements(step.Statements, statements, width, p)
}

// stepStatements lists statements, if wanted.
func stepStatements(statements []standing.Statement, wanted bool, width int, p paint) string {
	var b strings.Builder
	if !wanted {
		return ""
	}
	for i, s := range statements {
		if i == shownStatements {
			fmt.Fprintf(&b, "    %s\n", p.faint(fmt.Sprintf("… and %d more", len(statements)-i)))
			break
		}
		b.WriteString(fit("    "+p.faint(oneLine(s.SQL)), width) + "\n")
	}
	return b.String()
}

// migrateWatch turns the events of a run into lines.
type migrateWatch struct {
	app    *app
	result *migrateResult
	widest int    // of the tags
	word   string // for what is done, "" for applied
	done   func()
}

func (w *migrateWatch) event(event migrate.Event) {
	switch e := event.(type) {
	case migrate.LockWait:
		w.waiting(e)
	case migrate.MigrationStart:
		w.end()
		w.done = w.app.working("%d of %d: %s", e.Number, e.Total, e.Tag)
	case migrate.Blocked:
		w.app.note("%s waits for a lock since %s\n%s", e.Tag, short(e.Waited), blockersText(e.Blockers))
	case migrate.Retry:
		w.app.note("%s got no lock: %s\n%s  it holds nothing now; retry %d of %d in %s\n", e.Tag, e.Reason, blockersText(e.Blockers), e.Number, e.Max, short(e.Pause))
	case migrate.Cleared:
		w.app.note("%s: an earlier attempt had left something that is of no use: %s\n", e.Tag, e.SQL)
	case migrate.Found:
		w.app.note("%s: what an earlier run had begun in line %d came through, as the catalog shows\n", e.Tag, e.Line)
	case migrate.Reconnected:
		w.app.note("%s: the connection was lost while it was being committed; a new one shows that it was\n", e.Tag)
	case migrate.Notice:
		w.app.note("%s: %s: %s\n", e.Tag, strings.ToLower(e.Severity), e.Message)
	case migrate.MigrationEnd:
		w.end()
		if e.Err != nil || e.ByOthers {
			return
		}
		w.result.Applied = append(w.result.Applied, appliedObject{Tag: e.Tag, Milliseconds: e.Duration.Milliseconds()})
		if !w.app.json {
			p := w.app.outPaint()
			w.app.print("  %s %-*s  %s\n", p.green(orElse(w.word, "applied")), w.widest, e.Tag, p.faint(short(e.Duration)))
		}
	}
}

func (w *migrateWatch) waiting(e migrate.LockWait) {
	who := ""
	for _, h := range e.Holders {
		who += ": " + h.String()
	}
	w.app.note("waiting since %s for another run of migrate%s\n", short(e.Waited), who)
}

func blockersText(blockers []migrate.Blocker) string {
	var b strings.Builder
	for _, one := range blockers {
		fmt.Fprintf(&b, "  in the way: %s\n", one)
	}
	return b.String()
}

// end takes the progress line away.
func (w *migrateWatch) end() {
	if w.done != nil {
		w.done()
		w.done = nil
	}
}

func widestTag(steps []standing.Step) int {
	widest := 0
	for _, s := range steps {
		widest = max(widest, len(s.Tag))
	}
	return widest
}

// short is a duration as people say it.
func short(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return "<1 ms"
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}
