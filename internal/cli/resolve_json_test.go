package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/gitrepo/gittest"
)

// TestResolvePlanAsData compares the plan as JSON with testdata/resolve_plan.json,
// which -update rewrites: a merge in which statements are kept, told anew and
// dropped, and one with disagreements. docs/json.md has all of its fields.
func TestResolvePlanAsData(t *testing.T) {
	r := gittest.New(t)
	r.Git("config", "user.name", "Ada")
	r.Git("config", "user.email", "ada@example.org")
	r.Write("drizzle.config.json", `{"dialect": "postgresql", "schema": "./schema.ts", "out": "./drizzle"}`)
	branch := func(name, columns, byHand string) {
		r.Write("schema.ts", "import { integer, pgTable, text } from \"drizzle-orm/pg-core\";\nexport const users = pgTable(\"users\", {\n  id: integer().primaryKey(),\n"+columns+"});\n")
		if out, err := skeinIn(t, r.Dir, "generate", "--name", name, "--answers-all", "create").CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if byHand != "" {
			file := "drizzle/0001_" + name + ".sql"
			text, err := os.ReadFile(r.Path(file))
			if err != nil {
				t.Fatal(err)
			}
			r.Write(file, string(text)+"\n--> statement-breakpoint\n"+byHand)
		}
		r.Commit("feat: " + name)
	}
	branch("start", "  email: text(),\n", "")
	r.Git("switch", "--quiet", "--create", "mine")
	branch("mine", "  email: text().default(\"a\"),\n  age: integer(),\n  nick: text(),\n", `UPDATE "users" SET "email" = lower("email");`)
	r.Git("switch", "--quiet", "--create", "theirs", "HEAD^")
	branch("theirs", "  email: text().default(\"b\"),\n  age: integer(),\n", "")
	r.Git("switch", "--quiet", "--create", "dropped", "HEAD^")
	branch("dropped", "", "")

	results := map[string]any{}
	for _, upstream := range []string{"theirs", "dropped"} {
		for _, take := range [][]string{nil, {"--take", "local:users.email"}, {"--take", "upstream"}} {
			r.Git("switch", "--quiet", "mine")
			_, _ = r.Try("merge", upstream)
			out, _ := skeinIn(t, r.Dir, append([]string{"resolve", "--dry-run", "--format", "json"}, take...)...).Output() // 1 for disagreements
			r.Git("merge", "--abort")
			name := upstream
			if len(take) > 0 {
				name += " " + take[1]
			}
			var value map[string]any
			if err := json.Unmarshal(out, &value); err != nil {
				t.Fatalf("%s: %v\n%s", name, err, out)
			}
			for _, problem := range jsonPage().compare("resolve", value) {
				t.Errorf("%s: docs/json.md: %s", name, problem)
			}
			results[name] = value
		}
	}
	got, err := json.MarshalIndent(results, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(regexp.MustCompile(`[0-9a-f]{40}`).ReplaceAll(got, []byte("(commit)")), '\n')
	golden := filepath.Join("testdata", "resolve_plan.json")
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Error(diff)
	}
}
