package check

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skein-db/skein/internal/config"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/gitrepo/gittest"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
)

// landed is a repository with the sound history of three migrations on origin's
// main, and a clone of it on the branch feature.
type landed struct {
	folder
	origin, clone *gittest.Repo
}

const inRepository = "data base/drizzle"

// landedOnce holds the two repositories as they are to begin with; tests get
// copies.
type landedOnce struct{ origin, clone *gittest.Repo }

func makeLanded(t *testing.T) landedOnce {
	t.Helper()
	origin := gittest.New(t)
	origin.Git("config", "receive.denyCurrentBranch", "ignore")
	from := sound(t)
	if err := os.CopyFS(origin.Path(inRepository), os.DirFS(from.dir)); err != nil {
		t.Fatal(err)
	}
	origin.Commit("three migrations")
	clone := origin.Clone()
	clone.Git("switch", "--quiet", "--create", "feature")
	return landedOnce{origin, clone}
}

func (o landedOnce) copy(t *testing.T) landed {
	t.Helper()
	dir := t.TempDir()
	for name, from := range map[string]*gittest.Repo{"origin": o.origin, "clone": o.clone} {
		if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(from.Dir)); err != nil {
			t.Fatal(err)
		}
	}
	origin, clone := gittest.At(t, filepath.Join(dir, "origin")), gittest.At(t, filepath.Join(dir, "clone"))
	clone.Git("remote", "set-url", "origin", origin.Address())
	return landed{folder{t, clone.Path(inRepository)}, origin, clone}
}

func newLanded(t *testing.T) landed {
	t.Helper()
	return makeLanded(t).copy(t)
}

// add writes a migration with a column more.
func (f folder) add(name string, when int64, s *schema.Schema) {
	f.t.Helper()
	h, err := history.Open(f.dir)
	f.must(err)
	last, err := h.LastSnapshot()
	f.must(err)
	_, err = h.Append(history.Draft{
		Name: name, SQL: "CALL " + name + "();", Snapshot: snapshot.New("id-"+name, last.ID, s), Breakpoints: true,
		Now: time.UnixMilli(when),
	})
	f.must(err)
}

// upstream lets main of origin move on by one migration of Ada's.
func (l landed) upstream(name string, s *schema.Schema) {
	l.t.Helper()
	folder{l.t, l.origin.Path(inRepository)}.add(name, 4500, s)
	l.origin.Commit("feat: " + name)
	l.clone.Git("fetch", "--quiet", "origin")
}

func (l landed) base(asked BaseRequest) *Base {
	l.t.Helper()
	b, err := FindBase(context.Background(), l.dir, asked)
	l.must(err)
	return b
}

// swap exchanges two entries of the journal by their tags and times.
func (f folder) swap() {
	f.edit(journal, "0001_two", "0002_three", "0002_three", "0001_two", "2000", "3000", "3000", "2000", `"idx": 1`, `"idx": 2`, `"idx": 2`, `"idx": 1`)
}

