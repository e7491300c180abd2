package sqltree

import (
	"maps"
	"slices"
	"strings"
)

// Uses is what a statement or an expression mentions. Offsets are those in the
// text that was parsed, or -1. Names that a WITH clause makes are left out.
type Uses struct {
	Tables    []TableUse
	Columns   []ColumnUse
	Functions []NameUse
	Types     []NameUse
	// Literals are the string literals: how enum values are used.
	Literals []Literal
	// Star says that all columns of a table are read with *.
	Star bool
}

// TableUse is a table or view that is read or written.
type TableUse struct {
	Name   Name
	Alias  string
	Write  bool // by INSERT, UPDATE, DELETE, MERGE, TRUNCATE or COPY
	Offset int
}

// NameUse is a mention of a name.
type NameUse struct {
	Name   Name
	Offset int
}

// ColumnUse is a mention of a column, with the table's name or alias where
// that is written.
type ColumnUse struct {
	Qualifier, Name string
	// Target says that the column is written: in SET, or in INSERT's list.
	Target bool
	Offset int
}

// Literal is a string literal.
type Literal struct {
	Text   string
	Cast   TypeName // where it is cast at once
	Offset int
}

// walker gathers uses.
type walker struct {
	reader
	uses Uses
	with []string // names that WITH clauses around make
}

func (r reader) usesOf(v any) Uses {
	w := walker{reader: r}
	w.walk(v)
	// In the order of the text.
	slices.SortStableFunc(w.uses.Tables, func(a, b TableUse) int { return a.Offset - b.Offset })
	slices.SortStableFunc(w.uses.Columns, func(a, b ColumnUse) int { return a.Offset - b.Offset })
	return w.uses
}

func (w *walker) walk(v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			w.walk(item)
		}
	case map[string]any:
		w.object(v)
	}
}

// object looks at an object that may be a node of one kind, or wrap one.
func (w *walker) object(m map[string]any) {
	kind, node := unwrap(m)
	if node == nil {
		w.fields("", m)
		return
	}
	w.fields(kind, node)
}

func (w *walker) fields(kind string, o object) {
	switch kind {
	case "ColumnRef":
		w.column(o)
		return
	case "A_Const":
		if s, ok := o["sval"].(map[string]any); ok {
			w.uses.Literals = append(w.uses.Literals, Literal{Text: object(s).text("sval"), Offset: w.at(o)})
		}
		return
	case "TypeCast":
		if inner, c := o.any("arg"); inner == "A_Const" && c["sval"] != nil {
			w.uses.Literals = append(w.uses.Literals, Literal{
				Text: c.child("sval").text("sval"), Cast: w.typeName(o.child("typeName")), Offset: w.at(c),
			})
			w.typeUse(o.child("typeName"))
			return
		}
	case "FuncCall":
		w.uses.Functions = append(w.uses.Functions, NameUse{name(o.names("funcname")), w.at(o)})
	case "RangeVar":
		w.table(o, false)
		return
	case "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "SelectStmt":
		w.query(kind, o)
		return
	}
	w.rest(kind, o)
}

// rest walks over all fields, in an order that does not change.
func (w *walker) rest(kind string, o object, without ...string) {
	for _, key := range slices.Sorted(maps.Keys(o)) {
		if slices.Contains(without, key) {
			continue
		}
		switch value := o[key].(type) {
		case map[string]any:
			switch {
			case key == "typeName" || key == "argType" || key == "returnType":
				w.typeUse(value)
			case value["relname"] != nil: // a RangeVar in a field that holds no other kind
				w.table(value, kind == "CopyStmt" && o.flag("is_from"))
			default:
				w.walk(value)
			}
		case []any:
			if kind == "TruncateStmt" && key == "relations" {
				for _, r := range o.list(key) {
					w.table(r, true)
				}
				continue
			}
			w.walk(value)
		}
	}
}

// query walks over a statement that can have a WITH clause.
func (w *walker) query(kind string, o object) {
	outer := len(w.with)
	defer func() { w.with = w.with[:outer] }()
	if clause := o.child("withClause"); clause != nil {
		for _, cte := range clause.list("ctes") {
			w.with = append(w.with, cte.text("ctename"))
		}
		w.walk(clause["ctes"])
	}
	// What is written; RangeVars elsewhere are read.
	if kind == "InsertStmt" || kind == "UpdateStmt" || kind == "DeleteStmt" || kind == "MergeStmt" {
		w.table(o.child("relation"), true)
	}
	if kind == "InsertStmt" {
		w.targets(o.list("cols"))
		w.targets(o.child("onConflictClause").list("targetList"))
	}
	if kind == "UpdateStmt" {
		w.targets(o.list("targetList"))
	}
	w.rest(kind, o, "withClause", "relation")
}

// targets notes the columns that are written.
func (w *walker) targets(items []object) {
	for _, item := range items {
		if name := item.text("name"); name != "" {
			w.uses.Columns = append(w.uses.Columns, ColumnUse{Name: name, Target: true, Offset: w.at(item)})
		}
	}
}

func (w *walker) table(o object, write bool) {
	n := relation(o)
	if n.Name == "" || n.Schema == "" && !write && slices.Contains(w.with, n.Name) {
		return
	}
	w.uses.Tables = append(w.uses.Tables, TableUse{Name: n, Alias: o.child("alias").text("aliasname"), Write: write, Offset: w.at(o)})
}

func (w *walker) column(o object) {
	fields, _ := o["fields"].([]any)
	var parts []string
	for _, field := range fields {
		kind, node := unwrap(field)
		if kind != "String" {
			w.uses.Star = true
			return
		}
		parts = append(parts, node.text("sval"))
	}
	if len(parts) == 0 {
		return
	}
	w.uses.Columns = append(w.uses.Columns, ColumnUse{
		Qualifier: strings.Join(parts[max(0, len(parts)-2):len(parts)-1], "."), Name: parts[len(parts)-1], Offset: w.at(o),
	})
}

func (w *walker) typeUse(o object) {
	if parts := o.names("names"); len(parts) > 0 && parts[0] != "pg_catalog" {
		w.uses.Types = append(w.uses.Types, NameUse{name(parts), w.at(o)})
	}
}
