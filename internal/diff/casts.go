package diff

import (
	"strings"

	"github.com/skein-db/skein/internal/schema"
)

// ALTER COLUMN … TYPE converts values by itself where a cast is implicit or
// goes with assignments, and else wants a USING clause
// (https://www.postgresql.org/docs/current/sql-altertable.html). The tables
// below are pg_cast of PostgreSQL 15, as far as tables can have such columns,
// with casts of the contrib modules and pgvector. Beside pg_cast every type can
// be assigned to a string type, and every string type be cast to any
// (https://www.postgresql.org/docs/current/sql-createcast.html, notes).

// assignments are the implicit and assignment casts.
var assignments = castTable(`
smallint: bigint|double precision|integer|real|numeric|oid
integer: bigint|smallint|real|double precision|numeric|money|oid
bigint: integer|smallint|real|double precision|numeric|money|oid
numeric: bigint|smallint|integer|real|double precision|money
real: bigint|smallint|integer|numeric|double precision
double precision: bigint|smallint|integer|numeric|real
money: numeric
oid: integer|bigint
bit: bit varying
bit varying: bit
date: timestamp|timestamptz
time: interval|timetz
timetz: time
timestamp: date|time|timestamptz
timestamptz: date|time|timestamp|timetz
interval: time
cidr: inet
inet: cidr
macaddr: macaddr8
macaddr8: macaddr
json: jsonb
jsonb: json
box: polygon
lseg: box
path: polygon
point: box
polygon: path
text: citext|name|geometry
varchar: citext|name
char: citext|name
boolean: citext
vector: halfvec|sparsevec
halfvec: vector|sparsevec
sparsevec: vector|halfvec
geometry: geography|json|jsonb|bytea
bytea: geometry|geography
geography: bytea
`)

// explicit are the casts that have to be written.
var explicit = castTable(`
integer: boolean
boolean: integer
bit: integer|bigint
integer: bit
bigint: bit
jsonb: boolean|smallint|integer|bigint|numeric|real|double precision
box: circle|lseg|point
circle: box|point|polygon
lseg: point
polygon: box|circle|point
daterange: datemultirange
int4range: int4multirange
int8range: int8multirange
numrange: nummultirange
tsrange: tsmultirange
tstzrange: tstzmultirange
geography: geometry
hstore: json|jsonb
`)

func castTable(text string) map[[2]string]bool {
	casts := map[[2]string]bool{}
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		from, to, _ := strings.Cut(line, ": ")
		for _, t := range strings.Split(to, "|") {
			casts[[2]string{from, t}] = true
		}
	}
	return casts
}

// typeAliases are other spellings of type names.
var typeAliases = map[string]string{
	"int": "integer", "int4": "integer", "int8": "bigint", "int2": "smallint", "dec": "numeric", "decimal": "numeric",
	"bool": "boolean", "float8": "double precision", "float": "double precision", "float4": "real",
	"character varying": "varchar", "character": "char", "bpchar": "char", "varbit": "bit varying", "nchar": "char",
	"timestamp with time zone": "timestamptz", "timestamp without time zone": "timestamp",
	"time with time zone": "timetz", "time without time zone": "time",
	"serial4": "serial", "serial8": "bigserial", "serial2": "smallserial",
}

// serials are the types that only CREATE TABLE and ADD COLUMN know
// (https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-SERIAL).
var serials = map[string]string{"smallserial": "smallint", "serial": "integer", "bigserial": "bigint"}

// serialBase returns the type of a serial column's values.
func serialBase(col *schema.Column) (base string, ok bool) {
	base, ok = serials[baseType(col.Type)]
	return base, ok
}

// pgType is a column's type as casts see it.
type pgType struct {
	base  string // without modifiers; an enum with its schema
	enum  bool
	array bool
}

// typeOf looks at a column's type. The type of a serial is that of its values.
func typeOf(col *schema.Column) pgType {
	elem, suffix := splitArray(col.Type)
	if r, ok := enumOf(col); ok {
		return pgType{base: qualified(r), enum: true, array: suffix != ""}
	}
	base := baseType(elem)
	if b, ok := serials[base]; ok {
		base = b
	}
	return pgType{base: base, array: suffix != ""}
}

// baseType writes a type's name without modifiers, in the shorter spelling.
func baseType(typ string) string {
	var b strings.Builder
	depth := 0
	for _, ch := range typ {
		switch {
		case ch == '(':
			depth++
		case ch == ')':
			depth--
		case depth == 0:
			b.WriteRune(ch)
		}
	}
	name := strings.Join(strings.Fields(b.String()), " ")
	if !strings.Contains(name, `"`) {
		name = strings.ToLower(name)
	}
	if strings.HasPrefix(name, "interval ") {
		name = "interval"
	}
	if now, ok := typeAliases[name]; ok {
		return now
	}
	return name
}

func (t pgType) isString() bool {
	switch t.base {
	case "text", "varchar", "char", "citext", "name":
		return !t.enum && !t.array
	}
	return false
}

func (t pgType) element() pgType { t.array = false; return t }

// assignable says whether values become the other type without being asked.
func (t pgType) assignable(to pgType) bool {
	switch {
	case t == to || to.isString():
		return true
	case t.array != to.array:
		return t == pgType{base: "vector"} && to == pgType{base: "real", array: true} ||
			to == pgType{base: "vector"} && t.array && numberTypes[t.base]
	case t.array:
		return t.element().assignable(to.element())
	}
	return !t.enum && !to.enum && assignments[[2]string{t.base, to.base}]
}

var numberTypes = map[string]bool{"smallint": true, "integer": true, "bigint": true, "numeric": true, "real": true, "double precision": true}

// castable says whether a cast between the two can be written.
func (t pgType) castable(to pgType) bool {
	switch {
	case t.assignable(to) || t.isString():
		return true
	case t.array != to.array:
		return false
	case t.array:
		return t.element().castable(to.element())
	}
	return !t.enum && !to.enum && explicit[[2]string{t.base, to.base}]
}

// comparable says whether a value of one type stands beside one of the other
// in foreign keys, checks and indexes.
func (t pgType) comparable(to pgType) bool { return t.family() == to.family() }

func (t pgType) family() pgType {
	switch {
	case t.enum || t.array:
		return t
	case numberTypes[t.base]:
		return pgType{base: "number"}
	case t.isString():
		return pgType{base: "text"}
	case t.base == "date" || strings.HasPrefix(t.base, "timestamp"):
		return pgType{base: "time"}
	}
	return t
}

// conversion writes the expression that makes a value of the column's old type
// one of the new type, which is written typ.
func conversion(column string, from, to pgType, typ string) string {
	switch {
	case !from.array && to.array && !from.isString():
		return "CASE WHEN " + column + " IS NOT NULL THEN ARRAY[" + conversion(column, from, to.element(), strings.TrimRight(typ, "[]0123456789")) + "] END"
	case !from.array && to.array: // a text may be an array's text, or the only element
		return "CASE WHEN " + column + " LIKE '{%}' THEN " + column + "::text::" + typ + " WHEN " + column + " IS NOT NULL THEN ARRAY[" + column + "]::" + typ + " END"
	case from.base == "boolean" && numberTypes[to.base] && to.base != "integer" && !to.array:
		return column + "::integer::" + typ
	case numberTypes[from.base] && from.base != "integer" && to.base == "boolean" && !from.array:
		return column + " <> 0"
	case from.castable(to) && !from.enum:
		return column + "::" + typ
	}
	return column + "::text::" + typ
}
