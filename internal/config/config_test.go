package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/diag"
)

func TestParse(t *testing.T) {
	got, err := Parse("skein.yaml", []byte(`# reviewed by the team
upstream: origin/trunk
check:
  base: origin/release
  order:
    - older: 0201_b
      newer: 0200_a
      reason: both ran everywhere on 3 March
  accept:
    - { code: drift-snapshot, object: column users.email, reason: made by hand in 2023 }
    - code: drift-schema
      object: view old
      database: SELECT 1
      reason: it goes with the old app
  rules:
    idx-gap: off
    sql-orphan: "warning"
  postgres: 15
migrate:
  refuse: { rows: 1_000_000, size: 1GB, time: 10s, rewrite: true, waits: false }
  lock-timeout: 0
  lock-retries: 20
  statement-timeout: 10m
  wait: 1h
generated:
  - paths: ["src/client/**", docs/schema.md]
    run: pnpm codegen
`))
	want := &Config{
		File: "skein.yaml", Upstream: "origin/trunk",
		Check: Check{
			Base: "origin/release", Postgres: 15,
			Order: []Exception{{"0201_b", "0200_a", "both ran everywhere on 3 March", 6}},
			Accept: []Acceptance{
				{"drift-snapshot", "column users.email", "", "made by hand in 2023", 10},
				{"drift-schema", "view old", "SELECT 1", "it goes with the old app", 11},
			},
			Rules: []Rule{{"idx-gap", Off, 16}, {"sql-orphan", Warning, 17}},
		},
		Generated: []Generated{{[]string{"src/client/**", "docs/schema.md"}, "pnpm codegen", 26}},
		Migrate: Migrate{
			Refuse:      Refuse{Rows: 1e6, Size: 1 << 30, Time: 10 * time.Second, Rewrite: true},
			LockTimeout: -1, LockRetries: 20, StatementTimeout: 10 * time.Minute, Wait: time.Hour,
		},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	if got.BaseRevision() != "origin/release" || (&Config{Upstream: "up"}).BaseRevision() != "up" {
		t.Error("BaseRevision")
	}
	if err := got.Known([]string{"idx-gap", "sql-orphan"}); err != nil {
		t.Error(err)
	}
	if err := got.Known([]string{"idx-gap", "sql-orphans"}); err == nil ||
		err.Error() != "skein.yaml:17: check.rules: no finding has the code \"sql-orphan\"\nhint: did you mean sql-orphans?" {
		t.Error(err)
	}
	for _, text := range []string{"", "# nothing yet\n", "check:\n", "check: {order: , rules: }\ngenerated:\n"} {
		if c, err := Parse("skein.yaml", []byte(text)); err != nil || c.BaseRevision() != "" {
			t.Errorf("%q: %v, %v", text, c, err)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for text, want := range map[string]string{
		"upstraem: x":                `skein.yaml:1:1: the file has no key "upstraem"|did you mean upstream?`,
		"x: 1":                       `skein.yaml:1:1: the file has no key "x"|the keys are check, databases, generated, migrate, upstream`,
		"check:\n  bse: x":           `skein.yaml:2:3: check has no key "bse"|did you mean base?`,
		"upstream: 5":                `skein.yaml:1:11: upstream is not a text|`,
		"upstream: ' '":              `skein.yaml:1:11: upstream is not a text|`,
		"upstream: a\nupstream: b":   `skein.yaml:2:1: the file has the key "upstream" twice|`,
		"- upstream":                 `skein.yaml:1:1: the file is not a list of key: value|`,
		"upstream: [":                `skein.yaml:1: this is not YAML: |`,
		"\n\"":                       `skein.yaml:2: this is not YAML: |`,
		"check: {order: {older: a}}": `skein.yaml:1:16: check.order is not a list|`,
		"check:\n  order:\n  - {older: a, newer: b}":                                `skein.yaml:3:5: an element of check.order lacks reason|`,
		"check:\n  order:\n  - {older: a, why: b}":                                  `skein.yaml:3:16: an element of check.order has no key "why"|`,
		"check: {accept: [{code: drift-schema, object: view a}]}":                   `skein.yaml:1:18: an element of check.accept lacks reason|`,
		"check: {accept: [{code: sql-orphan}]}":                                     `skein.yaml:1:25: check.accept has the code "sql-orphan", and is for drift-snapshot and drift-schema only|`,
		"check: {accept: [&e {code: drift-schema, object: view a, reason: c}, *e]}": `skein.yaml:1:18: check.accept has drift-schema for view a twice|`,
		"check: {rules: {idx-gap: of}}":                                             `skein.yaml:1:26: check.rules.idx-gap cannot be "of"|did you mean off?`,
		"check: {rules: {idx gap: off}}":                                            `skein.yaml:1:17: "idx gap" is not the code of a finding|`,
		"check: {postgres: 15.2}":                                                   `skein.yaml:1:19: check.postgres is not a major version of PostgreSQL|`,
		"migrate: {refuse: {row: 5}}":                                               `skein.yaml:1:20: migrate.refuse has no key "row"|did you mean rows?`,
		"migrate: {refuse: {rows: many}}":                                           `skein.yaml:1:26: migrate.refuse.rows is not a number of rows|`,
		"migrate: {refuse: {rows: 0}}":                                              `skein.yaml:1:26: migrate.refuse.rows is not a number of rows|`,
		"migrate: {refuse: {size: 5}}":                                              `skein.yaml:1:26: migrate.refuse.size is not a size|size: 1GB`,
		"migrate: {refuse: {size: 0GB}}":                                            `skein.yaml:1:26: migrate.refuse.size is not a size|`,
		"migrate: {refuse: {time: 5}}":                                              `skein.yaml:1:26: migrate.refuse.time is not a time|`,
		"migrate: {refuse: {rewrite: yes please}}":                                  `skein.yaml:1:29: migrate.refuse.rewrite is neither true nor false|`,
		"migrate: {lock-timeout: 3}":                                                `skein.yaml:1:25: migrate.lock-timeout is not a time|for example 10s`,
		"migrate: {lock-retries: -1}":                                               `skein.yaml:1:25: migrate.lock-retries is not a number|`,
		"migrate: {statement-timeout: 0}":                                           `skein.yaml:1:30: migrate.statement-timeout is not a time|`,
		"migrate: {wait: never}":                                                    `skein.yaml:1:17: migrate.wait is not a time|`,
		"generated: [{paths: [a]}]":                                                 `skein.yaml:1:13: an element of generated needs paths and run|`,
		"generated: [{paths: [../a], run: x}]":                                      `skein.yaml:1:13: the path "../a" lies outside of the project|`,
		"generated: [{paths: a, run: x}]":                                           `skein.yaml:1:21: paths is not a list|`,
		"check: {order: [&e {older: a, newer: b, reason: c}, *e]}":                  `skein.yaml:1:17: check.order has the pair a and b twice|`,
	} {
		_, err := Parse("skein.yaml", []byte(text))
		var d *diag.Error
		if !errors.As(err, &d) || d.Kind != diag.Usage || d.Hint == "" {
			t.Errorf("%q: %v", text, err)
			continue
		}
		message, hint, _ := strings.Cut(want, "|")
		if got := d.Position() + ": " + d.Message; !strings.HasPrefix(got, message) || !strings.Contains(d.Hint, hint) {
			t.Errorf("%q: got %s, hint %s; want %s", text, got, d.Hint, want)
		}
	}
}

func TestExcerpt(t *testing.T) {
	_, err := Parse("skein.yaml", []byte("check:\r\n  \"bäse\": x\r\n"))
	if !strings.Contains(err.Error(), "2 |   \"bäse\": x\n  |   ^") {
		t.Error(err)
	}
}

func TestFind(t *testing.T) {
	top := t.TempDir()
	project := filepath.Join(top, "packages", "db")
	for _, dir := range []string{project, filepath.Join(top, ".git"), filepath.Join(top, "packages", "db", "src")} {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	write := func(file string) {
		t.Helper()
		if err := os.WriteFile(file, []byte("upstream: x\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	expect := func(dir, want string) {
		t.Helper()
		if got, err := Find(dir); got != want || err != nil {
			t.Errorf("%s: %q, %v; want %q", dir, got, err, want)
		}
	}
	expect(project, "")
	write(filepath.Join(filepath.Dir(top), Name)) // outside of the repository
	defer os.Remove(filepath.Join(filepath.Dir(top), Name))
	expect(project, "")
	write(filepath.Join(top, Name))
	expect(project, filepath.Join(top, Name))
	write(filepath.Join(project, Name))
	expect(project, filepath.Join(project, Name))
	expect(filepath.Join(project, "src"), filepath.Join(project, Name))

	t.Chdir(project)
	expect(".", Name)
	expect("src", Name)
	if c, err := Load("."); err != nil || c.File != Name || c.Upstream != "x" {
		t.Errorf("%+v, %v", c, err)
	}
	alone := t.TempDir()
	if c, err := Load(alone); err != nil || c.File != "" {
		t.Errorf("%+v, %v", c, err)
	}
	write(filepath.Join(alone, "skein.yml"))
	if _, err := Load(alone); err == nil || !strings.Contains(err.Error(), "has to be called skein.yaml") {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("check:\n  order: [&a {older: x, newer: y, reason: z}, *a]\n  rules: {a: off}\n")
	f.Add("generated:\n- paths: [a]\n  run: x\n? [a]\n: b\n")
	f.Fuzz(func(t *testing.T, text string) {
		_, err := Parse("skein.yaml", []byte(text))
		var d *diag.Error
		if err != nil && (!errors.As(err, &d) || d.Hint == "") {
			t.Errorf("%q: %v", text, err)
		}
	})
}
