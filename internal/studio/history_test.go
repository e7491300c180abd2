package studio

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/skein-db/skein/internal/catalog"
	"github.com/skein-db/skein/internal/config"
	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/migrate"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
	"github.com/skein-db/skein/internal/sqltext"
)

// state is a schema of the test's project: users, and posts from the second on.
func state(n int) *schema.Schema {
	id := schema.Column{Name: "id", Type: "integer", PrimaryKey: true, NotNull: true}
	users := schema.Table{Schema: "public", Name: "users", Columns: []schema.Column{id, {Name: "name", Type: "text"}}}
	s := &schema.Schema{Tables: []schema.Table{users}}
	if n > 0 {
		s.Tables[0].Columns[1] = schema.Column{Name: "full_name", Type: "text", NotNull: true}
		s.Tables = append(s.Tables, schema.Table{
			Schema: "public", Name: "posts", Columns: []schema.Column{id, {Name: "author", Type: "integer"}},
			ForeignKeys: []schema.ForeignKey{{Name: "posts_author_users_id_fk", Columns: []string{"author"}, ToSchema: "public", ToTable: "users", ToColumns: []string{"id"}, OnDelete: "cascade", OnUpdate: "no action"}},
		})
		s.Enums = []schema.Enum{{Schema: "public", Name: "mood", Values: []string{"ok"}}}
	}
	return s
}

// folder writes a history: a start, a change with a rename and a tail, and a
// custom migration.
func folder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "drizzle")
	h, err := history.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	before, last := &schema.Schema{}, "00000000-0000-0000-0000-000000000000"
	rename := diff.ResolverFunc(func(q diff.Question) (diff.Answer, error) {
		if q.Kind == diff.KindColumn {
			return diff.Answer{Rename: true, From: q.Candidates[0]}, nil
		}
		return diff.Answer{}, nil
	})
	for i, name := range []string{"start", "posts", "fill"} {
		after := state(i)
		changes, err := diff.Compute(before, after, rename)
		if err != nil {
			t.Fatal(err)
		}
		sql := sqltext.Join(changes.Statements(), true)
		switch name {
		case "posts":
			sql += "\n--> statement-breakpoint\nUPDATE \"users\" SET \"full_name\" = '' WHERE \"full_name\" = 'x';"
		case "fill":
			sql = "INSERT INTO users VALUES (1, 'Ada');"
		}
		id := uuid.NewString()
		if _, err := h.Append(history.Draft{Name: name, SQL: sql, Snapshot: snapshot.New(id, last, after), Breakpoints: true, Now: time.UnixMilli(1700000000000 + int64(i))}); err != nil {
			t.Fatal(err)
		}
		before, last = after, id
	}
	return dir
}

// withFolder gives a studio a project.
func withFolder(dir string) func(*Options) {
	return func(o *Options) {
		o.Project = &Project{
			Config: "drizzle.config.ts", Folder: dir,
			Schema: func(context.Context) (*schema.Schema, error) { return state(1), nil },
			Check: func(context.Context) ([]finding.Finding, error) {
				return []finding.Finding{{Code: "x", Severity: finding.Warning, Migration: "0001_posts", Message: "look at this"}, {Code: "y", Severity: finding.Error, Message: "elsewhere"}}, nil
			},
		}
	}
}

func TestNoProject(t *testing.T) {
	s := start(t, "")
	s.refused(404, "GET", "/api/history", nil, "drizzle.config")
	s.refused(404, "GET", "/api/plan", nil, "drizzle.config")
}

