// Package lint says which statements of a migration are not safe while an
// application runs: what breaks the version of the code that is still running
// during a deploy, and what makes it wait.
//
// It judges a release: the migrations that no database has run yet. What the
// release itself created is empty and unused, so nothing done to it is a
// finding. What was there before is known from the snapshot, or from the
// migrations before; of a table that is not known it is assumed that it is in
// use. Locks, rewrites and scans are package effect's to know; this package
// knows what they mean to an application, and how to do the same safely.
//
// A rule looks at parsed statements (package sqltree), never at text. Each
// finding has the recipe for its very statement, as SQL that can be run.
// Comments can allow what a person has looked at (allow.go).
//
// The package touches neither disk nor database.
package lint

import (
	"cmp"
	"slices"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/effect"
	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltree"
)

// File is one migration.
type File struct {
	Name       string // for findings
	Tag        string // "" where it is in no history
	Text       string
	Statements []sqltree.Statement // of Text
	// Landed says that databases have run it: it is no part of the release.
	Landed bool
	// Report says that its findings are wanted.
	Report bool
}

// Input is what is to be looked at.
type Input struct {
	// Files are in the order in which they run, landed ones first.
	Files []File
	// Before is what is there before the first file; nil where that is not known.
	Before *schema.Schema
	// Whole says that the files begin with the first migration there is: what
	// they do not create does not exist.
	Whole bool
	// Alone judges each file as a release of its own: for files that have
	// landed, one after the other.
	Alone bool
	// Levels are severities for codes instead of the usual ones, also Off.
	Levels map[string]finding.Severity
}

// Off is the severity that leaves the findings of a code out.
const Off finding.Severity = "off"

// Result is what Run found.
type Result struct {
	Findings []finding.Finding
	// Allowed are the findings that a comment in the file allows.
	Allowed []finding.Accepted
}

// Run judges the files.
func Run(in Input) Result { return allow(in, judged(in)) }

