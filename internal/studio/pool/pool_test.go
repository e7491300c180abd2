package pool_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/pgserver/pgtest"
	"github.com/skein-db/skein/internal/studio/pool"
)

// TestManyAtOnce lets many read at the same time, some of whom go away in the
// middle, and closes the pool under the last of them: there are never more
// connections than Size, who stays gets the own answer, and none is left open.
func TestManyAtOnce(t *testing.T) {
	url := pgtest.New(t)
	watcher, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer watcher.Close(context.Background())
	count := func() (n int) {
		if err := watcher.QueryRow(t.Context(), "select count(*) from pg_stat_activity where application_name = 'pooled'").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	var made atomic.Int32
	p := pool.New(func(ctx context.Context) (*pgx.Conn, error) {
		config, err := pgx.ParseConfig(url)
		if err != nil {
			return nil, err
		}
		made.Add(1)
		config.RuntimeParams["application_name"] = "pooled"
		return pgx.ConnectConfig(ctx, config)
	})

	var all sync.WaitGroup
	for reader := range 20 {
		all.Go(func() {
			for turn := range 15 {
				ctx, cancel := context.WithCancel(t.Context())
				leaves := (reader+turn)%4 == 0
				if leaves {
					time.AfterFunc(time.Duration(turn)*time.Millisecond, cancel)
				}
				err := p.Read(ctx, time.Minute, func(tx *pool.Tx) error {
					row, err := tx.Row(ctx, fmt.Sprintf("select %d, pg_sleep(0.002)", reader*100+turn))
					if err == nil && *row[0] != fmt.Sprint(reader*100+turn) {
						return errors.New("somebody else's answer: " + *row[0])
					}
					return err
				})
				if err != nil && !leaves {
					t.Errorf("reader %d: %v", reader, err)
				}
				cancel()
			}
		})
	}
	ended := make(chan struct{})
	go func() { all.Wait(); close(ended) }()
	most := 0
	for running := true; running; {
		select {
		case <-ended:
			running = false
		default:
			most = max(most, count())
		}
	}
	// A connection that was canceled may still be ending on the server.
	if most < 2 || most > 2*pool.Size {
		t.Errorf("%d connections at a time", most)
	}
	if n := made.Load(); n < pool.Size {
		t.Errorf("only %d connections were made", n)
	}

	held, err := p.Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p.Close()
	p.Give(held)
	for deadline := time.Now().Add(10 * time.Second); count() > 0; {
		if time.Now().After(deadline) {
			t.Fatalf("%d connections are left", count())
		}
		time.Sleep(5 * time.Millisecond)
	}
}
