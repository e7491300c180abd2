package resolve

import (
	"context"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltext"
	"github.com/skein-db/skein/internal/sqltree"
)

// cut cuts a migration into its statements by words alone. What one of them is
// says only the parser, which takes longer to start than all else here, so it
// is asked about the few that matter; see parse.
func cut(text string) []sqltree.Statement {
	var out []sqltree.Statement
	for i, piece := range sqltext.Split(text) {
		for _, s := range sqltext.Statements(piece.Text) {
			out = append(out, sqltree.Statement{Text: s.Text, Offset: piece.Offset + s.Offset, Piece: i, Node: &sqltree.Other{}})
		}
	}
	return out
}

// parse finds out what a statement is, once. One that is no valid SQL stays
// unknown. The error is for a parser that cannot be started, or ctx's.
func parse(ctx context.Context, s *sqltree.Statement) error {
	if other, is := s.Node.(*sqltree.Other); !is || other.Kind != "" || s.Err != nil {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	found, err := sqltree.Parse(s.Text)
	if err != nil || len(found) != 1 {
		return err
	}
	s.Node, s.Uses, s.Body, s.Opaque, s.Err = found[0].Node, found[0].Uses, found[0].Body, found[0].Opaque, found[0].Err
	return nil
}

// inSnapshots are the words for what a snapshot holds, as they stand in DDL.
var inSnapshots = []string{"TABLE", "INDEX", "TYPE", "VIEW", "SEQUENCE", "SCHEMA", "POLICY", "ROLE"}

// makes reports whether a statement of the file that nobody generated may make,
// change or drop what a snapshot holds. A DO can have anything within.
func (f *file) makes() bool {
	for i, s := range f.statements {
		if f.generated[i] >= 0 || f.without[i] {
			continue
		}
		switch words := append(sqltext.Keywords(s.Text, 4), ""); words[0] {
		case "DO":
			return true
		case "CREATE", "ALTER", "DROP":
			if slices.ContainsFunc(words, func(w string) bool { return slices.Contains(inSnapshots, w) }) {
				return true
			}
		}
	}
	return false
}

// mentions reports whether a text has one of the names anywhere: in a string
// too, which may be the body of a function.
func mentions(text string, names []string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(names, func(name string) bool { return strings.Contains(text, strings.ToLower(name)) })
}

// namesLost returns the names of the tables that were and are not, and of the
// columns of those that still are.
func namesLost(was, is *schema.Schema) []string {
	var out []string
	for i := range was.Tables {
		t := &was.Tables[i]
		now := is.Table(t.Ref())
		if now == nil {
			out = append(out, t.Name)
			continue
		}
		for _, c := range t.Columns {
			if now.Column(c.Name) == nil {
				out = append(out, c.Name)
			}
		}
	}
	return out
}

// upstreamStatement is one that upstream added since the base.
type upstreamStatement struct {
	sqltree.Statement
	tag, plain string
}

// undoes reports whether the statement takes back one that begins with word and
// has these names: drops what that made, or makes what that dropped. It may say
// so of one that only shares a name with it.
func (u *upstreamStatement) undoes(word string, names []string) bool {
	opposite := "DROP"
	if word == "DROP" {
		opposite = "CREATE"
	}
	if append(sqltext.Keywords(u.Text, 1), "")[0] != opposite {
		return false
	}
	return slices.ContainsFunc(sqltext.Names(u.Text), func(name string) bool { return !ddlWords[name] && slices.Contains(names, name) })
}

// ddlWords are key words that a CREATE and a DROP share.
var ddlWords = func() map[string]bool {
	out := map[string]bool{}
	for _, word := range strings.Fields("create drop if exists not on or replace concurrently unique index table view materialized function procedure trigger type domain extension schema sequence policy public cascade") {
		out[word] = true
	}
	return out
}()

// added returns the statements that upstream added since the base.
func (p *planner) added() []upstreamStatement {
	if p.cut {
		return p.theirs
	}
	p.cut = true
	for i := range p.Upstream.Migrations {
		m := &p.Upstream.Migrations[i]
		if p.Base.find(m) != nil {
			continue
		}
		for _, s := range cut(m.SQL) {
			p.theirs = append(p.theirs, upstreamStatement{s, m.Entry.Tag, sqltext.Plain(s.Text)})
		}
	}
	return p.theirs
}
