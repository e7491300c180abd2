package diff

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltext"
)

// setsType tells what a change of type does to the values: PostgreSQL assigns
// each old value to the new type, unless the statement has a USING of its own
// (https://www.postgresql.org/docs/current/sql-altertable.html).
func setsType(x *existence, c *Change) []Effect {
	old, new := c.Old.(*schema.Column), c.New.(*schema.Column)
	a, b := spelledType(old), spelledType(new)
	cast := slices.ContainsFunc(c.SQL, func(s string) bool { return strings.Contains(s, " USING ") })
	var v typeEffect
	switch {
	case a.enum && b.enum && a.array == b.array:
		v = x.enumEffect(old, new)
	case cast && a.array == "" && b.array != "" && a.base == b.base && !a.enum:
		v = typeRewrite // each value into an array of its own
	case cast && a.base == "boolean" && slices.Contains(wholes, b.base) && a.array == b.array:
		v = typeRewrite
	case a.array != b.array && !b.isText():
		v = typeRefused
	default:
		v = effectOfType(a, b)
	}
	if v.message == noCastEffect {
		v.message = "fails where PostgreSQL does not convert by itself, or if a value does not fit"
		if cast {
			v.message = "fails if a value cannot be read as " + new.Type
		}
	}
	if v.kind == "" {
		return nil
	}
	return effectOf(v.kind, c, old.Type+" to "+new.Type+": "+v.message, saferType(c, &v))
}

func saferType(c *Change, v *typeEffect) string {
	name := sqltext.QuoteIdent(c.New.(*schema.Column).Name)
	switch {
	case v.misfit != "":
		return fmt.Sprintf("look for such values first: SELECT count(*) FROM %s WHERE %s;", effectTable(c.Table), strings.ReplaceAll(v.misfit, "?", name))
	case v.kind == Rewrites:
		return "on a large table add a column of the new type, fill it in batches, and drop the old one in a later release"
	}
	return "add a column of the new type, fill it and compare, and drop the old one in a later release"
}

// typeEffect is what happens to a value. The zero value: nothing at all.
type typeEffect struct {
	kind    EffectKind
	message string
	// misfit is a condition for values that do not fit; ? is the column.
	misfit string
}

const noCastEffect = "no cast"

var (
	typeRewrite = typeEffect{kind: Rewrites, message: "every row is written anew while the table is locked"}
	typeRefused = typeEffect{kind: CanFail, message: noCastEffect}
)

// enumEffect is the way through text.
func (x *existence) enumEffect(old, new *schema.Column) typeEffect {
	from, _ := enumOf(old)
	to, _ := enumOf(new)
	var gone []string
	for _, v := range enumValues(x.from, from) {
		if !slices.Contains(enumValues(x.to, to), v) {
			gone = append(gone, sqltext.QuoteLiteral(v))
		}
	}
	if len(gone) == 0 {
		return typeRewrite
	}
	return typeEffect{CanFail, "fails if a row has " + strings.Join(gone, " or "), "?::text IN (" + strings.Join(gone, ", ") + ")"}
}

func enumValues(s *schema.Schema, r schema.Ref) []string {
	for i := range s.Enums {
		if s.Enums[i].Ref() == r {
			return s.Enums[i].Values
		}
	}
	return nil
}

// spelledAs is a type's name without its other spellings, and its modifiers.
type spelledAs struct {
	base  string
	args  []int // nil where there are none
	array string
	enum  bool
}

func (t spelledAs) isText() bool { return t.array == "" && (t.base == "text" || t.base == "varchar") }

var (
	spelledForm  = regexp.MustCompile(`^([a-z_][a-z0-9_ ]*?) ?(?:\(([0-9, -]*)\))? ?(with(?:out)? time zone)?$`)
	spelledPlain = map[string]string{
		"int": "integer", "int4": "integer", "int8": "bigint", "int2": "smallint",
		"serial": "integer", "serial4": "integer", "bigserial": "bigint", "serial8": "bigint", "smallserial": "smallint", "serial2": "smallint",
		"character varying": "varchar", "character": "char", "bpchar": "char", "decimal": "numeric", "dec": "numeric",
		"float8": "double precision", "float": "double precision", "float4": "real", "bool": "boolean", "bit varying": "varbit",
		"timestamptz": "timestamp with time zone", "timestamp without time zone": "timestamp",
		"timetz": "time with time zone", "time without time zone": "time",
	}
)

