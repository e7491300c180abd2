package migrate

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/sqltext"
)

// Options of Apply.
type Options struct {
	OnEvent func(Event) // told of progress; may be nil

	// LockTimeout bounds how long a statement waits for a lock, and with that how
	// long others can queue behind it. 0 stands for what the session has, for
	// example by its role, else DefaultLockTimeout; below 0 there is no bound.
	LockTimeout time.Duration
	// LockRetries is how often a transaction, or a statement that runs on its own,
	// is tried again when it got no lock in time, or was the victim of a deadlock
	// or of a serialization failure. 0 stands for DefaultLockRetries; below 0 it
	// is not tried again.
	LockRetries int
	// StatementTimeout bounds how long a statement runs. 0 leaves what the session
	// has; below 0 there is no bound.
	StatementTimeout time.Duration
	pauseLast        time.Duration // between two attempts, where a test cannot wait

	// Wait bounds how long to wait for another runner. 0 is no bound, nor is what
	// is below it.
	Wait time.Duration
}

// What Options stand for when they say nothing.
const (
	DefaultLockTimeout = 3 * time.Second
	DefaultLockRetries = 10
)

// Applied is what a run of Apply did.
type Applied struct {
	Migrations []Done        // committed by this run, in order
	Moved      []string      // tags whose record was given another time
	ByOthers   []string      // tags that another runner applied while this one waited
	Waited     time.Duration // for the lock
}

// Done is a migration that was committed.
type Done struct {
	Tag      string
	Duration time.Duration
}

// Apply runs a plan on the connection that it was made on, or another one to
// the same database. The connection is used alone until Apply returns. A
// second one is opened to see whom a statement waits for.
//
// Under an advisory lock the state is read again; what others have applied
// meanwhile is left alone, and a database that lacks more than the plan says
// is an error of kind Refused. The target schema and table are created if they
// are missing, as is a table for progress when a migration is more than one
// transaction. The first failure ends the run: that migration is rolled back,
// those before it stay, and the error says so.
//
// When ctx ends, the running statement is cancelled on the server and its
// migration is rolled back; the error wraps ctx's. The result is never nil.
func Apply(ctx context.Context, conn *pgx.Conn, p *Pending, o Options) (*Applied, error) {
	return OnPgx(conn).Apply(ctx, p, o)
}

// runner is one run of Apply.
type runner struct {
	wire    *wire
	own     link // the wire's, where it had to be opened anew
	watcher watcher
	open    func(context.Context) (link, error) // a further connection
	plan    *Pending
	o       Options
	key     int64
	done    *Applied
	telling sync.Mutex
	begun   bool // the transaction for the next part is open, and empty
	fresh   bool // the session does not have the migration's settings
	logs    bool // there is a log
	pooled  bool // a connection pooler is in between
	pid     uint32
	holder  *wire // has the lock behind a pooler, while a statement runs on its own
	before  sessionSettings
}

// tell sends an event. The watcher does so too.
func (r *runner) tell(e Event) {
	r.telling.Lock()
	defer r.telling.Unlock()
	if r.o.OnEvent != nil {
		r.o.OnEvent(e)
	}
}

func (r *runner) close() {
	r.watcher.close()
	if r.own != nil {
		ctx, cancel := context.WithTimeout(context.Background(), watchLimit)
		defer cancel()
		_ = r.own.Close(ctx) // there is nothing to lose on it
	}
}

func (r *runner) run(ctx context.Context) error {
	if err := r.enter(ctx); err != nil {
		return r.early("waiting for the lock of skein migrate", err)
	}
	if !r.pooled {
		defer func() { r.wire.unlock(r.key, r.before) }()
	}
	if err := r.runOpen(ctx); err != nil {
		return err
	}
	return r.moves(ctx)
}

// runOpen runs what is still to be run.
func (r *runner) runOpen(ctx context.Context) error {
	steps, exists, err := r.stillPending(ctx)
	if err != nil || len(steps) == 0 {
		return err
	}
	if err := r.prepareTables(ctx, steps, exists); err != nil {
		return err
	}
	if r.plan.whole {
		return r.allInOne(ctx, steps)
	}
	for i := range steps {
		if err := r.migration(ctx, steps, i); err != nil {
			return err
		}
	}
	return nil
}

// prepareTables creates what is missing.
func (r *runner) prepareTables(ctx context.Context, steps []*Step, exists bool) error {
	if r.pooled {
		if f := r.waitInTurn(ctx, r.wire, nil); f != nil {
			return f.Error
		}
		defer func() { _ = r.wire.rollback() }() // of what was not committed
	}
	if !exists {
		if err := r.createTable(ctx); err != nil {
			return r.early("creating "+r.plan.Target.String(), err)
		}
	}
	if err := r.prepareLog(ctx, steps); err != nil {
		return r.early("creating "+logTable(r.plan.Target), err)
	}
	if r.pooled {
		if _, err := r.wire.one(ctx, "COMMIT"); err != nil {
			return r.early("creating "+r.plan.Target.String(), err)
		}
	}
	return nil
}

// enter makes this the only runner.
func (r *runner) enter(ctx context.Context) (err error) {
	if err := r.readSettings(ctx); err != nil {
		return err
	}
	if r.pooled {
		return nil
	}
	r.done.Waited, err = r.wire.lock(ctx, r.key, r.o.Wait, r.tell)
	return err
}

// early is the error for a failure before anything was run.
func (r *runner) early(doing string, err error) *diag.Error {
	var pg *pgconn.PgError
	var known *diag.Error
	if errors.As(err, &known) {
		return known
	}
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
	now, err := r.look(ctx, r.wire)
	if err != nil {
		return nil, false, err
	}
	if r.plan.reverse {
		steps, err := r.stillApplied(now)
		return steps, now.Exists, err
	}
	r.done.ByOthers = nil
	planned := make([]*Step, len(now.Entries))
	for i := range r.plan.Steps {
		planned[r.plan.Steps[i].index] = &r.plan.Steps[i]
	}
	for i, e := range now.Entries {
		tag, step := e.Migration.Entry.Tag, planned[i]
		switch e.State {
		case StatePending, StateSkipped:
			if step == nil {
				return nil, false, r.changed(tag + " is not recorded as applied any more")
			}
			if e.progress.err != nil {
				return nil, false, e.progress.err
			}
			step.done, step.started = e.progress.parts, e.progress.started
			steps = append(steps, step)
		case StateEdited:
			if step != nil {
				return nil, false, r.edited(step)
			}
		case StateApplied:
			if step != nil {
				r.done.ByOthers = append(r.done.ByOthers, tag)
			}
		}
	}
	return steps, now.Exists, nil
}

func (r *runner) changed(what string) error {
	return &diag.Error{
		Kind: diag.Refused, Err: ErrChanged, Message: "the database has changed since the plan was made: " + what,
		Hint: "run `skein status`, " + r.plan.way().again + "; nothing was run",
	}
}

// edited is the error when a step's entry is recorded with another text.
func (r *runner) edited(s *Step) error {
	return r.changed("another run has applied " + s.Migration.Entry.Tag + " with other SQL than its file has")
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
