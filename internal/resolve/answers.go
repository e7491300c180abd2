package resolve

import (
	"context"
	"strings"
	"sync"

	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltree"
)

// answers answers the differ's questions as the migration's own SQL does:
// something was renamed only if there is a statement that renames it. They are
// looked for when the first question comes.
type answers struct {
	ctx        context.Context
	statements []sqltree.Statement
	found      renames
	looked     bool
}

// Resolve answers a question of the differ.
func (a *answers) Resolve(q diff.Question) (diff.Answer, error) {
	if len(q.Candidates) > 0 && !a.looked {
		a.looked = true
		for i := range a.statements {
			s := &a.statements[i]
			if text := strings.ToUpper(s.Text); !strings.Contains(text, "RENAME") && !strings.Contains(text, "SCHEMA") {
				continue
			}
			if err := parse(a.ctx, s); err != nil {
				return diff.Answer{}, err
			}
			a.found = append(a.found, renamesIn([]sqltree.Statement{*s})...)
		}
	}
	return a.found.Resolve(q)
}

// renames are what statements rename.
type renames []rename

type rename struct {
	kind     sqltree.Kind
	table    schema.Ref // of a column or policy, under either name
	old, new schema.Ref
}

func renamesIn(statements []sqltree.Statement) renames {
	var out renames
	for _, s := range statements {
		switch n := s.Node.(type) {
		case *sqltree.Rename:
			r := rename{kind: n.Kind, table: refOf(n.Table)}
			switch n.Kind {
			case sqltree.Column, sqltree.Policy, sqltree.TableConstraint:
				r.old, r.new = schema.Ref{Name: n.Old}, schema.Ref{Name: n.New}
			default:
				r.old = refOf(n.Table)
				r.new = schema.Ref{Schema: r.old.Schema, Name: n.New}
			}
			out = append(out, r)
		case *sqltree.SetSchema:
			old := refOf(n.Name)
			out = append(out, rename{kind: n.Kind, old: old, new: schema.Ref{Schema: n.New, Name: old.Name}})
		}
		out = append(out, renamesIn(s.Body)...)
	}
	return out
}

func refOf(n sqltree.Name) schema.Ref {
	n = n.In()
	return schema.Ref{Schema: n.Schema, Name: n.Name}
}

// Resolve answers a question of the differ.
func (r renames) Resolve(q diff.Question) (diff.Answer, error) {
	for _, candidate := range q.Candidates {
		for _, one := range r {
			if one.answers(q, candidate) {
				return diff.Answer{Rename: true, From: candidate}, nil
			}
		}
	}
	return diff.Answer{}, nil
}

func (r rename) answers(q diff.Question, from schema.Ref) bool {
	if r.new.Name != q.Created.Name || r.old.Name != from.Name {
		// A move to another schema and a new name are two statements; the
		// second of them still has the new name.
		return false
	}
	if q.Table != nil {
		return r.kind == sqltree.Column && q.Kind == diff.KindColumn && (r.table == *q.Table || q.OldTable != nil && r.table == *q.OldTable) ||
			r.kind == sqltree.Policy && q.Kind == diff.KindPolicy
	}
	switch q.Kind {
	case diff.KindTable:
		return r.kind == sqltree.Table
	case diff.KindView:
		return r.kind == sqltree.View || r.kind == sqltree.MaterializedView || r.kind == sqltree.Table
	case diff.KindEnum:
		return r.kind == sqltree.Type
	case diff.KindSequence:
		return r.kind == sqltree.Sequence
	case diff.KindSchema:
		return r.kind == sqltree.Schema
	case diff.KindRole:
		return r.kind == sqltree.Role
	}
	return false
}

// Backwards answers the differ's questions about the way back from what a
// migration did: a name that comes again is a rename where the migration's SQL
// renamed it. The SQL is read at the first question.
func Backwards(sql string) diff.Resolver {
	var known renames
	read := sync.OnceValue(func() error {
		statements, err := sqltree.Parse(sql)
		known = renamesIn(statements)
		return err
	})
	return diff.ResolverFunc(func(q diff.Question) (diff.Answer, error) {
		if err := read(); err != nil {
			return diff.Answer{}, err
		}
		for _, candidate := range q.Candidates {
			back := q
			back.Created, back.Candidates = candidate, []schema.Ref{q.Created}
			back.Table, back.OldTable = q.OldTable, q.Table
			if answer, _ := known.Resolve(back); answer.Rename {
				return diff.Answer{Rename: true, From: candidate}, nil
			}
		}
		return diff.Answer{}, nil
	})
}
