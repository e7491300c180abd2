package rows

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/studio/pool"
)

// What is looked at to find a place in a large table: some rows of blocks that
// lie at equal distances. Where a table is stored in the order that is asked
// for the place is right to one in sampledBlocks, and where it is stored in any
// order to about half a percent.
const (
	sampledBlocks = 2000
	sampledPlaces = 10 // of rows in a block
)

// fewestSampled are the rows by which a place can be told at all.
const fewestSampled = 100

// somewhere is the row that a share of all rows lies in front of, nil where
// that is none. In a table of a few blocks it is that row, else one nearby: to
// count rows to the middle of ten million would take what OFFSET does.
func (r *reader) somewhere(ctx context.Context, tx *pool.Tx, share float64, mark string) (*cursor, error) {
	blocks := int64(0)
	if r.shape.physical() {
		var err error
		if blocks, err = r.endBlock(ctx, tx, nil); err != nil {
			return nil, err
		}
	}
	if r.order.place {
		place := fmt.Sprintf("(%d,0)", int64(share*float64(blocks)))
		return &cursor{Order: mark, Values: []*string{&place}}, nil
	}
	from, some, whole := r.sample(blocks)
	st, err := r.nth(share, from, some)
	if err != nil {
		return nil, err
	}
	row, err := tx.Row(ctx, st.text.String(), st.args...)
	if err != nil {
		return nil, err
	}
	found := 0
	if row != nil {
		found, err = strconv.Atoi(deref(row[0]))
	}
	switch {
	case err != nil:
		return nil, err
	case !whole && found < fewestSampled:
		return nil, &diag.Error{Kind: diag.Usage, Message: "too few rows pass the filters to tell where they are in the table", Hint: "go to the first or the last rows"}
	case int(share*float64(found)) == 0:
		return nil, nil
	}
	return &cursor{Order: mark, Values: row[1:]}, nil
}

// sample says where rows are read from to tell a place, on which condition if
// there is one, and whether they are all that there are.
func (r *reader) sample(blocks int64) (from, condition string, whole bool) {
	from = r.shape.SQL() + " t"
	switch {
	case !r.shape.physical():
		// The files of several tables have no blocks in common. What is chosen
		// is the same each time, or a place would move when it is asked for again.
		part := 1.0
		if r.shape.Rows >= 0 {
			part = min(100, 100*5*sampledBlocks*sampledPlaces/max(1, r.shape.Rows))
		}
		return from + " TABLESAMPLE SYSTEM (" + strconv.FormatFloat(part, 'f', -1, 64) + ") REPEATABLE (1)", "", part == 100
	case blocks <= sampledBlocks:
		return from, "", true
	}
	step := (blocks + sampledBlocks - 1) / sampledBlocks
	return from, fmt.Sprintf("t.ctid = ANY (ARRAY(SELECT ('(' || b || ',' || p || ')')::tid FROM pg_catalog.generate_series(0, %d, %d) b, pg_catalog.generate_series(1, %d) p))", blocks-1, step, sampledPlaces), false
}

// nth is the statement for the last of the rows in front of a place, with how
// many rows were looked at.
func (r *reader) nth(share float64, from, some string) (*statement, error) {
	st := &statement{}
	conditions, err := r.shape.conditions(r.filters, st)
	if err != nil {
		return nil, err
	}
	if some != "" {
		conditions = append(conditions, some)
	}
	var inner, outer []string
	for i, t := range r.order.terms {
		inner = append(inner, fmt.Sprintf("%s AS v%d", t.sql, i))
		outer = append(outer, fmt.Sprintf("s.v%d::text", i))
	}
	st.write("SELECT s.total, ", strings.Join(outer, ", "), " FROM (SELECT ", strings.Join(inner, ", "),
		", pg_catalog.row_number() OVER (ORDER BY ", by(r.order.terms), ") AS place, pg_catalog.count(*) OVER () AS total FROM ", from, whereAll(conditions),
		") s WHERE s.place = greatest(1, pg_catalog.floor(", strconv.FormatFloat(share, 'f', -1, 64), " * s.total))")
	return st, nil
}
