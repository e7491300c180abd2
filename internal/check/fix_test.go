package check_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/check"
	"github.com/skein-db/skein/internal/check/checktest"
	"github.com/skein-db/skein/internal/snapshot"
)

// fixes are broken folders with what Fix does, "code file:line message", and
// what is found afterwards.
var fixes = []struct {
	name   string
	damage func(f *checktest.Folder)
	landed []string // nil where the base is not known
	want   []string
	left   []string
}{
	{"the last entry is older", func(f *checktest.Folder) { f.Edit(checktest.Journal, "1700000003000", "1700000001500") }, nil,
		[]string{"when-order meta/_journal.json:22 changed the when of entry 0002_three from 1700000001500 to 1700000002001; if a database has run it already"}, nil},
	{"the last two are older", func(f *checktest.Folder) { f.Edit(checktest.Journal, "1700000001000", "1700000005000") }, nil,
		[]string{"when-order meta/_journal.json:15 changed the when of entry 0001_two from 1700000002000 to 1700000005001;",
			"when-order meta/_journal.json:22 changed the when of entry 0002_three from 1700000003000 to 1700000005002;"}, nil},
	{"one that has others after it", func(f *checktest.Folder) { f.Edit(checktest.Journal, "1700000002000", "1700000000500") }, nil,
		nil, []string{"error when-order meta/_journal.json:15"}},
	{"the same where the base has neither", func(f *checktest.Folder) { f.Edit(checktest.Journal, "1700000002000", "1700000000500") }, []string{"0000_one"},
		[]string{"when-order meta/_journal.json:15 changed the when of entry 0001_two from 1700000000500 to 1700000001001"}, nil},
	{"the same where the base has the later one", func(f *checktest.Folder) { f.Edit(checktest.Journal, "1700000002000", "1700000000500") }, []string{"0000_one", "0002_three"},
		nil, []string{"error when-order meta/_journal.json:15"}},
	{"the same where the base has it", func(f *checktest.Folder) { f.Edit(checktest.Journal, "1700000002000", "1700000000500") }, []string{"0000_one", "0001_two"},
		nil, []string{"error when-order meta/_journal.json:15"}},
	{"a landed last one", func(f *checktest.Folder) { f.Edit(checktest.Journal, "1700000003000", "1700000001500") }, []string{"0000_one", "0001_two", "0002_three"},
		nil, []string{"error when-order meta/_journal.json:22"}},
	{"seconds", func(f *checktest.Folder) { f.Edit(checktest.Journal, "1700000003000", "1700000003") }, []string{},
		[]string{"when-unit meta/_journal.json:22 changed the when of entry 0002_three from 1700000003 to 1700000003000"}, nil},
	{"microseconds, and then older", func(f *checktest.Folder) {
		f.Edit(checktest.Journal, "1700000002000", "1700000009000000", "1700000003000", "1700000001500")
	}, []string{},
		[]string{"when-unit meta/_journal.json:15 changed the when of entry 0001_two from 1700000009000000 to 1700000009000",
			"when-order meta/_journal.json:22 changed the when of entry 0002_three from 1700000001500 to 1700000009001"}, nil},
	{"still to come", func(f *checktest.Folder) { f.Edit(checktest.Journal, "1700000003000", "4000000003000") }, nil,
		[]string{"when-future meta/_journal.json:22 changed the when of entry 0002_three from 4000000003000 to 1"}, nil},
	{"one line", func(f *checktest.Folder) {
		f.Write(checktest.Journal, strings.ReplaceAll(f.Read(checktest.Journal), "\n", ""))
	}, nil,
		[]string{"journal-layout meta/_journal.json:0 laid out the journal as drizzle-kit does"}, nil},
	{"the last snapshot of data", func(f *checktest.Folder) { f.Remove(checktest.Third) }, []string{"0002_three"},
		[]string{"snapshot-missing meta/0002_snapshot.json:0 wrote the missing snapshot of 0002_three, with the content of 0001_snapshot.json"}, nil},
	{"the last snapshot of a change", func(f *checktest.Folder) {
		f.Remove(checktest.Third)
		f.Write("0002_three.sql", "SELECT 1;\n--> statement-breakpoint\nDO $$ BEGIN DROP TABLE users; END $$;")
	}, nil, nil, []string{"error snapshot-missing meta/_journal.json:23"}},
	{"a snapshot that is not the last", func(f *checktest.Folder) { f.Remove(checktest.Second) }, nil,
		nil, []string{"error snapshot-parent-missing meta/0002_snapshot.json:3", "error snapshot-missing meta/_journal.json:16"}},
	{"no snapshot at all", func(f *checktest.Folder) {
		f.Write("0000_one.sql", "SELECT 1;")
		f.Remove("0001_two.sql")
		f.Remove("0002_three.sql")
		f.Write(checktest.Journal, `{"version":"7","dialect":"postgresql","entries":[{"idx":0,"version":"7","when":1700000001000,"tag":"0000_one","breakpoints":true}]}`)
		for _, name := range []string{checktest.First, checktest.Second, checktest.Third} {
			f.Remove(name)
		}
	}, nil, []string{"journal-layout meta/_journal.json:0 laid out", "snapshot-missing meta/0000_snapshot.json:0 wrote the missing snapshot of 0000_one, of an empty schema"}, nil},
	{"an orphan in its place", func(f *checktest.Folder) { f.Rename(checktest.Third, "meta/0003_snapshot.json") }, nil,
		nil, []string{"error snapshot-orphan meta/0003_snapshot.json:0", "error snapshot-missing meta/_journal.json:23"}},
	{"a journal that cannot be read", func(f *checktest.Folder) { f.Write(checktest.Journal, "{") }, nil,
		nil, []string{"error journal-unreadable meta/_journal.json:1"}},
	{"sound", func(*checktest.Folder) {}, nil, nil, nil},
}

