package rows

import (
	"context"
	"strings"

	"github.com/skein-db/skein/internal/studio/pool"
)

// All reads every row that the filters let through, one after the other, with
// the values as text. begin is told the columns before the query runs. No more
// than one row is held at a time. A row is only good until each returns.
//
// Where no sort is asked for, rows come as PostgreSQL finds them: to sort a
// table of any size would be a load that nobody asked for.
func All(ctx context.Context, tx *pool.Tx, s *Shape, ask *Request, begin func([]*Column), each func([][]byte) error) error {
	ask.Limit = MostRows
	r, _, err := newReader(s, ask)
	if err != nil {
		return err
	}
	st := &statement{}
	tail, err := r.where(nil, st)
	if err != nil {
		return err
	}
	if len(ask.Sort) > 0 {
		tail += " ORDER BY " + by(r.order.terms)
	}
	var list []string
	for _, c := range r.columns {
		list = append(list, c.Text("t."+quoted(c.Name)))
	}
	st.write("SELECT ", strings.Join(list, ", "), " FROM ", s.SQL(), " t", tail)
	begin(r.columns)
	result := tx.Query(ctx, st.text.String(), st.args...)
	for result.NextRow() {
		if err := each(result.Values()); err != nil {
			tx.Abandon()
			return err
		}
	}
	if err := result.Close(); err != nil {
		return r.explain(ctx, tx, err)
	}
	return nil
}
