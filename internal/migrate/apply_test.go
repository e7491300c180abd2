package migrate

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/pgserver"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
)

const tables = "SELECT coalesce(string_agg(relname, ' ' ORDER BY relname), '') FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"

// rowsOf lists id, hash and time of every recorded migration.
func rowsOf(t testing.TB, conn *pgx.Conn) string {
	return value(t, conn, "SELECT coalesce(string_agg(id || ' ' || hash || ' ' || created_at, E'\n' ORDER BY id), '') FROM drizzle.__drizzle_migrations")
}

func TestStatusAndPlanChangeNothing(t *testing.T) {
	conn := fresh(t)
	h := historyOf("CREATE TABLE a ();", "CREATE TABLE b ();")
	r := mustStatus(t, conn, h)
	if diff := cmp.Diff([]State{StatePending, StatePending}, states(r)); diff != "" || r.Exists {
		t.Errorf("exists %v, %s", r.Exists, diff)
	}
	if _, err := Plan(context.Background(), conn, h, Target{}); err != nil {
		t.Fatal(err)
	}
	if got := value(t, conn, "SELECT count(*)::text FROM pg_namespace WHERE nspname = 'drizzle'"); got != "0" {
		t.Error("the schema was created")
	}
}

func TestApply(t *testing.T) {
	conn := fresh(t)
	h := historyOf("CREATE TABLE a (id int);\n--> statement-breakpoint\nINSERT INTO a VALUES (1);", "-- nothing yet", "", "CREATE TABLE b ();")
	done := mustUp(t, conn, h)
	if len(done.Migrations) != 4 || done.Migrations[3].Tag != "0003_d" {
		t.Errorf("done: %+v", done)
	}
	var want []string
	for i, m := range h.Migrations {
		want = append(want, string(rune('1'+i))+" "+m.Hash()+" 170000000"+string(rune('0'+i))+"000")
	}
	if diff := cmp.Diff(strings.Join(want, "\n"), rowsOf(t, conn)); diff != "" {
		t.Error(diff)
	}
	if got := value(t, conn, tables); got != "a b" {
		t.Errorf("tables: %s", got)
	}
	if again := mustUp(t, conn, h); len(again.Migrations)+len(again.ByOthers) != 0 {
		t.Errorf("a second run did %+v", again)
	}
	more := historyOf("CREATE TABLE a (id int);\n--> statement-breakpoint\nINSERT INTO a VALUES (1);", "-- nothing yet", "", "CREATE TABLE b ();", "CREATE TABLE c ();")
	if next := mustUp(t, conn, more); len(next.Migrations) != 1 || next.Migrations[0].Tag != "0004_e" {
		t.Errorf("the next run did %+v", next)
	}
}

// TestTableIsDrizzles compares our table with the one drizzle's statements make.
func TestTableIsDrizzles(t *testing.T) {
	const columns = `SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid)), '; ' ORDER BY attnum)
		FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attnum > 0 AND a.attrelid = 'drizzle.__drizzle_migrations'::regclass`
	ours, theirs := fresh(t), fresh(t)
	mustUp(t, ours, historyOf("SELECT 1;"))
	execSQL(t, theirs, `CREATE SCHEMA IF NOT EXISTS "drizzle"`)
	execSQL(t, theirs, `CREATE TABLE IF NOT EXISTS "drizzle"."__drizzle_migrations" (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint)`)
	if diff := cmp.Diff(value(t, theirs, columns), value(t, ours, columns)); diff != "" {
		t.Error(diff)
	}
}

func TestAnotherTarget(t *testing.T) {
	conn := fresh(t)
	target := Target{Schema: `it"s`, Table: `my "own"`}
	h := historyOf("CREATE TABLE a ();")
	p, err := Plan(context.Background(), conn, h, target)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Apply(context.Background(), conn, p, Options{}); err != nil {
		t.Fatal(err)
	}
	if got := value(t, conn, `SELECT count(*)::text FROM "it""s"."my ""own"""`); got != "1" {
		t.Errorf("%s rows", got)
	}
}

func TestSkippedAreApplied(t *testing.T) {
	conn := fresh(t)
	h := historyOf("CREATE TABLE a ();", "CREATE TABLE b ();", "CREATE TABLE c ();", "CREATE TABLE d ();")
	late := *h
	late.Migrations = append(late.Migrations[:0:0], h.Migrations[0], h.Migrations[2])
	mustUp(t, conn, &late)
	p, err := Plan(context.Background(), conn, h, Target{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]State{StateApplied, StateSkipped, StateApplied, StatePending}, states(p.Report)); diff != "" {
		t.Error(diff)
	}
	if len(p.Steps) != 2 || !p.Steps[0].Skipped || p.Steps[1].Skipped {
		t.Errorf("steps: %+v", p.Steps)
	}
	mustUp(t, conn, h)
	if got := value(t, conn, tables); got != "a b c d" {
		t.Errorf("tables: %s", got)
	}
}

