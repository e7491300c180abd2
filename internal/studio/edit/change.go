package edit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/sqltext"
	"github.com/skein-db/skein/internal/studio/rows"
)

// Kind is what a change does.
type Kind string

// The kinds.
const (
	Update Kind = "update"
	Insert Kind = "insert"
	Delete Kind = "delete"
)

// Change is a change of one row.
type Change struct {
	Kind Kind `json:"kind"`
	rows.Ref
	Key    []string           `json:"key,omitempty"`    // of the row as it is
	Before map[string]*string `json:"before,omitempty"` // what was seen; nil is null
	After  map[string]Value   `json:"after,omitempty"`
}

// Value is what a column is to have: a text as PostgreSQL reads it, null, or
// the column's default.
type Value struct {
	Text    *string
	Default bool
}

// UnmarshalJSON reads null, "text" or {"default": true}.
func (v *Value) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '{' {
		var o struct {
			Default bool `json:"default"`
		}
		if err := json.Unmarshal(data, &o); err != nil || !o.Default {
			return fmt.Errorf(`a value is null, a text or {"default": true}`)
		}
		v.Default = true
		return nil
	}
	return json.Unmarshal(data, &v.Text)
}

// Statement is the SQL of a change.
type Statement struct {
	SQL    string `json:"sql"`
	Change int    `json:"change"` // its place in the list
}

// Preview is what changes will run.
type Preview struct {
	Statements []Statement `json:"statements"`
	Script     string      `json:"script"`
	// Digest stands for the changes as they were shown.
	Digest string `json:"digest"`
}

// MostChanges bounds what one transaction is made of.
const MostChanges = 5000

// Of returns what the changes will run. shapes has their tables.
func Of(changes []Change, shapes map[rows.Ref]*rows.Shape) (*Preview, error) {
	p := &Preview{Statements: []Statement{}}
	var script strings.Builder
	script.WriteString("BEGIN;\n")
	for i := range changes {
		sql, err := changes[i].sql(shapes[changes[i].Ref])
		if err != nil {
			return nil, &Failure{Change: i, Err: err}
		}
		p.Statements = append(p.Statements, Statement{sql, i})
		script.WriteString(sql + ";\n")
	}
	script.WriteString("COMMIT;\n")
	p.Script = script.String()
	h := sha256.New()
	h.Write([]byte(p.Script))
	for _, c := range changes {
		seen, err := json.Marshal(c.Before)
		if err != nil {
			return nil, err
		}
		h.Write(seen)
	}
	p.Digest = hex.EncodeToString(h.Sum(nil))
	return p, nil
}

// Failure is an error of one change.
type Failure struct {
	Change int    // -1 where it is not known
	Column string // "" where it is not known
	Err    error
}

func (f *Failure) Error() string { return f.Err.Error() }
func (f *Failure) Unwrap() error { return f.Err }

func usage(format string, args ...any) error {
	return &diag.Error{Kind: diag.Usage, Message: fmt.Sprintf(format, args...), Hint: "reload the table and make the change again"}
}

// check says whether a change can be made at all.
func (c *Change) check(s *rows.Shape) error {
	if s.RelKind != "r" && s.RelKind != "p" && s.RelKind != "f" {
		return usage("%s is no table, and its rows cannot be edited here", c.Ref)
	}
	if c.Kind != Insert && len(s.Key) == 0 {
		return &diag.Error{Kind: diag.Usage, Message: c.Ref.String() + " has no key that tells its rows apart", Hint: "give it a primary key, or a unique index over columns that are not null"}
	}
	if c.Kind != Insert && len(c.Key) != len(s.Key) {
		return usage("the key of %s has %d columns", c.Ref, len(s.Key))
	}
	for name, value := range c.After {
		column, err := s.Column(name)
		switch {
		case err != nil:
			return err
		case !column.Updatable() && !value.Default:
			return &Failure{Column: name, Err: usage("%s is generated from other columns", name)}
		case value.Text != nil && strings.ContainsRune(*value.Text, 0):
			return &Failure{Column: name, Err: usage("PostgreSQL's texts have no NUL character")}
		}
		if _, seen := c.Before[name]; c.Kind == Update && !seen {
			return usage("the change of %s does not say what it was before", name)
		}
	}
	for name := range c.Before {
		if _, err := s.Column(name); err != nil {
			return err
		}
	}
	if strings.ContainsRune(strings.Join(c.Key, ""), 0) {
		return usage("PostgreSQL's texts have no NUL character")
	}
	return nil
}

func (c *Change) sql(s *rows.Shape) (string, error) {
	if err := c.check(s); err != nil {
		return "", err
	}
	names := slices.Sorted(maps.Keys(c.After))
	slices.SortStableFunc(names, func(a, b string) int { return place(s, a) - place(s, b) })
	switch c.Kind {
	case Update:
		if len(names) == 0 {
			return "", usage("the change of a row in %s changes nothing", c.Ref)
		}
		var set []string
		for _, name := range names {
			set = append(set, sqltext.QuoteIdent(name)+" = "+c.literal(s, name))
		}
		return "UPDATE " + c.SQL() + " SET " + strings.Join(set, ", ") + " WHERE " + c.where(s), nil
	case Delete:
		return "DELETE FROM " + c.SQL() + " WHERE " + c.where(s), nil
	case Insert:
		if len(names) == 0 {
			return "INSERT INTO " + c.SQL() + " DEFAULT VALUES", nil
		}
		var columns, values []string
		for _, name := range names {
			columns, values = append(columns, sqltext.QuoteIdent(name)), append(values, c.literal(s, name))
		}
		return "INSERT INTO " + c.SQL() + " (" + strings.Join(columns, ", ") + ") VALUES (" + strings.Join(values, ", ") + ")", nil
	}
	return "", usage("a change is an update, an insert or a delete, and no %q", c.Kind)
}

func place(s *rows.Shape, name string) int {
	return slices.IndexFunc(s.Columns, func(c *rows.Column) bool { return c.Name == name })
}

// where finds the row by its key.
func (c *Change) where(s *rows.Shape) string {
	var parts []string
	for i, name := range s.Key {
		column := s.Columns[place(s, name)]
		parts = append(parts, sqltext.QuoteIdent(name)+column.Operator("=")+Literal(column, &c.Key[i], true))
	}
	return strings.Join(parts, " AND ")
}

func (c *Change) literal(s *rows.Shape, name string) string {
	v := c.After[name]
	if v.Default {
		return "DEFAULT"
	}
	return Literal(s.Columns[place(s, name)], v.Text, false)
}

// number is what may stand in SQL without quotes.
var number = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)

// Literal is a value of a column in SQL. Beside an operator the type of a
// string has to be said where PostgreSQL does not take it from the other side.
func Literal(c *rows.Column, text *string, operand bool) string {
	switch {
	case text == nil:
		return "NULL"
	case c.Kind() == rows.Number && c.TypeName != "money" && number.MatchString(*text):
		return *text
	case operand && slices.Contains([]rows.Kind{rows.Other, rows.Array, rows.Range, rows.Vector}, c.Kind()):
		return sqltext.QuoteLiteral(*text) + "::" + c.Cast
	}
	return sqltext.QuoteLiteral(*text)
}
