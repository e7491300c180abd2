package migrate

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/sqltext"
)

// migration runs one migration of the run and tells about it.
func (r *runner) migration(ctx context.Context, steps []*Step, i int) error {
	s := steps[i]
	tag := s.Migration.Entry.Tag
	r.tell(MigrationStart{Tag: tag, Number: i + 1, Total: len(steps)})
	start := time.Now()
	failed := r.parts(ctx, s)
	took := time.Since(start)
	var err error
	if failed == nil {
		r.done.Migrations = append(r.done.Migrations, Done{Tag: tag, Duration: took})
	} else {
		failed.Detail = lines(failed.Detail, r.standing(s, failed, len(steps)-i-1))
		err = failed.Error
	}
	r.tell(MigrationEnd{Tag: tag, Number: i + 1, Total: len(steps), Duration: took, Err: err})
	return err
}

// parts runs the parts of a migration that are left, each in a transaction.
func (r *runner) parts(ctx context.Context, s *Step) *failure {
	r.wire.onNotice = func(n *pgconn.Notice) {
		r.tell(Notice{Tag: s.Migration.Entry.Tag, Severity: n.Severity, Message: n.Message, Detail: n.Detail, Hint: n.Hint})
	}
	defer func() { r.wire.onNotice = nil }()
	total, number := 0, 0
	for _, p := range s.parts {
		total += len(p.pieces)
	}
	for i, p := range s.parts {
		if i >= s.done {
			if err := r.transaction(ctx, s, p.pieces, number, total); err != nil {
				return err
			}
			s.done = i + 1
		}
		number += len(p.pieces)
	}
	return nil
}

// transaction runs the pieces of the next part and records it, both or
// neither.
func (r *runner) transaction(ctx context.Context, s *Step, pieces []piece, number, total int) *failure {
	// BEGIN goes with the first query, COMMIT with the last: each stands in a
	// query of its own, but not in a round trip of its own.
	before := []string{"BEGIN"}
	for i, p := range pieces {
		code := sqltext.FirstCode(p.text)
		r.tell(StatementStart{Tag: s.Migration.Entry.Tag, Number: number + i + 1, Total: total, Line: p.line, SQL: p.text[code:]})
		if err := r.piece(ctx, s, p, append(before, p.text)); err != nil {
			return err
		}
		before = nil
	}
	return r.commit(ctx, s, before)
}

// piece runs the queries of which the last is the piece.
func (r *runner) piece(ctx context.Context, s *Step, p piece, queries []string) *failure {
	answers, err := r.wire.run(ctx, queries...)
	switch {
	case isLost(err):
		return r.brokenOff(s, p, err)
	case err != nil:
		return r.stopped(s, err)
	}
	for i, a := range answers {
		switch {
		case a.err != nil && i < len(answers)-1:
			return r.refused(serverError("starting a transaction failed", a.err))
		case a.status == idle:
			return r.transactionEnded(s, p, a)
		case a.canceled(ctx):
			return r.interrupted(s, p, a.commands, context.Cause(ctx))
		case a.err != nil:
			return r.refused(r.statementError(s, p, a))
		}
	}
	return nil
}

// commit records the part and ends its transaction. The record fails or holds
// together with the rest: after a failed INSERT, COMMIT rolls back.
func (r *runner) commit(ctx context.Context, s *Step, before []string) *failure {
	queries := append(append(before, s.records(r.plan.Target)...), "COMMIT")
	answers, err := r.wire.run(ctx, queries...)
	switch {
	case isLost(err):
		return r.commitBroken(s, err)
	case err != nil:
		return r.stopped(s, err)
	}
	last := len(answers) - 1
	for i, a := range answers {
		switch {
		case a.canceled(ctx):
			return r.stopped(s, context.Cause(ctx))
		case a.err != nil && i < last:
			return r.refused(endError(s, "recording", a.err))
		case a.err != nil:
			return r.refused(endError(s, "committing", a.err))
		}
	}
	if answers[last].tag != "COMMIT" {
		return r.refused(&diag.Error{Kind: diag.Database, File: s.Migration.File, Message: "PostgreSQL answered COMMIT by " + answers[last].tag})
	}
	return nil
}
