// Package commute says whether what two branches did to one schema goes
// together: whether the changes of one, applied after those of the other, give
// the same database either way round.
//
// Git answers that for text, and text lies: two branches that never touch one
// line can still contradict each other, when one drops a column that a view of
// the other selects. Here both sides are schemas that were made of one base,
// and every object that either side touches is looked at by name: what both
// touch, and what one uses that the other takes away. Nothing here knows of
// rows, so data statements are not judged; and a rename is what a schema shows
// of it, something gone and something new. The package touches neither disk nor
// database.
package commute

import (
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/schema"
)

// Relation is how two sides stand to each other over one object.
type Relation string

// The relations, the worst first.
const (
	// Conflict: the sides cannot both have what they want, or only in one order.
	Conflict Relation = "conflict"
	// Noted: both go in either order, but what comes out depends on it a little,
	// or only PostgreSQL can say whether it fits.
	Noted Relation = "note"
	// Same: both sides did the same, which is to be done once.
	Same Relation = "same"
	// Independent: only one side touches it, or each another attribute.
	Independent Relation = "independent"
)

var relations = []Relation{Conflict, Noted, Same, Independent}

// Row is one object and what becomes of it.
type Row struct {
	Object   string // such as "column users.email"
	A, B     string // what each side does, such as "drops it"; "" for nothing
	Relation Relation
	Why      string // "" for Same and Independent
}

// Result is the comparison of two sides.
type Result struct {
	Rows []Row // the worst first, else in the order of the schemas
}

// Commute reports whether no row is a Conflict.
func (r *Result) Commute() bool {
	return !slices.ContainsFunc(r.Rows, func(row Row) bool { return row.Relation == Conflict })
}

// Compare compares two schemas that were made of one base. None is changed.
func Compare(base, a, b *schema.Schema) *Result {
	old := objects(base)
	c := &comparison{a: newSide(old, a), b: newSide(old, b), told: map[schema.Object]bool{}}
	c.touched()
	c.used(c.a, c.b, false)
	c.used(c.b, c.a, true)
	c.names()
	c.primaryKeys()
	c.references()
	c.alone(c.a, false)
	c.alone(c.b, true)
	slices.SortStableFunc(c.rows, func(x, y Row) int {
		return slices.Index(relations, x.Relation) - slices.Index(relations, y.Relation)
	})
	return &Result{Rows: c.rows}
}

// comparison collects rows. told are the objects that one is about already.
type comparison struct {
	a, b *side
	rows []Row
	told map[schema.Object]bool
}

func (c *comparison) add(k schema.Object, relation Relation, a, b, why string) {
	c.told[k] = true
	row := Row{Object: k.String(), A: a, B: b, Relation: relation, Why: why}
	if !slices.Contains(c.rows, row) {
		c.rows = append(c.rows, row)
	}
}

// touched looks at what both sides change.
func (c *comparison) touched() {
	for _, x := range c.a.changes {
		wholeA := c.a.whole(x)
		y := c.b.by[x.Object]
		if y == nil {
			c.inside(x)
			continue
		}
		wholeB := c.b.whole(y)
		if (wholeA != x || wholeB != y) && c.told[x.Table()] {
			continue // told with the table
		}
		switch {
		case x.Kind == schema.KindTable && x.created() && y.created():
			c.createdTwice(x, y)
		case x.dropped() && y.dropped():
			c.add(x.Object, Same, describe(x), describe(y), "")
		case x.dropped() || y.dropped():
			c.add(x.Object, Conflict, describe(x), describe(y), "one side drops what the other changes")
		case x.created():
			c.bothCreate(x, y)
		default:
			c.bothChange(x, y)
		}
	}
	for _, y := range c.b.changes {
		if c.a.by[y.Object] == nil {
			c.insideOther(y)
		}
	}
}

// inside finds a part that a changes of a table that b drops; insideOther is
// the reverse. What a side drops along with it is no contradiction.
func (c *comparison) inside(x *change) {
	if t := c.b.by[x.Table()]; x.Part() && t != nil && t.dropped() && !x.dropped() {
		c.add(x.Object, Conflict, describe(x), "drops the table", "one side drops the table that the other changes")
	}
}

func (c *comparison) insideOther(y *change) {
	if t := c.a.by[y.Table()]; y.Part() && t != nil && t.dropped() && !y.dropped() {
		c.add(y.Object, Conflict, "drops the table", describe(y), "one side drops the table that the other changes")
	}
}

