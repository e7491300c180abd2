package migrate

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/history"
)

// Pending is what Apply would do: the plan that a person says yes to.
type Pending struct {
	Target Target
	Report *Report // how the database stood when the plan was made
	Steps  []Step  // in journal order
	Moves  []Move  // in journal order; they run nothing

	whole   bool // all of it is one transaction
	reverse bool // the steps take migrations out of the database
}

// Step is one migration of a plan.
type Step struct {
	Migration  history.Migration
	Skipped    bool        // drizzle's migrator would skip it
	Statements []Statement // what it does, for showing
	Notes      []string    // what a person should know before saying yes

	parts   []part
	index   int         // of its entry in the report
	done    int         // parts that are committed
	started *logDetails // of the next part, where an earlier run does not say how that ended
	began   time.Time   // the first part that this run does
	took    time.Duration
	others  bool       // another runner was faster
	undoes  *Entry     // of a reverse: what it takes out
	why     logDetails // of a reverse
}

// Statement is one SQL statement of a migration file.
type Statement struct {
	SQL          string
	Line, Column int // 1-based, in the file
	// Control is true for BEGIN, COMMIT and END, which are not sent as they are.
	Control bool
	// Alone is true for what runs on its own, because PostgreSQL refuses it in a
	// transaction.
	Alone bool
}

// Plan reads the database as Status does and says what is to be run: every
// entry that is pending or skipped, in journal order. It changes nothing. An
// entry whose SQL is missing or cannot be run is an error of kind Usage that
// names the file.
func Plan(ctx context.Context, conn *pgx.Conn, h *history.History, t Target) (*Pending, error) {
	return OnPgx(conn).Plan(ctx, h, t)
}

func newPending(report *Report) (*Pending, error) {
	p := &Pending{Target: report.Target, Report: report}
	if err := missingFiles(report.In(StatePending, StateSkipped)); err != nil {
		return nil, err
	}
	for i, e := range report.Entries {
		if !e.open() {
			continue
		}
		if e.progress.err != nil {
			return nil, e.progress.err
		}
		step, err := newStep(e.Migration, cutting{major: report.major})
		if err != nil {
			return nil, err
		}
		step.index, step.Skipped = i, e.State == StateSkipped
		step.goOn(e.progress, "applied up to line %d already, it goes on behind that")
		if e.Mark != nil {
			step.Notes = append(step.Notes, e.Mark.String())
		}
		p.Steps = append(p.Steps, *step)
	}
	p.addMoves()
	return p, nil
}

// goOn makes the step one that goes on where an earlier run has come to.
func (s *Step) goOn(from progress, note string) {
	s.done, s.started = from.parts, from.started
	if s.done > 0 {
		s.Notes = append(s.Notes, fmt.Sprintf(note, s.lastLine(s.done)))
	}
	if s.started != nil && !s.started.failed {
		line := s.parts[s.done].pieces[0].line
		s.Notes = append(s.Notes, fmt.Sprintf("an earlier run broke off while line %d was running: the catalog will show what became of it", line))
	}
}

// InOneTransaction makes the plan one transaction, as drizzle's migrator has
// it: all of it is applied or nothing. A migration that cannot be part of that
// is an error of kind Usage.
func (p *Pending) InOneTransaction() error {
	for i := range p.Steps {
		s := &p.Steps[i]
		if s.done > 0 {
			return &diag.Error{
				Kind: diag.Refused, File: s.Migration.File, Message: "the migration is applied in part already, so it cannot be part of a single transaction",
				Hint: "leave out --single-transaction until it is through; nothing was run",
			}
		}
		whole, err := newStep(s.Migration, cutting{major: p.Report.major, whole: true})
		if err != nil {
			return err
		}
		s.parts, s.Notes, s.Statements = whole.parts, whole.Notes, whole.Statements
	}
	p.whole = true
	return nil
}

// InStrictOrder is an error of kind Refused when the plan has a migration that
// is older than one which is applied.
func (p *Pending) InStrictOrder() error {
	var tags []string
	file := ""
	for _, s := range p.Steps {
		if s.Skipped {
			tags = append(tags, s.Migration.Entry.Tag)
			file = cmp.Or(file, s.Migration.File)
		}
	}
	if len(tags) == 0 {
		return nil
	}
	return &diag.Error{
		Kind: diag.Refused, File: file, Err: &OrderError{Tags: tags},
		Message: "not in the order in which the database was migrated: something newer is applied already",
		Detail:  strings.Join(tags, "\n"),
		Hint:    "give it a number and a time after what is applied, or leave out --strict-order to apply it now; nothing was run",
	}
}

func missingFiles(open []Entry) error {
	var missing []string
	for _, e := range open {
		if !e.Migration.HasSQL {
			missing = append(missing, e.Migration.File)
		}
	}
	switch len(missing) {
	case 0:
		return nil
	case 1:
		return &diag.Error{
			Kind: diag.Usage, File: missing[0], Message: "the SQL file of a pending migration is missing",
			Hint: "restore it from version control; nothing was run",
		}
	}
	return &diag.Error{
		Kind: diag.Usage, File: missing[0], Message: fmt.Sprintf("the SQL files of %d pending migrations are missing", len(missing)),
		Detail: strings.Join(missing, "\n"), Hint: "restore them from version control; nothing was run",
	}
}

// newStep cuts a migration into what is sent and checks that it can be sent.
func newStep(m history.Migration, how cutting) (*Step, error) {
	if i := strings.IndexByte(m.SQL, 0); i >= 0 {
		return nil, refuse(m, i, "the file contains a zero byte, which SQL cannot", "is it saved as UTF-16? save it as UTF-8")
	}
	if !utf8.ValidString(m.SQL) {
		return nil, refuse(m, invalidAt(m.SQL), "the file is not UTF-8", "save it as UTF-8")
	}
	return cutMigration(m, how)
}

func invalidAt(text string) int {
	for i, r := range text {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
				return i
			}
		}
	}
	return 0
}

func refuse(m history.Migration, offset int, message, hint string) error {
	line, column := diag.Position(m.SQL, offset)
	return &diag.Error{
		Kind: diag.Usage, File: m.File, Line: line, Column: column, Message: message,
		Detail: diag.Excerpt(m.SQL, offset, offset, offset), Hint: hint + "; nothing was run",
	}
}
