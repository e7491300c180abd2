package check

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
)

// folder is a sound history of three migrations: 0000_one, 0001_two, 0002_three.
type folder struct {
	t   *testing.T
	dir string
}

func sound(t *testing.T) folder {
	t.Helper()
	f := folder{t, filepath.Join(t.TempDir(), "drizzle")}
	h, err := history.Open(f.dir)
	f.must(err)
	parent := snapshot.OriginID
	for i, name := range []string{"one", "two", "three"} {
		id := fmt.Sprintf("id-%d", i)
		_, err := h.Append(history.Draft{
			Name: name, SQL: "SELECT 1;", Snapshot: snapshot.New(id, parent, users("id")), Breakpoints: true,
			Now: time.UnixMilli(int64(1000 * (i + 1))),
		})
		f.must(err)
		parent = id
	}
	return f
}

// users is a schema of one table with integer columns.
func users(columns ...string) *schema.Schema {
	t := schema.Table{Schema: schema.Public, Name: "users"}
	for _, name := range columns {
		t.Columns = append(t.Columns, schema.Column{Name: name, Type: "integer"})
	}
	return &schema.Schema{Tables: []schema.Table{t}}
}

func (f folder) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f folder) path(name string) string { return filepath.Join(f.dir, filepath.FromSlash(name)) }

func (f folder) remove(name string) { f.t.Helper(); f.must(os.Remove(f.path(name))) }

func (f folder) write(name, text string) {
	f.t.Helper()
	f.must(os.WriteFile(f.path(name), []byte(text), 0o666))
}

func (f folder) read(name string) string {
	f.t.Helper()
	data, err := os.ReadFile(f.path(name))
	f.must(err)
	return string(data)
}

// edit replaces text in a file; the first must be there.
func (f folder) edit(name string, oldNew ...string) {
	f.t.Helper()
	text := f.read(name)
	if !strings.Contains(text, oldNew[0]) {
		f.t.Fatalf("%s has no %q", name, oldNew[0])
	}
	f.write(name, strings.NewReplacer(oldNew...).Replace(text))
}

const (
	journal = "meta/_journal.json"
	second  = "meta/0001_snapshot.json"
	third   = "meta/0002_snapshot.json"
)

