package effect

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/skein-db/skein/internal/sqltree"
)

// The words that PostgreSQL accepts for a type and the one that sqltree has.
// https://www.postgresql.org/docs/current/datatype.html#DATATYPE-TABLE
var typeWords = map[string]string{
	"int": "integer", "int2": "smallint", "int4": "integer", "int8": "bigint", "float4": "real", "float8": "double precision",
	"bool": "boolean", "bpchar": "char", "character": "char", "character varying": "varchar", "decimal": "numeric", "bit varying": "varbit",
	"timestamp with time zone": "timestamptz", "timestamp without time zone": "timestamp",
	"time with time zone": "timetz", "time without time zone": "time",
}

var typeText = regexp.MustCompile(`^((?:"[^"]*"|[^(\["])+?)\s*(?:\(([^)]*)\))?\s*((?:with|without) time zone)?\s*((?:\[\d*\])*)$`)

// parseType reads a type as schema.Column has it.
func parseType(text string) sqltree.TypeName {
	m := typeText.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return sqltree.TypeName{Name: sqltree.Name{Name: text}, Offset: -1}
	}
	t := sqltree.TypeName{Array: strings.Count(m[4], "["), Offset: -1}
	word := m[1]
	if m[3] != "" {
		word += " " + m[3]
	}
	if strings.HasPrefix(word, `"`) {
		t.Name.Name = strings.Trim(word, `"`)
	} else {
		word = strings.Join(strings.Fields(strings.ToLower(word)), " ")
		if known, ok := typeWords[word]; ok {
			word = known
		}
		t.Name.Name = word
	}
	for mod := range strings.SplitSeq(m[2], ",") {
		if n, err := strconv.ParseInt(strings.TrimSpace(mod), 10, 64); err == nil {
			t.Mods = append(t.Mods, n)
		}
	}
	// Without a length, char(1) and bit(1) are meant.
	if len(t.Mods) == 0 && (t.Name.Name == "char" && word != "bpchar" || t.Name.Name == "bit") {
		t.Mods = []int64{1}
	}
	if t.Name.Name == "interval" && len(t.Mods) == 1 { // as the grammar has it: fields first
		t.Mods = []int64{anyFields, t.Mods[0]}
	}
	return t
}

// anyFields stands in an interval's modifiers for all of its fields.
const anyFields = 0x7FFF

var serials = map[string]string{
	"serial": "integer", "serial4": "integer", "bigserial": "bigint", "serial8": "bigint", "smallserial": "smallint", "serial2": "smallint",
}

func serial(t sqltree.TypeName) bool { return t.Schema == "" && serials[t.Name.Name] != "" }

// plain returns the type that a column of a serial type has.
func plain(t sqltree.TypeName) sqltree.TypeName {
	if serial(t) {
		t.Name.Name = serials[t.Name.Name]
	}
	return t
}

// typeString is a type as a person would write it.
func typeString(t sqltree.TypeName) string {
	s := t.Name.String()
	mods := t.Mods
	if t.Name.Name == "interval" {
		mods = mods[min(1, len(mods)):]
	}
	if len(mods) > 0 {
		var words []string
		for _, m := range mods {
			words = append(words, strconv.FormatInt(m, 10))
		}
		s += "(" + strings.Join(words, ",") + ")"
	}
	return s + strings.Repeat("[]", t.Array)
}

// change is what a column's change of type costs.
type change struct {
	rewrite bool // the table, with its indexes
	reindex bool // without a rewrite the indexes on the column are built anew
	maybe   bool
}

