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
	"path"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
)

// JournalPath is the journal's path in a migrations folder.
const JournalPath = "meta/_journal.json"

// Line is a line of history: a migrations folder at one commit.
type Line struct {
	Journal    *snapshot.Journal
	Migrations []Migration

	files  Files
	bySlug map[string][]int
}

// Migration is an entry of a line with its files. Of a migration that all
// lines have alike the SQL is not read: they are many.
type Migration struct {
	Entry snapshot.Entry
	SQL   string

	sqlID    string    // of the file's content; "" where there is none
	snapshot *document // nil where there is none
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
	documents := map[string]*document{}
	for i := range states {
		line, err := readJournal(states[i].name, states[i].files, documents, read)
		if err != nil {
			return nil, of(states[i].name, err)
		}
		states[i].line = line
	}
	l := &Lines{states[0].line, states[1].line, states[2].line}
	if err := l.load(documents, read); err != nil {
		return nil, err
	}
	// That these can be read has to be known first.
	for _, line := range []*Line{l.Upstream, l.Local} {
		if _, err := line.Schema(); err != nil {
			return nil, err
		}
	}
	return l, nil
}

func readJournal(name string, files Files, documents map[string]*document, read Read) (*Line, error) {
	line := &Line{Journal: snapshot.NewJournal(), files: files, bySlug: map[string][]int{}}
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
	for i, e := range line.Journal.Entries {
		m := Migration{Entry: e, sqlID: files[e.Tag+".sql"]}
		if file := snapshotPath(e.Tag); files[file] != "" {
			if documents[files[file]] == nil {
				documents[files[file]] = &document{file: file, id: files[file], of: name, read: read}
			}
			m.snapshot = documents[files[file]]
		}
		line.Migrations = append(line.Migrations, m)
		line.bySlug[slug(e.Tag)] = append(line.bySlug[slug(e.Tag)], i)
	}
	return line, nil
}

// load takes from local migrations the snapshots that are not theirs, and reads
// in one go what is sure to be needed: the SQL of all that not all lines have
// alike, the snapshots of the local ones among them, and each line's last.
func (l *Lines) load(documents map[string]*document, read Read) error {
	for i := range l.Local.Migrations {
		if m := &l.Local.Migrations[i]; m.snapshot != nil && l.foreign(i) {
			m.snapshot = nil
		}
	}
	known := l.common()
	wanted := map[string]bool{}
	for _, line := range []*Line{l.Base, l.Upstream, l.Local} {
		if last := line.last(len(line.Migrations)); last != nil {
			wanted[last.id] = true
		}
		for i := known; i < len(line.Migrations); i++ {
			m := &line.Migrations[i]
			if m.sqlID != "" {
				wanted[m.sqlID] = true
			}
			if m.snapshot != nil && line == l.Local {
				wanted[m.snapshot.id] = true
			}
		}
	}
	var ids []string
	for id := range wanted {
		ids = append(ids, id)
	}
	contents, err := read(ids...)
	if err != nil {
		return err
	}
	byID := map[string][]byte{}
	for i, id := range ids {
		byID[id] = contents[i]
		if d := documents[id]; d != nil {
			d.data = contents[i]
		}
	}
	for _, line := range []*Line{l.Base, l.Upstream, l.Local} {
		for i := known; i < len(line.Migrations); i++ {
			m := &line.Migrations[i]
			m.SQL = string(byID[m.sqlID])
		}
	}
	return nil
}

// common returns how many migrations at the start all lines have alike.
func (l *Lines) common() int {
	n := 0
	for n < len(l.Base.Migrations) && n < len(l.Upstream.Migrations) && n < len(l.Local.Migrations) &&
		l.Base.Migrations[n].alike(&l.Upstream.Migrations[n]) && l.Base.Migrations[n].alike(&l.Local.Migrations[n]) {
		n++
	}
	return n
}

// foreign reports whether the snapshot under a local migration's number is
// another's: two migrations of one number have one snapshot between them, and
// it is the one's that has it on another line too.
func (l *Lines) foreign(i int) bool {
	m := &l.Local.Migrations[i]
	for j := range l.Local.Migrations {
		o := &l.Local.Migrations[j]
		if j == i || o.snapshot != m.snapshot || snapshotPath(o.Entry.Tag) != snapshotPath(m.Entry.Tag) {
			continue
		}
		for _, line := range []*Line{l.Base, l.Upstream} {
			if found := line.byTag(o.Entry.Tag); found != nil && found.snapshot == o.snapshot && line.byTag(m.Entry.Tag) == nil {
				return true
			}
		}
	}
	return false
}

