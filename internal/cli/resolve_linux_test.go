package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skein-db/skein/internal/gitrepo/gittest"
)

// disputed is a repository in the middle of a rebase of two commits, each of
// which sets something that upstream has set too.
func disputed(t *testing.T) *gittest.Repo {
	t.Helper()
	r := gittest.New(t)
	r.Git("config", "user.name", "Ada")
	r.Git("config", "user.email", "ada@example.org")
	r.Write("drizzle.config.json", `{"dialect": "postgresql", "schema": "./schema.ts", "out": "./drizzle"}`)
	table := func(email, nick string) {
		r.Write("schema.ts", `import { integer, pgTable, text } from "drizzle-orm/pg-core";
export const users = pgTable("users", {
  id: integer().primaryKey(),
  email: `+email+`,
  nick: `+nick+`,
});
`)
	}
	generate := func(name string) {
		if out, err := skeinIn(t, r.Dir, "generate", "--name", name).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		r.Commit(name)
	}
	table("text()", "text()")
	generate("start")
	r.Git("switch", "--quiet", "--create", "mine")
	table(`text().default("mine")`, "text()")
	generate("email")
	table(`text().default("other")`, "text()")
	generate("again")
	r.Git("switch", "--quiet", "main")
	table(`text().default("theirs")`, "text()")
	generate("theirs")
	r.Git("switch", "--quiet", "mine")
	if out, err := r.Try("rebase", "main"); err == nil {
		t.Fatalf("no conflict: %s", out)
	}
	// The person has finished the schema file, with the default of the branch.
	r.Git("checkout", "--quiet", "--theirs", "schema.ts")
	r.Git("add", "schema.ts")
	t.Setenv("SKEIN_REPLAY", "off")
	return r
}

// TestResolveAsks answers the question on a terminal, and holds that the answer
// is not asked for again at the next commit of the rebase.
func TestResolveAsks(t *testing.T) {
	r := disputed(t)
	s := onTerminal(t, r.Dir, "resolve")
	s.waitFor("column users.email, default: both sides changed it")
	s.waitFor("take local")
	s.press(keyDown)
	s.press(keyEnter)
	s.exits(exitFine)
	s.waitFor("0001_email → 0002_email")
	s.waitFor("next: git rebase --continue")
	kept, err := os.ReadFile(filepath.Join(r.Dir, ".git", "rebase-merge", takeName))
	if err != nil || string(kept) != "local:users.email\n" {
		t.Errorf("%q, %v", kept, err)
	}
	if out, err := r.Try("-c", "core.editor=true", "rebase", "--continue"); err == nil {
		t.Fatalf("no conflict: %s", out)
	}
	r.Git("checkout", "--quiet", "--theirs", "schema.ts")
	r.Git("add", "schema.ts")
	s = onTerminal(t, r.Dir, "resolve", "--continue")
	s.exits(exitFine)
	if strings.Contains(s.text(), "both sides changed it") {
		t.Errorf("asked again:\n%s", s.text())
	}
	if _, err := os.Stat(filepath.Join(r.Dir, ".git", "rebase-merge")); !os.IsNotExist(err) {
		t.Error("the rebase has not ended", err)
	}
	if out, err := skeinIn(t, r.Dir, "check").CombinedOutput(); err != nil {
		t.Errorf("%s", out)
	}
}

// TestResolveIsLeftOpen gives no answer, or Ctrl-C: nothing is written.
func TestResolveIsLeftOpen(t *testing.T) {
	r := disputed(t)
	before := r.Git("ls-files", "--stage")
	for keys, code := range map[string]int{keyDown + keyDown + keyEnter: exitRefused, keyCtrlC: exitInterrupted} {
		s := onTerminal(t, r.Dir, "resolve")
		s.waitFor("neither: stop here")
		s.press(keys)
		s.exits(code)
		if code == exitRefused {
			s.waitFor("nothing was written")
		}
		if r.Git("ls-files", "--stage") != before {
			t.Error("something was written")
		}
	}
}

// TestCtrlCInGeneratedCommand presses Ctrl-C while a command makes files: all is
// as before, and the command does not go on.
func TestCtrlCInGeneratedCommand(t *testing.T) {
	r := disputed(t)
	r.Git("rebase", "--abort")
	for _, branch := range []string{"main", "mine"} {
		r.Git("switch", "--quiet", branch)
		r.Write("skein.yaml", "generated:\n  - paths: [client.ts]\n    run: echo half > client.ts; echo at work; sleep 60; echo whole > client.ts\n")
		r.Write("client.ts", branch)
		r.Commit("client of " + branch)
	}
	if out, err := r.Try("merge", "main"); err == nil {
		t.Fatalf("no conflict: %s", out)
	}
	before, client := r.Git("ls-files", "--stage"), r.Git("hash-object", "client.ts")
	s := onTerminal(t, r.Dir, "resolve", "--take", "local")
	s.waitFor("at work")
	s.press(keyCtrlC)
	s.exits(exitInterrupted)
	if r.Git("ls-files", "--stage") != before || r.Git("hash-object", "client.ts") != client {
		t.Error("something was left")
	}
}