// judged returns what there is to say before comments allow some of it, in the
// order of the statements.
func judged(in Input) []found {
	l := &linter{in: in, state: effect.NewState(in.Before), made: map[object]bool{}, complete: in.Whole || in.Before != nil}
	for i := range in.Files {
		f := &in.Files[i]
		if i > 0 && (in.Alone || in.Files[i-1].Landed && !f.Landed) {
			l.land()
		}
		l.order = i
		l.migration(f)
	}
	l.land()
	slices.SortStableFunc(l.found, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return l.found
}

// linter goes through the statements in their order.
type linter struct {
	in    Input
	state *effect.State // the database before the statement
	made  map[object]bool
	// complete says that state and made know all tables.
	complete bool
	found    []found
	// landing is what can only be said when the whole release is known.
	landing []func()

	file  *File
	order int // of the file
	at    int // the statement of the file that is looked at
	now   *sqltree.Statement
	does  effect.Effect
	tx    transaction
}

// object is something other than a table.
type object struct {
	kind sqltree.Kind
	name sqltree.Name
}

// found is a finding with the statement of the file that it is about.
type found struct {
	finding.Finding
	file      *File
	order     int // of the file
	statement int
}

// land ends a release.
func (l *linter) land() {
	for _, say := range l.landing {
		say()
	}
	l.landing = nil
	l.state.Land()
	clear(l.made)
}

func (l *linter) migration(f *File) {
	l.file = f
	for i := range f.Statements {
		l.at = i
		s := &f.Statements[i]
		if _, ok := s.Node.(*sqltree.Do); !ok {
			l.statement(s)
			continue
		}
		for j := range s.Body {
			l.statement(&s.Body[j])
		}
		if s.Commits {
			l.commit()
		}
	}
	l.commit()
}

func (l *linter) statement(s *sqltree.Statement) {
	l.now = s
	if s.Err != nil {
		l.notSQL(s)
		return
	}
	l.does = effect.Of(s, l.state)
	l.judge(s.Node)
	l.remember(s)
	l.state.Apply(s)
}

// notSQL is about a statement that cannot be judged. One that is too long to be
// looked into has no place in it, and is rows as a rule.
func (l *linter) notSQL(s *sqltree.Statement) {
	if s.Err.Offset < 0 {
		return
	}
	l.say("not-sql", problem{
		at:      s.Err.Offset,
		message: "PostgreSQL does not understand the statement: " + s.Err.Message,
		hint:    "mend it; what cannot be read is not judged",
	})
}

// judge asks the rules that are about a kind of statement.
func (l *linter) judge(node sqltree.Node) {
	switch n := node.(type) {
	case *sqltree.CreateTable:
		l.createTable(n)
	case *sqltree.AlterTable:
		l.alterTable(n)
	case *sqltree.CreateIndex:
		l.createIndex(n)
	case *sqltree.Drop:
		l.drop(n)
	case *sqltree.Rename:
		l.rename(n)
	case *sqltree.SetSchema:
		l.setSchema(n)
	case *sqltree.AlterEnum:
		l.alterEnum(n)
	case *sqltree.AlterDomain:
		l.alterDomain(n)
	case *sqltree.Update:
		l.update(n)
	case *sqltree.Delete:
		l.delete(n)
	case *sqltree.Insert:
		l.insert(n)
	case *sqltree.Truncate:
		l.truncate(n)
	case *sqltree.Maintenance:
		l.maintenance(n)
	case *sqltree.LockTable:
		l.lockTable(n)
	}
	l.names(node)
}

// problem is what a rule has to say.
type problem struct {
	at       int // offset in the file; the statement's where it is not above that
	severity finding.Severity
	message  string
	hint     string
	recipe   string
}

// say adds a finding about the current statement.
func (l *linter) say(code string, p problem) {
	if f, ok := l.finding(code, p); ok {
		l.found = append(l.found, f)
	}
}

func (l *linter) finding(code string, p problem) (found, bool) {
	severity, ok := l.in.Levels[code]
	if severity == Off || !l.file.Report {
		return found{}, false
	}
	if !ok {
		severity = p.severity
		if severity == "" {
			severity = usual(code)
		}
	}
	at := max(p.at, l.now.Offset)
	line, column := diag.Position(l.file.Text, at)
	return found{file: l.file, order: l.order, statement: l.at, Finding: finding.Finding{
		Code: code, Severity: severity, File: l.file.Name, Line: line, Column: column, Migration: l.file.Tag,
		Message: p.message, Source: diag.Excerpt(l.file.Text, l.now.Offset, at, l.now.End()), Hint: p.hint, Recipe: p.recipe,
	}}, true
}

// existing reports whether a table, or view, can hold rows and be in use.
func (l *linter) existing(name sqltree.Name) bool {
	t := l.state.Table(name)
	return t == nil || !t.New
}

// absent reports whether DROP … IF EXISTS of a table drops nothing.
func (l *linter) absent(name sqltree.Name, ifExists bool) bool {
	return ifExists && l.complete && l.state.Table(name) == nil
}

// existed reports the same of other objects.
func (l *linter) existed(kind sqltree.Kind, name sqltree.Name) bool {
	return !l.made[object{kind, name.In()}]
}

// later reports whether one of the file's statements behind the current one is
// as asked for.
func (l *linter) later(asked func(sqltree.Node) bool) bool {
	for i := l.at + 1; i < len(l.file.Statements); i++ {
		s := &l.file.Statements[i]
		if asked(s.Node) || slices.ContainsFunc(s.Body, func(b sqltree.Statement) bool { return asked(b.Node) }) {
			return true
		}
	}
	return false
}

// dropsLater reports whether the file drops the table, or one of the columns,
// behind the current action: then that is what there is to say.
func (l *linter) dropsLater(table sqltree.Name, columns ...string) bool {
	drops := func(node sqltree.Node) bool {
		switch n := node.(type) {
		case *sqltree.Drop:
			return n.Kind == sqltree.Table && slices.ContainsFunc(n.Names, table.Same)
		case *sqltree.AlterTable:
			return n.Name.Same(table) && slices.ContainsFunc(n.Actions, func(a sqltree.Action) bool {
				return a.Kind == sqltree.DropColumn && slices.Contains(columns, a.Name)
			})
		}
		return false
	}
	return drops(l.now.Node) || l.later(drops)
}

// remember notes what the statement created.
func (l *linter) remember(s *sqltree.Statement) {
	made := func(kind sqltree.Kind, name sqltree.Name) { l.made[object{kind, name.In()}] = true }
	switch n := s.Node.(type) {
	case *sqltree.CreateEnum:
		made(sqltree.Type, n.Name)
	case *sqltree.CreateDomain:
		made(sqltree.Domain, n.Name)
	case *sqltree.CreateFunction:
		if !n.Replace {
			made(sqltree.Function, n.Name)
		}
	case *sqltree.CreateSequence:
		if !n.Alter {
			made(sqltree.Sequence, n.Name)
		}
	case *sqltree.CreateSchema:
		made(sqltree.Schema, sqltree.Name{Name: n.Name})
	case *sqltree.CreateExtension:
		made(sqltree.Extension, sqltree.Name{Name: n.Name})
	case *sqltree.CreatePolicy:
		if !n.Alter {
			made(sqltree.Policy, policyName(n.Table, n.Name))
		}
	case *sqltree.CreateIndex:
		if n.Name != "" {
			made(sqltree.Index, sqltree.Name{Schema: n.Table.Schema, Name: n.Name})
		}
	case *sqltree.Rename:
		if n.Kind == sqltree.Type && !l.existed(sqltree.Type, n.Table) {
			made(sqltree.Type, sqltree.Name{Schema: n.Table.Schema, Name: n.New})
		}
	case *sqltree.Transaction:
		if n.Kind == "commit" || n.Kind == "rollback" {
			l.commit()
		}
	}
	l.hold(s)
}

// policyName stands for a policy of a table among objects.
func policyName(table sqltree.Name, policy string) sqltree.Name {
	return sqltree.Name{Schema: table.In().String(), Name: policy}
}
