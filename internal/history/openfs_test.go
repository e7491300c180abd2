package history_test

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/history"
)

const twoEntries = `{"version":"7","dialect":"postgresql","entries":[
{"idx":0,"version":"7","when":1,"tag":"0000_a","breakpoints":true},
{"idx":1,"version":"7","when":2,"tag":"0001_b","breakpoints":true}]}`

// files is a migrations folder below dir, with a file of another kind beside
// it where beside is not "".
func files(dir, beside string) fstest.MapFS {
	m := fstest.MapFS{
		dir + "meta/_journal.json": {Data: []byte(twoEntries)},
		dir + "0000_a.sql":         {Data: []byte("SELECT 1;")},
		dir + "0002_orphan.sql":    {Data: []byte("SELECT 2;")},
	}
	if beside != "" {
		m[beside] = &fstest.MapFile{}
	}
	return m
}

func TestOpenFS(t *testing.T) {
	for _, dir := range []string{"", "drizzle/", "internal/db/drizzle/"} {
		h, err := history.OpenFS(files(dir, ""))
		if err != nil {
			t.Fatalf("%q: %v", dir, err)
		}
		if len(h.Migrations) != 2 || h.Migrations[0].SQL != "SELECT 1;" || h.Migrations[1].HasSQL {
			t.Errorf("%q: %+v", dir, h.Migrations)
		}
		if got, want := h.Migrations[1].File, dir+"0001_b.sql"; got != want {
			t.Errorf("the file is %s, want %s", got, want)
		}
		if len(h.OrphanSQL) != 1 || h.OrphanSQL[0] != dir+"0002_orphan.sql" {
			t.Errorf("%q: orphans %v", dir, h.OrphanSQL)
		}
	}
}

// TestOneReader holds what is read from a disk as a file system against what
// is read from the same folder.
func TestOneReader(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, files("", "")); err != nil {
		t.Fatal(err)
	}
	disk, err := history.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	read, err := history.OpenFS(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range disk.Migrations {
		other := read.Migrations[i]
		if m.Entry != other.Entry || m.Hash() != other.Hash() || m.HasSQL != other.HasSQL {
			t.Errorf("%+v on the disk, %+v in the file system", m, other)
		}
	}
}

func TestOpenFSNeverTakesAWrongPathForNothing(t *testing.T) {
	leftOut := files("drizzle/", "")
	delete(leftOut, "drizzle/meta/_journal.json") // as go:embed does without all:
	broken := files("", "")
	broken["meta/_journal.json"] = &fstest.MapFile{Data: []byte("{")}
	half := files("", "meta/unfinished-skein-write.json")
	for name, c := range map[string]struct {
		fsys       fs.FS
		file, says string
	}{
		"empty":          {fstest.MapFS{}, "meta/_journal.json", "all:drizzle"},
		"left out":       {leftOut, "drizzle/meta/_journal.json", "begins with all:"},
		"beside others":  {files("drizzle/", "web/index.html"), "meta/_journal.json", `fs.Sub(fsys, "drizzle")`},
		"broken journal": {broken, "meta/_journal.json", ""},
		"half written":   {half, "meta/unfinished-skein-write.json", "skein check"},
		"other format":   {fstest.MapFS{"meta/_journal.json": {Data: []byte(twoEntries)}, "20250101000000_a/migration.sql": {}, "20250101000000_a/snapshot.json": {}}, "20250101000000_a", "without"},
		"not a folder":   {os.DirFS("/nowhere/at/all"), "meta/_journal.json", "all:drizzle"},
	} {
		_, err := history.OpenFS(c.fsys)
		var e *diag.Error
		if !errors.As(err, &e) || e.Kind != diag.Usage || e.File != c.file || !strings.Contains(e.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
