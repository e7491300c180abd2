package standing

import (
	"github.com/skein-db/skein/internal/migrate"
	"github.com/skein-db/skein/internal/radius"
)

// Plan is what a database lacks, and what it takes to apply that: the JSON
// object of skein plan.
type Plan struct {
	Status   string    `json:"status"` // "pending", "refused" or "nothing_to_do"
	Database string    `json:"database"`
	Table    string    `json:"table"`
	Counts   Counts    `json:"counts"` // before
	Pending  []Step    `json:"pending"`
	Moved    []Moved   `json:"moved"`
	Target   *Usage    `json:"target,omitempty"`
	Refused  []Refusal `json:"refused"`

	// Radius is what Look found out; nil where it was not asked.
	Radius *radius.Report `json:"-"`

	pending *migrate.Pending
}

// Moved is a migration whose record gets the number that it has now.
type Moved struct {
	Tag  string `json:"tag"`
	File string `json:"file"`
	From *int64 `json:"from"`
	When int64  `json:"when"`
	Note string `json:"note"`
}

// Step is one migration of a plan.
type Step struct {
	Tag        string      `json:"tag"`
	File       string      `json:"file"`
	Skipped    bool        `json:"skipped"`
	Statements []Statement `json:"statements"`
	Notes      []string    `json:"notes"`
}

// Statement is one statement of a migration.
type Statement struct {
	SQL     string `json:"sql"`
	Line    int    `json:"line"`
	Control bool   `json:"control"`
	Alone   bool   `json:"alone"`
	// Effect is absent where it was not looked at.
	Effect *Effect `json:"effect,omitempty"`

	column int
}

// NewPlan puts a plan into its shape. database is how messages name it.
func NewPlan(pending *migrate.Pending, database string) *Plan {
	p := &Plan{
		Database: database, Table: pending.Target.String(), Counts: NewStatus(pending.Report, database).Counts,
		Pending: []Step{}, Moved: []Moved{}, Refused: []Refusal{}, pending: pending,
	}
	for _, m := range pending.Moves {
		p.Moved = append(p.Moved, Moved{m.Migration.Entry.Tag, m.Migration.File, m.Row.When, m.Migration.Entry.When, m.Note})
	}
	for _, step := range pending.Steps {
		object := Step{
			Tag: step.Migration.Entry.Tag, File: step.Migration.File, Skipped: step.Skipped,
			Statements: []Statement{}, Notes: append([]string{}, step.Notes...),
		}
		for _, s := range step.Statements {
			object.Statements = append(object.Statements, Statement{SQL: s.SQL, Line: s.Line, Control: s.Control, Alone: s.Alone, column: s.Column})
		}
		p.Pending = append(p.Pending, object)
	}
	return p
}
