// Package resolve makes one history of two that went on from the same base:
// the local migrations are renumbered behind upstream's, and what they do is
// told anew where upstream has changed what they start from.
//
// It is pure: it takes the files of three states of a folder and returns the
// files of the one to come, or the disagreements that a person has to settle
// first. Where the states come from (git), and that the outcome is sound
// (check, replay), is looked after by its callers.
//
// Upstream's migrations are never changed: databases have run them. Of a local
// migration the bytes stay wherever they still say the right thing.
package resolve

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
)

// JournalPath is the journal's path in a migrations folder.
const JournalPath = "meta/_journal.json"

// Line is a line of history: a migrations folder at one commit.
type Line struct {
	Journal    *snapshot.Journal
	Migrations []Migration

	files Files
}

// Migration is an entry of a line with its files. Of a migration that all
// lines have alike the files are not read, but for the last: they are many.
type Migration struct {
	Entry    snapshot.Entry
	SQL      string
	Snapshot *snapshot.Snapshot // nil where there is none, or it was not read

	sqlID, snapshotID string // of the files' content; "" where there is none
}

// Files are a folder's files: an id of the content by the slash-separated path
// within the folder.
type Files map[string]string

// Read returns the contents with these ids.
type Read func(ids ...string) ([][]byte, error)

// Lines are the three states that resolve works on.
type Lines struct{ Base, Upstream, Local *Line }

// ReadLines reads three states of a folder. A folder without a journal is an
// empty line.
func ReadLines(base, upstream, local Files, read Read) (*Lines, error) {
	states := []struct {
		name  string
		files Files
		line  *Line
	}{{"base", base, nil}, {"upstream", upstream, nil}, {"local", local, nil}}
	for i := range states {
		line, err := readJournal(states[i].files, read)
		if err != nil {
			return nil, of(states[i].name, err)
		}
		states[i].line = line
	}
	l := &Lines{states[0].line, states[1].line, states[2].line}
	known := l.common()
	for _, s := range states {
		if err := s.line.load(known, read); err != nil {
			return nil, of(s.name, err)
		}
	}
	return l, nil
}

func readJournal(files Files, read Read) (*Line, error) {
	line := &Line{Journal: snapshot.NewJournal(), files: files}
	id, ok := files[JournalPath]
	if !ok {
		return line, nil
	}
	data, err := read(id)
	if err != nil {
		return nil, err
	}
	if line.Journal, err = snapshot.DecodeJournal(JournalPath, data[0]); err != nil {
		return nil, err
	}
	for _, e := range line.Journal.Entries {
		line.Migrations = append(line.Migrations, Migration{Entry: e, sqlID: files[e.Tag+".sql"], snapshotID: files[snapshotPath(e.Tag)]})
	}
	return line, nil
}

// common returns how many migrations at the start all lines have alike, less
// the one whose snapshot is needed.
func (l *Lines) common() int {
	n := 0
	for n < len(l.Base.Migrations) && n < len(l.Upstream.Migrations) && n < len(l.Local.Migrations) &&
		l.Base.Migrations[n].alike(&l.Upstream.Migrations[n]) && l.Base.Migrations[n].alike(&l.Local.Migrations[n]) {
		n++
	}
	for n > 0 {
		n--
		if l.Base.Migrations[n].snapshotID != "" {
			break
		}
	}
	return n
}

func (m *Migration) alike(o *Migration) bool {
	return m.Entry.Tag == o.Entry.Tag && m.sqlID == o.sqlID && m.snapshotID == o.snapshotID
}

// load reads the files of the migrations behind the first n.
func (l *Line) load(n int, read Read) error {
	var ids []string
	for i := range l.Migrations[n:] {
		for _, id := range []string{l.Migrations[n+i].sqlID, l.Migrations[n+i].snapshotID} {
			if id != "" {
				ids = append(ids, id)
			}
		}
	}
	contents, err := read(ids...)
	if err != nil {
		return err
	}
	byID := map[string][]byte{}
	for i, id := range ids {
		byID[id] = contents[i]
	}
	for i := range l.Migrations[n:] {
		m := &l.Migrations[n+i]
		m.SQL = string(byID[m.sqlID])
		if m.snapshotID == "" {
			continue
		}
		file := snapshotPath(m.Entry.Tag)
		if m.Snapshot, err = snapshot.Decode(file, byID[m.snapshotID]); err != nil {
			return err
		}
	}
	return nil
}

// of says whose file an error is about.
func of(name string, err error) error {
	return &diag.Error{
		Kind: diag.Usage, Message: fmt.Sprintf("the migrations of %s cannot be read", name), Detail: err.Error(), Err: err,
		Hint: "mend that commit's files first; skein check on it tells more",
	}
}

func snapshotPath(tag string) string {
	prefix, _, _ := strings.Cut(tag, "_")
	return path.Join("meta", prefix+"_snapshot.json")
}

// schemaBefore returns the schema that the i-th migration starts from: that of
// the nearest snapshot before it.
func (l *Line) schemaBefore(i int) *schema.Schema {
	for _, m := range slices.Backward(l.Migrations[:i]) {
		if m.Snapshot != nil {
			return &m.Snapshot.Schema
		}
	}
	return &schema.Schema{}
}

// schema returns the schema that the line ends in.
func (l *Line) schema() *schema.Schema { return l.schemaBefore(len(l.Migrations)) }

// lastID returns the id of the line's last snapshot.
func (l *Line) lastID() string {
	for _, m := range slices.Backward(l.Migrations) {
		if m.Snapshot != nil {
			return m.Snapshot.ID
		}
	}
	return snapshot.OriginID
}

// find returns the migration that m is in the line, under whatever number: the
// one with its snapshot's id, else with its tag, else with its name and text.
func (l *Line) find(m *Migration) *Migration {
	match := []func(o *Migration) bool{
		m.alike,
		func(o *Migration) bool {
			return m.Snapshot != nil && o.Snapshot != nil && m.Snapshot.ID == o.Snapshot.ID && slug(m.Entry.Tag) == slug(o.Entry.Tag)
		},
		func(o *Migration) bool { return m.Entry.Tag == o.Entry.Tag },
		func(o *Migration) bool {
			return slug(m.Entry.Tag) == slug(o.Entry.Tag) && m.sqlID == o.sqlID && m.sqlID != ""
		},
	}
	for _, same := range match {
		for i := range l.Migrations {
			if same(&l.Migrations[i]) {
				return &l.Migrations[i]
			}
		}
	}
	return nil
}

// slug is a tag without its number.
func slug(tag string) string {
	_, name, found := strings.Cut(tag, "_")
	if !found {
		return tag
	}
	return name
}
