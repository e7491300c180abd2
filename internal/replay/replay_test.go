package replay_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/pgserver"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
	"github.com/skein-db/skein/internal/replay"
	"github.com/skein-db/skein/internal/schema"
)

func TestHistoryThatAgreesIsRunOnce(t *testing.T) {
	f := newFolder(t)
	want := seven(f, nil)
	out := f.prove(want)
	if len(out.Differences) > 0 || out.Failure != nil || out.Migrations != 7 || !out.Snapshot || !out.SchemaFiles || out.Cached {
		t.Fatalf("%+v", out)
	}
	again := f.prove(want)
	if !again.Cached || f.steps("starting") > 0 || again.Migrations != 7 || len(again.Differences) > 0 {
		t.Errorf("the second time: %+v, it said %q", again, f.told)
	}

	// Changed schema files need a server, and no run.
	ahead := f.prove(users("c1", "c2", "c3", "c4", "c5", "c6", "c7"))
	if f.steps("replaying") > 0 {
		t.Errorf("schema files changed, and the history ran again: %q", f.told)
	}
	if diff := cmp.Diff([]string{"column users.c7:  |  | text | "}, rows(ahead)); diff != "" {
		t.Error(diff)
	}
	if d := ahead.Differences[0]; d.SnapshotDiffers || !d.SchemaFilesDiffer {
		t.Errorf("%+v", d)
	}

	f.add("more", `CREATE INDEX "by_c1" ON "users" ("c1");`, want)
	if out := f.prove(want); out.Cached || out.Migrations != 8 {
		t.Errorf("a new migration was not run: %+v", out)
	}
}

func TestDamagedCacheIsAsGoodAsNone(t *testing.T) {
	f := newFolder(t)
	want := seven(f, nil)
	f.prove(want)
	files, err := filepath.Glob(filepath.Join(f.cache, "*"))
	if err != nil || len(files) == 0 {
		t.Fatal("nothing was kept", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(strings.Replace(string(data), "users", "losers", 1)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out := f.prove(want); len(out.Differences) > 0 || out.Cached {
		t.Errorf("%+v", out)
	}
}

func TestMigrationBehindADifference(t *testing.T) {
	f := newFolder(t)
	want := seven(f, map[int]string{3: addColumn("hidden")})
	out := f.prove(want)
	if diff := cmp.Diff([]string{"column users.hidden: text |  |  | 0002_add_c2"}, rows(out)); diff != "" {
		t.Error(diff)
	}
	if n := f.steps("looking for"); n == 0 || n > 3 {
		t.Errorf("%d steps to find one of 7 migrations", n)
	}

	// What was found holds while the history grows.
	f.add("more", `CREATE TABLE "posts" ("id" integer);`, want)
	out = f.prove(want)
	if f.steps("looking for") == 0 || f.steps("looking for") > 3 {
		t.Errorf("it looked %d times for a table of the last migration: %q", f.steps("looking for"), f.told)
	}
	if diff := cmp.Diff([]string{
		"column users.hidden: text |  |  | 0002_add_c2",
		"table posts: 1 column |  |  | 0007_more",
	}, rows(out)); diff != "" {
		t.Error(diff)
	}
	f.add("still_more", `CREATE INDEX "by_c1" ON "users" ("c1");DROP INDEX "by_c1";`, want)
	f.prove(want)
	if n := f.steps("looking for"); n > 0 {
		t.Errorf("it looked again for what it knew: %q", f.told)
	}
}

// TestDifferenceThatNoSQLNames has to halve: c4 is gone from the snapshot
// alone from the fifth migration on.
func TestDifferenceThatNoSQLNames(t *testing.T) {
	f := newFolder(t)
	f.add("start", createUsers+addColumn("kept"), users("kept"))
	for i := 1; i < 12; i++ {
		s := users("kept")
		if i >= 7 {
			s = users()
		}
		f.add("nothing", "SELECT 1;", s)
	}
	out := f.prove(nil)
	if diff := cmp.Diff([]string{"column users.kept: text |  |  | 0007_nothing"}, rows(out)); diff != "" {
		t.Error(diff)
	}
	if n := f.steps("looking for"); n > 5 {
		t.Errorf("%d steps to find one of 12 migrations", n)
	}
}

func TestSnapshotEditedByHand(t *testing.T) {
	f := newFolder(t)
	want := seven(f, nil)
	file := filepath.Join(f.dir, "meta", "0006_snapshot.json")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	edited := strings.Replace(string(data), `"name": "c6",
          "type": "text"`, `"name": "c6",
          "type": "integer"`, 1)
	if edited == string(data) {
		t.Fatal("the snapshot is not as expected")
	}
	if err := os.WriteFile(file, []byte(edited), 0o600); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"column users.c6: text | integer | text | 0006_add_c6"}, rows(f.prove(want))); diff != "" {
		t.Error(diff)
	}
}

func TestMissingSnapshotsLeaveARange(t *testing.T) {
	f := newFolder(t)
	want := seven(f, map[int]string{4: addColumn("hidden")})
	for _, name := range []string{"0003_snapshot.json", "0004_snapshot.json"} {
		if err := os.Remove(filepath.Join(f.dir, "meta", name)); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"column users.hidden: text |  |  | 0005_add_c5 from 0003_add_c3"}, rows(f.prove(want))); diff != "" {
		t.Error(diff)
	}
}

