package migrate

import (
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/history"
)

// StatementError is the cause, inside an error of Apply, when PostgreSQL
// refused a statement of a migration file. The error around it also says what
// became of the database; this says only what is wrong with the statement.
type StatementError struct {
	Migration history.Migration
	// Start and End are the statement's place in Migration.SQL in bytes, At the
	// place that PostgreSQL points to, or Start.
	Start, At, End int
	SQL            string // of the statement
	Message        string // PostgreSQL's, with the code
	Detail         string // what PostgreSQL adds to it, "" for nothing
	Hint           string // PostgreSQL's and ours, "" for none
	PG             *pgconn.PgError
}

func (e *StatementError) Error() string { return e.Message }

// Unwrap returns PostgreSQL's error.
func (e *StatementError) Unwrap() error { return e.PG }

// Extension returns the name of the extension that the statement tried to
// create and, by PostgreSQL's words, could not; "" where it is about something
// else.
func (e *StatementError) Extension() string { return lackedExtension(e.PG, e.SQL) }

func newStatementError(m history.Migration, at place, pg *pgconn.PgError, version string) *StatementError {
	return &StatementError{
		Migration: m, Start: at.start, At: at.at, End: at.end, SQL: at.sql,
		Message: said(pg), Detail: serverDetail(pg), Hint: lines(pg.Hint, advice(pg, at.sql, version)), PG: pg,
	}
}

// IsLost says whether an error of this package means that the connection is
// gone, so that nothing is known of what the server did last.
func IsLost(err error) bool { return isLost(err) }
