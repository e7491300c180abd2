package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/catalog"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
	"github.com/skein-db/skein/internal/sqltext"
)

// How many migrations are made up, and from how many on the history of the
// project is measured as well.
const (
	madeUp = 300
	many   = 50
)

// migration is one file of a history in pieces.
type migration struct {
	tag    string
	pieces []string
}

// runner is a program that applies migrations.
type runner struct {
	name    string
	missing string
	floor   bool
	proof   string // of having applied the last one
	nothing string // of having found nothing to do
	command func(ctx context.Context, url string) *exec.Cmd
	// idle replaces command where nothing is left to do, if set.
	idle func(ctx context.Context, url string) *exec.Cmd
}

// migrationTasks compares the runners on made-up migrations, and on the
// project's own where it has many.
func (b *bench) migrationTasks(ctx context.Context) ([]*task, error) {
	tasks, err := b.historyTasks(ctx, fmt.Sprintf("%d migrations", madeUp), "made", madeUpMigrations(madeUp))
	if err != nil {
		return nil, err
	}
	own, err := ownMigrations(b.history)
	if err != nil || len(own) < many {
		return tasks, err
	}
	more, err := b.historyTasks(ctx, fmt.Sprintf("the project's %d migrations", len(own)), "own", own)
	return append(tasks, more...), err
}

// ownMigrations reads a project's history.
func ownMigrations(dir string) ([]migration, error) {
	h, err := history.Open(dir)
	if err != nil {
		return nil, err
	}
	var out []migration
	for _, m := range h.Migrations {
		own := migration{tag: m.Entry.Tag}
		for _, p := range sqltext.Split(m.SQL) {
			own.pieces = append(own.pieces, p.Text)
		}
		out = append(out, own)
	}
	return out, nil
}

// historyTasks writes the migrations in everybody's form and compares applying
// them to an empty database, and finding nothing left to do.
func (b *bench) historyTasks(ctx context.Context, title, folder string, migrations []migration) ([]*task, error) {
	if b.server == nil {
		return []*task{{name: title, contestants: []*contestant{{name: "everybody", missing: b.noServer}}}}, nil
	}
	runners, err := b.runners(ctx, filepath.Join(b.work, "migrations", folder), migrations)
	if err != nil {
		return nil, err
	}
	anyDatabase := b.server.URL("template1")
	through, err := newProxy(ctx, anyDatabase)
	if err != nil {
		return nil, err
	}
	apply := &task{name: "apply " + title}
	idle := &task{name: "apply " + title + " again: nothing to do"}
	connected := &task{name: "the same, from the moment of connecting"}
	same := &sameResult{}
	for _, r := range runners {
		apply.contestants = append(apply.contestants, b.applying(r, same))
		idle.contestants = append(idle.contestants, b.idling(r, nil))
		connected.contestants = append(connected.contestants, b.idling(r, through))
	}
	return []*task{apply, idle, connected}, nil
}

// applying measures a runner on an empty database, a new one for each round.
func (b *bench) applying(r *runner, same *sameResult) *contestant {
	var url string
	c := &contestant{name: r.name, missing: r.missing, floor: r.floor, proof: r.proof}
	c.prepare = func(ctx context.Context) error {
		if url != "" {
			if err := b.server.Drop(ctx, url); err != nil {
				return err
			}
		}
		var err error
		url, err = b.server.CreateDatabase(ctx)
		return err
	}
	c.command = func(ctx context.Context) *exec.Cmd { return r.command(ctx, url) }
	c.verify = func(ctx context.Context) error { return same.check(ctx, r.name, url) }
	return c
}

// idling measures a runner on a database that is up to date; through a proxy,
// from the moment of connecting on.
func (b *bench) idling(r *runner, through *proxy) *contestant {
	var url string
	c := &contestant{name: r.name, missing: r.missing, floor: r.floor, proof: r.nothing}
	c.prepare = func(ctx context.Context) error {
		if through != nil {
			through.reset()
		}
		if url != "" {
			return nil
		}
		direct, err := b.server.CreateDatabase(ctx)
		if err != nil {
			return err
		}
		if out, err := r.command(ctx, direct).CombinedOutput(); err != nil {
			return fmt.Errorf("%w: %s", err, lastLines(string(out)))
		}
		if url = direct; through != nil {
			if url, err = through.url(direct); err != nil {
				return err
			}
			through.reset()
		}
		return nil
	}
	idle := r.command
	if r.idle != nil {
		idle = r.idle
	}
	c.command = func(ctx context.Context) *exec.Cmd { return idle(ctx, url) }
	if through != nil {
		c.elapsed = through.since
	}
	return c
}

