package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/skein-db/skein/internal/pgserver"
)

// proofTasks compares proving a history with psql running the same SQL on a
// server that is started for it: on the project's history where it is long,
// and on made-up migrations, which have no snapshots to compare with.
func (b *bench) proofTasks(context.Context) ([]*task, error) {
	if b.server == nil {
		return []*task{{name: "prove a history", contestants: []*contestant{{name: "everybody", missing: b.noServer}}}}, nil
	}
	made := filepath.Join(b.work, "proof", "made")
	if err := writeDrizzle(made, madeUpMigrations(madeUp)); err != nil {
		return nil, err
	}
	tasks := []*task{b.proving(fmt.Sprintf("prove %d migrations", madeUp), made, madeUpMigrations(madeUp))}
	own, err := ownMigrations(b.history)
	if err != nil {
		return nil, err
	}
	return append(tasks, b.proving(fmt.Sprintf("prove the project's %d migrations", len(own)), b.history, own)), nil
}

// proving measures check with the proof. What check does beside it is measured
// too, which is to its disadvantage.
func (b *bench) proving(title, dir string, migrations []migration) *task {
	var files []string
	for _, m := range migrations {
		files = append(files, filepath.Join(dir, m.tag+".sql"))
	}
	cache := filepath.Join(b.work, "cache", "proof", filepath.Base(title))
	check := func(ctx context.Context) *exec.Cmd {
		cmd := exec.CommandContext(ctx, b.skein, "check", "--replay", "--dialect=postgresql", "--out", dir)
		cmd.Env = append(os.Environ(), "NO_COLOR=1", "SKEIN_CACHE_DIR="+cache)
		return cmd
	}
	// Clusters are prepared once per machine; that is no part of a proof.
	forget := func(context.Context) error { return os.RemoveAll(filepath.Join(cache, "proof")) }
	warm := &contestant{name: "skein check, unchanged since an earlier run", findings: true, proof: "an earlier time", command: check}
	warm.prepare = func(ctx context.Context) error {
		if warm.rounds == nil {
			_ = check(ctx).Run() // fills the cache; what goes wrong shows in the round
		}
		return nil
	}
	cold := &contestant{name: "skein check, for the first time", findings: true, proof: " ran on PostgreSQL", command: check}
	cold.prepare = func(ctx context.Context) error {
		if cold.rounds == nil {
			_ = check(ctx).Run() // prepares the cluster
		}
		return forget(ctx)
	}
	alone := &contestant{name: "skein check --replay=off", findings: true, proof: "migrations", command: func(ctx context.Context) *exec.Cmd {
		cmd := check(ctx)
		cmd.Args[2] = "--replay=off"
		return cmd
	}}
	psql := &contestant{name: "start of a server, and psql", floor: true, proof: "ran the files", command: func(ctx context.Context) *exec.Cmd {
		return child(ctx, "psql", dir, files...)
	}}
	if _, err := exec.LookPath("psql"); err != nil {
		psql.missing = "psql is not installed"
	}
	// The one that fills the cache anew each round comes before the one that
	// lives from it.
	return &task{name: title, contestants: []*contestant{cold, warm, alone, psql}}
}

// startAndRun starts a throwaway server and has one psql run the files on it.
func startAndRun(ctx context.Context, files []string) error {
	server, err := pgserver.Start(ctx, pgserver.Options{Offline: true})
	if err != nil {
		return err
	}
	defer server.Stop()
	url, err := server.CreateDatabase(ctx)
	if err != nil {
		return err
	}
	args := []string{"-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url}
	for _, file := range files {
		args = append(args, "-f", file)
	}
	cmd := exec.CommandContext(ctx, "psql", args...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("psql: %w: %s", err, lastLines(string(out)))
	}
	fmt.Println("ran the files")
	return nil
}
