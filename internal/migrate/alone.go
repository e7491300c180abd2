package migrate

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/diag"
)

// outside runs the next part, a statement that PostgreSQL takes in no
// transaction. It and its record cannot come together, so that it is begun is
// recorded before it: when the end is not, the catalog shows what became of it.
func (r *runner) outside(ctx context.Context, s *Step, following []string, starting func(piece)) *failure {
	p := s.parts[s.done].pieces[0]
	if r.pooled {
		if len(s.setsItself()) > 0 {
			return r.keepsNothing(s, p)
		}
		holder, end, f := r.turnAside(ctx, s)
		if f != nil {
			return f
		}
		defer end()
		r.holder = holder
	}
	if err := r.prepareSession(ctx, s); err != nil {
		return r.aside("preparing the session", s, err)
	}
	left, err := r.wire.remainsOf(ctx, p.text, s.started)
	if err != nil {
		return r.aside("looking at what is there already", s, err)
	}
	if left.done {
		r.tell(Found{Tag: s.Migration.Entry.Tag, Line: p.line, SQL: p.text})
		return r.recordOutside(ctx, s, following)
	}
	if f := r.clear(ctx, s, p, left); f != nil {
		return f
	}
	s.started = &logDetails{Statement: textHash(p.text), Indexes: left.indexes}
	if _, err := r.wire.one(ctx, r.logEntry(s, s.events().started, s.done, *s.started)); err != nil {
		return r.aside("recording that a statement is begun", s, err)
	}
	starting(p)
	query := p.text
	if left.instead != "" {
		query = left.instead
	}
	a, err := r.alone(ctx, s, query)
	switch {
	case isLost(err):
		f := r.brokenOff(s, p, err)
		f.fate = fateUnsure
		return f
	case err != nil:
		return r.stopped(s, err)
	case a.err != nil:
		return r.failedOutside(ctx, s, p, a)
	}
	r.tell(StatementEnd{Tag: s.Migration.Entry.Tag})
	return r.recordOutside(ctx, s, following)
}

// prepareSession makes the session the migration's where it is not yet.
func (r *runner) prepareSession(ctx context.Context, s *Step) error {
	if !r.fresh || r.pooled {
		return nil
	}
	for _, query := range r.session(s) {
		if _, err := r.wire.one(ctx, query); err != nil {
			return err
		}
	}
	r.fresh = false
	return nil
}

// clear takes away what an earlier attempt has left.
func (r *runner) clear(ctx context.Context, s *Step, p piece, left remains) *failure {
	if len(left.clear) > 0 && len(left.busy) > 0 {
		e := atStatement(s, p, 0)
		e.Message, e.Hint = "somebody else builds this index, or changes its table in another way", "wait for it, "+r.plan.way().again
		return &failure{Error: e, fate: fateFailed, again: true, blockers: left.busy}
	}
	for _, query := range left.clear {
		a, err := r.alone(ctx, s, query)
		if err == nil && a.err != nil {
			err = a.err
		}
		if err != nil {
			return r.aside("dropping what an earlier attempt has left ("+query+")", s, err)
		}
		r.tell(Cleared{Tag: s.Migration.Entry.Tag, SQL: query})
	}
	return nil
}

// alone sends a single query in no transaction.
func (r *runner) alone(ctx context.Context, s *Step, query string) (answer, error) {
	if !r.pooled && gentle(outside(query, 0)) && !s.ownLockTimeout(s.done) {
		if _, err := r.wire.one(ctx, sessionSettings{lock: "0"}.query(false)); err != nil {
			return answer{}, err
		}
		r.fresh = true
	}
	defer r.watching(s)()
	answers, err := r.wire.run(ctx, nil, query)
	if err != nil {
		return answer{}, err
	}
	return answers[0], nil
}

// failedOutside is the failure when PostgreSQL has refused or ended the
// statement. That it did is recorded: nobody has to look what became of it.
func (r *runner) failedOutside(ctx context.Context, s *Step, p piece, a answer) *failure {
	var e *diag.Error
	cause := context.Cause(ctx)
	if a.canceled(ctx) {
		e = atStatement(s, p, 0)
		e.Message, e.Err, e.Hint = givenUp(cause)+" while this statement was running", cause, r.plan.way().goesOn
	} else {
		e = r.statementError(s, p, a)
		e.Hint = lines(e.Hint, r.plan.way().mend+", "+r.plan.way().again)
	}
	f := &failure{Error: e, fate: fateFailed, again: isCode(e.Err, codeLockTimeout, codeDeadlock, codeSerialization)}
	if f.again {
		f.blockers = r.watcher.last
	}
	noting, cancel := context.WithTimeout(context.WithoutCancel(ctx), cancelGrace)
	defer cancel()
	s.started.failed = true
	_, _ = r.wire.one(noting, r.logEntry(s, s.events().failed, s.done, *s.started)) // without it the next run looks
	if left, err := r.wire.remainsOf(noting, p.text, s.started); err == nil && len(left.clear) > 0 {
		e.Hint = lines(e.Hint, "it has left an invalid index, which the next run drops")
	}
	return f
}

// recordOutside records the part as done.
func (r *runner) recordOutside(ctx context.Context, s *Step, following []string) *failure {
	if r.pooled { // the transaction that has the lock is the one to record in
		main := r.wire
		r.wire, r.begun = r.holder, true
		defer func() {
			if r.wire == r.holder {
				r.wire = main
			}
		}()
	}
	if err := r.begin(ctx, s); err != nil {
		err.fate = fateUnsure
		return err
	}
	failed := r.commit(ctx, s, r.records(s), following)
	if failed != nil && failed.fate != fateUnknown {
		failed.fate = fateUnsure
	}
	return failed
}

// aside is the failure of what we do around a statement that runs on its own,
// of which nothing was run.
func (r *runner) aside(doing string, s *Step, err error) *failure {
	known := r.early(doing, err)
	var pg *pgconn.PgError
	known.File = s.Migration.File
	known.Hint = r.plan.way().goesOn
	f := &failure{Error: known, fate: fateFailed}
	if errors.As(err, &pg) {
		f.again, f.blockers = isCode(err, codeLockTimeout, codeDeadlock, codeSerialization), r.watcher.last
		known.Hint = r.plan.way().goesOn + " when that is out of the way"
	}
	return f
}
