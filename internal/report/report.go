// Package report turns findings into what different readers want to see: text
// for people, SARIF for code scanning, workflow commands and a job summary for
// GitHub, and JUnit for everything else that runs builds.
//
// Each face is one function from a Report to bytes. None touches disk or
// database; what a face needs of the files it is given as a function. The
// JSON of a command is the command's own object and stays with it.
package report

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/finding"
)

// Report is what a command that looks for findings has to say.
type Report struct {
	Command string // "skein check"
	Version string // of skein
	// Scope says what was looked at: "12 migrations, 12 snapshots".
	Scope string
	// Remarks are lines about the scope that text has below everything; nil for
	// none.
	Remarks  []string
	Findings []finding.Finding // sorted as by finding.Sort
	// Accepted are findings that skein.yaml lets be. People see how many in Scope.
	Accepted []finding.Accepted
	Rules    []finding.Rule // the catalogue; codes that it lacks are shown all the same
	// Problem is why a part of the work could not be done, or nil. Text leaves it
	// to the caller, who prints it as every error.
	Problem *diag.Error
	// Strict says that warnings fail too.
	Strict bool
	// Root is where the repository begins; faces for its host need it.
	Root Root
	// Home is the file or folder that a finding without a file is shown at.
	Home string
	// Line returns a line (from 1) of a file named as findings name it, without
	// its line end; "" where there is none. It may be nil.
	Line func(file string, line int) string
}

// RulesPage is where the codes are explained; "#" and a code leads to each.
const RulesPage = "https://github.com/skein-db/skein/blob/main/docs/rules.md"

// Count returns how many findings there are of each severity.
func Count(findings []finding.Finding) (errors, warnings int) {
	for _, f := range findings {
		if f.Severity == finding.Error {
			errors++
		} else {
			warnings++
		}
	}
	return errors, warnings
}

// verdict is the line under everything: "2 errors and 1 warning in 12 migrations".
func (r *Report) verdict() string {
	if len(r.Findings) == 0 {
		return "Everything's fine: " + r.Scope // the words drizzle-kit's users look for
	}
	errors, warnings := Count(r.Findings)
	return fmt.Sprintf("%s and %s in %s", count(errors, "error"), count(warnings, "warning"), r.Scope)
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// asFinding is an error in the words of a finding.
func asFinding(e *diag.Error) finding.Finding {
	return finding.Finding{Severity: finding.Error, File: e.File, Line: e.Line, Column: e.Column, Message: e.Message, Detail: e.Detail, Hint: e.Hint}
}

// rule returns what is known about a code.
func (r *Report) rule(code string) finding.Rule {
	for _, rule := range r.Rules {
		if rule.Code == code {
			return rule
		}
	}
	return finding.Rule{Code: code, Severity: finding.Error}
}

// tally is how many findings a code has.
type tally struct {
	rule             finding.Rule
	errors, warnings int
}

// tallies are the codes found, those with most errors first.
func (r *Report) tallies() []tally {
	var out []tally
	for _, f := range r.Findings {
		i := slices.IndexFunc(out, func(t tally) bool { return t.rule.Code == f.Code })
		if i < 0 {
			i = len(out)
			out = append(out, tally{rule: r.rule(f.Code)})
		}
		if f.Severity == finding.Error {
			out[i].errors++
		} else {
			out[i].warnings++
		}
	}
	slices.SortStableFunc(out, func(a, b tally) int {
		return cmp.Or(b.errors-a.errors, b.warnings-a.warnings, cmp.Compare(a.rule.Code, b.rule.Code))
	})
	return out
}

// byFile are the findings in runs of one file each.
func byFile(findings []finding.Finding) [][]finding.Finding {
	var out [][]finding.Finding
	for i, f := range findings {
		if i == 0 || f.File != findings[i-1].File {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], f)
	}
	return out
}

func position(f finding.Finding) string {
	return (&diag.Error{File: f.File, Line: f.Line, Column: f.Column}).Position()
}