func TestFix(t *testing.T) {
	for _, c := range fixes {
		t.Run(c.name, func(t *testing.T) {
			f := checktest.Sound(t)
			c.damage(f)
			in := check.Input{Dir: f.Dir}
			if c.landed != nil {
				in.Landed = map[string]bool{}
				for _, tag := range c.landed {
					in.Landed[tag] = true
				}
			}
			before, err := check.Run(context.Background(), in)
			f.Must(err)
			fixable := 0
			for _, found := range before {
				if found.Fixable {
					fixable++
				}
			}
			fixed, err := check.Fix(context.Background(), in)
			f.Must(err)
			var got []string
			for _, d := range fixed {
				got = append(got, fmt.Sprintf("%s %s:%d %s", d.Code, strings.TrimPrefix(strings.TrimPrefix(d.File, f.Dir), "/"), d.Line, d.Message))
			}
			same := func(got, want string) bool { return strings.HasPrefix(got, want) }
			if !slices.EqualFunc(got, c.want, same) {
				t.Errorf("fixed:\n%s", cmp.Diff(c.want, got))
			}
			if fixable > len(c.want) || (fixable == 0) != (len(c.want) == 0) {
				t.Errorf("%d findings say that they can be fixed, %d things were", fixable, len(c.want))
			}
			if left := findings(f, in); !slices.EqualFunc(left, c.left, same) {
				t.Errorf("left:\n%s", cmp.Diff(c.left, left))
			}
			again, err := check.Fix(context.Background(), in)
			if err != nil || len(again) > 0 {
				t.Errorf("fixing again: %v %v", again, err)
			}
		})
	}
}

// TestFixedSnapshot holds that the snapshot is the one that generate --custom
// would have written, and that the schema files can say that it is right.
func TestFixedSnapshot(t *testing.T) {
	f := checktest.Sound(t)
	f.Remove(checktest.Third)
	f.Write("0002_three.sql", "CREATE EXTENSION citext;")
	in := check.Input{Dir: f.Dir, Desired: checktest.Users("id", "name"), SchemaFile: "schema.ts"}
	if fixed, err := check.Fix(context.Background(), check.Input{Dir: f.Dir, Desired: checktest.Users("id")}); err != nil || len(fixed) > 0 {
		t.Errorf("the schema files say something else: %v %v", fixed, err)
	}
	if fixed, err := check.Fix(context.Background(), in); err != nil || len(fixed) != 1 {
		t.Fatal(fixed, err)
	}
	second, err := snapshot.Decode(checktest.Second, []byte(f.Read(checktest.Second)))
	f.Must(err)
	head, err := snapshot.Scan(checktest.Third, []byte(f.Read(checktest.Third)))
	f.Must(err)
	if diff := cmp.Diff(string(second.WithIDs(head.ID, "id-1").Encode()), f.Read(checktest.Third)); diff != "" || len(head.ID) != 36 {
		t.Error(head.ID, diff)
	}
}
