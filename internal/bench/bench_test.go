package main

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
	"github.com/skein-db/skein/internal/schema"
)

func TestMedian(t *testing.T) {
	c := &contestant{rounds: []sample{{wall: 5, cpu: 1, peak: 7}, {wall: 1, cpu: 9, peak: 7}, {wall: 3, cpu: 2, peak: 9}}}
	if got, want := c.median(), (sample{wall: 3, cpu: 2, peak: 7}); got != want {
		t.Errorf("got %+v", got)
	}
	c.rounds = c.rounds[:2]
	if got, want := c.median(), (sample{wall: 3, cpu: 5, peak: 7}); got != want {
		t.Errorf("of two: got %+v", got)
	}
}

func TestQuantile(t *testing.T) {
	for share, want := range map[float64]float64{0: 1, 0.5: 3, 0.95: 5, 1: 5} {
		if got := quantile([]float64{3, 1, 5, 2, 4}, share); got != want {
			t.Errorf("%v: %v", share, got)
		}
	}
	if got := quantile(nil, 0.5); got != 0 {
		t.Errorf("of none: %v", got)
	}
}

// TestQuestions: each question is the same to all who are asked, and has its
// values.
func TestQuestions(t *testing.T) {
	values := map[string]string{"note": "a note", "at": "2026-01-01"}
	b := &bench{settings: &settings{rows: 1000}}
	for _, q := range b.questions() {
		form, sql, skein := q.pgweb(values), q.sql(values), q.skein(values)
		for name, text := range map[string]string{"pgweb": form.Encode(), "sql": sql, "skein": skein} {
			if strings.Contains(text, "{note}") || strings.Contains(text, "{at}") {
				t.Errorf("%s, %s: %s", q.name, name, text)
			}
		}
		if form.Has("where") != strings.Contains(sql, "WHERE") || form.Has("where") != strings.Contains(skein, "filters") {
			t.Errorf("%s: filtered for some: %v, %s, %s", q.name, form, sql, skein)
		}
		if !strings.Contains(sql, "LIMIT 100") || form.Get("limit") != "100" {
			t.Errorf("%s: %v, %s", q.name, form, sql)
		}
	}
}

func TestReport(t *testing.T) {
	b := &bench{facts: []string{"A fact."}, done: []*task{{name: "work", contestants: []*contestant{
		{name: "one", rounds: []sample{{wall: 200 * time.Millisecond, cpu: 4 * time.Millisecond, peak: 10e6}}},
		{name: "two", rounds: []sample{{wall: 500 * time.Millisecond, cpu: 80 * time.Millisecond, peak: 10e6}}},
		{name: "base", floor: true, rounds: []sample{{wall: 100 * time.Millisecond}}},
		{name: "three", missing: "was not there"},
	}}}}
	var out strings.Builder
	if err := b.report(&out, "Here."); err != nil {
		t.Fatal(err)
	}
	want := `Here. A fact.

Each × says how many times what the first line of a task takes. Floors do the unavoidable part of the work and nothing else.

| task | who | time | × | CPU time | × | peak memory | × |
|---|---|--:|--:|--:|--:|--:|--:|
| work | one | 200 ms | 1 | 4.0 ms | 1 | 10 MB | 1 |
|  | two | 500 ms | 2.50 | 80 ms | 20.0 | 10 MB | 1 |
|  | *floor:* base | 100 ms | 0.50 | – | – | – | – |

Not measured:

- work: three: was not there
`
	if out.String() != want {
		t.Errorf("got\n%s", out.String())
	}
}

// TestRound measures real programs, with the real watch.
func TestRound(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	ctx := context.Background()
	b := &bench{settings: &settings{rounds: 2}, stderr: io.Discard, work: t.TempDir()}
	var err error
	if b.root, err = moduleRoot(ctx); err != nil {
		t.Fatal(err)
	}
	b.watch = filepath.Join(b.work, "watch")
	if err := b.build(ctx, b.watch, "./internal/bench/watch"); err != nil {
		t.Fatal(err)
	}
	good := &contestant{name: "good", proof: "go version", command: inDir(".", "go", "version")}
	silent := &contestant{name: "silent", proof: "something else", command: inDir(".", "go", "version")}
	failing := &contestant{name: "failing", command: inDir(".", "go", "no-such-command")}
	absent := &contestant{name: "absent", command: inDir(".", filepath.Join(b.work, "nobody"))}
	if err := b.measure(ctx, &task{contestants: []*contestant{good, silent, failing, absent}}); err != nil {
		t.Fatal(err)
	}
	if m := good.median(); good.missing != "" || len(good.rounds) != 2 || m.wall <= 0 || m.cpu <= 0 || m.peak < 1e6 {
		t.Errorf("good: %q, %+v", good.missing, good.rounds)
	}
	for c, why := range map[*contestant]string{silent: "did not do the work", failing: "no-such-command", absent: "no such file"} {
		if !strings.Contains(c.missing, why) || c.rounds != nil {
			t.Errorf("%s: %q", c.name, c.missing)
		}
	}
}

func inDir(dir, program string, args ...string) func(context.Context) *exec.Cmd {
	return func(ctx context.Context) *exec.Cmd {
		cmd := exec.CommandContext(ctx, program, args...)
		cmd.Dir = dir
		return cmd
	}
}

// TestMadeUp applies the made-up migrations and builds the made-up schemas.
func TestMadeUp(t *testing.T) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, pgtest.New(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	for _, m := range madeUpMigrations(60) {
		for _, p := range m.pieces {
			if err := conn.PgConn().Exec(ctx, p).Close(); err != nil {
				t.Fatalf("%s: %v\n%s", m.tag, err, p)
			}
		}
	}
	if _, err := conn.Exec(ctx, "DROP SCHEMA public CASCADE; CREATE SCHEMA public"); err != nil {
		t.Fatal(err)
	}
	before, after := madeUpSchema(20, 10)
	for _, step := range [][2]*schema.Schema{{{}, before}, {before, after}} {
		r, err := diff.Compute(step[0], step[1], diff.CreateAll)
		if err != nil {
			t.Fatal(err)
		}
		if r.Empty() {
			t.Error("nothing changes")
		}
		for _, s := range r.Statements() {
			if err := conn.PgConn().Exec(ctx, s).Close(); err != nil {
				t.Fatalf("%v\n%s", err, s)
			}
		}
	}
}

func TestProxy(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	direct := pgtest.New(t)
	p, err := newProxy(ctx, direct)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.since(time.Now()); err == nil {
		t.Error("it noticed a connection that was not made")
	}
	through, err := p.url(direct)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(ctx, through)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	var name string
	if err := conn.QueryRow(ctx, "select current_database()").Scan(&name); err != nil || !strings.HasSuffix(through, "/"+name+"?sslmode=disable") {
		t.Errorf("at %s: %q, %v", through, name, err)
	}
	if took, err := p.since(time.Now()); err != nil || took <= 0 {
		t.Errorf("%v, %v", took, err)
	}
}

func TestSchemaFiles(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"db/a.ts", "db/deep/b.ts", "c.schema.ts"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		patterns []string
		want     int
	}{{[]string{"db"}, 1}, {[]string{"./db/**/*.ts", "*.schema.ts"}, 3}, {[]string{"db/a.ts", "db"}, 1}} {
		if got, err := schemaFiles(dir, c.patterns); err != nil || len(got) != c.want {
			t.Errorf("%q: %q, %v", c.patterns, got, err)
		}
	}
	if _, err := schemaFiles(dir, []string{"nothing/*.ts"}); err == nil {
		t.Error("no files, and no error")
	}
}
