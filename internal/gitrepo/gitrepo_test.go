package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/gitrepo/gittest"
)

func find(t *testing.T, dir string) *Repo {
	t.Helper()
	r, err := Find(context.Background(), dir)
	if err != nil || r == nil {
		t.Fatalf("Find(%s) = %v, %v", dir, r, err)
	}
	return r
}

func TestFind(t *testing.T) {
	repo := gittest.New(t)
	repo.Write("a/one.sql", "1")
	repo.Commit("one")

	inner := gittest.At(t, t.TempDir())
	inner.Git("init", "--quiet")
	inner.Write("drizzle/x.sql", "x")
	inner.Commit("inner")
	repo.Git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.Address(), "sub")
	repo.Git("worktree", "add", "--quiet", "-b", "other", repo.Path("tree ö"))
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(repo.Dir, link); err != nil {
		t.Fatal(err)
	}

	for _, c := range []struct{ dir, top, path string }{
		{repo.Dir, repo.Dir, "."},
		{repo.Path("a"), repo.Dir, "a"},
		{repo.Path("not/there yet"), repo.Dir, "not/there yet"},
		{filepath.Join(link, "a"), repo.Dir, "a"},
		{repo.Path("sub/drizzle"), repo.Path("sub"), "drizzle"},
		{repo.Path("tree ö/a"), repo.Path("tree ö"), "a"},
	} {
		r := find(t, c.dir)
		path, ok := r.Path(c.dir)
		if r.Top != c.top || path != c.path || !ok {
			t.Errorf("%s: top %s, path %s, %v", c.dir, r.Top, path, ok)
		}
	}
	if name, ok := find(t, repo.Dir).Path(link + "/../elsewhere"); ok {
		t.Errorf("outside is inside: %s", name)
	}
	// A hook is told of its repository by variables, which say nothing of others.
	t.Setenv("GIT_DIR", ".git")
	t.Setenv("GIT_INDEX_FILE", ".git/index.lock")
	if r := find(t, inner.Dir); r.Top != inner.Dir {
		t.Errorf("in a hook: %s", r.Top)
	}
}

func TestNoRepository(t *testing.T) {
	ctx := context.Background()
	bare := gittest.At(t, t.TempDir())
	bare.Git("init", "--quiet", "--bare")
	for _, dir := range []string{t.TempDir(), bare.Dir, filepath.Join(t.TempDir(), "missing")} {
		if r, err := Find(ctx, dir); r != nil || err != nil {
			t.Errorf("%s: %v, %v", dir, r, err)
		}
	}
	repo := gittest.New(t)
	t.Setenv("PATH", t.TempDir())
	if r, err := Find(ctx, repo.Dir); r != nil || err != nil || Installed() {
		t.Errorf("without git: %v, %v", r, err)
	}
}

func TestForeignRepository(t *testing.T) {
	repo := gittest.New(t)
	t.Setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1") // git's own switch for its tests
	_, err := Find(context.Background(), repo.Dir)
	var d *diag.Error
	if !errors.As(err, &d) || d.Kind != diag.Usage || !strings.Contains(d.Hint, "git config --global --add safe.directory "+repo.Dir) {
		t.Errorf("%v", err)
	}
}

func TestHistory(t *testing.T) {
	ctx := context.Background()
	repo := gittest.New(t)
	repo.Write("my migrations/0000_ö [x].sql", "SELECT 1;")
	repo.Write("my migrations/meta/_journal.json", "{}")
	first := repo.Commit("start")
	repo.Git("switch", "--quiet", "--create", "feature")
	repo.Write("my migrations/0001_b.sql", "SELECT 2;")
	mine := repo.Commit("feature: b")
	repo.Git("switch", "--quiet", "main")
	repo.Write("other.txt", "x")
	theirs := repo.Commit("main moves on")

	r := find(t, repo.Path("my migrations"))
	if id, ok, err := r.Resolve(ctx, "feature"); id != mine || !ok || err != nil {
		t.Errorf("Resolve: %s, %v, %v", id, ok, err)
	}
	for _, name := range []string{"nowhere", "", "--all", "HEAD..feature", "HEAD:other.txt"} {
		if id, ok, err := r.Resolve(ctx, name); ok || err != nil {
			t.Errorf("Resolve(%s): %s, %v", name, id, err)
		}
	}
	if id, ok, err := r.MergeBase(ctx, mine, theirs); id != first || !ok || err != nil {
		t.Errorf("MergeBase: %s, %v, %v", id, ok, err)
	}
	files, err := r.Files(ctx, mine, "my migrations")
	if err != nil || len(files) != 3 || files[0].Path != "my migrations/0000_ö [x].sql" {
		t.Fatalf("Files: %v, %v", files, err)
	}
	if all, err := r.Files(ctx, theirs, "."); err != nil || len(all) != 3 {
		t.Errorf("Files of the top: %v, %v", all, err)
	}
	if none, err := r.Files(ctx, mine, "nowhere"); err != nil || none != nil {
		t.Errorf("Files of nothing: %v, %v", none, err)
	}
	blobs, err := r.Blobs(ctx, files[1].Blob, strings.Repeat("0", 40), files[0].Blob)
	if err != nil || string(blobs[0]) != "SELECT 2;" || blobs[1] != nil || string(blobs[2]) != "SELECT 1;" {
		t.Errorf("Blobs: %q, %v", blobs, err)
	}
	want := &Commit{ID: mine, Author: "Ada", Date: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), Subject: "feature: b"}
	got, err := r.LastTouching(ctx, "feature", "my migrations/0001_b.sql")
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	if got, err := r.Commit(ctx, first); err != nil || got.Subject != "start" {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := r.LastTouching(ctx, "main", "my migrations/0001_b.sql"); got != nil || err != nil {
		t.Errorf("%v, %v", got, err)
	}
	lonely := repo.Git("commit-tree", "-m", "alone", "HEAD^{tree}")
	if _, ok, err := r.MergeBase(ctx, lonely, mine); ok || err != nil {
		t.Errorf("MergeBase of strangers: %v, %v", ok, err)
	}
}

