package skein

import (
	"context"
	"database/sql"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/migrate"
)

// Conn is what there is to run on. Nothing of it is closed, except that
//
//   - of a pool, one connection is taken and thrown away afterwards, because
//     migrations may change its session. Up to two more are opened at times; of
//     a *sql.DB that is not over pgx they come from the pool, else beside it, so
//     that a pool of one connection is enough.
//   - a *pgx.Conn is used alone until the call returns and must not be in a
//     transaction. What migrations SET for their session stays set.
//   - a URL is connected to and the connection closed.
//
// A transaction is none of them on purpose: a migration is one itself.
type Conn interface {
	*pgxpool.Pool | *pgx.Conn | *sql.DB | URL
}

// URL is a postgres:// URL, or libpq's key=value form. What it leaves open
// comes from libpq's environment variables, service file and passfile.
type URL string

// Migrate applies what the database lacks of the migrations in fsys, in the
// journal's order, and waits where another runner is at it.
//
// fsys holds the migrations folder, at its root or within directories that
// hold nothing else. The result is never nil and says what was applied, also
// where an error ends the run.
func Migrate[C Conn](ctx context.Context, conn C, fsys fs.FS, opts ...Option) (*Result, error) {
	r := newRun(ctx, opts)
	begun := time.Now()
	r.tell(Started{})
	err := r.on(conn, fsys, r.migrate)
	r.result.Took = time.Since(begun)
	r.tell(Ended{Result: r.result, Err: err})
	return r.result, err
}

// Plan says what Migrate would do, and changes nothing. It fails where Migrate
// would refuse.
func Plan[C Conn](ctx context.Context, conn C, fsys fs.FS, opts ...Option) (steps []Step, err error) {
	r := newRun(ctx, opts)
	err = r.on(conn, fsys, func(c *migrate.Connection, h *history.History) error {
		plan, err := r.plan(c, h)
		if err == nil {
			steps = stepsOf(plan)
		}
		return err
	})
	return steps, err
}

// Status says how the database stands to the migrations in fsys. It changes
// nothing, takes no lock, and needs three round trips at most.
func Status[C Conn](ctx context.Context, conn C, fsys fs.FS, opts ...Option) (report *Report, err error) {
	r := newRun(ctx, opts)
	err = r.on(conn, fsys, func(c *migrate.Connection, h *history.History) error {
		found, err := c.Status(r.ctx, h, r.o.target)
		if err == nil {
			report = reportOf(found)
		}
		return err
	})
	return report, err
}
