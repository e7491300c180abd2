// Package check gathers every rule about a migrations history into findings.
//
// The facts are read once (facts.go); a rule is one function over them, says
// one kind of thing, and touches neither disk nor database. A new rule is a
// function, a line in rules, its code in the catalogue, and a broken folder in
// package checktest.
package check

import (
	"context"
	"time"

	"github.com/skein-db/skein/internal/config"
	"github.com/skein-db/skein/internal/filefacts"
	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/lint"
	"github.com/skein-db/skein/internal/replay"
	"github.com/skein-db/skein/internal/schema"
)

// Input is what is to be checked.
type Input struct {
	// Dir is the migrations folder; paths in findings begin with it.
	Dir string
	// Desired is what the schema files say, in the order in which they say it;
	// nil leaves that comparison out.
	Desired *schema.Schema
	// SchemaFile is the file or pattern that findings about Desired name.
	SchemaFile string
	// Base is what has landed on the upstream; nil or a skipped one leaves that
	// comparison out.
	Base *Base
	// Team is what the skein.yaml says; nil where there is none.
	Team *config.Config
	// Proof is what running the history came to; nil leaves it out.
	Proof *replay.Outcome
	// ProofWanted says that it was asked for: then what kept it from coming to
	// an end counts as an error.
	ProofWanted bool
	// LintAll looks at the SQL of every migration, not only of those that are not
	// on Base, and judges each as a release of its own.
	LintAll bool
	// Landed has the tags of the migrations that some database may have run, for
	// callers that know them from elsewhere than Base; nil for those of Base. Fix
	// never changes the time of one of them.
	Landed map[string]bool
	// Known remembers what was found out about files; nil looks at all of them.
	Known *filefacts.Store
	// Now is the present; zero for the clock's.
	Now time.Time
}

// Report is the outcome of a check.
type Report struct {
	Findings   []finding.Finding `json:"findings"`
	Errors     int               `json:"errors"`
	Warnings   int               `json:"warnings"`
	Migrations int               `json:"migrations"` // entries of the journal
	Snapshots  int               `json:"snapshots"`  // files
	// Linted says whether it was known which migrations to judge.
	Linted   bool               `json:"linted"`
	Allowed  []finding.Accepted `json:"allowed"`  // what comments in the migrations allow
	Accepted []finding.Accepted `json:"accepted"` // what Team has in check.accept
}

// Run checks a folder and returns what it found, sorted by file and line. An
// error means that the folder could not be read at all. Run reads the disk and
// writes nothing but in.Known.
func Run(ctx context.Context, in Input) ([]finding.Finding, error) {
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
	report := &Report{Findings: []finding.Finding{}, Allowed: []finding.Accepted{}, Accepted: acceptedDrift(f), Migrations: len(f.history.Migrations), Snapshots: len(f.snapshots)}
	for _, rule := range rules {
		report.Findings = append(report.Findings, rule(f)...)
	}
	if err := report.lint(ctx, f); err != nil {
		return nil, err
	}
	in.Known.Save()
	report.Findings = levelled(report.Findings, f.in.Team.Check.Rules)
	fixHint(report.Findings)
	finding.Sort(report.Findings)
	for _, f := range report.Findings {
		if f.Severity == finding.Error {
			report.Errors++
		} else {
			report.Warnings++
		}
	}
	return report, nil
}

// levelled gives findings the severities that the team has decided on, and
// leaves out those that it does not want.
func levelled(findings []finding.Finding, rules []config.Rule) []finding.Finding {
	levels := map[string]config.Level{}
	for _, r := range rules {
		levels[r.Code] = r.Level
	}
	out := findings[:0]
	for _, f := range findings {
		switch levels[f.Code] {
		case config.Off:
			continue
		case config.Error:
			f.Severity = finding.Error
		case config.Warning:
			f.Severity = finding.Warning
		}
		out = append(out, f)
	}
	return out
}

// lint adds what package lint finds in the migrations that are not on the base.
func (r *Report) lint(ctx context.Context, f *facts) error {
	if r.Linted = f.in.LintAll || f.compared(); !r.Linted {
		return nil
	}
	release := Release{Landed: f.landed, All: f.in.LintAll, Levels: LintLevels(f.in.Team), Statements: f.statements}
	release.Levels["not-sql"] = lint.Off // this package says it itself
	found, err := f.linted(ctx, release)
	r.Findings, r.Allowed = append(r.Findings, found.Findings...), append(r.Allowed, found.Allowed...)
	return err
}

// LintLevels are the severities that the team has decided on, for lint.Input.
func LintLevels(team *config.Config) map[string]finding.Severity {
	levels := map[string]finding.Severity{}
	for _, r := range team.Check.Rules {
		levels[r.Code] = finding.Severity(r.Level)
	}
	return levels
}

// rules are all rules. Findings on one line keep this order.
var rules = []func(*facts) []finding.Finding{
	journalReadable,
	writeFinished,
	sqlPresent,
	sqlNamed,
	nameCased,
	sqlMerged,
	sqlMarked,
	sqlWritten,
	lineEndsPinned,
	snapshotPresent,
	snapshotNamed,
	metaKnown,
	tagAgrees,
	idxUnique,
	numberUnique,
	tagUnique,
	idxContiguous,
	idxRising,
	whenUnit,
	whenPast,
	whenNewer,
	exceptionsUsed,
	journalFolded,
	snapshotReadable,
	snapshotCurrent,
	idUnique,
	parentExists,
	parentEarlier,
	oneChild,
	snapshotExplained,
	landedReadable,
	landedFilesKept,
	landedSQLKept,
	landedSnapshotKept,
	landedEntriesKept,
	landedOrderKept,
	appended,
	upstreamFree,
	schemaHeld,
	sqlSound,
	replayRuns,
	viewsBuilt,
	snapshotIsDatabase,
	schemaFilesAreDatabase,
	acceptancesUsed,
}