func TestWhatSnapshotsCannotHold(t *testing.T) {
	f := newFolder(t)
	s := users("name")
	s.Tables[0].Columns[1].Default = &schema.Scalar{Kind: schema.String, Text: "tools.nobody()"}
	f.add("start", `CREATE EXTENSION pg_trgm;--> statement-breakpoint
CREATE SCHEMA tools;
CREATE FUNCTION tools.nobody() RETURNS text LANGUAGE sql AS 'SELECT ''nobody''';--> statement-breakpoint
CREATE TABLE "users" ("id" integer PRIMARY KEY NOT NULL, "name" text DEFAULT tools.nobody());
INSERT INTO "users" ("id") VALUES (1);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER touched BEFORE UPDATE ON "users" FOR EACH ROW EXECUTE FUNCTION touch();
CREATE DOMAIN short AS text CHECK (length(VALUE) < 9);
ALTER TABLE "users" ADD CONSTRAINT one_name EXCLUDE (name WITH =);`, s)
	out := f.prove(s)
	if diff := cmp.Diff([]string(nil), rows(out)); diff != "" || out.SnapshotErr != nil {
		t.Errorf("%s%v", diff, out.SnapshotErr)
	}
	want := []replay.Object{
		{Kind: "domain", Name: "public.short"},
		{Kind: "extension", Name: "pg_trgm"},
		{Kind: "function", Name: "public.touch()"},
		{Kind: "function", Name: "tools.nobody()"},
		{Kind: "trigger", Name: "public.users.touched"},
		{Kind: "note", Name: "public.users.one_name", Note: "is an exclusion constraint, which is not read"},
	}
	if diff := cmp.Diff(want, out.Outside); diff != "" {
		t.Error(diff)
	}
}

func TestSnapshotThatPostgreSQLRefuses(t *testing.T) {
	f := newFolder(t)
	s := users()
	s.Tables[0].Checks = []schema.Check{{Name: "odd", Value: "no_such_function(id)"}}
	f.add("start", createUsers, s)
	out := f.prove(nil)
	if out.Snapshot || out.SnapshotErr == nil || !strings.Contains(out.SnapshotErr.Error(), "no_such_function") {
		t.Errorf("%+v", out)
	}
}

func TestRolesThatAHostHas(t *testing.T) {
	f := newFolder(t)
	s := users()
	s.Tables[0].Policies = []schema.Policy{{Name: "mine", As: "PERMISSIVE", For: "ALL", To: []string{"authenticated"}}}
	f.add("start", createUsers+`ALTER TABLE "users" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "mine" ON "users" AS PERMISSIVE FOR ALL TO "authenticated";`, s)
	if out := f.prove(s); len(rows(out)) > 0 || len(out.Outside) > 0 {
		t.Errorf("%q %v", rows(out), out.Outside)
	}
	f.add("stop", `ALTER TABLE "users" DISABLE ROW LEVEL SECURITY;`, s)
	want := []replay.Object{{Kind: "note", Name: "public.users", Note: "has policies, but row level security is off: they have no effect"}}
	if diff := cmp.Diff(want, f.prove(s).Outside); diff != "" {
		t.Error(diff)
	}
}

func TestTwoAtOnce(t *testing.T) {
	f := newFolder(t)
	want := seven(f, map[int]string{5: addColumn("hidden")})
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			out, err := replay.Prove(context.Background(), f.open(), want, replay.Options{CacheDir: f.cache})
			if err != nil {
				t.Error(err)
				return
			}
			if diff := cmp.Diff([]string{"column users.hidden: text |  |  | 0004_add_c4"}, rows(out)); diff != "" {
				t.Error(diff)
			}
		})
	}
	both.Wait()
}

func TestWhatCannotBeRun(t *testing.T) {
	f := newFolder(t)
	if out, err := f.try(context.Background(), nil); err != nil || out.Ran || out.Reason != "there are no migrations" {
		t.Errorf("%+v, %v", out, err)
	}
	seven(f, nil)
	if err := os.Remove(filepath.Join(f.dir, "0004_add_c4.sql")); err != nil {
		t.Fatal(err)
	}
	if out, err := f.try(context.Background(), nil); err != nil || out.Ran || out.Reason != "the SQL file of 0004_add_c4 is missing" {
		t.Errorf("%+v, %v", out, err)
	}
}

// TestServerOfTheUsers leaves nothing on it, and runs nothing there that could
// not be taken away with a database.
func TestServerOfTheUsers(t *testing.T) {
	server := pgtest.Start(t, pgserver.Options{Listen: true})
	f := newFolder(t)
	want := seven(f, nil)
	t.Setenv(pgserver.EnvURL, server.URL("postgres"))
	if out := f.prove(want); len(out.Differences) > 0 || out.Server != pgserver.EnvURL {
		t.Errorf("%+v", out)
	}
	if out := f.prove(want); !out.Cached {
		t.Error("it ran again")
	}
	f.add("role", `DO $$ BEGIN create  role reader; END $$;`, want)
	out, err := f.try(context.Background(), want)
	if err != nil || out.Ran || !strings.HasPrefix(out.Reason, "0007_role changes the whole server (CREATE ROLE)") {
		t.Errorf("%+v, %v", out, err)
	}
}

func TestNoServerIsAReason(t *testing.T) {
	f := newFolder(t)
	seven(f, nil)
	t.Setenv(pgserver.EnvSource, t.TempDir())
	out, err := f.try(context.Background(), nil)
	if err != nil || out.Ran || out.Reason == "" || out.Err == nil {
		t.Errorf("%+v, %v", out, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := f.try(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}
