package schematest

import (
	"fmt"
	"strings"

	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltext"
)

// Rows returns INSERT statements that put up to n rows into each table of s.
// Each can be refused: a foreign key may find nothing to point to, a unique
// constraint may have seen a value. Those are to be passed over.
func Rows(s *schema.Schema, n int) []string {
	var out []string
	for pass := range 2 { // the second one for tables that point to later ones
		for i := range s.Tables {
			t := &s.Tables[i]
			for row := range n {
				if pass == 0 || len(t.ForeignKeys) > 0 {
					out = append(out, insert(s, t, row+pass*n))
				}
			}
		}
	}
	return out
}

func insert(s *schema.Schema, t *schema.Table, row int) string {
	var names, values []string
	for i := range t.Columns {
		c := &t.Columns[i]
		if c.Generated != nil || c.Identity != nil && c.Identity.Type == "always" || serials[c.Type] != "" {
			continue
		}
		names = append(names, sqltext.QuoteIdent(c.Name))
		values = append(values, value(s, t, c, i, row))
	}
	table := sqltext.QuoteIdent(t.Schema) + "." + sqltext.QuoteIdent(t.Name)
	if len(names) == 0 {
		return "insert into " + table + " default values"
	}
	return "insert into " + table + " (" + strings.Join(names, ", ") + ") values (" + strings.Join(values, ", ") + ")"
}

// value returns the SQL for one field: what a foreign key points to, now and
// then nothing, else the row's value of the type.
func value(s *schema.Schema, t *schema.Table, c *schema.Column, place, row int) string {
	for _, f := range t.ForeignKeys {
		for i, name := range f.Columns {
			if name == c.Name {
				return fmt.Sprintf("(select x.%s from %s.%s x offset %d limit 1)", sqltext.QuoteIdent(f.ToColumns[i]),
					sqltext.QuoteIdent(f.ToSchema), sqltext.QuoteIdent(f.ToTable), row)
			}
		}
	}
	if !c.NotNull && (place+row)%4 == 3 {
		return "null"
	}
	return typeOf(s, c).value(row)
}
