package commute

import (
	"fmt"
	"strings"

	"github.com/skein-db/skein/internal/schema"
)

// object is one thing of a schema, as attributes that can be compared.
type object struct {
	schema.Held
	attributes []attribute
}

type attribute struct{ name, value string }

// text writes what a pointer points to, "none" for nil.
func text[T any](v *T) string {
	if v == nil {
		return "none"
	}
	return fmt.Sprint(*v)
}

func join(names []string) string { return "(" + strings.Join(names, ", ") + ")" }

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// objects lists all that a schema holds, each table before its parts.
func objects(s *schema.Schema) []object {
	var out []object
	for _, h := range s.Objects() {
		out = append(out, object{h, attributesOf(h.Value)})
	}
	return out
}

func attributesOf(value any) []attribute {
	switch v := value.(type) {
	case *schema.Enum:
		return []attribute{{"values", join(v.Values)}}
	case *schema.Sequence:
		return []attribute{{"options", fmt.Sprintf("%+v", v.SequenceOptions)}}
	case *schema.Role:
		return []attribute{{"rights", fmt.Sprintf("%+v", *v)}}
	case *schema.Table:
		return []attribute{{"row level security", yesNo(v.RLS)}}
	case *schema.Column:
		value := "none"
		if v.Default != nil {
			value = v.Default.Text
		}
		return []attribute{
			{typeAttribute, v.FullType()}, {notNull, yesNo(v.NotNull)}, {primaryKey, yesNo(v.PrimaryKey)},
			{defaultAttribute, value}, {generated, text(v.Generated)}, {identity, text(v.Identity)},
		}
	case *schema.Index:
		return []attribute{
			{"columns", fmt.Sprint(v.Columns)}, {"unique", yesNo(v.Unique)}, {"where", orNone(v.Where)},
			{"method", fmt.Sprint(v.Method, v.With)},
		}
	case *schema.ForeignKey:
		return []attribute{
			{"columns", join(v.Columns)}, {"target", schema.Ref{Schema: v.ToSchema, Name: v.ToTable}.String() + join(v.ToColumns)},
			{"on delete", orNone(v.OnDelete)}, {"on update", orNone(v.OnUpdate)},
		}
	case *schema.PrimaryKey:
		return []attribute{{"columns", join(v.Columns)}}
	case *schema.Unique:
		return []attribute{{"columns", join(v.Columns)}, {"nulls distinct", yesNo(!v.NullsNotDistinct)}}
	case *schema.Check:
		return []attribute{{"expression", v.Value}}
	case *schema.Policy:
		return []attribute{{"definition", policyText(v)}}
	case *schema.LinkedPolicy:
		return []attribute{{"definition", policyText(&v.Policy)}}
	case *schema.View:
		return []attribute{
			{"definition", text(v.Definition)},
			{"options", fmt.Sprint(v.Existing, v.Materialized, v.With, text(v.WithNoData), v.Tablespace, v.Using)},
		}
	}
	return nil // a schema is no more than its name
}

func policyText(p *schema.Policy) string {
	return fmt.Sprint(p.As, p.For, p.To, " USING ", text(p.Using), " WITH CHECK ", text(p.WithCheck))
}

// The attributes of a column.
const (
	typeAttribute    = "type"
	notNull          = "not null"
	primaryKey       = "primary key"
	defaultAttribute = "default"
	generated        = "generated"
	identity         = "identity"
)

// change is what one side does to an object.
type change struct {
	schema.Object
	before, after *object     // nil where it is created or dropped
	changed       []attribute // new values of what is another than before
}

func (c *change) created() bool { return c.before == nil }
func (c *change) dropped() bool { return c.after == nil }

// sets returns the new value of an attribute that the change sets.
func (c *change) sets(name string) (value string, ok bool) {
	for _, a := range c.changed {
		if a.name == name {
			return a.value, true
		}
	}
	return "", false
}

// side is one of the two schemas that were made of the base.
type side struct {
	schema  *schema.Schema
	changes []*change // in the order of the new objects, then what is dropped
	by      map[schema.Object]*change
}

func newSide(base []object, to *schema.Schema) *side {
	s := &side{schema: to, by: map[schema.Object]*change{}}
	old := map[schema.Object]*object{}
	for i := range base {
		old[base[i].Object] = &base[i]
	}
	kept := map[schema.Object]bool{}
	now := objects(to)
	for i := range now {
		after := &now[i]
		kept[after.Object] = true
		before := old[after.Object]
		if before == nil {
			s.add(&change{Object: after.Object, after: after})
			continue
		}
		c := &change{Object: after.Object, before: before, after: after}
		for j, a := range after.attributes {
			if a.value != before.attributes[j].value {
				c.changed = append(c.changed, a)
			}
		}
		if len(c.changed) > 0 {
			s.add(c)
		}
	}
	for i := range base {
		if !kept[base[i].Object] {
			s.add(&change{Object: base[i].Object, before: &base[i]})
		}
	}
	return s
}

func (s *side) add(c *change) {
	s.changes = append(s.changes, c)
	s.by[c.Object] = c
}

// whole returns the change that a part of a table goes along with: the table's
// creation or removal; else the change itself.
func (s *side) whole(c *change) *change {
	if !c.Part() {
		return c
	}
	if t := s.by[c.Table()]; t != nil && (t.created() || t.dropped()) {
		return t
	}
	return c
}

// parts are the changes to what belongs to a table.
func (s *side) parts(table schema.Object) []*change {
	var out []*change
	for _, c := range s.changes {
		if c.Part() && c.Table() == table {
			out = append(out, c)
		}
	}
	return out
}
