package snapshot

import "github.com/skein-db/skein/internal/schema"

// buildBody lays a Schema out as drizzle-kit 0.31's generate does. The order of
// keys is that of its files, which is not the order of the shapes.
func buildBody(doc *node, s *schema.Schema) {
	doc.add("version", text("7"))
	doc.add("dialect", text("postgresql"))
	doc.add("tables", buildAll(s.Tables, func(t schema.Table) string { return t.Schema + "." + t.Name }, buildTable))
	doc.add("enums", buildAll(s.Enums, func(e schema.Enum) string { return e.Schema + "." + e.Name }, buildEnum))
	schemas := object()
	for _, name := range s.Schemas {
		schemas.add(name, text(name))
	}
	indexKeysFirst(schemas.kids)
	doc.add("schemas", schemas)
	doc.add("sequences", buildAll(s.Sequences, func(q schema.Sequence) string { return q.Schema + "." + q.Name }, buildSequence))
	doc.add("roles", buildAll(s.Roles, func(r schema.Role) string { return r.Name }, buildRole))
	doc.add("policies", buildAll(s.Policies, func(p schema.LinkedPolicy) string { return p.Name }, buildLinkedPolicy))
	doc.add("views", buildAll(s.Views, func(v schema.View) string { return v.Schema + "." + v.Name }, buildView))
	doc.add("_meta", emptyMeta())
}

func emptyMeta() node {
	meta := object()
	meta.add("columns", object())
	meta.add("schemas", object())
	meta.add("tables", object())
	return meta
}

// buildAll makes a record of items in their order, or JavaScript's where keys
// look like array indexes.
func buildAll[T any](items []T, key func(T) string, build func(T) node) node {
	out := object()
	place := make(map[string]int, len(items))
	for _, item := range items {
		k, value := key(item), build(item)
		// Two names may make one key ("a.b" in "c" and "b.c" in "a"); in
		// JavaScript the later one takes the place.
		if i, taken := place[k]; taken {
			value.name = out.kids[i].name
			out.kids[i] = value
			continue
		}
		place[k] = len(out.kids)
		out.add(k, value)
	}
	indexKeysFirst(out.kids)
	return out
}

func buildTable(t schema.Table) node {
	n := object()
	n.add("name", text(t.Name))
	n.add("schema", text(unspelled(t.Schema)))
	n.add("columns", buildAll(t.Columns, func(c schema.Column) string { return c.Name }, buildColumn))
	n.add("indexes", buildAll(t.Indexes, func(x schema.Index) string { return x.Name }, buildIndex))
	n.add("foreignKeys", buildAll(t.ForeignKeys, func(f schema.ForeignKey) string { return f.Name }, func(f schema.ForeignKey) node {
		return buildForeignKey(t.Name, f)
	}))
	n.add("compositePrimaryKeys", buildAll(t.PrimaryKeys, func(p schema.PrimaryKey) string { return p.Name }, func(p schema.PrimaryKey) node {
		k := object()
		k.add("name", text(p.Name))
		k.add("columns", texts(p.Columns))
		return k
	}))
	n.add("uniqueConstraints", buildAll(t.Uniques, func(u schema.Unique) string { return u.Name }, func(u schema.Unique) node {
		k := object()
		k.add("name", text(u.Name))
		k.add("nullsNotDistinct", boolean(u.NullsNotDistinct))
		k.add("columns", texts(u.Columns))
		return k
	}))
	n.add("policies", buildAll(t.Policies, func(p schema.Policy) string { return p.Name }, buildPolicy))
	n.add("checkConstraints", buildAll(t.Checks, func(c schema.Check) string { return c.Name }, func(c schema.Check) node {
		k := object()
		k.add("name", text(c.Name))
		k.add("value", text(c.Value))
		return k
	}))
	n.add("isRLSEnabled", boolean(t.RLS))
	return n
}

// unspelled is the file's spelling of a table's schema.
func unspelled(name string) string {
	if name == schema.Public {
		return ""
	}
	return name
}

func buildColumn(c schema.Column) node {
	n := object()
	n.add("name", text(c.Name))
	n.add("type", text(c.Type))
	addText(&n, "typeSchema", c.TypeSchema)
	n.add("primaryKey", boolean(c.PrimaryKey))
	n.add("notNull", boolean(c.NotNull))
	if g := c.Generated; g != nil {
		generated := object()
		generated.add("as", text(g.As))
		generated.add("type", text(g.Type))
		n.add("generated", generated)
	}
	if id := c.Identity; id != nil {
		identity := object()
		identity.add("type", text(id.Type))
		identity.add("name", text(id.Name))
		identity.add("schema", text(id.Schema))
		addSequenceOptions(&identity, id.SequenceOptions)
		n.add("identity", identity)
	}
	if c.Default != nil {
		n.add("default", buildScalar(*c.Default))
	}
	return n
}

