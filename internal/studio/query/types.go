package query

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/skein-db/skein/internal/studio/pool"
	"github.com/skein-db/skein/internal/studio/rows"
)

// Column is a column of a result.
type Column struct {
	Name string    `json:"name"`
	Type string    `json:"type"`
	Kind rows.Kind `json:"kind"`
}

// Types knows the names of types. The catalog is asked once for each, on
// another connection: the one that has the result is in the middle of it.
type Types struct {
	pool *pool.Pool

	mu    sync.Mutex
	known map[typeID]Column
}

type typeID struct {
	oid uint32
	mod int32
}

// NewTypes makes one that asks by a pool.
func NewTypes(p *pool.Pool) *Types { return &Types{pool: p, known: map[typeID]Column{}} }

// name returns the columns of a result.
func (t *Types) name(ctx context.Context, fields []pgproto3.FieldDescription) []Column {
	t.mu.Lock()
	defer t.mu.Unlock()
	var ids, mods []string
	for _, f := range fields {
		if _, ok := t.known[typeID{f.DataTypeOID, f.TypeModifier}]; !ok {
			ids, mods = append(ids, strconv.FormatUint(uint64(f.DataTypeOID), 10)), append(mods, strconv.Itoa(int(f.TypeModifier)))
		}
	}
	if len(ids) > 0 {
		t.ask(ctx, ids, mods)
	}
	columns := []Column{}
	for _, f := range fields {
		c, ok := t.known[typeID{f.DataTypeOID, f.TypeModifier}]
		if !ok { // made by the transaction that the result is of
			c = Column{Type: "type " + strconv.FormatUint(uint64(f.DataTypeOID), 10), Kind: rows.Other}
		}
		c.Name = string(f.Name)
		columns = append(columns, c)
	}
	return columns
}

// typesTimeout bounds the question for names, without which a result can be
// shown too.
const typesTimeout = 5 * time.Second

func (t *Types) ask(ctx context.Context, ids, mods []string) {
	list, modifiers := rows.ArrayText(ids), rows.ArrayText(mods)
	_ = t.pool.Read(ctx, typesTimeout, func(tx *pool.Tx) error {
		found, err := tx.Rows(ctx, typesQuery, &list, &modifiers)
		for _, row := range found {
			id, _ := strconv.ParseUint(*row[0], 10, 32)
			mod, _ := strconv.ParseInt(*row[1], 10, 32)
			t.known[typeID{uint32(id), int32(mod)}] = Column{Type: *row[2], Kind: rows.KindOf(*row[3], *row[4], *row[5])}
		}
		return err
	})
}

const typesQuery = `
with recursive asked as (
	select distinct oid, mod from unnest($1::oid[], $2::int[]) a(oid, mod)
), made as (
	select asked.oid, asked.mod, t.oid as base, t.typtype, t.typbasetype from asked join pg_catalog.pg_type t on t.oid = asked.oid
	union all select made.oid, made.mod, t.oid, t.typtype, t.typbasetype from made join pg_catalog.pg_type t on made.typtype = 'd' and t.oid = made.typbasetype
)
select made.oid, made.mod, pg_catalog.format_type(made.oid, made.mod), t.typname, t.typtype, t.typcategory
from made join pg_catalog.pg_type t on t.oid = made.base where made.typtype <> 'd'`
