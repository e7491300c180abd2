package check

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

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
		sql := "SELECT 1;"
		if i == 0 {
			sql = `CREATE TABLE "users" ("id" integer);`
		}
		_, err := h.Append(history.Draft{
			Name: name, SQL: sql, Snapshot: snapshot.New(id, parent, users("id")), Breakpoints: true,
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
