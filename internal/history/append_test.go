package history

import (
	"testing"
	"time"

	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
)

func users() *schema.Schema {
	return &schema.Schema{Tables: []schema.Table{{
		Schema: schema.Public, Name: "users",
		Columns: []schema.Column{{Name: "id", Type: "integer", PrimaryKey: true, NotNull: true}},
	}}}
}

func TestAppendThenOpen(t *testing.T) {
	dir := t.TempDir() + "/drizzle"
	h, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	now := time.UnixMilli(1700000000000)
	first := snapshot.New("a", snapshot.OriginID, users())
	w, err := h.Append(Draft{Name: "start", SQL: "SELECT 1;\r\n", Snapshot: first, Breakpoints: true, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if w.Tag != "0000_start" {
		t.Error(w.Tag)
	}
	// A clock that stands still must not make an entry that drizzle skips.
	if _, err := h.Append(Draft{Name: "next", SQL: "SELECT 2;", Snapshot: first.WithIDs("b", "a"), Now: now}); err != nil {
		t.Fatal(err)
	}
	again, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(again.Migrations) != 2 || len(again.OrphanSQL)+len(again.OrphanSnapshots) != 0 {
		t.Fatalf("%+v", again)
	}
	if m := again.Migrations[0]; m.SQL != "SELECT 1;\r\n" || !m.HasSnapshot {
		t.Errorf("%+v", m)
	}
	if a, b := again.Migrations[0].Entry.When, again.Migrations[1].Entry.When; b <= a {
		t.Errorf("when %d after %d", b, a)
	}
	last, err := again.LastSnapshot()
	if err != nil {
		t.Fatal(err)
	}
	if last.ID != "b" || last.PrevID != "a" || !schema.Equal(&last.Schema, users()) {
		t.Errorf("%+v", last)
	}
}
