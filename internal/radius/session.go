package radius

import (
	"fmt"
	"slices"
	"time"

	"github.com/skein-db/skein/internal/effect"
	"github.com/skein-db/skein/internal/session"
)

// Session is somebody who holds locks or has a transaction open. The state of
// a prepared transaction is "prepared".
type Session struct {
	session.Session
	// Vacuum says that it is an autovacuum which does not make way, since it
	// prevents transaction IDs from running out.
	// https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-WRAPAROUND
	Vacuum bool

	snapshot bool // CREATE INDEX CONCURRENTLY would wait for it
	prepared string
	makesWay bool // an autovacuum that ends when somebody wants the table
	holds    []held
}

// held is a lock on a table by its oid, or one that is waited for: those who
// come later queue behind both.
type held struct {
	table   uint32
	level   effect.Level
	waiting bool
}

// Wait is that a statement would have to wait.
type Wait struct {
	Session *Session
	Table   *Table // nil for who is waited for because of the age of its transaction
	Level   effect.Level
}

// longAge is from when a transaction is worth a word although it is in
// nobody's way yet.
const longAge = 5 * time.Minute

// String says who it is in one line.
func (s *Session) String() string {
	who := s.Session
	switch {
	case s.prepared != "":
		return fmt.Sprintf("prepared transaction %q of %s", s.prepared, s.User) + session.For(s.Age)
	case s.Vacuum:
		who.State = "an autovacuum that does not make way"
	}
	return who.String()
}

// conflict returns the lock of the session for which a lock on the table would
// wait, NoLock for none.
func (s *Session) conflict(t *Table, level effect.Level) effect.Level {
	if s.makesWay {
		return effect.NoLock
	}
	worst := effect.NoLock
	for _, h := range s.holds {
		if h.table == t.oid && h.level.Conflicts(level) {
			worst = max(worst, h.level)
		}
	}
	return worst
}

// oldestFirst orders sessions by the age of their transactions.
func oldestFirst(sessions []*Session) {
	slices.SortStableFunc(sessions, func(a, b *Session) int {
		if a.Age != b.Age {
			return int(max(-1, min(1, b.Age-a.Age)))
		}
		return a.PID - b.PID
	})
}
