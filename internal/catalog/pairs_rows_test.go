package catalog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/schema/schematest"
)

// contents are the values of each column, as sorted text, by column name,
// which is unique in a pair.
type contents map[string][]string

func (b *bench) contents(conn *pgx.Conn, s *schema.Schema) contents {
	out := contents{}
	for _, t := range s.Tables {
		for _, c := range t.Columns {
			name := pgx.Identifier{c.Name}.Sanitize()
			rows, err := conn.Query(context.Background(), "select coalesce("+name+"::text, 'null') from "+pgx.Identifier{t.Schema, t.Name}.Sanitize()+" order by 1", pgx.QueryExecModeSimpleProtocol)
			if err != nil {
				b.t.Errorf("reading rows: %v", err)
				continue
			}
			values, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if err != nil {
				b.t.Errorf("reading rows: %v", err)
			}
			out[c.Name] = values
		}
	}
	return out
}

// compareContents says which rows or values went that nobody asked to go: a
// column that stays keeps its values, or where its type changes at least as
// many of them.
func compareContents(p *schematest.Pair, had, has contents) string {
	for i := range p.To.Tables {
		t := &p.To.Tables[i]
		old := originOf(p, t)
		if old == nil {
			continue
		}
		for j := range t.Columns {
			c := &t.Columns[j]
			was := old.Column(p.Origin(c.Name))
			if was == nil || was.Generated != nil || c.Generated != nil {
				continue
			}
			before, after := had[was.Name], has[c.Name]
			if len(before) != len(after) {
				return fmt.Sprintf("table %s had %d rows and has %d", t.Ref(), len(before), len(after))
			}
			if sameType(p, was, c) && !slices.Equal(before, after) {
				return fmt.Sprintf("column %s.%s had %q and has %q", t.Ref(), c.Name, before, after)
			}
			if count(before, "null") < count(after, "null") {
				return fmt.Sprintf("column %s.%s had %q and lost values: %q", t.Ref(), c.Name, before, after)
			}
		}
	}
	return ""
}

func count(values []string, value string) int {
	n := 0
	for _, v := range values {
		if v == value {
			n++
		}
	}
	return n
}

// originOf returns what a table was, or nil. One that moved has its name still.
func originOf(p *schematest.Pair, t *schema.Table) *schema.Table {
	for i := range p.From.Tables {
		if p.From.Tables[i].Name == p.Origin(t.Name) {
			return &p.From.Tables[i]
		}
	}
	return nil
}

// sameType sees through renames of enums.
func sameType(p *schematest.Pair, was, is *schema.Column) bool {
	base, suffix, array := strings.Cut(is.Type, "[")
	name := p.Origin(base)
	if array {
		name += "[" + suffix
	}
	return was.Type == name && (was.TypeSchema == "") == (is.TypeSchema == "")
}

// hazards are the errors (https://www.postgresql.org/docs/current/errcodes-appendix.html)
// that a change can rightly meet in a table that has rows, by what in the
// change brings them about.
type hazards struct {
	null, duplicate, check, reference, value string
}

// forbidden returns the reason why rows may forbid the change with this error,
// or "" where they cannot.
func forbidden(p *schematest.Pair, err error) string {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return ""
	}
	for i := range p.To.Tables {
		t := &p.To.Tables[i]
		if pg.TableName != "" && pg.TableName != short(t.Name) && pg.TableName != short(p.Origin(t.Name)) {
			continue
		}
		h := hazardsOf(p, t)
		reason := ""
		switch {
		case pg.Code == "23502":
			reason = h.null
		case pg.Code == "23505":
			reason = h.duplicate
		case pg.Code == "23514":
			reason = h.check
		case pg.Code == "23503":
			reason = h.reference
		case strings.HasPrefix(pg.Code, "22") || pg.Code == "P0001": // raised by the diff's own guard
			reason = h.value
		}
		if reason != "" {
			return reason
		}
	}
	return ""
}

