package rows

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/diag"
)

// Filter is a condition on a column, or on what is at a path in a JSON column.
type Filter struct {
	Column string   `json:"column"`
	Path   []string `json:"path,omitempty"`
	Op     string   `json:"op"`
	Value  *string  `json:"value,omitempty"`
	Values []string `json:"values,omitempty"`
}

// mostValues bounds the list of a filter.
const mostValues = 1000

// noValue are the operators that compare with nothing.
var noValue = []string{"null", "notnull", "true", "false", "empty"}

var comparisons = map[string]string{"eq": "=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}

// condition returns a filter as SQL. Columns are those of t.
func (s *Shape) condition(f Filter, to *statement) (string, error) {
	c, err := s.Column(f.Column)
	if err != nil {
		return "", err
	}
	if err := f.complete(); err != nil {
		return "", err
	}
	sql, err := c.condition(f, to)
	if err == nil && sql == "" {
		err = wrong(f, "the operator "+f.Op+" is not one for the type "+c.Type)
	}
	return sql, err
}

// complete checks that a filter has the values that its operator needs.
func (f *Filter) complete() error {
	switch {
	case slices.Contains(noValue, f.Op):
		return nil
	case f.Op == "in":
		if len(f.Values) == 0 || len(f.Values) > mostValues {
			return wrong(*f, "the operator in takes 1 to 1000 values")
		}
	case f.Op == "between":
		if len(f.Values) != 2 {
			return wrong(*f, "the operator between takes two values")
		}
	case f.Value == nil:
		return wrong(*f, "the operator "+f.Op+" takes a value")
	}
	for _, v := range append(slices.Clone(f.Values), deref(f.Value)) {
		if strings.ContainsRune(v, 0) {
			return wrong(*f, "PostgreSQL's texts have no NUL character")
		}
	}
	return nil
}

func deref(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

func wrong(f Filter, what string) error {
	return &diag.Error{Kind: diag.Usage, Message: "the filter on " + f.Column + " cannot be used: " + what, Hint: "docs/studio-api.md lists the operators and the types that they are for"}
}

func (c *Column) condition(f Filter, to *statement) (string, error) {
	name := "t." + quoted(c.Name)
	if len(f.Path) > 0 {
		if c.Kind() != JSON {
			return "", wrong(f, "only json and jsonb have paths, and this is "+c.Type)
		}
		return c.pathCondition(name, f, to)
	}
	switch f.Op {
	case "null":
		return name + " IS NULL", nil
	case "notnull":
		return name + " IS NOT NULL", nil
	case "true", "false":
		return c.boolCondition(name, f.Op), nil
	case "eq", "ne", "lt", "le", "gt", "ge", "between", "in":
		return c.comparison(name, f, to), nil
	case "contains", "starts", "ends", "regex":
		return textCondition(c.asText(name), f, to), nil
	case "jsonHas", "jsonEq":
		return c.jsonCondition(name, f, to), nil
	case "arrayHas":
		return c.elementCondition(name, f, to), nil
	case "empty":
		return c.emptiness(name), nil
	}
	return "", nil
}

func (c *Column) boolCondition(name, op string) string {
	switch {
	case c.Kind() != Bool:
		return ""
	case op == "false":
		return "NOT " + name
	}
	return name
}

// comparison keeps the column bare, so that an index on it can be used. Not
// equal is meant as people say it: what has no value is not equal.
func (c *Column) comparison(name string, f Filter, to *statement) string {
	cast := c.Cast
	if !c.Sortable { // such types have no equality: their texts have
		if f.Op != "eq" && f.Op != "ne" && f.Op != "in" {
			return ""
		}
		name, cast = name+"::text", "text"
	}
	switch f.Op {
	case "ne":
		if c.Operators != "" { // IS DISTINCT FROM looks for its operator in the search_path
			return "(" + name + " IS NULL OR NOT " + name + c.Operator("=") + to.arg(*f.Value, cast) + ")"
		}
		return name + " IS DISTINCT FROM " + to.arg(*f.Value, cast)
	case "between":
		return "(" + name + c.Operator(">=") + to.arg(f.Values[0], cast) + " AND " + name + c.Operator("<=") + to.arg(f.Values[1], cast) + ")"
	case "in":
		var list []string
		for _, v := range f.Values {
			list = append(list, to.arg(v, cast))
		}
		return name + c.Operator("=") + "ANY (ARRAY[" + strings.Join(list, ", ") + "])"
	}
	return name + c.Operator(comparisons[f.Op]) + to.arg(*f.Value, cast)
}

// Operator names an operator of the column's type, also where its schema is not
// in the search_path.
func (c *Column) Operator(symbol string) string {
	if c.Operators == "" || !c.Sortable {
		return " " + symbol + " "
	}
	return " OPERATOR(" + quoted(c.Operators) + "." + symbol + ") "
}

// asText is the column as something that LIKE takes. Types of text stay as they
// are, so that an index for patterns can be used.
func (c *Column) asText(name string) string {
	if c.Kind() == Text && c.TypeName != "char" {
		return name
	}
	return c.Text(name)
}

var likeEscapes = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

func textCondition(text string, f Filter, to *statement) string {
	plain := likeEscapes.Replace(*f.Value)
	switch f.Op {
	case "contains":
		return text + " ILIKE " + to.arg("%"+plain+"%", "text")
	case "starts":
		return text + " LIKE " + to.arg(plain+"%", "text")
	case "ends":
		return text + " LIKE " + to.arg("%"+plain, "text")
	}
	return text + " ~ " + to.arg(*f.Value, "text")
}

func (c *Column) jsonCondition(name string, f Filter, to *statement) string {
	if c.Kind() != JSON {
		return ""
	}
	if c.TypeName == "json" {
		name += "::jsonb"
	}
	if f.Op == "jsonHas" {
		return name + " @> " + to.arg(*f.Value, "jsonb")
	}
	return name + " = " + to.arg(*f.Value, "jsonb")
}

// elementCondition asks for an array or range that holds a value, in the form
// that GIN and GiST indexes answer.
func (c *Column) elementCondition(name string, f Filter, to *statement) string {
	switch {
	case c.Element == nil:
		return ""
	case c.Kind() == Range:
		return name + " @> " + to.arg(*f.Value, c.Element.Cast)
	}
	return name + " @> ARRAY[" + to.arg(*f.Value, c.Element.Cast) + "]"
}

func (c *Column) emptiness(name string) string {
	switch c.Kind() {
	case Text:
		return name + " = ''"
	case Array:
		return "cardinality(" + name + ") = 0"
	case Range:
		return "isempty(" + name + ")"
	case Bytea:
		return "octet_length(" + name + ") = 0"
	case JSON:
		return name + `::text IN ('{}', '[]', '""', 'null')`
	}
	return ""
}

// integerLike are steps of a path that may count the elements of an array.
var integerLike = regexp.MustCompile(`^\s*[+-]?\d+\s*$`)

// pathCondition compares what is at a path: as text, as a number where it is
// one and the order counts, or as JSON.
func (c *Column) pathCondition(name string, f Filter, to *statement) (string, error) {
	for _, step := range f.Path {
		if strings.ContainsRune(step, 0) {
			return "", wrong(f, "PostgreSQL's texts have no NUL character")
		}
	}
	path := to.arg(ArrayText(f.Path), "text[]")
	text, value := "("+name+" #>> "+path+")", "("+name+" #> "+path+")"
	switch f.Op {
	case "null", "notnull":
		return text + " IS " + strings.TrimPrefix(map[string]string{"null": "NULL", "notnull": "NOT NULL"}[f.Op], " "), nil
	case "true", "false":
		return text + " = '" + f.Op + "'", nil
	case "contains", "starts", "ends", "regex":
		return textCondition(text, f, to), nil
	case "eq":
		return text + " = " + to.arg(*f.Value, "text"), nil
	case "ne":
		return text + " IS DISTINCT FROM " + to.arg(*f.Value, "text"), nil
	case "in":
		return text + " = ANY (" + to.arg(ArrayText(f.Values), "text[]") + ")", nil
	case "lt", "le", "gt", "ge":
		return c.ordered(text, value, comparisons[f.Op], *f.Value, to), nil
	case "between":
		return "(" + c.ordered(text, value, ">=", f.Values[0], to) + " AND " + c.ordered(text, value, "<=", f.Values[1], to) + ")", nil
	case "empty":
		return text + ` IN ('', '{}', '[]')`, nil
	case "jsonHas", "jsonEq":
		return c.jsonAt(name, value, f, to), nil
	}
	return "", nil
}

// ordered compares numbers as numbers, and everything else as text.
func (c *Column) ordered(text, value, op, with string, to *statement) string {
	var number json.Number
	if json.Unmarshal([]byte(with), &number) != nil || number == "" || strings.HasPrefix(strings.TrimSpace(with), `"`) {
		return text + " " + op + " " + to.arg(with, "text")
	}
	kind := "jsonb_typeof"
	if c.TypeName == "json" {
		kind = "json_typeof"
	}
	return "CASE WHEN " + kind + value + " = 'number' THEN " + text + "::numeric " + op + " " + to.arg(with, "numeric") + " ELSE false END"
}

// jsonAt compares JSON at a path. Where the path leads through objects only, a
// document around the value is asked for too, which a GIN index can answer.
func (c *Column) jsonAt(name, value string, f Filter, to *statement) string {
	op := " = "
	if f.Op == "jsonHas" {
		op = " @> "
	}
	if c.TypeName == "json" {
		return value + "::jsonb" + op + to.arg(*f.Value, "jsonb")
	}
	exact := value + op + to.arg(*f.Value, "jsonb")
	if !json.Valid([]byte(*f.Value)) || slices.ContainsFunc(f.Path, integerLike.MatchString) {
		return exact
	}
	around := json.RawMessage(*f.Value)
	for _, step := range slices.Backward(f.Path) {
		around, _ = json.Marshal(map[string]json.RawMessage{step: around}) // a valid value in a map can be encoded
	}
	return "(" + name + " @> " + to.arg(string(around), "jsonb") + " AND " + exact + ")"
}

var arrayEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// ArrayText is a list in PostgreSQL's text form of arrays.
func ArrayText(list []string) string {
	var parts []string
	for _, v := range list {
		parts = append(parts, `"`+arrayEscapes.Replace(v)+`"`)
	}
	return "{" + strings.Join(parts, ",") + "}"
}
