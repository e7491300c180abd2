package catalog

import (
	"strings"

	"github.com/skein-db/skein/internal/schema"
)

// guests are the objects of a scratch database that are not want's own.
type guests struct {
	tables  map[schema.Ref]bool
	schemas map[string]bool
}

// buildPlan returns want as it can be built in an empty database: without
// roles, which are made apart, without CONCURRENTLY, which no transaction
// allows, with the schemas that its objects live in, and with stand-ins for
// tables and views that it refers to without defining them; if all is set, for
// everything around.
func buildPlan(want, around *schema.Schema, all bool) (*schema.Schema, guests) {
	plan := want.Clone()
	plan.Roles = nil
	for i := range plan.Tables {
		for j := range plan.Tables[i].Indexes {
			plan.Tables[i].Indexes[j].Concurrently = false
		}
	}
	g := guests{tables: map[schema.Ref]bool{}, schemas: map[string]bool{}}
	g.addSchemas(plan)
	views := plan.Views
	plan.Views = nil
	for _, v := range views {
		if !v.Existing {
			plan.Views = append(plan.Views, v)
			continue
		}
		g.add(plan, schema.Table{Schema: v.Schema, Name: v.Name, Columns: v.Columns}, around)
	}
	for _, t := range want.Tables {
		for _, f := range t.ForeignKeys {
			g.add(plan, targetOf(&f, &t), around)
		}
	}
	for i := range want.Policies {
		on := onTable(&want.Policies[i])
		g.add(plan, schema.Table{Schema: on.Schema, Name: on.Name}, around)
	}
	if all && around != nil {
		for _, t := range around.Tables {
			g.add(plan, schema.Table{Schema: t.Schema, Name: t.Name}, around)
		}
	}
	return plan, g
}

// addSchemas adds the schemas of want's objects that it does not list itself.
func (g guests) addSchemas(plan *schema.Schema) {
	for _, e := range plan.Enums {
		g.addSchema(plan, e.Schema)
	}
	for _, q := range plan.Sequences {
		g.addSchema(plan, q.Schema)
	}
	for _, t := range plan.Tables {
		g.addSchema(plan, t.Schema)
	}
	for _, v := range plan.Views {
		g.addSchema(plan, v.Schema)
	}
}

// add puts a stand-in into the plan, unless the table is there. Several
// references to one table add up.
func (g guests) add(plan *schema.Schema, t schema.Table, around *schema.Schema) {
	have := plan.Table(t.Ref())
	switch {
	case have != nil && !g.tables[t.Ref()]:
		return
	case have == nil:
		if around != nil {
			if real := around.Table(t.Ref()); real != nil {
				t.Columns = bare(real.Columns)
				t.Uniques = append(t.Uniques, keysOf(real)...)
			}
		}
		g.tables[t.Ref()] = true
		plan.Tables = append(plan.Tables, schema.Table{Schema: t.Schema, Name: t.Name})
		have = &plan.Tables[len(plan.Tables)-1]
		g.addSchema(plan, t.Schema)
	}
	for _, c := range t.Columns {
		if have.Column(c.Name) == nil {
			c.PrimaryKey, c.NotNull, c.Default, c.Generated, c.Identity = false, false, nil, nil, nil
			have.Columns = append(have.Columns, c)
		}
	}
	for _, u := range t.Uniques {
		known := false
		for _, h := range have.Uniques {
			known = known || strings.Join(h.Columns, "\x00") == strings.Join(u.Columns, "\x00")
		}
		if !known {
			have.Uniques = append(have.Uniques, u)
		}
	}
}

func (g guests) addSchema(plan *schema.Schema, name string) {
	if name == schema.Public {
		return
	}
	for _, s := range plan.Schemas {
		if s == name {
			return
		}
	}
	g.schemas[name] = true
	plan.Schemas = append(plan.Schemas, name)
}

// targetOf guesses the table that a foreign key points to: the columns it
// names, of the types of the columns that point there, unique.
func targetOf(f *schema.ForeignKey, from *schema.Table) schema.Table {
	t := schema.Table{Schema: f.ToSchema, Name: f.ToTable}
	for i, name := range f.ToColumns {
		c := schema.Column{Name: name, Type: "integer"}
		if i < len(f.Columns) {
			if own := from.Column(f.Columns[i]); own != nil {
				c.Type, c.TypeSchema = own.Type, own.TypeSchema
			}
		}
		t.Columns = append(t.Columns, c)
	}
	t.Columns = bare(t.Columns)
	t.Uniques = []schema.Unique{{Name: uniqueName(f.ToTable, f.ToColumns), Columns: f.ToColumns}}
	return t
}

// keysOf returns the primary key and unique constraints of a table as unique
// constraints, which foreign keys can point to as well.
func keysOf(t *schema.Table) []schema.Unique {
	var out []schema.Unique
	if key := keyOf(t); len(key.Columns) > 0 {
		out = append(out, schema.Unique{Name: uniqueName(t.Name, key.Columns), Columns: key.Columns})
	}
	for _, u := range t.Uniques {
		out = append(out, schema.Unique{Name: uniqueName(t.Name, u.Columns), Columns: u.Columns})
	}
	return out
}

func uniqueName(table string, columns []string) string {
	return table + "_" + strings.Join(columns, "_") + "_standin"
}

// bare returns the columns with nothing but their types; a serial is the
// integer it makes.
func bare(columns []schema.Column) []schema.Column {
	var out []schema.Column
	for _, c := range columns {
		for integer, serial := range serials {
			if c.Type == serial {
				c.Type = integer
			}
		}
		out = append(out, schema.Column{Name: c.Name, Type: c.Type, TypeSchema: c.TypeSchema})
	}
	return out
}

// Linked returns the tables that want's linked policies are on, for
// Options.Linked.
func Linked(want *schema.Schema) []schema.Ref {
	var out []schema.Ref
	for i := range want.Policies {
		out = append(out, shortRef(onTable(&want.Policies[i])))
	}
	return out
}

// onTable reads the table of a linked policy, which is kept as SQL.
func onTable(p *schema.LinkedPolicy) schema.Ref {
	parts := splitName(p.On)
	if len(parts) == 1 {
		return schema.Ref{Schema: schema.Public, Name: parts[0]}
	}
	return schema.Ref{Schema: parts[0], Name: strings.Join(parts[1:], ".")}
}

// splitName takes a name such as "auth"."users" apart. Quoted or not, each
// part is returned as the catalog has it, but for the case of unquoted ones.
func splitName(name string) []string {
	var parts []string
	var part strings.Builder
	quoted := false
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case c == '"' && quoted && i+1 < len(name) && name[i+1] == '"':
			part.WriteByte('"')
			i++
		case c == '"':
			quoted = !quoted
		case c == '.' && !quoted:
			parts = append(parts, part.String())
			part.Reset()
		default:
			part.WriteByte(c)
		}
	}
	return append(parts, part.String())
}
