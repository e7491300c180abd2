// Package session is about those who use a server beside us, as
// pg_stat_activity shows them. Whoever has to wait for somebody says in the
// same words for whom.
package session

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// Session is one connection of somebody.
// https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW
type Session struct {
	PID         int // 0 for a prepared transaction
	User        string
	Application string
	Address     netip.Addr    // not valid for a local socket, and where nobody asked
	State       string        // "active", "idle in transaction"; "" where it may not be seen
	Age         time.Duration // of its transaction; 0 where it may not be seen
	Query       string        // what it runs, or ran last, shortened; "" where it may not be seen
}

// worthSaying is from when the age of a transaction is told.
const worthSaying = time.Second

// String says who it is in one line.
func (s Session) String() string {
	if s.PID == 0 {
		return "a prepared transaction (see pg_prepared_xacts)"
	}
	text := fmt.Sprintf("process %d", s.PID)
	if s.User != "" {
		text += " of " + s.User
	}
	if s.Application != "" {
		text += " (" + s.Application + ")"
	}
	if s.State != "" {
		text += ", " + s.State
	}
	text += For(s.Age)
	if s.Query != "" {
		text += ": " + s.Query
	}
	return text
}

// For is " for 5 min", "" for what is too short to be told.
func For(d time.Duration) string {
	if d < worthSaying {
		return ""
	}
	return " for " + Age(d)
}

// Age is the age of something, in its largest unit.
func Age(d time.Duration) string {
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

// shown is how much of somebody's query is shown, in characters.
const shown = 80

// Short is a query in one line that is not long, "" where PostgreSQL does not
// show it.
func Short(query string) string {
	if query == "<insufficient privilege>" {
		return ""
	}
	short := []rune(strings.Join(strings.Fields(query), " "))
	if len(short) > shown {
		short = append(short[:shown-1], '…')
	}
	return string(short)
}
