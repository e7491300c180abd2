package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

type stalled struct {
	held, longest time.Duration
	named         bool // the output says who was in the way
	waited        bool
	last          outcome
	done          string
}

// readerHolds has a transaction that has read a table stay open, while others
// go on reading it.
func readerHolds(ctx context.Context, t *trial) (judged, error) {
	if err := t.applied(ctx, plain(1)); err != nil {
		return nil, err
	}
	holder, err := pgx.Connect(ctx, t.url)
	if err != nil {
		return nil, err
	}
	defer holder.Close(ctx)
	if _, err := holder.Exec(ctx, "BEGIN; SELECT FROM t1"); err != nil {
		return nil, err
	}
	alter := file{number: 2, name: "alter", pieces: []string{"ALTER TABLE t1 ADD COLUMN more int;", did(2)}}
	if err := t.tool.write(t.dir, []file{plain(1), alter}); err != nil {
		return nil, err
	}
	wait := t.start(ctx)
	seen := stalled{held: t.hold}
	if seen.waited, err = t.until(ctx, "SELECT 'yes' FROM pg_locks WHERE NOT granted AND relation = to_regclass('t1')"); err != nil {
		return nil, err
	}
	if seen.longest, err = t.readFor(ctx, "SELECT FROM t1", t.hold, func() { _, err = holder.Exec(ctx, "COMMIT") }); err != nil {
		return nil, err
	}
	seen.last = wait()
	seen.named = strings.Contains(seen.last.text, strconv.Itoa(int(holder.PgConn().PID())))
	seen.done, err = t.done(ctx)
	return seen, err
}

// until waits for a query to return something, and says whether it did.
func (t *trial) until(ctx context.Context, query string) (bool, error) {
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if found, err := t.value(ctx, query); found != "" || err != nil {
			return found != "", err
		}
	}
	return false, nil
}

// readFor reads over and over for a while, and on until a read that has begun
// has ended; after the while, release is called. It returns the longest time
// that a read took.
func (t *trial) readFor(ctx context.Context, query string, long time.Duration, release func()) (longest time.Duration, err error) {
	var once sync.WaitGroup
	end := time.Now().Add(long)
	once.Go(func() {
		time.Sleep(long)
		release()
	})
	defer once.Wait()
	for time.Now().Before(end) {
		began := time.Now()
		if _, err := t.conn.Exec(ctx, query); err != nil {
			return 0, err
		}
		longest = max(longest, time.Since(began))
		time.Sleep(10 * time.Millisecond)
	}
	return longest, nil
}

func (s stalled) verdict() verdict {
	long := s.longest > s.held*8/10
	words := fmt.Sprintf("others wait up to %.1f s of the %.0f", s.longest.Seconds(), s.held.Seconds())
	if long {
		words = "others wait for as long as it takes"
	}
	if s.named {
		words += ", and it is said who is in the way"
	}
	ended := s.last.code == 0 && s.done == "1 2"
	if !ended {
		words += ", then it fails"
	}
	if !s.waited {
		words = "it did not come to wait"
	}
	return verdict{good: s.waited && !long && ended, words: words}
}

type struck struct {
	again, third outcome
	done, end    string // after each of them
}

// sleeping finds who runs a statement that takes its time.
const sleeping = "SELECT pid::text FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active' AND wait_event = 'PgSleep'"

// killed kills the tool while a statement runs, and runs it again at once; the
// server does not know yet.
func killed(ctx context.Context, t *trial) (judged, error) {
	if err := t.exec(ctx, "CREATE TABLE slow AS SELECT 8 AS seconds"); err != nil {
		return nil, err
	}
	slow := file{number: 2, name: "slow", pieces: []string{did(2), "SELECT pg_sleep(seconds) FROM slow;", did(2)}}
	if err := t.tool.write(t.dir, []file{plain(1), slow, plain(3)}); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*runLimit)
	defer cancel()
	cmd := t.tool.apply(ctx, t.dir, t.url)
	wait := t.run(cmd)
	if asleep, err := t.until(ctx, sleeping); err != nil || !asleep {
		_ = cmd.Process.Kill()
		return nil, fmt.Errorf("the slow statement did not run (%v): %v", err, wait())
	}
	if err := cmd.Process.Kill(); err != nil {
		return nil, err
	}
	t.runs = append(t.runs, wait())
	if err := t.exec(ctx, "UPDATE slow SET seconds = 0"); err != nil {
		return nil, err
	}
	seen := struck{again: t.apply(ctx)}
	for { // what the killed one has begun must not count either
		orphan, err := t.value(ctx, sleeping)
		if err != nil {
			return nil, err
		}
		if orphan == "" {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	var err error
	if seen.done, err = t.done(ctx); err != nil || seen.again.code == 0 {
		return seen, err
	}
	seen.third = t.apply(ctx)
	seen.end, err = t.done(ctx)
	return seen, err
}

func (s struck) verdict() verdict {
	const all = "1 2 2 3"
	switch {
	case s.again.code == 0 && s.done == all:
		return verdict{true, fmt.Sprintf("the next run goes on (%.1f s)", s.again.took.Seconds())}
	case s.again.code == 0:
		return verdict{false, "the next run says that all is well, and it is not"}
	case s.third.code == 0 && s.end == all:
		return verdict{false, "refused until the statement of the killed one has ended"}
	}
	return verdict{false, "stuck: every next run fails"}
}
