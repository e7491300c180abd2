package sqltree

import "strconv"

func formatInt(n int64) string { return strconv.FormatInt(n, 10) }

func (r reader) createTable(kind string, o object) Node {
	base := o
	if kind == "CreateForeignTableStmt" {
		base = o.child("base")
	}
	rel := base.child("relation")
	t := &CreateTable{
		Name: relation(rel), IfNotExists: base.flag("if_not_exists"), Temporary: rel.text("relpersistence") == "t",
		Partitioned: base["partspec"] != nil,
	}
	if bound := base.child("partbound"); bound != nil {
		t.PartitionOf, t.DefaultPartition = relations(base, "inhRelations")[0], bound.flag("is_default")
	} else {
		t.Inherits = relations(base, "inhRelations")
	}
	elements, _ := base["tableElts"].([]any)
	for _, element := range elements {
		switch kind, node := unwrap(element); kind {
		case "ColumnDef":
			t.Columns = append(t.Columns, r.column(node))
		case "Constraint":
			if c, ok := r.constraint(node); ok {
				t.Constraints = append(t.Constraints, c)
			}
		}
	}
	t.keysNotNull()
	return t
}

// keysNotNull marks the columns of a primary key that is written apart.
func (t *CreateTable) keysNotNull() {
	for _, c := range t.Constraints {
		for _, key := range c.Columns {
			for i := range t.Columns {
				if c.Kind == PrimaryKey && t.Columns[i].Name == key {
					t.Columns[i].NotNull = true
				}
			}
		}
	}
}

func (r reader) createAs(o object) Node {
	into := o.child("into")
	if kindOf(o.text("objtype")) == MaterializedView {
		return &CreateView{Name: relation(into.child("rel")), Materialized: true, WithNoData: into.flag("skipData")}
	}
	return &CreateTable{
		Name: relation(into.child("rel")), AsQuery: true, IfNotExists: o.flag("if_not_exists"),
		Temporary: into.child("rel").text("relpersistence") == "t",
	}
}

func (r reader) constraints(o object, key string) []Constraint {
	var out []Constraint
	for _, node := range o.list(key) {
		if c, ok := r.constraint(node); ok {
			out = append(out, c)
		}
	}
	return out
}

func (r reader) alterTable(o object) Node {
	a := &AlterTable{Kind: kindOf(o.text("objtype")), Name: relation(o.child("relation")), IfExists: o.flag("missing_ok"), Only: !o.child("relation").flag("inh")}
	for _, cmd := range o.list("cmds") {
		a.Actions = append(a.Actions, r.action(cmd, r.at(o.child("relation"))))
	}
	return a
}

func (r reader) action(o object, otherwise int) Action {
	a := Action{
		Kind: ActionKind(o.text("subtype")), Name: o.text("name"), IfExists: o.flag("missing_ok"), Cascade: cascades(o), Offset: otherwise,
	}
	kind, def := o.any("def")
	switch kind {
	case "ColumnDef":
		c := r.column(def)
		switch a.Kind {
		case SetType:
			a.Type, a.Using = c.Type, r.expr(def, "raw_default")
		default:
			a.Column, a.Name = &c, c.Name
		}
		a.Offset = c.Offset
	case "Constraint":
		if c, ok := r.constraint(def); ok {
			a.Constraint = &c
			if a.Kind == AddConstraint {
				a.Name = c.Name
			}
		}
		a.Offset = r.at(def)
	case "PartitionCmd":
		a.Partition, a.Concurrently = relation(def.child("name")), def.flag("concurrent")
	}
	if a.Kind == SetDefault {
		a.Default = r.expr(o, "def")
	}
	return a
}

func (r reader) createIndex(o object) Node {
	rel := o.child("relation")
	i := &CreateIndex{
		Name: o.text("idxname"), Table: relation(rel), Unique: o.flag("unique"), Concurrently: o.flag("concurrent"),
		IfNotExists: o.flag("if_not_exists"), Only: !rel.flag("inh"), Method: o.text("accessMethod"), Where: r.expr(o, "whereClause"),
	}
	for _, key := range o.list("indexParams") {
		i.Keys = append(i.Keys, IndexKey{Column: key.text("name"), Expr: r.expr(key, "expr")})
	}
	for _, key := range o.list("indexIncludingParams") {
		i.Include = append(i.Include, key.text("name"))
	}
	return i
}

// parts are the kinds whose name in a DROP has the name of a table in front.
var parts = map[Kind]bool{Policy: true, Trigger: true, Rule: true}

func (r reader) drop(o object) Node {
	d := &Drop{
		Kind: kindOf(o.text("removeType")), IfExists: o.flag("missing_ok"), Cascade: cascades(o), Concurrently: o.flag("concurrent"),
	}
	objects, _ := o["objects"].([]any)
	for _, item := range objects {
		kind, node := unwrap(item)
		if words := node.names("items"); parts[d.Kind] && len(words) > 1 {
			d.Table = name(words[:len(words)-1])
			d.Names = append(d.Names, Name{Name: words[len(words)-1]})
			continue
		}
		d.Names = append(d.Names, nameIn(kind, node))
	}
	return d
}

func rename(o object) Node {
	n := &Rename{
		Kind: kindOf(o.text("renameType")), Table: relation(o.child("relation")), Old: o.text("subname"), New: o.text("newname"),
	}
	if n.Kind == Column || n.Kind == Attribute { // of other kinds the field is not set
		n.Relation = kindOf(o.text("relationType"))
	}
	if n.Old == "" {
		whole := objectName(o)
		n.Table, n.Old = whole, whole.Name
	}
	return n
}

func (r reader) alterDomain(o object) Node {
	d := &AlterDomain{Name: name(o.names("typeName")), Action: o.text("subtype")}
	if kind, def := o.any("def"); kind == "Constraint" {
		if c, ok := r.constraint(def); ok {
			d.Constraint = &c
		}
	}
	return d
}