// cases are broken folders with what is said of them: severity, code, place
// and the beginning of the message.
var cases = []struct {
	name   string
	damage func(f folder)
	want   []string
}{
	{"sound", func(folder) {}, nil},
	{"no folder", func(f folder) { f.must(os.RemoveAll(f.dir)) }, nil},
	{"an empty journal", func(f folder) {
		f.must(os.RemoveAll(f.dir))
		f.must(os.MkdirAll(f.path("meta"), 0o777))
		f.write(journal, `{"version":"7","dialect":"postgresql","entries":[]}`)
	}, nil},
	{"other files beside", func(f folder) {
		f.write("0002_three.test.ts", "")
		f.write("README.md", "")
		f.write("relations.ts", "")
	}, nil},

	{"no journal", func(f folder) { f.remove(journal) },
		[]string{"error journal-unreadable meta/_journal.json:0 the journal is missing, although 0000_one.sql is there"}},
	{"journal cut off", func(f folder) { f.write(journal, f.read(journal)[:60]) },
		[]string{"error journal-unreadable meta/_journal.json:4 the journal ends in the middle"}},
	{"journal in conflict", func(f folder) { f.edit(journal, `  "entries": [`, "<<<<<<< HEAD\n  \"entries\": [") },
		[]string{"error conflict-markers meta/_journal.json:4 the journal has git conflict markers"}},
	{"journal of another version", func(f folder) { f.edit(journal, `"version": "7",`+"\n  \"d", `"version": "8",`+"\n  \"d") },
		[]string{`error journal-version meta/_journal.json:2 journal version "8" is not known here`}},
	{"journal of another dialect", func(f folder) { f.edit(journal, "postgresql", "mysql") },
		[]string{`error journal-dialect meta/_journal.json:3 the journal's dialect is "mysql"`}},
	{"entry without tag", func(f folder) { f.edit(journal, `"tag": "0001_two"`, `"name": "0001_two"`) },
		[]string{`error journal-malformed meta/_journal.json:12 the journal is malformed: "tag" is missing in entries[1]`}},

	{"SQL file missing", func(f folder) { f.remove("0001_two.sql") },
		[]string{"error sql-missing meta/_journal.json:16 entry 0001_two has no SQL file 0001_two.sql"}},
	{"SQL file renamed", func(f folder) { f.must(os.Rename(f.path("0001_two.sql"), f.path("0001_deux.sql"))) },
		[]string{"error sql-orphan 0001_deux.sql:0 no journal entry names this SQL file",
			"error sql-missing meta/_journal.json:16 entry 0001_two has no SQL file"}},
	{"hand-made SQL file", func(f folder) { f.write("0120_my_change.sql", "") },
		[]string{"error sql-orphan 0120_my_change.sql:0 no journal entry names this SQL file, so no database ever runs it"}},
	{"SQL that is no migration", func(f folder) { f.write("seed.sql", "") },
		[]string{"warning sql-orphan seed.sql:0 no journal entry names this SQL file"}},
	{"SQL file in conflict", func(f folder) {
		f.write("0001_two.sql", "SELECT 1;\n<<<<<<< HEAD\nSELECT 2;\n=======\nSELECT 3;\n>>>>>>> x\n")
	},
		[]string{"error conflict-markers 0001_two.sql:2 the SQL file has git conflict markers"}},

	{"snapshot missing", func(f folder) { f.remove(second) },
		[]string{"error snapshot-parent-missing meta/0002_snapshot.json:0 the snapshot's parent does not exist: no snapshot has the id id-1",
			"error snapshot-missing meta/_journal.json:16 entry 0001_two has no snapshot meta/0001_snapshot.json"}},
	{"last snapshot missing", func(f folder) { f.remove(third) },
		[]string{"error snapshot-missing meta/_journal.json:23 entry 0002_three has no snapshot"}},
	{"snapshot that no entry names", func(f folder) {
		f.write("meta/0003_snapshot.json", strings.NewReplacer("id-2", "id-3", "id-1", "id-2").Replace(f.read(third)))
	}, []string{"error snapshot-orphan meta/0003_snapshot.json:0 no journal entry names this snapshot"}},
	{"entry removed", func(f folder) {
		f.edit(journal, ",\n    {\n      \"idx\": 2,\n      \"version\": \"7\",\n      \"when\": 3000,\n      \"tag\": \"0002_three\",\n      \"breakpoints\": true\n    }", "")
	}, []string{"error sql-orphan 0002_three.sql:0 no journal entry", "error snapshot-orphan meta/0002_snapshot.json:0 no journal entry"}},
	{"snapshot cut off", func(f folder) { f.write(second, f.read(second)[:100]) },
		[]string{"error snapshot-unreadable meta/0001_snapshot.json:7 the snapshot ends in the middle"}},
	{"snapshot empty", func(f folder) { f.write(second, "") },
		[]string{"error snapshot-unreadable meta/0001_snapshot.json:1 the snapshot file is empty"}},
	{"snapshot in conflict", func(f folder) { f.edit(second, `  "id": "id-1",`, "<<<<<<< HEAD\n  \"id\": \"id-1\",") },
		[]string{"error conflict-markers meta/0001_snapshot.json:2 the snapshot has git conflict markers"}},
	{"snapshot with an unknown key", func(f folder) { f.edit(second, `"isRLSEnabled": false`, `"isRLSEnabled": false, "x": 1`) },
		[]string{`error snapshot-malformed meta/0001_snapshot.json:24 the snapshot is malformed: "x" is a key no snapshot has there in tables.public.users`}},
	{"snapshot of a newer version", func(f folder) { f.edit(third, `"version": "7"`, `"version": "8"`) },
		[]string{`error snapshot-version meta/0002_snapshot.json:4 snapshot version "8" is not known here`}},
	{"snapshot of another dialect", func(f folder) { f.edit(third, `postgresql`, `mysql`) },
		[]string{`error snapshot-dialect meta/0002_snapshot.json:5 the snapshot's dialect is "mysql"`}},
	{"snapshots of an old version", func(f folder) {
		for i, name := range []string{"meta/0000_snapshot.json", second} {
			f.write(name, fmt.Sprintf(`{"version": "6", "dialect": "postgresql", "tables": {}, "enums": {}, "schemas": {},
"_meta": {"columns": {}, "schemas": {}, "tables": {}}, "id": "id-%d", "prevId": "%s"}`, i, []string{snapshot.OriginID, "id-0"}[i]))
		}
	}, []string{"error snapshot-old meta/0000_snapshot.json:0 the snapshot is of version 6, and drizzle-kit 0.31 stops at anything older than 7; 1 more are old too"}},

	{"two with one parent", func(f folder) { f.edit(third, `"prevId": "id-1"`, `"prevId": "id-0"`) },
		[]string{"error snapshot-collision meta/0002_snapshot.json:0 the snapshot and 0001_snapshot.json have one parent"}},
	{"two first snapshots", func(f folder) { f.edit(second, `"prevId": "id-0"`, `"prevId": "`+snapshot.OriginID+`"`) },
		[]string{"error snapshot-collision meta/0001_snapshot.json:0 the snapshot and 0000_snapshot.json have one parent"}},
	{"snapshot copied", func(f folder) { f.write(third, f.read(second)) },
		[]string{"error snapshot-id-duplicate meta/0002_snapshot.json:0 the snapshot has the same id as 0001_snapshot.json"}},
	{"parent's id edited", func(f folder) { f.edit("meta/0000_snapshot.json", "id-0", "other") },
		[]string{"error snapshot-parent-missing meta/0001_snapshot.json:0 the snapshot's parent does not exist"}},
	{"snapshots swapped", func(f folder) {
		a, b := f.read(second), f.read(third)
		f.write(second, b)
		f.write(third, a)
	}, []string{"error snapshot-parent-later meta/0001_snapshot.json:0 the snapshot's parent is 0002_snapshot.json, which comes after it"}},
	{"its own parent", func(f folder) { f.edit(third, `"prevId": "id-1"`, `"prevId": "id-2"`) },
		[]string{"error snapshot-parent-later meta/0002_snapshot.json:0 the snapshot is its own parent"}},

	{"numbers that disagree", func(f folder) { f.edit(journal, `"idx": 2`, `"idx": 3`) },
		[]string{"error tag-number meta/_journal.json:20 entry 0002_three has idx 3", "warning idx-gap meta/_journal.json:20 entry 0002_three has idx 3 where 2 comes next"}},
	{"idx twice", func(f folder) { f.edit(journal, `"idx": 2`, `"idx": 1`) },
		[]string{"error tag-number meta/_journal.json:20 entry 0002_three has idx 1", "error idx-duplicate meta/_journal.json:20 entries 0001_two and 0002_three both have idx 1"}},
	{"tag twice", func(f folder) {
		f.edit(journal, "0002_three", "0001_two")
		f.remove("0002_three.sql")
		f.remove(third)
	}, []string{"error tag-number meta/_journal.json:20 entry 0001_two has idx 2", "error tag-duplicate meta/_journal.json:23 the journal has 0001_two twice"}},
	{"when older", func(f folder) { f.edit(journal, `"when": 3000`, `"when": 1500`) },
		[]string{"error when-order meta/_journal.json:22 entry 0002_three is not newer than 0001_two before it"}},
	{"when equal", func(f folder) { f.edit(journal, `"when": 3000`, `"when": 2000`) },
		[]string{"error when-order meta/_journal.json:22 entry 0002_three is not newer than 0001_two before it"}},
	{"write interrupted", func(f folder) { f.write("meta/unfinished-skein-write.json", "{}") },
		[]string{"error write-interrupted meta/unfinished-skein-write.json:0 skein was killed while it wrote a migration"}},
}

