package catalog

import (
	"strings"

	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltext"
)

// readIndexes adds the indexes that no constraint made. Rows of one index
// follow each other.
func (a *assembly) readIndexes() {
	var last oid
	for _, r := range a.answers.rows[askIndexes] {
		t := a.tables[r.oid(0)]
		if t == nil {
			continue
		}
		if id := r.oid(1); id != last {
			last = id
			t.Indexes = append(t.Indexes, schema.Index{
				Name: r.text(2), Method: r.text(3), Unique: r.yes(4),
				Where: unwrap(r.text(7)), With: a.parameters(r, 8, func(s string) string { return s }),
			})
			if !r.yes(5) {
				a.note(t.Ref(), r.text(2), "is an invalid index, left behind by a CREATE INDEX CONCURRENTLY that failed")
			}
			if r.yes(6) {
				a.note(t.Ref(), r.text(2), "has INCLUDE columns, which are not read")
			}
		}
		index := &t.Indexes[len(t.Indexes)-1]
		index.Columns = append(index.Columns, a.indexColumn(r))
	}
}

// indexColumn reads one key. Access methods without an order leave its bits
// unset, which is what drizzle writes for them too: ascending, nulls last.
func (a *assembly) indexColumn(r row) schema.IndexColumn {
	const desc, nullsFirst = 1, 2 // pg_index.indoption
	order := r.number(14)
	c := schema.IndexColumn{Expression: r.text(9), Asc: order&desc == 0, Nulls: "last"}
	if order&nullsFirst != 0 {
		c.Nulls = "first"
	}
	if r.null(9) {
		c.Expression, c.IsExpression = oneBracket(r.text(10)), true
	}
	if !r.null(15) { // the model has no place for a collation, but SQL has
		if !c.IsExpression {
			c.Expression, c.IsExpression = sqltext.QuoteIdent(c.Expression), true
		}
		c.Expression += " COLLATE " + r.text(15)
	}
	parameters := a.list(r, 13)
	if !r.yes(12) || len(parameters) > 0 {
		c.OpClass = r.text(11)
		if len(parameters) > 0 {
			c.OpClass += "(" + strings.Join(parameters, ", ") + ")"
		}
	}
	return c
}

// oneBracket leaves one pair of brackets round an expression that PostgreSQL
// wraps twice; without any, CREATE INDEX takes function calls only.
func oneBracket(expr string) string {
	if inner := unwrap(expr); inner != expr {
		return "(" + inner + ")"
	}
	return expr
}

// parameters reads a reloptions array ("fillfactor=70"), sorted by name since
// its order only tells in which order somebody set them; rename turns
// PostgreSQL's names into drizzle's.
func (a *assembly) parameters(r row, i int, rename func(string) string) []schema.Option {
	var out []schema.Option
	for _, text := range a.list(r, i) {
		name, value, _ := strings.Cut(text, "=")
		out = append(out, schema.Option{Name: rename(name), Value: parameter(value)})
	}
	by(out, func(o *schema.Option) schema.Ref { return schema.Ref{Name: o.Name} })
	return out
}

// parameter reads a storage parameter as JavaScript would hold it.
func parameter(value string) schema.Scalar {
	switch {
	case value == "true" || value == "false":
		return schema.Scalar{Kind: schema.Boolean, Text: value}
	case jsonNumber.MatchString(value):
		return schema.Scalar{Kind: schema.Number, Text: value}
	}
	return schema.Scalar{Text: value}
}
