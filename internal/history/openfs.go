package history

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/skein-db/skein/internal/diag"
)

// OpenFS reads a migrations folder out of a file system, for example one that
// a program carries in itself. It writes nothing. The snapshots need not be
// there.
//
// The folder may be the file system's root, or lie in directories that hold
// nothing else, as those do that go:embed makes of a path. A file system
// without a journal is an error: nothing to do must not be the answer to a
// wrong path.
func OpenFS(fsys fs.FS) (*History, error) {
	dir, err := journalDir(fsys)
	if err != nil {
		return nil, err
	}
	files, err := fs.Sub(fsys, dir)
	if err != nil {
		return nil, fileError(err)
	}
	if dir == "." {
		dir = ""
	}
	for range patience {
		h, err := within(files, dir).read()
		switch {
		case err != nil:
			return nil, err
		case !h.settled():
			continue
		case h.Interrupted != "":
			return nil, &diag.Error{
				Kind: diag.Usage, File: h.Interrupted, Message: "a migration was half written when these files were taken",
				Hint: "run `skein check` on the folder, which completes it, and build again",
			}
		case h.JournalError != nil:
			return nil, h.JournalError
		}
		return h, nil
	}
	return nil, unsettled(dir)
}

// journalDir finds the folder with the journal.
func journalDir(fsys fs.FS) (string, error) {
	for dir := "."; ; {
		files := within(fsys, "")
		if files.exists(path.Join(dir, "meta", journalName)) {
			return dir, nil
		}
		entries, err := files.entries(dir)
		if err != nil {
			return "", fileError(err)
		}
		if len(entries) != 1 || !entries[0].IsDir() || entries[0].Name() == "meta" {
			return "", noJournal(files, dir, entries)
		}
		dir = path.Join(dir, entries[0].Name())
	}
}

// noJournal says what is most likely wrong with a file system in which the
// journal is not found.
func noJournal(files folder, dir string, entries []fs.DirEntry) error {
	e := &diag.Error{Kind: diag.Usage, File: path.Join(dir, "meta", journalName), Message: "the file system has no journal of migrations"}
	for _, entry := range entries {
		name := entry.Name()
		switch {
		case entry.IsDir() && files.exists(path.Join(dir, name, "meta", journalName)):
			e.Hint = fmt.Sprintf("it is in a folder beside others: pass fs.Sub(fsys, %q)", path.Join(dir, name))
			return e
		case strings.HasSuffix(name, ".sql"):
			e.Hint = "go:embed leaves out files whose names begin with _, the journal among them, unless the pattern begins with all:, as in //go:embed all:drizzle"
		}
	}
	if e.Hint == "" {
		e.Hint = "pass the folder that has the SQL files and meta/" + journalName + "; with go:embed, //go:embed all:drizzle"
	}
	return e
}
