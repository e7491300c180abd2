package rows

import (
	"strings"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/sqltext"
)

// Sort is a column that a page is sorted by.
type Sort struct {
	Column string `json:"column"`
	Desc   bool   `json:"desc,omitempty"`
	// NullsFirst is as PostgreSQL has it where it is not said: nulls count as
	// greater than everything.
	NullsFirst *bool `json:"nullsFirst,omitempty"`
}

func quoted(name string) string { return sqltext.QuoteIdent(name) }

// term is one part of an order.
type term struct {
	sql        string // of the value
	cast       string
	column     *Column // nil for the place of a row
	operators  string
	desc       bool
	nullsFirst bool
	nullable   bool
}

// order is a sort, completed so that no two rows are equal in it, as far as
// that can be had.
type order struct {
	terms []term
	// unique is false for views and foreign tables: equal rows are counted.
	unique bool
	// place is true when rows come as they are stored, with nothing else to
	// order them by.
	place bool
}

// mostTies bounds the columns of a view that tell its rows apart.
const mostTies = 32

// order completes a sort by the key, by the place of a row, or in a view by
// every column that can be compared.
func (s *Shape) order(sorts []Sort) (*order, error) {
	o := &order{unique: true}
	named := map[string]bool{}
	desc := false
	for _, sort := range sorts {
		c, err := s.Column(sort.Column)
		if err != nil {
			return nil, err
		}
		if !c.Sortable {
			return nil, &diag.Error{Kind: diag.Usage, Message: "rows cannot be sorted by " + c.Name + ": the type " + c.Type + " has no order", Hint: "sort by another column"}
		}
		if named[c.Name] {
			continue
		}
		named[c.Name] = true
		desc = sort.Desc
		t := c.term(desc)
		if sort.NullsFirst != nil {
			t.nullsFirst = *sort.NullsFirst
		}
		o.terms = append(o.terms, t)
	}
	for _, t := range s.ties(o, desc) {
		if t.column == nil || !named[t.column.Name] {
			o.terms = append(o.terms, t)
		}
	}
	return o, nil
}

// ties tell rows apart that are equal in a sort. They have the direction of its
// last column, so that one index can give both.
func (s *Shape) ties(o *order, desc bool) []term {
	var all []term
	switch {
	case len(s.Key) > 0:
		for _, c := range s.keyColumns() {
			all = append(all, c.term(desc))
		}
	case s.physical():
		o.place = len(o.terms) == 0
		all = append(all, term{sql: "t.ctid", cast: "tid", desc: desc})
	case s.stored():
		all = append(all, term{sql: "t.tableoid", cast: "oid", desc: desc}, term{sql: "t.ctid", cast: "tid", desc: desc})
	default:
		o.unique = false
		for _, c := range s.Columns {
			if c.Sortable && len(all) < mostTies {
				all = append(all, c.term(desc))
			}
		}
	}
	return all
}

func (c *Column) term(desc bool) term {
	return term{sql: "t." + quoted(c.Name), cast: c.Cast, column: c, operators: c.Operators, desc: desc, nullsFirst: desc, nullable: !c.NotNull}
}

// reversed is the same order from its end.
func (o *order) reversed() *order {
	r := &order{unique: o.unique, place: o.place}
	for _, t := range o.terms {
		t.desc, t.nullsFirst = !t.desc, !t.nullsFirst
		r.terms = append(r.terms, t)
	}
	return r
}

// uniform says whether one comparison of rows says what comes after another.
func (o *order) uniform() bool {
	for _, t := range o.terms {
		if t.nullable || t.operators != "" || t.desc != o.terms[0].desc {
			return false
		}
	}
	return len(o.terms) > 0
}

