package rows

import (
	"context"
	"net"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/pgserver/pgtest"
	"github.com/skein-db/skein/internal/studio/pool"
)

// trips counts how often something is sent after an answer was read: a round
// trip each, over whatever network there is.
type trips struct {
	dials, count atomic.Int32
}

type counted struct {
	net.Conn
	trips *trips
	read  atomic.Bool
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.read.Store(true)
	}
	return n, err
}

func (c *counted) Write(p []byte) (int, error) {
	if c.read.Swap(false) {
		c.trips.count.Add(1)
	}
	return c.Conn.Write(p)
}

// TestRoundTrips: what a page takes over a slow line is its round trips. They
// are two: what the table looks like, and the rows with their plan.
func TestRoundTrips(t *testing.T) {
	config, err := pgx.ParseConfig(pgtest.New(t))
	if err != nil {
		t.Fatal(err)
	}
	var all trips
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		all.dials.Add(1)
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		return &counted{Conn: conn, trips: &all}, err
	}
	p := pool.New(func(ctx context.Context) (*pgx.Conn, error) { return pgx.ConnectConfig(ctx, config) })
	t.Cleanup(p.Close)
	db, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(context.Background())
	if _, err := db.Exec(t.Context(), "CREATE TABLE keyed AS SELECT n AS id FROM generate_series(1, 5000) n; ALTER TABLE keyed ADD PRIMARY KEY (id); ANALYZE keyed"); err != nil {
		t.Fatal(err)
	}
	all.dials.Store(0)
	ask := Request{Ref: Ref{"public", "keyed"}, Limit: 10}
	page := mustRead(t, p, ask)
	for range 3 {
		all.count.Store(0)
		ask.After = *page.Last
		page = mustRead(t, p, ask)
		if len(page.Rows) != 10 || page.Index == nil {
			t.Errorf("%d rows, in the order of %v", len(page.Rows), page.Index)
		}
		if n := all.count.Load(); n != 2 {
			t.Errorf("a page took %d round trips", n)
		}
	}
	if n := all.dials.Load(); n != 1 {
		t.Errorf("it took %d connections", n)
	}
}
