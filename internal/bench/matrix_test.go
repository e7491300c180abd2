package main

import (
	"context"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/pgserver/pgtest"
)

// TestVerdicts: the words follow from what was seen, and each thing that can
// go wrong makes a bad one.
func TestVerdicts(t *testing.T) {
	well, badly := outcome{code: 0}, outcome{code: 1}
	for _, c := range []struct {
		seen judged
		want string
	}{
		{atOnce{started: 2, succeeded: 2, done: "1 2", want: "1 2"}, "✓ 2 of 2 succeed, every file ran once"},
		{atOnce{started: 2, succeeded: 2, done: "1 1 2", want: "1 2", again: "1 1 2"}, "✗ 2 of 2 succeed, and not every file ran once"},
		{atOnce{started: 2, succeeded: 1, done: "1", want: "1 2", again: "1 2"}, "✗ 1 of 2 succeed, every file ran once after one more run"},
		{late{code: 0, ran: false}, "✗ skipped in silence, exit code 0"},
		{late{code: 0, named: true}, "✗ named and never applied"},
		{late{code: 1, named: true}, "✓ refused, and named"},
		{noticed{code: 0, done: "1 2"}, "✗ not noticed"},
		{noticed{code: 0, done: "1 2 2", news: []string{"x"}}, "✗ run again"},
		{noticed{code: 1, done: "1 2"}, "✓ noticed, and refused"},
		{failing{told: true, before: "1", now: "1 2 3", again: well}, "✓ the file is undone, the next run goes on"},
		{failing{told: false, before: "", now: "1 2 3", again: well}, "✗ the whole run is undone, PostgreSQL's error is not printed, the next run goes on"},
		{failing{told: true, before: "1", now: "1", again: badly}, "✗ the file is undone, the next run does not go on"},
		{outsideFails{began: true, again: well, done: "1 2", indexes: "one, two"}, "✓ the next run resumes at the statement"},
		{outsideFails{began: true, again: well, done: "1 2", indexes: "one, two (invalid)"}, "✗ the next run says that all is well, and it is not: indexes one, two (invalid)"},
		{outsideFails{began: true, again: badly, directive: "d"}, "✗ stuck: the next run fails as well (with `d`)"},
		{built{last: well, valid: "false"}, "✗ does not work"},
		{stalled{held: 10 * time.Second, longest: 9900 * time.Millisecond, waited: true, last: well, done: "1 2"}, "✗ others wait for as long as it takes"},
		{stalled{held: 10 * time.Second, longest: 3 * time.Second, waited: true, named: true, last: well, done: "1 2"}, "✓ others wait up to 3.0 s of the 10, and it is said who is in the way"},
		{stalled{held: 10 * time.Second, longest: 0, waited: true, last: badly, done: "1"}, "✗ others wait up to 0.0 s of the 10, then it fails"},
		{stalled{held: 10 * time.Second, last: well, done: "1 2"}, "✗ it did not come to wait"},
		{struck{again: well, done: "1 2 2 3"}, "✓ the next run goes on (0.0 s)"},
		{struck{again: well, done: "1 2 3"}, "✗ the next run says that all is well, and it is not"},
		{struck{again: badly, third: well, end: "1 2 2 3"}, "✗ refused until the statement of the killed one has ended"},
		{twice{o: outcome{code: 2, text: "panic: x\n\ngoroutine 1 [running]"}, done: "1"}, "✗ a Go panic"},
		{twice{o: badly, done: "1 2"}, "✗ fails with files 1 2 applied"},
		{used{across: true}, "✗ works in two files, not in one"},
	} {
		if got := c.seen.verdict().mark(); got != c.want {
			t.Errorf("%+v: got %q, want %q", c.seen, got, c.want)
		}
	}
}

// TestTrial puts Skein into the situations that take no time, with the real
// program: what the matrix says of it is what package migrate's tests hold.
func TestTrial(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	ctx := context.Background()
	b := &bench{settings: &settings{}, stderr: io.Discard, work: t.TempDir(), server: pgtest.Server(t)}
	var err error
	if b.root, err = moduleRoot(ctx); err != nil {
		t.Fatal(err)
	}
	b.skein = filepath.Join(b.work, "skein")
	if err := b.build(ctx, b.skein, "./cmd/skein"); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, s := range situations {
		if strings.Contains(s.title, "ALTER TABLE") || strings.Contains(s.title, "kill -9") {
			continue
		}
		c := b.try(ctx, b.skeinTool(), s)
		if got[s.title] = c.verdict.mark(); c.missing != "" {
			t.Errorf("%s: %s", s.title, c.seen())
		}
	}
	want := map[string]string{
		situations[0].title:  "✓ 8 of 8 succeed, every file ran once",
		situations[1].title:  "✓ applied, and named",
		situations[2].title:  "✓ noticed",
		situations[3].title:  "✓ noticed",
		situations[4].title:  "✓ the file is undone, the next run goes on",
		situations[5].title:  "✓ the next run resumes at the statement",
		situations[6].title:  "✓ works",
		situations[9].title:  "✓ both are applied",
		situations[10].title: "✓ works, also in one file",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestNothingNewIsSaid: a tool that says the same before and after is one that
// noticed nothing, whatever times it prints and whatever it draws.
func TestNothingNewIsSaid(t *testing.T) {
	ctx := context.Background()
	b := &bench{work: t.TempDir(), server: pgtest.Server(t)}
	tr, err := b.newTrial(ctx, &tool{})
	if err != nil {
		t.Fatal(err)
	}
	defer tr.end(ctx)
	said := func(text string) []string { return linesOf(tr.clean(text)) }
	before := said("2026/11/28 04:42:52 goose: OK 00001_f1.sql (1.23ms)\n[⣷] applying migrations...\x1b[1G[⣯] applying migrations...[✓] done")
	after := said("2026/11/28 04:42:53 goose: OK 00001_f1.sql (310µs)\n[⣷] applying migrations...[✓] done")
	if !slices.Equal(before, after) {
		t.Error(cmp.Diff(before, after))
	}
	if slices.Equal(before, said("2026/11/28 04:42:53 goose: OK 00002_f2.sql (310µs)\n[✓] done")) {
		t.Error("another file is the same")
	}
}

func TestClients(t *testing.T) {
	ctx := context.Background()
	b := &bench{settings: &settings{rows: 100}, work: t.TempDir(), server: pgtest.Server(t)}
	url, err := b.loadDatabase(ctx)
	if err != nil {
		t.Fatal(err)
	}
	c, err := startClients(ctx, url, 100)
	if err != nil {
		t.Fatal(err)
	}
	c.count()
	for some := 0; some < loadClients; {
		c.mu.Lock()
		some = c.used.done
		c.mu.Unlock()
	}
	u := c.stop()
	if u.err != nil || u.done < loadClients || u.longest <= 0 || u.took <= 0 {
		t.Errorf("%+v", u)
	}
	if again := c.stop(); again != u {
		t.Errorf("after the end: %+v", again)
	}
}
