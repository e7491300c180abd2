//go:build unix

package interop

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
)

// killRounds is how often a command is killed at a random moment.
func killRounds(t *testing.T) int {
	if testing.Short() {
		return 5
	}
	return 10
}

// killed starts skein, kills it after the given time, and says whether it was
// killed; it may have ended before.
func (p *project) killed(after time.Duration, args ...string) bool {
	p.t.Helper()
	cmd := p.command(nil, skeinBinary(p.t), args...)
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Signal(syscall.SIGKILL) })
	defer timer.Stop()
	_ = cmd.Wait() // how it ended stands in its state
	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if ok && status.Exited() && status.ExitStatus() != 0 {
		p.t.Errorf("skein %s: exit code %d", strings.Join(args, " "), status.ExitStatus())
	}
	return ok && status.Signaled()
}

// wholeFolder reads the migrations folder as any reader would and returns the
// tags in it. Half of a migration is an error.
func (p *project) wholeFolder() []string {
	p.t.Helper()
	h, err := history.Open(p.path("drizzle"))
	if err != nil {
		p.t.Fatalf("the folder is broken: %v", err)
	}
	var tags []string
	for i, m := range h.Migrations {
		if !m.HasSQL || !m.HasSnapshot {
			p.t.Fatalf("%s: SQL %v, snapshot %v", m.Entry.Tag, m.HasSQL, m.HasSnapshot)
		}
		if _, err := h.Snapshot(i); err != nil {
			p.t.Fatalf("%s: %v", m.Entry.Tag, err)
		}
		tags = append(tags, m.Entry.Tag)
	}
	if len(h.OrphanSQL) > 0 || len(h.OrphanSnapshots) > 0 {
		p.t.Fatalf("files that no entry names: %q %q", h.OrphanSQL, h.OrphanSnapshots)
	}
	return tags
}

// TestGenerateKilled kills generate at random moments. The folder has the
// migration or has it not, and the next run goes on from there.
func TestGenerateKilled(t *testing.T) {
	p := newProject(t, "")
	began := time.Now()
	p.skein("generate")                   // nothing to do; how long it takes bounds the moments
	duration := time.Since(began) * 5 / 4 // writing comes on top
	tags := p.wholeFolder()
	kills, written := 0, 0
	for round := range killRounds(t) {
		column := fmt.Sprintf("killed%d", round)
		p.edit(accounts, "    passwordHash: text(),", "    passwordHash: text(),\n    "+column+": text(),")
		name := fmt.Sprintf("round_%d", round)
		if p.killed(rand.N(duration), "generate", "--name", name) {
			kills++
		}
		after := p.wholeFolder()
		if len(after) == len(tags) {
			p.skein("generate", "--name", name) // goes on
			after = p.wholeFolder()
		} else {
			written++
		}
		if len(after) != len(tags)+1 || !strings.HasSuffix(after[len(after)-1], name) {
			t.Fatalf("round %d: before %q, after %q", round, tags[len(tags)-1:], after[len(tags):])
		}
		tags = after
		sql := p.read(filepath.Join("drizzle", tags[len(tags)-1]+".sql"))
		if want := fmt.Sprintf(`ALTER TABLE "users" ADD COLUMN "%s" text;`, column); sql != want {
			t.Fatalf("round %d: the migration is %q, want %q", round, sql, want)
		}
	}
	t.Logf("killed %d times within %v, written all the same %d times", kills, duration.Round(time.Millisecond), written)
	if kills == 0 {
		t.Error("no run was killed: the moments are too late")
	}
	if r := p.skein("generate"); !strings.Contains(r.out+r.err, "othing to migrate") {
		t.Errorf("after all rounds: %v", r)
	}
	p.skein("check")
}

// sessionsElse counts the other sessions in a database: those of a killed
// client end by themselves once PostgreSQL notices.
const sessionsElse = `SELECT 'x' FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`

// TestMigrateKilled kills migrate at random moments. Whatever is recorded as
// applied is there as a whole, nothing else is, and the next run finishes.
func TestMigrateKilled(t *testing.T) {
	whole := newProject(t, "")
	tags := whole.wholeFolder()
	reference := pgtest.New(t)
	states := make([][]string, len(tags)+1) // what the database holds after n migrations
	for n := 1; n <= len(tags); n++ {
		firstMigrations(t, "", n).skeinMigrate(reference)
		states[n] = lines(t, reference, facts)
	}
	complete := lines(t, reference, rowsOfMigrations)

	began := time.Now()
	whole.skeinMigrate(pgtest.New(t))
	duration := time.Since(began)
	kills, reached := 0, map[int]int{}
	for round := range killRounds(t) {
		url := pgtest.New(t)
		if whole.killed(rand.N(duration), "migrate", "--yes", "--url", url) {
			kills++
		}
		for end := time.Now().Add(10 * time.Second); len(lines(t, url, sessionsElse)) > 0 && time.Now().Before(end); {
			time.Sleep(10 * time.Millisecond)
		}
		n := 0
		if len(lines(t, url, `SELECT 'x' WHERE to_regclass('drizzle.__drizzle_migrations') IS NOT NULL`)) > 0 {
			n = len(lines(t, url, rowsOfMigrations))
		}
		reached[n]++
		if n > 0 {
			if diff := cmp.Diff(states[n], lines(t, url, facts)); diff != "" {
				t.Fatalf("round %d: %d migrations are recorded, but the database is not what they make of it:\n%s", round, n, diff)
			}
		} else if tables := lines(t, url, `SELECT tablename::text FROM pg_tables WHERE schemaname IN ('public', 'warehouse')`); len(tables) > 0 {
			t.Fatalf("round %d: nothing is recorded, but there are tables: %q", round, tables)
		}
		whole.skeinMigrate(url) // goes on
		if diff := cmp.Diff(states[len(tags)], lines(t, url, facts)); diff != "" {
			t.Fatalf("round %d: after the second run:\n%s", round, diff)
		}
		if diff := cmp.Diff(complete, lines(t, url, rowsOfMigrations)); diff != "" {
			t.Fatalf("round %d: after the second run:\n%s", round, diff)
		}
	}
	t.Logf("killed %d times within %v; migrations recorded then: %v", kills, duration.Round(time.Millisecond), reached)
	if kills == 0 {
		t.Error("no run was killed: the moments are too late")
	}
}