// HasSnapshot reports whether the migration has a snapshot of its own.
func (m *Migration) HasSnapshot() bool { return m.snapshot != nil }

func (m *Migration) alike(o *Migration) bool {
	return m.Entry.Tag == o.Entry.Tag && m.sqlID == o.sqlID && m.snapshot == o.snapshot
}

func snapshotPath(tag string) string {
	prefix, _, _ := strings.Cut(tag, "_")
	return path.Join("meta", prefix+"_snapshot.json")
}

// last returns the last snapshot before the i-th migration, nil for none.
func (l *Line) last(i int) *document {
	for _, m := range slices.Backward(l.Migrations[:i]) {
		if m.snapshot != nil {
			return m.snapshot
		}
	}
	return nil
}

// Schema returns the schema that the line ends in.
func (l *Line) Schema() (*schema.Schema, error) { return l.last(len(l.Migrations)).schema() }

// lastID returns the id of the line's last snapshot.
func (l *Line) lastID() string {
	if last := l.last(len(l.Migrations)); last != nil {
		id, _ := last.ids()
		return id
	}
	return snapshot.OriginID
}

// mostParents is how far back a parent is looked for that is not the snapshot
// before. It is a few steps away where branches met before.
const mostParents = 64

// starts returns the schemas that the i-th local migration may start from, the
// likeliest first: that of its snapshot's parent, which is another than the one
// before it where branches met before and nobody made its snapshot anew; and
// that of the snapshot before it.
func (l *Lines) starts(i int) ([]*schema.Schema, error) {
	before := l.Local.last(i)
	found := []*document{before}
	if m := &l.Local.Migrations[i]; m.snapshot != nil {
		if _, id := m.snapshot.ids(); id != snapshot.OriginID {
			if parent := l.parent(i, id); parent != nil && parent != before {
				found = []*document{parent, before}
			}
		}
	}
	var out []*schema.Schema
	for n, d := range found {
		s, err := d.schema()
		if err != nil && n == 0 && len(found) > 1 {
			continue // an old snapshot that cannot be read is as good as none
		}
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// parent finds the snapshot of an id, from the i-th local migration back, then
// among what the other lines have last; nil where it is not there.
func (l *Lines) parent(i int, id string) *document {
	looked := map[*document]bool{}
	search := func(line *Line, to int) *document {
		for _, m := range slices.Backward(line.Migrations[max(0, to-mostParents):to]) {
			if m.snapshot == nil || looked[m.snapshot] {
				continue
			}
			looked[m.snapshot] = true
			if own, _ := m.snapshot.ids(); own == id {
				return m.snapshot
			}
		}
		return nil
	}
	for _, place := range []struct {
		line *Line
		to   int
	}{{l.Local, i}, {l.Base, len(l.Base.Migrations)}, {l.Upstream, len(l.Upstream.Migrations)}} {
		if found := search(place.line, place.to); found != nil {
			return found
		}
	}
	return nil
}

// byTag returns the migration of a tag, nil for none.
func (l *Line) byTag(tag string) *Migration {
	for _, i := range l.bySlug[slug(tag)] {
		if m := &l.Migrations[i]; m.Entry.Tag == tag {
			return m
		}
	}
	return nil
}

// find returns the migration that m is in the line, under whatever number: the
// one with its snapshot's id, else with its tag, else with its text. Its name
// is the same in any case.
func (l *Line) find(m *Migration) *Migration {
	sameID := func(o *Migration) bool {
		if m.snapshot == nil || o.snapshot == nil {
			return false
		}
		if m.snapshot == o.snapshot {
			return true
		}
		mine, _ := m.snapshot.ids()
		theirs, _ := o.snapshot.ids()
		return mine != "" && mine == theirs
	}
	for _, same := range []func(o *Migration) bool{
		m.alike, sameID,
		func(o *Migration) bool { return m.Entry.Tag == o.Entry.Tag },
		func(o *Migration) bool { return m.sqlID == o.sqlID && m.sqlID != "" },
	} {
		for _, i := range l.bySlug[slug(m.Entry.Tag)] {
			if o := &l.Migrations[i]; same(o) {
				return o
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
