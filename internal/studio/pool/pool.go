// Package pool keeps a few connections to one database for a page that asks
// for many small things: never more than a handful, closed when nobody looks,
// made anew when the server was away.
//
// Everything is read in transactions whose settings are their own, so that a
// pooler between here and the server may be used.
package pool

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Size is how many connections there are at most. Many databases allow a
// hundred to all of their users together.
const Size = 5

// idleFor is how long a connection is kept that nobody uses.
const idleFor = 90 * time.Second

// Connect opens a connection.
type Connect func(ctx context.Context) (*pgx.Conn, error)

// Pool is a set of connections. Its methods may be called by several
// goroutines.
type Pool struct {
	connect Connect
	slots   chan struct{}

	mu     sync.Mutex
	idle   []*idle // the one used last is the last
	closed bool
}

type idle struct {
	conn  *pgx.Conn
	timer *time.Timer
	since time.Time
}

// New makes a pool that connects when it has to.
func New(connect Connect) *Pool {
	return &Pool{connect: connect, slots: make(chan struct{}, Size)}
}

// Take returns a connection that works, and waits for one when all are in use.
// The caller gives it back by Give.
func (p *Pool) Take(ctx context.Context) (*pgx.Conn, error) {
	conn, _, err := p.take(ctx, 0)
	return conn, err
}

// take also says whether the connection was used before. One that was used less
// than trusted ago is not asked whether it still works.
func (p *Pool) take(ctx context.Context, trusted time.Duration) (conn *pgx.Conn, used bool, err error) {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, false, context.Cause(ctx)
	}
	for kept := p.pop(); kept != nil; kept = p.pop() {
		if time.Since(kept.since) < trusted || kept.conn.Ping(ctx) == nil {
			return kept.conn, true, nil
		}
		closeQuietly(kept.conn)
	}
	conn, err = p.connect(ctx)
	if err != nil {
		<-p.slots
		return nil, false, err
	}
	return conn, false, nil
}

func (p *Pool) pop() *idle {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.idle) == 0 {
		return nil
	}
	last := p.idle[len(p.idle)-1]
	p.idle = p.idle[:len(p.idle)-1]
	last.timer.Stop()
	return last
}

// Give takes a connection back. One that is in a transaction, busy or lost is
// closed.
func (p *Pool) Give(conn *pgx.Conn) {
	defer func() { <-p.slots }()
	if conn.IsClosed() || conn.PgConn().IsBusy() || conn.PgConn().TxStatus() != 'I' || !p.keep(conn) {
		closeQuietly(conn)
	}
}

func (p *Pool) keep(conn *pgx.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	kept := &idle{conn: conn, since: time.Now()}
	kept.timer = time.AfterFunc(idleFor, func() { p.expire(kept) })
	p.idle = append(p.idle, kept)
	return true
}

func (p *Pool) expire(kept *idle) {
	p.mu.Lock()
	at := slices.Index(p.idle, kept)
	if at >= 0 {
		p.idle = slices.Delete(p.idle, at, at+1)
	}
	p.mu.Unlock()
	if at >= 0 {
		closeQuietly(kept.conn)
	}
}

// Close closes the connections that nobody uses now, and the others when they
// are given back.
func (p *Pool) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, kept := range p.idle {
		kept.timer.Stop()
		closeQuietly(kept.conn)
	}
	p.idle = nil
}

func closeQuietly(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_ = conn.Close(ctx) // nothing is lost with it
}

// lost says whether an error means that the connection is gone, and not that
// the server said no.
func lost(err error) bool {
	var pg *pgconn.PgError
	return err != nil && (!errors.As(err, &pg) || pg.Code == "57P01" || pg.Code == "57P02" || pg.Code == "57P05")
}
