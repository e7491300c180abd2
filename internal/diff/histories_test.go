package diff

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
	"github.com/skein-db/skein/internal/sqltext"
)

// A step is one migration of a real history: a snapshot, its parent, and the
// SQL that was committed.
type step struct {
	tag      string
	from, to *snapshot.Snapshot // from is nil for the first
	sql      string
}

// steps reads a migrations folder. Migrations without snapshot or parent are
// left out.
func steps(t *testing.T, folder string) []step {
	data, err := os.ReadFile(filepath.Join(folder, "meta", "_journal.json"))
	if err != nil {
		t.Fatal(err)
	}
	journal, err := snapshot.DecodeJournal(folder, data)
	if err != nil {
		t.Fatal(err)
	}
	byID := map[string]*snapshot.Snapshot{}
	byTag := map[string]*snapshot.Snapshot{}
	for _, e := range journal.Entries {
		prefix, _, _ := strings.Cut(e.Tag, "_")
		file := filepath.Join(folder, "meta", prefix+"_snapshot.json")
		data, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		s, err := snapshot.Decode(file, data)
		if err != nil {
			t.Fatal(err)
		}
		byID[s.ID], byTag[e.Tag] = s, s
	}
	var out []step
	for _, e := range journal.Entries {
		s := byTag[e.Tag]
		sql, err := os.ReadFile(filepath.Join(folder, e.Tag+".sql"))
		if s == nil || err != nil {
			continue
		}
		if from := byID[s.PrevID]; from != nil || s.PrevID == snapshot.OriginID {
			out = append(out, step{e.Tag, from, s, string(sql)})
		}
	}
	return out
}

func (s step) schemas() (from, to *schema.Schema) {
	if s.from == nil {
		return &schema.Schema{}, &s.to.Schema
	}
	return &s.from.Schema, &s.to.Schema
}

// committed answers questions from the SQL that people committed, and keeps
// the numbers of its answers.
type committed struct {
	sql     string
	numbers []int
}

var renameStatement = map[Kind]string{
	KindSchema: `ALTER SCHEMA OLD RENAME TO NEW`, KindEnum: `ALTER TYPE \S*OLD RENAME TO NEW`, KindSequence: `ALTER SEQUENCE \S*OLD RENAME TO NEW`,
	KindRole: `ALTER ROLE OLD RENAME TO NEW`, KindTable: `ALTER TABLE \S*OLD (RENAME TO|SET SCHEMA) NEW`, KindColumn: `ALTER TABLE \S*TABLE RENAME COLUMN OLD TO NEW`,
	KindPolicy: `ALTER POLICY OLD ON \S*TABLE RENAME TO NEW`, KindLinkedPolicy: `ALTER POLICY OLD ON \S* RENAME TO NEW`, KindView: `ALTER (MATERIALIZED )?VIEW \S*OLD RENAME TO NEW`,
}

func (c *committed) Resolve(q Question) (Answer, error) {
	for i, from := range q.Candidates {
		pattern := renameStatement[q.Kind]
		pattern = strings.ReplaceAll(pattern, "OLD", regexp.QuoteMeta(quote(from.Name)))
		now := q.Created.Name
		if q.Created.Name == from.Name {
			now = q.Created.Schema
		}
		pattern = strings.ReplaceAll(pattern, "NEW", regexp.QuoteMeta(quote(now)))
		if q.Table != nil {
			pattern = strings.ReplaceAll(pattern, "TABLE ", "TABLE\x00")
			pattern = strings.ReplaceAll(pattern, `\S*TABLE`, `\S*`+regexp.QuoteMeta(quote(q.Table.Name)))
			pattern = strings.ReplaceAll(pattern, "\x00", " ")
		}
		if regexp.MustCompile(pattern).MatchString(c.sql) {
			c.numbers = append(c.numbers, i+1)
			return Answer{Rename: true, From: from}, nil
		}
	}
	c.numbers = append(c.numbers, 0)
	return Answer{}, nil
}

// TestHistories replays the migrations of the folders that SKEIN_HISTORIES
// names, and compares with what drizzle-kit makes of the same snapshots and
// with what was committed.
func TestHistories(t *testing.T) {
	folders := filepath.SplitList(os.Getenv("SKEIN_HISTORIES"))
	if len(folders) == 0 {
		t.Skip("SKEIN_HISTORIES names no migrations folders")
	}
	o := startOracle(t)
	for _, folder := range folders {
		all := steps(t, folder)
		equal, toFile, kitToFile, explained := 0, 0, 0, 0
		for _, s := range all {
			from, to := s.schemas()
			answers := &committed{sql: s.sql}
			r, err := ComputeIn(Exact, from, to, answers)
			if err != nil {
				t.Errorf("%s: %v", s.tag, err)
				continue
			}
			numbers := answers.numbers
			if len(numbers) == 0 {
				numbers = []int{0}
			}
			v := o.ask(t, from, to, numbers)
			ours := r.Statements()
			if sqltext.Join(ours, true) == s.sql {
				toFile++
			}
			if sqltext.Join(v.SQL, true) == s.sql {
				kitToFile++
			}
			switch mended := mendedNotes(r.Notes); {
			case v.Error == "" && slices.Equal(ours, v.SQL):
				equal++
			case len(mended) > 0:
				explained++
				t.Logf("%s: %v\nkit %s\nours:\n%s\nkit:\n%s\nfile:\n%s", s.tag, r.Notes, v.Error, strings.Join(ours, "\n"), strings.Join(v.SQL, "\n"), s.sql)
			default:
				t.Errorf("%s: %s\ngot:\n%s\nwant:\n%s", s.tag, v.Error, strings.Join(ours, "\n"), strings.Join(v.SQL, "\n"))
			}
		}
		t.Logf("%s: %d migrations, %d as drizzle-kit, %d mended; as committed: %d, drizzle-kit %d", folder, len(all), equal, explained, toFile, kitToFile)
	}
}