func TestEditedAndUnknownAreLeftAlone(t *testing.T) {
	conn := fresh(t)
	mustUp(t, conn, historyOf("CREATE TABLE a ();", "CREATE TABLE b ();"))
	h := historyOf("CREATE TABLE a (id int);")
	before := rowsOf(t, conn)
	if diff := cmp.Diff([]State{StateEdited, StateUnknown}, states(mustStatus(t, conn, h))); diff != "" {
		t.Error(diff)
	}
	if done := mustUp(t, conn, h); len(done.Migrations) != 0 || rowsOf(t, conn) != before {
		t.Errorf("did %+v", done)
	}
}

func TestMissingFileIsNamed(t *testing.T) {
	conn := fresh(t)
	h := historyOf("CREATE TABLE a ();", "", "")
	h.Migrations[1].HasSQL, h.Migrations[2].HasSQL = false, false
	_, err := up(context.Background(), conn, h, Options{})
	want := "drizzle/0001_b.sql: the SQL files of 2 pending migrations are missing\ndrizzle/0001_b.sql\ndrizzle/0002_c.sql\nhint: restore them from version control; nothing was run"
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	if got := value(t, conn, tables); got != "" {
		t.Errorf("tables: %s", got)
	}
}

// TestPartsGoOn has a migration with COMMITs fail in its second part, and the
// next run go on there with the mended file.
func TestPartsGoOn(t *testing.T) {
	conn := fresh(t)
	const first = "CREATE TYPE mood AS ENUM ('ok');\nCOMMIT;\nALTER TYPE mood ADD VALUE 'sad';\nCREATE TABLE a (m mood);\nCOMMIT;\n"
	broken, mended := historyOf(first+"INSERT INTO a VALUES ('bad');"), historyOf(first+"INSERT INTO a VALUES ('sad');")
	_, err := up(context.Background(), conn, broken, Options{})
	if err == nil || !strings.Contains(err.Error(), "0000_a is applied up to line 5; the rest of it was rolled back") {
		t.Fatalf("got %v", err)
	}
	r := mustStatus(t, conn, mended)
	if r.Entries[0].State != StatePending || r.Entries[0].Note != "applied up to line 5" {
		t.Errorf("entry: %+v", r.Entries[0])
	}
	_, err = up(context.Background(), conn, historyOf(strings.Replace(first, "'sad'", "'glad'", 1)), Options{})
	var e *diag.Error
	if !errors.As(err, &e) || e.Kind != diag.Refused || !strings.Contains(e.Message, "changed since") {
		t.Errorf("with another first part: %v", err)
	}
	mended.Migrations[0].SQL = strings.ReplaceAll(mended.Migrations[0].SQL, "\n", "\r\n")
	p, err := Plan(context.Background(), conn, mended, Target{})
	if err != nil || len(p.Steps[0].Notes) != 3 || p.Steps[0].Notes[2] != "applied up to line 5 already, it goes on behind that" {
		t.Errorf("plan: %+v, %v", p, err)
	}
	mustUp(t, conn, mended)
	if got := value(t, conn, "SELECT string_agg(m::text, ' ') FROM a"); got != "sad" {
		t.Errorf("rows: %s", got)
	}
	if got := value(t, conn, "SELECT string_agg(concat_ws(' ', event, parts, tag, by = session_user), ', ' ORDER BY id) FROM drizzle.__skein_log"); got != "committed 1 0000_a t, committed 2 0000_a t, applied 3 0000_a t" {
		t.Errorf("log: %s", got)
	}
	if diff := cmp.Diff([]State{StateApplied}, states(mustStatus(t, conn, mended))); diff != "" {
		t.Error(diff)
	}
}

