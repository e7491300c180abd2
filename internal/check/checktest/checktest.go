// Package checktest holds broken migrations folders: one for each thing that
// skein check finds, with what it says of it, and what drizzle-kit check does.
//
// The table is one because two tests use it. Package check holds its rules to
// it, and package interop runs both programs on the same folders and counts.
// A new finding is a new Case.
package checktest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skein-db/skein/internal/check"
	"github.com/skein-db/skein/internal/drizzle"
	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
)

// Case is a broken folder.
type Case struct {
	Name string
	// Break damages a sound folder.
	Break func(f *Folder)
	// Schema is the text of schema.ts; "" where there is none.
	Schema string
	// Want are the findings in order, each as Line writes it, or its beginning.
	Want []string
	// Kit is what drizzle-kit check 0.31 does about it.
	Kit Kit
}

// Kit is what drizzle-kit check does about a folder.
type Kit string

// What drizzle-kit check does about a folder.
const (
	KitFine  Kit = ""      // it says that everything is fine
	KitWarns Kit = "warns" // it says something, and that everything is fine
	KitStops Kit = "stops" // it ends with an exit code other than 0
)

// Cases are all of them, by the part of the check that finds them.
func Cases() []Case {
	var all []Case
	for _, part := range [][]Case{sound, folder, snapshots, journal, chain, sql} {
		all = append(all, part...)
	}
	return all
}

// Folder is a migrations folder in a project's folder. It starts as a sound
// history of three migrations: 0000_one creates a table, 0001_two adds a column
// to it, 0002_three fills that column and is a custom one. The ids of their
// snapshots are id-0, id-1 and id-2.
type Folder struct {
	testing.TB
	Project string // with schema.ts, if the case has one
	Dir     string // the migrations folder
}

// Names of files in a Folder.
const (
	Journal = "meta/_journal.json"
	First   = "meta/0000_snapshot.json"
	Second  = "meta/0001_snapshot.json"
	Third   = "meta/0002_snapshot.json"
)

// firstWhen is the time of the first entry; the others follow by seconds.
const firstWhen = 1700000001000

// Sound makes a folder with nothing wrong.
func Sound(t testing.TB) *Folder {
	t.Helper()
	project := t.TempDir()
	f := &Folder{TB: t, Project: project, Dir: filepath.Join(project, "drizzle")}
	h, err := history.Open(f.Dir)
	f.Must(err)
	parent := snapshot.OriginID
	for i, m := range []struct {
		name, sql string
		columns   []string
	}{
		{"one", `CREATE TABLE "users" ("id" integer);`, []string{"id"}},
		{"two", `ALTER TABLE "users" ADD COLUMN "name" integer;`, []string{"id", "name"}},
		{"three", `UPDATE "users" SET "name" = 1;`, []string{"id", "name"}},
	} {
		id := fmt.Sprintf("id-%d", i)
		_, err := h.Append(history.Draft{
			Name: m.name, SQL: m.sql, Snapshot: snapshot.New(id, parent, Users(m.columns...)), Breakpoints: true,
			Now: time.UnixMilli(firstWhen + int64(1000*i)),
		})
		f.Must(err)
		parent = id
	}
	return f
}

// Users is a schema of one table with integer columns.
func Users(columns ...string) *schema.Schema {
	t := schema.Table{Schema: schema.Public, Name: "users"}
	for _, name := range columns {
		t.Columns = append(t.Columns, schema.Column{Name: name, Type: "integer"})
	}
	return &schema.Schema{Tables: []schema.Table{t}}
}

// Broken makes the folder of a case.
func Broken(t testing.TB, c Case) *Folder {
	t.Helper()
	f := Sound(t)
	if c.Schema != "" {
		f.Must(os.WriteFile(filepath.Join(f.Project, "schema.ts"), []byte(c.Schema), 0o666))
	}
	c.Break(f)
	return f
}

// Input is what package check is asked about the folder.
func (f *Folder) Input() check.Input {
	f.Helper()
	in := check.Input{Dir: f.Dir}
	file := filepath.Join(f.Project, "schema.ts")
	if _, err := os.Stat(file); err != nil {
		return in
	}
	loaded, err := drizzle.Load(context.Background(), drizzle.LoadOptions{Dir: f.Project, Files: []string{"schema.ts"}})
	f.Must(err)
	in.Desired, in.SchemaFile = loaded.Schema, file
	return in
}

// Line is a finding in one line: severity, code, file and line, message. Files
// are relative to the migrations folder.
func (f *Folder) Line(found finding.Finding) string {
	file := found.File
	if rel, err := filepath.Rel(f.Dir, file); err == nil {
		file = filepath.ToSlash(rel)
	}
	return fmt.Sprintf("%s %s %s:%d %s", found.Severity, found.Code, file, found.Line, found.Message)
}

// Must ends the test on an error.
func (f *Folder) Must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// Path is that of a file in the folder.
func (f *Folder) Path(name string) string { return filepath.Join(f.Dir, filepath.FromSlash(name)) }

// Remove removes a file.
func (f *Folder) Remove(name string) { f.Helper(); f.Must(os.Remove(f.Path(name))) }

// Rename renames a file.
func (f *Folder) Rename(from, to string) { f.Helper(); f.Must(os.Rename(f.Path(from), f.Path(to))) }

// Write writes a file.
func (f *Folder) Write(name, text string) {
	f.Helper()
	f.Must(os.MkdirAll(filepath.Dir(f.Path(name)), 0o777))
	f.Must(os.WriteFile(f.Path(name), []byte(text), 0o666))
}

// Read reads a file.
func (f *Folder) Read(name string) string {
	f.Helper()
	data, err := os.ReadFile(f.Path(name))
	f.Must(err)
	return string(data)
}

// Edit replaces texts in a file; the first must be there.
func (f *Folder) Edit(name string, oldNew ...string) {
	f.Helper()
	text := f.Read(name)
	if !strings.Contains(text, oldNew[0]) {
		f.Fatalf("%s has no %q", name, oldNew[0])
	}
	f.Write(name, strings.NewReplacer(oldNew...).Replace(text))
}