var landedCases = []struct {
	name   string
	change func(l landed)
	want   []string
}{
	{"nothing", func(landed) {}, nil},
	{"a new migration", func(l landed) { l.add("four", 4000, users("id", "age")) }, nil},
	{"an edited new migration", func(l landed) {
		l.add("four", 4000, users("id", "age"))
		l.clone.Commit("four")
		l.write("0003_four.sql", "CALL four(4);")
	}, nil},
	{"other files", func(l landed) { l.write("README.md", "x"); l.clone.Write("schema.ts", "y") }, nil},

	{"SQL changed", func(l landed) { l.write("0001_two.sql", "SELECT 1;\nSELECT 2;") },
		[]string{"error landed-sql-changed 0001_two.sql:2 the SQL file was changed after it landed on origin/main"}},
	{"SQL changed and committed", func(l landed) { l.write("0001_two.sql", "SELECT 2;"); l.clone.Commit("edit") },
		[]string{"error landed-sql-changed 0001_two.sql:1 the SQL file was changed after it landed on origin/main"}},
	{"Windows line endings", func(l landed) {
		l.write("0001_two.sql", "SELECT 1;\n")
		l.clone.Commit("not yet")
		l.clone.Git("push", "--quiet", "origin", "feature:main")
		l.write("0001_two.sql", "SELECT 1;\r\n")
	}, []string{"error landed-sql-line-endings 0001_two.sql:0 the line endings of the SQL file changed after it landed on origin/main"}},
	{"byte order mark", func(l landed) { l.write("0001_two.sql", "\uFEFFSELECT 1;") },
		[]string{"error landed-sql-line-endings 0001_two.sql:0 the byte order mark of the SQL file changed"}},
	{"SQL removed", func(l landed) { l.remove("0001_two.sql") },
		[]string{"error landed-file-removed 0001_two.sql:0 the SQL file of 0001_two landed on origin/main and is gone"}},
	{"SQL only out of the index", func(l landed) { l.clone.Git("rm", "--quiet", "--cached", inRepository+"/0001_two.sql") }, nil},

	{"snapshot changed", func(l landed) { l.edit(second, `"type": "integer"`, `"type": "bigint"`) },
		[]string{"error landed-snapshot-changed meta/0001_snapshot.json:13 the snapshot was changed after it landed on origin/main: it no longer says what databases that ran 0001_two look like"}},
	{"snapshot's place changed", func(l landed) { l.edit(third, `"prevId": "id-1"`, `"prevId": "id-0"`) },
		[]string{"error snapshot-collision meta/0002_snapshot.json:3 the snapshot and 0001_snapshot.json have one parent",
			"error landed-snapshot-changed meta/0002_snapshot.json:3 the snapshot's place in the chain was changed after it landed on origin/main"}},
	{"snapshot formatted", func(l landed) { l.write(second, l.read(second)+"\n") },
		[]string{"warning landed-snapshot-layout meta/0001_snapshot.json:"}},
	{"snapshot cut off", func(l landed) { l.write(second, l.read(second)[:90]) },
		[]string{"error snapshot-unreadable meta/0001_snapshot.json:", "error landed-snapshot-changed meta/0001_snapshot.json:"}},
	{"snapshot removed", func(l landed) { l.remove(third) },
		[]string{"error landed-file-removed meta/0002_snapshot.json:0 the snapshot of 0002_three landed on origin/main and is gone"}},

	{"entry restamped", func(l landed) { l.edit(journal, "3000", "3001") },
		[]string{"error landed-entry-changed meta/_journal.json:22 the journal entry of 0002_three was changed after it landed on origin/main: when was 3000 and is 3001"}},
	{"breakpoints", func(l landed) {
		l.edit(journal, "\"0001_two\",\n      \"breakpoints\": true", "\"0001_two\",\n      \"breakpoints\": false")
	}, []string{"error landed-entry-changed meta/_journal.json:17 the journal entry of 0001_two was changed after it landed on origin/main: breakpoints was true and is false"}},
	{"tag changed", func(l landed) {
		l.edit(journal, "0002_three", "0002_drei")
		l.must(os.Rename(l.path("0002_three.sql"), l.path("0002_drei.sql")))
	}, []string{"error landed-entry-changed meta/_journal.json:23 the journal entry of 0002_three was changed after it landed on origin/main: tag was 0002_three and is 0002_drei"}},
	{"number changed", func(l landed) { l.edit(journal, `"idx": 2`, `"idx": 7`) },
		[]string{"error tag-number", "warning idx-gap",
			"error landed-entry-changed meta/_journal.json:20 the journal entry of 0002_three was changed after it landed on origin/main: idx was 2 and is 7"}},
	{"entry removed", func(l landed) {
		l.edit(journal, ",\n    {\n      \"idx\": 2,\n      \"version\": \"7\",\n      \"when\": 3000,\n      \"tag\": \"0002_three\",\n      \"breakpoints\": true\n    }", "")
		l.remove("0002_three.sql")
		l.remove(third)
	}, []string{"error landed-entry-removed meta/_journal.json:0 the journal entry of 0002_three landed on origin/main and is gone"}},
	{"entries swapped", func(l landed) { l.swap() },
		[]string{"error landed-order meta/_journal.json:16 entry 0002_three stands before 0001_two here, and landed after it on origin/main", "error when-order"}},
	{"new entry in between", func(l landed) {
		l.add("four", 2500, users("id", "age"))
		text := l.read(journal)
		at := strings.Index(text, "    {\n      \"idx\": 2")
		end := strings.Index(text, ",\n    {\n      \"idx\": 3")
		l.write(journal, text[:at]+strings.TrimSuffix(text[end+2:], "\n  ]\n}")+",\n"+text[at:end]+"\n  ]\n}")
	}, []string{"error landed-inserted meta/_journal.json:23 the new entry 0003_four stands before 0002_three, which has landed on origin/main", "error when-order"}},

	{"upstream moved on elsewhere", func(l landed) {
		l.add("four", 4000, users("id", "age"))
		l.origin.Write("x", "y")
		l.origin.Commit("docs")
		l.clone.Git("fetch", "--quiet")
	}, nil},
	{"upstream moved on, nothing here", func(l landed) { l.upstream("theirs", users("id", "b")) }, nil},
	{"upstream took the number", func(l landed) {
		l.add("four", 4000, users("id", "age"))
		l.upstream("theirs", users("id", "b"))
	}, []string{"warning upstream-collision meta/_journal.json:27 origin/main has taken the number of 0003_four meanwhile: 0003_theirs by Ada, 2026-03-04"}},
	{"upstream took the parent", func(l landed) {
		l.add("four", 4000, users("id", "age"))
		l.edit(journal, `"idx": 3`, `"idx": 4`, "0003_four", "0004_four")
		l.must(os.Rename(l.path("0003_four.sql"), l.path("0004_four.sql")))
		l.must(os.Rename(l.path("meta/0003_snapshot.json"), l.path("meta/0004_snapshot.json")))
		l.upstream("theirs", users("id", "b"))
	}, []string{"warning idx-gap", "warning upstream-collision meta/_journal.json:27 origin/main has got a migration that starts from the same snapshot as 0004_four: 0003_theirs by Ada"}},
	{"upstream got this branch's own", func(l landed) {
		l.add("four", 4000, users("id", "age"))
		l.clone.Commit("four")
		l.origin.Git("checkout", "--quiet", "--detach")
		l.clone.Git("push", "--quiet", "origin", "feature:main")
		l.origin.Git("checkout", "--quiet", "main")
		l.clone.Git("reset", "--quiet", "--soft", "HEAD~")
		l.clone.Git("fetch", "--quiet")
	}, nil},
	{"upstream merged, not committed", func(l landed) {
		l.upstream("theirs", users("id", "b"))
		l.clone.Git("merge", "--quiet", "--no-commit", "--no-ff", "origin/main")
		l.add("four", 5000, users("id", "b", "age"))
	}, nil},
}

