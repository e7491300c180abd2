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
				if x.Object != y.Object && c.a.whole(x).Object != c.b.whole(y).Object {
					c.add(x.Object, Conflict, doing(x), doing(y), "both take the name "+k.name+" among "+k.space)
					c.told[y.Object] = true
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
	relation := claim{"the tables, indexes, sequences and views of a schema", schema.Ref{Schema: x.In.Schema}, x.Name}
	constraint := claim{"the constraints of a table", x.In, x.Name}
	kindOfType := claim{"the types of a schema", schema.Ref{Schema: x.In.Schema}, x.Name}
	switch x.Kind {
	case schema.KindTable, schema.KindView:
		return []claim{relation, kindOfType}
	case schema.KindIndex, schema.KindSequence:
		return []claim{relation}
	case schema.KindPrimaryKey, schema.KindUnique:
		return []claim{relation, constraint}
	case schema.KindCheck, schema.KindForeignKey:
		return []claim{constraint}
	case schema.KindEnum:
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
			if givesPrimaryKey(y) && x.In == y.In && x.Object != y.Object {
				c.add(x.Object, Conflict, doing(x), doing(y), "a table has one primary key")
				c.told[y.Object] = true
			}
		}
	}
}

func givesPrimaryKey(x *change) bool {
	if x.dropped() {
		return false
	}
	if col, ok := x.after.Value.(*schema.Column); ok {
		return col.PrimaryKey && (x.created() || !x.before.Value.(*schema.Column).PrimaryKey)
	}
	return x.Kind == schema.KindPrimaryKey && x.created()
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
						c.ends(schema.NameOf(t.Ref(), f), t.Ref().Column(f.Columns[n]), f.To().Column(f.ToColumns[n]))
					}
				}
			}
		}
	}
}

// ends compares the types of two columns as both sides together leave them.
func (c *comparison) ends(foreignKey, from, to schema.Object) {
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

func (c *comparison) conflicts(k schema.Object) bool {
	return slices.ContainsFunc(c.rows, func(r Row) bool { return r.Relation == Conflict && r.Object == k.String() })
}

// typeNow is the type that a column has with both sides' changes.
func (c *comparison) typeNow(column schema.Object) string {
	for _, s := range []*side{c.a, c.b} {
		if x := s.by[column]; x != nil {
			if x.dropped() {
				return ""
			}
			if _, ok := x.sets(typeAttribute); ok || x.created() {
				return x.after.Value.(*schema.Column).FullType()
			}
		}
	}
	for _, s := range []*side{c.a, c.b} {
		if t := s.schema.Table(column.In); t != nil {
			if col := t.Column(column.Name); col != nil {
				return col.FullType()
			}
		}
	}
	return ""
}

// fromBoth reports whether each side has a hand in a foreign key and its ends,
// at least one of them by a type.
func (c *comparison) fromBoth(keys ...schema.Object) bool {
	touches := func(s *side) bool {
		return slices.ContainsFunc(keys, func(k schema.Object) bool { return matters(s.by[k]) })
	}
	return touches(c.a) && touches(c.b)
}

func matters(x *change) bool {
	if x == nil || x.dropped() {
		return false
	}
	_, ok := x.sets(typeAttribute)
	return ok || x.created() || x.Kind == schema.KindForeignKey
}

func (c *comparison) about(s *side, keys ...schema.Object) string {
	for _, k := range keys {
		if x := s.by[k]; matters(x) {
			return doing(x)
		}
	}
	return ""
}
