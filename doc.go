// Package skein brings a PostgreSQL database up to date from within a Go
// program: a service embeds its migrations folder and migrates when it starts.
//
//	//go:embed all:drizzle
//	var migrations embed.FS
//
//	result, err := skein.Migrate(ctx, pool, migrations)
//
// The folder is drizzle-kit's, as `skein generate` and `drizzle-kit generate`
// write it: meta/_journal.json and the SQL files. (The all: in front matters:
// without it go:embed leaves out the journal, whose name begins with _.) What
// is applied is recorded in drizzle's own table, so that the command line
// `skein migrate`, drizzle-kit and drizzle-orm's migrator may work on the same
// database before, after and between.
//
// # What it is given
//
// The connection is a *pgxpool.Pool, a *pgx.Conn, a *sql.DB over any
// driver for PostgreSQL, or a URL. The package opens no files, reads no
// environment (only a URL does: libpq's variables and files), starts no
// processes and keeps no state between calls.
//
// # What it promises
//
// An entry of the journal is applied when the table has its row, and pending
// otherwise, whatever its time: nothing is skipped in silence. Each migration
// is a transaction of its own that also records it. What PostgreSQL takes in no
// transaction, such as CREATE INDEX CONCURRENTLY, runs on its own, and the next
// run goes on where a failed one ended.
//
// One runner works at a time, in whatever process and on whatever machine. All
// others wait until it is through, see that the work is done and return without
// an error. The lock is the database's and goes with the connection that has
// it: a runner that dies leaves none behind.
//
// Statements do not wait for long for a table that others use, because whoever
// comes after would wait behind them: see [WithLockTimeout].
//
// When the context ends, the running statement is cancelled on the server and
// its migration is rolled back.
//
// # Errors
//
// Every error is an [*Error], or carries one: what happened, in which file and
// line, what is in the database now, what to do. [errors.As] finds a
// [*StatementError] in it where PostgreSQL refused a statement, and a
// [*pgconn.PgError], over every driver; [errors.Is] finds [ErrBusy] and the
// other causes, and the error of the context when that has ended.
//
// # Watching
//
// [WithLogger] logs to a [*slog.Logger]; [WithObserver] is told of every step as
// an [Event]. Package skeinotel makes OpenTelemetry spans of them; this package
// does not depend on OpenTelemetry.
//
// The page docs/library.md in the repository tells all of this at length.
package skein
