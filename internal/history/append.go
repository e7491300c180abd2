package history

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/snapshot"
)

// CustomText is what drizzle-kit writes into a custom migration, byte for byte.
const CustomText = "-- Custom SQL migration file, put your code below! --"

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
	if d.Snapshot == nil {
		return nil, &diag.Error{Kind: diag.Bug, Message: "a migration without a snapshot was to be written"}
	}
	added, err := makeFolder(h.Dir)
	if err != nil {
		return nil, err
	}
	unlock, err := lock(h.Dir)
	if err != nil {
		return nil, err
	}
	defer unlock()
	written, err := h.append(d)
	if err != nil {
		for _, dir := range added {
			_ = os.Remove(dir) // only where it is empty
		}
	}
	return written, err
}

// append is Append under the lock.
func (h *History) append(d Draft) (written *Written, err error) {
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
	removeMeta, err := h.makeMeta()
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			removeMeta()
		}
	}()
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

// makeFolder makes the migrations folder where it is missing, and returns the
// folders that it made, the innermost first.
func makeFolder(dir string) (added []string, err error) {
	for parent := filepath.Clean(dir); !exists(parent); parent = filepath.Dir(parent) {
		added = append(added, parent)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fileError(err)
	}
	return added, nil
}

// emptyJournal is the journal that drizzle-kit makes a new folder with.
const emptyJournal = `{"version":"7","dialect":"postgresql","entries":[]}`

// makeMeta makes meta where it is missing, in one step with an empty journal
// in it: drizzle-kit does not start on a meta without a journal. The returned
// function takes it back.
func (h *History) makeMeta() (remove func(), err error) {
	meta := filepath.Join(h.Dir, "meta")
	remove = func() {}
	if exists(meta) {
		return remove, nil
	}
	temp := filepath.Join(h.Dir, tempPrefix+"meta")
	step("temporary meta")
	if err := os.Mkdir(temp, 0o777); err != nil {
		return nil, cannotWrite(h.Dir, err)
	}
	step("empty journal")
	err = os.WriteFile(filepath.Join(temp, "_journal.json"), []byte(emptyJournal), 0o666)
	if err == nil {
		step("rename of meta")
		err = os.Rename(temp, meta)
	}
	if err != nil {
		_ = os.RemoveAll(temp)
		return nil, cannotWrite(h.Dir, err)
	}
	before := h.journalBytes
	h.journalBytes = []byte(emptyJournal)
	return func() {
		if same, _ := unchanged(h.JournalFile(), []byte(emptyJournal)); same {
			_ = os.Remove(h.JournalFile())
			_ = os.Remove(meta)
			h.journalBytes = before
		}
	}, nil
}

// stillSame returns an error where another program changed the journal since
// the folder was opened. An empty journal that appeared is no change.
func (h *History) stillSame() error {
	now, err := os.ReadFile(h.JournalFile())
	if errors.Is(err, fs.ErrNotExist) {
		now, err = nil, nil
	}
	if err != nil {
		return fileError(err)
	}
	if h.journalBytes == nil && now != nil {
		if j, err := snapshot.DecodeJournal(h.JournalFile(), now); err == nil && len(j.Entries) == 0 {
			h.journalBytes, h.Journal = now, j
		}
	}
	if (now == nil) != (h.journalBytes == nil) || !bytes.Equal(now, h.journalBytes) {
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
	for timed := d.Prefix != "" && d.Prefix != "index" && d.Prefix != "none"; ok && timed && h.taken(prefix); {
		now = now.Add(time.Second) // two migrations within one second
		prefix, _ = prefixOf(d.Prefix, idx, now)
	}
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
	if strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == '/' || r == '\\' || r == 0x7f }) || !utf8.ValidString(name) {
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
		SnapshotFile: filepath.Join(h.Dir, "meta", SnapshotName(tag)),
		SQL:          d.SQL, HasSQL: true, HasSnapshot: true,
	}, nil
}

// taken reports whether a migration has the prefix already.
func (h *History) taken(prefix string) bool {
	return slices.Contains(h.snapshots, prefix+"_snapshot.json")
}

// outputs lists the files of a migration in the order in which they appear,
// the journal last.
func (h *History) outputs(m Migration, d Draft, journal []byte) ([]output, error) {
	if err := onlyRegular(h.JournalFile()); err != nil {
		return nil, err
	}
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
