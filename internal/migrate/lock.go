package migrate

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"github.com/skein-db/skein/internal/diag"
)

const (
	lockPollFirst = 20 * time.Millisecond
	lockPollLast  = 500 * time.Millisecond
	lockTellAgain = 5 * time.Second
)

// lockKey returns the key of the advisory lock for a target table. Such locks
// are per database already.
// https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
func lockKey(t Target) int64 {
	sum := sha256.Sum256([]byte("skein migrate " + t.String()))
	return int64(binary.BigEndian.Uint64(sum[:8]))
}

// lock takes the session's advisory lock for the target, waiting while another
// session has it.
//
// It asks again and again rather than let the server wait: a statement that
// waits in the server holds a snapshot, and CREATE INDEX CONCURRENTLY of the
// runner that has the lock would wait for that snapshot, for ever. Asking also
// does not run into a role's statement_timeout or lock_timeout.
func (w *wire) lock(ctx context.Context, key int64, limit time.Duration, tell func(Event)) (time.Duration, error) {
	start := time.Now()
	if _, err := w.run(ctx, nil, setting("'1s'")); err != nil {
		return 0, err
	}
	for pause, told := lockPollFirst, time.Duration(-1); ; pause = min(2*pause, lockPollLast) {
		a, err := w.one(ctx, fmt.Sprintf("SELECT pg_catalog.pg_try_advisory_lock(%d)", key))
		if err != nil {
			if !isLost(err) {
				w.unlock(key, sessionSettings{}) // an interruption may come between getting the lock and hearing of it
			}
			return time.Since(start), err
		}
		waited := time.Since(start)
		if isTrue(a) {
			return waited, nil
		}
		if told < 0 || waited-told >= lockTellAgain {
			told = waited
			tell(LockWait{Waited: waited, Holders: w.holders(ctx, key)})
		}
		if limit > 0 && waited >= limit {
			return waited, stillHeld(waited, w.holders(ctx, key))
		}
		select {
		case <-ctx.Done():
			return waited, context.Cause(ctx)
		case <-time.After(pause):
		}
	}
}

// stillHeld is the error when the lock was not to be had in time.
func stillHeld(waited time.Duration, holders []Holder) error {
	e := &diag.Error{
		Kind: diag.Database, Message: fmt.Sprintf("another run of migrate has the lock for longer than the %v that --wait allows", waited.Round(time.Second/10)),
		Hint: "wait for it, or end its process; its lock goes with its connection (pg_terminate_backend ends that on the server); nothing was run",
		Err:  &BusyError{Waited: waited, Holders: holders},
	}
	for _, h := range holders {
		e.Detail = lines(e.Detail, h.String())
	}
	return e
}

// unlock gives the lock back and the session's settings. If it cannot, the end
// of the session will.
func (w *wire) unlock(key int64, before sessionSettings) {
	ctx, cancel := context.WithTimeout(context.Background(), cancelGrace)
	defer cancel()
	_, _ = w.run(ctx, nil, before.query(false), setting("reset_val"), fmt.Sprintf("SELECT pg_catalog.pg_advisory_unlock(%d)", key))
}

// setting is a query that sets how often the server looks whether we are still
// there while it runs a statement. Without it, the statement of a runner that
// was killed goes on to its end, for nothing, and keeps the lock. Servers
// before PostgreSQL 14 do not know the setting and return no row.
// https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-CLIENT-CONNECTION-CHECK-INTERVAL
func setting(value string) string {
	return "SELECT pg_catalog.set_config(name, " + value + ", false) FROM pg_catalog.pg_settings WHERE name = 'client_connection_check_interval'"
}

// holders finds the sessions that hold the lock. It is asked for a message
// only, so a failure is an empty answer.
func (w *wire) holders(ctx context.Context, key int64) []Holder {
	a, err := w.one(ctx, fmt.Sprintf(`SELECT a.pid, a.usename, a.application_name, pg_catalog.host(a.client_addr),
	(pg_catalog.date_part('epoch', a.backend_start) * 1000)::pg_catalog.int8
FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.classid = %d AND l.objid = %d
	AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())`,
		uint32(uint64(key)>>32), uint32(uint64(key))))
	if err != nil {
		return nil
	}
	var found []Holder
	for _, row := range a.rows {
		h := Holder{User: text(row[1]), Application: text(row[2])}
		h.PID, _ = strconv.Atoi(text(row[0]))
		h.Address, _ = netip.ParseAddr(text(row[3]))
		if ms, err := strconv.ParseInt(text(row[4]), 10, 64); err == nil {
			h.Since = time.UnixMilli(ms)
		}
		found = append(found, h)
	}
	return found
}

// String says who it is in one line.
func (h Holder) String() string {
	text := fmt.Sprintf("process %d of %s", h.PID, h.User)
	if h.Application != "" {
		text += " (" + h.Application + ")"
	}
	if h.Address.IsValid() {
		text += " from " + h.Address.String()
	}
	return text + ", connected since " + h.Since.UTC().Format("2006-01-02 15:04:05 UTC")
}

// isTrue says whether the answer is a single true.
func isTrue(a answer) bool {
	return len(a.rows) == 1 && text(a.rows[0][0]) == "t"
}

func text(value *string) string {
	if value == nil {
		return ""
	}
	return *value
}
