package main

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// usage is what clients had of a table.
type usage struct {
	longest time.Duration // that a client waited for one read or write
	long    int           // how many took more than a second
	done    int
	took    time.Duration
	err     error // of the first that was refused
}

// clients read and write rows of the table accounts, each on a connection of
// its own, one row at a time with a short pause.
type clients struct {
	cancel context.CancelFunc
	wg     sync.WaitGroup
	ended  sync.Once

	mu    sync.Mutex
	since time.Time
	used  usage
}

// pause is what a client does between two statements.
const pause = 5 * time.Millisecond

func startClients(ctx context.Context, url string, rows int) (*clients, error) {
	ctx, cancel := context.WithCancel(ctx)
	c := &clients{cancel: cancel, since: time.Now()}
	for range loadClients {
		conn, err := pgx.Connect(ctx, url)
		if err != nil {
			c.stop()
			return nil, err
		}
		c.wg.Go(func() {
			defer conn.Close(context.WithoutCancel(ctx))
			for n := 0; ctx.Err() == nil; n++ {
				c.use(context.WithoutCancel(ctx), conn, n, 1+rand.IntN(rows))
				time.Sleep(pause)
			}
		})
	}
	return c, nil
}

// use reads or writes a row.
func (c *clients) use(ctx context.Context, conn *pgx.Conn, n, row int) {
	statement := "SELECT name, balance FROM accounts WHERE id = $1"
	if n%2 == 1 {
		statement = "UPDATE accounts SET balance = balance + 1 WHERE id = $1"
	}
	began := time.Now()
	_, err := conn.Exec(ctx, statement, row)
	took := time.Since(began)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.used.longest = max(c.used.longest, took); took > time.Second {
		c.used.long++
	}
	if c.used.done++; err != nil && c.used.err == nil {
		c.used.err = err
	}
}

// count begins to count anew.
func (c *clients) count() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.since, c.used = time.Now(), usage{}
}

// stop ends the clients when what they have begun is done, and returns what
// they had since count. Stopping twice is fine.
func (c *clients) stop() usage {
	c.ended.Do(func() {
		c.cancel()
		c.wg.Wait()
		c.used.took = time.Since(c.since)
	})
	return c.used
}
