// Package check gathers every rule about a migrations history into findings.
//
// The facts are read once (facts.go); a rule is one function over them, says
// one kind of thing, and touches neither disk nor database. A new rule is a
// function and a line in rules.
package check

import (
	"cmp"
	"context"
	"slices"

	"github.com/skein-db/skein/internal/schema"
)

// The severities of a Finding.
const (
	// Error is for what breaks, or will break, a database or a teammate.
	Error = "error"
	// Warning is for what a person should know and may accept.
	Warning = "warning"
)

// Finding is one thing that a rule has to say.
type Finding struct {
	Code     string `json:"code"`     // stable, such as "snapshot-missing"
	Severity string `json:"severity"` // Error or Warning
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"` // 1-based; 0 where the whole file is meant
	Message  string `json:"message"`        // one sentence in lower case, without a final period
	// Detail is more lines that belong to the message, such as SQL.
	Detail string `json:"detail,omitempty"`
	Hint   string `json:"hint,omitempty"` // what to do about it
}

// Input is what is to be checked.
type Input struct {
	// Dir is the migrations folder; paths in findings begin with it.
	Dir string
	// Desired is what the schema files say, in the order in which they say it;
	// nil leaves that comparison out.
	Desired *schema.Schema
	// SchemaFile is the file or pattern that findings about Desired name.
	SchemaFile string
}

// Report is the outcome of a check.
type Report struct {
	Findings   []Finding `json:"findings"`
	Errors     int       `json:"errors"`
	Warnings   int       `json:"warnings"`
	Migrations int       `json:"migrations"` // entries of the journal
	Snapshots  int       `json:"snapshots"`  // files
}

// Run checks a folder and returns what it found, sorted by file and line. An
// error means that the folder could not be read at all. Run reads the disk and
// writes nothing.
func Run(ctx context.Context, in Input) ([]Finding, error) {
	report, err := Examine(ctx, in)
	if err != nil {
		return nil, err
	}
	return report.Findings, nil
}

// Examine is Run with counts.
func Examine(ctx context.Context, in Input) (*Report, error) {
	f, err := gather(ctx, in)
	if err != nil {
		return nil, err
	}
	report := &Report{Findings: []Finding{}, Migrations: len(f.history.Migrations), Snapshots: len(f.snapshots)}
	for _, rule := range rules {
		report.Findings = append(report.Findings, rule(f)...)
	}
	slices.SortStableFunc(report.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	for _, finding := range report.Findings {
		if finding.Severity == Error {
			report.Errors++
		} else {
			report.Warnings++
		}
	}
	return report, nil
}

// rules are all rules. Findings on one line keep this order.
var rules = []func(*facts) []Finding{
	journalReadable,
	writeFinished,
	sqlPresent,
	sqlNamed,
	sqlMerged,
	snapshotPresent,
	snapshotNamed,
	tagAgrees,
	idxUnique,
	tagUnique,
	idxContiguous,
	whenNewer,
	snapshotReadable,
	snapshotCurrent,
	idUnique,
	parentExists,
	parentEarlier,
	oneChild,
	schemaHeld,
}
