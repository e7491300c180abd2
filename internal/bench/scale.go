package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
)

// sizes are the numbers of tables by which growth is judged, the first one the
// measure of the others.
var sizes = []int{100, 1000, 5000}

// diffTasks shows how skein diff grows with the schema.
func (b *bench) diffTasks(ctx context.Context) ([]*task, error) {
	dir := filepath.Join(b.work, "diff")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	same := &task{name: "diff of a schema with itself"}
	changed := &task{name: "diff with 50 changes"}
	for _, n := range sizes {
		before, after := madeUpSchema(n, 50)
		one, other := filepath.Join(dir, fmt.Sprintf("%d.json", n)), filepath.Join(dir, fmt.Sprintf("%d_changed.json", n))
		if err := writeSnapshot(one, before); err != nil {
			return nil, err
		}
		if err := writeSnapshot(other, after); err != nil {
			return nil, err
		}
		add := func(t *task, to, proof string) {
			t.contestants = append(t.contestants, &contestant{
				name: fmt.Sprintf("skein, %d tables", n), proof: proof,
				command: func(ctx context.Context) *exec.Cmd {
					return exec.CommandContext(ctx, b.skein, "diff", "--from", one, "--to", to)
				},
			})
		}
		add(same, one, "")
		add(changed, other, `"added"`)
	}
	return []*task{same, changed}, ctx.Err()
}

func writeSnapshot(file string, s *schema.Schema) error {
	return os.WriteFile(file, snapshot.New(uuid.NewString(), snapshot.OriginID, s).Encode(), 0o644)
}

// catalogTasks shows how reading a live database grows with it.
func (b *bench) catalogTasks(ctx context.Context) ([]*task, error) {
	t := &task{name: "read a database's catalog"}
	for _, n := range sizes {
		c := &contestant{name: fmt.Sprintf("skein, %d tables", n), missing: b.noServer, proof: fmt.Sprintf("read %d tables", n)}
		t.contestants = append(t.contestants, c)
		if b.server == nil {
			continue
		}
		var url string
		c.prepare = b.tablesOnce(n, &url)
		c.command = func(ctx context.Context) *exec.Cmd { return child(ctx, "catalog", b.work, url) }
	}
	return []*task{t}, nil
}

// tablesOnce makes a database of n tables before the first round.
func (b *bench) tablesOnce(n int, url *string) func(context.Context) error {
	return func(ctx context.Context) (err error) {
		if *url == "" {
			*url, err = b.manyTables(ctx, n)
		}
		return err
	}
}

// manyTables makes a database of n tables.
func (b *bench) manyTables(ctx context.Context, n int) (string, error) {
	url, err := b.server.CreateDatabase(ctx)
	if err != nil {
		return "", err
	}
	s, _ := madeUpSchema(n, 1)
	result, err := diff.Compute(&schema.Schema{}, s, diff.CreateAll)
	if err != nil {
		return "", err
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	for _, statement := range result.Statements() {
		if err := conn.PgConn().Exec(ctx, statement).Close(); err != nil {
			return "", fmt.Errorf("%w: %s", err, statement)
		}
	}
	return url, nil
}

// planned is how many statements the plan of planTasks has.
const planned = 50

// planTasks shows what it takes to say what a plan would do to a database in
// use, on the way from a command line to an answer. The floor starts the SQL
// parser and parses the same statements.
func (b *bench) planTasks(ctx context.Context) ([]*task, error) {
	dir := filepath.Join(b.work, "plan")
	var statements []string
	for i := range planned {
		statements = append(statements, fmt.Sprintf("ALTER TABLE \"t%d\" ALTER COLUMN \"org\" TYPE bigint;", i))
	}
	if err := writeKitFolder(dir, []file{{number: 0, name: "plan", pieces: statements}}); err != nil {
		return nil, err
	}
	t := &task{name: fmt.Sprintf("blast radius of %d statements", planned)}
	for _, n := range sizes[:2] {
		c := &contestant{name: fmt.Sprintf("skein plan, %d tables", n), missing: b.noServer, findings: true, proof: "0000_plan"}
		t.contestants = append(t.contestants, c)
		if b.server == nil {
			continue
		}
		var url string
		c.prepare = b.tablesOnce(n, &url)
		c.command = func(ctx context.Context) *exec.Cmd { return program(ctx, dir, url, b.skein, "plan") }
	}
	t.contestants = append(t.contestants, &contestant{name: "parsing them", floor: true, proof: fmt.Sprintf("parsed %d statements", planned),
		command: func(ctx context.Context) *exec.Cmd {
			return child(ctx, "sql", dir, filepath.Join(dir, "out", "0000_plan.sql"))
		}})
	return []*task{t}, ctx.Err()
}
