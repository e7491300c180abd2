package query

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// batch is how many rows are asked for at a time.
const batch = 200

// mostBytes bounds what is read of one statement's rows.
const mostBytes = 32 << 20

// cancelGrace is how long a cancelled statement may take to end before the
// connection is given up.
const cancelGrace = 5 * time.Second

// portal runs one statement by the extended protocol, which takes no second one
// along and hands out rows as they are asked for.
// https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY
type portal struct {
	conn     *pgconn.PgConn
	onNotice func(*pgconn.Notice)
	fields   func([]pgproto3.FieldDescription) error
	rows     func([][]*string) error
	most     int

	read  int
	bytes int
	tag   string
	more  bool
}

// run runs a statement. Its error is PostgreSQL's, that of a callback, or that
// of a connection which is lost then.
func (p *portal) run(ctx context.Context, sql string) error {
	if p.conn.IsClosed() {
		return errors.New("the connection is closed")
	}
	defer cancelOn(ctx, p.conn)()
	f := p.conn.Frontend()
	f.SendParse(&pgproto3.Parse{Query: sql})
	f.SendBind(&pgproto3.Bind{})
	f.SendDescribe(&pgproto3.Describe{ObjectType: 'P'})
	failed := p.fetch()
	for failed == nil && p.more && p.read < p.most && p.bytes < mostBytes {
		failed = p.fetch()
	}
	f.SendClose(&pgproto3.Close{ObjectType: 'P'})
	f.SendSync(&pgproto3.Sync{})
	if err := f.Flush(); err != nil {
		return errors.Join(failed, err)
	}
	if err := p.settle(); failed == nil {
		failed = err
	}
	return failed
}

// fetch asks for rows and hands them on. more is true afterwards when there may
// be others.
func (p *portal) fetch() error {
	f := p.conn.Frontend()
	f.SendExecute(&pgproto3.Execute{MaxRows: uint32(min(batch, p.most+1-p.read))})
	f.Send(&pgproto3.Flush{})
	if err := f.Flush(); err != nil {
		return err
	}
	var rows [][]*string
	for {
		message, err := p.conn.ReceiveMessage(context.Background())
		if err != nil {
			return err
		}
		switch m := message.(type) {
		case *pgproto3.RowDescription:
			if err := p.fields(m.Fields); err != nil {
				return err
			}
		case *pgproto3.DataRow:
			if p.read++; p.read <= p.most {
				rows = append(rows, p.texts(m.Values))
			}
		case *pgproto3.CommandComplete, *pgproto3.PortalSuspended, *pgproto3.EmptyQueryResponse:
			if done, ok := m.(*pgproto3.CommandComplete); ok {
				p.tag = string(done.CommandTag)
			}
			_, p.more = m.(*pgproto3.PortalSuspended)
			return p.hand(rows)
		case *pgproto3.ErrorResponse:
			return pgconn.ErrorResponseToPgError(m)
		case *pgproto3.NoticeResponse:
			p.notice(m)
		case *pgproto3.CopyInResponse:
			f.Send(&pgproto3.CopyFail{Message: "there is no data to copy in an editor"})
			if err := f.Flush(); err != nil {
				return err
			}
		}
	}
}

func (p *portal) hand(rows [][]*string) error {
	p.more = p.more || p.read > p.most
	if len(rows) == 0 {
		return nil
	}
	return p.rows(rows)
}

func (p *portal) notice(m *pgproto3.NoticeResponse) {
	p.onNotice((*pgconn.Notice)(pgconn.ErrorResponseToPgError((*pgproto3.ErrorResponse)(m))))
}

// settle waits until the server is ready for the next. What fails now, a
// deferred constraint, belongs to the statement too.
func (p *portal) settle() error {
	var failed error
	for {
		message, err := p.conn.ReceiveMessage(context.Background())
		if err != nil {
			return errors.Join(failed, err)
		}
		switch m := message.(type) {
		case *pgproto3.ReadyForQuery:
			return failed
		case *pgproto3.ErrorResponse:
			failed = pgconn.ErrorResponseToPgError(m)
		case *pgproto3.NoticeResponse:
			p.notice(m)
		}
	}
}

// texts copies the values out of the connection's buffer.
func (p *portal) texts(values [][]byte) []*string {
	row := make([]*string, len(values))
	for i, v := range values {
		if v != nil {
			text := string(v)
			row[i] = &text
			p.bytes += len(text)
		}
	}
	return row
}

// cancelOn makes the end of ctx cancel what the server is running. The function
// it returns ends that.
func cancelOn(ctx context.Context, conn *pgconn.PgConn) (end func()) {
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(ended)
		limit := time.Now().Add(cancelGrace)
		_ = conn.Conn().SetDeadline(limit)
		bounded, cancel := context.WithDeadline(context.Background(), limit)
		defer cancel()
		_ = conn.CancelRequest(bounded) // then the deadline ends it
	})
	return func() {
		if !stop() {
			<-ended
		}
	}
}