func spelledType(col *schema.Column) spelledAs {
	name, array := splitArray(col.Type)
	if col.TypeSchema != "" {
		return spelledAs{base: name, array: array, enum: true}
	}
	t := spelledAs{base: strings.ToLower(strings.TrimSpace(name)), array: array}
	m := spelledForm.FindStringSubmatch(t.base)
	if m == nil {
		return t
	}
	t.base = strings.TrimSpace(m[1] + " " + m[3])
	for _, arg := range strings.Split(m[2], ",") {
		if n, err := strconv.Atoi(strings.TrimSpace(arg)); err == nil {
			t.args = append(t.args, n)
		}
	}
	if plain, ok := spelledPlain[t.base]; ok {
		t.base = plain
	}
	return t
}

// Numbers by size, and what fits into the whole ones.
var (
	wholes      = []string{"smallint", "integer", "bigint"}
	wholeRanges = map[string]string{
		"smallint": "-32768 AND 32767", "integer": "-2147483648 AND 2147483647", "bigint": "-9223372036854775808 AND 9223372036854775807",
	}
	fractions = []string{"numeric", "real", "double precision"}
	moments   = []string{"date", "timestamp", "timestamp with time zone", "time", "time with time zone"}
)

// convert says what happens to values of a type that become another.
func effectOfType(a, b spelledAs) typeEffect {
	isWhole := func(t spelledAs) bool { return !t.enum && slices.Contains(wholes, t.base) }
	isFraction := func(t spelledAs) bool { return !t.enum && slices.Contains(fractions, t.base) }
	letters := func(t spelledAs) bool { return t.base == "text" || t.base == "varchar" || t.base == "char" }
	switch {
	case !a.enum && !b.enum && a.base == b.base:
		return sameBaseEffect(a, b)
	case b.enum:
		return typeRefused
	case letters(b):
		return lettersEffect(a, b, letters(a) && !a.enum && a.array == b.array)
	case a.enum || letters(a):
		return typeRefused
	case isWhole(a) && isWhole(b):
		if slices.Index(wholes, a.base) < slices.Index(wholes, b.base) {
			return typeRewrite
		}
		return typeEffect{CanFail, "fails if a value is too large", "? NOT BETWEEN " + wholeRanges[b.base]}
	case isFraction(a) && isWhole(b):
		return typeEffect{CanFail, "fails if a value is too large, and rounds the others", "? NOT BETWEEN " + wholeRanges[b.base] + " OR ? <> trunc(?)"}
	case isWhole(a) && b.base == "numeric" && b.args != nil:
		return typeEffect{CanFail, "fails if a value is too large", "abs(?) >= 1e" + strconv.Itoa(wholeDigits(b))}
	case isWhole(a) && b.base == "real", a.base == "bigint" && b.base == "double precision":
		return typeEffect{kind: DataChanged, message: "large values are rounded"}
	case isWhole(a) && isFraction(b), a.base == "real" && b.base == "double precision":
		return typeRewrite
	case isFraction(a) && isFraction(b):
		return typeEffect{kind: DataChanged, message: "values are rounded; one that is too large makes it fail"}
	case slices.Contains(moments, a.base) && slices.Contains(moments, b.base):
		return momentsEffect(a.base, b.base)
	case a.base == "json" && b.base == "jsonb":
		return typeEffect{kind: DataChanged, message: "white space, the order of keys and all but the last of equal keys are not kept"}
	case a.base == "jsonb" && b.base == "json", a.base == "cidr" && b.base == "inet", a.base == "time" && b.base == "interval":
		return typeRewrite
	}
	return typeRefused
}