// by is the list of ORDER BY. Of what is never null, where nulls go is not
// said: an index that has them elsewhere gives the order too.
func by(terms []term) string {
	var parts []string
	for _, t := range terms {
		part := t.sql
		if t.operators != "" {
			part += " USING OPERATOR(" + quoted(t.operators) + "." + map[bool]string{false: "<", true: ">"}[t.desc] + ")"
		} else if t.desc {
			part += " DESC"
		}
		if t.nullable && t.nullsFirst != t.desc {
			part += map[bool]string{false: " NULLS LAST", true: " NULLS FIRST"}[t.nullsFirst]
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}

// stretch is a part of what follows a row in an order. Each is a range of one
// index, which an OR of them would not be.
type stretch struct {
	where func(*statement) string // nil for everything
	terms []term
	// skip and most leave out the first rows, and those behind a number of
	// them where most is not 0.
	skip, most int
}

// from are the stretches behind a place, in order.
func (o *order) from(at *cursor) []stretch {
	switch {
	case o.unique:
		return o.after(at.Values, false)
	case at.Take == nil:
		all := o.after(at.Values, true)
		all[0].skip = at.Skip
		return all
	case *at.Take == 0:
		return o.after(at.Values, false)
	}
	equal := stretch{where: func(to *statement) string { return o.same(at.Values, to) }, most: *at.Take}
	return append([]stretch{equal}, o.after(at.Values, false)...)
}

// after are the stretches behind a row with the given values, in order, the
// first of them with the rows that are equal to it if they count as behind.
func (o *order) after(values []*string, equals bool) []stretch {
	first := o.terms[0]
	if o.uniform() && !equals {
		return []stretch{{where: func(to *statement) string { return o.rowComparison(values, to) }, terms: o.terms}}
	}
	rest := &order{terms: o.terms[1:]}
	var all []stretch
	if len(rest.terms) > 0 || equals {
		all = append(all, stretch{where: func(to *statement) string {
			return first.equals(values[0], to) + " AND " + rest.behind(values[1:], equals, to)
		}, terms: rest.terms})
	}
	known := first
	known.nullable = false
	kept := append([]term{known}, rest.terms...)
	switch {
	case values[0] != nil:
		all = append(all, stretch{where: func(to *statement) string { return first.beyond(*values[0], to) }, terms: kept})
		if first.nullable && !first.nullsFirst {
			all = append(all, stretch{where: first.isNull, terms: rest.terms})
		}
	case first.nullsFirst:
		all = append(all, stretch{where: first.isNotNull, terms: kept})
	}
	return all
}

// all are the stretches of the whole order. Where nulls are not where an index
// has them, they are a stretch of their own.
func (o *order) all() []stretch {
	first := o.terms[0]
	if !first.nullable || first.nullsFirst == first.desc {
		return []stretch{{terms: o.terms}}
	}
	known := first
	known.nullable = false
	nulls := stretch{where: first.isNull, terms: o.terms[1:]}
	others := stretch{where: first.isNotNull, terms: append([]term{known}, o.terms[1:]...)}
	if first.nullsFirst {
		return []stretch{nulls, others}
	}
	return []stretch{others, nulls}
}

func (t term) isNull(*statement) string    { return t.sql + " IS NULL" }
func (t term) isNotNull(*statement) string { return t.sql + " IS NOT NULL" }

func (t term) operator(symbol string) string {
	if t.operators == "" {
		return " " + symbol + " "
	}
	return " OPERATOR(" + quoted(t.operators) + "." + symbol + ") "
}

func (t term) equals(value *string, to *statement) string {
	if value == nil {
		return t.isNull(to)
	}
	return t.sql + t.operator("=") + to.arg(*value, t.cast)
}

func (t term) beyond(value string, to *statement) string {
	return t.sql + t.operator(map[bool]string{false: ">", true: "<"}[t.desc]) + to.arg(value, t.cast)
}

// behind is the condition for being behind a row, or equal to it if that counts
// as behind.
func (o *order) behind(values []*string, equals bool, to *statement) string {
	if o.uniform() && !equals {
		return o.rowComparison(values, to)
	}
	var ways []string
	for i, t := range o.terms {
		if far := t.further(values[i], to); far != "" {
			before := &order{terms: o.terms[:i]}
			ways = append(ways, "("+strings.TrimPrefix(before.same(values, to)+" AND "+far, "true AND ")+")")
		}
	}
	if equals {
		ways = append(ways, "("+o.same(values, to)+")")
	}
	if len(ways) == 0 {
		return "false"
	}
	return "(" + strings.Join(ways, " OR ") + ")"
}

// same is the condition for being equal to a row.
func (o *order) same(values []*string, to *statement) string {
	var parts []string
	for i, t := range o.terms {
		parts = append(parts, t.equals(values[i], to))
	}
	if len(parts) == 0 {
		return "true"
	}
	return strings.Join(parts, " AND ")
}

// further is the condition that one value is behind another, "" where nothing
// can be.
func (t term) further(value *string, to *statement) string {
	switch {
	case value == nil && t.nullsFirst:
		return t.isNotNull(to)
	case value == nil:
		return ""
	case t.nullable && !t.nullsFirst:
		return "(" + t.beyond(*value, to) + " OR " + t.isNull(to) + ")"
	}
	return t.beyond(*value, to)
}

func (o *order) rowComparison(values []*string, to *statement) string {
	var left, right []string
	for i, t := range o.terms {
		left = append(left, t.sql)
		right = append(right, to.arg(deref(values[i]), t.cast))
	}
	op := " > "
	if o.terms[0].desc {
		op = " < "
	}
	if len(left) == 1 {
		return left[0] + op + right[0]
	}
	return "(" + strings.Join(left, ", ") + ")" + op + "(" + strings.Join(right, ", ") + ")"
}
