// Package inspect looks at a database that runs: how big its tables are, how
// they are kept, and what belongs to one of them.
//
// It is not catalog, which reads a schema to compare it: here sizes, estimates
// and usage count, and whatever there is to an object is shown, also what
// drizzle's model cannot say. Everything is read in one repeatable-read,
// read-only transaction with a statement timeout.
package inspect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/diag"
)

// Kind is what an object is.
type Kind string

// The kinds.
const (
	Table            Kind = "table"
	PartitionedTable Kind = "partitioned table"
	View             Kind = "view"
	MaterializedView Kind = "materialized view"
	ForeignTable     Kind = "foreign table"
	Sequence         Kind = "sequence"
	Enum             Kind = "enum"
)

// Relation is a table or view in a list. Of a partitioned table the figures
// are the sums of its partitions, which are not listed.
type Relation struct {
	Schema      string     `json:"schema"`
	Name        string     `json:"name"`
	Kind        Kind       `json:"kind"`
	Rows        *int64     `json:"rows"`       // estimated, nil where PostgreSQL has no estimate
	Size        int64      `json:"size"`       // bytes, with indexes and TOAST
	IndexSize   int64      `json:"indexSize"`  // bytes
	DeadRows    int64      `json:"deadRows"`   // estimated
	LastVacuum  *time.Time `json:"lastVacuum"` // by hand or by autovacuum
	LastAnalyze *time.Time `json:"lastAnalyze"`
	Comment     string     `json:"comment,omitempty"`
}

// Reader reads one moment of a database.
type Reader struct {
	tx pgx.Tx
}

// statementTimeout bounds each question: to look at a database must not become
// a load on it.
const statementTimeout = "15s"

// Read calls look with a Reader, in a transaction that can write nothing.
// Errors of the server are *diag.Error of kind Database.
func Read(ctx context.Context, conn *pgx.Conn, look func(*Reader) error) error {
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return failed(err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) // nothing was written
	if _, err := tx.Exec(ctx, "set local statement_timeout = '"+statementTimeout+"'; set local lock_timeout = '3s'; set local jit = off; set local timezone = 'UTC'"); err != nil {
		return failed(err)
	}
	return look(&Reader{tx})
}

// Relations lists the tables and views outside of the system's schemas.
func (r *Reader) Relations(ctx context.Context) ([]Relation, error) {
	var all []Relation
	return all, r.ask(ctx, &all, relationsQuery)
}

// ask runs a query that gives one JSON value.
func (r *Reader) ask(ctx context.Context, into any, query string, args ...any) error {
	var text []byte
	if err := r.tx.QueryRow(ctx, query, args...).Scan(&text); err != nil {
		return failed(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("reading what PostgreSQL answered: %w", err)
	}
	return nil
}

func failed(err error) error {
	e := &diag.Error{Kind: diag.Database, Message: "the database could not be looked at: " + err.Error(), Err: err,
		Hint: "check that the connection is still there and may read pg_catalog"}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		e.Message, e.Detail = "the database could not be looked at: "+pg.Message, pg.Detail
		if pg.Code == "57014" { // query_canceled
			e.Hint = "the catalog took longer than " + statementTimeout + ": the server is busy, or a lock on the catalog is held; see pg_stat_activity"
		}
	}
	return e
}
