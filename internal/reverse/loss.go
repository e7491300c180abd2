package reverse

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltext"
)

// Loss is what the way back does to rows that are there.
type Loss struct {
	Object, Message string
	Kind            diff.EffectKind // DataLost or DataChanged
	// Rows is how many rows are concerned: counted where they are few,
	// estimated where they are many; -1 where that is not known.
	Rows    int64
	Counted bool

	place place
}

type place struct {
	table  schema.Ref
	column string
}

// RowsText says how many rows, "" where it is not known.
func (l *Loss) RowsText() string {
	switch {
	case l.Rows < 0:
		return ""
	case l.Rows == 1:
		return "1 row"
	case l.Counted:
		return fmt.Sprintf("%d rows", l.Rows)
	}
	return fmt.Sprintf("about %d rows", l.Rows)
}

// mostCounted is up to how many rows are counted: a moment's work.
const mostCounted = 10000

// Weigh looks up how many rows the losses are about, and drops those about
// none. It reads, in a transaction that ends by itself when it takes long; what
// it cannot find out stays unknown.
func Weigh(ctx context.Context, conn *pgx.Conn, steps []Step) error {
	for i := range steps {
		var kept []Loss
		for _, l := range steps[i].Losses {
			if l.place.table.Name != "" {
				var err error
				if l.Rows, l.Counted, err = rows(ctx, conn, l.place); err != nil {
					return err
				}
			}
			if l.Rows != 0 {
				kept = append(kept, l)
			}
		}
		steps[i].Losses = kept
	}
	return nil
}

func rows(ctx context.Context, conn *pgx.Conn, at place) (n int64, counted bool, err error) {
	name := sqltext.QuoteIdent(at.table.Schema) + "." + sqltext.QuoteIdent(at.table.Name)
	var estimate float64
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{AccessMode: pgx.ReadOnly})
	if err != nil {
		return -1, false, err
	}
	defer tx.Rollback(ctx) // it reads only
	if _, err := tx.Exec(ctx, "SET LOCAL lock_timeout = '500ms'; SET LOCAL statement_timeout = '2s'", pgx.QueryExecModeSimpleProtocol); err != nil {
		return -1, false, err
	}
	err = tx.QueryRow(ctx, "SELECT coalesce((SELECT reltuples::pg_catalog.float8 FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass("+sqltext.QuoteLiteral(name)+")), 0)", pgx.QueryExecModeSimpleProtocol).Scan(&estimate)
	if err != nil {
		return -1, false, err
	}
	if estimate > mostCounted {
		return int64(estimate), false, nil
	}
	where := ""
	if at.column != "" {
		where = " WHERE " + sqltext.QuoteIdent(at.column) + " IS NOT NULL"
	}
	err = tx.QueryRow(ctx, fmt.Sprintf("SELECT count(*) FROM (SELECT FROM %s%s LIMIT %d) few", name, where, mostCounted+1), pgx.QueryExecModeSimpleProtocol).Scan(&n)
	switch {
	case ctx.Err() != nil:
		return -1, false, ctx.Err()
	case err != nil: // locked, slow, not to be read, or not there yet
		return -1, false, nil
	case n > mostCounted:
		return n - 1, false, nil
	}
	return n, true, nil
}
