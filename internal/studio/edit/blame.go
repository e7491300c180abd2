package edit

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/studio/pool"
	"github.com/skein-db/skein/internal/studio/rows"
)

// Blame finds the column that PostgreSQL's error is about, in a transaction of
// its own: the one that failed answers nothing any more.
func (f *Failure) Blame(ctx context.Context, run func(func(*pool.Tx) error) error, changes []Change, shapes map[rows.Ref]*rows.Shape) {
	var pg *pgconn.PgError
	if f.Column != "" || f.Change < 0 || !errors.As(f.Err, &pg) {
		return
	}
	c := changes[f.Change]
	switch {
	case pg.ColumnName != "":
		f.Column = pg.ColumnName
	case pg.ConstraintName != "" && pg.TableName != "":
		_ = run(func(tx *pool.Tx) error { // without it the error is shown at the row
			columns, err := constraintColumns(ctx, tx, pg)
			f.Column = firstChanged(columns, c)
			return err
		})
	case strings.HasPrefix(pg.Code, "22"), pg.DataTypeName != "":
		f.Column = unreadable(ctx, run, c, shapes[c.Ref])
	case pg.Code == "428C9": // a value for a column that is always generated
		for _, column := range shapes[c.Ref].Columns {
			if v, given := c.After[column.Name]; given && !v.Default && (column.Identity == "a" || column.Generated != nil) {
				f.Column = column.Name
			}
		}
	}
}

func firstChanged(columns []string, c Change) string {
	for _, name := range columns {
		if _, changed := c.After[name]; changed {
			return name
		}
	}
	return ""
}

func constraintColumns(ctx context.Context, tx *pool.Tx, pg *pgconn.PgError) ([]string, error) {
	var columns []string
	_, err := tx.Ask(ctx, &columns, constraintQuery, &pg.SchemaName, &pg.TableName, &pg.ConstraintName)
	return columns, err
}

// A unique index without a constraint is named as one in errors.
const constraintQuery = `
select coalesce(json_agg(a.attname order by k.n), '[]')
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
cross join lateral unnest(coalesce(
	(select conkey from pg_catalog.pg_constraint where conrelid = c.oid and conname = $3),
	(select i.indkey::int2[] from pg_catalog.pg_index i join pg_catalog.pg_class x on x.oid = i.indexrelid where i.indrelid = c.oid and x.relname = $3)
)) with ordinality k(attnum, n)
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
where n.nspname = $1 and c.relname = $2`

// unreadable is the column whose value PostgreSQL cannot read, or which does
// not fit.
func unreadable(ctx context.Context, run func(func(*pool.Tx) error) error, c Change, s *rows.Shape) string {
	for _, column := range s.Columns {
		v, given := c.After[column.Name]
		if !given || v.Text == nil {
			continue
		}
		err := run(func(tx *pool.Tx) error {
			_, err := tx.Rows(ctx, "SELECT CAST($1 AS "+column.Type+")", v.Text)
			return err
		})
		if err != nil || misfits(column.Type, *v.Text) {
			return column.Name
		}
	}
	return ""
}

// misfits says whether a text has another length than its type takes: a cast
// would cut it, or fill it up.
func misfits(kind, text string) bool {
	name, length, ok := strings.Cut(kind, "(")
	if !ok || !strings.HasPrefix(kind, "character") && !strings.HasPrefix(kind, "bit") {
		return false
	}
	want := 0
	for _, digit := range strings.TrimSuffix(length, ")") {
		want = want*10 + int(digit-'0')
	}
	if name == "bit" {
		return len(text) != want
	}
	return len([]rune(strings.TrimRight(text, " "))) > want
}