func TestPlanThatIsOutOfDate(t *testing.T) {
	conn := fresh(t)
	ctx := context.Background()
	h := historyOf("CREATE TABLE a ();", "CREATE TABLE b ();")
	plan := func() *Pending {
		p, err := Plan(ctx, conn, h, Target{})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	both := plan()
	mustUp(t, conn, historyOf("CREATE TABLE a ();"))
	done, err := Apply(ctx, conn, both, Options{})
	if err != nil || len(done.Migrations) != 1 || len(done.ByOthers) != 1 {
		t.Fatalf("others had applied the first: %+v, %v", done, err)
	}
	execSQL(t, conn, "DELETE FROM drizzle.__drizzle_migrations WHERE id = 2")
	second := plan()
	execSQL(t, conn, "DELETE FROM drizzle.__drizzle_migrations")
	_, err = Apply(ctx, conn, second, Options{})
	var e *diag.Error
	if !errors.As(err, &e) || e.Kind != diag.Refused || !strings.Contains(e.Message, "0000_a is not recorded as applied any more") {
		t.Errorf("got %v", err)
	}
	all := plan()
	mustUpOthers(t, conn)
	_, err = Apply(ctx, conn, all, Options{})
	if !errors.As(err, &e) || e.Kind != diag.Refused || !strings.Contains(e.Message, "another run has applied 0000_a with other SQL") {
		t.Errorf("got %v", err)
	}
}

// mustUpOthers applies a first migration with other SQL than the test's.
func mustUpOthers(t *testing.T, conn *pgx.Conn) {
	mustUp(t, conn, historyOf("CREATE TABLE x ();"))
}

func TestNotDrizzlesTable(t *testing.T) {
	conn := fresh(t)
	execSQL(t, conn, "CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (version int)")
	_, err := Status(context.Background(), conn, historyOf("SELECT 1;"), Target{})
	if err == nil || !strings.Contains(err.Error(), `"drizzle"."__drizzle_migrations" is not a table of applied migrations as drizzle makes it`) {
		t.Errorf("got %v", err)
	}
}

func TestRoleWithoutRights(t *testing.T) {
	s := pgtest.Start(t, pgserver.Options{})
	url, err := s.CreateDatabase(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	owner := connect(t, url)
	execSQL(t, owner, "CREATE ROLE guest LOGIN; CREATE SCHEMA app AUTHORIZATION guest")
	guest := connect(t, url)
	execSQL(t, guest, "SET ROLE guest")
	_, err = up(context.Background(), guest, historyOf("SELECT 1;"), Options{})
	if err == nil || !strings.Contains(err.Error(), `creating "drizzle"."__drizzle_migrations" failed`) || !strings.Contains(err.Error(), "permission denied for database") {
		t.Errorf("got %v", err)
	}
	p, err := Plan(context.Background(), guest, historyOf("CREATE TABLE app.a ();"), Target{Schema: "app"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Apply(context.Background(), guest, p, Options{}); err != nil {
		t.Errorf("a role that owns the schema but may not create one: %v", err)
	}
	mustUp(t, owner, historyOf("SELECT 1;"))
	_, err = Status(context.Background(), guest, historyOf("SELECT 1;"), Target{})
	if err == nil || !strings.Contains(err.Error(), "permission denied for schema drizzle") {
		t.Errorf("got %v", err)
	}
}

func TestReadOnlyDatabase(t *testing.T) {
	conn := fresh(t)
	execSQL(t, conn, "SET default_transaction_read_only = on")
	_, err := up(context.Background(), conn, historyOf("SELECT 1;"), Options{})
	want := `creating "drizzle"."__drizzle_migrations" failed
PostgreSQL says: cannot execute CREATE SCHEMA in a read-only transaction (SQLSTATE 25006)
hint: the URL leads to a standby or to a database that is set to read only: connect to the primary (target_session_attrs=read-write finds it among several hosts)
nothing was run`
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestBusyConnection(t *testing.T) {
	conn := fresh(t)
	execSQL(t, conn, "BEGIN")
	_, err := Status(context.Background(), conn, historyOf("SELECT 1;"), Target{})
	var e *diag.Error
	if !errors.As(err, &e) || e.Kind != diag.Bug {
		t.Errorf("got %v", err)
	}
}

func TestEvents(t *testing.T) {
	conn := fresh(t)
	var got []Event
	_, err := up(context.Background(), conn, historyOf("\n-- a\nSELECT 1;--> statement-breakpoint\nDO $$BEGIN RAISE WARNING 'careful'; END$$;"), Options{OnEvent: func(e Event) {
		if end, ok := e.(MigrationEnd); ok {
			if end.Duration <= 0 {
				t.Error("no duration")
			}
			end.Duration = 0
			e = end
		}
		got = append(got, e)
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := []Event{
		MigrationStart{Tag: "0000_a", Number: 1, Total: 1},
		StatementStart{Tag: "0000_a", Number: 1, Total: 2, Line: 3, SQL: "SELECT 1;"},
		StatementEnd{Tag: "0000_a"},
		StatementStart{Tag: "0000_a", Number: 2, Total: 2, Line: 4, SQL: "DO $$BEGIN RAISE WARNING 'careful'; END$$;"},
		Notice{Tag: "0000_a", Severity: "WARNING", Message: "careful"},
		StatementEnd{Tag: "0000_a"},
		MigrationEnd{Tag: "0000_a", Number: 1, Total: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestNoEventsAfterAFailure: the pieces behind it were sent, but are not run.
func TestNoEventsAfterAFailure(t *testing.T) {
	var started []string
	_, err := up(context.Background(), fresh(t), historyOf("SELECT 1;--> statement-breakpoint\nSELECT 1/0;--> statement-breakpoint\nSELECT 3;"), Options{OnEvent: func(e Event) {
		if s, ok := e.(StatementStart); ok {
			started = append(started, s.SQL)
		}
	}})
	if diff := cmp.Diff([]string{"SELECT 1;", "SELECT 1/0;"}, started); diff != "" || err == nil {
		t.Error(err, diff)
	}
}
