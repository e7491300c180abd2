package session

import (
	"strings"
	"testing"
	"time"
)

func TestString(t *testing.T) {
	for want, s := range map[string]Session{
		"a prepared transaction (see pg_prepared_xacts)": {},
		"process 7": {PID: 7},
		"process 7 of u (web), idle in transaction for 12 min: SELECT 1": {PID: 7, User: "u", Application: "web", State: "idle in transaction", Age: 12 * time.Minute, Query: "SELECT 1"},
		"process 7 of u, active":            {PID: 7, User: "u", State: "active", Age: 900 * time.Millisecond},
		"process 7 of u, active for 3 days": {PID: 7, User: "u", State: "active", Age: 72 * time.Hour},
	} {
		if got := s.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestShort(t *testing.T) {
	if got := Short("SELECT\n\t é"); got != "SELECT é" {
		t.Errorf("got %q", got)
	}
	if got := []rune(Short(strings.Repeat("é ", 100))); len(got) != shown || got[shown-1] != '…' {
		t.Errorf("got %q", string(got))
	}
	if got := Short("<insufficient privilege>"); got != "" {
		t.Errorf("got %q", got)
	}
}