// createdTwice compares two tables of one name with all that belongs to them.
func (c *comparison) createdTwice(x, y *change) {
	var differ []string
	if !slices.Equal(x.after.attributes, y.after.attributes) {
		differ = append(differ, "row level security")
	}
	for _, p := range c.a.parts(x.Object) {
		if q := c.b.by[p.Object]; q == nil || !slices.Equal(p.after.attributes, q.after.attributes) {
			differ = append(differ, string(p.Kind)+" "+p.Name)
		}
	}
	for _, q := range c.b.parts(x.Object) {
		if c.a.by[q.Object] == nil {
			differ = append(differ, string(q.Kind)+" "+q.Name)
		}
	}
	if len(differ) == 0 {
		c.add(x.Object, Same, describe(x), describe(y), "")
		return
	}
	c.add(x.Object, Conflict, describe(x), describe(y), "both make one of that name, and they differ in "+some(differ))
}

func (c *comparison) bothCreate(x, y *change) {
	if slices.Equal(x.after.attributes, y.after.attributes) {
		c.add(x.Object, Same, describe(x), describe(y), "")
		return
	}
	if x.Kind == schema.KindEnum {
		c.add(x.Object, Conflict, describe(x), describe(y), "both make one of that name with other values")
		return
	}
	var differ []string
	for i, a := range x.after.attributes {
		if b := y.after.attributes[i]; a != b {
			differ = append(differ, a.name+" ("+short(a.value)+" and "+short(b.value)+")")
		}
	}
	c.add(x.Object, Conflict, describe(x), describe(y), "both make one of that name, and they differ in "+some(differ))
}

// bothChange compares two changes of what there was.
func (c *comparison) bothChange(x, y *change) {
	if x.Kind == schema.KindEnum {
		relation, why := enums(enum(x.before), enum(x.after), enum(y.after))
		c.add(x.Object, relation, describe(x), describe(y), why)
		return
	}
	same := 0
	for _, a := range x.changed {
		b, both := y.sets(a.name)
		switch {
		case both && a.value == b:
			same++
		case both:
			c.add(x.Object, Conflict, describe(x), describe(y), "both set "+a.name+", to "+short(a.value)+" and "+short(b))
			return
		}
	}
	if same == len(x.changed) && same == len(y.changed) {
		c.add(x.Object, Same, describe(x), describe(y), "")
		return
	}
	if x.Kind != schema.KindColumn {
		// PostgreSQL has no statement for a part of these: each side makes it anew.
		c.add(x.Object, Conflict, describe(x), describe(y), "both make it anew, and the later one undoes the other")
		return
	}
	if why := entangled(x, y); why != "" {
		c.add(x.Object, Conflict, describe(x), describe(y), why)
		return
	}
	c.add(x.Object, Independent, describe(x), describe(y), "")
}

// entangled says why two changes of one column do not go together although they
// set different attributes.
func entangled(x, y *change) string {
	for _, pair := range [][2]*change{{x, y}, {y, x}} {
		if _, ok := pair[0].sets(typeAttribute); ok {
			for _, name := range []string{defaultAttribute, generated, identity} {
				if _, ok := pair[1].sets(name); ok {
					return "the " + name + " was written for another type"
				}
			}
		}
		if value, ok := pair[0].sets(notNull); ok && value == "no" {
			for _, name := range []string{primaryKey, identity} {
				if value, ok := pair[1].sets(name); ok && value != "no" && value != "none" {
					return name + " columns cannot be null"
				}
			}
		}
		if value, ok := pair[0].sets(defaultAttribute); ok && value != "none" {
			for _, name := range []string{generated, identity} {
				if value, ok := pair[1].sets(name); ok && value != "none" {
					return "a column has a default or is " + name + ", not both"
				}
			}
		}
	}
	return ""
}

// alone lists what only one side does. What a table is made or dropped with
// goes without saying.
func (c *comparison) alone(s *side, other bool) {
	for _, x := range s.changes {
		if whole := s.whole(x); whole != x || c.told[x.Object] {
			continue
		}
		if other {
			c.add(x.Object, Independent, "", describe(x), "")
		} else {
			c.add(x.Object, Independent, describe(x), "", "")
		}
	}
}

// describe is what a side does to an object.
func describe(c *change) string {
	switch {
	case c == nil:
		return ""
	case c.created():
		return "creates it"
	case c.dropped():
		return "drops it"
	}
	if c.Kind == schema.KindEnum {
		return enumChange(enum(c.before), enum(c.after))
	}
	var all []string
	for _, a := range c.changed {
		all = append(all, a.name+" "+short(a.value))
	}
	return "sets " + strings.Join(all, ", ")
}

// doing is describe with the object named, where a row is about another one.
func doing(c *change) string {
	verb, it := strings.CutSuffix(describe(c), " it")
	if it {
		return verb + " " + c.String()
	}
	return verb + " (" + c.String() + ")"
}

// short keeps an expression readable in a line.
func short(value string) string {
	const most = 48
	value = strings.Join(strings.Fields(value), " ")
	if runes := []rune(value); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return value
}

// some lists the first few.
func some(all []string) string {
	const most = 4
	if len(all) > most {
		return strings.Join(all[:most], ", ") + " and more"
	}
	return strings.Join(all, ", ")
}
