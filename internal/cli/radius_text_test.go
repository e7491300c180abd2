package cli

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/effect"
	"github.com/skein-db/skein/internal/radius"
	"github.com/skein-db/skein/internal/session"
	"github.com/skein-db/skein/internal/sqltree"
)

// TestEffectsText sets a report for a wide and a narrow terminal.
func TestEffectsText(t *testing.T) {
	users := &radius.Table{
		Name: sqltree.Name{Schema: "public", Name: "users"}, Rows: 5_203_114, Bytes: 1 << 30, Heap: 1 << 30,
		Indexes: []radius.Index{{Name: "users_pkey", Bytes: 110 << 20}, {Name: "users_email", Bytes: 300 << 20}},
	}
	lines := &radius.Table{Name: sqltree.Name{Schema: "shop", Name: "lines"}, Rows: -1, Bytes: 300 << 20, Heap: 300 << 20}
	long := radius.Span{From: 25 * time.Second, To: 4 * time.Minute}
	web := &radius.Session{Session: session.Session{PID: 4711, User: "app", Application: "web", State: "idle in transaction", Age: 12 * time.Minute, Query: "SELECT * FROM users WHERE id = $1 FOR UPDATE"}}
	report := &radius.Report{
		Tables: []*radius.Table{users, lines}, Notes: []string{`standby "b" is 40 s behind, and will fall behind further: it replays every lock and every byte that is written`},
		Sessions: []*radius.Session{web, {Session: session.Session{PID: 12, User: "etl", State: "active", Age: 3 * time.Hour, Query: "COPY facts TO STDOUT"}}},
		Migrations: []radius.Migration{{Tag: "0042_wide", Statements: []radius.Statement{
			{SQL: "ALTER TABLE posts ADD COLUMN x int;", Title: "ALTER TABLE posts", Risk: radius.Moment},
			{SQL: "UPDATE shop.lines SET total = 0 WHERE total IS NULL;", Title: "UPDATE shop.lines", Risk: radius.Busy,
				Locks: []radius.Lock{{Table: lines, Level: effect.RowExclusive}},
				Work:  []radius.Work{{Kind: radius.Change, Table: lines, Level: effect.RowExclusive, Why: "those rows that its WHERE finds are changed", Maybe: true, Time: radius.Span{To: 15 * time.Second}}},
				Notes: []string{"triggers of shop.lines run too: stamp"}},
			{SQL: "ALTER TABLE \"users\"\n  ALTER COLUMN \"total\" SET DATA TYPE bigint;", Title: "ALTER TABLE users", Risk: radius.Blocking,
				Locks: []radius.Lock{{Table: users, Level: effect.AccessExclusive, Held: long, Later: true}, {Table: lines, Level: effect.ShareRowExclusive, Maybe: true}},
				Work:  []radius.Work{{Kind: radius.Rewrite, Table: users, Level: effect.AccessExclusive, Why: `column "total" changes from integer to bigint`, Time: long, Space: users.Total()}},
				Waits: []radius.Wait{{Session: web, Table: users, Level: effect.RowShare}}},
			{SQL: "DO $$ BEGIN EXECUTE 'x'; END $$;", Title: "DO", Risk: radius.Busy, Opaque: true},
			{SQL: "CREATE TABLE tags (id int);", Title: "CREATE TABLE tags", Risk: radius.None},
		}}},
	}
	var b strings.Builder
	for _, width := range []int{0, 50} {
		fmt.Fprintf(&b, "==== width %d\n%s%s", width, effectsText(&report.Migrations[0], width, paint{}), aroundText(report, width, paint{}))
	}
	fmt.Fprintf(&b, "==== empty\n%s", aroundText(&radius.Report{Empty: true}, 0, paint{}))
	const file = "testdata/effects.golden"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Error(diff)
	}
	if bold := effectsText(&report.Migrations[0], 0, paint{on: true}); !strings.Contains(bold, "\x1b[1m    ALTER TABLE \"users\"") {
		t.Errorf("%q", bold)
	}
}
