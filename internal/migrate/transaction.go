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
	s.began = time.Now()
	failed := r.parts(ctx, s, steps[i+1:])
	took := time.Since(s.began)
	var err error
	if s.others && failed == nil {
		r.done.ByOthers = append(r.done.ByOthers, tag)
	} else if failed == nil {
		r.done.Migrations = append(r.done.Migrations, Done{Tag: tag, Duration: took})
	} else {
		failed.Detail = lines(failed.Detail, r.standing(s, failed, len(steps)-i-1))
		err = failed.Error
	}
	r.tell(MigrationEnd{Tag: tag, Number: i + 1, Total: len(steps), Duration: took, ByOthers: s.others, Err: err})
	return err
}

// parts runs the parts of a migration that are left. after are the migrations
// behind it.
func (r *runner) parts(ctx context.Context, s *Step, after []*Step) *failure {
	defer r.noticesOf(s)()
	r.fresh = true
	count := newCounter(s)
	for s.done < len(s.parts) {
		p := s.parts[s.done]
		failed := r.patiently(ctx, s, func() *failure {
			count.to(s)
			starting := func(p piece) { r.tell(count.start(p)) }
			if p.outside != "" {
				return r.outside(ctx, s, r.following(s, after), starting)
			}
			return r.transaction(ctx, s, r.following(s, after), starting)
		})
		switch {
		case failed == nil:
			s.done, s.started = s.done+1, nil
		case !failed.moved:
			return failed
		}
	}
	return nil
}

// noticesOf has what PostgreSQL says meanwhile told as the migration's.
func (r *runner) noticesOf(s *Step) (end func()) {
	r.wire.onNotice = func(n *pgconn.Notice) {
		r.tell(Notice{Tag: s.Migration.Entry.Tag, Severity: n.Severity, Message: n.Message, Detail: n.Detail, Hint: n.Hint})
	}
	return func() { r.wire.onNotice = nil }
}

// counter numbers the pieces of a migration for its events.
type counter struct {
	tag           string
	number, total int
}

func newCounter(s *Step) *counter {
	c := &counter{tag: s.Migration.Entry.Tag}
	for _, p := range s.parts {
		c.total += len(p.pieces)
	}
	return c
}

// to makes the next part's first piece the next one.
func (c *counter) to(s *Step) {
	c.number = 0
	for _, p := range s.parts[:s.done] {
		c.number += len(p.pieces)
	}
}

func (c *counter) start(p piece) StatementStart {
	c.number++
	return StatementStart{Tag: c.tag, Number: c.number, Total: c.total, Line: p.line, SQL: p.text[sqltext.FirstCode(p.text):]}
}

// following are the queries that begin the transaction behind the next part,
// to be sent along with its COMMIT: none where what comes is no transaction.
func (r *runner) following(s *Step, after []*Step) []string {
	switch next := s.done + 1; {
	case r.pooled:
	case next < len(s.parts):
		if s.parts[next].outside == "" {
			return []string{"BEGIN"}
		}
	case len(after) > 0 && after[0].done == 0 && after[0].parts[0].outside == "":
		return []string{"BEGIN", r.settings().query(false)}
	}
	return nil
}

// transaction runs the next part and records it, both or neither. starting is
// called when a piece is what the server does next.
func (r *runner) transaction(ctx context.Context, s *Step, following []string, starting func(piece)) *failure {
	if err := r.begin(ctx, s); err != nil {
		return err
	}
	if err := r.pieces(ctx, s, s.parts[s.done].pieces, starting); err != nil {
		return err
	}
	return r.commit(ctx, s, r.records(s), following)
}

// pieces runs pieces within the open transaction.
func (r *runner) pieces(ctx context.Context, s *Step, pieces []piece, starting func(piece)) *failure {
	for len(pieces) > 0 {
		n := r.together(pieces)
		if err := r.group(ctx, s, pieces[:n], starting); err != nil {
			return err
		}
		pieces = pieces[n:]
	}
	return nil
}

// begin starts a transaction, unless one was begun already. Where the session
// is not yet the migration's it is made so within it. Nothing else is sent
// along with BEGIN: if it failed, a cancel request is enough, what comes
// behind it would run without one.
func (r *runner) begin(ctx context.Context, s *Step) *failure {
	if r.begun {
		r.fresh = false
		return nil
	}
	queries := []string{"BEGIN"}
	if r.pooled {
		if f := r.waitInTurn(ctx, r.wire, s); f != nil {
			return f
		}
		queries = []string{r.settings().query(true)}
		queries = append(queries, s.setsItself()...)
	} else if r.fresh {
		queries = append(queries, r.session(s)...)
	}
	answers, err := r.wire.run(ctx, nil, queries...)
	switch {
	case isLost(err):
		return &failure{Error: connectionError("a transaction was being started", err), fate: fateWithdrawn}
	case err != nil:
		return r.stopped(s, err)
	}
	for _, a := range answers {
		switch {
		case a.canceled(ctx):
			return r.stopped(s, context.Cause(ctx))
		case a.err != nil:
			return r.refused(serverError("starting a transaction failed", a.err))
		}
	}
	r.begun = true
	return nil
}

// session are the queries that make the session the migration's: our timeouts,
// and what the parts that are done have set themselves.
func (r *runner) session(s *Step) []string {
	return append([]string{r.settings().query(false)}, s.setsItself()...)
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
	watched := r.watching(s)
	answers, err := r.wire.run(ctx, func(n int) {
		r.tell(StatementEnd{Tag: s.Migration.Entry.Tag})
		if n < len(group) {
			starting(group[n])
		}
	}, queries...)
	watched()
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
func (r *runner) commit(ctx context.Context, s *Step, records, following []string) *failure {
	r.begun, r.fresh = false, false
	queries := append(records, "COMMIT")
	committing := len(queries) - 1
	queries = append(queries, following...)
	answers, err := r.wire.run(ctx, nil, queries...)
	switch {
	case isLost(err) && len(answers) > committing && answers[committing].tag == "COMMIT":
		return nil // what comes next will find the connection gone
	case isLost(err):
		return r.lookAfterCommit(ctx, s, err)
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
	r.begun = len(following) > 0 && r.wire.conn.TxStatus() == inTransaction
	return nil
}
