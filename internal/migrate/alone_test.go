package migrate

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
)

// TestFoundInTheCatalog has a run end between a statement's effect and the
// record of it: the log says that it is begun and no more.
func TestFoundInTheCatalog(t *testing.T) {
	for _, c := range []struct{ name, before, statement, count string }{
		{"index", "", `CREATE UNIQUE INDEX CONCURRENTLY "I" ON public . "T" ("Id");`, "SELECT count(*)::text FROM pg_indexes WHERE tablename = 'T'"},
		{"index without a name", `CREATE INDEX "T_Id_idx" ON "T" ("Id")`, `CREATE INDEX /* x */ CONCURRENTLY ON ONLY "T" ("Id");`, "SELECT (count(*) - 1)::text FROM pg_indexes WHERE tablename = 'T'"},
		{"dropped index", `CREATE INDEX "i j" ON "T" ("Id")`, `DROP INDEX CONCURRENTLY public."i j";`, "SELECT (count(*) + 1)::text FROM pg_indexes WHERE tablename = 'T'"},
		{"detached partition", `CREATE TABLE p (id int) PARTITION BY LIST (id); CREATE TABLE q PARTITION OF p FOR VALUES IN (1)`, `ALTER TABLE p DETACH PARTITION q CONCURRENTLY;`, "SELECT (count(*) + 1)::text FROM pg_inherits"},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn := fresh(t)
			h := historyOf(c.statement + "CREATE TABLE after ();")
			execSQL(t, conn, `CREATE TABLE "T" ("Id" int);`+c.before)
			mustUp(t, conn, h)
			execSQL(t, conn, "DROP TABLE after; DELETE FROM drizzle.__drizzle_migrations; DELETE FROM drizzle.__skein_log WHERE event <> 'started'")
			p, err := Plan(context.Background(), conn, h, Target{})
			if err != nil || !slices.Contains(p.Steps[0].Notes, "an earlier run broke off while line 1 was running: the catalog will show what became of it") {
				t.Errorf("plan: %+v, %v", p, err)
			}
			found := 0
			_, err = Apply(context.Background(), conn, p, Options{OnEvent: func(e Event) {
				if _, ok := e.(Found); ok {
					found++
				}
			}})
			if err != nil || found != 1 {
				t.Errorf("found %d, %v", found, err)
			}
			if got := value(t, conn, c.count); got != "1" {
				t.Errorf("there are %s", got)
			}
		})
	}
}

// TestFoundDatabase does the same for a thing that belongs to the server.
func TestFoundDatabase(t *testing.T) {
	conn := fresh(t)
	name := fmt.Sprintf(`"Made By %s"`, value(t, conn, "SELECT current_database()"))
	t.Cleanup(func() { execSQL(t, conn, "DROP DATABASE IF EXISTS "+name) })
	for _, sql := range []string{"CREATE DATABASE " + name + ";", "DROP DATABASE " + name + ";"} {
		h := historyOf(sql)
		mustUp(t, conn, h)
		execSQL(t, conn, "DELETE FROM drizzle.__drizzle_migrations; DELETE FROM drizzle.__skein_log WHERE event <> 'started'")
		mustUp(t, conn, h)
		execSQL(t, conn, "DROP SCHEMA drizzle CASCADE")
	}
}

// TestInvalidIndexIsRebuilt begins with what a failed psql has left. IF NOT
// EXISTS would take it for the index.
func TestInvalidIndexIsRebuilt(t *testing.T) {
	conn := fresh(t)
	execSQL(t, conn, `CREATE TABLE "t" (id int); INSERT INTO t VALUES (1), (1)`)
	if _, err := conn.Exec(context.Background(), `CREATE UNIQUE INDEX CONCURRENTLY "I" ON t (id)`); err == nil {
		t.Fatal("the index can be built")
	}
	h := historyOf(`CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "I" ON "t" (id);`)
	_, err := up(context.Background(), conn, h, Options{})
	if err == nil || !strings.Contains(err.Error(), "it has left an invalid index, which the next run drops") {
		t.Errorf("got %v", err)
	}
	execSQL(t, conn, "DELETE FROM t WHERE ctid = '(0,1)'")
	var cleared []string
	if _, err := up(context.Background(), conn, h, Options{OnEvent: func(e Event) {
		if c, ok := e.(Cleared); ok {
			cleared = append(cleared, c.SQL)
		}
	}}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{`DROP INDEX CONCURRENTLY IF EXISTS public."I"`}, cleared); diff != "" {
		t.Error(diff)
	}
	if got := value(t, conn, "SELECT string_agg(indexrelid::regclass || ' ' || indisvalid, ', ') FROM pg_index WHERE indrelid = 't'::regclass"); got != `"I" true` {
		t.Errorf("indexes: %s", got)
	}
}

