package migrate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

const (
	// cancelAgain is the time between two cancel requests: one that reaches the
	// server between two statements has no effect.
	cancelAgain = 250 * time.Millisecond
	// cancelGrace is how long a cancelled statement may take to end before the
	// connection is given up.
	cancelGrace = 5 * time.Second
	// togetherBytes bounds what is sent without waiting for answers. So much
	// always fits into the buffers between here and the server, even while the
	// server does not read because it waits for us to read.
	togetherBytes = 8 << 10
)

// Errors of SQL are identified by code:
// https://www.postgresql.org/docs/current/errcodes-appendix.html
const (
	codeQueryCanceled    = "57014"
	codeUndefinedTable   = "42P01"
	codeUndefinedColumn  = "42703"
	codeInvalidSchema    = "3F000"
	codeUniqueViolation  = "23505"
	codeDuplicateSchema  = "42P06"
	codeDuplicateTable   = "42P07"
	codeInTransaction    = "25001"
	codeTermination      = "2D000"
	codeUnsafeEnum       = "55P04"
	codeNotSupported     = "0A000"
	codeUndefinedFile    = "58P01"
	codeSyntax           = "42601"
	codeUndefinedObject  = "42704"
	codeUndefinedRoutine = "42883"
	codeLockTimeout      = "55P03"
	codeDeadlock         = "40P01"
	codeDuplicateObject  = "42710"
	codeDuplicateColumn  = "42701"
	codePrivilege        = "42501"
	codeRaised           = "P0001"
	codeReadOnly         = "25006"
	codeSerialization    = "40001"
)

// Transaction states, as ReadyForQuery tells them.
const (
	idle              = byte('I') // not in a transaction
	inTransaction     = byte('T') // in one in which nothing has failed
	failedTransaction = byte('E')
)

// answer is what the server said to one query.
type answer struct {
	commands int    // statements of the query that were completed
	tag      string // of the last of them
	rows     [][]*string
	err      *pgconn.PgError // what stopped it, or nil
	status   byte            // transaction state afterwards
}

// canceled says whether the query was stopped because the caller gave up.
func (a answer) canceled(ctx context.Context) bool {
	return a.err != nil && a.err.Code == codeQueryCanceled && ctx.Err() != nil
}

// lostError says that the connection is gone.
type lostError struct{ cause error }

func (e *lostError) Error() string { return e.cause.Error() }
func (e *lostError) Unwrap() error { return e.cause }

// unansweredError is the cause when a statement did not end after it was
// cancelled.
type unansweredError struct{ cause error }

func (e *unansweredError) Error() string {
	return fmt.Sprintf("nothing came back within %v of the request to cancel it", cancelGrace)
}
func (e *unansweredError) Unwrap() error { return e.cause }

func isLost(err error) bool {
	var lost *lostError
	return errors.As(err, &lost)
}

// wire runs queries on a link.
type wire struct {
	conn     link
	onNotice func(*pgconn.Notice)
	keepRows bool // in answers; a migration's SELECTs are of no interest
}

// run sends the queries together and waits for all answers; answered, if not
// nil, is told how many good ones have come, up to the first failure. The
// server runs each query whatever became of those before it. So they must be
// such that those behind a failure do nothing, which is so within a
// transaction. If there is more than one, they must be short together (see
// togetherBytes), or both sides could end up waiting for the other to read.
//
// When ctx ends, the running statement is cancelled on the server, and its
// answer says so. The error is ctx's if nothing was sent, else a *lostError;
// then the answers are those that came before.
func (w *wire) run(ctx context.Context, answered func(n int), queries ...string) ([]answer, error) {
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	return w.conn.exchange(ctx, reading{answered: answered, rows: w.keepRows, notice: w.onNotice}, queries)
}

// one is run for a single query of which the rows are wanted. Its error may
// also be the server's, or ctx's when that ended meanwhile.
func (w *wire) one(ctx context.Context, query string) (answer, error) {
	w.keepRows = true
	defer func() { w.keepRows = false }()
	answers, err := w.run(ctx, nil, query)
	if err != nil {
		return answer{}, err
	}
	switch a := answers[0]; {
	case a.canceled(ctx):
		return a, context.Cause(ctx)
	case a.err != nil:
		return a, a.err
	default:
		return a, nil
	}
}

// rollback ends a transaction that must not be committed. A cancel request
// that came late may hit it instead of the statement it was meant for.
func (w *wire) rollback() error {
	ctx, cancel := context.WithTimeout(context.Background(), cancelGrace)
	defer cancel()
	for {
		if w.conn.TxStatus() == idle && !w.conn.IsClosed() {
			return nil
		}
		a, err := w.one(ctx, "ROLLBACK")
		var pg *pgconn.PgError
		switch {
		case err == nil && a.status == idle:
			return nil
		case err == nil:
			return fmt.Errorf("ROLLBACK left the transaction in state %q", a.status)
		case !errors.As(err, &pg) || pg.Code != codeQueryCanceled:
			return err
		}
	}
}
