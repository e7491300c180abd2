// Package finding holds the one shape of what a check has to say about a
// migration history: which rule, how bad, where, what, and what to do about it.
//
// Rules make findings (packages lint, replay and check); faces print them
// (text, JSON, SARIF, GitHub, JUnit). A Finding is a plain value and touches
// neither disk nor database.
package finding

import (
	"cmp"
	"slices"
)

// Severity says how bad a finding is.
type Severity string

// The severities of a Finding.
const (
	// Error is for what breaks, or will break, a database or a teammate.
	Error Severity = "error"
	// Warning is for what a person should know and may accept.
	Warning Severity = "warning"
)

// Finding is one thing that a rule has to say.
type Finding struct {
	Code     string   `json:"code"` // stable, such as "snapshot-missing"
	Severity Severity `json:"severity"`
	File     string   `json:"file,omitempty"`
	Line     int      `json:"line,omitempty"`   // 1-based; 0 where the whole file is meant
	Column   int      `json:"column,omitempty"` // 1-based, in characters; 0 where the whole line is meant
	// Migration is the tag of the migration concerned; "" where it is none, or
	// several.
	Migration string `json:"migration,omitempty"`
	Message   string `json:"message"` // one sentence in lower case, without a final period
	// Source is the text at the place, with a caret, as diag.Excerpt makes it.
	Source string `json:"source,omitempty"`
	// Detail is more lines that belong to the message, such as SQL.
	Detail string `json:"detail,omitempty"`
	Hint   string `json:"hint,omitempty"` // what to do about it, one sentence or two
	// Recipe is SQL that does the same safely, for this very statement; more
	// than one migration is told apart by SQL comments.
	Recipe string `json:"recipe,omitempty"`
	// Fixable says that skein check --fix mends it.
	Fixable bool `json:"fixable,omitempty"`
}

// Accepted is a finding that people have looked at and let be.
type Accepted struct {
	Finding
	Reason string `json:"reason"` // "" where none was given
}

// Sort puts findings in the order of files, lines and columns. Those at one
// place keep their order.
func Sort(findings []Finding) {
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}