func TestBrokenFolders(t *testing.T) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := sound(t)
			c.damage(f)
			want := c.want
			for i, got := range f.findings(Input{}) {
				if i < len(want) && strings.HasPrefix(got, want[i]) {
					continue
				}
				t.Errorf("got %q, want %q", got, append(want, make([]string, i+1)...)[i])
			}
			if n := len(f.findings(Input{})); n < len(want) {
				t.Errorf("not found: %q", want[n:])
			}
		})
	}
}

// findings runs all rules and returns what they say, one line each.
func (f folder) findings(in Input) []string {
	f.t.Helper()
	in.Dir = f.dir
	report, err := Examine(context.Background(), in)
	f.must(err)
	var out []string
	errorsFound := 0
	for _, found := range report.Findings {
		file := found.File
		if rel, err := filepath.Rel(f.dir, file); err == nil {
			file = filepath.ToSlash(rel)
		}
		if found.Severity == finding.Error {
			errorsFound++
		}
		if found.Hint == "" || strings.Contains(found.Message, f.dir) {
			f.t.Errorf("a finding wants a hint, and paths in File alone: %+v", found)
		}
		if !slices.ContainsFunc(Rules, func(r finding.Rule) bool { return r.Code == found.Code }) {
			f.t.Errorf("Rules say nothing about the code %q", found.Code)
		}
		out = append(out, fmt.Sprintf("%s %s %s:%d %s", found.Severity, found.Code, file, found.Line, found.Message))
	}
	if report.Errors != errorsFound || report.Errors+report.Warnings != len(report.Findings) {
		f.t.Errorf("counts: %+v", report)
	}
	return out
}

