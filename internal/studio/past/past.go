// Package past tells what a migration of a history did: what changed between
// its snapshot and the one before, which of its statements the differ wrote and
// which a person, and what each did to those who used the database.
package past

import (
	"regexp"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/effect"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltext"
	"github.com/skein-db/skein/internal/sqltree"
)

// Migration is what one migration did.
type Migration struct {
	Tag        string
	SQL        string // or its begin
	Statements []Statement
	Changes    []diff.Change
}

// Statement is one statement of a migration.
type Statement struct {
	SQL  string
	Line int
	// Lock is the strongest lock that it takes on a table that was there before,
	// "" for none, and Blocks what others cannot do meanwhile.
	Lock, Blocks string
	// Effect is what it rewrites, scans or builds, in words; "" for nothing.
	Effect string
	// Generated says that the differ writes it for what changed in the schema.
	Generated bool
}

// Of tells what the i-th migration of a history did, its SQL and statements as far
// as most says. A snapshot that is not there leaves the changes out, and then
// nothing counts as generated.
func Of(h *history.History, i int, most Most) (*Migration, error) {
	m := h.Migrations[i]
	if !m.HasSQL {
		return nil, &diag.Error{Kind: diag.Usage, File: m.File, Message: "the migration has no SQL file", Hint: "`skein check` tells what else is missing, and git may still have it"}
	}
	out := &Migration{Tag: m.Entry.Tag, SQL: begin(m.SQL, most)}
	before, after, err := Around(h, i)
	if err != nil {
		return nil, err
	}
	if after != nil {
		changes, err := diff.ComputeIn(diff.Compat, before, after, renamesIn(m.SQL))
		if err != nil {
			return nil, err
		}
		out.Changes = changes.Changes
	}
	return out, out.read(before)
}

// Most bounds how much of a migration is looked at: it takes the parser, and one
// that is all rows may be long.
type Most struct {
	Bytes, Statements int
}

// begin is as many whole statements as there is room for, or the begin of the
// first one, which then cannot be looked at.
func begin(sql string, most Most) string {
	end := 0
	for i, s := range sqltext.Statements(sql) {
		after := s.Offset + len(s.Text)
		if i == 0 && after > most.Bytes {
			return strings.ToValidUTF8(sql[:most.Bytes], "")
		}
		if i == most.Statements || after > most.Bytes {
			return sql[:end]
		}
		end = after
	}
	return sql
}

// Around returns the schema before a migration and after it. Before the first
// there is nothing; after one without a snapshot is nil.
func Around(h *history.History, i int) (before, after *schema.Schema, err error) {
	before = &schema.Schema{}
	for j := i - 1; j >= 0; j-- {
		if h.Migrations[j].HasSnapshot {
			s, err := h.Snapshot(j)
			if err != nil {
				return nil, nil, err
			}
			before = &s.Schema
			break
		}
	}
	if !h.Migrations[i].HasSnapshot {
		return before, nil, nil
	}
	s, err := h.Snapshot(i)
	if err != nil {
		return nil, nil, err
	}
	return before, &s.Schema, nil
}

// read looks at each statement as the database was before it.
func (m *Migration) read(before *schema.Schema) error {
	statements, err := sqltree.Parse(m.SQL)
	if err != nil {
		return err
	}
	written := map[string]int{}
	for _, c := range m.Changes {
		for _, sql := range c.SQL {
			for _, piece := range sqltext.Split(sql) {
				written[sqltext.Plain(piece.Text)]++
			}
		}
	}
	state, lines := effect.NewState(before), diag.NewCursor(m.SQL)
	for j := range statements {
		s := &statements[j]
		line, _ := lines.To(s.Offset)
		out := Statement{SQL: s.Text, Line: line}
		if plain := sqltext.Plain(s.Text); written[plain] > 0 {
			written[plain]--
			out.Generated = true
		}
		if s.Err == nil {
			out.tell(effect.Of(s, state))
			state.Apply(s)
		}
		m.Statements = append(m.Statements, out)
	}
	return nil
}

func (s *Statement) tell(e effect.Effect) {
	strongest := effect.NoLock
	for _, l := range e.Locks {
		strongest = max(strongest, l.Level)
	}
	s.Lock = strongest.String()
	switch {
	case strongest.BlocksReads():
		s.Blocks = "reads and writes"
	case strongest.BlocksWrites():
		s.Blocks = "writes"
	}
	var does []string
	for _, w := range e.Rewrites {
		does = append(does, "rewrites "+w.Table.String()+": "+w.Why)
	}
	for _, w := range e.Scans {
		does = append(does, "reads all of "+w.Table.String()+": "+w.Why)
	}
	for _, w := range e.Builds {
		does = append(does, "builds an index of "+w.Table.String())
	}
	if e.Outside != "" {
		does = append(does, "runs outside of a transaction")
	}
	s.Effect = strings.Join(does, "; ")
}

var renames = regexp.MustCompile(`(?i)\bRENAME\s+(?:COLUMN\s+)?(?:"((?:[^"]|"")+)"\s+)?TO\s+"((?:[^"]|"")+)"`)

// renamesIn answers the differ's questions by what the migration's SQL renames,
// which is what was answered when it was generated.
func renamesIn(sql string) diff.Resolver {
	return diff.ResolverFunc(func(q diff.Question) (diff.Answer, error) {
		for _, m := range renames.FindAllStringSubmatchIndex(sql, -1) {
			to := unquote(sql[m[4]:m[5]])
			if to != q.Created.Name {
				continue
			}
			before := sql[max(0, m[0]-400):m[1]] // the object of ALTER … "object" RENAME TO
			at := slices.IndexFunc(q.Candidates, func(c schema.Ref) bool {
				return m[2] >= 0 && unquote(sql[m[2]:m[3]]) == c.Name || m[2] < 0 && strings.Contains(lastStatement(before), sqltext.QuoteIdent(c.Name))
			})
			if at >= 0 {
				return diff.Answer{Rename: true, From: q.Candidates[at]}, nil
			}
		}
		return diff.Answer{}, nil
	})
}

func unquote(name string) string { return strings.ReplaceAll(name, `""`, `"`) }

func lastStatement(text string) string { return text[strings.LastIndexByte(text, ';')+1:] }

// dataWords begin statements that the differ never writes.
var dataWords = []string{"INSERT", "UPDATE", "DELETE", "MERGE", "DO", "SELECT", "WITH", "TRUNCATE", "COPY", "CALL", "SET", "VACUUM", "ANALYZE", "REFRESH", "LOCK", "COMMENT", "GRANT", "REVOKE", "CLUSTER", "REINDEX"}

// Outline is what can be told of a migration without its snapshots.
type Outline struct {
	Statements int
	Custom     bool // nothing in it was generated
	Tail       bool // something in it was written by hand
}

// OutlineOf reads a migration by its words, which takes no parser. Whether what
// could have been generated was is not seen so; Of sees it.
func OutlineOf(m history.Migration) Outline {
	statements := sqltext.Statements(m.SQL)
	o := Outline{Statements: len(statements), Custom: len(statements) > 0 || m.HasSQL}
	for _, s := range statements {
		words := sqltext.Keywords(s.Text, 1)
		if len(words) > 0 && slices.Contains(dataWords, words[0]) {
			o.Tail = true
		} else {
			o.Custom = false
		}
	}
	o.Custom = o.Custom || strings.HasPrefix(strings.TrimSpace(m.SQL), "-- Custom SQL migration file")
	o.Tail = o.Tail && !o.Custom
	return o
}
