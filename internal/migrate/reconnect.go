package migrate

import (
	"context"
	"time"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/history"
)

const (
	reconnectLimit = 30 * time.Second
	reconnectPause = 250 * time.Millisecond
)

// lookAfterCommit finds out what became of a COMMIT that was not answered. A
// new connection takes the lock, which the old session has until it is gone,
// so that nothing is committed any more after the look. Then the run goes on
// there.
func (r *runner) lookAfterCommit(ctx context.Context, s *Step, lost error) *failure {
	unknown := r.commitBroken(s, lost)
	looking, cancel := context.WithTimeout(ctx, reconnectLimit)
	defer cancel()
	conn := r.reconnect(looking)
	if conn == nil {
		return unknown
	}
	w := &wire{conn: conn, onNotice: r.wire.onNotice}
	if r.pooled {
		return r.lookInTurn(looking, s, conn, w, unknown)
	}
	if _, err := w.lock(looking, r.key, 0, r.tell); err != nil {
		_ = conn.Close(context.Background())
		return unknown
	}
	r.adopt(conn, w)
	report, err := r.look(looking, w)
	if err != nil {
		return unknown
	}
	e := report.Entries[s.index]
	if !r.plan.left(&e) || e.progress.err == nil && e.progress.parts > s.done {
		r.tell(Reconnected{Tag: s.Migration.Entry.Tag})
		return nil
	}
	return r.notCommitted(s, lost)
}

// lookInTurn is the rest of that behind a pooler.
func (r *runner) lookInTurn(ctx context.Context, s *Step, conn link, w *wire, unknown *failure) *failure {
	lost, before := unknown.Err, s.done
	f := r.waitInTurn(ctx, w, s)
	r.adopt(conn, w)
	switch {
	case f == nil:
		_ = w.rollback()
		return r.notCommitted(s, lost)
	case f.moved && s.done > before:
		s.done, s.others = before, false // the caller counts it
		r.tell(Reconnected{Tag: s.Migration.Entry.Tag})
		return nil
	}
	return unknown
}

func (r *runner) notCommitted(s *Step, lost error) *failure {
	return &failure{fate: fateRolledBack, Error: &diag.Error{
		Kind: diag.Database, File: s.Migration.File, Err: lost,
		Message: "the connection to the database was lost while " + s.name() + " was being committed",
		Detail:  lines(lostReason(lost), "a new connection shows that it was not"),
		Hint:    r.plan.way().goesOn,
	}}
}

// reconnect opens a new connection as soon as the server lets it, nil when it
// does not in time.
func (r *runner) reconnect(ctx context.Context) link {
	for {
		conn, err := r.open(ctx)
		if err == nil {
			return conn
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(reconnectPause):
		}
	}
}

// adopt makes a new connection the one that the run goes on with.
func (r *runner) adopt(conn link, w *wire) {
	if r.own != nil {
		_ = r.own.Close(context.Background()) // it is lost
	}
	r.own, r.wire, r.begun, r.fresh = conn, w, false, true
}

func (r *runner) migrations() []history.Migration {
	var all []history.Migration
	for _, e := range r.plan.Report.Entries {
		all = append(all, e.Migration)
	}
	return all
}