func hazardsOf(p *schematest.Pair, t *schema.Table) hazards {
	var h hazards
	old := originOf(p, t)
	if old == nil {
		return h
	}
	for i := range t.Columns {
		columnHazards(p, old, t, &t.Columns[i], &h)
	}
	was, is := old, t
	for _, u := range is.Uniques {
		if !slices.ContainsFunc(was.Uniques, func(x schema.Unique) bool {
			return x.Name == p.Origin(u.Name) && x.NullsNotDistinct == u.NullsNotDistinct && len(x.Columns) == len(u.Columns)
		}) {
			h.duplicate = "a new unique constraint"
		}
	}
	for _, x := range is.Indexes {
		if x.Unique && !slices.ContainsFunc(was.Indexes, func(o schema.Index) bool { return o.Name == x.Name && o.Unique }) {
			h.duplicate = "a new unique index"
		}
	}
	for _, c := range is.Checks {
		if !slices.ContainsFunc(was.Checks, func(x schema.Check) bool { return x.Name == c.Name && x.Value == c.Value }) {
			h.check = "a new check"
		}
	}
	for _, f := range is.ForeignKeys {
		if !slices.ContainsFunc(was.ForeignKeys, func(x schema.ForeignKey) bool { return x.Name == f.Name }) {
			h.reference = "a new foreign key"
		}
	}
	if !slices.Equal(keyOf(was).Columns, keyOf(is).Columns) {
		h.duplicate = "a new primary key"
		if h.null == "" {
			h.null = "a new primary key"
		}
	}
	return h
}

// columnHazards adds those of one column.
func columnHazards(p *schematest.Pair, old, t *schema.Table, c *schema.Column, h *hazards) {
	was := old.Column(p.Origin(c.Name))
	if was == nil {
		if c.NotNull && c.Default == nil && c.Identity == nil && c.Generated == nil && !strings.HasSuffix(c.Type, "serial") {
			h.null = "a new column that is NOT NULL and has no default"
		}
		return
	}
	if c.NotNull && !was.NotNull {
		h.null = "NOT NULL on a column with nulls"
	}
	lost := false
	for _, e := range p.To.Enums {
		for _, o := range p.From.Enums {
			if o.Name == p.Origin(e.Name) && strings.HasPrefix(c.Type, e.Name) {
				lost = lost || slices.ContainsFunc(o.Values, func(v string) bool { return !slices.Contains(e.Values, v) })
			}
		}
	}
	if lost {
		h.value = "an enum value that rows have goes"
	}
	if !sameType(p, was, c) {
		h.value = "values that the new type cannot hold"
		h.duplicate = "values that the new type does not tell apart"
	}
}

// What random pairs are held to has to be seen where it is broken.
func TestWhatPairsAreHeldTo(t *testing.T) {
	pair := func(was, is schema.Column) *schematest.Pair {
		make := func(name string, c schema.Column) *schema.Schema {
			return &schema.Schema{Tables: []schema.Table{{Schema: "public", Name: name, Columns: []schema.Column{c}}}}
		}
		return &schematest.Pair{From: make("t1", was), To: make("t2", is), Was: map[string]string{"t2": "t1", "b": "a"}}
	}
	integer, text := schema.Column{Name: "a", Type: "integer"}, schema.Column{Name: "b", Type: "text"}
	kept, filled := schema.Column{Name: "b", Type: "integer"}, schema.Column{Name: "b", Type: "integer", NotNull: true}
	for _, c := range []struct {
		name     string
		p        *schematest.Pair
		had, has []string
		lost     bool
	}{
		{"all there", pair(integer, kept), []string{"1", "2"}, []string{"1", "2"}, false},
		{"a row went", pair(integer, kept), []string{"1", "2"}, []string{"1"}, true},
		{"a value changed", pair(integer, kept), []string{"1", "2"}, []string{"1", "3"}, true},
		{"another type", pair(integer, text), []string{"1", "2"}, []string{"1.0", "2.0"}, false},
		{"another type without values", pair(integer, text), []string{"1", "2"}, []string{"null", "null"}, true},
	} {
		if got := compareContents(c.p, contents{"a": c.had}, contents{"b": c.has}); (got != "") != c.lost {
			t.Errorf("%s: %q", c.name, got)
		}
	}
	for _, c := range []struct {
		name      string
		p         *schematest.Pair
		err       pgconn.PgError
		forbidden bool
	}{
		{"nulls", pair(integer, filled), pgconn.PgError{Code: "23502", TableName: "t2"}, true},
		{"nulls elsewhere", pair(integer, filled), pgconn.PgError{Code: "23502", TableName: "t3"}, false},
		{"nulls that nobody minds", pair(integer, kept), pgconn.PgError{Code: "23502", TableName: "t2"}, false},
		{"values", pair(integer, text), pgconn.PgError{Code: "22P02"}, true},
		{"values of the same type", pair(integer, kept), pgconn.PgError{Code: "22P02"}, false},
		{"no cast", pair(integer, text), pgconn.PgError{Code: "42804"}, false},
	} {
		if got := forbidden(c.p, &c.err); (got != "") != c.forbidden {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}