// changeOf says what PostgreSQL does to change a type: nothing where the old
// values are, bit for bit, values of the new type.
// https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES
func (st *State) changeOf(from, to sqltree.TypeName) change {
	from, to = plain(from), plain(to)
	// The values of a domain are those of its type. Into a domain with
	// constraints every value goes through them.
	if d := st.domains[from.Name.In()]; d != nil && from.Array == 0 && !from.Name.Same(to.Name) {
		return st.changeOf(d.Base, to)
	}
	if d := st.domains[to.Name.In()]; d != nil && to.Array == 0 && !from.Name.Same(to.Name) {
		if d.Constrained {
			return change{rewrite: true}
		}
		return st.changeOf(from, d.Base)
	}
	if from.Array > 0 != (to.Array > 0) {
		return change{rewrite: true}
	}
	if from.Name.Same(to.Name) {
		return change{rewrite: !widens(from, to)}
	}
	if from.Array > 0 {
		// Elements are converted one by one, also where they stay what they are.
		return change{rewrite: true}
	}
	for _, rule := range coercible {
		if rule.from == from.Name.Name && rule.to == to.Name.Name && from.Schema == "" && to.Schema == "" {
			// To a length that the values may exceed.
			if len(to.Mods) > 0 && !(rule.keepsMods && widens(from, to)) {
				return change{rewrite: true}
			}
			return change{reindex: rule.reindex, maybe: rule.maybe, rewrite: rule.maybe}
		}
	}
	return change{rewrite: true, maybe: !st.castsKnown(from) || !st.castsKnown(to)}
}

// widens reports whether every value of a type fits another of the same name.
// The types with modifiers that PostgreSQL knows how to widen are varchar,
// numeric, varbit, interval and the types of time.
// https://www.postgresql.org/docs/9.2/release-9-2.html#AEN114949
func widens(from, to sqltree.TypeName) bool {
	if equalMods(from.Mods, to.Mods) {
		return true
	}
	if from.Array > 0 {
		return false
	}
	switch from.Name.Name {
	case "varchar", "varbit":
		return len(to.Mods) == 0 || len(from.Mods) == 1 && to.Mods[0] >= from.Mods[0]
	case "numeric": // of the same scale
		if len(to.Mods) == 0 {
			return true
		}
		return len(from.Mods) > 0 && to.Mods[0] >= from.Mods[0] && scale(from.Mods) == scale(to.Mods)
	case "timestamp", "timestamptz", "time", "timetz":
		return precision(to.Mods) >= precision(from.Mods)
	case "interval":
		return fields(to.Mods)&fields(from.Mods) == fields(from.Mods) && precision(to.Mods[min(1, len(to.Mods)):]) >= precision(from.Mods[min(1, len(from.Mods)):])
	case "char", "bit":
		return len(to.Mods) == 0
	}
	return false
}

func equalMods(a, b []int64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func scale(mods []int64) int64 {
	if len(mods) < 2 {
		return 0
	}
	return mods[1]
}

// precision is that of seconds: 6 digits are all there are.
func precision(mods []int64) int64 {
	if len(mods) == 0 {
		return 6
	}
	return mods[0]
}

func fields(mods []int64) int64 {
	if len(mods) == 0 {
		return anyFields
	}
	return mods[0]
}

// coercible are the pairs of types between which values need no conversion.
// https://www.postgresql.org/docs/current/catalog-pg-cast.html (castmethod b)
var coercible = []struct {
	from, to  string
	keepsMods bool // a length of the one is one of the other
	reindex   bool // their indexes sort or hash in another way
	maybe     bool
}{
	{from: "varchar", to: "text"},
	{from: "text", to: "varchar"},
	{from: "varchar", to: "char", reindex: true},
	{from: "text", to: "char", reindex: true},
	{from: "cidr", to: "inet"},
	{from: "bit", to: "varbit", reindex: true},
	{from: "varbit", to: "bit", reindex: true},
	{from: "xml", to: "text"},
	{from: "xml", to: "varchar"},
	{from: "integer", to: "oid", reindex: true},
	{from: "oid", to: "integer", reindex: true},
	// Only where the session's TimeZone is UTC.
	{from: "timestamp", to: "timestamptz", reindex: true, maybe: true},
	{from: "timestamptz", to: "timestamp", reindex: true, maybe: true},
}

// castsKnown reports whether a type is one whose casts are known here. Those
// of enums are conversions.
func (st *State) castsKnown(t sqltree.TypeName) bool {
	return t.Schema == "" && builtInTypes[t.Name.Name] || st.enums[t.Name.In()] != nil
}

var builtInTypes = func() map[string]bool {
	out := map[string]bool{}
	for name := range strings.FieldsSeq(`bigint bit boolean box bytea char cidr circle date inet integer interval json jsonb
		line lseg macaddr macaddr8 money numeric oid path point polygon real smallint text time timetz timestamp timestamptz tsquery
		tsvector uuid varbit varchar xml int4range int8range numrange tsrange tstzrange daterange`) {
		out[name] = true
	}
	out["double precision"] = true
	return out
}()
