package skein

import (
	"context"
	"log/slog"
	"time"

	"github.com/skein-db/skein/internal/migrate"
)

// Option changes how a call works. Later ones win over earlier ones.
type Option func(*options)

type options struct {
	target         migrate.Target
	run            migrate.Options
	strict, single bool
	observers      []func(context.Context, Event)
}

// WithTable names the table in which applied migrations are recorded, where
// drizzle.config has migrations.schema or migrations.table. "" stands for
// drizzle's default, "drizzle" and "__drizzle_migrations".
func WithTable(schema, table string) Option {
	return func(o *options) { o.target = migrate.Target{Schema: schema, Table: table} }
}

// WithLockTimeout bounds how long a statement waits for a lock, and with that
// how long others can queue behind it. Then the migration is rolled back and
// tried again. 0 is no bound. The default is what the session has, for example
// by its role, else 3 seconds.
func WithLockTimeout(limit time.Duration) Option {
	return func(o *options) { o.run.LockTimeout = orNone(limit) }
}

// WithLockRetries is how often a migration is tried again that got no lock in
// time, or was the victim of a deadlock or a serialization failure, with
// growing pauses. The default is 10; 0 is never.
func WithLockRetries(n int) Option {
	return func(o *options) { o.run.LockRetries = orNone(n) }
}

// orNone turns an explicit 0 into what the runner takes for none: its own 0
// stands for the default.
func orNone[N int | time.Duration](n N) N {
	if n <= 0 {
		return -1
	}
	return n
}

// WithStatementTimeout bounds how long a statement runs. The default, 0, leaves
// what the session has.
func WithStatementTimeout(limit time.Duration) Option {
	return func(o *options) { o.run.StatementTimeout = max(0, limit) }
}

// WithWait bounds how long to wait for another runner; then the error is
// [ErrBusy]. 0 is not at all. The default is to wait as long as the context
// lets.
func WithWait(limit time.Duration) Option {
	return func(o *options) { o.run.Wait = max(1, limit) }
}

// WithStrictOrder refuses to apply a migration that is older than one which is
// applied, with [ErrOutOfOrder]. The default is to apply it in its place of
// the journal, as `skein migrate --yes` does, and to say so in the log and the
// result.
func WithStrictOrder() Option {
	return func(o *options) { o.strict = true }
}

// WithSingleTransaction runs all pending migrations in one transaction, as
// drizzle's migrator does, instead of one each.
func WithSingleTransaction() Option {
	return func(o *options) { o.single = true }
}

// WithObserver has a function told of every step, with a context within that
// of the call. All events of a call come with the same context and those of
// another call with another one, so that it can stand for the call. They come
// one after the other, and the run goes on when the function returns. There
// may be several observers.
func WithObserver(observe func(context.Context, Event)) Option {
	return func(o *options) {
		if observe != nil {
			o.observers = append(o.observers, observe)
		}
	}
}

// WithLogger logs what happens. Messages and attributes are in docs/library.md
// and do not change.
func WithLogger(logger *slog.Logger) Option {
	if logger == nil {
		return nil
	}
	return WithObserver(func(ctx context.Context, e Event) { log(ctx, logger, e) })
}
