package migrate

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/address"
	"github.com/skein-db/skein/internal/history"
)

// link is a connection in the way that the runner needs one: queries of one or
// more statements, several in a round trip, each with all that the server says
// about it.
type link interface {
	// exchange is wire.run without a look at whether ctx has ended before.
	exchange(ctx context.Context, r reading, queries []string) ([]answer, error)

	// PID is the server's process; 0 where the driver does not tell. Then nothing
	// is left to the session, as behind a pooler (see pooled.go).
	PID() uint32
	ParameterStatus(name string) string
	TxStatus() byte
	IsBusy() bool
	IsClosed() bool
	Close(ctx context.Context) error
}

// reading says what of the answers is wanted.
type reading struct {
	answered func(n int) // may be nil
	rows     bool
	notice   func(*pgconn.Notice) // may be nil
}

// Connection is one to run on and the way to further ones like it: one is
// opened to see whom a statement waits for, and one when the first is lost.
type Connection struct {
	conn link
	open func(context.Context) (link, error)

	host, database string
	port           uint16
}

// Place is where the connection leads to, as far as that is known.
func (c *Connection) Place() (host string, port uint16, database string) {
	return c.host, c.port, c.database
}

// OnPgx makes one of a connection of pgx. Further ones are opened with the same
// settings.
func OnPgx(conn *pgx.Conn) *Connection {
	config := conn.Config()
	c := &Connection{conn: &pgxLink{conn.PgConn()}, host: config.Host, port: config.Port, database: address.Database(config)}
	c.open = func(ctx context.Context) (link, error) {
		further, err := pgx.ConnectConfig(ctx, config.Copy())
		if err != nil {
			return nil, err
		}
		return &pgxLink{further.PgConn()}, nil
	}
	return c
}

// Status is as the function Status.
func (c *Connection) Status(ctx context.Context, h *history.History, t Target) (*Report, error) {
	w, err := newWire(c.conn)
	if err != nil {
		return nil, err
	}
	r, err := w.report(ctx, h.Migrations, t.orDefault())
	if err == nil {
		err = w.readMarks(ctx, r)
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// Plan is as the function Plan.
func (c *Connection) Plan(ctx context.Context, h *history.History, t Target) (*Pending, error) {
	w, err := newWire(c.conn)
	if err != nil {
		return nil, err
	}
	report, err := w.report(ctx, h.Migrations, t.orDefault())
	if err == nil && slices.ContainsFunc(report.Entries, func(e Entry) bool { return e.open() }) {
		err = w.readMarks(ctx, report) // a step says why it is pending again
	}
	if err != nil {
		return nil, err
	}
	return newPending(report)
}

// Apply is as the function Apply.
func (c *Connection) Apply(ctx context.Context, p *Pending, o Options) (*Applied, error) {
	r := &runner{plan: p, o: o, done: &Applied{}, key: lockKey(p.Target), open: c.open}
	if len(p.Steps)+len(p.Moves) == 0 {
		return r.done, nil
	}
	w, err := newWire(c.conn)
	if err != nil {
		return r.done, err
	}
	r.wire, r.watcher = w, watcher{open: r.open, tell: r.tell}
	defer r.close()
	return r.done, r.run(ctx)
}
