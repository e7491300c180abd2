package migrate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
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
	idle          = byte('I') // not in a transaction
	inTransaction = byte('T') // in one in which nothing has failed
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

// wire runs queries by the simple protocol, in which a query may hold several
// statements and nothing is prepared. It reads the messages itself rather than
// through pgconn.PgConn.Exec for three things that offers no way to: the
// number of statements done before one failed, an answer to COPY … FROM STDIN
// (which would wait for ever), and several queries in one round trip.
type wire struct {
	conn     *pgconn.PgConn
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
	if w.conn.IsClosed() {
		return nil, &lostError{errors.New("the connection is closed")}
	}
	defer w.cancelOn(ctx)()
	for _, q := range queries {
		w.conn.Frontend().SendQuery(&pgproto3.Query{String: q})
	}
	if err := w.conn.Frontend().Flush(); err != nil {
		return nil, w.lost(ctx, err)
	}
	answers := make([]answer, 0, len(queries))
	good := true
	for range queries {
		a, err := w.answer()
		if err != nil {
			return answers, w.lost(ctx, err)
		}
		answers = append(answers, a)
		if good = good && a.err == nil; good && answered != nil {
			answered(len(answers))
		}
	}
	return answers, nil
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

// answer reads the messages that answer one query.
// https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SIMPLE-QUERY
func (w *wire) answer() (answer, error) {
	var a answer
	for {
		message, err := w.conn.ReceiveMessage(context.Background())
		if err != nil {
			if a.err != nil { // the server's last words tell more than the end of the connection
				err = a.err
			}
			return a, err
		}
		switch m := message.(type) {
		case *pgproto3.ReadyForQuery:
			a.status = m.TxStatus
			return a, nil
		case *pgproto3.CommandComplete:
			a.commands++
			a.tag = string(m.CommandTag)
		case *pgproto3.ErrorResponse:
			a.err = pgconn.ErrorResponseToPgError(m)
		case *pgproto3.DataRow:
			if w.keepRows {
				a.rows = append(a.rows, texts(m.Values))
			}
		case *pgproto3.NoticeResponse:
			w.notice(m)
		case *pgproto3.CopyInResponse:
			w.conn.Frontend().Send(&pgproto3.CopyFail{Message: "a migration file cannot send its data"})
			if err := w.conn.Frontend().Flush(); err != nil {
				return a, err
			}
		}
	}
}

func (w *wire) notice(m *pgproto3.NoticeResponse) {
	if w.onNotice != nil {
		w.onNotice((*pgconn.Notice)(pgconn.ErrorResponseToPgError((*pgproto3.ErrorResponse)(m))))
	}
}

// texts copies the values out of the connection's buffer.
func texts(values [][]byte) []*string {
	row := make([]*string, len(values))
	for i, v := range values {
		if v != nil {
			s := string(v)
			row[i] = &s
		}
	}
	return row
}

// lost closes the connection, of which nothing can be known any more.
func (w *wire) lost(ctx context.Context, cause error) error {
	closing, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = w.conn.Close(closing) // it is given up in any case
	if ctx.Err() != nil && isTimeout(cause) {
		cause = &unansweredError{context.Cause(ctx)}
	}
	return &lostError{cause}
}

// cancelOn makes the end of ctx cancel what the server is running. The
// function it returns ends that and must be called; after it no cancel request
// is under way.
func (w *wire) cancelOn(ctx context.Context) (end func()) {
	answered, stopped := make(chan struct{}), make(chan struct{})
	unregister := context.AfterFunc(ctx, func() {
		defer close(stopped)
		w.cancelUntil(answered)
	})
	return func() {
		close(answered)
		if !unregister() {
			<-stopped
			_ = w.conn.Conn().SetDeadline(time.Time{}) // fails only on a closed connection
		}
	}
}

// cancelUntil sends cancel requests until the answer has come. Without one it
// makes the connection fail.
func (w *wire) cancelUntil(answered <-chan struct{}) {
	limit := time.Now().Add(cancelGrace)
	_ = w.conn.Conn().SetDeadline(limit)
	for {
		ctx, cancel := context.WithDeadline(context.Background(), limit)
		_ = w.conn.CancelRequest(ctx) // there is another one, and then the deadline
		cancel()
		select {
		case <-answered:
			return
		case <-time.After(cancelAgain):
		}
		if time.Now().After(limit) {
			return
		}
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