// sameResult holds what the first runner made of the migrations, for all
// others to have made the same.
type sameResult struct {
	who    string
	schema *schema.Schema
}

// check reads a database and compares it with the first one.
func (s *sameResult) check(ctx context.Context, who, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	got, err := catalog.Read(ctx, conn, catalog.Options{Tables: func(r schema.Ref) bool {
		return r.Name != "goose_db_version" && r.Name != "schema_version" && r.Name != "floor_version"
	}})
	if err != nil {
		return err
	}
	switch {
	case s.schema == nil:
		s.who, s.schema = who, got
	case !schema.Equal(s.schema, got):
		return fmt.Errorf("its database is not the one that %s made", s.who)
	}
	return nil
}

// kitConfig is the config of a project that only applies migrations.
const kitConfig = `import { defineConfig } from "drizzle-kit";
export default defineConfig({ dialect: "postgresql", schema: "./schema.ts", out: "./out", dbCredentials: { url: process.env.DATABASE_URL! } });
`

// runners writes the migrations for each runner and returns them, Skein first.
func (b *bench) runners(ctx context.Context, dir string, migrations []migration) ([]*runner, error) {
	drizzleDir := filepath.Join(dir, "drizzle")
	if err := writeDrizzle(filepath.Join(drizzleDir, "out"), migrations); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(drizzleDir, "drizzle.config.ts"), []byte(kitConfig), 0o644); err != nil {
		return nil, err
	}
	noModules := b.noNPM
	if b.modules != "" {
		if err := linkModules(b.modules, drizzleDir); err != nil {
			return nil, err
		}
	}
	out := []*runner{
		{name: "skein migrate", nothing: "up to date", command: func(ctx context.Context, url string) *exec.Cmd {
			return program(ctx, drizzleDir, url, b.skein, "migrate", "--yes")
		}},
		b.goose(ctx, filepath.Join(dir, "goose"), migrations),
		b.tern(ctx, filepath.Join(dir, "tern"), migrations),
		{name: "drizzle-kit " + kitVersion(b.modules) + " migrate", missing: noModules, proof: "applied successfully", nothing: "applied successfully",
			command: func(ctx context.Context, url string) *exec.Cmd {
				return program(ctx, drizzleDir, url, "node", kitProgram(drizzleDir), "migrate")
			}},
		{name: "drizzle-orm's migrate()", missing: noModules, command: func(ctx context.Context, url string) *exec.Cmd {
			return program(ctx, drizzleDir, url, "node", filepath.Join(b.root, "internal", "interop", "npm", "migrate.mjs"), url, "out")
		}},
		b.psql(filepath.Join(dir, "psql"), migrations),
	}
	return out, ctx.Err()
}

// writeDrizzle writes a folder as drizzle-kit does; snapshots play no part in
// applying.
func writeDrizzle(dir string, migrations []migration) error {
	if err := os.MkdirAll(filepath.Join(dir, "meta"), 0o755); err != nil {
		return err
	}
	journal := snapshot.NewJournal()
	for i, m := range migrations {
		journal.Append(snapshot.Entry{Idx: i, Version: "7", When: 1_700_000_000_000 + int64(i)*1000, Tag: m.tag, Breakpoints: true})
		text := strings.Join(m.pieces, sqltext.Breakpoint)
		if err := os.WriteFile(filepath.Join(dir, m.tag+".sql"), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(dir, "meta", "_journal.json"), journal.Encode(), 0o644)
}

// writeNumbered writes one file per migration, numbered from one.
func writeNumbered(dir string, migrations []migration, text func(migration) string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for i, m := range migrations {
		name := fmt.Sprintf("%05d_%s.sql", i+1, m.tag)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text(m)), 0o644); err != nil {
			return err
		}
	}
	return nil
}