// TestRebuildingIsCleared: REINDEX CONCURRENTLY, cut short, leaves an index too.
func TestRebuildingIsCleared(t *testing.T) {
	conn := fresh(t)
	execSQL(t, conn, "CREATE TABLE t (id int); INSERT INTO t VALUES (1), (1); CREATE INDEX i ON t (id); CREATE FUNCTION f(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'; CREATE INDEX j ON t (f(id)); CREATE OR REPLACE FUNCTION f(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN 1 / 0; END'")
	h := historyOf("REINDEX (VERBOSE) TABLE CONCURRENTLY t;")
	if _, err := up(context.Background(), conn, h, Options{}); err == nil || !strings.Contains(err.Error(), "division by zero") {
		t.Errorf("got %v", err)
	}
	if got := value(t, conn, "SELECT count(*)::text FROM pg_index WHERE NOT indisvalid"); got == "0" {
		t.Error("nothing is left: the test shows nothing")
	}
	execSQL(t, conn, "CREATE OR REPLACE FUNCTION f(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'")
	mustUp(t, conn, h)
	if got := value(t, conn, "SELECT string_agg(indexrelid::regclass || ' ' || indisvalid, ', ' ORDER BY indexrelid::regclass::text) FROM pg_index WHERE indrelid = 't'::regclass"); got != "i true, j true" {
		t.Errorf("indexes: %s", got)
	}
}

// waitingIndex starts a migration whose index waits for another transaction,
// and returns what it says when end has ended it.
func waitingIndex(t *testing.T, end func(cancel func(), pid uint32)) (next func(), said error) {
	url := pgtest.New(t)
	conn := connect(t, url)
	execSQL(t, conn, "CREATE TABLE t (id int)")
	_, release := holding(t, url, "INSERT INTO t VALUES (1)")
	h := historyOf("CREATE TABLE a ();\nCREATE INDEX CONCURRENTLY i ON t (id);\nCREATE TABLE b ();")
	own := connect(t, url)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	_, err := up(ctx, own, h, Options{OnEvent: func(e Event) {
		if _, ok := e.(Blocked); ok {
			end(cancel, own.PgConn().PID())
		}
	}})
	return func() {
		release()
		mustUp(t, conn, h)
		if got := value(t, conn, "SELECT string_agg(indexrelid::regclass || ' ' || indisvalid, ', ') FROM pg_index WHERE indrelid = 't'::regclass"); got != "i true" {
			t.Errorf("indexes: %s", got)
		}
		if got := value(t, conn, tables); got != "a b t" {
			t.Errorf("tables: %s", got)
		}
	}, err
}

func TestInterruptedOnItsOwn(t *testing.T) {
	next, err := waitingIndex(t, func(cancel func(), _ uint32) { cancel() })
	want := `drizzle/0000_a.sql:2:1: interrupted while this statement was running
2 | CREATE INDEX CONCURRENTLY i ON t (id);
  | ^
0000_a is applied up to line 1; the rest of it was not run; no other migration was run
hint: ` + "`skein migrate` goes on from here\nit has left an invalid index, which the next run drops"
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	next()
}

func TestLostOnItsOwn(t *testing.T) {
	killer := connect(t, pgtest.New(t))
	next, err := waitingIndex(t, func(_ func(), pid uint32) { execSQL(t, killer, fmt.Sprintf("SELECT pg_terminate_backend(%d)", pid)) })
	if err == nil || !strings.Contains(err.Error(), "drizzle/0000_a.sql:2:1: the connection to the database was lost while this statement was running") ||
		!strings.Contains(err.Error(), "0000_a is applied up to line 1; the rest of it may be done or not, the next run goes by what the catalog shows") {
		t.Errorf("got %v", err)
	}
	next()
}