func TestLanded(t *testing.T) {
	once := makeLanded(t)
	for _, c := range landedCases {
		t.Run(c.name, func(t *testing.T) {
			l := once.copy(t)
			c.change(l)
			base := l.base(BaseRequest{})
			if base.Revision != "origin/main" || len(base.Commit) != 40 || base.Skipped != "" {
				t.Errorf("base: %+v", base)
			}
			got := l.findings(Input{Base: base})
			for i := range max(len(got), len(c.want)) {
				have, want := "nothing", "nothing"
				if i < len(got) {
					have = got[i]
				}
				if i < len(c.want) {
					want = c.want[i]
				}
				if !strings.HasPrefix(have, want) {
					t.Errorf("got  %s\nwant %s", have, want)
				}
			}
		})
	}
}

// TestLandedDetails holds what stands below the messages, and that the commands
// named there do what they say.
func TestLandedDetails(t *testing.T) {
	l := newLanded(t)
	l.write("0001_two.sql", "SELECT 1;\nDROP TABLE users;\n")
	l.edit(second, `"type": "integer"`, `"type": "bigint"`)
	l.remove("0002_three.sql")
	findings, err := Run(context.Background(), Input{Dir: l.dir, Base: l.base(BaseRequest{})})
	l.must(err)
	details := map[string]string{}
	for _, f := range findings {
		details[f.Code] = f.Detail
		if f.Migration == "" {
			t.Errorf("%s names no migration", f.Code)
		}
		_, command, ok := strings.Cut(f.Hint, "restore it with ")
		if !ok {
			t.Errorf("%s: %s", f.Code, f.Hint)
			continue
		}
		command, _, _ = strings.Cut(command, ", ")
		if out, err := exec.Command("sh", "-c", "cd '"+l.clone.Dir+"' && "+command).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", command, err, out)
		}
	}
	want := map[string]string{
		"landed-sql-changed":      "+ DROP TABLE users;",
		"landed-snapshot-changed": `ALTER TABLE "users" ALTER COLUMN "id" SET DATA TYPE bigint;`,
		"landed-file-removed":     "",
	}
	if fmt.Sprint(details) != fmt.Sprint(want) {
		t.Errorf("%q", details)
	}
	if status := l.clone.Git("status", "--porcelain"); status != "" {
		t.Errorf("after all commands: %s", status)
	}
}

