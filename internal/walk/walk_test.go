package main

import (
	"bytes"
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
	"github.com/skein-db/skein/internal/sqltext"
)

func TestClassify(t *testing.T) {
	generated := []string{`ALTER TABLE "t" ADD COLUMN "a" text;`, `CREATE INDEX "i" ON "t" USING btree ("a");`}
	file := sqltext.Join(generated, true)
	for _, c := range []struct {
		name, file string
		custom     bool
		want       verdict
	}{
		{"the same", file, false, equal},
		{"without breakpoints", sqltext.Join(generated, false), false, equal},
		{"custom", file, true, custom},
		{"a comment", "-- why\n" + file, false, spelling},
		{"a comment within", strings.Replace(file, "ADD COLUMN", "ADD /* a */ COLUMN", 1), false, spelling},
		{"white space", strings.Replace(file, "ADD COLUMN", "ADD\n  COLUMN", 1) + "\n", false, spelling},
		{"a tail", file + "\n--> statement-breakpoint\nUPDATE t SET a = 'x; -- y';", false, tail},
		{"in between", generated[0] + "UPDATE t SET a = 1;" + generated[1], false, interleaved},
		{"reordered", generated[1] + generated[0], false, reordered},
		{"older", `ALTER TABLE "t" ADD COLUMN "a" text;` + "\n" + `CREATE INDEX IF NOT EXISTS "i" ON "t" ("a");`, false, older},
		{"edited", strings.Replace(file, "text", "text DEFAULT ''", 1), false, edited},
		{"missing", generated[0], false, edited},
	} {
		if got := classify(generated, c.file, c.custom); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestOlderText(t *testing.T) {
	for _, c := range []struct{ now, then string }{
		{`ALTER TABLE "a" ADD CONSTRAINT "f" FOREIGN KEY ("x") REFERENCES "public"."b"("y") ON DELETE no action ON UPDATE no action;`,
			"DO $$ BEGIN\n ALTER TABLE \"a\" ADD CONSTRAINT \"f\" FOREIGN KEY (\"x\") REFERENCES \"b\"(\"y\") ON DELETE no action ON UPDATE no action;\nEXCEPTION\n WHEN duplicate_object THEN null;\nEND $$;\n"},
		{`CREATE TYPE "public"."m" AS ENUM('a');`, "DO $$ BEGIN\n CREATE TYPE \"m\" AS ENUM('a');\nEXCEPTION\n WHEN duplicate_object THEN null;\nEND $$;"},
		{`DROP TABLE "a" CASCADE;`, `DROP TABLE "a";`},
		{`ALTER TABLE "a" DROP COLUMN "b";`, `ALTER TABLE "a" DROP COLUMN IF EXISTS "b";`},
		{`DROP INDEX "s"."i";`, `DROP INDEX IF EXISTS "i";`},
		{`ALTER TYPE "public"."m" ADD VALUE 'a' BEFORE 'b';`, `ALTER TYPE "m" ADD VALUE 'a';`},
	} {
		if got := classify([]string{c.now}, c.then, false); got != older {
			t.Errorf("%s: %s", c.then, got)
		}
	}
}

func TestRenamesFromSQL(t *testing.T) {
	table := schema.Ref{Schema: "public", Name: "people"}
	for _, c := range []struct {
		q    diff.Question
		sql  string
		want bool
	}{
		{diff.Question{Kind: diff.KindTable, Created: table, Candidates: []schema.Ref{{Schema: "public", Name: "users"}}}, `ALTER TABLE "users" RENAME TO "people";`, true},
		{diff.Question{Kind: diff.KindTable, Created: table, Candidates: []schema.Ref{{Schema: "s", Name: "people"}}}, `ALTER TABLE "s"."people" SET SCHEMA "public";`, true},
		{diff.Question{Kind: diff.KindColumn, Table: &table, Created: schema.Ref{Name: "b"}, Candidates: []schema.Ref{{Name: "a"}}}, `ALTER TABLE "people" RENAME COLUMN "a" TO "b";`, true},
		{diff.Question{Kind: diff.KindColumn, Table: &table, Created: schema.Ref{Name: "b"}, Candidates: []schema.Ref{{Name: "a"}}}, `ALTER TABLE "s"."people" RENAME COLUMN "a" TO "b";`, true},
		{diff.Question{Kind: diff.KindColumn, Table: &table, Created: schema.Ref{Name: "b"}, Candidates: []schema.Ref{{Name: "a"}}}, `ALTER TABLE "others" RENAME COLUMN "a" TO "b";`, false},
		{diff.Question{Kind: diff.KindEnum, Created: schema.Ref{Schema: "public", Name: "n"}, Candidates: []schema.Ref{{Schema: "public", Name: "m"}}}, `ALTER TYPE "public"."m" RENAME TO "n";`, true},
		{diff.Question{Kind: diff.KindPolicy, Table: &table, Created: schema.Ref{Name: "n"}, Candidates: []schema.Ref{{Name: "m"}}}, `ALTER POLICY "m" ON "people" RENAME TO "n";`, true},
	} {
		a, err := (&committed{sql: c.sql}).Resolve(c.q)
		if err != nil || a.Rename != c.want {
			t.Errorf("%s: %v, %v", c.sql, a, err)
		}
	}
}

// TestWalk makes a repository with a history of three commits and walks it.
func TestWalk(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not here")
	}
	p := &story{t: t, dir: t.TempDir(), prev: snapshot.OriginID}
	p.git("init", "-q", "-b", "main")
	p.write("drizzle.config.ts", `export default { dialect: "postgresql", schema: "./schema.ts", out: "./drizzle" };`)

	users := schema.Table{Schema: schema.Public, Name: "users", Columns: []schema.Column{{Name: "id", Type: "integer", PrimaryKey: true, NotNull: true}}}
	p.write("schema.ts", `import { integer, pgTable } from "drizzle-orm/pg-core"; export const users = pgTable("users", { id: integer().primaryKey() });`)
	p.migrate("0000_start", users, "CREATE TABLE \"users\" (\n\t\"id\" integer PRIMARY KEY NOT NULL\n);\n")

	users.Columns = append(users.Columns, schema.Column{Name: "age", Type: "integer"})
	p.write("schema.ts", `import { integer, pgTable } from "drizzle-orm/pg-core"; export const users = pgTable("users", { id: integer().primaryKey(), age: integer() });`)
	p.migrate("0001_age", users, "-- by hand\nALTER TABLE \"users\" ADD COLUMN \"age\" integer;")

	users.Columns = []schema.Column{users.Columns[0], {Name: "years", Type: "integer"}}
	p.migrate("0002_years", users, `ALTER TABLE "users" RENAME COLUMN "age" TO "years";`) // and schema.ts is forgotten

	var out bytes.Buffer
	if err := run(context.Background(), []string{"-schemas", "-v", p.dir}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	want := "| " + filepath.Base(p.dir) + " | 3 | 2 | 0 | 1 | 0 | 0 | 0 | 0 | 0 | 3 | 2 | 0 | 0 | 1 | 0 |"
	if !strings.Contains(out.String(), want) || !strings.Contains(out.String(), "0002_years) different: alter_table_add_column users.age") {
		t.Errorf("want %s\ngot %s", want, &out)
	}
}

// TestFindings walks a history in which a file is forgotten and comes later.
func TestFindings(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not here")
	}
	p := &story{t: t, dir: t.TempDir(), prev: snapshot.OriginID}
	p.git("init", "-q", "-b", "main")
	users := schema.Table{Schema: schema.Public, Name: "users", Columns: []schema.Column{{Name: "id", Type: "integer"}}}
	p.migrate("0000_start", users, `CREATE TABLE "users" ("id" integer);`)
	p.write("drizzle/0001_my_change.sql", "SELECT 1;")
	p.git("add", ".")
	p.git("commit", "-q", "-m", "by hand")
	p.git("rm", "-q", "drizzle/0000_start.sql")
	p.git("commit", "-q", "-m", "oops")

	var out bytes.Buffer
	if err := run(context.Background(), []string{"-findings", p.dir}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"error `sql-orphan` 0001_my_change.sql", "error `sql-missing` _journal.json", "drizzle, 3 commits: map[sql-missing:1 sql-orphan:1]"} {
		if strings.Count(out.String(), want) != 1 {
			t.Errorf("want %s\ngot %s", want, &out)
		}
	}
}

// story writes a repository.
type story struct {
	t       *testing.T
	dir     string
	prev    string
	journal *snapshot.Journal
}

func (p *story) git(args ...string) {
	p.t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=n", "-c", "user.email=e@example.com", "-c", "commit.gpgsign=false"}, args...)...)
	cmd.Dir = p.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		p.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

func (p *story) write(name, text string) {
	p.t.Helper()
	file := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

func (p *story) migrate(tag string, table schema.Table, sql string) {
	p.t.Helper()
	if p.journal == nil {
		p.journal = snapshot.NewJournal()
	}
	id := strings.Replace(snapshot.OriginID, "00000000", fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(tag))), 1)
	p.journal.Append(snapshot.Entry{Idx: len(p.journal.Entries), Version: "7", When: int64(len(p.journal.Entries)), Tag: tag, Breakpoints: true})
	p.write("drizzle/meta/_journal.json", string(p.journal.Encode()))
	p.write("drizzle/meta/"+tag[:4]+"_snapshot.json", string(snapshot.New(id, p.prev, &schema.Schema{Tables: []schema.Table{table}}).Encode()))
	p.write("drizzle/"+tag+".sql", sql)
	p.prev = id
	p.git("add", ".")
	p.git("commit", "-q", "-m", tag)
}
