package catalog

import (
	"regexp"
	"sort"
	"strings"

	"github.com/skein-db/skein/internal/schema"
)

// plain reduces a schema to what must be read exactly as it was written: the
// package comment's list of what PostgreSQL does not keep, as code. user is
// who creates policies.
func plain(s *schema.Schema, user string) *schema.Schema {
	p := s.Clone()
	p.Roles = nil
	var views []schema.View
	for _, v := range p.Views {
		if v.Existing {
			continue
		}
		v.Columns, v.WithNoData = nil, nil
		v.Definition = some(v.Definition)
		if v.Tablespace == "pg_default" {
			v.Tablespace = ""
		}
		if v.Using == "heap" {
			v.Using = ""
		}
		views = append(views, v)
	}
	p.Views = views
	for i := range p.Policies {
		plainPolicy(&p.Policies[i].Policy, user)
	}
	for i := range p.Tables {
		plainTable(&p.Tables[i], user)
	}
	Sort(p)
	return p.Clone()
}

func plainTable(t *schema.Table, user string) {
	if len(t.Policies) > 0 {
		t.RLS = false
	}
	for i := range t.Policies {
		plainPolicy(&t.Policies[i], user)
	}
	for i := range t.Uniques {
		t.Uniques[i].Name = short(t.Uniques[i].Name)
	}
	for i := range t.Checks {
		t.Checks[i].Name = short(t.Checks[i].Name)
		t.Checks[i].Value = "…"
	}
	for i, k := range t.PrimaryKeys {
		t.PrimaryKeys[i].Name = short(k.Name)
		for _, name := range k.Columns {
			t.Column(name).NotNull = true
		}
	}
	for i := range t.ForeignKeys {
		f := &t.ForeignKeys[i]
		f.Name = short(f.Name)
		f.OnDelete, f.OnUpdate = orElse(f.OnDelete, "no action"), orElse(f.OnUpdate, "no action")
	}
	for i := range t.Columns {
		plainColumn(&t.Columns[i], t.Schema)
	}
	for i := range t.Indexes {
		plainIndex(&t.Indexes[i])
	}
}

var (
	arraySize = regexp.MustCompile(`\[[0-9]+\]`)
	noScale   = regexp.MustCompile(`^numeric\(([0-9]+)\)`)
	// computed matches a default that is more than a literal or a plain call.
	computed = regexp.MustCompile(`[^'"\w.()\[\]{},: -]|::`)
)

func plainColumn(c *schema.Column, in string) {
	c.Type = arraySize.ReplaceAllString(c.Type, "[]")
	c.Type = noScale.ReplaceAllString(c.Type, "numeric($1, 0)")
	c.Type = strings.Replace(c.Type, "timestamp(", "timestamp (", 1) // as a custom type may spell it
	if c.Type == "char" {
		c.Type = "char(1)"
	}
	if c.Generated != nil {
		c.Generated.As = "…"
	}
	if c.Identity != nil {
		c.Identity.Schema = orElse(c.Identity.Schema, in)
	}
	if c.Default != nil && strings.HasPrefix(c.Type, "timestamp") {
		c.Default.Text = strings.ReplaceAll(c.Default.Text, ".000", "")
	}
	if c.Default != nil && c.Default.Kind == schema.String && !strings.HasPrefix(c.Default.Text, "'") && computed.MatchString(c.Default.Text) {
		c.Default.Text = "…"
	}
}

func plainIndex(x *schema.Index) {
	x.Name, x.Concurrently = short(x.Name), false
	if x.Where == "true" { // says nothing, and is not kept
		x.Where = ""
	}
	if x.Where != "" {
		x.Where = "…"
	}
	by(x.With, func(o *schema.Option) schema.Ref { return schema.Ref{Name: o.Name} })
	for i := range x.With {
		x.With[i].Value.Kind = schema.String
	}
	for i := range x.Columns {
		k := &x.Columns[i]
		k.Nulls = orElse(k.Nulls, "last")
		if k.IsExpression {
			k.Expression = "…"
		}
		if k.OpClass == "text_ops" { // the default
			k.OpClass = ""
		}
	}
}

// unordered leaves out the order of index keys with an operator class, where
// drizzle-kit writes none.
func unordered(s *schema.Schema) *schema.Schema {
	for i := range s.Tables {
		for j := range s.Tables[i].Indexes {
			for n := range s.Tables[i].Indexes[j].Columns {
				if k := &s.Tables[i].Indexes[j].Columns[n]; k.OpClass != "" {
					k.Asc, k.Nulls = true, "last"
				}
			}
		}
	}
	return s
}

func plainPolicy(p *schema.Policy, user string) {
	p.As, p.For = orElse(p.As, "PERMISSIVE"), orElse(p.For, "ALL")
	p.Using, p.WithCheck = some(p.Using), some(p.WithCheck)
	for i, role := range p.To {
		switch role {
		case "current_user", "current_role", "session_user":
			p.To[i] = user
		}
	}
	sort.Strings(p.To)
}

// some keeps of an expression only that there is one.
func some(expr *string) *string {
	if expr == nil {
		return nil
	}
	s := "…"
	return &s
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
