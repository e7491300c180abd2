package migrate

import (
	"context"
	"fmt"
	"time"
)

// allInOne runs all migrations of the run in one transaction.
func (r *runner) allInOne(ctx context.Context, steps []*Step) error {
	at := 0
	start := time.Now()
	failed := r.patiently(ctx, steps[0], func() *failure {
		r.fresh = true
		if err := r.begin(ctx, steps[0]); err != nil {
			return err
		}
		for at = range steps {
			if err := r.member(ctx, steps, at); err != nil {
				return err
			}
		}
		return r.commit(ctx, steps[at], nil, nil)
	})
	if failed != nil && failed.moved { // another runner was faster
		left, _, err := r.stillPending(ctx)
		if err != nil || len(left) == 0 {
			return err
		}
		return r.allInOne(ctx, left)
	}
	if failed == nil {
		for i, s := range steps {
			r.done.Migrations = append(r.done.Migrations, Done{Tag: s.Migration.Entry.Tag, Duration: s.took})
			r.tell(MigrationEnd{Tag: s.Migration.Entry.Tag, Number: i + 1, Total: len(steps), Duration: s.took})
		}
		return nil
	}
	tag := steps[at].Migration.Entry.Tag
	failed.Detail = lines(failed.Detail, fmt.Sprintf("the %d migrations are a single transaction; %s", len(steps), map[fate]string{
		fateRolledBack: "all of it was rolled back",
		fateWithdrawn:  "nothing of it was committed, PostgreSQL rolls it back when it notices that the connection is gone",
		fateUnknown:    "it may be committed or not",
		fateBroken:     "it was ended in its middle, and what was run before is not recorded",
	}[failed.fate]))
	r.tell(MigrationEnd{Tag: tag, Number: at + 1, Total: len(steps), Duration: time.Since(start), Err: failed.Error})
	return failed.Error
}

// member runs one of several migrations in the open transaction.
func (r *runner) member(ctx context.Context, steps []*Step, i int) *failure {
	s := steps[i]
	r.tell(MigrationStart{Tag: s.Migration.Entry.Tag, Number: i + 1, Total: len(steps)})
	defer r.noticesOf(s)()
	s.began = time.Now()
	count := newCounter(s)
	if err := r.pieces(ctx, s, s.parts[0].pieces, func(p piece) { r.tell(count.start(p)) }); err != nil {
		return err
	}
	answers, err := r.wire.run(ctx, nil, r.records(s)...)
	if err != nil {
		if isLost(err) {
			return &failure{Error: connectionError("recording "+s.Migration.Entry.Tag, err), fate: fateWithdrawn}
		}
		return r.stopped(s, err)
	}
	for _, a := range answers {
		switch {
		case a.canceled(ctx):
			return r.stopped(s, context.Cause(ctx))
		case a.err != nil:
			return r.refused(endError(s, "recording", a.err))
		}
	}
	s.took = time.Since(s.began)
	return nil
}
