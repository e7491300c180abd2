package migrate

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// pgxLink is a connection of pgx. It speaks the simple protocol, in which a
// query may hold several statements and nothing is prepared, and reads the
// messages itself rather than through pgconn.PgConn.Exec for three things that
// offers no way to: the number of statements done before one failed, an answer
// to COPY … FROM STDIN (which would wait for ever), and several queries in one
// round trip.
type pgxLink struct{ *pgconn.PgConn }

func (l *pgxLink) exchange(ctx context.Context, r reading, queries []string) ([]answer, error) {
	if l.IsClosed() {
		return nil, &lostError{errors.New("the connection is closed")}
	}
	defer l.cancelOn(ctx)()
	for _, q := range queries {
		l.Frontend().SendQuery(&pgproto3.Query{String: q})
	}
	if err := l.Frontend().Flush(); err != nil {
		return nil, l.lost(ctx, err)
	}
	answers := make([]answer, 0, len(queries))
	good := true
	for range queries {
		a, err := l.answer(r)
		if err != nil {
			return answers, l.lost(ctx, err)
		}
		answers = append(answers, a)
		if good = good && a.err == nil; good && r.answered != nil {
			r.answered(len(answers))
		}
	}
	return answers, nil
}

// answer reads the messages that answer one query.
// https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SIMPLE-QUERY
func (l *pgxLink) answer(r reading) (answer, error) {
	var a answer
	for {
		message, err := l.ReceiveMessage(context.Background())
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
			if r.rows {
				a.rows = append(a.rows, texts(m.Values))
			}
		case *pgproto3.NoticeResponse:
			notice(r, m)
		case *pgproto3.CopyInResponse:
			l.Frontend().Send(&pgproto3.CopyFail{Message: "a migration file cannot send its data"})
			if err := l.Frontend().Flush(); err != nil {
				return a, err
			}
		}
	}
}

func notice(r reading, m *pgproto3.NoticeResponse) {
	if r.notice != nil {
		r.notice((*pgconn.Notice)(pgconn.ErrorResponseToPgError((*pgproto3.ErrorResponse)(m))))
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
func (l *pgxLink) lost(ctx context.Context, cause error) error {
	closing, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = l.Close(closing) // it is given up in any case
	if ctx.Err() != nil && isTimeout(cause) {
		cause = &unansweredError{context.Cause(ctx)}
	}
	return &lostError{cause}
}

// cancelOn makes the end of ctx cancel what the server is running. The
// function it returns ends that and must be called; after it no cancel request
// is under way.
func (l *pgxLink) cancelOn(ctx context.Context) (end func()) {
	answered, stopped := make(chan struct{}), make(chan struct{})
	unregister := context.AfterFunc(ctx, func() {
		defer close(stopped)
		l.cancelUntil(answered)
	})
	return func() {
		close(answered)
		if !unregister() {
			<-stopped
			_ = l.Conn().SetDeadline(time.Time{}) // fails only on a closed connection
		}
	}
}

// cancelUntil sends cancel requests until the answer has come. Without one it
// makes the connection fail.
func (l *pgxLink) cancelUntil(answered <-chan struct{}) {
	limit := time.Now().Add(cancelGrace)
	_ = l.Conn().SetDeadline(limit)
	for {
		ctx, cancel := context.WithDeadline(context.Background(), limit)
		_ = l.CancelRequest(ctx) // there is another one, and then the deadline
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