func TestUpgradedSnapshots(t *testing.T) {
	l := newLanded(t)
	old := `{"version": "6", "dialect": "postgresql", "tables": {}, "enums": {}, "schemas": {},
"_meta": {"columns": {}, "schemas": {}, "tables": {}}, "id": "id-0", "prevId": "` + snapshot.OriginID + `"}`
	l.write("meta/0000_snapshot.json", old)
	l.clone.Commit("as in old days")
	l.clone.Git("push", "--quiet", "origin", "feature:main")
	decoded, err := snapshot.Decode("x", []byte(old))
	l.must(err)
	l.write("meta/0000_snapshot.json", string(decoded.Upgraded().Encode()))
	if got := l.findings(Input{Base: l.base(BaseRequest{})}); got != nil {
		t.Errorf("drizzle-kit up is no accident: %q", got)
	}
}

func TestBaseRevision(t *testing.T) {
	l := newLanded(t)
	first := l.clone.Git("rev-parse", "HEAD")
	l.add("four", 4000, users("id", "age"))
	second := l.clone.Commit("four")
	l.clone.Git("tag", "v1")
	for revision, want := range map[string]string{"": first, "origin/main": first, "v1": second, "HEAD": second, second[:10]: second} {
		if b := l.base(BaseRequest{Revision: revision, Insist: true}); b.Commit != want {
			t.Errorf("%s: %+v", revision, b)
		}
	}
	if b := l.base(BaseRequest{Revision: NoBase, Insist: true}); b.Skipped == "" || b.Commit != "" {
		t.Errorf("%+v", b)
	}
	if got := l.findings(Input{Base: l.base(BaseRequest{Revision: NoBase})}); got != nil {
		t.Error(got)
	}
}

func TestNoBase(t *testing.T) {
	ctx := context.Background()
	skipped := func(dir, why string) {
		t.Helper()
		b, err := FindBase(ctx, dir, BaseRequest{})
		if err != nil || !strings.Contains(b.Skipped, why) || b.Commit != "" {
			t.Errorf("%+v, %v; want %s", b, err, why)
		}
	}
	refused := func(dir, revision, message, hint string) {
		t.Helper()
		_, err := FindBase(ctx, dir, BaseRequest{Revision: revision, Insist: revision != ""})
		var d *diag.Error
		if !errors.As(err, &d) || d.Kind != diag.Usage || !strings.Contains(d.Message, message) || !strings.Contains(d.Hint, hint) {
			t.Errorf("%v; want %s, %s", err, message, hint)
		}
	}
	alone := t.TempDir()
	skipped(alone, "the folder is in no git repository")
	refused(alone, "origin/main", "cannot compare with origin/main: the folder is in no git repository", "--base none")

	repo := gittest.New(t)
	skipped(repo.Dir, "no remote called origin")
	repo.Git("remote", "add", "origin", repo.Address())
	skipped(repo.Dir, "knows no main branch of origin")
	refused(repo.Dir, "origin/main", "there is no revision origin/main here", "git fetch origin +refs/heads/main:refs/remotes/origin/main;")
	refused(repo.Dir, "mian", "there is no revision mian here", "git branch --all")
	repo.Commit("one")
	repo.Git("switch", "--quiet", "--orphan", "other")
	repo.Commit("two")
	refused(repo.Dir, "main", "no commit in common", "--base none")
	repo.Git("switch", "--quiet", "--orphan", "unborn")
	b, err := FindBase(ctx, repo.Dir, BaseRequest{Revision: "main"})
	if err != nil || !strings.Contains(b.Skipped, "no commit yet") {
		t.Errorf("%+v, %v", b, err)
	}
	t.Setenv("PATH", t.TempDir())
	skipped(repo.Dir, "no git program")
}

