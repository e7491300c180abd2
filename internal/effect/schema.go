package effect

import (
	"regexp"
	"strings"

	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltree"
)

// NewState returns the state of a database that looks like the schema, nil for
// one of which nothing is known. Constraints in a schema are valid.
func NewState(s *schema.Schema) *State {
	st := &State{
		tables: map[sqltree.Name]*Table{}, enums: map[sqltree.Name]*Enum{}, domains: map[sqltree.Name]*Domain{},
	}
	if s == nil {
		return st
	}
	for i := range s.Tables {
		t := fromTable(&s.Tables[i])
		st.tables[t.Name] = t
	}
	for _, e := range s.Enums {
		name := sqltree.Name{Schema: e.Schema, Name: e.Name}.In()
		st.enums[name] = &Enum{Name: name}
	}
	for i := range s.Views {
		v := &s.Views[i]
		t := &Table{Name: sqltree.Name{Schema: v.Schema, Name: v.Name}.In(), Kind: sqltree.View, Partial: true}
		if v.Materialized {
			t.Kind = sqltree.MaterializedView
		}
		st.tables[t.Name] = t
	}
	return st
}

func fromTable(from *schema.Table) *Table {
	t := &Table{Name: sqltree.Name{Schema: CutName(from.Schema), Name: CutName(from.Name)}.In(), Kind: sqltree.Table}
	for _, c := range from.Columns {
		t.Columns = append(t.Columns, fromColumn(c))
		if c.PrimaryKey {
			t.add(sqltree.Constraint{Kind: sqltree.PrimaryKey, Columns: []string{CutName(c.Name)}})
		}
	}
	for _, k := range from.PrimaryKeys {
		t.add(sqltree.Constraint{Kind: sqltree.PrimaryKey, Name: CutName(k.Name), Columns: cutNames(k.Columns)})
	}
	for _, u := range from.Uniques {
		t.add(sqltree.Constraint{Kind: sqltree.Unique, Name: CutName(u.Name), Columns: cutNames(u.Columns)})
	}
	for _, f := range from.ForeignKeys {
		t.add(sqltree.Constraint{
			Kind: sqltree.ForeignKey, Name: CutName(f.Name), Columns: cutNames(f.Columns), RefColumns: cutNames(f.ToColumns), OnDelete: f.OnDelete,
			RefTable: sqltree.Name{Schema: CutName(f.ToSchema), Name: CutName(f.ToTable)}.In(),
		})
	}
	for _, c := range from.Checks {
		t.add(sqltree.Constraint{Kind: sqltree.Check, Name: CutName(c.Name), Expr: checkExpr(t, c.Value)})
	}
	for _, i := range from.Indexes {
		t.Indexes = append(t.Indexes, fromIndex(t, i))
	}
	return t
}

// add adds a constraint that holds for all rows.
func (t *Table) add(c sqltree.Constraint) *Constraint {
	if c.Name == "" {
		c.Name = t.constraintName(c)
	}
	if c.Kind == sqltree.PrimaryKey {
		for _, column := range c.Columns {
			if known := t.Column(column); known != nil {
				known.NotNull = true
			}
		}
	}
	t.Constraints = append(t.Constraints, Constraint{Constraint: c, Valid: true})
	return &t.Constraints[len(t.Constraints)-1]
}

func fromColumn(c schema.Column) Column {
	typ := parseType(c.Type)
	if c.TypeSchema != "" {
		typ.Schema = c.TypeSchema
	}
	out := Column{
		Name: CutName(c.Name), Type: plain(typ), NotNull: c.NotNull || c.PrimaryKey || c.Identity != nil,
		Default: c.Default != nil, Identity: c.Identity != nil, Generated: c.Generated != nil,
	}
	if serial(typ) {
		out.NotNull, out.Default = true, true
	}
	return out
}

func fromIndex(t *Table, i schema.Index) Index {
	out := Index{Name: CutName(i.Name), Unique: i.Unique, Filtered: i.Where != ""}
	for _, c := range i.Columns {
		if c.IsExpression {
			out.Computed = true
			out.Mentions = append(out.Mentions, t.namedIn(c.Expression)...)
			continue
		}
		out.Mentions = append(out.Mentions, c.Expression)
		if !out.Computed {
			out.Columns = append(out.Columns, c.Expression)
		}
	}
	out.Mentions = append(out.Mentions, t.namedIn(i.Where)...)
	return out
}

var sqlWord = regexp.MustCompile(`'(?:[^']|'')*'|"(?:[^"]|"")*"|[\p{L}_][\p{L}\d_$]*`)

// namedIn returns the table's columns that a piece of SQL in a schema can
// mention. One too many costs no more than a "maybe".
func (t *Table) namedIn(sql string) []string {
	var out []string
	for _, word := range sqlWord.FindAllString(sql, -1) {
		name := strings.ToLower(word)
		if word[0] == '"' {
			name = strings.ReplaceAll(strings.Trim(word, `"`), `""`, `"`)
		}
		if t.Column(name) != nil {
			out = append(out, name)
		}
	}
	return out
}

var heldNotNull = regexp.MustCompile(`(?i)^\(*\s*(?:"?\w+"?\.){0,2}(?:"((?:[^"]|"")+)"|(\w+))\s+is\s+not\s+null\s*\)*$`)
var and = regexp.MustCompile(`(?i)\s+and\s+`)

// checkExpr makes of a check's text in a schema what effects depend on. Only a
// check that says nothing but that columns are not null is taken as proof.
func checkExpr(t *Table, sql string) *sqltree.Expr {
	e := &sqltree.Expr{Offset: -1}
	for _, name := range t.namedIn(sql) {
		e.Uses.Columns = append(e.Uses.Columns, sqltree.ColumnUse{Name: name, Offset: -1})
	}
	for _, part := range and.Split(strings.TrimSpace(sql), -1) {
		held := heldNotNull.FindStringSubmatch(part)
		if held == nil {
			e.NotNull = nil
			break
		}
		name := strings.ToLower(held[2])
		if held[1] != "" {
			name = strings.ReplaceAll(held[1], `""`, `"`)
		}
		e.NotNull = append(e.NotNull, name)
	}
	return e
}
