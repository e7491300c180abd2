package check

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/lint"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltree"
)

// Release says which migrations of a history are judged for what they do to an
// application that runs.
type Release struct {
	// Landed has the tags of the migrations that some database may have run. The
	// others are the release.
	Landed map[string]bool
	// All judges every migration, each as a release of its own.
	All bool
	// Only has the tags whose findings are wanted; nil for all that are judged.
	Only map[string]bool
	// Levels are severities for codes instead of the usual ones.
	Levels map[string]finding.Severity
	// Statements are those of each migration, nil for one that is not parsed
	// yet; nil for none.
	Statements [][]sqltree.Statement
}

// file returns the i-th migration of a history as the lint takes it.
func (r *Release) file(h *history.History, i int) lint.File {
	m := h.Migrations[i]
	f := lint.File{Name: m.File, Tag: m.Entry.Tag, Text: m.SQL}
	if r.Statements != nil {
		f.Statements = r.Statements[i]
	}
	return f
}

// Lint judges migrations of a history. It reads a snapshot from the disk, for
// what is there before the release, and parses the SQL it needs.
func Lint(ctx context.Context, h *history.History, r Release) (lint.Result, error) {
	in := lint.Input{Alone: r.All, Whole: r.All, Levels: r.Levels}
	first := -1
	for i, m := range h.Migrations {
		if !m.HasSQL || !r.All && r.Landed[m.Entry.Tag] {
			continue
		}
		if first < 0 {
			first = i
		}
		f := r.file(h, i)
		f.Report = r.Only == nil || r.Only[m.Entry.Tag]
		in.Files = append(in.Files, f)
	}
	last := -1 // what comes behind the last file that is wanted decides nothing
	for i := range in.Files {
		if in.Files[i].Report {
			last = i
		}
	}
	if r.All {
		in.Files = in.Files[:last+1]
	}
	if last < 0 {
		return lint.Result{}, nil
	}
	var landed []lint.File
	if !r.All {
		var err error
		if in.Before, err = before(h, first); err != nil {
			return lint.Result{}, err
		}
		landed = r.withConstraints(h, first)
	}
	if err := parse(ctx, landed, in.Files); err != nil {
		return lint.Result{}, err
	}
	in.Files = append(constraintsOnly(landed, in.Before), in.Files...)
	return lint.Run(in), nil
}

// before returns what is there before the i-th migration, as far as a snapshot
// says it. One that cannot be read is the business of other rules.
func before(h *history.History, i int) (*schema.Schema, error) {
	for i--; i >= 0; i-- {
		if !h.Migrations[i].HasSnapshot {
			continue
		}
		s, err := h.Snapshot(i)
		if err != nil {
			if errors.Is(err, fs.ErrPermission) {
				return nil, err
			}
			return nil, nil
		}
		return &s.Schema, nil
	}
	return &schema.Schema{}, nil
}

// parse parses those of the files that are not parsed yet.
func parse(ctx context.Context, lists ...[]lint.File) error {
	var texts []string
	var open []*lint.File
	for _, files := range lists {
		for i := range files {
			if files[i].Statements == nil {
				texts, open = append(texts, files[i].Text), append(open, &files[i])
			}
		}
	}
	parsed, err := sqltree.ParseAll(ctx, texts)
	if err != nil {
		return err
	}
	for i, f := range open {
		f.Statements = parsed[i]
	}
	return nil
}

// withConstraints returns the landed migrations that can say of a constraint
// whether it is valid, which no snapshot does, or have one that is in no
// schema file. Where none is NOT VALID all are as the snapshot has them.
func (r *Release) withConstraints(h *history.History, first int) []lint.File {
	var out []lint.File
	some := false
	for i, m := range h.Migrations[:first] {
		text := strings.ToUpper(m.SQL)
		open := strings.Contains(text, "NOT VALID")
		some = some || open
		if open || some && (strings.Contains(text, "VALIDATE") || strings.Contains(text, "DROP CONSTRAINT")) {
			f := r.file(h, i)
			f.Landed = true
			out = append(out, f)
		}
	}
	return out
}

// constraintsOnly leaves of landed migrations what they do to constraints of
// tables that are still there: the snapshot has all else, and newer. A
// constraint takes the place of the one that the snapshot has.
func constraintsOnly(files []lint.File, now *schema.Schema) []lint.File {
	if now == nil {
		return nil
	}
	for i := range files {
		var kept []sqltree.Statement
		for _, s := range files[i].Statements {
			n, ok := s.Node.(*sqltree.AlterTable)
			if !ok || now.Table(schema.Ref{Schema: n.Name.In().Schema, Name: n.Name.Name}) == nil {
				continue
			}
			if actions := constraintActions(n.Actions); len(actions) > 0 {
				s.Node = &sqltree.AlterTable{Kind: n.Kind, Name: n.Name, Actions: actions}
				kept = append(kept, s)
			}
		}
		files[i].Statements = kept
	}
	return files
}

func constraintActions(actions []sqltree.Action) []sqltree.Action {
	var out []sqltree.Action
	for _, a := range actions {
		switch a.Kind {
		case sqltree.AddConstraint:
			if a.Name != "" {
				out = append(out, sqltree.Action{Kind: sqltree.DropConstraint, Name: a.Name, IfExists: true}, a)
			}
		case sqltree.ValidateConstraint, sqltree.DropConstraint:
			out = append(out, a)
		}
	}
	return slices.Clip(out)
}
