package reverse

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
)

// folder writes a history; each migration is SQL and the schema after it.
type folder struct {
	t   *testing.T
	dir string
	id  string
}

func newFolder(t *testing.T) *folder { return &folder{t: t, dir: t.TempDir(), id: snapshot.OriginID} }

func (f *folder) open() *history.History {
	f.t.Helper()
	h, err := history.Open(f.dir)
	if err != nil {
		f.t.Fatal(err)
	}
	return h
}

func (f *folder) add(sql string, after *schema.Schema) *folder {
	f.t.Helper()
	h := f.open()
	n := len(h.Migrations)
	next := fmt.Sprintf("00000000-0000-0000-0000-0000000000%02d", n+1)
	if _, err := h.Append(history.Draft{Name: string(rune('a' + n)), SQL: sql, Snapshot: snapshot.New(next, f.id, after)}); err != nil {
		f.t.Fatal(err)
	}
	f.id = next
	return f
}

// users is a schema of one table with these columns, each "name type".
func users(columns ...string) *schema.Schema {
	t := schema.Table{Schema: schema.Public, Name: "users"}
	for _, c := range columns {
		name, typ, _ := strings.Cut(c, " ")
		t.Columns = append(t.Columns, schema.Column{Name: name, Type: typ})
	}
	return &schema.Schema{Tables: []schema.Table{t}}
}

func TestCompute(t *testing.T) {
	f := newFolder(t)
	f.add(`CREATE TABLE "users" ("id" integer, "name" text);`, users("id integer", "name text"))
	f.add(`ALTER TABLE "users" RENAME COLUMN "name" TO "full_name";--> statement-breakpoint`+"\n"+`UPDATE "users" SET "full_name" = trim("full_name");`, users("id integer", "full_name text"))
	f.add(`ALTER TABLE "users" ADD COLUMN "note" text;--> statement-breakpoint`+"\n"+`ALTER TABLE "users" DROP COLUMN "full_name";`, users("id integer", "note text"))
	f.add(`ALTER TABLE "users" ALTER COLUMN "id" SET DATA TYPE bigint;`, users("id bigint", "note text"))
	steps, err := Compute(f.open(), []int{3, 2, 1, 0})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range steps {
		got = append(got, strings.ReplaceAll(s.SQL, "--> statement-breakpoint\n", " "))
	}
	want := []string{
		`ALTER TABLE "users" ALTER COLUMN "id" SET DATA TYPE integer;`,
		`ALTER TABLE "users" ADD COLUMN "full_name" text; ALTER TABLE "users" DROP COLUMN "note";`,
		`ALTER TABLE "users" RENAME COLUMN "full_name" TO "name";`, // and not: add one, drop the other
		`DROP TABLE "users" CASCADE;`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if f := steps[0].Fails; len(f) != 1 || f[0] != "users.id: bigint to integer: fails if a value is too large" {
		t.Errorf("fails: %q", f)
	}
	if l := steps[1].Losses; len(l) != 1 || l[0].Object != "users.note" || l[0].place != (place{schema.Ref{Schema: "public", Name: "users"}, "note"}) {
		t.Errorf("losses: %+v", l)
	}
	if diff := cmp.Diff([]string{"column users.full_name"}, steps[1].Empty); diff != "" {
		t.Error(diff)
	}
	if s := steps[2].Stays; len(s) != 1 || s[0].Line != 2 || !s[0].Rows {
		t.Errorf("stays: %+v", s)
	}
	if l := steps[3].Losses; len(l) != 1 || l[0].Message != "all rows of the table are lost" {
		t.Errorf("losses: %+v", l)
	}
}

func TestComputeRefuses(t *testing.T) {
	f := newFolder(t)
	f.add(`CREATE TABLE "users" ("id" integer);`, users("id integer"))
	f.add(`ALTER TABLE "users" ADD COLUMN "a" text;`, users("id integer", "a text"))
	whole := f.open()

	missing := *whole
	missing.Migrations = append([]history.Migration{}, whole.Migrations...)
	missing.Migrations[0].HasSnapshot = false
	if _, err := Compute(&missing, []int{1}); err == nil || !strings.Contains(err.Error(), "there is no snapshot of 0000_a, so the way back cannot be computed") {
		t.Errorf("without the one before: %v", err)
	}
	shared := *whole
	shared.Migrations = append([]history.Migration{}, whole.Migrations...)
	shared.Migrations[0].SnapshotFile = shared.Migrations[1].SnapshotFile
	if _, err := Compute(&shared, []int{1}); err == nil || !strings.Contains(err.Error(), "there is no snapshot of 0000_a") {
		t.Errorf("with one file for both: %v", err)
	}
	f.id = snapshot.OriginID
	f.add(`ALTER TABLE "users" ADD COLUMN "b" text;`, users("id integer", "b text"))
	if _, err := Compute(f.open(), []int{2}); err == nil || !strings.Contains(err.Error(), "the snapshot does not follow the one before it") {
		t.Errorf("with a broken chain: %v", err)
	}
}
