package resolve

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/merge"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
	"github.com/skein-db/skein/internal/sqltext"
)

// branch is a line of history being written, as a developer writes it.
type branch struct {
	t     *testing.T
	files map[string][]byte
	now   schema.Schema
	n     int
	id    string
	name  string
	when  int64
}

// start is a base of one migration, with the table users.
func start(t *testing.T) *branch {
	b := &branch{t: t, files: map[string][]byte{}, id: snapshot.OriginID, name: "base", when: 1000}
	return b.generate("init", func(s *schema.Schema) {
		s.Tables = []schema.Table{{Schema: "public", Name: "users", Columns: []schema.Column{
			{Name: "id", Type: "integer", PrimaryKey: true, NotNull: true}, {Name: "email", Type: "text"},
		}}}
	})
}

// fork goes on from here under another name.
func (b *branch) fork(name string) *branch {
	c := *b
	c.name, c.files = name, map[string][]byte{}
	for path, data := range b.files {
		c.files[path] = data
	}
	c.now = *b.now.Clone()
	return &c
}

// generate does what skein generate does.
func (b *branch) generate(name string, edit func(*schema.Schema), after ...string) *branch {
	b.t.Helper()
	was := b.now.Clone()
	edit(&b.now)
	r, err := diff.Compute(was, &b.now, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.write(name, sqltext.Join(append(r.Statements(), after...), true), true)
}

// custom writes a migration by hand.
func (b *branch) custom(name, sql string) *branch {
	b.t.Helper()
	return b.write(name, sql, true)
}

func (b *branch) write(name, sql string, withSnapshot bool) *branch {
	b.t.Helper()
	journal := snapshot.NewJournal()
	if data, ok := b.files[JournalPath]; ok {
		var err error
		if journal, err = snapshot.DecodeJournal(JournalPath, data); err != nil {
			b.t.Fatal(err)
		}
	}
	tag := fmt.Sprintf("%04d_%s", b.n, name)
	b.when += 10
	journal.Append(snapshot.Entry{Idx: b.n, Version: "7", When: b.when, Tag: tag, Breakpoints: true})
	b.files[JournalPath] = journal.Encode()
	b.files[tag+".sql"] = []byte(sql)
	if withSnapshot {
		id := fmt.Sprintf("%s-%d", b.name, b.n)
		b.files[snapshotPath(tag)] = snapshot.New(id, b.id, &b.now).Encode()
		b.id = id
	}
	b.n++
	return b
}

// lines reads three states; the content's id is its hash.
func lines(t *testing.T, base, upstream, local map[string][]byte) *Lines {
	t.Helper()
	store := map[string][]byte{}
	put := func(files map[string][]byte) Files {
		out := Files{}
		for path, data := range files {
			out[path] = fmt.Sprintf("%x", sha256.Sum256(data))
			store[out[path]] = data
		}
		return out
	}
	l, err := ReadLines(put(base), put(upstream), put(local), func(ids ...string) ([][]byte, error) {
		var out [][]byte
		for _, id := range ids {
			out = append(out, store[id])
		}
		return out, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func make3(t *testing.T, base, upstream, local *branch, take merge.Take) *Plan {
	t.Helper()
	p, err := Make(context.Background(), Input{
		Lines: *lines(t, base.files, upstream.files, local.files), Take: take, NewID: func() string { return "new" },
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func column(name, typ string) func(*schema.Schema) {
	return func(s *schema.Schema) {
		t := s.Table(schema.Ref{Schema: "public", Name: "users"})
		t.Columns = append(t.Columns, schema.Column{Name: name, Type: typ})
	}
}

func noColumn(name string) func(*schema.Schema) {
	return func(s *schema.Schema) {
		t := s.Table(schema.Ref{Schema: "public", Name: "users"})
		for i := range t.Columns {
			if t.Columns[i].Name == name {
				t.Columns = append(t.Columns[:i:i], t.Columns[i+1:]...)
				return
			}
		}
	}
}

func both(edits ...func(*schema.Schema)) func(*schema.Schema) {
	return func(s *schema.Schema) {
		for _, e := range edits {
			e(s)
		}
	}
}

const (
	addAge  = `ALTER TABLE "users" ADD COLUMN "age" integer;`
	addBio  = `ALTER TABLE "users" ADD COLUMN "bio" text;`
	fill    = `UPDATE "users" SET "age" = 1;`
	byHand  = `CREATE INDEX lower_email ON users (lower(email));`
	marker  = "--> statement-breakpoint\n"
	comment = "-- skein:allow update-unbounded reason=small\n"
)

// TestMake tells what becomes of local migrations, one line each: fate, old
// tag, new tag; then the text where it is another.
func TestMake(t *testing.T) {
	for _, c := range []struct {
		name            string
		upstream, local func(*branch)
		want            string
	}{
		{"nothing upstream", func(*branch) {}, func(b *branch) { b.generate("mine", column("age", "integer")) },
			"moved 0001_mine 0001_mine"},
		{"two of one number", func(b *branch) { b.generate("theirs", column("bio", "text")) },
			func(b *branch) { b.generate("mine", column("age", "integer"), comment+fill) },
			"moved 0001_mine 0002_mine"},
		{"several on both sides",
			func(b *branch) { b.generate("t1", column("bio", "text")).custom("t2", "SELECT 1;") },
			func(b *branch) { b.generate("m1", column("age", "integer")).custom("m2", fill) },
			"moved 0001_m1 0003_m1\nmoved 0002_m2 0004_m2"},
		{"the same change", func(b *branch) { b.generate("theirs", column("age", "integer")) },
			func(b *branch) { b.generate("mine", column("age", "integer")) },
			"dropped 0001_mine -"},
		{"the same change, and a tail", func(b *branch) { b.generate("theirs", column("age", "integer")) },
			func(b *branch) { b.generate("mine", column("age", "integer"), fill) },
			"custom 0001_mine 0002_mine\n" + fill},
		{"the same change among others", func(b *branch) { b.generate("theirs", column("age", "integer")) },
			func(b *branch) { b.generate("mine", both(column("age", "integer"), column("bio", "text")), fill) },
			"rewritten 0001_mine 0002_mine\n" + addBio + marker + fill},
		{"all but the first of its statements", func(b *branch) { b.generate("theirs", both(column("bio", "text"), column("cv", "text"))) },
			func(b *branch) {
				b.generate("mine", both(column("age", "integer"), column("bio", "text"), column("cv", "text")))
			},
			"rewritten 0001_mine 0002_mine\n" + addAge},
		{"picked from the other side", func(b *branch) { b.custom("fix", fill) }, func(b *branch) { b.custom("fix", fill) },
			"same 0001_fix 0001_fix"},
		{"squashed on the other side", func(b *branch) { b.generate("all", both(column("age", "integer"), column("bio", "text")), fill) },
			func(b *branch) { b.generate("mine", column("age", "integer"), fill).custom("again", fill) },
			"dropped 0001_mine -\ndropped 0002_again -"},
		{"one attribute, twice", func(b *branch) { b.generate("theirs", column("age", "text")) },
			func(b *branch) { b.generate("mine", column("age", "integer")) },
			"problem 0001_mine column users.age"},
		{"data on a column that is gone", func(b *branch) { b.generate("theirs", noColumn("email")) },
			func(b *branch) { b.custom("mine", `UPDATE "users" AS u SET "id" = 2 WHERE u."email" = 'x';`) },
			"problem 0001_mine column users.email"},
		{"data on a column that is dropped here", func(b *branch) { b.custom("theirs", `UPDATE users SET email = 'x';`) },
			func(b *branch) { b.generate("mine", noColumn("email")) },
			"problem 0001_mine column users.email"},
		{"data in strings and comments", func(b *branch) { b.generate("theirs", noColumn("email")) },
			func(b *branch) { b.custom("mine", "-- email\nUPDATE users SET id = 2 WHERE 'email' <> '';") },
			"moved 0001_mine 0002_mine"},
		{"a landed migration changed", func(*branch) {}, func(b *branch) { b.files["0000_init.sql"] = []byte("SELECT 2;") },
			"problem 0000_init landed"},
		{"a landed migration put behind", func(b *branch) { b.custom("theirs", "SELECT 1;") }, func(b *branch) {
			for _, name := range []string{"%04d_init.sql", "meta/%04d_snapshot.json"} {
				b.files[fmt.Sprintf(name, 1)] = b.files[fmt.Sprintf(name, 0)]
				delete(b.files, fmt.Sprintf(name, 0))
			}
			b.files[JournalPath] = bytes.ReplaceAll(b.files[JournalPath], []byte("0000_init"), []byte("0001_init"))
			b.n++
			b.generate("mine", column("age", "integer"))
		}, "moved 0002_mine 0002_mine"},
		{"one statement written by hand on both sides", func(b *branch) { b.custom("theirs", byHand) }, func(b *branch) { b.custom("mine", "-- mine\n"+byHand+"\n"+fill) },
			"custom 0001_mine 0002_mine\n-- mine\n" + fill},
		{"and taken back there", func(b *branch) { b.custom("theirs", byHand+"\nDROP INDEX lower_email;") }, func(b *branch) { b.custom("mine", byHand) },
			"moved 0001_mine 0002_mine"},
		{"settings on both sides", func(b *branch) { b.custom("theirs", "SET lock_timeout = 0;\nCOMMIT;") },
			func(b *branch) { b.custom("mine", "SET lock_timeout = 0;\nCOMMIT;\nSELECT 1;") },
			"moved 0001_mine 0002_mine"},
		{"a statement that only the snapshot knows, done there", func(b *branch) { b.generate("theirs", column("age", "integer")) },
			func(b *branch) {
				b.generate("mine", both(column("age", "integer"), column("bio", "text")))
				b.files["0001_mine.sql"] = []byte(addBio)
			},
			"moved 0001_mine 0002_mine"},
		{"a statement changed by hand, done there", func(b *branch) { b.generate("theirs", column("age", "integer")) },
			func(b *branch) {
				b.generate("mine", both(column("age", "integer"), column("bio", "text")))
				b.files["0001_mine.sql"] = []byte(`ALTER TABLE "users" ADD COLUMN IF NOT EXISTS "age" integer;` + addBio)
			},
			"problem 0001_mine edited " + addAge},
		{"an older time", func(b *branch) { b.when += 500; b.generate("theirs", column("bio", "text")) },
			func(b *branch) { b.generate("mine", column("age", "integer")) },
			"moved 0001_mine 0002_mine"},
	} {
		t.Run(c.name, func(t *testing.T) {
			base := start(t)
			upstream, local := base.fork("upstream"), base.fork("local")
			c.upstream(upstream)
			c.local(local)
			p := make3(t, base, upstream, local, nil)
			if diff := cmp.Diff(c.want, told(p)); diff != "" {
				t.Error(diff)
			}
			if len(p.Problems) == 0 {
				sound(t, upstream, p)
			}
		})
	}
}

// TestLostEntry mends a journal that an earlier merge took an entry from: its
// file is there as it landed.
func TestLostEntry(t *testing.T) {
	base := start(t).custom("two", fill)
	upstream, local := base.fork("upstream"), base.fork("local")
	upstream.custom("theirs", "SELECT 1;")
	journal, err := snapshot.DecodeJournal(JournalPath, local.files[JournalPath])
	if err != nil {
		t.Fatal(err)
	}
	journal.Entries = journal.Entries[:1]
	local.files[JournalPath] = journal.Encode()
	local.generate("mine", column("age", "integer"))
	p := make3(t, base, upstream, local, nil)
	if got := told(p); got != "moved 0002_mine 0003_mine" {
		t.Error(got)
	}
	sound(t, upstream, p)
}

// TestStaleSnapshot is a branch that merged upstream before and whose migration
// only got another number then: its snapshot starts from the state that it was
// made on, and is without what upstream did meanwhile. That is no change of the
// branch's.
func TestStaleSnapshot(t *testing.T) {
	start := start(t)
	base := start.fork("base").generate("theirs", column("bio", "text"))
	upstream := base.fork("upstream").generate("more", column("cv", "text"))
	made := start.fork("local").generate("mine", column("age", "integer"))
	local := base.fork("local").write("mine", addAge, false)
	local.files["meta/0002_snapshot.json"] = made.files["meta/0001_snapshot.json"]
	p := make3(t, base, upstream, local, nil)
	if got := told(p); got != "moved 0002_mine 0003_mine" {
		t.Error(got)
	}
	sound(t, upstream, p)
	want := columnNames(upstream.fork("both").generate("mine", column("age", "integer")).now)
	if got := columnNames(*p.Schema); got != want {
		t.Errorf("it leads to %s, not %s", got, want)
	}
}

// TestOthersSnapshot is a branch with two migrations of one number, whose one
// snapshot is upstream's: the other has none, and changes nothing that is known.
func TestOthersSnapshot(t *testing.T) {
	start := start(t)
	base := start.fork("base").generate("theirs", column("bio", "text")).generate("again", column("age", "integer"))
	upstream := base.fork("upstream").generate("more", column("cv", "text"))
	local := base.fork("local")
	local.n = 1
	local.write("mine", fill, false)
	p := make3(t, base, upstream, local, nil)
	if got := told(p); got != "moved 0001_mine 0004_mine" {
		t.Error(got)
	}
	sound(t, upstream, p)
	if !schema.Equal(&upstream.now, p.Schema) {
		t.Error("it leads to another schema than upstream's")
	}
}

// TestStaleSnapshotWithNewParent is a branch whose migration was given another
// number and its old snapshot the new parent: what upstream did in between is
// missing from it, and no statement takes that back.
func TestStaleSnapshotWithNewParent(t *testing.T) {
	start := start(t)
	base := start.fork("base").generate("theirs", column("bio", "text"))
	upstream := base.fork("upstream").generate("more", column("cv", "text"))
	made := start.fork("local").generate("mine", column("age", "integer"))
	local := base.fork("local").write("mine", addAge, false)
	local.files["meta/0002_snapshot.json"] = bytes.Replace(made.files["meta/0001_snapshot.json"], []byte("base-0"), []byte("base-1"), 1)
	p := make3(t, base, upstream, local, nil)
	if got := told(p); got != "moved 0002_mine 0003_mine" {
		t.Error(got)
	}
	sound(t, upstream, p)
	want := columnNames(upstream.fork("both").generate("mine", column("age", "integer")).now)
	if got := columnNames(*p.Schema); got != want {
		t.Errorf("it leads to %s, not %s", got, want)
	}
}

// TestAdoptWithoutSnapshot gives a migration without a snapshot what its
// statements do, where the schema files say so.
func TestAdoptWithoutSnapshot(t *testing.T) {
	base := start(t)
	upstream := base.fork("upstream").generate("theirs", column("bio", "text"))
	local := base.fork("local").write("mine", addAge, false)
	files := upstream.fork("both").generate("mine", column("age", "integer")).now
	p := make3(t, base, upstream, local, nil)
	if got := p.Untold(); !slices.Equal(got, []string{"0002_mine"}) {
		t.Errorf("nobody is told of %q", got)
	}
	if d, err := p.Adopt(&files); err != nil || !d.Empty() {
		t.Error(d.Statements(), err)
	}
	if got := p.Untold(); got != nil {
		t.Errorf("the schema files told of %q", got)
	}
	sound(t, upstream, p)
	if got := columnNames(*p.Schema); got != columnNames(files) {
		t.Errorf("it leads to %s", got)
	}
	column("cv", "text")(&files)
	p = make3(t, base, upstream, local, nil)
	if d, err := p.Adopt(&files); err != nil || len(d.Statements()) != 2 {
		t.Error("what no migration does differs still: ", d.Statements(), err)
	}
	if got := p.Untold(); len(got) != 1 {
		t.Errorf("untold: %q", got)
	}
	p = make3(t, base, upstream, base.fork("local").write("mine", fill, false), nil)
	if got := p.Untold(); got != nil {
		t.Errorf("rows are in no snapshot: %q", got)
	}
}

// TestAdoptLostTable is a branch with a snapshot that was put together by hand and
// lost a table, which no statement drops.
func TestAdoptLostTable(t *testing.T) {
	base := start(t).generate("teams", func(s *schema.Schema) {
		s.Tables = append(s.Tables, schema.Table{Schema: schema.Public, Name: "teams", Columns: []schema.Column{{Name: "kind", Type: "team_kind", TypeSchema: schema.Public}}})
		s.Enums = []schema.Enum{{Schema: schema.Public, Name: "team_kind", Values: []string{"small"}}}
	})
	upstream := base.fork("upstream").generate("theirs", column("bio", "text"))
	lose := func(s *schema.Schema) { s.Tables, s.Enums = s.Tables[:1], nil }
	local := base.fork("local").generate("mine", lose)
	local.files["0002_mine.sql"] = []byte("ALTER TABLE users ADD IF NOT EXISTS age integer;")
	p := make3(t, base, upstream, local, nil)
	if p.Schema.Table(schema.Ref{Schema: schema.Public, Name: "teams"}) != nil {
		t.Error("without the schema files, the snapshot is believed")
	}
	kept := upstream.now
	if d, err := p.Adopt(&kept); err != nil || !d.Empty() {
		t.Error(d.Statements(), err)
	}
	if !schema.Equal(p.Schema, &kept) {
		t.Errorf("it leads to %+v", p.Schema)
	}
	sound(t, upstream, p)
	given := *upstream.now.Clone()
	lose(&given)
	p = make3(t, base, upstream, local, nil)
	if d, err := p.Adopt(&given); err != nil || !d.Empty() || len(p.Schema.Tables) != 1 {
		t.Error("a table that the schema files gave up is not had back: ", d.Statements(), err)
	}
	more := *kept.Clone()
	more.Tables[1].Columns = append(more.Tables[1].Columns, schema.Column{Name: "name", Type: "text"})
	p = make3(t, base, upstream, local, nil)
	if d, err := p.Adopt(&more); err != nil || d.Empty() {
		t.Error("what no migration does differs still: ", err)
	}
	local.files["0002_mine.sql"] = []byte("DROP TABLE teams; DROP TYPE team_kind;")
	p = make3(t, base, upstream, local, nil)
	if d, err := p.Adopt(&kept); err != nil || len(d.Statements()) != 2 {
		t.Error("a table that a statement drops is made again: ", d.Statements(), err)
	}
}

func columnNames(s schema.Schema) string {
	var out []string
	for _, c := range s.Tables[0].Columns {
		out = append(out, c.Name)
	}
	return strings.Join(out, " ")
}

// TestRewrittenIsNoted holds that a database which ran the old text can be
// recognised.
func TestRewrittenIsNoted(t *testing.T) {
	base := start(t)
	upstream, local := base.fork("upstream"), base.fork("local")
	upstream.generate("theirs", column("age", "integer"))
	local.generate("mine", both(column("age", "integer"), column("bio", "text"))).custom("after", fill)
	p := make3(t, base, upstream, local, nil)
	if was := p.Moves[0].To.Was; was != fmt.Sprintf("%x", sha256.Sum256([]byte(p.Moves[0].OldSQL))) {
		t.Error(was)
	}
	if was := p.Moves[1].To.Was; was != "" {
		t.Error("its text is what it was, so its hash finds it: ", was)
	}
}

func told(p *Plan) string {
	var out []string
	for _, problem := range p.Problems {
		what := problem.Object().String()
		switch {
		case problem.Landed:
			what = "landed"
		case problem.Edited != "":
			what = "edited " + problem.Edited
		}
		out = append(out, fmt.Sprintf("problem %s %s", problem.Migration, what))
	}
	if len(out) > 0 {
		return strings.Join(out, "\n")
	}
	for _, m := range p.Moves {
		to := m.To.Tag
		if to == "" {
			to = "-"
		}
		out = append(out, fmt.Sprintf("%s %s %s", m.Fate, m.From.Tag, to))
		if m.SQL != m.OldSQL && m.Fate != Gone {
			out = append(out, m.SQL)
		}
	}
	return strings.Join(out, "\n")
}

// sound holds what every outcome has: upstream's files as they were, one chain
// of snapshots, times that grow, and a last snapshot that says what the
// migrations lead to.
func sound(t *testing.T, upstream *branch, p *Plan) {
	t.Helper()
	files := map[string][]byte{}
	for path, data := range upstream.files {
		files[path] = data
	}
	for path, data := range p.Files() {
		if old, taken := files[path]; taken && path != JournalPath {
			t.Errorf("upstream's %s is written over: %s", path, old)
		}
		files[path] = data
	}
	l := lines(t, nil, nil, files).Local
	parent, when := snapshot.OriginID, int64(0)
	seen := map[string]bool{}
	for i, m := range l.Migrations {
		if m.Entry.Idx != i || m.Entry.When <= when || m.sqlID == "" || strings.Contains(m.Entry.Was, m.sqlID) {
			t.Errorf("entry %+v after time %d", m.Entry, when)
		}
		when = m.Entry.When
		own, before := m.snapshot.ids()
		if before != parent {
			t.Fatalf("%s has the parent %s, not %s", m.Entry.Tag, before, parent)
		}
		if seen[own] {
			t.Errorf("%s has the id of another snapshot, %s", m.Entry.Tag, own)
		}
		parent, seen[own] = own, true
	}
	if last, err := l.Schema(); err != nil || !schema.Equal(last, p.Schema) {
		t.Error("the last snapshot is not what the plan leads to")
	}
}
