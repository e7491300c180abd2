package replay_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/replay"
	"github.com/skein-db/skein/internal/schema"
)

func TestStatementThatFails(t *testing.T) {
	f := newFolder(t)
	f.add("start", createUsers, users())
	f.add("broken", "-- adds a column\nALTER TABLE \"users\"\n  ADD COLUMN \"age\" intger;", users("age"))
	f.add("after", "SELECT 1;", users("age"))
	out := f.prove(nil)
	failure := out.Failure
	if failure == nil || out.Migrations != 1 || out.Differences != nil {
		t.Fatalf("%+v", out)
	}
	if failure.Migration != "0001_broken" || failure.Line != 3 || failure.Column != 20 ||
		failure.Message != `type "intger" does not exist (SQLSTATE 42704)` {
		t.Errorf("%+v", failure)
	}
	if want := "3 |   ADD COLUMN \"age\" intger;\n  |                    ^"; !strings.HasSuffix(failure.Source, want) {
		t.Errorf("the source is\n%s", failure.Source)
	}
	if f.prove(nil); f.steps("replaying") == 0 {
		t.Error("a failure was kept")
	}
}

func TestFileThatCannotBeSent(t *testing.T) {
	f := newFolder(t)
	f.add("start", createUsers, users())
	f.add("undo", "SELECT 1;\nROLLBACK;", users())
	failure := f.prove(nil).Failure
	if failure == nil || failure.Migration != "0001_undo" || failure.Line != 2 {
		t.Errorf("%+v", failure)
	}
}

func TestExtensionThatTheServerLacks(t *testing.T) {
	for _, sql := range []string{
		"CREATE EXTENSION IF NOT EXISTS no_such_extension;",
		"DO $$ BEGIN CREATE EXTENSION no_such_extension; EXCEPTION WHEN others THEN RAISE EXCEPTION 'install no_such_extension'; END $$;",
	} {
		f := newFolder(t)
		f.add("start", sql, users())
		failure := f.prove(nil).Failure
		if failure == nil || failure.Extension != "no_such_extension" || !strings.Contains(failure.Hint, "no_such_extension") {
			t.Errorf("%+v", failure)
		}
	}
}

func TestExtensionThatIsNotNeeded(t *testing.T) {
	f := newFolder(t)
	f.add("start", "DO $$ BEGIN CREATE EXTENSION no_such_extension; EXCEPTION WHEN others THEN NULL; END $$;"+createUsers, users())
	if out := f.prove(users()); len(rows(out)) > 0 {
		t.Errorf("%q", rows(out))
	}
}

func TestStatementsOutsideOfTransactions(t *testing.T) {
	f := newFolder(t)
	s := users("name")
	s.Tables[0].Indexes = []schema.Index{{
		Name: "by_name", Method: "btree", Concurrently: true,
		Columns: []schema.IndexColumn{{Expression: "name", Asc: true, Nulls: "last"}},
	}}
	f.add("start", createUsers+addColumn("name"), users("name"))
	f.add("index", `INSERT INTO "users" VALUES (1, 'a'), (2, 'a');--> statement-breakpoint
CREATE INDEX CONCURRENTLY "by_name" ON "users" USING btree ("name");--> statement-breakpoint
UPDATE "users" SET "name" = 'b'; VACUUM "users";
UPDATE "users" SET "name" = 'c';`, s)
	f.add("after", "SELECT 1;", s)
	out := f.prove(s)
	if len(rows(out)) > 0 || out.Migrations != 3 {
		t.Errorf("%q", rows(out))
	}

	f.add("unique", "SELECT 1;\n  CREATE UNIQUE INDEX CONCURRENTLY \"one_name\" ON \"users\" (\"name\");\nSELECT 2;", s)
	failure := f.prove(s).Failure
	if failure == nil || failure.Migration != "0003_unique" || failure.Line != 2 || !strings.Contains(failure.Detail, "(name)=(c)") {
		t.Errorf("%+v", failure)
	}
}

func TestFailureBehindAStatementOutside(t *testing.T) {
	f := newFolder(t)
	f.add("start", createUsers, users())
	f.add("mixed", "VACUUM \"users\";\nSELECT 1;\n\nSELECT é FROM \"users\";", users())
	failure := f.prove(nil).Failure
	if failure == nil || failure.Line != 4 || failure.Column != 8 {
		t.Errorf("%+v", failure)
	}
	if failure != nil && !strings.Contains(failure.Source, "4 | SELECT é FROM") {
		t.Errorf("the source is\n%s", failure.Source)
	}
}

func TestEnumValueAddedAndUsed(t *testing.T) {
	mood := func(values ...string) *schema.Schema {
		return &schema.Schema{
			Enums:  []schema.Enum{{Schema: schema.Public, Name: "mood", Values: values}},
			Tables: []schema.Table{{Schema: schema.Public, Name: "days", Columns: []schema.Column{{Name: "mood", Type: "mood", TypeSchema: schema.Public}}}},
		}
	}
	const start = `CREATE TYPE "mood" AS ENUM ('sad'); CREATE TABLE "days" ("mood" "mood");`
	const add, use = `ALTER TYPE "mood" ADD VALUE 'glad';`, `UPDATE "days" SET "mood" = 'glad';`
	for between, want := range map[string][]string{
		"":                               nil, // package migrate commits the value first
		"\nCOMMIT;":                      nil,
		"\nSELECT ('gl' || 'ad')::mood;": {`failed: 0001_glad: unsafe use of new value "glad" of enum type mood (SQLSTATE 55P04)`},
	} {
		f := newFolder(t)
		f.add("start", start, mood("sad"))
		f.add("glad", add+between+"\n"+use, mood("sad", "glad"))
		if diff := cmp.Diff(want, rows(f.prove(nil))); diff != "" {
			t.Errorf("%q between: %s", between, diff)
		}
	}
}

// TestServerThatEnds: what happens to the server is no fault of a migration.
func TestServerThatEnds(t *testing.T) {
	for name, sql := range map[string]string{
		"session":    `SELECT pg_terminate_backend(pg_backend_pid());`,
		"backend":    `COPY (SELECT 1) TO PROGRAM 'kill -9 $PPID';`,
		"postmaster": `COPY (SELECT 1) TO PROGRAM 'kill -9 $(head -n 1 postmaster.pid)'; SELECT pg_sleep(600);`,
	} {
		t.Run(name, func(t *testing.T) {
			f := newFolder(t)
			f.add("start", createUsers, users())
			f.add("end", sql, users())
			out, err := f.try(context.Background(), nil)
			var told *diag.Error
			if !errors.As(err, &told) || told.Kind != diag.Database || !strings.Contains(told.Message, "says nothing about the migrations") {
				t.Errorf("%+v, %v", out, err)
			}
		})
	}
}

func TestInterruption(t *testing.T) {
	f := newFolder(t)
	f.add("start", createUsers, users())
	f.add("slow", `SELECT pg_sleep(600);`, users())
	ctx, cancel := context.WithCancel(context.Background())
	out, err := replay.Prove(ctx, f.open(), nil, replay.Options{Progress: func(what string) {
		if strings.HasPrefix(what, "replaying 0001_slow") {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%+v, %v", out, err)
	}
}
