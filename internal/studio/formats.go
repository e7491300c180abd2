package studio

import (
	"bufio"
	"bytes"
	"encoding/json"
	"strings"

	"github.com/skein-db/skein/internal/sqltext"
	"github.com/skein-db/skein/internal/studio/edit"
	"github.com/skein-db/skein/internal/studio/rows"
)

// writer writes rows as a file of some format. What goes wrong in writing is
// remembered by the buffer.
type writer interface {
	begin(columns []*rows.Column)
	row(values [][]byte)
	end()
}

type format struct {
	kind string // of the file, as Content-Type has it
	new  func(*bufio.Writer, rows.Ref) writer
}

var formats = map[string]format{
	"csv":    {"text/csv; charset=utf-8", func(out *bufio.Writer, _ rows.Ref) writer { return &csvWriter{out: out} }},
	"json":   {"application/json", func(out *bufio.Writer, _ rows.Ref) writer { return &jsonWriter{out: out, list: true} }},
	"ndjson": {"application/x-ndjson", func(out *bufio.Writer, _ rows.Ref) writer { return &jsonWriter{out: out} }},
	"sql":    {"application/sql", func(out *bufio.Writer, name rows.Ref) writer { return &sqlWriter{out: out, name: name} }},
}

// csvWriter writes CSV as COPY does: null is nothing, an empty text is quoted.
// https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS
type csvWriter struct{ out *bufio.Writer }

func (w *csvWriter) begin(columns []*rows.Column) {
	for i, c := range columns {
		w.field(i, []byte(c.Name))
	}
	w.out.WriteString("\r\n")
}

func (w *csvWriter) row(values [][]byte) {
	for i, v := range values {
		w.field(i, v)
	}
	w.out.WriteString("\r\n")
}

func (w *csvWriter) end() {}

func (w *csvWriter) field(i int, value []byte) {
	if i > 0 {
		w.out.WriteByte(',')
	}
	text := string(value)
	switch {
	case value == nil:
	case text == "" || text == `\.` || strings.ContainsAny(text, "\",\r\n") || text[0] == ' ' || text[len(text)-1] == ' ':
		w.out.WriteByte('"')
		w.out.WriteString(strings.ReplaceAll(text, `"`, `""`))
		w.out.WriteByte('"')
	default:
		w.out.WriteString(text)
	}
}

// jsonWriter writes an object for each row. Numbers and JSON are written as
// they are, everything else as PostgreSQL's text.
type jsonWriter struct {
	out     *bufio.Writer
	list    bool // one JSON document, and not a line for each row
	columns []*rows.Column
	names   [][]byte
	count   int
}

func (w *jsonWriter) begin(columns []*rows.Column) {
	w.columns = columns
	for _, c := range columns {
		name, _ := json.Marshal(c.Name) // a text can always be written
		w.names = append(w.names, name)
	}
	if w.list {
		w.out.WriteByte('[')
	}
}

func (w *jsonWriter) row(values [][]byte) {
	if w.list {
		if w.count > 0 {
			w.out.WriteByte(',')
		}
		w.out.WriteByte('\n')
	}
	w.count++
	w.out.WriteByte('{')
	for i, v := range values {
		if i > 0 {
			w.out.WriteByte(',')
		}
		w.out.Write(w.names[i])
		w.out.WriteByte(':')
		w.value(w.columns[i], v)
	}
	w.out.WriteByte('}')
	if !w.list {
		w.out.WriteByte('\n')
	}
}

func (w *jsonWriter) value(c *rows.Column, v []byte) {
	kind := c.Kind()
	switch {
	case v == nil:
		w.out.WriteString("null")
	case kind == rows.JSON && !w.list: // a line of its own has no line ends in it
		var line bytes.Buffer
		_ = json.Compact(&line, v) // PostgreSQL has checked it
		w.out.Write(line.Bytes())
	case (kind == rows.Bool || kind == rows.JSON || kind == rows.Number && c.TypeName != "money") && json.Valid(v):
		w.out.Write(v)
	default:
		text, _ := json.Marshal(string(v)) // a text can always be written
		w.out.Write(text)
	}
}

func (w *jsonWriter) end() {
	if w.list {
		w.out.WriteString("\n]\n")
	}
}

// sqlWriter writes INSERT statements. Generated columns are left out.
type sqlWriter struct {
	out     *bufio.Writer
	name    rows.Ref
	columns []*rows.Column
	count   int
}

// insertRows is how many rows a statement inserts.
const insertRows = 100

func (w *sqlWriter) begin(columns []*rows.Column) { w.columns = columns }

func (w *sqlWriter) row(values [][]byte) {
	if w.count%insertRows == 0 {
		w.finish()
		w.head()
	} else {
		w.out.WriteString(",\n")
	}
	w.count++
	w.out.WriteString("  (")
	first := true
	for i, c := range w.columns {
		if !c.Updatable() {
			continue
		}
		if !first {
			w.out.WriteString(", ")
		}
		first = false
		if values[i] == nil {
			w.out.WriteString("NULL")
			continue
		}
		text := string(values[i])
		w.out.WriteString(edit.Literal(c, &text, false))
	}
	w.out.WriteByte(')')
}

func (w *sqlWriter) head() {
	var names []string
	overriding := ""
	for _, c := range w.columns {
		if c.Updatable() {
			names = append(names, sqltext.QuoteIdent(c.Name))
		}
		if c.Identity == "a" {
			overriding = " OVERRIDING SYSTEM VALUE"
		}
	}
	w.out.WriteString("INSERT INTO " + w.name.SQL() + " (" + strings.Join(names, ", ") + ")" + overriding + " VALUES\n")
}

func (w *sqlWriter) finish() {
	if w.count > 0 {
		w.out.WriteString(";\n")
	}
}

func (w *sqlWriter) end() { w.finish() }
