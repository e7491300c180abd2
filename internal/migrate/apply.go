package migrate

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/sqltext"
)

// Options of Apply.
type Options struct {
	OnEvent func(Event) // told of progress; may be nil
}

// Applied is what a run of Apply did.
type Applied struct {
	Migrations []Done        // committed by this run, in order
	ByOthers   []string      // tags that another runner applied while this one waited
	Waited     time.Duration // for the lock
}

// Done is a migration that was committed.
type Done struct {
	Tag      string
	Duration time.Duration
}

// Apply runs a plan on the connection that it was made on, or another one to
// the same database. The connection is used alone until Apply returns.
//
// Under an advisory lock the state is read again; what others have applied
// meanwhile is left alone, and a database that lacks more than the plan says
// is an error of kind Refused. The target schema and table are created if they
// are missing, as is a table for progress when a migration has a COMMIT in the
// middle. The first failure ends the run: that migration is rolled back, those
// before it stay, and the error says so.
//
// When ctx ends, the running statement is cancelled on the server and its
// migration is rolled back; the error wraps ctx's. The result is never nil.
func Apply(ctx context.Context, conn *pgx.Conn, p *Pending, o Options) (*Applied, error) {
	r := &runner{plan: p, done: &Applied{}, tell: o.OnEvent, key: lockKey(p.Target)}
	if r.tell == nil {
		r.tell = func(Event) {}
	}
	if len(p.Steps) == 0 {
		return r.done, nil
	}
	w, err := newWire(conn)
	if err != nil {
		return r.done, err
	}
	r.wire = w
	return r.done, r.run(ctx)
}

// runner is one run of Apply.
type runner struct {
	wire  *wire
	plan  *Pending
	key   int64
	done  *Applied
	tell  func(Event)
	begun bool // the transaction for the next part is open, and empty
}

func (r *runner) run(ctx context.Context) error {
	waited, err := r.wire.lock(ctx, r.key, r.tell)
	r.done.Waited = waited
	if err != nil {
		return r.early("waiting for the lock of skein migrate", err)
	}
	defer r.wire.unlock(r.key)
	steps, exists, err := r.stillPending(ctx)
	if err != nil || len(steps) == 0 {
		return err
	}
	if !exists {
		if err := r.createTable(ctx); err != nil {
			return r.early("creating "+r.plan.Target.String(), err)
		}
	}
	if err := r.createProgress(ctx, steps); err != nil {
		return r.early("creating "+progressTable(r.plan.Target), err)
	}
	for i := range steps {
		if err := r.migration(ctx, steps, i); err != nil {
			return err
		}
	}
	return nil
}

// early is the error for a failure before anything was run.
func (r *runner) early(doing string, err error) error {
	var pg *pgconn.PgError
	e := connectionError(doing, err)
	if errors.As(err, &pg) && !isLost(err) {
		e = serverError(doing+" failed", pg)
	}
	e.Hint = lines(e.Hint, "nothing was run")
	return e
}

// stillPending reads the database again, now that nobody else changes it, and
// returns the steps that are left.
func (r *runner) stillPending(ctx context.Context) (steps []*Step, exists bool, err error) {
	var migrations []history.Migration
	for _, e := range r.plan.Report.Entries {
		migrations = append(migrations, e.Migration)
	}
	now, err := r.wire.report(ctx, migrations, r.plan.Target)
	if err != nil {
		return nil, false, err
	}
	planned := make([]*Step, len(now.Entries))
	for i := range r.plan.Steps {
		planned[r.plan.Steps[i].index] = &r.plan.Steps[i]
	}
	for i, e := range now.Entries {
		tag, step := e.Migration.Entry.Tag, planned[i]
		switch e.State {
		case StatePending, StateSkipped:
			if step == nil {
				return nil, false, changed(tag + " is not recorded as applied any more")
			}
			if e.progress.err != nil {
				return nil, false, e.progress.err
			}
			step.done = e.progress.parts
			steps = append(steps, step)
		case StateEdited:
			if step != nil {
				return nil, false, changed("another run has applied " + tag + " with other SQL than " + step.Migration.File + " has")
			}
		case StateApplied:
			if step != nil {
				r.done.ByOthers = append(r.done.ByOthers, tag)
			}
		}
	}
	return steps, now.Exists, nil
}

func changed(what string) error {
	return &diag.Error{
		Kind: diag.Refused, Message: "the database has changed since the plan was made: " + what,
		Hint: "run `skein status`, " + again + "; nothing was run",
	}
}

// createTable creates the table exactly as drizzle does. The schema is looked
// for first: a role may own the schema without being allowed to create one.
// drizzle takes no lock, so it may create both at the same time; then we see
// an error and look again.
func (r *runner) createTable(ctx context.Context) error {
	t := r.plan.Target
	for tries := 0; ; tries++ {
		err := r.tryCreateTable(ctx, t)
		if tries == 3 || !isCode(err, codeUniqueViolation, codeDuplicateSchema, codeDuplicateTable) {
			return err
		}
	}
}

func (r *runner) tryCreateTable(ctx context.Context, t Target) error {
	a, err := r.wire.one(ctx, "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = "+sqltext.QuoteLiteral(t.Schema))
	if err != nil {
		return err
	}
	if len(a.rows) == 0 {
		if _, err := r.wire.one(ctx, "CREATE SCHEMA IF NOT EXISTS "+sqltext.QuoteIdent(t.Schema)); err != nil {
			return err
		}
	}
	_, err = r.wire.one(ctx, "CREATE TABLE IF NOT EXISTS "+t.String()+" (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint)")
	return err
}
