package migrate

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/skein-db/skein/internal/sqltext"
)

// sessionSettings are the timeouts of a session as SQL has them, "" for those
// that are left as they are.
//
// The lock timeout holds for every statement and not for DDL alone: an UPDATE
// that waits for a row while its transaction has locked a table keeps that
// table's readers waiting just as well.
// https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT
type sessionSettings struct {
	lock, statement string
}

// query is SQL that sets them, for the transaction only if local.
func (s sessionSettings) query(local bool) string {
	columns := []string{"1"}
	for _, set := range []struct{ name, value string }{{"lock_timeout", s.lock}, {"statement_timeout", s.statement}} {
		if set.value != "" {
			columns = append(columns, fmt.Sprintf("pg_catalog.set_config('%s', %s, %t)", set.name, sqltext.QuoteLiteral(set.value), local))
		}
	}
	return "SELECT " + strings.Join(columns, ", ")
}

// readSettings notes what the session has, to give it back in the end, and
// whether there is a pooler.
func (r *runner) readSettings(ctx context.Context) error {
	a, err := r.wire.one(ctx, "SELECT pg_catalog.current_setting('lock_timeout'), pg_catalog.current_setting('statement_timeout'), pg_catalog.pg_backend_pid()")
	if err == nil {
		r.pid = r.wire.conn.PID()
		r.pooled = text(a.rows[0][2]) != fmt.Sprint(r.pid)
		r.before = sessionSettings{lock: text(a.rows[0][0]), statement: text(a.rows[0][1])}
	}
	return err
}

// settings are what a migration begins with. What its file sets itself comes
// later and counts; it counts to the end of the migration.
func (r *runner) settings() sessionSettings {
	s := r.before
	switch {
	case r.o.LockTimeout < 0:
		s.lock = "0"
	case r.o.LockTimeout > 0:
		s.lock = milliseconds(r.o.LockTimeout)
	case s.lock == "0":
		s.lock = milliseconds(DefaultLockTimeout)
	}
	switch {
	case r.o.StatementTimeout < 0:
		s.statement = "0"
	case r.o.StatementTimeout > 0:
		s.statement = milliseconds(r.o.StatementTimeout)
	}
	return s
}

// milliseconds is a timeout as a setting; 0 would be none.
func milliseconds(d time.Duration) string { return fmt.Sprint(max(1, d.Milliseconds())) }

// setsItself are the statements of the parts that are done which change the
// session. A run that goes on behind them has another session.
func (s *Step) setsItself() (sets []string) {
	for _, p := range s.parts[:s.done] {
		for _, piece := range p.pieces {
			for _, statement := range piece.statements {
				words := append(sqltext.Keywords(statement.Text, 2), "", "")
				local := slices.Contains([]string{"LOCAL", "TRANSACTION", "CONSTRAINTS"}, words[1])
				if words[0] == "RESET" || words[0] == "SET" && !local {
					sets = append(sets, statement.Text)
				}
			}
		}
	}
	return sets
}

// ownLockTimeout says whether the file sets a lock timeout before a part.
func (s *Step) ownLockTimeout(n int) bool {
	for _, p := range s.parts[:n] {
		for _, piece := range p.pieces {
			for _, statement := range piece.statements {
				if words := sqltext.Keywords(statement.Text, 3); len(words) > 1 && words[0] == "SET" && slices.Contains(words, "LOCK_TIMEOUT") {
					return true
				}
			}
		}
	}
	return false
}
