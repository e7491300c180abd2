package replay_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
	"github.com/skein-db/skein/internal/replay"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
)

// folder is a migrations folder in the making.
type folder struct {
	t      *testing.T
	dir    string
	cache  string
	parent string
	n      int

	mu   sync.Mutex
	told []string // what the last proof said it was doing
}

func newFolder(t *testing.T) *folder {
	pgtest.Server(t) // fails or skips with the reason where there is no PostgreSQL
	return &folder{t: t, dir: filepath.Join(t.TempDir(), "drizzle"), cache: t.TempDir(), parent: snapshot.OriginID}
}

// add appends a migration; its snapshot says s.
func (f *folder) add(name, sql string, s *schema.Schema) {
	f.t.Helper()
	h := f.open()
	id := fmt.Sprintf("id-%d", f.n)
	f.n++
	_, err := h.Append(history.Draft{
		Name: name, SQL: sql, Snapshot: snapshot.New(id, f.parent, s), Breakpoints: true, Now: time.UnixMilli(int64(1000 * f.n)),
	})
	if err != nil {
		f.t.Fatal(err)
	}
	f.parent = id
}

func (f *folder) open() *history.History {
	f.t.Helper()
	h, err := history.Survey(f.dir)
	if err != nil {
		f.t.Fatal(err)
	}
	return h
}

// try proves the folder.
func (f *folder) try(ctx context.Context, desired *schema.Schema) (*replay.Outcome, error) {
	f.told = nil
	return replay.Prove(ctx, f.open(), desired, replay.Options{CacheDir: f.cache, Progress: func(what string) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.told = append(f.told, what)
	}})
}

// prove proves the folder, where that has to come to an end.
func (f *folder) prove(desired *schema.Schema) *replay.Outcome {
	f.t.Helper()
	out, err := f.try(context.Background(), desired)
	if err != nil {
		f.t.Fatal(err)
	}
	if !out.Ran {
		f.t.Fatalf("the proof did not run: %s", out.Reason)
	}
	return out
}

// steps counts what the last proof said that begins with the words.
func (f *folder) steps(words string) int {
	n := 0
	for _, what := range f.told {
		if strings.HasPrefix(what, words) {
			n++
		}
	}
	return n
}

// rows is what an outcome says, one difference a line.
func rows(out *replay.Outcome) []string {
	var lines []string
	if out.Failure != nil {
		lines = append(lines, "failed: "+out.Failure.Migration+": "+out.Failure.Message)
	}
	for _, d := range out.Differences {
		line := fmt.Sprintf("%s %s: %s | %s | %s | %s", d.Kind, d.Object, d.Database, d.Snapshot, d.SchemaFiles, d.Since)
		if d.SinceFrom != "" {
			line += " from " + d.SinceFrom
		}
		lines = append(lines, line)
	}
	return lines
}

// users is a schema with a table of an id and text columns.
func users(columns ...string) *schema.Schema {
	t := schema.Table{Schema: schema.Public, Name: "users", Columns: []schema.Column{{Name: "id", Type: "integer", PrimaryKey: true, NotNull: true}}}
	for _, name := range columns {
		t.Columns = append(t.Columns, schema.Column{Name: name, Type: "text"})
	}
	return &schema.Schema{Tables: []schema.Table{t}}
}

const createUsers = `CREATE TABLE "users" ("id" integer PRIMARY KEY NOT NULL);`

func addColumn(name string) string { return `ALTER TABLE "users" ADD COLUMN "` + name + `" text;` }

// seven is a history of seven migrations, c1 to c6 added one by one. also adds
// SQL to migrations by number, from 1, that no snapshot knows of.
func seven(f *folder, also map[int]string) *schema.Schema {
	f.add("start", createUsers+also[1], users())
	var columns []string
	for i := 1; i <= 6; i++ {
		name := fmt.Sprintf("c%d", i)
		columns = append(columns, name)
		f.add("add_"+name, addColumn(name)+also[i+1], users(columns...))
	}
	return users(columns...)
}
