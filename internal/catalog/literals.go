package catalog

import (
	"regexp"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltext"
)

// spellDefault turns PostgreSQL's text of a default into drizzle's, as far as
// it is a literal of the column's own type: the cast goes, numbers and booleans
// stand for themselves, array elements get their quotes. All else is returned
// as PostgreSQL prints it.
func spellDefault(expr string, t columnType) *schema.Scalar {
	value, cast, quoted := literal(expr)
	base := t.plain
	if t.dims > 0 {
		base += "[]"
	}
	own := quoted && (cast == base || cast == t.full+strings.Repeat("[]", min(t.dims, 1)))
	switch {
	case t.dims > 0 && own:
		if text, ok := spellArray(value, t.plain); ok {
			return &schema.Scalar{Text: text}
		}
	case t.dims > 0:
	case t.plain == "boolean" && (expr == "true" || expr == "false"):
		return &schema.Scalar{Kind: schema.Boolean, Text: expr}
	case numeric[t.plain] && isNumber(expr, value, quoted):
		return spellNumber(expr, value, quoted, t.plain)
	case own && t.plain == "jsonb":
		return &schema.Scalar{Text: sqltext.QuoteLiteral(compactJSON(value)) + "::jsonb"}
	case own && t.plain == "json":
		return &schema.Scalar{Text: expr}
	case own:
		return &schema.Scalar{Text: sqltext.QuoteLiteral(value)}
	}
	return &schema.Scalar{Text: expr}
}

// literal takes 'text'::type apart. quoted is false where the expression is
// anything else.
func literal(expr string) (value, cast string, quoted bool) {
	if !strings.HasPrefix(expr, "'") {
		return "", "", false
	}
	for i := 1; i < len(expr); i++ {
		if expr[i] != '\'' {
			continue
		}
		if i+1 < len(expr) && expr[i+1] == '\'' {
			i++
			continue
		}
		cast, found := strings.CutPrefix(expr[i+1:], "::")
		return strings.ReplaceAll(expr[1:i], "''", "'"), cast, found
	}
	return "", "", false
}

// numeric lists the types whose literals PostgreSQL prints bare or, if
// negative, quoted with a cast to a type that need not be the column's own.
var numeric = map[string]bool{
	"smallint": true, "integer": true, "bigint": true,
	"real": true, "double precision": true, "numeric": true,
}

// jsonNumber is the form in which drizzle's files keep numbers.
var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)

// isNumber reports whether a default is a plain number, bare or quoted.
func isNumber(expr, value string, quoted bool) bool {
	if quoted {
		return jsonNumber.MatchString(value)
	}
	return jsonNumber.MatchString(expr)
}

// spellNumber returns a number's default: a JSON number, or a quoted string
// for numeric, whose values are strings in drizzle.
func spellNumber(expr, value string, quoted bool, plain string) *schema.Scalar {
	number := expr
	if quoted {
		number = value
	}
	switch plain {
	case "numeric":
		return &schema.Scalar{Text: sqltext.QuoteLiteral(number)}
	case "real", "double precision":
		number = javaScriptNumber(number)
	}
	return &schema.Scalar{Kind: schema.Number, Text: number}
}

// spellArray turns an array literal such as {a,"b c"} into drizzle's form, in
// which every element that is a string in JavaScript has quotes. ok is false
// where the literal has bounds or NULLs, which drizzle never writes.
func spellArray(value, element string) (text string, ok bool) {
	if !strings.HasPrefix(value, "{") {
		return "", false
	}
	var array pgtype.Array[*string]
	if err := arrayTypes.Scan(pgtype.TextArrayOID, pgtype.TextFormatCode, []byte(value), &array); err != nil {
		return "", false
	}
	for _, e := range array.Elements {
		if e == nil {
			return "", false
		}
	}
	bare := numeric[element] && element != "numeric"
	var b strings.Builder
	next := 0
	writeDimension(&b, array.Dims, func() {
		e := *array.Elements[next]
		next++
		switch {
		case element == "boolean" && (e == "t" || e == "f"):
			b.WriteString(map[string]string{"t": "true", "f": "false"}[e])
		case bare && jsonNumber.MatchString(e):
			b.WriteString(e) // floats come in their shortest form already
		default:
			if element == "jsonb" {
				e = compactJSON(e)
			}
			b.WriteString(`"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(e) + `"`)
		}
	})
	return sqltext.QuoteLiteral(b.String()), true
}

// writeDimension writes one dimension's braces, and the dimensions inside it.
func writeDimension(b *strings.Builder, dims []pgtype.ArrayDimension, element func()) {
	b.WriteByte('{')
	if len(dims) > 0 {
		for i := range int(dims[0].Length) {
			if i > 0 {
				b.WriteByte(',')
			}
			if len(dims) > 1 {
				writeDimension(b, dims[1:], element)
			} else {
				element()
			}
		}
	}
	b.WriteByte('}')
}

// javaScriptNumber writes a number as JavaScript prints the double it stands
// for: 1.50 as 1.5.
func javaScriptNumber(number string) string {
	v := jsontext.Value(number)
	if err := v.Canonicalize(); err != nil {
		return number
	}
	return string(v)
}

// compactJSON drops the spaces that jsonb prints and JSON.stringify does not.
func compactJSON(text string) string {
	v := jsontext.Value(text)
	if err := v.Compact(jsontext.AllowDuplicateNames(true)); err != nil {
		return text
	}
	return string(v)
}

// unwrap removes the brackets that PostgreSQL puts round a whole expression.
func unwrap(expr string) string {
	for len(expr) > 1 && expr[0] == '(' && closing(expr) == len(expr)-1 {
		expr = expr[1 : len(expr)-1]
	}
	return expr
}

// closing returns the offset of the bracket that closes the one expr starts
// with, or -1. What PostgreSQL prints has no comments and no dollar quotes.
func closing(expr string) int {
	depth := 0
	for i := 0; i < len(expr); i++ {
		switch c := expr[i]; c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		case '\'', '"':
			end := strings.IndexByte(expr[i+1:], c)
			if end < 0 {
				return -1
			}
			i += 1 + end
		}
	}
	return -1
}
