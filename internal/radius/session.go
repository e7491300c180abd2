package radius

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/skein-db/skein/internal/effect"
)

// Session is somebody who holds locks or has a transaction open.
type Session struct {
	PID         int // 0 for a prepared transaction
	User        string
	Application string
	State       string        // "active", "idle in transaction", "prepared"; "" where it may not be seen
	Age         time.Duration // of its transaction; 0 where it may not be seen
	Query       string        // what it runs, or ran last, in one line; "" where it may not be seen
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
	var b strings.Builder
	switch {
	case s.prepared != "":
		fmt.Fprintf(&b, "prepared transaction %q of %s", s.prepared, s.User)
	case s.User == "":
		fmt.Fprintf(&b, "process %d", s.PID)
	default:
		fmt.Fprintf(&b, "process %d of %s", s.PID, s.User)
	}
	if s.Application != "" {
		fmt.Fprintf(&b, " (%s)", s.Application)
	}
	if s.Vacuum {
		b.WriteString(", an autovacuum that does not make way")
	} else if s.State != "" && s.prepared == "" {
		b.WriteString(", " + s.State)
	}
	if s.Age >= long {
		b.WriteString(" for " + ageText(s.Age))
	}
	if s.Query != "" {
		b.WriteString(": " + s.Query)
	}
	return b.String()
}

// ageText is the age of something, in its largest unit.
func ageText(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 2*time.Hour:
		return fmt.Sprintf("%.0f min", d.Minutes())
	case d < 48*time.Hour:
		return fmt.Sprintf("%.0f h", d.Hours())
	}
	return fmt.Sprintf("%.0f days", d.Hours()/24)
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

// shownQuery is how much of somebody's query is shown, in characters.
const shownQuery = 80

func shortQuery(query string) string {
	if query == "<insufficient privilege>" {
		return ""
	}
	short := []rune(strings.Join(strings.Fields(query), " "))
	if len(short) > shownQuery {
		short = append(short[:shownQuery-1], '…')
	}
	return string(short)
}
