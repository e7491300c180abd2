// Package history holds a migrations folder as one value: the journal, the SQL
// file and the snapshot of each entry, and the files that no entry names.
//
// Open reads a folder, Append adds one migration to it so that the folder is
// never half written (see write.go). Nothing here decides whether a history is
// sound: that is what package check is for.
package history

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/snapshot"
)

// History is a migrations folder as it was when it was opened.
type History struct {
	Dir        string
	Journal    *snapshot.Journal
	Migrations []Migration // in the journal's order
	// OrphanSQL and OrphanSnapshots are the paths of files that no entry
	// names, in the order of their names.
	OrphanSQL, OrphanSnapshots []string
	// OtherMeta are the paths of what else lies in meta and drizzle-kit takes
	// for a snapshot: everything whose name does not begin with "_".
	OtherMeta []string
	// Finished is the tag of a migration whose writing had been cut short and
	// which Open completed; "" where there was none.
	Finished string
	// Interrupted is the intent file of such a write, where Survey found one that
	// no writer is at work on.
	Interrupted string
	// JournalError is why Survey could not read the journal, a *diag.Error.
	JournalError error

	from         folder
	journalBytes []byte // as on disk; nil where there is no journal yet
	snapshots    []string
}

// Migration is one entry of the journal with its files.
type Migration struct {
	Entry              snapshot.Entry
	File, SnapshotFile string // paths, whether or not the files exist
	SQL                string // the text of File
	HasSQL             bool
	HasSnapshot        bool
}

// Hash is what drizzle's migrator stores for an applied migration: the SHA-256
// of the SQL file, in hexadecimal.
func (m Migration) Hash() string {
	sum := sha256.Sum256([]byte(m.SQL))
	return hex.EncodeToString(sum[:])
}

// JournalFile is the path of the journal, whether or not it exists.
func (h *History) JournalFile() string {
	if h.from.join != nil {
		return h.from.path("meta", journalName)
	}
	return journalFile(h.Dir)
}

const journalName = "_journal.json"

func journalFile(dir string) string { return filepath.Join(dir, "meta", journalName) }

// Open reads a migrations folder. A folder that does not exist, or holds
// nothing yet, is an empty history. Missing SQL and snapshot files are
// recorded in the Migrations; a journal that is missing while migrations are
// there, or that cannot be read, is an error of type *diag.Error.
//
// Open writes in one case: when a writer was killed in the middle of Append,
// it completes that one migration.
func Open(dir string) (*History, error) {
	finished := ""
	for range patience {
		h, err := read(dir)
		if err != nil {
			return nil, err
		}
		if h.Interrupted != "" {
			if finished, err = finishInterrupted(dir); err != nil {
				return nil, err
			}
			continue
		}
		if !h.settled() {
			continue
		}
		if h.JournalError != nil {
			return nil, h.JournalError
		}
		h.Finished = finished
		return h, nil
	}
	return nil, unsettled(dir)
}

// Survey reads a folder as Open does, to say what is wrong with it: it writes
// nothing, and a journal that is missing or cannot be read leaves JournalError
// and a history without entries.
func Survey(dir string) (*History, error) {
	for range patience {
		h, err := read(dir)
		if err != nil {
			return nil, err
		}
		if h.Interrupted != "" {
			// A writer that is alive holds the lock, and will be done in a moment.
			unlock, err := lock(dir)
			if err != nil {
				return nil, err
			}
			unlock()
			if h, err = read(dir); err != nil {
				return nil, err
			}
		}
		if h.settled() {
			return h, nil
		}
	}
	return nil, unsettled(dir)
}

// patience is how often a folder is read again because a writer came between.
const patience = 100

// settled reports whether the journal is still as it was when read began. If
// so, and if there was no intent file after the folders were listed, no writer
// came between: it makes the intent file first and removes it last.
func (h *History) settled() bool {
	now, err := h.from.readFile("meta/" + journalName)
	if errors.Is(err, fs.ErrNotExist) {
		return h.journalBytes == nil
	}
	return err == nil && h.journalBytes != nil && bytes.Equal(now, h.journalBytes)
}

func unsettled(dir string) error {
	return &diag.Error{
		Kind: diag.Usage, File: journalFile(dir),
		Message: "the journal keeps changing while it is read",
		Hint:    "wait until the other program has finished, then run this again",
	}
}

// SnapshotFiles returns the paths of all snapshots, in the order of their names.
func (h *History) SnapshotFiles() []string {
	files := make([]string, len(h.snapshots))
	for i, name := range h.snapshots {
		files[i] = filepath.Join(h.Dir, "meta", name)
	}
	return files
}

func read(dir string) (*History, error) { return onDisk(dir).read() }

// read reads the folder; of a journal that cannot be read it leaves JournalError.
func (from folder) read() (*History, error) {
	h := &History{Dir: from.dir, Journal: snapshot.NewJournal(), from: from}
	var err error
	h.journalBytes, err = from.readFile("meta/" + journalName)
	if errors.Is(err, fs.ErrNotExist) {
		h.journalBytes = nil
	} else if err != nil {
		return nil, fileError(err)
	}
	if err := otherFormat(from); err != nil {
		return nil, err
	}
	sqlFiles, err := from.list(".", ".sql")
	if err != nil {
		return nil, err
	}
	if h.snapshots, err = from.list("meta", ".json"); err != nil {
		return nil, err
	}
	h.snapshots = slices.DeleteFunc(h.snapshots, func(name string) bool { return name == journalName })
	if h.OtherMeta, err = from.others(); err != nil {
		return nil, err
	}
	if from.exists("meta/" + intentName) {
		h.Interrupted = from.path("meta", intentName)
	}
	h.readJournal(sqlFiles)
	return h, h.join(sqlFiles)
}

