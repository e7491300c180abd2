package edit

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/sqltext"
	"github.com/skein-db/skein/internal/studio/pool"
	"github.com/skein-db/skein/internal/studio/rows"
)

// Conflict is a row that is not as it was when it was changed.
type Conflict struct {
	Change  int              `json:"change"`
	Gone    bool             `json:"gone"`
	Columns []ConflictColumn `json:"columns"`
}

// ConflictColumn is a value that somebody else changed.
type ConflictColumn struct {
	Name   string  `json:"name"`
	Before *string `json:"before"`
	Now    *string `json:"now"`
}

// Conflicts is the error of changes whose rows have changed.
type Conflicts struct{ All []Conflict }

func (c *Conflicts) Error() string { return "rows have changed meanwhile" }

// Written is a row as it is after its change.
type Written struct {
	Change  int         `json:"change"`
	Key     []*string   `json:"key"` // null for a deleted row, and for a table without a key
	Columns []string    `json:"columns"`
	Row     []rows.Cell `json:"row"`
}

// Shapes reads the tables of changes.
func Shapes(ctx context.Context, tx *pool.Tx, changes []Change) (map[rows.Ref]*rows.Shape, error) {
	if len(changes) == 0 || len(changes) > MostChanges {
		return nil, usage("one commit has 1 to %d changes, and this has %d", MostChanges, len(changes))
	}
	shapes := map[rows.Ref]*rows.Shape{}
	for i, c := range changes {
		if shapes[c.Ref] != nil {
			continue
		}
		s, err := rows.Of(ctx, tx, c.Ref)
		if err != nil {
			return nil, &Failure{Change: i, Err: err}
		}
		shapes[c.Ref] = s
	}
	return shapes, nil
}

// Apply runs the changes in a transaction that the caller commits when the error
// is nil. The error may be *Conflicts, with nothing written, or a *Failure.
func Apply(ctx context.Context, tx *pool.Tx, changes []Change, shapes map[rows.Ref]*rows.Shape, p *Preview) ([]Written, error) {
	conflicts := &Conflicts{}
	for i := range changes {
		if changes[i].Kind == Insert {
			continue
		}
		conflict, err := changes[i].compare(ctx, tx, i, shapes[changes[i].Ref])
		if err != nil {
			return nil, &Failure{Change: i, Err: err}
		}
		if conflict != nil {
			conflicts.All = append(conflicts.All, *conflict)
		}
	}
	if len(conflicts.All) > 0 {
		return nil, conflicts
	}
	keys := make([][]*string, len(changes))
	for i := range changes {
		var err error
		if keys[i], err = changes[i].run(ctx, tx, shapes[changes[i].Ref], p.Statements[i].SQL); err != nil {
			return nil, &Failure{Change: i, Err: err}
		}
	}
	// Constraints that wait for the end are held to now, while it can be told
	// which.
	if err := tx.Exec(ctx, "set constraints all immediate"); err != nil {
		return nil, &Failure{Change: lastOf(changes, err), Err: err}
	}
	written := []Written{}
	for i := range changes {
		w, err := changes[i].written(ctx, tx, i, shapes[changes[i].Ref], keys[i])
		if err != nil {
			return nil, err
		}
		written = append(written, *w)
	}
	return written, nil
}

// compare locks the row of a change and compares it with what was seen.
func (c *Change) compare(ctx context.Context, tx *pool.Tx, i int, s *rows.Shape) (*Conflict, error) {
	names := slices.Sorted(maps.Keys(c.Before))
	list := []string{"1"}
	for _, name := range names {
		list = append(list, s.Columns[place(s, name)].Text(sqltext.QuoteIdent(name)))
	}
	sql := "SELECT " + strings.Join(list, ", ") + " FROM " + c.SQL() + " WHERE " + c.where(s)
	if s.RelKind != "f" {
		sql += " FOR UPDATE"
	}
	row, err := tx.Row(ctx, sql)
	switch {
	case err != nil:
		return nil, err
	case row == nil:
		return &Conflict{Change: i, Gone: true, Columns: []ConflictColumn{}}, nil
	}
	conflict := &Conflict{Change: i, Columns: []ConflictColumn{}}
	for j, name := range names {
		before, now := c.Before[name], row[j+1]
		if (before == nil) != (now == nil) || before != nil && *before != *now {
			conflict.Columns = append(conflict.Columns, ConflictColumn{name, before, now})
		}
	}
	if len(conflict.Columns) == 0 {
		return nil, nil
	}
	return conflict, nil
}

// run runs a change and returns the key that its row has then.
func (c *Change) run(ctx context.Context, tx *pool.Tx, s *rows.Shape, sql string) ([]*string, error) {
	list := []string{"1"}
	for _, name := range s.Key {
		list = append(list, s.Columns[place(s, name)].Text(sqltext.QuoteIdent(name)))
	}
	found, err := tx.Rows(ctx, sql+" RETURNING "+strings.Join(list, ", "))
	if err != nil {
		return nil, err
	}
	if len(found) != 1 {
		return nil, &diag.Error{Kind: diag.Usage, Message: "the database did not make the change", Hint: "a trigger or a policy of " + c.Ref.String() + " keeps rows from being changed so"}
	}
	return found[0][1:], nil
}

func (c *Change) written(ctx context.Context, tx *pool.Tx, i int, s *rows.Shape, key []*string) (*Written, error) {
	w := &Written{Change: i, Columns: []string{}}
	if c.Kind == Delete || len(key) == 0 {
		return w, nil
	}
	texts := make([]string, len(key))
	for j, k := range key {
		texts[j] = *k // a key is never null
	}
	found, err := rows.Peek(ctx, tx, s, s.Key, texts)
	if err != nil {
		return nil, err
	}
	w.Key, w.Row = key, found.Row
	for _, column := range found.Columns {
		w.Columns = append(w.Columns, column.Name)
	}
	return w, nil
}

// lastOf is the last change of the table that an error is about, or -1.
func lastOf(changes []Change, err error) int {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return -1
	}
	for i, c := range slices.Backward(changes) {
		if c.Schema == pg.SchemaName && c.Name == pg.TableName {
			return i
		}
	}
	return -1
}
