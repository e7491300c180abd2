package migrate

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/skein-db/skein/internal/session"
)

const (
	watchFirst  = 400 * time.Millisecond // after which a statement is looked at
	watchAgain  = time.Second
	blockedTell = 5 * time.Second
	watchLimit  = 2 * time.Second // for one look
)

// Blocker is a session that a statement waits for.
type Blocker = session.Session

// blockerColumns is the SELECT of sessions "a" that blockersIn reads.
const blockerColumns = `SELECT a.pid, a.usename, a.application_name, pg_catalog.host(a.client_addr), a.state,
	(pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - a.xact_start) * 1000)::pg_catalog.int8, pg_catalog."left"(a.query, 400)`

func blockersIn(rows [][]*string) (found []Blocker) {
	for _, row := range rows {
		b := Blocker{User: text(row[1]), Application: text(row[2]), State: text(row[4]), Query: session.Short(text(row[6]))}
		b.PID, _ = strconv.Atoi(text(row[0])) // an integer
		b.Address, _ = netip.ParseAddr(text(row[3]))
		if ms, err := strconv.ParseInt(text(row[5]), 10, 64); err == nil {
			b.Age = time.Duration(ms) * time.Millisecond
		}
		found = append(found, b)
	}
	return found
}

// watcher looks from a connection of its own at what the runner's statement
// waits for: afterwards PostgreSQL does not tell any more.
type watcher struct {
	open func(context.Context) (link, error)
	tell func(Event)

	conn link
	off  bool // no connection can be had
	last []Blocker
}

// watching begins to look at the backend until the returned function is
// called; then no look is under way any more. first is the time to the first
// look, 0 for the usual one.
func (v *watcher) watching(pid uint32, tag string, first time.Duration) (end func()) {
	v.last = nil
	if pid == 0 {
		return func() {}
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		start, told := time.Now(), time.Time{}
		for wait := cmp.Or(first, watchFirst); ; wait = watchAgain {
			select {
			case <-done:
				return
			case <-time.After(wait):
			}
			blockers := v.look(pid)
			news := !slices.EqualFunc(blockers, v.last, func(a, b Blocker) bool { return a.PID == b.PID })
			if len(blockers) == 0 {
				continue
			}
			v.last = blockers
			if news || time.Since(told) >= blockedTell {
				told = time.Now()
				v.tell(Blocked{Tag: tag, Waited: time.Since(start), Blockers: blockers})
			}
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}

// look asks whom the backend waits for. It is asked for a message only, so a
// failure is an empty answer.
func (v *watcher) look(pid uint32) []Blocker {
	ctx, cancel := context.WithTimeout(context.Background(), watchLimit)
	defer cancel()
	if v.off {
		return nil
	}
	if v.conn == nil || v.conn.IsClosed() {
		conn, err := v.open(ctx)
		if err != nil {
			v.off = true
			return nil
		}
		v.conn = conn
	}
	w := &wire{conn: v.conn}
	a, err := w.one(ctx, blockerColumns+fmt.Sprintf(` FROM (SELECT DISTINCT pg_catalog.unnest(pg_catalog.pg_blocking_pids(%d))) b(blocker)
LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = b.blocker ORDER BY a.xact_start`, pid))
	if err != nil {
		return nil
	}
	return blockersIn(a.rows)
}

// close gives the connection back.
func (v *watcher) close() {
	if v.conn != nil {
		ctx, cancel := context.WithTimeout(context.Background(), watchLimit)
		defer cancel()
		_ = v.conn.Close(ctx) // there is nothing to lose on it
	}
}
