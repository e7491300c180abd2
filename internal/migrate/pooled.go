package migrate

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/skein-db/skein/internal/diag"
)

// Behind a connection pooler such as PgBouncer, the server's end of our
// connection may be another one in every transaction. What belongs to a
// session, its locks and settings, then stays with a connection that somebody
// else gets next. So there the lock and the timeouts are the transaction's:
// each transaction takes the lock and looks whether another runner was faster.
// While a statement runs that PostgreSQL takes in no transaction, a transaction
// on a second connection has the lock.
//
// Whether there is a pooler is seen by the process number: a pooler makes one
// up for its clients, and the server's own is another.

// waitInTurn opens a transaction with the lock on w. The migration may have
// moved on meanwhile: then it is rolled back and the failure says so. s is nil
// where the transaction is for none.
func (r *runner) waitInTurn(ctx context.Context, w *wire, s *Step) *failure {
	start, told := time.Now(), time.Duration(-1)
	for pause := lockPollFirst; ; pause = min(2*pause, lockPollLast) {
		locked, f := r.tryTurn(ctx, w, s)
		if f != nil || locked {
			return f
		}
		waited := time.Since(start)
		if told < 0 || waited-told >= lockTellAgain {
			told = waited
			r.tell(LockWait{Waited: waited, Holders: w.holders(ctx, r.key)})
		}
		if limit := r.o.Wait; limit > 0 && waited >= limit {
			return &failure{Error: r.early("", stillHeld(waited, w.holders(ctx, r.key))), fate: fateRolledBack}
		}
		select {
		case <-ctx.Done():
			return &failure{Error: r.early("waiting for the lock of skein migrate", context.Cause(ctx)), fate: fateRolledBack}
		case <-time.After(pause):
			r.done.Waited += pause
		}
	}
}

// tryTurn begins a transaction and asks for the lock. The transaction sees
// what others have committed before it got the lock only at this isolation
// level.
func (r *runner) tryTurn(ctx context.Context, w *wire, s *Step) (bool, *failure) {
	a, err := w.one(ctx, "BEGIN ISOLATION LEVEL READ COMMITTED")
	if err == nil {
		a, err = w.one(ctx, fmt.Sprintf("SELECT pg_catalog.pg_try_advisory_xact_lock(%d), pg_catalog.pg_backend_pid(), pg_catalog.set_config('idle_in_transaction_session_timeout', '0', true)", r.key))
	}
	if err == nil && text(a.rows[0][0]) == "t" {
		pid, _ := strconv.ParseUint(text(a.rows[0][1]), 10, 32) // an integer
		r.pid = uint32(pid)
		if s == nil {
			return true, nil
		}
		return true, r.moved(ctx, w, s)
	}
	lost := w.rollback()
	switch {
	case err == nil && lost == nil:
		return false, nil
	case err == nil:
		err = lost
	}
	return false, &failure{Error: r.early("a transaction was being started", err), fate: fateWithdrawn}
}

// moved looks under the lock whether another runner has done the next part.
// If so the step says how far it is now.
func (r *runner) moved(ctx context.Context, w *wire, s *Step) *failure {
	report, err := r.look(ctx, w)
	if err != nil {
		_ = w.rollback()
		return &failure{Error: r.early("reading what is applied", err), fate: fateRolledBack}
	}
	e := report.Entries[s.index]
	var stop error
	switch {
	case e.State == StateEdited:
		stop = r.edited(s)
	case e.progress.err != nil:
		stop = e.progress.err
	case !r.plan.left(&e):
		s.done, s.others = len(s.parts), true
	case e.progress.parts != s.done || (e.progress.started == nil) != (s.started == nil):
		s.done, s.started = e.progress.parts, e.progress.started
	default:
		return nil
	}
	_ = w.rollback()
	if stop != nil {
		return &failure{Error: r.early("", stop), fate: fateRolledBack}
	}
	return &failure{moved: true}
}

// turnAside holds the lock by a transaction on a second connection.
func (r *runner) turnAside(ctx context.Context, s *Step) (*wire, func(), *failure) {
	conn, err := r.open(ctx)
	if err != nil {
		return nil, nil, r.aside("a second connection for the lock was being opened", s, &lostError{err})
	}
	closing := func() {
		ctx, cancel := context.WithTimeout(context.Background(), watchLimit)
		defer cancel()
		_ = conn.Close(ctx) // with the lock, if it still has it
	}
	w := &wire{conn: conn}
	if f := r.waitInTurn(ctx, w, s); f != nil {
		closing()
		return nil, nil, f
	}
	// A driver that prepares its statements leaves the last one's portal open,
	// and with it a snapshot that CREATE INDEX CONCURRENTLY waits for. That of a
	// SET has none.
	if _, err := w.one(ctx, "SET LOCAL idle_in_transaction_session_timeout = 0"); err != nil {
		closing()
		return nil, nil, r.aside("the lock was being taken", s, err)
	}
	r.pid = 0 // of the transaction that holds the lock
	return w, closing, nil
}

// keepsNothing is the failure when a statement that runs on its own depends on
// a setting of its session.
func (r *runner) keepsNothing(s *Step, p piece) *failure {
	e := atStatement(s, p, 0)
	e.Message = "this statement runs in no transaction, so behind a connection pooler it does not have what the file has SET before it"
	e.Hint = "connect to PostgreSQL itself, not to the pooler, " + r.plan.way().again
	if _, other := r.wire.conn.(*sqlLink); other {
		e.Message = "this statement runs in no transaction, so over this driver it does not have what the file has SET before it"
		e.Hint = "use pgx, " + r.plan.way().again
	}
	e.Kind = diag.Refused
	return &failure{Error: e, fate: fateFailed}
}