// TestShallowClones runs the command that the error names, and looks again.
func TestShallowClones(t *testing.T) {
	ctx := context.Background()
	l := newLanded(t)
	l.add("four", 4000, users("id", "age"))
	l.write("0001_two.sql", "SELECT 2;")
	l.clone.Commit("four")
	l.clone.Git("push", "--quiet", "origin", "feature")
	l.origin.Write("x", "y")
	l.origin.Commit("main moves on")
	for name, prepare := range map[string]func(c *gittest.Repo){
		"one branch": func(*gittest.Repo) {},
		"main too": func(c *gittest.Repo) {
			c.Git("fetch", "--quiet", "--depth=1", "origin", "+refs/heads/main:refs/remotes/origin/main")
		},
		"a commit alone": func(c *gittest.Repo) { c.Git("checkout", "--quiet", "--detach") },
	} {
		for _, revision := range []string{"", "origin/main"} {
			clone := l.origin.Clone("--depth=1", "--branch=feature")
			prepare(clone)
			dir := clone.Path(inRepository)
			_, err := FindBase(ctx, dir, BaseRequest{Revision: revision})
			var d *diag.Error
			if !errors.As(err, &d) || d.Kind != diag.Usage || !strings.Contains(d.Message, "shallow") {
				t.Errorf("%s: %v", name, err)
				continue
			}
			_, command, _ := strings.Cut(d.Hint, ": ")
			command, _, _ = strings.Cut(command, "\n")
			run := exec.Command("sh", "-c", command)
			run.Dir = clone.Dir
			if out, err := run.CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s", command, err, out)
			}
			f := folder{t, dir}
			base, err := FindBase(ctx, dir, BaseRequest{Revision: revision})
			if err != nil {
				t.Errorf("%s, after %s: %v", name, command, err)
				continue
			}
			if got := f.findings(Input{Base: base}); len(got) != 1 || !strings.Contains(got[0], "landed-sql-changed") {
				t.Errorf("%s: %q", name, got)
			}
		}
	}
}

func TestReviewedOrder(t *testing.T) {
	f := sound(t)
	f.edit(journal, `"when": 3000`, `"when": 1500`)
	team := func(pairs ...[2]string) *config.Config {
		c := &config.Config{File: filepath.Join(f.dir, "skein.yaml")}
		for i, p := range pairs {
			c.Check.Order = append(c.Check.Order, config.Exception{Older: p[0], Newer: p[1], Reason: "seen", Line: i + 1})
		}
		return c
	}
	reviewed := [2]string{"0002_three", "0001_two"}
	if got := f.findings(Input{Team: team(reviewed)}); got != nil {
		t.Errorf("%q", got)
	}
	got := f.findings(Input{Team: team(reviewed, [2]string{"0001_two", "0002_three"}, [2]string{"0009_x", "0001_two"})})
	if len(got) != 2 || !strings.HasPrefix(got[1], "warning order-exception-unused skein.yaml:3 the exception for 0009_x and 0001_two matches nothing") {
		t.Errorf("%q", got)
	}
	// One that is newer than its neighbour but not than all before is skipped too.
	f.edit(journal, `"when": 1000`, `"when": 5000`)
	if got := f.findings(Input{}); len(got) != 2 || !strings.Contains(got[1], "entry 0002_three is not newer than 0000_one") {
		t.Errorf("%q", got)
	}
}

func TestRulesOfTheTeam(t *testing.T) {
	f := sound(t)
	f.write("0120_my_change.sql", "")
	f.write("seed.sql", "")
	f.edit(journal, `"when": 3000`, `"when": 1500`)
	got := f.findings(Input{Team: &config.Config{Check: config.Check{Rules: []config.Rule{
		{Code: "sql-orphan", Level: config.Warning}, {Code: "when-order", Level: config.Off},
	}}}})
	if len(got) != 2 || !strings.HasPrefix(got[0], "warning sql-orphan 0120") || !strings.HasPrefix(got[1], "warning sql-orphan seed") {
		t.Errorf("%q", got)
	}
}