func (h *History) readJournal(sqlFiles []string) {
	if h.journalBytes != nil {
		journal, err := snapshot.DecodeJournal(h.JournalFile(), h.journalBytes)
		if err != nil {
			h.JournalError = err
			return
		}
		h.Journal = journal
	} else if first := slices.Concat(sqlFiles, h.snapshots); len(first) > 0 {
		h.JournalError = &diag.Error{
			Kind: diag.Usage, File: h.JournalFile(),
			Message: fmt.Sprintf("the journal is missing, although %s is there", first[0]),
			Hint:    "restore meta/_journal.json from version control, or name a folder of migrations",
		}
	}
}

// otherFormat recognises the folders of other versions of drizzle-kit, which
// have no journal and would pass for empty: one folder per migration, with 14
// digits in front of its name.
func otherFormat(from folder) error {
	entries, _ := from.entries(".") // list reports the error
	for _, e := range entries {
		digits, _, _ := strings.Cut(e.Name(), "_")
		if !e.IsDir() || len(digits) != 14 || strings.Trim(digits, "0123456789") != "" {
			continue
		}
		if from.exists(e.Name()+"/migration.sql") && from.exists(e.Name()+"/snapshot.json") {
			return &diag.Error{
				Kind: diag.Usage, File: from.path(e.Name()),
				Message: "the migrations are in a format without a journal, one folder for each",
				Hint:    "drizzle-kit 1.0 and versions before 0.20 write it; skein works on folders of drizzle-kit 0.20 to 0.31",
			}
		}
	}
	return nil
}

func exists(file string) bool {
	_, err := os.Lstat(file)
	return err == nil
}

// join gives every entry its files and finds those that no entry names.
func (h *History) join(sqlFiles []string) error {
	named := map[string]bool{}
	for _, e := range h.Journal.Entries {
		m := Migration{
			Entry:        e,
			File:         h.from.path(e.Tag + ".sql"),
			SnapshotFile: h.from.path("meta", SnapshotName(e.Tag)),
		}
		if _, m.HasSQL = slices.BinarySearch(sqlFiles, e.Tag+".sql"); m.HasSQL {
			text, err := h.from.readFile(e.Tag + ".sql")
			if err != nil {
				return fileError(err)
			}
			m.SQL = string(text)
		}
		_, m.HasSnapshot = slices.BinarySearch(h.snapshots, SnapshotName(e.Tag))
		named[e.Tag+".sql"], named[SnapshotName(e.Tag)] = true, true
		h.Migrations = append(h.Migrations, m)
	}
	for _, name := range sqlFiles {
		if !named[name] {
			h.OrphanSQL = append(h.OrphanSQL, h.from.path(name))
		}
	}
	for _, name := range h.snapshots {
		if !named[name] {
			h.OrphanSnapshots = append(h.OrphanSnapshots, h.from.path("meta", name))
		}
	}
	return nil
}

// SnapshotName is the name of the snapshot that belongs to a tag: drizzle-kit
// takes the tag's prefix for it. With the prefix "none", whose tags begin with
// "_", all migrations share one file.
func SnapshotName(tag string) string {
	prefix, _, _ := strings.Cut(tag, "_")
	return prefix + "_snapshot.json"
}

// LastSnapshot returns the snapshot that the next migration starts from, or
// nil where there is none.
func (h *History) LastSnapshot() (*snapshot.Snapshot, error) {
	file := h.LastSnapshotFile()
	if file == "" {
		return nil, nil
	}
	return readSnapshot(file)
}

// LastSnapshotFile returns the path of that snapshot, or "". As in drizzle-kit
// it is the last one by file name, whatever the journal says. Where the prefix
// is "none" drizzle-kit does not see the one snapshot there is, and generates
// everything again; here it counts.
func (h *History) LastSnapshotFile() string {
	last := ""
	for _, name := range h.snapshots {
		if !strings.HasPrefix(name, "_") {
			last = name
		}
	}
	if last == "" {
		if len(h.snapshots) == 0 {
			return ""
		}
		last = h.snapshots[0]
	}
	return filepath.Join(h.Dir, "meta", last)
}

// Snapshot reads the snapshot of the i-th migration; an error where it has none.
func (h *History) Snapshot(i int) (*snapshot.Snapshot, error) {
	return readSnapshot(h.Migrations[i].SnapshotFile)
}

func readSnapshot(file string) (*snapshot.Snapshot, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fileError(err)
	}
	return snapshot.Decode(file, data)
}

// fileError makes a user's error of one of the os package.
func fileError(err error) error {
	var ours *diag.Error
	if errors.As(err, &ours) {
		return err
	}
	e := &diag.Error{Kind: diag.Usage, Message: err.Error(), Err: err}
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		e.File, e.Message = path.Path, fmt.Sprintf("cannot %s: %v", path.Op, path.Err)
	case errors.As(err, &link):
		e.File, e.Message = link.New, fmt.Sprintf("cannot %s: %v", link.Op, link.Err)
	}
	switch {
	case errors.Is(err, fs.ErrPermission):
		e.Hint = "check who owns the folder and may write to it"
	case errors.Is(err, fs.ErrNotExist):
		e.Hint = "restore the file from version control"
	default:
		e.Hint = "mend that, then run this again"
	}
	return e
}
