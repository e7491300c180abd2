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
}

// Migration is an entry of a line with its files.
type Migration struct {
	Entry    snapshot.Entry
	SQL      string
	HasSQL   bool
	Snapshot *snapshot.Snapshot // nil where there is none
}

// ReadLine reads a folder's files, given by their slash-separated paths within
// it. name says in errors whose they are. A folder without a journal is an
// empty line. With snapshots given as nil bytes the snapshot counts as missing.
func ReadLine(name string, files map[string][]byte) (*Line, error) {
	line := &Line{Journal: snapshot.NewJournal()}
	data, ok := files[JournalPath]
	if !ok {
		return line, nil
	}
	var err error
	if line.Journal, err = snapshot.DecodeJournal(JournalPath, data); err != nil {
		return nil, of(name, err)
	}
	for _, e := range line.Journal.Entries {
		m := Migration{Entry: e}
		sql, ok := files[e.Tag+".sql"]
		m.SQL, m.HasSQL = string(sql), ok
		if data := files[snapshotPath(e.Tag)]; data != nil {
			if m.Snapshot, err = snapshot.Decode(snapshotPath(e.Tag), data); err != nil {
				return nil, of(name, err)
			}
		}
		line.Migrations = append(line.Migrations, m)
	}
	return line, nil
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
		func(o *Migration) bool {
			return m.Snapshot != nil && o.Snapshot != nil && m.Snapshot.ID == o.Snapshot.ID && slug(m.Entry.Tag) == slug(o.Entry.Tag)
		},
		func(o *Migration) bool { return m.Entry.Tag == o.Entry.Tag },
		func(o *Migration) bool {
			return slug(m.Entry.Tag) == slug(o.Entry.Tag) && m.SQL == o.SQL && m.HasSQL && o.HasSQL
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