// TestIndexThatSomebodyBuilds is invalid too, and not to be dropped.
func TestIndexThatSomebodyBuilds(t *testing.T) {
	url := pgtest.New(t)
	conn := connect(t, url)
	execSQL(t, conn, "CREATE TABLE t (id int)")
	_, release := holding(t, url, "INSERT INTO t VALUES (1)")
	builder := connect(t, url)
	built := make(chan error, 1)
	go func() {
		_, err := builder.Exec(context.Background(), "CREATE INDEX CONCURRENTLY i ON t (id)")
		built <- err
	}()
	for value(t, conn, "SELECT count(*)::text FROM pg_index WHERE NOT indisvalid AND indrelid = 't'::regclass") == "0" {
		time.Sleep(5 * time.Millisecond)
	}
	var waited []Blocker
	_, err := up(context.Background(), conn, historyOf("CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (id);"), Options{LockRetries: 1000, pauseLast: 20 * time.Millisecond, OnEvent: func(e Event) {
		if r, ok := e.(Retry); ok && waited == nil {
			waited = r.Blockers
			release()
		}
	}})
	if err := <-built; err != nil {
		t.Errorf("the index of somebody else: %v", err)
	}
	if err != nil || len(waited) != 1 || waited[0].PID != int(builder.PgConn().PID()) {
		t.Errorf("waited for %v, %v", waited, err)
	}
}

// TestDetachIsFinalized: cut short by the lock timeout, it leaves the partition
// half detached.
func TestDetachIsFinalized(t *testing.T) {
	url := pgtest.New(t)
	conn := connect(t, url)
	if value(t, conn, "SELECT current_setting('server_version_num')") < "140000" {
		t.Skip("needs PostgreSQL 14")
	}
	execSQL(t, conn, "CREATE TABLE p (id int) PARTITION BY LIST (id); CREATE TABLE q PARTITION OF p FOR VALUES IN (1)")
	_, release := holding(t, url, "SELECT * FROM p")
	released := false
	_, err := up(context.Background(), conn, historyOf("ALTER TABLE p DETACH PARTITION q CONCURRENTLY;"), Options{LockTimeout: 100 * time.Millisecond, pauseLast: noPause, OnEvent: func(e Event) {
		if _, ok := e.(Retry); ok && !released {
			released = true
			release()
		}
	}})
	if err != nil || !released {
		t.Errorf("retried %v, %v", released, err)
	}
	if got := value(t, conn, "SELECT count(*)::text FROM pg_inherits"); got != "0" {
		t.Errorf("%s partitions", got)
	}
}

func TestEnumValuesAreUsed(t *testing.T) {
	conn := fresh(t)
	mustUp(t, conn, historyOf("CREATE TYPE mood AS ENUM ('ok'); CREATE TABLE t (m mood);", "ALTER TYPE mood ADD VALUE 'sad';", "INSERT INTO t VALUES ('sad');",
		"ALTER TYPE mood ADD VALUE 'glad' BEFORE 'sad';--> statement-breakpoint\nALTER TABLE t ALTER m SET DEFAULT 'glad'; INSERT INTO t DEFAULT VALUES;"))
	if got := value(t, conn, "SELECT string_agg(m::text, ' ') FROM t"); got != "sad glad" {
		t.Errorf("rows: %s", got)
	}
}

