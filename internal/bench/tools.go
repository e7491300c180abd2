package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/snapshot"
	"github.com/skein-db/skein/internal/sqltext"
)

// file is a migration of a trial.
type file struct {
	number int
	name   string
	pieces []string // statements
	alone  bool     // of a kind that PostgreSQL takes in no transaction
}

// tool is a program that applies files, as a trial uses it: with what its
// documentation says is to be written where something is special.
type tool struct {
	name    string
	missing string
	// write makes the folder hold these files and no others.
	write func(dir string, files []file) error
	apply func(ctx context.Context, dir, url string) *exec.Cmd
	// status tells the state of a database, nil where there is no such command.
	status func(ctx context.Context, dir, url string) *exec.Cmd
	// directive is what is written for a file of statements that PostgreSQL takes
	// in no transaction, "" where nothing is, or nothing can be.
	directive string
	several   bool // the directive is for files with several such statements only
}

// tools are the programs that are compared, Skein first.
func (b *bench) tools(ctx context.Context) []*tool {
	return []*tool{b.skeinTool(), b.gooseTool(ctx), b.golangMigrateTool(ctx), b.ternTool(ctx), b.kitTool()}
}

func program(ctx context.Context, dir, url, path string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "NO_COLOR=1", "DATABASE_URL="+url)
	return cmd
}

func (b *bench) skeinTool() *tool {
	return &tool{
		name: "Skein", write: writeKitFolder,
		apply: func(ctx context.Context, dir, url string) *exec.Cmd {
			return program(ctx, dir, url, b.skein, "migrate", "--yes")
		},
		status: func(ctx context.Context, dir, url string) *exec.Cmd { return program(ctx, dir, url, b.skein, "status") },
	}
}

func (b *bench) kitTool() *tool {
	return &tool{
		name: "drizzle-kit " + kitVersion(b.modules), missing: b.noNPM,
		write: func(dir string, files []file) error {
			if _, err := os.Stat(filepath.Join(dir, "node_modules")); err != nil {
				if err := linkModules(b.modules, dir); err != nil {
					return err
				}
			}
			return writeKitFolder(dir, files)
		},
		apply: func(ctx context.Context, dir, url string) *exec.Cmd {
			return program(ctx, dir, url, "node", kitProgram(dir), "migrate")
		},
		status: func(ctx context.Context, dir, url string) *exec.Cmd {
			return program(ctx, dir, url, "node", kitProgram(dir), "check")
		},
	}
}

func (b *bench) gooseTool(ctx context.Context) *tool {
	path, err := b.gooseProgram(ctx)
	t := &tool{name: "goose " + gooseVersion, missing: why(err), directive: gooseAlone}
	t.write = func(dir string, files []file) error {
		return rewrite(dir, files, "%05d_%s.sql", func(f file) string { return gooseText(f.pieces, f.alone) })
	}
	t.apply = func(ctx context.Context, dir, url string) *exec.Cmd {
		return program(ctx, dir, url, path, "-dir", ".", "postgres", url, "up")
	}
	t.status = func(ctx context.Context, dir, url string) *exec.Cmd {
		return program(ctx, dir, url, path, "-dir", ".", "postgres", url, "status")
	}
	return t
}

func (b *bench) ternTool(ctx context.Context) *tool {
	path, err := b.ternProgram(ctx)
	t := &tool{name: "tern " + ternVersion, missing: why(err), directive: ternAlone}
	t.write = func(dir string, files []file) error {
		return rewrite(dir, files, "%05d_%s.sql", func(f file) string { return ternText(f.pieces, f.alone) })
	}
	t.apply = func(ctx context.Context, dir, url string) *exec.Cmd {
		return program(ctx, dir, url, path, "migrate", "--migrations", ".", "--conn-string", url)
	}
	t.status = func(ctx context.Context, dir, url string) *exec.Cmd {
		return program(ctx, dir, url, path, "status", "--migrations", ".", "--conn-string", url)
	}
	return t
}

// golangMigrateTool has no directive in files. A file is sent as one query,
// which PostgreSQL runs in a transaction, unless the URL says otherwise; that
// is said from when on a file needs it.
// https://github.com/golang-migrate/migrate/blob/master/database/postgres/README.md
func (b *bench) golangMigrateTool(ctx context.Context) *tool {
	path, err := b.install(ctx, "migrate", "github.com/golang-migrate/migrate/v4/cmd/migrate", golangMigrateVersion, "postgres")
	const option = "x-multi-statement=true"
	t := &tool{name: "golang-migrate " + golangMigrateVersion, missing: why(err), directive: option, several: true}
	split := func(dir string) string { return filepath.Join(dir, ".split") } // to be passed over as no migration
	t.write = func(dir string, files []file) error {
		if slices.ContainsFunc(files, func(f file) bool { return f.alone && len(f.pieces) > 1 }) {
			if err := os.WriteFile(split(dir), nil, 0o644); err != nil {
				return err
			}
		}
		return rewrite(dir, files, "%05d_%s.up.sql", func(f file) string { return strings.Join(f.pieces, "\n") + "\n" })
	}
	run := func(ctx context.Context, dir, url, command string) *exec.Cmd {
		url += "&sslmode=disable"
		if _, err := os.Stat(split(dir)); err == nil {
			url += "&" + option
		}
		return program(ctx, dir, url, path, "-path", ".", "-database", url, command)
	}
	t.apply = func(ctx context.Context, dir, url string) *exec.Cmd { return run(ctx, dir, url, "up") }
	t.status = func(ctx context.Context, dir, url string) *exec.Cmd { return run(ctx, dir, url, "version") }
	return t
}

func why(err error) string {
	if err != nil {
		return err.Error()
	}
	return ""
}

// rewrite makes a folder hold these files and no other SQL.
func rewrite(dir string, files []file, name string, text func(file) string) error {
	old, err := filepath.Glob(filepath.Join(dir, "*.sql"))
	if err != nil {
		return err
	}
	for _, path := range old {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf(name, f.number, f.name)), []byte(text(f)), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// writeKitFolder writes a project as drizzle-kit has it. A file's time follows
// from its number; where two have the same, the second is a little younger.
func writeKitFolder(dir string, files []file) error {
	out := filepath.Join(dir, "out")
	if err := os.MkdirAll(filepath.Join(out, "meta"), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "drizzle.config.ts"), []byte(kitConfig), 0o644); err != nil {
		return err
	}
	journal := snapshot.NewJournal()
	alike := map[int]int64{}
	for _, f := range files {
		when := 1_700_000_000_000 + int64(f.number)*1000 + alike[f.number]
		alike[f.number]++
		journal.Append(snapshot.Entry{Idx: f.number, Version: "7", When: when, Tag: fmt.Sprintf("%04d_%s", f.number, f.name), Breakpoints: true})
	}
	if err := os.WriteFile(filepath.Join(out, "meta", "_journal.json"), journal.Encode(), 0o644); err != nil {
		return err
	}
	return rewrite(out, files, "%04d_%s.sql", func(f file) string { return strings.Join(f.pieces, sqltext.Breakpoint) })
}
