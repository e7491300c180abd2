package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/google/uuid"

	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
	"github.com/skein-db/skein/internal/sqltext"
)

// How long the history is on which two branches meet, and how far they went on
// from there.
const (
	longHistory   = 1000
	upstreamAhead = 25
	localAhead    = 3
)

// meetingTasks measures resolve on a long history: in a merge with conflicts,
// and on a branch that is behind. The floor is git making the same merge.
func (b *bench) meetingTasks(ctx context.Context) ([]*task, error) {
	dir := filepath.Join(b.work, "meeting")
	name := fmt.Sprintf("resolve, %d migrations, %d upstream and %d local", longHistory, upstreamAhead, localAhead)
	if !strings.Contains(name, b.settings.only) {
		return nil, nil
	}
	b.log("making a history of %d migrations", longHistory)
	if err := b.makeMeeting(ctx, dir); err != nil {
		return nil, err
	}
	git := func(ctx context.Context, args ...string) *exec.Cmd { return gitIn(ctx, dir, args...) }
	clean := func(ctx context.Context) error {
		return git(ctx, "reset", "-q", "--hard", "local").Run()
	}
	conflicted := func(ctx context.Context) error {
		if err := clean(ctx); err != nil {
			return err
		}
		_ = git(ctx, "merge", "-q", "upstream").Run() // conflicts are what it is about
		return nil
	}
	skein := func(name, proof string, prepare func(context.Context) error, args ...string) *contestant {
		c := &contestant{name: name, proof: proof}
		c.command = func(ctx context.Context) *exec.Cmd {
			cmd := exec.CommandContext(ctx, b.skein, append([]string{"resolve", "--replay=off", "--dialect=postgresql", "--out=drizzle"}, args...)...)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "NO_COLOR=1", "SKEIN_CACHE_DIR="+filepath.Join(b.work, "cache", "meeting"))
			return cmd
		}
		c.prepare = prepare
		return c
	}
	proof := fmt.Sprintf("%04d_mine%d", longHistory+upstreamAhead+localAhead-1, localAhead-1)
	return []*task{{name: name, contestants: []*contestant{
		skein("skein, in the merge", proof, conflicted),
		skein("skein, in the merge, --dry-run", proof, conflicted, "--dry-run"),
		skein("skein, before it: --onto --dry-run", proof, clean, "--onto=upstream", "--dry-run"),
		{name: "git merge", floor: true, findings: true, proof: "CONFLICT", prepare: clean, command: func(ctx context.Context) *exec.Cmd { return git(ctx, "merge", "upstream") }},
		{name: "reading the files and parsing the JSON", floor: true, proof: "parsed", prepare: clean, command: func(ctx context.Context) *exec.Cmd { return child(ctx, "parse", dir, "drizzle") }},
	}}}, nil
}

func gitIn(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=bench", "GIT_AUTHOR_EMAIL=bench@example.com", "GIT_COMMITTER_NAME=bench", "GIT_COMMITTER_EMAIL=bench@example.com")
	return cmd
}

// makeMeeting makes a repository with a branch upstream and a branch local,
// which both went on from a long history; local is checked out.
func (b *bench) makeMeeting(ctx context.Context, dir string) error {
	for _, sub := range []string{"drizzle/meta"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return err
		}
	}
	git := func(args ...string) error {
		if out, err := gitIn(ctx, dir, args...).CombinedOutput(); err != nil {
			return fmt.Errorf("git %s: %w: %s", args[0], err, lastLines(string(out)))
		}
		return nil
	}
	w := &historyWriter{dir: filepath.Join(dir, "drizzle"), journal: snapshot.NewJournal(), id: snapshot.OriginID}
	for i := range longHistory {
		if err := w.step(fmt.Sprintf("step%d", i), i); err != nil {
			return err
		}
	}
	for _, args := range [][]string{{"init", "-q", "-b", "base"}, {"add", "."}, {"commit", "-q", "-m", "base"}, {"checkout", "-q", "-b", "upstream"}} {
		if err := git(args...); err != nil {
			return err
		}
	}
	local := w.fork()
	for i := range upstreamAhead {
		if err := w.step(fmt.Sprintf("theirs%d", i), longHistory+i); err != nil {
			return err
		}
	}
	for _, args := range [][]string{{"add", "."}, {"commit", "-q", "-m", "upstream"}, {"checkout", "-q", "-b", "local", "base"}} {
		if err := git(args...); err != nil {
			return err
		}
	}
	for i := range localAhead {
		if err := local.step(fmt.Sprintf("mine%d", i), longHistory+upstreamAhead+i); err != nil {
			return err
		}
	}
	for _, args := range [][]string{{"add", "."}, {"commit", "-q", "-m", "local"}} {
		if err := git(args...); err != nil {
			return err
		}
	}
	return nil
}

// historyWriter writes a history whose every migration adds a column or, one in
// twelve, a table, and changes rows of it, as people do.
type historyWriter struct {
	dir     string
	journal *snapshot.Journal
	now     schema.Schema
	id      string
}

func (w *historyWriter) fork() *historyWriter {
	f := *w
	f.now = *w.now.Clone()
	journal := *w.journal
	journal.Entries = append([]snapshot.Entry{}, w.journal.Entries...)
	f.journal = &journal
	return &f
}

// step adds a migration. n, which no other has, tells its names.
func (w *historyWriter) step(name string, n int) error {
	was := w.now.Clone()
	column := schema.Column{Name: fmt.Sprintf("c%d", n), Type: "text"}
	if n%12 == 0 {
		w.now.Tables = append(w.now.Tables, schema.Table{Schema: schema.Public, Name: fmt.Sprintf("t%d", n), Columns: []schema.Column{
			{Name: "id", Type: "uuid", PrimaryKey: true, NotNull: true, Default: &schema.Scalar{Text: "gen_random_uuid()"}}, column,
		}})
	} else {
		t := &w.now.Tables[n%len(w.now.Tables)]
		t.Columns = append(t.Columns, column)
	}
	changes, err := diff.Compute(was, &w.now, diff.CreateAll)
	if err != nil {
		return err
	}
	statements := changes.Statements()
	if n%3 == 0 {
		t := w.now.Tables[n%len(w.now.Tables)]
		statements = append(statements, fmt.Sprintf("UPDATE %s SET %s = NULL;", sqltext.QuoteIdent(t.Name), sqltext.QuoteIdent(t.Columns[len(t.Columns)-1].Name)))
	}
	i := len(w.journal.Entries)
	tag := fmt.Sprintf("%04d_%s", i, name)
	w.journal.Append(snapshot.Entry{Idx: i, Version: "7", When: int64(1700000000000 + 1000*i + n), Tag: tag, Breakpoints: true})
	id := uuid.NewString()
	for path, data := range map[string][]byte{
		tag + ".sql": []byte(sqltext.Join(statements, true)),
		filepath.Join("meta", fmt.Sprintf("%04d_snapshot.json", i)): snapshot.New(id, w.id, &w.now).Encode(),
		filepath.Join("meta", "_journal.json"):                      w.journal.Encode(),
	} {
		if err := os.WriteFile(filepath.Join(w.dir, path), data, 0o644); err != nil {
			return err
		}
	}
	w.id = id
	return nil
}
