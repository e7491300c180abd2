package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skein-db/skein/internal/pgserver/pgtest"
)

// TestNothingWaitsWithoutTerminal runs what would ask on a terminal with a
// standard input that stays open and never says anything, as some CI runners
// and editors have it.
func TestNothingWaitsWithoutTerminal(t *testing.T) {
	renamed, pending := renamedProject(t), migrationsFolder(t)
	writeFiles(t, renamed, map[string]string{"before.ts": usersTable})
	url := pgtest.New(t)
	for _, c := range []struct {
		dir, args string
		code      int
		says      string
	}{
		{renamed, "generate", exitUsage, "--rename"},
		{renamed, "generate --format json", exitUsage, `"status": "questions"`},
		{renamed, "diff --from before.ts --to schema.ts", exitUsage, "--rename"},
		{renamed, "check", exitRefused, "error"},
		{renamed, "init", exitFine, "already"},
		{pending, "migrate --out drizzle --url " + url, exitRefused, "pass --yes"},
		{pending, "migrate --out drizzle --format json --url " + url, exitRefused, `"status": "refused"`},
		{pending, "status --out drizzle --url " + url, exitFine, "1 pending"},
		{pending, "migrate --out drizzle --yes --url " + url, exitFine, "1 migration applied"},
	} {
		silent, hold, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		cmd := skeinIn(t, c.dir, strings.Fields(c.args)...)
		var out bytes.Buffer
		cmd.Stdin, cmd.Stdout, cmd.Stderr = silent, &out, &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		late := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait() // the exit code is in ProcessState
		if !late.Stop() {
			t.Errorf("%s waits", c.args)
		}
		if code := cmd.ProcessState.ExitCode(); code != c.code || !strings.Contains(out.String(), c.says) {
			t.Errorf("%s: exit code %d, want %d and %q in\n%s", c.args, code, c.code, c.says, out.String())
		}
		silent.Close()
		hold.Close()
	}
}

// skeinIn is a run of skein in dir: the test binary, which is skein when it
// goes by that name (see TestMain).
func skeinIn(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return &exec.Cmd{
		Path: self, Args: append([]string{"skein"}, args...), Dir: dir,
		Env: append(os.Environ(), "TERM=xterm-256color", "SKEIN_CACHE_DIR="+t.TempDir()),
	}
}

// renamedProject makes a project in which the table users became people.
func renamedProject(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{
		"drizzle.config.ts": `export default { dialect: "postgresql", schema: "./schema.ts", out: "drizzle" };`,
		"schema.ts":         usersTable,
	})
	run := skeinIn(t, dir, "generate", "--name", "start")
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	writeFiles(t, dir, map[string]string{"schema.ts": strings.ReplaceAll(usersTable, "users", "people")})
	return dir
}

const usersTable = `import { integer, pgTable } from "drizzle-orm/pg-core";
export const users = pgTable("users", { id: integer("id").primaryKey() });
`

func writeFiles(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// migrationsFolder makes a folder with one pending migration.
func migrationsFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{
		"drizzle/0000_start.sql":     `CREATE TABLE "users" ("id" integer);`,
		"drizzle/meta/_journal.json": `{"version":"7","dialect":"postgresql","entries":[{"idx":0,"version":"7","when":1700000000000,"tag":"0000_start","breakpoints":true}]}`,
	})
	return dir
}