func momentsEffect(a, b string) typeEffect {
	zone := func(t string) bool { return strings.HasSuffix(t, "with time zone") }
	day := func(t string) bool { return t == "date" || strings.HasPrefix(t, "timestamp") }
	switch {
	case !day(a) && day(b), a == "date" && !day(b), a == "timestamp" && b == "time with time zone":
		return typeRefused
	case b == "date":
		return typeEffect{kind: DataChanged, message: "the time of day is cut off"}
	case day(a) && !day(b):
		return typeEffect{kind: DataChanged, message: "the date is cut off"}
	case zone(a) && !zone(b):
		return typeEffect{kind: DataChanged, message: "values become the local time of whichever time zone the session that migrates has"}
	case zone(b):
		return typeEffect{kind: DataChanged, message: "values are taken for the local time of whichever time zone the session that migrates has"}
	}
	return typeRewrite
}

// lettersEffect is for text, varchar and char, which every type can be assigned to.
func lettersEffect(a, b spelledAs, fromLetters bool) typeEffect {
	limit, limited := b.limit()
	size, sized := a.limit()
	switch {
	case a.array != b.array && b.array != "":
		return typeRefused
	case fromLetters && a.base != "char" && b.base != "char" && (!limited || sized && size <= limit):
		return typeEffect{}
	case limited && !(fromLetters && sized && size <= limit):
		return typeEffect{CanFail, fmt.Sprintf("fails if a value is longer than %d", limit), fmt.Sprintf("length(?::text) > %d", limit)}
	}
	return typeRewrite
}

// limit is how many characters, or bits, fit.
func (t spelledAs) limit() (int, bool) {
	if len(t.args) > 0 {
		return t.args[0], true
	}
	return 1, t.base == "char" || t.base == "bit"
}

// sameBaseEffect is for types that differ in their modifiers.
func sameBaseEffect(a, b spelledAs) typeEffect {
	if slices.Equal(a.args, b.args) {
		return typeEffect{}
	}
	switch a.base {
	case "varchar", "char":
		return lettersEffect(a, b, true)
	case "varbit":
		if len(b.args) == 0 || len(a.args) > 0 && a.args[0] <= b.args[0] {
			return typeEffect{}
		}
		return typeEffect{CanFail, fmt.Sprintf("fails if a value is longer than %d", b.args[0]), fmt.Sprintf("length(?) > %d", b.args[0])}
	case "numeric":
		return numericEffect(a, b)
	case "timestamp", "timestamp with time zone", "time", "time with time zone", "interval":
		if secondDigits(b) >= secondDigits(a) {
			return typeEffect{}
		}
		return typeEffect{kind: DataChanged, message: "fractions of seconds are rounded"}
	case "bit":
		return typeEffect{kind: CanFail, message: "fails if the table has values: another length never fits"}
	case "vector", "halfvec", "sparsevec":
		if len(b.args) == 0 {
			return typeEffect{}
		}
		return typeEffect{CanFail, fmt.Sprintf("fails if a value has not %d dimensions", b.args[0]), fmt.Sprintf("vector_dims(?) <> %d", b.args[0])}
	}
	return typeEffect{kind: CanFail, message: "fails if a value does not fit"}
}

// precision is that of fractions of a second.
func secondDigits(t spelledAs) int {
	if len(t.args) == 0 {
		return 6
	}
	return t.args[0]
}

// numericEffect compares what fits before and after the point.
func numericEffect(a, b spelledAs) typeEffect {
	switch {
	case len(b.args) == 0:
		return typeEffect{}
	case len(a.args) == 0, wholeDigits(b) < wholeDigits(a):
		message := "fails if a value is too large"
		if len(a.args) == 0 || digitsBehind(b) < digitsBehind(a) {
			message += ", and rounds the others"
		}
		return typeEffect{CanFail, message, "abs(?) >= 1e" + strconv.Itoa(wholeDigits(b))}
	case digitsBehind(b) < digitsBehind(a):
		return typeEffect{DataChanged, fmt.Sprintf("values are rounded to %d digits behind the point", digitsBehind(b)), fmt.Sprintf("? <> round(?, %d)", digitsBehind(b))}
	case digitsBehind(b) == digitsBehind(a):
		return typeEffect{}
	}
	return typeRewrite
}

func digitsBehind(t spelledAs) int {
	if len(t.args) < 2 {
		return 0
	}
	return t.args[1]
}

func wholeDigits(t spelledAs) int { return t.args[0] - digitsBehind(t) }
