package sqltree

import "strings"

// reader makes values of nodes. base is where the text that the parser was
// given stands in the text that the caller has.
type reader struct{ base int }

// at returns the offset of a node in the caller's text. libpg_query leaves out
// a location of 0, and has -1 for none.
func (r reader) at(o object) int {
	if o == nil {
		return -1
	}
	location := int(o.number("location"))
	if location < 0 {
		return -1
	}
	return r.base + location
}

// The names that the grammar gives to types with words of their own.
// https://www.postgresql.org/docs/current/datatype.html
var spellings = map[string]string{
	"int2": "smallint", "int4": "integer", "int": "integer", "int8": "bigint", "float4": "real", "float8": "double precision",
	"bool": "boolean", "bpchar": "char", "decimal": "numeric",
}

func (r reader) typeName(o object) TypeName {
	t := TypeName{Name: name(o.names("names")), Array: len(o.list("arrayBounds")), SetOf: o.flag("setof"), Offset: r.at(o)}
	if t.Schema == "pg_catalog" {
		t.Schema = ""
	}
	if spelling, ok := spellings[t.Name.Name]; ok && t.Schema == "" {
		t.Name.Name = spelling
	}
	for _, mod := range o.list("typmods") {
		if mod["ival"] == nil {
			continue // such as the name of geometry's kind
		}
		t.Mods = append(t.Mods, mod.child("ival").number("ival"))
	}
	return t
}

// expr reads a field that holds an expression; nil where it is absent.
func (r reader) expr(o object, key string) *Expr {
	kind, node := o.any(key)
	if kind == "" {
		return nil
	}
	e := &Expr{Offset: r.at(node), Uses: r.usesOf(o[key])}
	e.Constant = constant(kind, node)
	e.Null = null(kind, node)
	e.Literal, _ = literal(kind, node)
	e.NotNull = heldNotNull(kind, node)
	e.CastOf, e.Casts = r.casts(kind, node)
	return e
}

func constant(kind string, node object) bool {
	switch kind {
	case "A_Const":
		return true
	case "TypeCast":
		return constant(node.any("arg"))
	case "A_ArrayExpr":
		items, _ := node["elements"].([]any)
		for _, item := range items {
			if !constant(unwrap(item)) {
				return false
			}
		}
		return true
	case "A_Expr": // a sign
		return node["lexpr"] == nil && constant(node.any("rexpr"))
	}
	return false
}

func null(kind string, node object) bool {
	if kind == "TypeCast" {
		return null(node.any("arg"))
	}
	return kind == "A_Const" && node.flag("isnull")
}

func literal(kind string, node object) (string, bool) {
	switch kind {
	case "A_Const":
		return node.child("sval").text("sval"), node["sval"] != nil
	case "TypeCast":
		return literal(node.any("arg"))
	}
	return "", false
}

// casts returns the column that an expression is, or casts, and the types.
func (r reader) casts(kind string, node object) (column string, types []TypeName) {
	switch kind {
	case "ColumnRef":
		if parts := node.names("fields"); len(parts) > 0 {
			column = parts[len(parts)-1]
		}
	case "TypeCast":
		inner, arg := node.any("arg")
		if column, types = r.casts(inner, arg); column != "" {
			types = append(types, r.typeName(node.child("typeName")))
		}
	}
	return column, types
}

// heldNotNull returns the columns that cannot be null where the expression is
// true, as PostgreSQL looks for them before it scans a table for SET NOT NULL.
// https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DROP-NOT-NULL
func heldNotNull(kind string, node object) []string {
	switch kind {
	case "NullTest":
		if inner, column := node.any("arg"); inner == "ColumnRef" && node.text("nulltesttype") == "IS_NOT_NULL" {
			if parts := column.names("fields"); len(parts) > 0 {
				return parts[len(parts)-1:]
			}
		}
	case "BoolExpr":
		if node.text("boolop") != "AND_EXPR" {
			return nil
		}
		var out []string
		args, _ := node["args"].([]any)
		for _, arg := range args {
			out = append(out, heldNotNull(unwrap(arg))...)
		}
		return out
	}
	return nil
}

var constraintKinds = map[string]ConstraintKind{
	"CONSTR_PRIMARY": PrimaryKey, "CONSTR_UNIQUE": Unique, "CONSTR_CHECK": Check,
	"CONSTR_FOREIGN": ForeignKey, "CONSTR_EXCLUSION": Exclude, "CONSTR_NOTNULL": NotNull,
}

// PostgreSQL's letters for what happens to rows that point to a deleted one.
var onDelete = map[string]string{"c": "cascade", "n": "set null", "d": "set default", "r": "restrict"}

// constraint reads a Constraint; ok is false for what is none by itself, such
// as DEFAULT.
func (r reader) constraint(o object) (c Constraint, ok bool) {
	c = Constraint{
		Name: o.text("conname"), Columns: o.names("keys"), NotValid: o.flag("skip_validation"), UsingIndex: o.text("indexname"),
		Deferrable: o.flag("deferrable"), Offset: r.at(o), Expr: r.expr(o, "raw_expr"),
	}
	c.Kind, ok = constraintKinds[o.text("contype")]
	for _, pair := range o.list("exclusions") { // an index's key, and an operator
		if keys := pair.list("items"); len(keys) > 0 && keys[0].text("name") != "" {
			c.Columns = append(c.Columns, keys[0].text("name"))
		}
	}
	if c.Kind == ForeignKey {
		c.Columns, c.RefColumns, c.RefTable = o.names("fk_attrs"), o.names("pk_attrs"), relation(o.child("pktable"))
		c.OnDelete = onDelete[o.text("fk_del_action")]
	}
	return c, ok
}

func (r reader) column(o object) ColumnDef {
	c := ColumnDef{Name: o.text("colname"), Type: r.typeName(o.child("typeName")), Offset: r.at(o)}
	c.NotNull = c.Serial()
	for _, node := range o.list("constraints") {
		switch kind := node.text("contype"); kind {
		case "CONSTR_DEFAULT":
			c.Default = r.expr(node, "raw_expr")
		case "CONSTR_GENERATED":
			c.Generated = r.expr(node, "raw_expr")
		case "CONSTR_IDENTITY":
			c.Identity, c.NotNull = true, true
		case "CONSTR_NOTNULL":
			c.NotNull = true
		default:
			own, ok := r.constraint(node)
			if !ok {
				continue // NULL, or an attribute of the constraint before
			}
			if len(own.Columns) == 0 {
				own.Columns = []string{c.Name}
			}
			c.NotNull = c.NotNull || own.Kind == PrimaryKey
			c.Constraints = append(c.Constraints, own)
		}
	}
	return c
}

// kindOf makes a kind of one of PostgreSQL's OBJECT_ constants.
func kindOf(constant string) Kind {
	switch constant {
	case "OBJECT_MATVIEW":
		return MaterializedView
	case "OBJECT_TABCONSTRAINT", "OBJECT_DOMCONSTRAINT":
		return TableConstraint
	case "OBJECT_FOREIGN_TABLE":
		return ForeignTable
	}
	return Kind(strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(constant, "OBJECT_")), "_", " "))
}

func cascades(o object) bool { return o.text("behavior") == "DROP_CASCADE" }
