package skein

import (
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/migrate"
)

// What an error may be about, for [errors.Is]. Where one of the first five is
// the cause, nothing was run beyond what the result says.
var (
	// ErrMigrations: the folder cannot be used: no journal, a file that is
	// missing or not UTF-8, a statement that no migration can have.
	ErrMigrations = errors.New("the migrations cannot be used")
	// ErrBusy: another runner has the lock for longer than WithWait allows. A
	// *BusyError says which.
	ErrBusy = errors.New("another runner is at it")
	// ErrOutOfOrder: WithStrictOrder refuses what is pending.
	ErrOutOfOrder = errors.New("something newer is applied already")
	// ErrChanged: while the lock was waited for, somebody changed the database in
	// another way than by applying these migrations.
	ErrChanged = errors.New("the database has changed meanwhile")
	// ErrInUse: the connection is in a transaction, or runs a query.
	ErrInUse = errors.New("the connection is in use")
	// ErrLockTimeout: a statement did not get a lock in time, in any of its tries.
	ErrLockTimeout = errors.New("a lock was not to be had")
	// ErrConnectionLost: the connection has ended in the middle. The text says
	// what is known to be in the database; the next run finds out the rest.
	ErrConnectionLost = errors.New("the connection was lost")
)

// Error is an error of this package.
type Error struct {
	Message      string // one sentence, without a final period
	File         string // a path in the file system of migrations, "" where no file is concerned
	Line, Column int    // from 1, in characters; 0 where no place is known
	// Detail is more lines: the statement with a caret under its place, what
	// PostgreSQL adds, what is in the database now.
	Detail string
	Hint   string // what to do next

	causes []error
}

// Error is all of it: "file:line:column: message", and on lines of their own
// the detail and the hint.
func (e *Error) Error() string {
	d := diag.Error{File: e.File, Line: e.Line, Column: e.Column, Message: e.Message, Detail: e.Detail, Hint: e.Hint}
	return d.Error()
}

// Unwrap returns the causes.
func (e *Error) Unwrap() []error { return e.causes }

// StatementError is in the chain of an [*Error] when PostgreSQL refused a
// statement of a migration. Its own chain has a [*pgconn.PgError] with all that
// the server sent, over every driver.
type StatementError struct {
	Migration    string // the tag
	File         string
	Line, Column int    // of the place that PostgreSQL points to, or of the statement
	SQL          string // the statement
	SQLState     string // PostgreSQL's code, "23505"
	Message      string // PostgreSQL's, with the code
	Detail       string // what PostgreSQL adds to it
	Hint         string // PostgreSQL's and ours
	Excerpt      string // the lines of the file with a caret under the place

	cause *pgconn.PgError
}

func (e *StatementError) Error() string { return e.Message }

// Unwrap returns PostgreSQL's error.
func (e *StatementError) Unwrap() error { return e.cause }

// BusyError is in the chain of an error that is [ErrBusy].
type BusyError struct {
	Holders []Session // empty where they may not be seen
}

func (e *BusyError) Error() string { return ErrBusy.Error() }

// Is makes it ErrBusy.
func (e *BusyError) Is(target error) bool { return target == ErrBusy }

// OrderError is in the chain of an error that is [ErrOutOfOrder].
type OrderError struct {
	Migrations []string // the tags of what is older than something applied
}

func (e *OrderError) Error() string { return ErrOutOfOrder.Error() }

// Is makes it ErrOutOfOrder.
func (e *OrderError) Is(target error) bool { return target == ErrOutOfOrder }

// failed makes an error of the inner packages one of ours.
func (r *run) failed(err error) error {
	if err == nil {
		return nil
	}
	var known *diag.Error
	if !errors.As(err, &known) {
		known = &diag.Error{Message: err.Error(), Err: err}
	}
	e := &Error{
		Message: inCode(known.Message), File: known.File, Line: known.Line, Column: known.Column,
		Detail: inCode(known.Detail), Hint: inCode(known.Hint), causes: causesOf(known),
	}
	var busy *migrate.BusyError
	if errors.As(err, &busy) && r.o.run.Wait == 1 {
		e.Message = "another run of migrate has the lock, and WithWait(0) says not to wait"
	}
	return e
}

// causesOf are the causes as users of this package know them.
func causesOf(e *diag.Error) []error {
	var statement *migrate.StatementError
	var busy *migrate.BusyError
	var order *migrate.OrderError
	switch {
	case errors.As(e.Err, &statement):
		return causesOfStatement(statement)
	case errors.As(e.Err, &busy):
		return []error{&BusyError{Holders: holders(busy.Holders)}}
	case errors.As(e.Err, &order):
		return []error{&OrderError{Migrations: order.Tags}}
	case errors.Is(e.Err, migrate.ErrChanged):
		return []error{ErrChanged}
	case errors.Is(e.Err, migrate.ErrInUse):
		return []error{ErrInUse}
	case migrate.IsLost(e.Err):
		return []error{ErrConnectionLost, e.Err}
	case e.Err != nil:
		return []error{e.Err}
	case e.Kind == diag.Usage && e.File != "":
		return []error{ErrMigrations}
	}
	return nil
}

func causesOfStatement(s *migrate.StatementError) []error {
	e := &StatementError{
		Migration: s.Migration.Entry.Tag, File: s.Migration.File, SQL: s.SQL, SQLState: s.PG.Code,
		Message: s.Message, Detail: s.Detail, Hint: inCode(s.Hint),
		Excerpt: diag.Excerpt(s.Migration.SQL, s.Start, s.At, s.End), cause: s.PG,
	}
	e.Line, e.Column = diag.Position(s.Migration.SQL, s.At)
	if e.SQLState == "55P03" { // lock_not_available
		return []error{e, ErrLockTimeout}
	}
	return []error{e}
}

// inCode says in the words of this package what the inner ones say in those
// of the command line.
func inCode(text string) string { return words.Replace(text) }

var words = strings.NewReplacer(
	"then run `skein migrate` again", "then start again",
	"`skein migrate`", "the next run",
	"leave out --single-transaction", "leave out WithSingleTransaction",
	"leave out --strict-order", "leave out WithStrictOrder",
	"that --wait allows", "that WithWait allows",
	"check migrations.table and migrations.schema in the config", "check the names in WithTable",
)