func TestChanged(t *testing.T) {
	ctx := context.Background()
	repo := gittest.New(t)
	for _, name := range []string{"same", "edited", "removed", "touched", "ends"} {
		repo.Write("d [1]/"+name+".sql", "SELECT '"+name+"';\n")
	}
	repo.Write("beside.sql", "")
	base := repo.Commit("base")
	r := find(t, repo.Dir)
	repo.Write("d [1]/edited.sql", "SELECT 2;\n")
	repo.Write("beside.sql", "changed")
	repo.Write("d [1]/new.sql", "")
	repo.Write("d [1]/ends.sql", "SELECT 'ends';\r\n")
	repo.Git("rm", "--quiet", "d [1]/removed.sql")
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(repo.Path("d [1]/touched.sql"), later, later); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprint([]string{"d [1]/edited.sql", "d [1]/ends.sql"}, []string{"d [1]/removed.sql"})
	for _, commit := range []bool{false, true} {
		if commit {
			repo.Commit("changes")
		}
		edited, removed, err := r.Changed(ctx, base, "d [1]")
		if got := fmt.Sprint(edited, removed); got != want || err != nil {
			t.Errorf("%s, %v", got, err)
		}
	}
	repo.Git("config", "core.autocrlf", "true")
	if edited, _, err := r.Changed(ctx, base, "d [1]"); err != nil || len(edited) != 2 {
		t.Errorf("a commit that differs stays one: %v, %v", edited, err)
	}
	repo.Git("checkout", "--quiet", "--force", base)
	if err := os.Remove(repo.Path("d [1]/ends.sql")); err != nil {
		t.Fatal(err)
	}
	repo.Git("checkout", "--", "d [1]/ends.sql")
	if text, err := os.ReadFile(repo.Path("d [1]/ends.sql")); err != nil || !strings.Contains(string(text), "\r\n") {
		t.Fatalf("%q, %v", text, err)
	}
	if edited, removed, err := r.Changed(ctx, base, "d [1]"); err != nil || edited != nil || removed != nil {
		t.Errorf("converted by git: %v, %v, %v", edited, removed, err)
	}
}

func TestUpstream(t *testing.T) {
	ctx := context.Background()
	origin := gittest.New(t)
	origin.Commit("one")
	origin.Git("branch", "--move", "trunk")
	for _, c := range []struct{ name, want string }{{"trunk", "origin/trunk"}, {"main", "origin/main"}, {"master", "origin/master"}} {
		origin.Git("branch", "--move", c.name)
		clone := origin.Clone()
		r := find(t, clone.Dir)
		if c.name != "trunk" {
			clone.Git("remote", "set-head", "origin", "--delete")
		}
		if got, err := r.Upstream(ctx); got != c.want || err != nil {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
		if has, err := r.HasRemote(ctx, "origin"); !has || err != nil {
			t.Errorf("%v, %v", has, err)
		}
		clone.Git("remote", "remove", "origin")
		if got, err := r.Upstream(ctx); got != "" || err != nil {
			t.Errorf("without origin: %q, %v", got, err)
		}
		if has, err := r.HasRemote(ctx, "origin"); has || err != nil {
			t.Errorf("%v, %v", has, err)
		}
	}
}

func TestShallow(t *testing.T) {
	ctx := context.Background()
	origin := gittest.New(t)
	origin.Commit("one")
	origin.Commit("two")
	for depth, want := range map[string]bool{"1": true, "9": false} {
		r := find(t, origin.Clone("--depth", depth).Dir)
		if got, err := r.Shallow(ctx); got != want || err != nil {
			t.Errorf("depth %s: %v, %v", depth, got, err)
		}
	}
}

func TestCancelled(t *testing.T) {
	repo := gittest.New(t)
	repo.Commit("one")
	r := find(t, repo.Dir)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := r.Files(ctx, "HEAD", "."); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestDamaged holds that what git says reaches the user where it fails.
func TestDamaged(t *testing.T) {
	repo := gittest.New(t)
	repo.Commit("one")
	r := find(t, repo.Dir)
	_, err := r.Files(context.Background(), strings.Repeat("1", 40), ".")
	var d *diag.Error
	if !errors.As(err, &d) || d.Hint == "" || d.Detail == "" {
		t.Errorf("%v", err)
	}
}
