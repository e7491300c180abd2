package catalog

import (
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/schema"
)

// Options says what to read. The zero value reads every table, view, enum and
// sequence outside the system's schemas, without roles, leaving out drizzle's
// own migrations table.
type Options struct {
	// Schemas are the names of the schemas to read, all if empty.
	Schemas []string
	// Tables, if set, says for each table, view and materialized view whether
	// it is read. See TableFilter.
	Tables func(schema.Ref) bool
	// Migrations is the table that records applied migrations and is not read;
	// drizzle.__drizzle_migrations if zero. Its schema is not listed either
	// when nothing else of it is read.
	Migrations schema.Ref
	// Linked are tables that are not read, but whose policies are, into
	// Schema.Policies.
	Linked []schema.Ref
	// Roles are the names of the roles to read; those that do not exist are
	// left out. Roles belong to the whole server, so none is read unasked.
	Roles []string
}

// Against returns the options with which a database is read to be compared with
// want too: beside what o has, what want names counts as asked for, its roles, the tables of its linked
// policies, and its schemas, also those that Schemas leaves out. Otherwise they
// would all seem to be missing from the database.
func (o Options) Against(want *schema.Schema) Options {
	o.Linked = slices.Concat(o.Linked, Linked(want))
	o.Roles = slices.Clone(o.Roles)
	for _, r := range want.Roles {
		o.Roles = append(o.Roles, r.Name)
	}
	if len(o.Schemas) > 0 {
		o.Schemas = slices.Clone(o.Schemas)
		for _, held := range want.Objects() {
			name := held.In.Schema
			if held.Kind == schema.KindSchema {
				name = held.Name
			}
			if name != "" && !slices.Contains(o.Schemas, name) {
				o.Schemas = append(o.Schemas, name)
			}
		}
	}
	return o
}

// DefaultMigrations is the table in which drizzle records applied migrations.
var DefaultMigrations = schema.Ref{Schema: "drizzle", Name: "__drizzle_migrations"}

// logTable is the table beside it in which Skein's own migrate notes how
// far it came in a migration that is no transaction. It is never read.
const logTable = "__skein_log"

// Note is something in the database that the model cannot say and that
// therefore looks in the Schema as if it were not so.
type Note struct {
	Object string // as people write it, for example "public.users.users_email_index"
	Text   string // one sentence in lower case
}

// Result is a Schema and what it does not tell.
type Result struct {
	Schema schema.Schema
	Notes  []Note // sorted by object
}

// Read returns the database behind conn as a Schema. See Inspect.
func Read(ctx context.Context, conn *pgx.Conn, o Options) (*schema.Schema, error) {
	r, err := Inspect(ctx, conn, o)
	if err != nil {
		return nil, err
	}
	return &r.Schema, nil
}

// Inspect returns the database behind conn as a Schema, with notes. It only
// reads. Outside a transaction it opens one of its own, repeatable read and
// read only; inside one it sees that transaction's changes and leaves its
// settings as they were. It needs no privileges beyond connecting. Errors of
// the server are *diag.Error of kind Database.
func Inspect(ctx context.Context, conn *pgx.Conn, o Options) (*Result, error) {
	if o.Migrations == (schema.Ref{}) {
		o.Migrations = DefaultMigrations
	}
	// The functions that print definitions see the newest catalog, not the
	// transaction's: a table dropped meanwhile makes them fail. One of the next
	// attempts no longer sees it.
	for attempt := 1; ; attempt++ {
		rows, err := fetch(ctx, conn.PgConn(), o)
		if err == nil {
			return assemble(rows, o)
		}
		if attempt == 3 || !vanished(err) {
			return nil, databaseError(err)
		}
	}
}

// settings make the server print everything the same way whatever the
// connection's own settings are. Names in public are printed without their
// schema, as drizzle writes them. Compiling these queries would take longer
// than running them, so jit is off.
const settings = `
set local search_path = public;
set local timezone = 'UTC';
set local datestyle = 'ISO, YMD';
set local intervalstyle = 'postgres';
set local bytea_output = 'hex';
set local xmloption = 'content';
set local extra_float_digits = 1;
set local quote_all_identifiers = off;
set local standard_conforming_strings = on;
set local jit = off;`

// fetch asks all questions and returns one table of text per question.
func fetch(ctx context.Context, conn *pgconn.PgConn, o Options) (*answers, error) {
	begin, end, undo := "begin isolation level repeatable read, read only;", "commit;", "rollback;"
	if conn.TxStatus() != 'I' {
		begin = "savepoint skein_catalog;"
		end = "rollback to savepoint skein_catalog; release savepoint skein_catalog;"
		undo = end
	}
	if err := conn.Exec(ctx, begin+settings).Close(); err != nil {
		_ = conn.Exec(ctx, undo).Close() // the first error is the one to tell
		return nil, err
	}
	got, err := ask(ctx, conn, o)
	if err != nil {
		end = undo
	}
	if endErr := conn.Exec(ctx, end).Close(); err == nil {
		err = endErr
	}
	return got, err
}

// vanished reports whether the error is what printing a definition gives when
// the object was dropped by someone else in between.
func vanished(err error) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return false
	}
	switch pg.Code {
	case "XX000", "42P01", "42703", "42704": // "cache lookup failed", undefined table, column, object
		return true
	}
	return false
}

func databaseError(err error) error {
	e := &diag.Error{Kind: diag.Database, Message: "the database's catalog could not be read: " + err.Error(), Err: err,
		Hint: "check that the connection is still there and may read pg_catalog"}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		e.Message = "the database's catalog could not be read: " + pg.Message
		e.Detail = pg.Detail
		if pg.Hint != "" {
			e.Hint = pg.Hint
		}
	}
	return e
}
