package catalog

import (
	"fmt"
	"strings"

	"github.com/skein-db/skein/internal/schema"
)

// dump writes a Result as lines that a person can check against the SQL that
// made it. It leaves nothing of the model out.
func dump(r *Result) string {
	var b strings.Builder
	line := func(depth int, words ...string) {
		b.WriteString(strings.Repeat("  ", depth))
		var said []string
		for _, w := range words {
			if w != "" {
				said = append(said, w)
			}
		}
		b.WriteString(strings.Join(said, " ") + "\n")
	}
	s := &r.Schema
	for _, name := range s.Schemas {
		line(0, "schema", name)
	}
	for _, e := range s.Enums {
		line(0, "enum", e.Schema+"."+e.Name, quoteAll(e.Values))
	}
	for _, q := range s.Sequences {
		line(0, "sequence", q.Schema+"."+q.Name, dumpSequence(q.SequenceOptions))
	}
	for _, x := range s.Roles {
		line(0, "role", x.Name, when("createdb", x.CreateDB), when("createrole", x.CreateRole), when("inherit", x.Inherit))
	}
	for _, t := range s.Tables {
		line(0, "table", t.Schema+"."+t.Name, when("rls", t.RLS))
		for _, c := range t.Columns {
			line(1, "column", dumpColumn(&c))
		}
		for _, p := range t.PrimaryKeys {
			line(1, "primary key", p.Name, list(p.Columns))
		}
		for _, u := range t.Uniques {
			line(1, "unique", u.Name, list(u.Columns), when("nulls not distinct", u.NullsNotDistinct))
		}
		for _, f := range t.ForeignKeys {
			line(1, "foreign key", f.Name, list(f.Columns), "->", f.ToSchema+"."+f.ToTable, list(f.ToColumns), "delete", f.OnDelete, "update", f.OnUpdate)
		}
		for _, c := range t.Checks {
			line(1, "check", c.Name, "["+c.Value+"]")
		}
		for _, x := range t.Indexes {
			line(1, "index", x.Name, when("unique", x.Unique), when("concurrently", x.Concurrently), x.Method, dumpOptions(x.With), bracketed("where", x.Where))
			for _, k := range x.Columns {
				line(2, "key", map[bool]string{true: "[" + k.Expression + "]", false: k.Expression}[k.IsExpression],
					map[bool]string{true: "asc", false: "desc"}[k.Asc], "nulls", k.Nulls, k.OpClass)
			}
		}
		for _, p := range t.Policies {
			line(1, "policy", dumpPolicy(p))
		}
	}
	for _, p := range s.Policies {
		line(0, "policy on", p.On, "in", p.Schema, dumpPolicy(p.Policy))
	}
	for _, v := range s.Views {
		line(0, map[bool]string{true: "materialized view", false: "view"}[v.Materialized], v.Schema+"."+v.Name,
			dumpOptions(v.With), when("existing", v.Existing), bracketed("tablespace", v.Tablespace), bracketed("using", v.Using),
			when("with no data", v.WithNoData != nil && *v.WithNoData))
		for _, c := range v.Columns {
			line(1, "column", dumpColumn(&c))
		}
		if v.Definition != nil {
			line(1, "as ["+*v.Definition+"]")
		}
	}
	for _, n := range r.Notes {
		line(0, "note", n.Object, n.Text)
	}
	return b.String()
}

func dumpColumn(c *schema.Column) string {
	words := []string{c.Name, "[" + c.Type + "]"}
	if c.TypeSchema != "" {
		words = append(words, "of", c.TypeSchema)
	}
	if c.PrimaryKey {
		words = append(words, "primary key")
	}
	if c.NotNull {
		words = append(words, "not null")
	}
	if c.Default != nil {
		words = append(words, "default "+dumpScalar(*c.Default))
	}
	if c.Generated != nil {
		words = append(words, "generated "+c.Generated.Type+" ["+c.Generated.As+"]")
	}
	if id := c.Identity; id != nil {
		words = append(words, "identity "+id.Type+" "+id.Schema+"."+id.Name+" "+dumpSequence(id.SequenceOptions))
	}
	return strings.Join(words, " ")
}

func dumpScalar(s schema.Scalar) string {
	return [...]string{"string", "number", "boolean"}[s.Kind] + " [" + s.Text + "]"
}

func dumpSequence(o schema.SequenceOptions) string {
	text := fmt.Sprintf("by %s from %s min %s max %s cache %s", o.Increment, o.Start, o.Min, o.Max, o.Cache)
	if o.Cycle {
		text += " cycle"
	}
	return text
}

func dumpOptions(options []schema.Option) string {
	var out []string
	for _, o := range options {
		out = append(out, "with "+o.Name+"="+dumpScalar(o.Value))
	}
	return strings.Join(out, " ")
}

func dumpPolicy(p schema.Policy) string {
	text := p.Name + " " + p.As + " " + p.For + " to " + list(p.To)
	if p.Using != nil {
		text += " using [" + *p.Using + "]"
	}
	if p.WithCheck != nil {
		text += " with check [" + *p.WithCheck + "]"
	}
	return text
}

func when(word string, on bool) string {
	if on {
		return word
	}
	return ""
}

func bracketed(word, text string) string {
	if text == "" {
		return ""
	}
	return word + " [" + text + "]"
}

func list(names []string) string { return "(" + strings.Join(names, ", ") + ")" }

func quoteAll(names []string) string { return fmt.Sprintf("%q", names) }
