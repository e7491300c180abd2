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
	failed := r.parts(ctx, s, i < len(steps)-1)
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
// more says that another migration follows.
func (r *runner) parts(ctx context.Context, s *Step, more bool) *failure {
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
		err := r.transaction(ctx, s, p.pieces, more || i < len(s.parts)-1, func(p piece) {
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
// neither. starting is called when a piece is what the server does next; more
// says that another transaction follows.
func (r *runner) transaction(ctx context.Context, s *Step, pieces []piece, more bool, starting func(piece)) *failure {
	if !r.begun {
		if err := r.begin(ctx, s); err != nil {
			return err
		}
	}
	for len(pieces) > 0 {
		n := r.together(pieces)
		if err := r.group(ctx, s, pieces[:n], starting); err != nil {
			return err
		}
		pieces = pieces[n:]
	}
	return r.commit(ctx, s, more)
}

// begin starts a transaction. Nothing is sent along with BEGIN: if it failed,
// a cancel request is enough, what comes behind it would run without one.
func (r *runner) begin(ctx context.Context, s *Step) *failure {
	answers, err := r.wire.run(ctx, nil, "BEGIN")
	switch {
	case isLost(err):
		return &failure{connectionError("a transaction was being started", err), fateWithdrawn}
	case err != nil:
		return r.stopped(s, err)
	case answers[0].canceled(ctx):
		return r.stopped(s, context.Cause(ctx))
	case answers[0].err != nil:
		return r.refused(serverError("starting a transaction failed", answers[0].err))
	}
	r.begun = true
	return nil
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

// group runs pieces that are sent together.
func (r *runner) group(ctx context.Context, s *Step, group []piece, starting func(piece)) *failure {
	queries := make([]string, len(group))
	for i, p := range group {
		queries[i] = p.text
	}
	starting(group[0])
	answers, err := r.wire.run(ctx, func(n int) {
		if n < len(group) {
			starting(group[n])
		}
	}, queries...)
	switch {
	case isLost(err):
		return r.brokenOff(s, group[len(answers)], err)
	case err != nil:
		return r.stopped(s, err)
	}
	for i, a := range answers {
		switch {
		case a.status == idle:
			return r.transactionEnded(s, group[i], a)
		case a.canceled(ctx):
			return r.interrupted(s, group[i], a.commands, context.Cause(ctx))
		case a.err != nil:
			return r.refused(r.statementError(s, group[i], a))
		}
	}
	return nil
}

// commit records the part and ends its transaction. The record fails or holds
// together with the rest: after a failed INSERT, COMMIT rolls back. The next
// transaction is begun in the same round trip; if the COMMIT fails, that one
// is rolled back before anything is done in it.
func (r *runner) commit(ctx context.Context, s *Step, more bool) *failure {
	r.begun = false
	queries := append(s.records(r.plan.Target), "COMMIT")
	committing := len(queries) - 1
	if more {
		queries = append(queries, "BEGIN")
	}
	answers, err := r.wire.run(ctx, nil, queries...)
	switch {
	case isLost(err) && len(answers) > committing && answers[committing].tag == "COMMIT":
		return nil // what comes next will find the connection gone
	case isLost(err):
		return r.commitBroken(s, err)
	case err != nil:
		return r.stopped(s, err)
	}
	for i, a := range answers[:committing+1] {
		switch {
		case a.canceled(ctx):
			return r.stopped(s, context.Cause(ctx))
		case a.err != nil && i < committing:
			return r.refused(endError(s, "recording", a.err))
		case a.err != nil:
			return r.refused(endError(s, "committing", a.err))
		}
	}
	if tag := answers[committing].tag; tag != "COMMIT" {
		return r.refused(&diag.Error{Kind: diag.Database, File: s.Migration.File, Message: "PostgreSQL answered COMMIT by " + tag})
	}
	r.begun = more && r.wire.conn.TxStatus() == inTransaction
	return nil
}
