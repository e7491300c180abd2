package rows

import (
	"context"
	"strconv"
	"strings"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/studio/pool"
)

// byKey is the condition for the one row with a key.
func (s *Shape) byKey(key []string, to *statement) (string, error) {
	columns := s.keyColumns()
	switch {
	case len(columns) == 0:
		return "", &diag.Error{Kind: diag.Usage, Message: s.String() + " has no key that tells its rows apart", Hint: "give it a primary key, or a unique index over columns that are not null"}
	case len(columns) != len(key):
		return "", &diag.Error{Kind: diag.Usage, Message: "the key of " + s.String() + " has " + strconv.Itoa(len(columns)) + " columns", Hint: "reload the table: its key may have changed"}
	}
	var parts []string
	for i, c := range columns {
		parts = append(parts, "t."+quoted(c.Name)+c.Operator("=")+to.arg(key[i], c.Cast))
	}
	return strings.Join(parts, " AND "), nil
}

// Value is one value, whole or its start.
type Value struct {
	Value *string `json:"value"`
	Size  int64   `json:"size"` // in bytes, of the whole text
}

// MostWhole is how much of a value is sent to be shown and edited, in
// characters; what is longer is downloaded.
const MostWhole = 8 << 20

// ReadValue reads one value of one row.
func ReadValue(ctx context.Context, tx *pool.Tx, s *Shape, key []string, column string) (*Value, error) {
	c, err := s.Column(column)
	if err != nil {
		return nil, err
	}
	st := &statement{}
	where, err := s.byKey(key, st)
	if err != nil {
		return nil, err
	}
	name := c.Text("t." + quoted(c.Name))
	row, err := tx.Row(ctx, "SELECT pg_catalog.left("+name+", "+strconv.Itoa(MostWhole)+"), pg_catalog.octet_length("+name+") FROM "+s.SQL()+" t WHERE "+where, st.args...)
	if err != nil {
		return nil, err
	}
	if row == nil {
		return nil, gone(s)
	}
	size, _ := strconv.ParseInt(deref(row[1]), 10, 64) // null is no number, and has no size
	return &Value{row[0], size}, nil
}

func gone(s *Shape) error {
	return &diag.Error{Kind: diag.Usage, Message: "the row is not in " + s.String() + " any more", Hint: "somebody deleted it or changed its key: reload the page"}
}

// ChunkSize is how many characters, or bytes of a bytea, a chunk has.
const ChunkSize = 1 << 20

// ReadChunks reads one value piece by piece: its bytes where it is a bytea, else
// its text. It reports false where the value is null.
func ReadChunks(ctx context.Context, tx *pool.Tx, s *Shape, key []string, column string, write func(chunk string, binary bool) error) (bool, error) {
	c, err := s.Column(column)
	if err != nil {
		return false, err
	}
	name, binary := "t."+quoted(c.Name), c.Kind() == Bytea
	for at := 1; ; at += ChunkSize {
		st := &statement{}
		where, err := s.byKey(key, st)
		if err != nil {
			return false, err
		}
		piece := "pg_catalog.substr(" + c.Text(name) + ", " + strconv.Itoa(at) + ", " + strconv.Itoa(ChunkSize) + ")"
		if binary {
			piece = "pg_catalog.encode(pg_catalog.substr(" + name + ", " + strconv.Itoa(at) + ", " + strconv.Itoa(ChunkSize) + "), 'hex')"
		}
		row, err := tx.Row(ctx, "SELECT "+piece+" FROM "+s.SQL()+" t WHERE "+where, st.args...)
		switch {
		case err != nil:
			return false, err
		case row == nil:
			return false, gone(s)
		case row[0] == nil:
			return false, nil
		case *row[0] == "":
			return true, nil
		}
		if err := write(*row[0], binary); err != nil {
			return false, err
		}
	}
}

// Preview is one row, found by the values of some of its columns.
type Preview struct {
	Columns []PreviewColumn `json:"columns"`
	Row     []Cell          `json:"row"` // null where there is none
}

// PreviewColumn is a column of a preview.
type PreviewColumn struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Kind Kind   `json:"kind"`
}

// Peek reads the row that a foreign key points to.
func Peek(ctx context.Context, tx *pool.Tx, s *Shape, columns, values []string) (*Preview, error) {
	if len(columns) == 0 || len(columns) != len(values) {
		return nil, &diag.Error{Kind: diag.Usage, Message: "a row is found by as many values as columns", Hint: "docs/studio-api.md describes the call"}
	}
	st := &statement{}
	var conditions []string
	for i, name := range columns {
		c, err := s.Column(name)
		if err != nil {
			return nil, err
		}
		conditions = append(conditions, c.comparison("t."+quoted(c.Name), Filter{Op: "eq", Value: &values[i]}, st))
	}
	r := &reader{shape: s, columns: s.Columns, order: &order{unique: true}, limit: 0, page: &Page{SQL: "-"}}
	if err := r.run(ctx, tx.All, st, whereAll(conditions)+" LIMIT 1"); err != nil {
		return nil, err
	}
	p := &Preview{}
	for _, c := range s.Columns {
		p.Columns = append(p.Columns, PreviewColumn{c.Name, c.Type, c.Kind()})
	}
	if len(r.rows) > 0 {
		p.Row = r.rows[0].cells
	}
	return p, nil
}

// Count is how many rows there are.
type Count struct {
	Count int64   `json:"count"`
	Exact bool    `json:"exact"`
	MS    float64 `json:"ms"`
}

// CountRows counts what the filters let through. It is left to the statement
// timeout of the transaction to bound it: see EstimateRows.
func CountRows(ctx context.Context, tx *pool.Tx, s *Shape, filters []Filter) (int64, error) {
	st := &statement{}
	conditions, err := s.conditions(filters, st)
	if err != nil {
		return 0, err
	}
	row, err := tx.Row(ctx, "SELECT pg_catalog.count(*) FROM "+s.SQL()+" t"+whereAll(conditions), st.args...)
	if err != nil {
		r := &reader{shape: s, filters: filters, page: &Page{}}
		return 0, r.explain(ctx, tx, err)
	}
	return strconv.ParseInt(deref(row[0]), 10, 64)
}

// EstimateRows is what the planner expects.
func EstimateRows(ctx context.Context, tx *pool.Tx, s *Shape, filters []Filter) (int64, error) {
	st := &statement{}
	conditions, err := s.conditions(filters, st)
	if err != nil {
		return 0, err
	}
	answers, err := tx.All(ctx, plan("SELECT 1 FROM "+s.SQL()+" t"+whereAll(conditions), st.args))
	if err != nil {
		return 0, err
	}
	if root := planOf(answers[0]); root != nil {
		return int64(root.Rows), nil
	}
	return 0, nil
}
