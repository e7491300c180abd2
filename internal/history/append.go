package history

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/snapshot"
)

// Draft is a migration to be added.
type Draft struct {
	Name        string // "" for a random one
	Prefix      string // "index" (also ""), "timestamp", "supabase", "unix" or "none"
	SQL         string // written as it is
	Snapshot    *snapshot.Snapshot
	Breakpoints bool
	Now         time.Time // zero for the present
}

// Written says what Append wrote.
type Written struct {
	Tag                                string
	SQLFile, SnapshotFile, JournalFile string
}

// Append adds a migration to the folder, which it creates where it does not
// exist, and to h. Killed at any point, the folder is as before or as after;
// with an error it is as before. Append refuses when the folder changed since
// it was opened. Errors are of type *diag.Error.
func (h *History) Append(d Draft) (*Written, error) {
	if err := prepareFolder(h.Dir); err != nil {
		return nil, err
	}
	unlock, err := lock(h.Dir, 10*time.Second)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if _, err := finish(h.Dir); err != nil {
		return nil, err
	}
	if err := h.stillSame(); err != nil {
		return nil, err
	}
	m, err := h.next(d)
	if err != nil {
		return nil, err
	}
	journal := *h.Journal
	journal.Entries = append(slices.Clone(h.Journal.Entries), m.Entry)
	text := journal.Encode()
	outputs, err := h.outputs(m, d, text)
	if err != nil {
		return nil, err
	}
	if err := write(h.Dir, m.Entry.Tag, outputs); err != nil {
		return nil, err
	}
	h.journalBytes, h.Journal = text, &journal
	h.Migrations = append(h.Migrations, m)
	if name := filepath.Base(m.SnapshotFile); !slices.Contains(h.snapshots, name) {
		h.snapshots = append(h.snapshots, name)
		slices.Sort(h.snapshots)
	}
	return &Written{Tag: m.Entry.Tag, SQLFile: m.File, SnapshotFile: m.SnapshotFile, JournalFile: h.JournalFile()}, nil
}

// prepareFolder makes the folder and its meta where they are missing. The
// journal comes with the folder, as drizzle-kit leaves them, since drizzle-kit
// does not start on a meta without one.
func prepareFolder(dir string) error {
	meta := filepath.Join(dir, "meta")
	if _, err := os.Stat(meta); err == nil {
		return nil
	}
	if err := os.MkdirAll(meta, 0o777); err != nil {
		return fileError(err)
	}
	return nil
}

// stillSame returns an error where another program changed the journal since
// the folder was opened.
func (h *History) stillSame() error {
	same, err := unchanged(h.JournalFile(), h.journalBytes)
	if err != nil {
		return fileError(err)
	}
	if !same {
		return &diag.Error{
			Kind: diag.Usage, File: h.JournalFile(),
			Message: "the journal changed on disk since it was read; nothing was written",
			Hint:    "run the command again, so that it starts from the folder as it is now",
		}
	}
	return nil
}

// next makes the entry and the file names of the migration to come.
func (h *History) next(d Draft) (Migration, error) {
	now := d.Now
	if now.IsZero() {
		now = time.Now()
	}
	idx, when := 0, now.UnixMilli()
	for _, e := range h.Journal.Entries {
		idx = e.Idx + 1
		// drizzle's migrator skips what is not newer than the newest applied
		// entry, so a clock that is behind must not make an older entry.
		when = max(when, e.When+1)
	}
	prefix, ok := prefixOf(d.Prefix, idx, now)
	if !ok {
		return Migration{}, &diag.Error{
			Kind: diag.Usage, Message: fmt.Sprintf("%q is no migration prefix", d.Prefix),
			Hint: "migrations.prefix is one of index, timestamp, supabase, unix and none",
		}
	}
	name := d.Name
	if name == "" {
		name = RandomName()
	}
	if strings.ContainsAny(name, `/\`+"\x00\n\r") {
		return Migration{}, &diag.Error{
			Kind: diag.Usage, Message: fmt.Sprintf("%q cannot be part of a file name", name),
			Hint: "pass --name with letters, digits and underscores",
		}
	}
	tag := prefix + "_" + name
	return Migration{
		Entry: snapshot.Entry{
			Idx: idx, Version: fmt.Sprint(snapshot.CurrentVersion), When: when, Tag: tag, Breakpoints: d.Breakpoints,
		},
		File:         filepath.Join(h.Dir, tag+".sql"),
		SnapshotFile: filepath.Join(h.Dir, "meta", snapshotName(tag)),
		SQL:          d.SQL, HasSQL: true, HasSnapshot: true,
	}, nil
}

// outputs lists the files of a migration in the order in which they appear,
// the journal last.
func (h *History) outputs(m Migration, d Draft, journal []byte) ([]output, error) {
	meta := filepath.Join("meta", filepath.Base(m.SnapshotFile))
	outputs := []output{
		{path: filepath.Base(m.File), data: []byte(d.SQL)},
		{path: meta, data: d.Snapshot.Encode()},
		{path: filepath.Join("meta", "_journal.json"), data: journal, replaces: h.journalBytes},
	}
	for i := range outputs[:2] {
		path := filepath.Join(h.Dir, outputs[i].path)
		old, err := os.ReadFile(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, fileError(err)
		case strings.HasPrefix(filepath.Base(path), "_") && i == 1:
			outputs[i].replaces = old // the one snapshot of the prefix "none"
		default:
			return nil, &diag.Error{
				Kind: diag.Usage, File: path,
				Message: "the file exists already, although no journal entry names it; nothing was written",
				Hint:    "move it away, or give it an entry; skein check tells more",
			}
		}
	}
	return outputs, nil
}