func TestSchemaAgainstLastSnapshot(t *testing.T) {
	f := sound(t)
	if got := f.findings(Input{Desired: users("id"), SchemaFile: "schema.ts"}); got != nil {
		t.Error(got)
	}
	for _, c := range []struct {
		columns       []string
		message, body string
	}{
		{[]string{"id", "age"}, "the schema has a change that no migration holds", `ALTER TABLE "users" ADD COLUMN "age" integer;`},
		{[]string{"number", "age"}, "the schema has changes that no migration holds: 3 statements", "ALTER TABLE \"users\" ADD COLUMN \"number\" integer;\n" +
			"ALTER TABLE \"users\" ADD COLUMN \"age\" integer;\nALTER TABLE \"users\" DROP COLUMN \"id\";"},
	} {
		findings, err := Run(context.Background(), Input{Dir: f.dir, Desired: users(c.columns...), SchemaFile: "schema.ts"})
		f.must(err)
		want := []finding.Finding{{Code: "schema-ahead", Severity: finding.Error, File: "schema.ts", Message: c.message, Detail: c.body, Hint: "run skein generate"}}
		if diff := cmp.Diff(want, findings); diff != "" {
			t.Error(diff)
		}
	}
	// A new project: everything is missing, and quoted up to a bound.
	many := &schema.Schema{}
	for i := range 50 {
		many.Tables = append(many.Tables, schema.Table{Schema: schema.Public, Name: fmt.Sprint("t", i), Columns: users("id").Tables[0].Columns})
	}
	findings, err := Run(context.Background(), Input{Dir: f.path("none"), Desired: many, SchemaFile: "schema.ts"})
	f.must(err)
	if len(findings) != 1 || !strings.HasSuffix(findings[0].Detail, ");\n-- and 10 more") {
		t.Errorf("%+v", findings)
	}
	// A last snapshot that cannot be read is told once.
	f.write(third, "")
	if got := f.findings(Input{Desired: users("id", "age"), SchemaFile: "schema.ts"}); len(got) != 1 || !strings.Contains(got[0], "snapshot-unreadable") {
		t.Error(got)
	}
}

// TestCollision holds that a collision says whether its two sides go together.
func TestCollision(t *testing.T) {
	for name, c := range map[string]struct {
		second, third []string // what a new name is set to in each snapshot
		detail        string
	}{
		"nothing": {nil, nil, "\nthe changes commute: neither touches the schema"},
		"apart":   {[]string{`"id": {`, `"a": {`, `"name": "id"`, `"name": "a"`}, nil, "\nthe changes commute"},
		"against": {
			[]string{`"type": "integer"`, `"type": "bigint"`}, []string{`"type": "integer"`, `"type": "uuid"`},
			"column users.id  sets type bigint  sets type uuid  conflict: both set type, to bigint and uuid\nthey do not commute: column users.id",
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := sound(t)
			f.edit(third, `"prevId": "id-1"`, `"prevId": "id-0"`)
			if c.second != nil {
				f.edit(second, c.second...)
			}
			if c.third != nil {
				f.edit(third, c.third...)
			}
			findings, err := Run(context.Background(), Input{Dir: f.dir})
			f.must(err)
			if len(findings) != 1 || !strings.HasSuffix("\n"+findings[0].Detail, c.detail) || !strings.Contains(findings[0].Detail, "0001_two") {
				t.Errorf("%+v", findings)
			}
		})
	}
	// Without the parent there is nothing to say about the changes.
	f := sound(t)
	f.edit(second, `"prevId": "id-0"`, `"prevId": "gone"`)
	f.edit(third, `"prevId": "id-1"`, `"prevId": "gone"`)
	findings, err := Run(context.Background(), Input{Dir: f.dir})
	f.must(err)
	if n := len(findings); n != 3 || findings[n-1].Code != "snapshot-collision" || findings[n-1].Detail != "" {
		t.Errorf("%+v", findings)
	}
}

func TestFolderThatCannotBeRead(t *testing.T) {
	f := sound(t)
	f.write("file", "")
	_, err := Run(context.Background(), Input{Dir: f.path("file")})
	var d *diag.Error
	if !errors.As(err, &d) || d.Hint == "" {
		t.Errorf("%v", err)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Run(ctx, Input{Dir: sound(t).dir}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
