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
	start := StatementStart{Tag: s.Migration.Entry.Tag}
	for _, p := range s.parts {
		start.Total += len(p.pieces)
	}
	for i, p := range s.parts {
		if i < s.done {
			start.Number += len(p.pieces)
			continue
		}
		err := r.transaction(ctx, s, p.pieces, func(p piece) {
			start.Number++
			start.Line, start.SQL = p.line, p.text[sqltext.FirstCode(p.text):]
			r.tell(start)
		})
		if err != nil {
			return err
		}
		s.done = i + 1
	}
	return nil
}

// transaction runs the pieces of the next part and records it, both or
// neither. starting is called when a piece is what the server does next.
func (r *runner) transaction(ctx context.Context, s *Step, pieces []piece, starting func(piece)) *failure {
	// BEGIN goes with the first piece, COMMIT with the record: each is a query
	// of its own, but not a round trip of its own.
	before := []string{"BEGIN"}
	for len(pieces) > 0 {
		n := r.together(pieces)
		if err := r.group(ctx, s, before, pieces[:n], starting); err != nil {
			return err
		}
		before, pieces = nil, pieces[n:]
	}
	return r.commit(ctx, s, before)
}

// together says how many of the pieces are sent without waiting for answers.
// That they hold no hidden COMMIT, which would make the ones behind it run
// outside of the transaction, is known only while quotes mean what they do in
// package sqltext.
func (r *runner) together(pieces []piece) int {
	size := len(pieces[0].text)
	if r.wire.conn.ParameterStatus("standard_conforming_strings") != "on" {
		return 1
	}
	for i, p := range pieces[1:] {
		if size += len(p.text); size > togetherBytes {
			return i + 1
		}
	}
	return len(pieces)
}

// group runs pieces that are sent together, behind the queries before.
func (r *runner) group(ctx context.Context, s *Step, before []string, group []piece, starting func(piece)) *failure {
	queries := before
	for _, p := range group {
		queries = append(queries, p.text)
	}
	if len(before) == 0 {
		starting(group[0])
	}
	answers, err := r.wire.run(ctx, func(n int) {
		if next := n - len(before); next >= 0 && next < len(group) {
			starting(group[next])
		}
	}, queries...)
	switch {
	case isLost(err):
		return r.brokenOff(s, group[max(0, len(answers)-len(before))], err)
	case err != nil:
		return r.stopped(s, err)
	}
	for i, a := range answers {
		if err := r.judge(ctx, s, a, group, i-len(before)); err != nil {
			return err
		}
	}
	return nil
}

// judge looks at the answer to the i-th piece of a group, or to BEGIN.
func (r *runner) judge(ctx context.Context, s *Step, a answer, group []piece, i int) *failure {
	switch {
	case a.err != nil && i < 0:
		return r.refused(serverError("starting a transaction failed", a.err))
	case a.status == idle:
		return r.transactionEnded(s, group[i], a)
	case a.canceled(ctx):
		return r.interrupted(s, group[i], a.commands, context.Cause(ctx))
	case a.err != nil:
		return r.refused(r.statementError(s, group[i], a))
	}
	return nil
}

// commit records the part and ends its transaction. The record fails or holds
// together with the rest: after a failed INSERT, COMMIT rolls back.
func (r *runner) commit(ctx context.Context, s *Step, before []string) *failure {
	queries := append(append(before, s.records(r.plan.Target)...), "COMMIT")
	answers, err := r.wire.run(ctx, nil, queries...)
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
