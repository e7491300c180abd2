package radius

import (
	"strconv"
	"strings"

	"github.com/skein-db/skein/internal/effect"
	"github.com/skein-db/skein/internal/session"
)

// lockModes are the levels by PostgreSQL's names in pg_locks.
var lockModes = map[string]effect.Level{
	"AccessShareLock": effect.AccessShare, "RowShareLock": effect.RowShare, "RowExclusiveLock": effect.RowExclusive,
	"ShareUpdateExclusiveLock": effect.ShareUpdateExclusive, "ShareLock": effect.Share, "ShareRowExclusiveLock": effect.ShareRowExclusive,
	"ExclusiveLock": effect.Exclusive, "AccessExclusiveLock": effect.AccessExclusive,
}

// sessionsOf puts sessions, prepared transactions and locks together.
// https://www.postgresql.org/docs/current/view-pg-locks.html
func sessionsOf(activity, prepared, locks []row) []*Session {
	var out []*Session
	byPID, byXID := map[int]*Session{}, map[string]*Session{}
	for _, r := range activity {
		s := &Session{
			Session: session.Session{
				PID: int(r.number(0)), User: r.text(1), Application: r.text(2), State: r.text(3), Age: r.milliseconds(4), Query: session.Short(r.text(5)),
			},
			snapshot: r.yes(8),
		}
		if r.yes(6) {
			s.Vacuum, s.makesWay = r.yes(7), !r.yes(7)
			s.snapshot = false // VACUUM is not waited for, https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
		}
		out, byPID[s.PID] = append(out, s), s
	}
	for _, r := range prepared {
		s := &Session{Session: session.Session{User: r.text(2), State: "prepared", Age: r.milliseconds(3)}, prepared: r.text(1), snapshot: true}
		out, byXID[r.text(0)] = append(out, s), s
	}
	for _, r := range locks {
		s := byPID[int(r.number(0))]
		if r[0] == nil { // https://www.postgresql.org/docs/current/view-pg-locks.html: of a prepared transaction
			_, xid, _ := strings.Cut(r.text(1), "/")
			s = byXID[xid]
		}
		if s == nil { // it ended in between, or may not be seen
			if r[0] == nil {
				continue
			}
			s = &Session{Session: session.Session{PID: int(r.number(0))}}
			out, byPID[s.PID] = append(out, s), s
		}
		s.holds = append(s.holds, held{table: r.oid(2), level: lockModes[r.text(3)], waiting: !r.yes(4)})
	}
	oldestFirst(out)
	return out
}

// remarkable are the sessions that a report names: those that are waited for,
// and those with a long transaction.
func remarkable(all []*Session, waits map[*Session]bool) []*Session {
	var out []*Session
	for _, s := range all {
		if waits[s] || !s.makesWay && s.Age >= longAge {
			out = append(out, s)
		}
	}
	return out
}

// Name names the session in a few words, for a list.
func (s *Session) Name() string {
	if s.prepared != "" {
		return "prepared transaction " + strconv.Quote(s.prepared)
	}
	return "process " + strconv.Itoa(s.PID)
}