func buildScalar(v schema.Scalar) node {
	if v.Kind == schema.String {
		return text(v.Text)
	}
	if n, err := parse([]byte(v.Text)); err == nil {
		return n
	}
	return text(v.Text)
}

func buildIndex(x schema.Index) node {
	n := object()
	n.add("name", text(x.Name))
	columns := array()
	for _, c := range x.Columns {
		columns.kids = append(columns.kids, buildIndexColumn(c))
	}
	n.add("columns", columns)
	n.add("isUnique", boolean(x.Unique))
	addText(&n, "where", x.Where)
	n.add("concurrently", boolean(x.Concurrently))
	n.add("method", text(x.Method))
	n.add("with", buildOptions(x.With))
	return n
}

func buildIndexColumn(c schema.IndexColumn) node {
	n := object()
	n.add("expression", text(c.Expression))
	if c.IsExpression {
		n.add("asc", boolean(c.Asc))
		n.add("isExpression", boolean(true))
	} else {
		n.add("isExpression", boolean(false))
		n.add("asc", boolean(c.Asc))
	}
	addText(&n, "nulls", c.Nulls)
	addText(&n, "opclass", c.OpClass)
	return n
}

func buildOptions(options []schema.Option) node {
	return buildAll(options, func(o schema.Option) string { return o.Name }, func(o schema.Option) node {
		return buildScalar(o.Value)
	})
}

func buildForeignKey(table string, f schema.ForeignKey) node {
	n := object()
	n.add("name", text(f.Name))
	n.add("tableFrom", text(table))
	n.add("tableTo", text(f.ToTable))
	addText(&n, "schemaTo", unspelled(f.ToSchema))
	n.add("columnsFrom", texts(f.Columns))
	n.add("columnsTo", texts(f.ToColumns))
	addText(&n, "onDelete", f.OnDelete)
	addText(&n, "onUpdate", f.OnUpdate)
	return n
}

func buildPolicy(p schema.Policy) node {
	n := object()
	n.add("name", text(p.Name))
	addText(&n, "as", p.As)
	addText(&n, "for", p.For)
	n.add("to", texts(p.To))
	addOptional(&n, "using", p.Using)
	addOptional(&n, "withCheck", p.WithCheck)
	return n
}

func buildLinkedPolicy(p schema.LinkedPolicy) node {
	n := buildPolicy(p.Policy)
	addText(&n, "schema", p.Schema)
	n.add("on", text(p.On))
	return n
}

func buildEnum(e schema.Enum) node {
	n := object()
	n.add("name", text(e.Name))
	n.add("schema", text(e.Schema))
	n.add("values", texts(e.Values))
	return n
}

func buildSequence(q schema.Sequence) node {
	n := object()
	n.add("name", text(q.Name))
	n.add("schema", text(q.Schema))
	addSequenceOptions(&n, q.SequenceOptions)
	return n
}

func addSequenceOptions(n *node, o schema.SequenceOptions) {
	addText(n, "increment", o.Increment)
	addText(n, "startWith", o.Start)
	addText(n, "minValue", o.Min)
	addText(n, "maxValue", o.Max)
	addText(n, "cache", o.Cache)
	n.add("cycle", boolean(o.Cycle))
}

func buildRole(r schema.Role) node {
	n := object()
	n.add("name", text(r.Name))
	n.add("createDb", boolean(r.CreateDB))
	n.add("createRole", boolean(r.CreateRole))
	n.add("inherit", boolean(r.Inherit))
	return n
}

func buildView(v schema.View) node {
	n := object()
	n.add("columns", buildAll(v.Columns, func(c schema.Column) string { return c.Name }, buildColumn))
	addOptional(&n, "definition", v.Definition)
	n.add("name", text(v.Name))
	n.add("schema", text(v.Schema))
	n.add("isExisting", boolean(v.Existing))
	if v.With != nil {
		n.add("with", buildOptions(v.With))
	}
	if v.WithNoData != nil {
		n.add("withNoData", boolean(*v.WithNoData))
	}
	n.add("materialized", boolean(v.Materialized))
	addText(&n, "tablespace", v.Tablespace)
	addText(&n, "using", v.Using)
	return n
}

func texts(values []string) node {
	n := array()
	for _, v := range values {
		n.kids = append(n.kids, text(v))
	}
	return n
}

// addText adds a member that files leave out where there is nothing to say.
func addText(n *node, key, value string) {
	if value != "" {
		n.add(key, text(value))
	}
}

func addOptional(n *node, key string, value *string) {
	if value != nil {
		n.add(key, text(*value))
	}
}
