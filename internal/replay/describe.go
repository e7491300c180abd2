package replay

import (
	"fmt"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/schema"
)

// The texts in this file are for a cell of a table: near to SQL, and short.

func tableText(t *schema.Table) string {
	if len(t.Columns) == 1 {
		return "1 column"
	}
	return fmt.Sprintf("%d columns", len(t.Columns))
}

func columnText(c *schema.Column) string {
	out := c.Type
	if c.TypeSchema != "" && c.TypeSchema != schema.Public {
		out = c.TypeSchema + "." + out
	}
	if c.Default != nil {
		out += " default " + oneLine(c.Default.Text)
	}
	if c.Generated != nil {
		out += " generated as (" + oneLine(c.Generated.As) + ") " + c.Generated.Type
	}
	if c.Identity != nil {
		out += " identity " + c.Identity.Type + " " + optionsText(c.Identity.SequenceOptions)
	}
	if c.NotNull {
		out += " not null"
	}
	return strings.TrimSpace(out)
}

func indexText(x *schema.Index) string {
	var b strings.Builder
	if x.Unique {
		b.WriteString("unique ")
	}
	if x.Method != "" && x.Method != "btree" {
		b.WriteString(x.Method + " ")
	}
	keys := make([]string, len(x.Columns))
	for i, k := range x.Columns {
		keys[i] = oneLine(k.Expression)
		if k.OpClass != "" {
			keys[i] += " " + k.OpClass
		}
		if !k.Asc {
			keys[i] += " desc"
		}
		if k.Nulls != "" && (k.Nulls == "first") == k.Asc {
			keys[i] += " nulls " + k.Nulls
		}
	}
	b.WriteString("(" + strings.Join(keys, ", ") + ")")
	for i, o := range x.With {
		b.WriteString([]string{", ", " with "}[min(1, max(0, 1-i))] + o.Name + "=" + o.Value.Text)
	}
	if x.Where != "" {
		b.WriteString(" where " + oneLine(x.Where))
	}
	return b.String()
}

func foreignKeyText(f *schema.ForeignKey) string {
	target := schema.Ref{Schema: f.ToSchema, Name: f.ToTable}
	out := fmt.Sprintf("(%s) to %s(%s)", strings.Join(f.Columns, ", "), target, strings.Join(f.ToColumns, ", "))
	for _, action := range []struct{ on, do string }{{"delete", f.OnDelete}, {"update", f.OnUpdate}} {
		if action.do != "" && action.do != "no action" {
			out += " on " + action.on + " " + action.do
		}
	}
	return out
}

func uniqueText(u *schema.Unique) string {
	out := "(" + strings.Join(u.Columns, ", ") + ")"
	if u.NullsNotDistinct {
		out += " nulls not distinct"
	}
	return out
}

// keyText is a table's primary key wherever it is declared, "" where there is
// none. The name of one is shown where it was given.
func keyText(t *schema.Table) string {
	if len(t.PrimaryKeys) > 0 {
		return t.PrimaryKeys[0].Name + " (" + strings.Join(t.PrimaryKeys[0].Columns, ", ") + ")"
	}
	var columns []string
	for _, c := range t.Columns {
		if c.PrimaryKey {
			columns = append(columns, c.Name)
		}
	}
	if len(columns) == 0 {
		return ""
	}
	return "(" + strings.Join(columns, ", ") + ")"
}

func policyText(p *schema.Policy) string {
	out := strings.ToLower(strings.TrimSpace(p.As + " for " + p.For))
	if len(p.To) > 0 {
		out += " to " + strings.Join(p.To, ", ")
	}
	if p.Using != nil {
		out += " using " + oneLine(*p.Using)
	}
	if p.WithCheck != nil {
		out += " with check " + oneLine(*p.WithCheck)
	}
	return out
}

func enumText(e *schema.Enum) string { return strings.Join(e.Values, ", ") }

func sequenceText(q *schema.Sequence) string { return optionsText(q.SequenceOptions) }

func optionsText(o schema.SequenceOptions) string {
	var parts []string
	for _, p := range []struct{ name, value string }{
		{"increment", o.Increment}, {"min", o.Min}, {"max", o.Max}, {"start", o.Start}, {"cache", o.Cache},
	} {
		if p.value != "" {
			parts = append(parts, p.name+" "+p.value)
		}
	}
	if o.Cycle {
		parts = append(parts, "cycle")
	}
	return strings.Join(parts, " ")
}

func roleText(r *schema.Role) string {
	var can []string
	for _, p := range []struct {
		name string
		has  bool
	}{{"createdb", r.CreateDB}, {"createrole", r.CreateRole}, {"inherit", r.Inherit}} {
		if p.has {
			can = append(can, p.name)
		}
	}
	if len(can) == 0 {
		return "is there"
	}
	return strings.Join(can, ", ")
}

func viewText(v *schema.View) string {
	var parts []string
	if v.Materialized {
		parts = append(parts, "materialized")
	}
	if v.Using != "" {
		parts = append(parts, "using "+v.Using)
	}
	for _, o := range v.With {
		parts = append(parts, o.Name+"="+o.Value.Text)
	}
	if v.Definition != nil {
		parts = append(parts, oneLine(*v.Definition))
	}
	if len(parts) == 0 {
		return "is there"
	}
	return strings.Join(slices.Compact(parts), " ")
}
