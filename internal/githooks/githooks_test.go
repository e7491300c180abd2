package githooks

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skein-db/skein/internal/gitrepo"
	"github.com/skein-db/skein/internal/gitrepo/gittest"
)

func find(t *testing.T, dir string) *gitrepo.Repo {
	t.Helper()
	r, err := gitrepo.Find(context.Background(), dir)
	if err != nil || r == nil {
		t.Fatal(r, err)
	}
	return r
}

// files are all files of a folder, with their modes.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := os.Lstat(path)
		if err != nil {
			return err
		}
		data := []byte("a link")
		if info.Mode()&os.ModeSymlink == 0 {
			if data, err = os.ReadFile(path); err != nil {
				return err
			}
		}
		out[path] = info.Mode().String() + " " + string(data)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestThereAndBack sets repositories up that have all kinds of hooks and files,
// runs the hooks, and takes everything out again.
func TestThereAndBack(t *testing.T) {
	const own = `echo "$(basename "$0") $*" >> "$(git rev-parse --show-toplevel)/../ran"` + "\n"
	for _, c := range []struct {
		name    string
		prepare func(r *gittest.Repo)
		ran     string // by a commit
	}{
		{"nothing", func(r *gittest.Repo) {}, ""},
		{"a shell hook", func(r *gittest.Repo) { hookFile(r, ".git/hooks/post-commit", "#!/bin/bash -e\n"+own, 0o755) }, "post-commit \n"},
		{"one that ends early", func(r *gittest.Repo) { hookFile(r, ".git/hooks/pre-commit", "#!/usr/bin/env sh\n"+own+"exit 0", 0o700) }, "pre-commit \n"},
		{"another language", func(r *gittest.Repo) {
			hookFile(r, ".git/hooks/post-commit", "#!/usr/bin/env -S sh -u\n"+own, 0o755)
		}, "post-commit.before-skein \n"},
		{"not to be run", func(r *gittest.Repo) { hookFile(r, ".git/hooks/post-commit", "#!/bin/sh\n"+own, 0o644) }, ""},
		{"no end of line", func(r *gittest.Repo) { hookFile(r, ".git/hooks/post-commit", "#!/bin/sh", 0o755) }, ""},
		{"a folder in the work tree", func(r *gittest.Repo) {
			hookFile(r, ".husky/_/commit-msg", "#!/bin/sh\n"+own, 0o755)
			r.Git("config", "core.hooksPath", ".husky/_")
		}, "commit-msg .git/COMMIT_EDITMSG\n"},
		{"a folder for everybody", func(r *gittest.Repo) {
			hookFile(r, "../everybody/prepare-commit-msg", "#!/bin/sh\n"+own, 0o755)
			r.Write("../gitconfig", "[core]\n\thooksPath = "+filepath.Join(r.Dir, "../everybody")+"\n")
			os.Setenv("GIT_CONFIG_GLOBAL", filepath.Join(r.Dir, "../gitconfig")) // gittest puts it back
		}, "prepare-commit-msg .git/COMMIT_EDITMSG message\n"},
		{"a linked folder", func(r *gittest.Repo) {
			hookFile(r, "tools/post-commit", "#!/bin/sh\n"+own, 0o755)
			_ = os.RemoveAll(r.Path(".git/hooks"))
			_ = os.Symlink("../tools", r.Path(".git/hooks"))
		}, "post-commit \n"},
		{"attributes", func(r *gittest.Repo) { r.Write(".git/info/attributes", "*.png binary") }, ""},
		{"configuration", func(r *gittest.Repo) {
			r.Write(".git/config", readFile(r, ".git/config")+"[alias]\n\tst = status # short\n[merge]\n  tool=vim\n")
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := gittest.New(t)
			inner := filepath.Join(r.Dir, "in ner")
			r.Git("init", "--quiet", "--initial-branch=main", "--template=", inner)
			r = gittest.At(t, inner)
			r.Git("config", "user.name", "Ada")
			c.prepare(r)
			ctx := context.Background()
			before := files(t, r.Dir)
			repo := find(t, r.Dir)
			for range 2 { // twice is once
				if err := Install(ctx, repo, Project{Folder: "db/migra tions", Dir: "db", Config: "drizzle.config.ts"}); err != nil {
					t.Fatal(err)
				}
			}
			s, err := Look(ctx, repo)
			if err != nil || !s.Works() {
				t.Fatalf("%+v, %v", s, err)
			}
			for path, want := range map[string]string{
				"db/migra tions/0001_x.sql": "skein", "db/migra tions/meta/_journal.json": "skein", "db/migra tions/meta/0001_snapshot.json": "skein",
				"db/migra tions/deep/x.sql": "unspecified", "db/x.sql": "unspecified",
			} {
				if got := r.Git("check-attr", "merge", "--", path); !strings.HasSuffix(got, "merge: "+want) {
					t.Error(got)
				}
			}
			r.Git("commit", "--quiet", "--allow-empty", "-m", "one")
			ran, _ := os.ReadFile(filepath.Join(r.Dir, "..", "ran"))
			if string(ran) != c.ran {
				t.Errorf("ran %q, want %q", ran, c.ran)
			}
			r.Git("update-ref", "-d", "HEAD")
			if err := Uninstall(ctx, repo); err != nil {
				t.Fatal(err)
			}
			after := files(t, r.Dir)
			for name, was := range before {
				if after[name] != was {
					t.Errorf("%s:\n%s\nwas\n%s", name, after[name], was)
				}
			}
			for name, is := range after {
				if _, ok := before[name]; !ok && strings.Contains(is, "skein") {
					t.Errorf("left behind: %s", name)
				}
			}
		})
	}
}