// TestResumedSession: what the done part of a file has set is set again.
func TestResumedSession(t *testing.T) {
	url := pgtest.New(t)
	broken := "CREATE SCHEMA s; SET search_path = s; CREATE TABLE t (id int);\nVACUUM nowhere;"
	_, err := up(context.Background(), connect(t, url), historyOf(broken), Options{})
	if err == nil || !strings.Contains(err.Error(), "drizzle/0000_a.sql:2:1: relation \"nowhere\" does not exist") || !strings.Contains(err.Error(), "0000_a is applied up to line 1; the rest of it was not run") {
		t.Fatalf("got %v", err)
	}
	conn := connect(t, url)
	mustUp(t, conn, historyOf(strings.Replace(broken, "VACUUM nowhere", "VACUUM t;\nINSERT INTO t VALUES (1)", 1)))
	if got := value(t, conn, "SELECT count(*)::text FROM s.t"); got != "1" {
		t.Errorf("%s rows", got)
	}
}

// TestNewerLog: what a newer skein has noted may mean anything.
func TestNewerLog(t *testing.T) {
	conn := fresh(t)
	h := historyOf("CREATE TABLE a ();\nVACUUM nowhere;")
	_, _ = up(context.Background(), conn, h, Options{}) // fails, and leaves the log
	execSQL(t, conn, "ALTER TABLE drizzle.__skein_log ADD COLUMN more int; UPDATE drizzle.__skein_log SET details = '{\"more\": [1]}'; INSERT INTO drizzle.__skein_log SELECT 100, migrations_table, created_at, tag, 'pondered', 7, hash FROM drizzle.__skein_log LIMIT 1")
	if r := mustStatus(t, conn, h); r.Entries[0].Note != "applied up to line 1" {
		t.Errorf("note: %s", r.Entries[0].Note)
	}
	execSQL(t, conn, "UPDATE drizzle.__skein_log SET format = 2 WHERE id = 100")
	_, err := Plan(context.Background(), conn, h, Target{})
	if err == nil || !strings.Contains(err.Error(), "a newer skein has begun this migration") {
		t.Errorf("got %v", err)
	}
}

func TestSingleTransaction(t *testing.T) {
	conn := fresh(t)
	all := func(h *history.History) (*Applied, error) {
		p, err := Plan(context.Background(), conn, h, Target{})
		if err == nil {
			err = p.InOneTransaction()
		}
		if err != nil {
			return &Applied{}, err
		}
		return Apply(context.Background(), conn, p, Options{})
	}
	for sql, want := range map[string]string{
		"SELECT 1;\nVACUUM;":              "drizzle/0001_b.sql:2:1: VACUUM cannot be part of a single transaction",
		"SELECT 1;\nCOMMIT;SELECT 2;":     "drizzle/0001_b.sql:2:7: a file with a COMMIT in its middle cannot be part of a single transaction",
		"INSERT INTO nowhere VALUES (1);": "the 3 migrations are a single transaction; all of it was rolled back",
	} {
		done, err := all(historyOf("CREATE TABLE a ();", sql, "SELECT 1;"))
		if err == nil || !strings.Contains(err.Error(), want) || len(done.Migrations) > 0 {
			t.Errorf("%s: got %v", sql, err)
		}
		if got := value(t, conn, tables); got != "" {
			t.Errorf("tables: %s", got)
		}
	}
	done, err := all(historyOf("CREATE TABLE a ();", "BEGIN; CREATE TABLE b (); COMMIT;", "CREATE TABLE c ();"))
	if err != nil || len(done.Migrations) != 3 || value(t, conn, tables) != "a b c" {
		t.Errorf("done %+v, %v", done, err)
	}
	if got := value(t, conn, "SELECT count(DISTINCT xmin::text)::text FROM drizzle.__drizzle_migrations"); got != "1" {
		t.Errorf("%s transactions", got)
	}
}

func TestWaitIsBounded(t *testing.T) {
	url := pgtest.New(t)
	other := connect(t, url)
	execSQL(t, other, fmt.Sprintf("SET application_name = 'first'; SELECT pg_advisory_lock(%d)", lockKey(Target{}.orDefault())))
	_, err := up(context.Background(), connect(t, url), historyOf("SELECT 1;"), Options{Wait: 100 * time.Millisecond})
	if err == nil || !strings.Contains(err.Error(), "another run of migrate has the lock") || !strings.Contains(err.Error(), fmt.Sprintf("process %d of ", other.PgConn().PID())) || !strings.Contains(err.Error(), "(first), connected since ") {
		t.Errorf("got %v", err)
	}
}
