package rows

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

// Longest is how many characters of a value are sent before it is asked for.
const Longest = 2048

// Cell is a value as the page gets it: null, a text, or the start of a long
// text with its size.
type Cell struct {
	Text *string
	Size int64 // in bytes, of the whole text; 0 where Text is the whole
}

// MarshalJSON writes null, "text" or {"cut": "text", "size": bytes}.
func (c Cell) MarshalJSON() ([]byte, error) {
	if c.Size == 0 {
		return json.Marshal(c.Text)
	}
	return json.Marshal(struct {
		Cut  string `json:"cut"`
		Size int64  `json:"size"`
	}{deref(c.Text), c.Size})
}

// Cut is a cell of a text that was fetched as a whole.
func Cut(text *string) Cell {
	if text == nil || len(*text) <= Longest || utf8.RuneCountInString(*text) <= Longest {
		return Cell{Text: text}
	}
	short := firstRunes(*text, Longest)
	return Cell{&short, int64(len(*text))}
}

func firstRunes(text string, n int) string {
	for i := range text {
		if n == 0 {
			return text[:i]
		}
		n--
	}
	return text
}

// Text is SQL for the text of a value as PostgreSQL writes it. A cast does so
// for every type but one: that of an address alone always names a network.
// https://www.postgresql.org/docs/current/functions-net.html#CIDR-INET-FUNCTIONS-TABLE
func (c *Column) Text(value string) string {
	if c.TypeName == "inet" {
		return "pg_catalog.abbrev(" + value + ")"
	}
	return value + "::text"
}

// shown are the expressions of a column's cell: its text, cut by the server if
// it can be long, and then its size. Of a long value no more than is shown
// leaves the server, and of one kept outside of the row no more is read.
func (c *Column) shown(value string) []string {
	switch {
	case c.short():
		return []string{c.Text(value)}
	case c.Kind() == Bytea:
		return []string{`'\x' || pg_catalog.encode(pg_catalog.substring(` + value + `, 1, ` + strconv.Itoa(Longest/2) + `), 'hex')`, "2 + 2 * pg_catalog.octet_length(" + value + ")::bigint"}
	}
	return []string{"pg_catalog.left(" + c.Text(value) + ", " + strconv.Itoa(Longest+1) + ")", "pg_catalog.octet_length(" + c.Text(value) + ")"}
}

// cell makes a cell of what the expressions of shown gave.
func (c *Column) cell(values []*string) Cell {
	if len(values) == 1 || values[0] == nil {
		return Cell{Text: values[0]}
	}
	cut := Cut(values[0])
	if size, err := strconv.ParseInt(deref(values[1]), 10, 64); err == nil && (cut.Size > 0 || size > int64(len(*values[0]))) {
		cut.Size = size
	}
	return cut
}
