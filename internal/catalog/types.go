package catalog

import "strings"

// columnType is what columnsSQL says about a column's type. For an array it
// describes the element.
type columnType struct {
	dims        int    // of an array, 0 otherwise
	schema      string // of the type
	name        string
	kind        byte   // pg_type.typtype: 'b' base, 'e' enum, 'd' domain, …
	extension   bool   // belongs to an extension
	full, plain string // format_type with and without the column's modifiers
}

// spell returns the type as drizzle's getSQLType writes it, and the schema to
// name with it: an enum's, or that of another type of the user's own outside
// public. Types of extensions go without a schema, as drizzle writes them
// wherever the extension is installed.
func (t columnType) spell() (text, schema string) {
	switch {
	case t.schema == "pg_catalog":
		text = spellBuiltIn(t.full)
	case t.extension:
		text = t.name + t.modifiers()
	default:
		text = t.name + t.modifiers()
		if t.kind == 'e' || t.schema != "public" {
			schema = t.schema
		}
	}
	return text + strings.Repeat("[]", t.dims), schema
}

// modifiers returns the part of the type in brackets, for example "(3)".
func (t columnType) modifiers() string {
	m := strings.TrimPrefix(t.full, t.plain)
	if t.name == "geometry" { // PostGIS prints geometry(Point), drizzle geometry(point)
		m = strings.ToLower(m)
	}
	return m
}

// spellBuiltIn turns PostgreSQL's name of a built-in type into drizzle's.
func spellBuiltIn(full string) string {
	name, rest, found := strings.Cut(full, "(")
	if found {
		rest = "(" + rest
	} else if base, zone, ok := strings.Cut(full, " with"); ok { // "timestamp with time zone"
		name, rest = base, " with"+zone
	}
	switch name {
	case "character varying":
		return "varchar" + rest
	case "character":
		return "char" + rest
	case "numeric":
		return "numeric" + strings.Replace(rest, ",", ", ", 1)
	case "time":
		return "time" + strings.TrimSuffix(rest, " without time zone")
	case "timestamp":
		rest = strings.TrimSuffix(rest, " without time zone")
		if strings.HasPrefix(rest, "(") {
			rest = " " + rest
		}
		return "timestamp" + rest
	}
	return full
}

// serials are the types that a column with its own sequence is written with.
var serials = map[string]string{"smallint": "smallserial", "integer": "serial", "bigint": "bigserial"}
