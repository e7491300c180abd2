package schematest

import (
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltext"
)

func (g *Generator) policy(t *schema.Table) schema.Policy {
	p := schema.Policy{Name: g.name("p"), As: g.pick("PERMISSIVE", "PERMISSIVE", "RESTRICTIVE"), For: g.pick("ALL", "SELECT", "INSERT", "UPDATE", "DELETE"), To: []string{"public"}}
	if len(g.s.Roles) > 0 && g.chance(60) {
		p.To = []string{one(g, g.s.Roles).Name}
		if g.chance(20) {
			p.To = append(p.To, "current_user")
			slices.Sort(p.To)
		}
	}
	if p.For != "INSERT" && g.chance(80) {
		p.Using = g.expr("%s", g.condition(t))
	}
	if p.For != "SELECT" && p.For != "DELETE" && (p.For == "INSERT" || g.chance(50)) {
		p.WithCheck = g.expr("%s", g.condition(t))
	}
	return p
}

// Outside is a table that no schema has, and OutsideSQL makes it. Linked
// policies are on it.
var Outside = schema.Ref{Schema: "skein outside", Name: "users"}

// OutsideSQL is to be run in an empty database before anything else.
const OutsideSQL = `create schema "skein outside"; create table "skein outside".users (id integer, name text)`

func (g *Generator) linkedPolicy() schema.LinkedPolicy {
	as := schema.Table{Name: Outside.Name, Columns: []schema.Column{{Name: "id", Type: "integer"}, {Name: "name", Type: "text"}}}
	return schema.LinkedPolicy{Policy: g.policy(&as), Schema: Outside.Schema,
		On: sqltext.QuoteIdent(Outside.Schema) + "." + sqltext.QuoteIdent(Outside.Name)}
}

// qualified names a table or view in SQL.
func (g *Generator) qualified(r schema.Ref) string {
	if r.Schema == schema.Public && g.chance(70) {
		return sqltext.QuoteIdent(r.Name)
	}
	return sqltext.QuoteIdent(r.Schema) + "." + sqltext.QuoteIdent(r.Name)
}

// addView adds a view over a table, or over another view.
func (g *Generator) addView() {
	v := schema.View{Schema: g.schemaName(), Name: g.name("v"), Materialized: g.chance(40)}
	g.setQuery(&v)
	g.setViewOptions(&v)
	g.s.Views = append(g.s.Views, v)
}

// setQuery gives a view a query over one thing that was there before it.
func (g *Generator) setQuery(v *schema.View) {
	var from schema.Ref
	var columns []schema.Column
	where := ""
	var earlier []schema.View
	for i := range g.s.Views {
		if g.s.Views[i].Name == v.Name {
			break
		}
		if g.s.Views[i].WithNoData == nil { // nothing can be selected from one that is not filled
			earlier = append(earlier, g.s.Views[i])
		}
	}
	if len(earlier) > 0 && g.chance(30) {
		w := one(g, earlier)
		from, columns = w.Ref(), w.Columns
	} else {
		t := one(g, g.s.Tables)
		from, columns = t.Ref(), t.Columns
		if g.chance(40) {
			where = " where " + g.condition(t)
		}
	}
	v.Columns = nil
	var names []string
	for _, i := range g.Perm(len(columns))[:1+g.IntN(len(columns))] {
		c := columns[i]
		names = append(names, sqltext.QuoteIdent(c.Name))
		v.Columns = append(v.Columns, schema.Column{Name: c.Name, Type: c.Type, TypeSchema: c.TypeSchema})
	}
	v.Definition = g.expr("select %s from %s%s", strings.Join(names, ", "), g.qualified(from), where)
}

func (g *Generator) setViewOptions(v *schema.View) {
	v.With, v.WithNoData, v.Using, v.Tablespace = nil, nil, "", ""
	add := func(name, text string, kind schema.ScalarKind) {
		if g.chance(20) {
			v.With = append(v.With, schema.Option{Name: name, Value: schema.Scalar{Kind: kind, Text: text}})
		}
	}
	if !v.Materialized {
		add("securityBarrier", g.pick("true", "false"), schema.Boolean)
		add("securityInvoker", g.pick("true", "false"), schema.Boolean)
		return
	}
	add("fillfactor", g.pick("60", "70"), schema.Number)
	add("parallelWorkers", g.pick("1", "2"), schema.Number)
	add("autovacuumEnabled", g.pick("true", "false"), schema.Boolean)
	used := slices.ContainsFunc(g.s.Views, func(w schema.View) bool { return w.Name != v.Name && mentions(&w, v.Name) })
	if !used && g.chance(10) {
		yes := true
		v.WithNoData = &yes
	}
	if g.chance(10) {
		v.Using = "heap"
	}
	if g.chance(10) {
		v.Tablespace = "pg_default"
	}
}
