package commute

import (
	"slices"

	"github.com/skein-db/skein/internal/schema"
)

// names finds two different objects that want one name in a space of names that
// PostgreSQL keeps: relations and types of a schema, constraints of a table.
func (c *comparison) names() {
	claims := map[claim][]*change{}
	for _, x := range c.a.changes {
		for _, k := range claimsOf(x) {
			claims[k] = append(claims[k], x)
		}
	}
	for _, y := range c.b.changes {
		for _, k := range claimsOf(y) {
			for _, x := range claims[k] {
				if x.key != y.key && c.a.whole(x).key != c.b.whole(y).key {
					c.add(x.key, Conflict, doing(x), doing(y), "both take the name "+k.name+" among "+k.space)
					c.told[y.key] = true
				}
			}
		}
	}
}

type claim struct {
	space string
	in    schema.Ref
	name  string
}

// claimsOf are the names that an object takes when it is created. Keys and
// unique constraints have an index of their name.
func claimsOf(x *change) []claim {
	if !x.created() {
		return nil
	}
	relation := claim{"the tables, indexes, sequences and views of a schema", schema.Ref{Schema: x.in.Schema}, x.name}
	constraint := claim{"the constraints of a table", x.in, x.name}
	kindOfType := claim{"the types of a schema", schema.Ref{Schema: x.in.Schema}, x.name}
	switch x.kind {
	case aTable, aView:
		return []claim{relation, kindOfType}
	case anIndex, aSequence:
		return []claim{relation}
	case aPrimaryKey, aUnique:
		return []claim{relation, constraint}
	case aCheck, aForeignKey:
		return []claim{constraint}
	case anEnum:
		return []claim{kindOfType}
	}
	return nil
}

// primaryKeys finds tables to which both sides give a primary key.
func (c *comparison) primaryKeys() {
	for _, x := range c.a.changes {
		if !givesPrimaryKey(x) || c.a.whole(x) != x {
			continue
		}
		for _, y := range c.b.changes {
			if givesPrimaryKey(y) && x.in == y.in && x.key != y.key {
				c.add(x.key, Conflict, doing(x), doing(y), "a table has one primary key")
				c.told[y.key] = true
			}
		}
	}
}

func givesPrimaryKey(x *change) bool {
	if x.dropped() {
		return false
	}
	if col, ok := x.after.value.(*schema.Column); ok {
		return col.PrimaryKey && (x.created() || !x.before.value.(*schema.Column).PrimaryKey)
	}
	return x.kind == aPrimaryKey && x.created()
}

// references finds foreign keys of which one side changes the type of one end,
// while the other side makes the key or changes the other end.
func (c *comparison) references() {
	for _, s := range []*side{c.a, c.b} {
		for i := range s.schema.Tables {
			t := &s.schema.Tables[i]
			for j := range t.ForeignKeys {
				f := &t.ForeignKeys[j]
				for n := range f.Columns {
					if n < len(f.ToColumns) {
						c.ends(key{aForeignKey, t.Ref(), f.Name}, key{aColumn, t.Ref(), f.Columns[n]}, key{aColumn, target(f), f.ToColumns[n]})
					}
				}
			}
		}
	}
}

// ends compares the types of two columns as both sides together leave them.
func (c *comparison) ends(foreignKey, from, to key) {
	if c.told[foreignKey] && c.conflicts(foreignKey) {
		return
	}
	one, other := c.typeNow(from), c.typeNow(to)
	if one == "" || other == "" || one == other || !c.fromBoth(foreignKey, from, to) {
		return
	}
	c.add(foreignKey, Conflict, c.about(c.a, foreignKey, from, to), c.about(c.b, foreignKey, from, to),
		from.String()+" would be "+one+", and "+to.String()+" "+other)
}

func (c *comparison) conflicts(k key) bool {
	return slices.ContainsFunc(c.rows, func(r Row) bool { return r.Relation == Conflict && r.Object == k.String() })
}

// typeNow is the type that a column has with both sides' changes.
func (c *comparison) typeNow(column key) string {
	for _, s := range []*side{c.a, c.b} {
		if x := s.by[column]; x != nil {
			if x.dropped() {
				return ""
			}
			if _, ok := x.sets(typeAttribute); ok || x.created() {
				return typeOf(x.after.value.(*schema.Column))
			}
		}
	}
	for _, s := range []*side{c.a, c.b} {
		if t := s.schema.Table(column.in); t != nil {
			if col := t.Column(column.name); col != nil {
				return typeOf(col)
			}
		}
	}
	return ""
}

// fromBoth reports whether each side has a hand in a foreign key and its ends,
// at least one of them by a type.
func (c *comparison) fromBoth(keys ...key) bool {
	touches := func(s *side) bool {
		return slices.ContainsFunc(keys, func(k key) bool { return matters(s.by[k]) })
	}
	return touches(c.a) && touches(c.b)
}

func matters(x *change) bool {
	if x == nil || x.dropped() {
		return false
	}
	_, ok := x.sets(typeAttribute)
	return ok || x.created() || x.kind == aForeignKey
}

func (c *comparison) about(s *side, keys ...key) string {
	for _, k := range keys {
		if x := s.by[k]; matters(x) {
			return doing(x)
		}
	}
	return ""
}