func hookFile(r *gittest.Repo, name, text string, mode os.FileMode) {
	r.Write(name, text)
	_ = os.Chmod(r.Path(name), mode)
}

// TestChangedSince keeps what others changed between the two.
func TestChangedSince(t *testing.T) {
	r := gittest.New(t)
	hookFile(r, ".git/hooks/post-commit", "#!/bin/sh\necho one\n", 0o755)
	ctx, repo := context.Background(), find(t, r.Dir)
	if err := Install(ctx, repo, Project{Folder: ".", Dir: "."}); err != nil {
		t.Fatal(err)
	}
	text := readFile(r, ".git/hooks/post-commit")
	r.Write(".git/hooks/post-commit", text+"echo two\n")
	r.Git("config", "core.hooksPath", "elsewhere")
	if s, err := Look(ctx, repo); err != nil || s.Works() {
		t.Errorf("%+v, %v", s, err)
	}
	if err := Uninstall(ctx, repo); err != nil {
		t.Fatal(err)
	}
	if got := readFile(r, ".git/hooks/post-commit"); got != "#!/bin/sh\necho one\necho two\n" {
		t.Errorf("%s", got)
	}
	if got := r.Git("config", "core.hooksPath"); got != "elsewhere" {
		t.Error(got)
	}
}

// TestElsewhere sets up a submodule and a linked work tree, and refuses where a
// setting of the work tree has the last word.
func TestElsewhere(t *testing.T) {
	r := gittest.New(t)
	r.Write("a", "a")
	r.Commit("a")
	r.Git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", r.Address(), "sub")
	r.Git("worktree", "add", "--quiet", "-b", "other", r.Path("tree"))
	ctx := context.Background()
	for _, dir := range []string{"sub", "tree"} {
		if err := Install(ctx, find(t, r.Path(dir)), Project{Folder: "drizzle", Dir: "."}); err != nil {
			t.Fatal(err)
		}
	}
	for dir, want := range map[string]bool{"sub": true, "tree": true, ".": true} {
		if s, err := Look(ctx, find(t, r.Path(dir))); err != nil || s.Works() != want {
			t.Errorf("%s: %+v, %v", dir, s, err)
		}
	}
	if err := Uninstall(ctx, find(t, r.Dir)); err != nil {
		t.Fatal(err)
	}
	r.Git("config", "extensions.worktreeConfig", "true")
	r.Git("config", "--worktree", "core.hooksPath", "mine")
	before := files(t, r.Path(".git"))
	err := Install(ctx, find(t, r.Dir), Project{Folder: "drizzle", Dir: "."})
	if err == nil || !strings.Contains(err.Error(), "core.hooksPath is set to mine elsewhere") {
		t.Error(err)
	}
	for name, is := range files(t, r.Path(".git")) {
		if before[name] != is {
			t.Errorf("%s changed:\n%s", name, is)
		}
	}
}

func readFile(r *gittest.Repo, name string) string {
	data, _ := os.ReadFile(r.Path(name))
	return string(data)
}
