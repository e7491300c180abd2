package migrate

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/history"
)

// Reversal is the SQL that takes an applied migration out of the database.
type Reversal struct {
	Entry  int // place in the report's entries
	SQL    string
	Reason string // for the log, may be ""
	Person string // who wants it, for the log
}

// PlanReverse makes a plan of which each step takes a migration out and removes
// its row, in the given order, for Apply to run as any other: in parts where
// PostgreSQL wants it, with progress in the log, so that the next run goes on.
// report is Status's of the same database. It reads the log and changes
// nothing.
func PlanReverse(ctx context.Context, conn *pgx.Conn, report *Report, reversals []Reversal) (*Pending, error) {
	p := &Pending{Target: report.Target, Report: report, reverse: true}
	for _, one := range reversals {
		e := &report.Entries[one.Entry]
		m := history.Migration{Entry: e.Migration.Entry, File: e.Migration.File + " (reversed)", SQL: one.SQL, HasSQL: true}
		step, err := newStep(m, cutting{major: report.major})
		if err != nil {
			return nil, err
		}
		step.index, step.undoes, step.why = one.Entry, e, logDetails{Reason: one.Reason, Person: one.Person}
		p.Steps = append(p.Steps, *step)
	}
	w, err := newWire(&pgxLink{conn.PgConn()})
	if err != nil {
		return nil, err
	}
	if err := w.markReversed(ctx, report, p.Steps); err != nil {
		return nil, readError(Target{report.Target.Schema, logName}, err)
	}
	for i := range p.Steps {
		s := &p.Steps[i]
		from := report.Entries[s.index].progress
		if from.err != nil {
			return nil, from.err
		}
		s.goOn(from, "rolled back up to line %d of this already, it goes on behind that")
	}
	return p, nil
}

// Reverse reports whether the plan takes migrations out.
func (p *Pending) Reverse() bool { return p.reverse }

// way are the words for what a plan does.
type way struct {
	command string
	again   string // what to do when the reason of a failure is out of the way
	goesOn  string // what to do after an end that nothing in the migration caused
	mend    string
	part    string // with the tag and the line
	broken  string // with the tag
	done    string
}

var (
	forth = way{
		command: "skein migrate", again: "then run `skein migrate` again", goesOn: "`skein migrate` goes on from here",
		mend: "mend the file or the database", part: "%s is applied up to line %d", broken: "%s is applied in part and not recorded", done: "applied",
	}
	back = way{
		command: "skein down", again: "then run `skein down` again", goesOn: "`skein down` goes on from here",
		mend: "mend the database, or write a new migration instead", part: "%s is rolled back up to line %d of its reverse",
		broken: "%s is rolled back in part and still recorded as applied", done: "rolled back",
	}
)

func (p *Pending) way() *way {
	if p.reverse {
		return &back
	}
	return &forth
}

// left says whether there is something to do about an entry.
func (p *Pending) left(e *Entry) bool { return e.open() != p.reverse }

// name is what a step runs, in a sentence.
func (s *Step) name() string {
	if s.undoes != nil {
		return "the reverse of " + s.Migration.Entry.Tag
	}
	return s.Migration.Entry.Tag
}

// look reads how far the migrations of the plan have come.
func (r *runner) look(ctx context.Context, w *wire) (*Report, error) {
	report, err := w.report(ctx, r.migrations(), r.plan.Target)
	if err != nil || !r.plan.reverse {
		return report, err
	}
	if err := w.markReversed(ctx, report, r.plan.Steps); err != nil {
		return nil, readError(Target{r.plan.Target.Schema, logName}, err)
	}
	for i := range r.plan.Steps { // the rows may be other ones than when the plan was made
		r.plan.Steps[i].undoes = &report.Entries[r.plan.Steps[i].index]
	}
	return report, nil
}

// markReversed notes on applied entries how much of their reverse is done.
func (w *wire) markReversed(ctx context.Context, report *Report, steps []Step) error {
	var rows map[int64]logRow
	for i := range steps {
		s := &steps[i]
		e := &report.Entries[s.index]
		if e.open() || len(s.parts) < 2 && s.parts[0].outside == "" {
			continue
		}
		if rows == nil {
			var err error
			if rows, err = w.readLog(ctx, report.Target); err != nil {
				return err
			}
		}
		if row, ok := rows[e.Migration.Entry.When]; ok {
			e.progress = s.compare(row)
		}
	}
	return nil
}

// stillApplied returns the steps of a reverse that are left, by a report that
// was made under the lock.
func (r *runner) stillApplied(now *Report) (steps []*Step, err error) {
	r.done.ByOthers = nil
	last := -1
	for i := range r.plan.Steps {
		s := &r.plan.Steps[i]
		e, tag := &now.Entries[s.index], s.Migration.Entry.Tag
		last = max(last, s.index)
		switch {
		case e.open():
			r.done.ByOthers = append(r.done.ByOthers, tag)
		case e.State == StateEdited:
			return nil, r.edited(s)
		case e.progress.err != nil:
			return nil, e.progress.err
		default:
			s.done, s.started = e.progress.parts, e.progress.started
			steps = append(steps, s)
		}
	}
	for i := last + 1; i < len(now.Entries); i++ {
		if e := &now.Entries[i]; !e.open() && r.plan.Report.Entries[i].open() {
			return nil, r.changed("another run has applied " + e.Migration.Entry.Tag)
		}
	}
	return steps, nil
}

// unrecords are the queries that record a reverse as done: the row goes in the
// transaction of the last part.
func (r *runner) unrecords(s *Step) []string {
	d := s.why
	d.Milliseconds = time.Since(s.began).Milliseconds()
	d.Was = s.undoes.Row.Hash
	return []string{r.deletion(s.undoes), r.logEntry(s, s.events().done, s.done+1, d)}
}

// otherReverse is the error where a part of another reverse of the migration
// was run.
func (s *Step) otherReverse() error {
	return &diag.Error{
		Kind: diag.Refused, File: s.undoes.Migration.File,
		Message: fmt.Sprintf("%s is rolled back in part already, by SQL that is not what would be run now", s.Migration.Entry.Tag),
		Hint:    "finish it by hand, then say by `skein mark` what it is; nothing was run",
	}
}

// Newest returns the places of the entries that are applied, the newest first.
func (r *Report) Newest() []int {
	var places []int
	for i := range slices.Backward(r.Entries) {
		if !r.Entries[i].open() {
			places = append(places, i)
		}
	}
	return places
}