func TestHistory(t *testing.T) {
	dir := folder(t)
	s := start(t, "", withFolder(dir))
	h, err := history.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	conn, _ := s.server.options.Connect(t.Context())
	defer conn.Close(context.Background())
	h.Migrations = h.Migrations[:1]
	plan, err := migrate.Plan(t.Context(), conn, h, migrate.Target{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := migrate.Apply(t.Context(), conn, plan, migrate.Options{}); err != nil {
		t.Fatal(err)
	}
	var got historyAnswer
	s.get(&got, "GET", "/api/history", nil)
	var told []string
	for _, e := range got.Entries {
		told = append(told, fmt.Sprint(e.Tag, " ", e.State, " ", e.Statements, " ", e.Custom, " ", e.Tail, " ", e.Snapshot, " ", e.Findings))
	}
	want := []string{"0000_start applied 1 false false true {0 0 0}", "0001_posts pending 5 false true true {0 1 0}", "0002_fill pending 1 true false true {0 0 0}"}
	if d := cmp.Diff(want, told); d != "" || len(got.Others) != 1 || got.Counts.Pending != 2 {
		t.Error(d, got)
	}
	var one migrationAnswer
	s.get(&one, "GET", "/api/history/0001_posts", nil)
	told = nil
	for _, x := range one.Statements {
		words := strings.Fields(strings.Split(one.SQL, "\n")[x.Line-1])
		told = append(told, fmt.Sprint(words[0], " ", words[2], " ", x.Generated, " ", x.Lock, " ", x.Blocks))
	}
	want = []string{`CREATE "public"."mood" true  `, `CREATE "posts" true  `, `ALTER "users" true ACCESS EXCLUSIVE reads and writes`, `ALTER "posts" true SHARE ROW EXCLUSIVE writes`, `UPDATE SET false ROW EXCLUSIVE `}
	if d := cmp.Diff(want, told); d != "" {
		t.Error(d)
	}
	if len(one.Findings) != 1 || len(one.Changes) == 0 || one.Edited != nil || one.SQL == "" {
		t.Errorf("got %+v", one)
	}
	s.refused(404, "GET", "/api/history/nobody", nil, "no migration nobody")
	if err := os.WriteFile(filepath.Join(dir, "0000_start.sql"), []byte("SELECT 1;"), 0o644); err != nil {
		t.Fatal(err)
	}
	s.get(&one, "GET", "/api/history/0000_start", nil)
	if one.Edited == nil {
		t.Errorf("got %+v", one)
	}
	if err := os.WriteFile(filepath.Join(dir, "meta", "_journal.json"), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	s.refused(400, "GET", "/api/history", nil, "_journal.json")
}

func TestSchema(t *testing.T) {
	s := start(t, "CREATE TABLE extra (id int PRIMARY KEY, at timestamptz UNIQUE)", withFolder(folder(t)))
	var points []pointAnswer
	s.get(&points, "GET", "/api/schema/points", nil)
	if len(points) != 5 || points[2].At != "0000_start" || points[2].When == nil {
		t.Errorf("points: %+v", points)
	}
	var graph graphAnswer
	s.get(&graph, "GET", "/api/schema?at=live", nil)
	if len(graph.Tables) != 1 || graph.Tables[0].Name != "extra" || !graph.Tables[0].Columns[0].Primary || !graph.Tables[0].Columns[1].Unique {
		t.Errorf("live: %+v", graph)
	}
	for _, at := range []string{"files", "0001_posts"} {
		s.get(&graph, "GET", "/api/schema?at="+at, nil)
		if len(graph.Tables) != 2 || len(graph.ForeignKeys) != 1 || graph.ForeignKeys[0].To.Name != "users" || !graph.Tables[1].Columns[1].Foreign || graph.Enums[0].Values[0] != "ok" {
			t.Errorf("%s: %+v", at, graph)
		}
	}
	s.refused(404, "GET", "/api/schema?at=nobody", nil, "no migration nobody")
	var d differenceAnswer
	s.get(&d, "GET", "/api/schema/difference?from=0000_start&to=files", nil)
	if len(d.Tables.Added) != 1 || d.Tables.Added[0].Name != "posts" || len(d.Tables.Changed) != 1 || d.Tables.Changed[0].Columns.Added[0] != "full_name" || d.Tables.Changed[0].Columns.Removed[0] != "name" || len(d.SQL) == 0 || len(d.Changes) == 0 || len(d.Notes) != 0 {
		t.Errorf("difference: %+v", d)
	}
	s.get(&d, "GET", "/api/schema/difference?from=live&to=files", nil)
	if len(d.Tables.Removed) != 1 || len(d.Notes) != 1 {
		t.Errorf("difference: %+v", d)
	}
}

// What the schema files name is read of the database, whatever the config leaves
// out: roles, and schemas that schemaFilter does not have.
func TestDifferenceReadsWhatIsNamed(t *testing.T) {
	role := "reader_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	named := &schema.Schema{
		Schemas: []string{"shop"},
		Roles:   []schema.Role{{Name: role, Inherit: true}},
		Tables:  []schema.Table{{Schema: "shop", Name: "items", Columns: []schema.Column{{Name: "id", Type: "integer", PrimaryKey: true, NotNull: true}}}},
	}
	s := start(t, "CREATE ROLE "+role+"; CREATE SCHEMA shop; CREATE TABLE shop.items (id int PRIMARY KEY); CREATE SCHEMA others; CREATE TABLE others.own (id int)",
		func(o *Options) {
			o.Project = &Project{
				Filter: catalog.Options{Schemas: []string{"public"}},
				Schema: func(context.Context) (*schema.Schema, error) { return named, nil },
			}
		})
	t.Cleanup(func() { _, _ = s.db.Exec(context.Background(), "DROP ROLE "+role) })
	for _, query := range []string{"from=live&to=files", "from=files&to=live"} {
		var d differenceAnswer
		s.get(&d, "GET", "/api/schema/difference?"+query, nil)
		if len(d.SQL) != 0 {
			t.Errorf("%s: %q", query, d.SQL)
		}
	}
}

// apply returns the lines of applying.
func (s *studioTest) apply(ask object) []object {
	s.Helper()
	answer, err := s.client.Do(s.request("POST", "/api/apply", ask))
	if err != nil {
		s.Fatal(err)
	}
	defer answer.Body.Close()
	var all []object
	for scanner := bufio.NewScanner(answer.Body); scanner.Scan(); {
		var line object
		if err := json.Unmarshal(scanner.Bytes(), &line); err != nil {
			s.Fatal(err)
		}
		all = append(all, line)
	}
	return all
}

func TestPlanAndApply(t *testing.T) {
	dir := folder(t)
	s := start(t, "", withFolder(dir), writing)
	var plan struct {
		Status, Digest string
		Pending        []object
		Target         object
	}
	s.get(&plan, "GET", "/api/plan", nil)
	if plan.Status != "pending" || len(plan.Pending) != 3 || plan.Digest == "" || plan.Target == nil {
		t.Errorf("plan: %+v", plan)
	}
	s.refused(409, "POST", "/api/apply", object{"id": "a", "digest": "other"}, "not the one that was shown")
	lines := s.apply(object{"id": "a", "digest": plan.Digest})
	last := lines[len(lines)-1]
	if lines[0]["type"] != "migration_start" || last["type"] != "end" || last["ok"] != true || len(last["applied"].([]any)) != 3 {
		t.Errorf("apply: %v", lines)
	}
	if got := s.value("SELECT full_name FROM users"); got != "Ada" {
		t.Errorf("got %s", got)
	}
	s.refused(409, "POST", "/api/apply", object{"id": "a", "digest": plan.Digest}, "nothing is pending any more")
	s.get(&plan, "GET", "/api/plan", nil)
	if plan.Status != "nothing_to_do" {
		t.Errorf("plan: %+v", plan)
	}
}

func TestApplyChanged(t *testing.T) {
	dir := folder(t)
	s := start(t, "", withFolder(dir), writing)
	var plan struct{ Digest string }
	s.get(&plan, "GET", "/api/plan", nil)
	if err := os.WriteFile(filepath.Join(dir, "0002_fill.sql"), []byte("DROP TABLE users;"), 0o644); err != nil {
		t.Fatal(err)
	}
	s.refused(409, "POST", "/api/apply", object{"id": "a", "digest": plan.Digest}, "not the one that was shown")
	if got := s.value("SELECT count(*)::text FROM pg_tables WHERE schemaname = 'public'"); got != "0" {
		t.Errorf("%s tables", got)
	}
}

func TestApplyRefused(t *testing.T) {
	dir := folder(t)
	s := start(t, "", withFolder(dir))
	var plan struct{ Digest string }
	s.get(&plan, "GET", "/api/plan", nil)
	s.refused(403, "POST", "/api/apply", object{"id": "a", "digest": plan.Digest}, "--write")
	if err := os.WriteFile(filepath.Join(dir, "0000_start.sql"), []byte("ALTER TABLE held ALTER COLUMN a TYPE bigint;"), 0o644); err != nil {
		t.Fatal(err)
	}
	limited := start(t, "CREATE TABLE held (a int); INSERT INTO held SELECT generate_series(1, 1000); ANALYZE held", withFolder(dir), writing, func(o *Options) {
		o.Project.Team = func() (config.Migrate, error) { return config.Migrate{Refuse: config.Refuse{Rewrite: true}}, nil }
	})
	limited.get(&plan, "GET", "/api/plan", nil)
	limited.refused(409, "POST", "/api/apply", object{"id": "a", "digest": plan.Digest}, "migrate.refuse")
}

// TestApplyAsTeamSays: what skein.yaml says of the waiting for locks counts here
// as in the command line.
func TestApplyAsTeamSays(t *testing.T) {
	dir := folder(t)
	s := start(t, "CREATE TABLE held (a int)", withFolder(dir), writing, func(o *Options) {
		o.Project.Team = func() (config.Migrate, error) {
			return config.Migrate{LockTimeout: 50 * time.Millisecond, LockRetries: -1}, nil
		}
	})
	if err := os.WriteFile(filepath.Join(dir, "0000_start.sql"), []byte("ALTER TABLE held ADD COLUMN b int;"), 0o644); err != nil {
		t.Fatal(err)
	}
	tx, err := s.db.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.Background())
	if _, err := tx.Exec(t.Context(), "LOCK TABLE held"); err != nil {
		t.Fatal(err)
	}
	var plan struct{ Digest string }
	s.get(&plan, "GET", "/api/plan", nil)
	lines := s.apply(object{"id": "a", "digest": plan.Digest})
	for _, line := range lines {
		if line["type"] == "retry" {
			t.Errorf("tried again: %v", line)
		}
	}
	failed, _ := lines[len(lines)-1]["error"].(map[string]any)
	if !strings.Contains(fmt.Sprint(failed), "50ms") && failed["code"] != "55P03" {
		t.Errorf("got %v", lines)
	}
}

// TestApplyCanceled cancels while a migration waits for a lock.
func TestApplyCanceled(t *testing.T) {
	dir := folder(t)
	s := start(t, "CREATE TABLE held (a int)", withFolder(dir), writing)
	if err := os.WriteFile(filepath.Join(dir, "0000_start.sql"), []byte("ALTER TABLE held ADD COLUMN b int;"), 0o644); err != nil {
		t.Fatal(err)
	}
	tx, err := s.db.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.Background())
	if _, err := tx.Exec(t.Context(), "LOCK TABLE held"); err != nil {
		t.Fatal(err)
	}
	other, err := s.server.options.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close(context.Background())
	var plan struct{ Digest string }
	s.get(&plan, "GET", "/api/plan", nil)
	done := make(chan []object)
	go func() { done <- s.apply(object{"id": "a", "digest": plan.Digest}) }()
	for waiting := false; !waiting; {
		if err := other.QueryRow(t.Context(), "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database())").Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	var answer struct{ Canceled bool }
	s.get(&answer, "POST", "/api/apply/cancel", object{"id": "a"})
	lines := <-done
	if last := lines[len(lines)-1]; !answer.Canceled || last["ok"] != false || last["canceled"] != true {
		t.Errorf("got %v %v", answer, lines)
	}
}
