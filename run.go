package skein

import (
	"context"
	"database/sql"
	"io/fs"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/skein-db/skein/internal/address"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/migrate"
)

// run is one call of a function of this package.
type run struct {
	ctx    context.Context
	own    context.Context // ctx, told apart from that of other calls
	o      options
	result *Result
	files  map[string]string // by tag

	telling sync.Mutex
}

// callKey makes a context of a call's own.
type callKey struct{}

func newRun(ctx context.Context, opts []Option) *run {
	r := &run{ctx: ctx, result: &Result{}, files: map[string]string{}}
	r.own = context.WithValue(ctx, callKey{}, r)
	for _, option := range opts {
		if option != nil {
			option(&r.o)
		}
	}
	return r
}

// on runs f on the connection and makes its error one of ours.
func (r *run) on(conn any, fsys fs.FS, f func(*migrate.Connection, *history.History) error) error {
	if fsys == nil {
		return r.failed(wrongCall("the file system is nil", "pass the embed.FS with the migrations folder"))
	}
	h, err := history.OpenFS(fsys)
	if err != nil {
		return r.failed(err)
	}
	for _, m := range h.Migrations {
		r.files[m.Entry.Tag] = m.File
	}
	return r.failed(r.connect(conn, func(c *migrate.Connection) error { return f(c, h) }))
}

// connect gives f a connection of what the caller has.
func (r *run) connect(conn any, f func(*migrate.Connection) error) error {
	switch conn := conn.(type) {
	case *pgx.Conn:
		if conn == nil {
			return noConn()
		}
		return f(migrate.OnPgx(conn))
	case *pgxpool.Pool:
		if conn == nil {
			return noConn()
		}
		taken, err := conn.Acquire(r.ctx)
		if err != nil {
			return migrate.NoConnection(r.ctx, err)
		}
		return closing(taken.Hijack(), f)
	case *sql.DB:
		if conn == nil {
			return noConn()
		}
		return migrate.OnDB(r.ctx, conn, f)
	case URL:
		own, err := address.Connect(r.ctx, address.Address{URL: string(conn), From: "skein.URL"})
		if err != nil {
			return err
		}
		return closing(own, f)
	}
	return noConn() // the type parameter lets nothing else by
}

// closing gives f a connection that is closed afterwards.
func closing(conn *pgx.Conn, f func(*migrate.Connection) error) error {
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
		defer cancel()
		_ = conn.Close(ctx) // there is nothing to lose on it
	}()
	return f(migrate.OnPgx(conn))
}

const closeLimit = 2 * time.Second

func noConn() error {
	return wrongCall("the connection is nil", "open the pool before migrating")
}

func wrongCall(message, hint string) error {
	return &diag.Error{Kind: diag.Usage, Message: message, Hint: hint}
}

// plan reads what is pending and holds it against the options.
func (r *run) plan(c *migrate.Connection, h *history.History) (*migrate.Pending, error) {
	plan, err := c.Plan(r.ctx, h, r.o.target)
	if err == nil && r.o.strict {
		err = plan.InStrictOrder()
	}
	if err == nil && r.o.single {
		err = plan.InOneTransaction()
	}
	return plan, err
}

// migrate is Migrate on a connection.
func (r *run) migrate(c *migrate.Connection, h *history.History) error {
	plan, err := r.plan(c, h)
	if err != nil {
		return err
	}
	planned := Planned{Steps: stepsOf(plan), Report: reportOf(plan.Report)}
	planned.Host, planned.Port, planned.Database = c.Place()
	r.tell(planned)
	late := map[string]bool{}
	for _, step := range plan.Steps {
		late[step.Migration.Entry.Tag] = step.Skipped
	}
	o := r.o.run
	o.OnEvent = func(e migrate.Event) { r.pass(e, late) }
	done, err := c.Apply(r.ctx, plan, o)
	for _, m := range done.Migrations {
		r.result.Applied = append(r.result.Applied, Applied{Migration: m.Tag, File: r.files[m.Tag], OutOfOrder: late[m.Tag], Took: m.Duration})
	}
	r.result.Moved, r.result.ByOthers, r.result.Waited = done.Moved, done.ByOthers, done.Waited
	return err
}

// tell hands an event to whoever wants it, one at a time.
func (r *run) tell(e Event) {
	r.telling.Lock()
	defer r.telling.Unlock()
	for _, observe := range r.o.observers {
		observe(r.own, e)
	}
}
