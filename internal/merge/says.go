package merge

import (
	"fmt"
	"strings"

	"github.com/skein-db/skein/internal/schema"
)

// says describes a value of the model for a person.
func says(value any) string {
	switch v := value.(type) {
	case *string:
		return *v
	case *schema.Enum:
		return strings.Join(v.Values, ", ")
	case *schema.Sequence:
		return fmt.Sprintf("%+v", v.SequenceOptions)
	case *schema.Role:
		return fmt.Sprintf("createdb %t, createrole %t, inherit %t", v.CreateDB, v.CreateRole, v.Inherit)
	case *schema.Table:
		return fmt.Sprintf("%d columns: %s", len(v.Columns), strings.Join(columnNames(v.Columns), ", "))
	case *schema.Column:
		return saysColumn(v)
	case *schema.Index:
		return saysIndex(v)
	case *schema.ForeignKey:
		return saysForeignKey(v)
	case *schema.PrimaryKey:
		return strings.Join(v.Columns, ", ")
	case *schema.Unique:
		text := strings.Join(v.Columns, ", ")
		if v.NullsNotDistinct {
			text += " nulls not distinct"
		}
		return text
	case *schema.Check:
		return v.Value
	case *schema.Policy:
		return saysPolicy(v)
	case *schema.LinkedPolicy:
		return saysPolicy(&v.Policy)
	case *schema.View:
		if v.Definition == nil {
			return "made by someone else"
		}
		return *v.Definition
	}
	return ""
}

func columnNames(columns []schema.Column) []string {
	out := make([]string, len(columns))
	for i := range columns {
		out[i] = columns[i].Name
	}
	return out
}

func saysColumn(c *schema.Column) string {
	var words []string
	for _, a := range attributes {
		if text := a.get(c); text != "" {
			words = append(words, text)
		}
	}
	return strings.Join(words, " ")
}

func saysIndex(i *schema.Index) string {
	var keys []string
	for _, c := range i.Columns {
		keys = append(keys, c.Expression)
	}
	text := fmt.Sprintf("%s (%s)", i.Method, strings.Join(keys, ", "))
	if i.Unique {
		text = "unique " + text
	}
	if i.Where != "" {
		text += " where " + i.Where
	}
	return text
}

func saysForeignKey(f *schema.ForeignKey) string {
	text := fmt.Sprintf("(%s) → %s (%s)", strings.Join(f.Columns, ", "),
		schema.Ref{Schema: f.ToSchema, Name: f.ToTable}, strings.Join(f.ToColumns, ", "))
	if f.OnDelete != "" && f.OnDelete != "no action" {
		text += " on delete " + f.OnDelete
	}
	if f.OnUpdate != "" && f.OnUpdate != "no action" {
		text += " on update " + f.OnUpdate
	}
	return text
}

func saysPolicy(p *schema.Policy) string {
	text := strings.TrimSpace(fmt.Sprintf("%s for %s to %s", p.As, p.For, strings.Join(p.To, ", ")))
	if p.Using != nil {
		text += " using " + *p.Using
	}
	if p.WithCheck != nil {
		text += " with check " + *p.WithCheck
	}
	return text
}
