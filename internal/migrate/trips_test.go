package migrate

import (
	"context"
	"testing"
)

// counted counts the round trips of a link.
type counted struct {
	link
	trips int
}

func (c *counted) exchange(ctx context.Context, r reading, queries []string) ([]answer, error) {
	c.trips++
	return c.link.exchange(ctx, r, queries)
}

// TestRoundTrips: a service that starts with nothing to do asks once; the log is
// read where it can matter, and once.
func TestRoundTrips(t *testing.T) {
	conn := fresh(t)
	done := historyOf("CREATE TABLE a (id int);", "CREATE INDEX CONCURRENTLY a_id ON a (id);") // leaves a log
	mustUp(t, conn, done)
	more := historyOf("CREATE TABLE a (id int);", "CREATE INDEX CONCURRENTLY a_id ON a (id);", "DROP INDEX CONCURRENTLY a_id;")
	c := &counted{link: &pgxLink{conn.PgConn()}}
	s := &Connection{conn: c}
	if _, err := s.Plan(t.Context(), done, Target{}); err != nil || c.trips != 1 {
		t.Errorf("nothing pending: %d round trips, %v", c.trips, err)
	}
	c.trips = 0
	if p, err := s.Plan(t.Context(), more, Target{}); err != nil || len(p.Steps) != 1 || c.trips > 3 {
		t.Errorf("one pending: %d round trips, %v", c.trips, err)
	}
	c.trips = 0
	if _, err := s.Status(t.Context(), more, Target{}); err != nil || c.trips > 3 {
		t.Errorf("status: %d round trips, %v", c.trips, err)
	}
}
