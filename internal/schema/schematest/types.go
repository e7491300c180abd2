package schematest

import (
	"fmt"
	"strings"

	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltext"
)

// kind groups types that take the same expressions.
type kind int

const (
	other kind = iota
	number
	words
	truth
)

// columnType is a type as drizzle spells it, with what can be said in it.
type columnType struct {
	name string
	kind kind
	// ordered says that btree has an operator class for it: it can be a key.
	ordered bool
	// value is the SQL of the i-th value; the first ones differ.
	value func(i int) string
	// defaults are what a column may default to besides its values.
	defaults []string
	// json writes values as numbers or booleans do in drizzle's files.
	json schema.ScalarKind
	// indexed is the access method of an index over it, with its operator
	// class, where that is not btree.
	method, class string
}

func printf(format string) func(int) string {
	return func(i int) string { return fmt.Sprintf(format, i+1) }
}

func oneOf(values ...string) func(int) string {
	return func(i int) string { return values[i%len(values)] }
}

var builtIn = []columnType{
	{name: "smallint", kind: number, ordered: true, value: printf("%d"), json: schema.Number},
	{name: "integer", kind: number, ordered: true, value: printf("%d"), json: schema.Number, method: "brin"},
	{name: "integer", kind: number, ordered: true, value: printf("%d"), json: schema.Number, method: "hash"},
	{name: "bigint", kind: number, ordered: true, value: printf("%d"), json: schema.Number, defaults: []string{"(1 + 2)"}},
	{name: "numeric", kind: number, ordered: true, value: printf("'%d.5'")},
	{name: "numeric(7)", kind: number, ordered: true, value: printf("'%d'")},
	{name: "numeric(9, 2)", kind: number, ordered: true, value: printf("'%d.25'")},
	{name: "real", kind: number, ordered: true, value: printf("%d.5"), json: schema.Number},
	{name: "double precision", kind: number, ordered: true, value: printf("-%d.25"), json: schema.Number},
	{name: "boolean", kind: truth, ordered: true, value: oneOf("true", "false"), json: schema.Boolean},
	{name: "text", kind: words, ordered: true, value: printf("'it''s %d'"), method: "spgist", defaults: []string{"('a' || 'b')", "CURRENT_USER"}},
	{name: "text", kind: words, ordered: true, value: printf("'a;b -- %d'"), method: "btree", class: "text_pattern_ops"},
	{name: "varchar", kind: words, ordered: true, value: printf("'v%d'")},
	{name: "varchar(20)", kind: words, ordered: true, value: printf("'v%d'"), method: "btree", class: "varchar_pattern_ops"},
	{name: "char(5)", kind: words, ordered: true, value: printf("'c%d'")},
	{name: "char", kind: words, ordered: true, value: oneOf("'a'", "'b'", "'c'")},
	{name: "json", value: printf(`'{"a":%d}'::json`)},
	{name: "jsonb", ordered: true, value: printf(`'{"a":"it''s %d"}'::jsonb`), method: "gin"},
	{name: "jsonb", ordered: true, value: printf(`'[%d]'::jsonb`), method: "gin", class: "jsonb_path_ops"},
	{name: "uuid", ordered: true, value: printf("'00000000-0000-0000-0000-%012d'"), defaults: []string{"gen_random_uuid()"}},
	{name: "date", ordered: true, value: printf("'2024-01-%02d'"), defaults: []string{"now()"}},
	{name: "time", ordered: true, value: printf("'10:00:%02d'")},
	{name: "time(3) with time zone", ordered: true, value: printf("'10:00:%02d+00'")},
	{name: "timestamp", ordered: true, value: printf("'2024-01-%02d 10:00:00'"), defaults: []string{"now()"}},
	{name: "timestamp (3)", ordered: true, value: printf("'2024-01-%02d 10:00:00'")},
	{name: "timestamp with time zone", ordered: true, value: printf("'2024-01-%02d 10:00:00+00'"), defaults: []string{"now()"}},
	{name: "timestamp (6) with time zone", ordered: true, value: printf("'2024-01-%02d 10:00:00+00'")},
	{name: "interval", ordered: true, value: printf("'0%d:00:00'")},
	{name: "interval hour to minute", ordered: true, value: printf("'0%d:30:00'")},
	{name: "inet", ordered: true, value: printf("'10.0.0.%d'"), method: "gist", class: "inet_ops"},
	{name: "cidr", ordered: true, value: printf("'10.0.%d.0/24'")},
	{name: "macaddr", ordered: true, value: printf("'08:00:2b:01:02:%02d'")},
	{name: "macaddr8", ordered: true, value: printf("'08:00:2b:01:02:03:04:%02d'")},
	{name: "point", value: printf("'(%d,1)'"), method: "gist"},
	{name: "line", value: printf("'{1,2,%d}'")},
	{name: "bytea", ordered: true, value: printf(`'\x0%d'`)},
	{name: "bit(3)", ordered: true, value: oneOf("'101'", "'110'", "'011'")},
	{name: "text[]", ordered: true, value: printf(`'{"a","b %d"}'`), method: "gin"},
	{name: "integer[]", ordered: true, value: printf(`'{1,%d}'`), method: "gin", defaults: []string{"ARRAY[1, 2]"}},
	{name: "integer[3]", ordered: true, value: printf(`'{1,2,%d}'`)},
	{name: "varchar(9)[]", ordered: true, value: printf(`'{"a%d"}'`)},
	{name: "numeric(7, 2)[][]", ordered: true, value: printf(`'{{"1.00"},{"%d.00"}}'`)},
	{name: "uuid[]", ordered: true, value: printf(`'{"00000000-0000-0000-0000-%012d"}'`)},
	{name: "timestamp with time zone[]", ordered: true, value: printf(`'{"2024-01-%02d 10:00:00+00"}'`)},
	{name: "boolean[]", ordered: true, value: oneOf("'{true,false}'", "'{true}'", "'{false}'")},
}

// serials are types that bring their own default.
var serials = map[string]string{"smallserial": "smallint", "serial": "integer", "bigserial": "bigint"}

// integers are the types of identity columns.
var integers = []string{"smallint", "integer", "bigint"}

// typeOf returns what is known of a column's type. Enums are looked up in s.
func typeOf(s *schema.Schema, c *schema.Column) columnType {
	if c.TypeSchema != "" {
		base, suffix, _ := strings.Cut(c.Type, "[")
		for i := range s.Enums {
			if e := &s.Enums[i]; e.Name == base && e.Schema == c.TypeSchema {
				return enumType(e, suffix != "")
			}
		}
	}
	name := c.Type
	if plain, ok := serials[name]; ok {
		name = plain
	}
	for _, t := range builtIn {
		if t.name == name {
			return t
		}
	}
	return columnType{name: name, value: oneOf("NULL")}
}

// enumType describes an enum, or an array of it.
func enumType(e *schema.Enum, array bool) columnType {
	if len(e.Values) == 0 {
		return columnType{name: e.Name, value: oneOf("NULL")}
	}
	t := columnType{name: e.Name, ordered: true, value: func(i int) string {
		return sqltext.QuoteLiteral(e.Values[i%len(e.Values)])
	}}
	if array {
		t.name += "[]"
		t.value = func(i int) string {
			v := e.Values[i%len(e.Values)]
			return sqltext.QuoteLiteral(`{"` + v + `"}`)
		}
	}
	return t
}

// isInteger says whether a column can count.
func isInteger(c *schema.Column) bool {
	for _, t := range integers {
		if c.Type == t {
			return true
		}
	}
	return false
}
