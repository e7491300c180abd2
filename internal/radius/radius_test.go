package radius

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/config"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
	"github.com/skein-db/skein/internal/sqltree"
)

// world is a database as an application may have it after a while.
const world = `
CREATE TYPE kind AS ENUM ('a', 'b');
CREATE TABLE users (id integer PRIMARY KEY, email varchar(80) NOT NULL, age integer, bio text, CONSTRAINT aged CHECK (age IS NOT NULL));
INSERT INTO users SELECT n, 'somebody' || n || '@example.com', n % 90, repeat('x', 100) FROM generate_series(1, 300000) n;
CREATE INDEX users_email ON users (email);
CREATE INDEX users_lower ON users (lower(email));
CREATE TABLE posts (id integer PRIMARY KEY, author integer, title text);
INSERT INTO posts SELECT n, n, 'title' FROM generate_series(1, 1000) n;
CREATE TABLE "Order Lines" (id integer, total integer, kind kind);
INSERT INTO "Order Lines" SELECT n, n, 'a' FROM generate_series(1, 50000) n;
CREATE TABLE none (id integer PRIMARY KEY, a integer);
CREATE TABLE log (id integer, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE log_old PARTITION OF log FOR VALUES FROM ('2000-01-01') TO ('2020-01-01');
CREATE TABLE log_rest PARTITION OF log DEFAULT;
INSERT INTO log SELECT n, '2010-01-01' FROM generate_series(1, 40000) n;
CREATE VIEW adults AS SELECT id, age FROM users WHERE age > 17;
CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER stamp BEFORE UPDATE ON posts FOR EACH ROW EXECUTE FUNCTION nothing();
ALTER TABLE "Order Lines" SET (autovacuum_enabled = off);
ANALYZE users, posts, none, log, log_old, log_rest;`

var (
	worldOnce sync.Once
	worldURL  string
)

// theWorld returns the URL of a database that looks like world. All tests
// share it: none changes it.
func theWorld(t testing.TB) string {
	t.Helper()
	worldOnce.Do(func() {
		url, err := pgtest.Server(t).CreateDatabase(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		connect(t, url).run(world)
		worldURL = url
	})
	if worldURL == "" {
		t.Fatal("the world was not made")
	}
	return worldURL
}

type client struct {
	*pgx.Conn
	t testing.TB
}

func connect(t testing.TB, url string) *client {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return &client{conn, t}
}

func (s *client) run(sql string) {
	s.t.Helper()
	if _, err := s.Exec(context.Background(), sql, pgx.QueryExecModeSimpleProtocol); err != nil {
		s.t.Fatal(err)
	}
}

// planOf is a plan of migrations that are a transaction each.
func planOf(texts ...string) Plan {
	p := Plan{Record: sqltree.Name{Schema: "drizzle", Name: "__drizzle_migrations"}}
	for i, text := range texts {
		p.Migrations = append(p.Migrations, Pending{Tag: fmt.Sprintf("%04d", i), SQL: text, Stretches: []Stretch{{0, len(text)}}})
	}
	return p
}

func (s *client) read(p Plan) *Report {
	s.t.Helper()
	r, err := Read(context.Background(), s.Conn, p)
	if err != nil {
		s.t.Fatal(err)
	}
	if status := s.PgConn().TxStatus(); status != 'I' {
		s.t.Fatalf("a transaction is open: %c", status)
	}
	return r
}

// said is a statement in one line, without what depends on the machine.
func (s *Statement) said() string {
	var parts []string
	for _, l := range s.Locks {
		text := short(l.Table.Name) + " " + l.Level.String()
		if l.Maybe {
			text += "?"
		}
		if l.Had {
			text += " (had)"
		}
		if l.Later && l.Held.To > 0 {
			text += " (for later)"
		}
		parts = append(parts, text)
	}
	for _, w := range s.Work {
		text := string(w.Kind) + " " + short(w.Table.Name)
		if w.Index != "" {
			text += "." + w.Index
		}
		if w.Maybe {
			text += "?"
		}
		parts = append(parts, text)
	}
	for _, w := range s.Waits {
		text := "waits for " + w.Session.Application
		if w.Table != nil {
			text += " with " + w.Level.String()
		}
		parts = append(parts, text)
	}
	parts = append(parts, s.Notes...)
	return string(s.Risk) + ": " + strings.Join(parts, "; ")
}

func TestStatements(t *testing.T) {
	conn := connect(t, theWorld(t))
	for sql, want := range map[string]string{
		// Nothing that is there.
		"CREATE TABLE fresh (id int); CREATE INDEX ON fresh (id); UPDATE fresh SET id = 1": "none: \nnone: \nnone: ",
		"DROP TABLE IF EXISTS nowhere": "none: ",
		// A moment.
		"ALTER TABLE users ADD COLUMN x int":                                                   "moment: users ACCESS EXCLUSIVE",
		"CREATE TABLE fresh (id int REFERENCES users)":                                         "moment: users SHARE ROW EXCLUSIVE",
		"CREATE TABLE fresh (id int); ALTER TABLE fresh ADD FOREIGN KEY (id) REFERENCES users": "none: \nmoment: users SHARE ROW EXCLUSIVE",
		"ALTER TABLE none ALTER COLUMN a TYPE bigint":                                          "moment: none ACCESS EXCLUSIVE",
		"ALTER TABLE users ALTER COLUMN age SET NOT NULL":                                      "moment: users ACCESS EXCLUSIVE",
		"ALTER TABLE users ALTER COLUMN email TYPE text":                                       "blocking: users ACCESS EXCLUSIVE; build users.users_lower",
		"ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0) NOT VALID":                         "moment: users ACCESS EXCLUSIVE",
		// Nothing that takes a second.
		"ALTER TABLE posts ALTER COLUMN author TYPE bigint": "moment: posts ACCESS EXCLUSIVE; rewrite posts",
		"UPDATE posts SET title = ''":                       "busy: posts ROW EXCLUSIVE; change posts; triggers of posts run too: stamp",
		// What others wait for.
		"ALTER TABLE users ALTER COLUMN id TYPE bigint USING id":      "blocking: users ACCESS EXCLUSIVE; rewrite users; PostgreSQL refuses this while view adults reads users.id",
		"ALTER TABLE users ALTER COLUMN bio TYPE varchar(500)":        "blocking: users ACCESS EXCLUSIVE; rewrite users",
		"CREATE INDEX more ON users (bio)":                            "blocking: users SHARE; build users.more",
		"CREATE INDEX more ON users USING gin (bio)":                  "blocking: users SHARE; build users.more",
		"ALTER TABLE users ADD FOREIGN KEY (age) REFERENCES posts":    "blocking: posts SHARE ROW EXCLUSIVE; users SHARE ROW EXCLUSIVE; scan users",
		"ALTER TABLE posts ADD FOREIGN KEY (author) REFERENCES users": "moment: posts SHARE ROW EXCLUSIVE; users SHARE ROW EXCLUSIVE; scan posts",
		"UPDATE users SET age = 1":                                    "blocking: users ROW EXCLUSIVE; change users",
		"UPDATE users SET age = 1 WHERE id = 5":                       "busy: users ROW EXCLUSIVE; change users?",
		"DELETE FROM users":                                           "blocking: users ROW EXCLUSIVE; change users",
		// Partitions and their parent.
		"ALTER TABLE log ALTER COLUMN id SET NOT NULL":                                           "moment: log ACCESS EXCLUSIVE; log_old ACCESS EXCLUSIVE; log_rest ACCESS EXCLUSIVE; scan log_old",
		"CREATE TABLE log_new PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2030-01-01')": "moment: log ACCESS EXCLUSIVE; log_rest ACCESS EXCLUSIVE",
		// The plan is followed.
		"ALTER TABLE users RENAME TO people; ALTER TABLE people ALTER COLUMN bio TYPE varchar(500)": "blocking: users ACCESS EXCLUSIVE (for later)\nblocking: users ACCESS EXCLUSIVE (had); rewrite users",
		"TRUNCATE users; ALTER TABLE users ALTER COLUMN bio TYPE varchar(500)":                      "moment: users ACCESS EXCLUSIVE\nmoment: users ACCESS EXCLUSIVE (had)",
		"DROP VIEW adults; ALTER TABLE users DROP COLUMN age":                                       "moment: adults ACCESS EXCLUSIVE\nmoment: users ACCESS EXCLUSIVE",
		"ALTER TABLE users DROP COLUMN age":                                                         "blocking: users ACCESS EXCLUSIVE; PostgreSQL refuses this while view adults reads users.age",
		"ALTER TABLE posts ADD COLUMN x int; CREATE INDEX more ON users (bio)":                      "blocking: posts ACCESS EXCLUSIVE (for later)\nblocking: users SHARE; build users.more",
		`DO $$ BEGIN IF true THEN ALTER TABLE users ADD COLUMN x int; END IF; END $$`:               "moment: users ACCESS EXCLUSIVE?",
		`DO $$ BEGIN EXECUTE 'select 1'; END $$`:                                                    "busy: ",
	} {
		r := conn.read(planOf(sql))
		var got []string
		for i := range r.Migrations[0].Statements {
			got = append(got, r.Migrations[0].Statements[i].said())
		}
		if text := strings.Join(got, "\n"); text != want {
			t.Errorf("%s\ngot  %s\nwant %s", sql, text, want)
		}
	}
}

func TestTables(t *testing.T) {
	conn := connect(t, theWorld(t))
	r := conn.read(planOf(`ALTER TABLE users ADD COLUMN x int; ALTER TABLE "Order Lines" ALTER COLUMN total TYPE bigint; ALTER TABLE log ADD COLUMN x int;`))
	byName := map[string]*Table{}
	for _, table := range r.Tables {
		byName[table.Name.Name] = table
	}
	if names := len(byName); names != 5 {
		t.Errorf("%d tables", names)
	}
	var bytes, indexes int64
	err := conn.QueryRow(context.Background(), "SELECT pg_table_size('users'), pg_indexes_size('users')").Scan(&bytes, &indexes)
	if err != nil {
		t.Fatal(err)
	}
	users := byName["users"]
	if users.Rows < 295000 || users.Rows > 305000 || users.Bytes != bytes || users.IndexBytes() != indexes || len(users.Indexes) != 3 {
		t.Errorf("%+v, %d and %d bytes", users, bytes, indexes)
	}
	lines := byName["Order Lines"]
	if lines.Rows != -1 || lines.Bytes == 0 || lines.mostRows() < 50000 || !strings.HasPrefix(lines.Size(), "an unknown number of rows (never analysed), ") {
		t.Errorf("%+v %s", lines, lines.Size())
	}
	if byName["log"].Partitions != 2 || byName["log"].Heap != 0 {
		t.Errorf("%+v", byName["log"])
	}
	for _, w := range r.Migrations[0].Statements[1].Work {
		if w.Time.To == 0 || w.Space < lines.Bytes {
			t.Errorf("%+v", w)
		}
	}
}

// TestWaits: somebody else is there while the plan is made.
func TestWaits(t *testing.T) {
	url := theWorld(t)
	as := func(name, sql string) *client {
		s := connect(t, url)
		s.run("SET application_name = '" + name + "'")
		s.run(sql)
		return s
	}
	conn := connect(t, url)
	ask := func(sql string) *Report { t.Helper(); return conn.read(planOf(sql)) }
	expect := func(sql, want string) {
		t.Helper()
		if got := ask(sql).Migrations[0].Statements[0].said(); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", sql, got, want)
		}
	}
	reader := as("reader", "BEGIN; SELECT count(*) FROM posts")
	expect("ALTER TABLE posts ADD COLUMN x int", "blocking: posts ACCESS EXCLUSIVE; waits for reader with ACCESS SHARE")
	expect("CREATE INDEX i ON posts (title)", "moment: posts SHARE; build posts.i")
	expect("ALTER TABLE none ADD COLUMN x int", "moment: none ACCESS EXCLUSIVE")
	expect("CREATE TABLE posts2 (id int)", "none: ")

	r := ask("ALTER TABLE posts ADD COLUMN x int; ALTER TABLE posts ADD COLUMN y int")
	if len(r.Sessions) != 1 || r.Sessions[0].State != "idle in transaction" || r.Sessions[0].Query != "BEGIN; SELECT count(*) FROM posts" {
		t.Errorf("%+v", r.Sessions)
	}
	if second := r.Migrations[0].Statements[1]; len(second.Waits) != 0 || !second.Locks[0].Had {
		t.Error(second.said())
	}
	reader.run("ROLLBACK")

	writer := as("writer", "BEGIN; UPDATE posts SET title = 'x' WHERE id = 1")
	expect("CREATE INDEX i ON posts (title)", "blocking: posts SHARE; build posts.i; waits for writer with ROW EXCLUSIVE")
	expect("CREATE INDEX CONCURRENTLY i ON posts (title)", "busy: posts SHARE UPDATE EXCLUSIVE; build posts.i; waits for writer")
	writer.run("ROLLBACK")

	// Somebody has a table locked away: nothing of that table is asked for
	// that would wait, and still it is told how large it is.
	locker := as("locker", "BEGIN; LOCK TABLE users; LOCK TABLE \"Order Lines\"")
	began := time.Now()
	r = ask("ALTER TABLE users ALTER COLUMN bio TYPE varchar(500)")
	if s := r.Migrations[0].Statements[0]; s.said() != "blocking: users ACCESS EXCLUSIVE; rewrite users; waits for locker with ACCESS EXCLUSIVE" || s.Work[0].Table.Bytes == 0 {
		t.Error(s.said(), s.Work)
	}
	t.Log("with a locked table it took", time.Since(began))
	locker.run("ROLLBACK")

	prepared := connect(t, url)
	var most int
	if err := prepared.QueryRow(context.Background(), "SELECT current_setting('max_prepared_transactions')::int").Scan(&most); err != nil {
		t.Fatal(err)
	}
	if most > 0 {
		prepared.run("BEGIN; LOCK TABLE posts IN SHARE MODE; PREPARE TRANSACTION 'left over'")
		r = ask("ALTER TABLE posts ADD COLUMN x int")
		if waits := r.Migrations[0].Statements[0].Waits; len(waits) != 1 || waits[0].Session.Name() != `prepared transaction "left over"` {
			t.Errorf("%+v", waits)
		}
		prepared.run("ROLLBACK PREPARED 'left over'")
	}
}

func TestRefusals(t *testing.T) {
	conn := connect(t, theWorld(t))
	for _, c := range []struct {
		sql     string
		limits  config.Refuse
		allowed string
		want    string // rules, and tables
	}{
		{"ALTER TABLE users ALTER COLUMN bio TYPE varchar(500)", config.Refuse{}, "", ""},
		{"ALTER TABLE users ALTER COLUMN bio TYPE varchar(500)", config.Refuse{Rows: 1000, Size: 1 << 20, Time: time.Second, Rewrite: true}, "", "rows,size,time,rewrite users"},
		{"ALTER TABLE users ALTER COLUMN bio TYPE varchar(500)", config.Refuse{Rows: 1000}, "users", ""},
		{"ALTER TABLE users ALTER COLUMN bio TYPE varchar(500)", config.Refuse{Rows: 1000}, "public.users", ""},
		{"ALTER TABLE users ALTER COLUMN bio TYPE varchar(500)", config.Refuse{Rows: 1000}, "posts", "rows users"},
		{"ALTER TABLE users ALTER COLUMN bio TYPE varchar(500)", config.Refuse{Rows: 1000, Rewrite: true}, "rows", "rewrite users"},
		{"ALTER TABLE users ALTER COLUMN bio TYPE varchar(500)", config.Refuse{Rows: 1000000}, "", ""},
		{"ALTER TABLE users ADD COLUMN x int", config.Refuse{Rows: 1000, Size: 1 << 20, Rewrite: true}, "", ""},
		{"CREATE INDEX CONCURRENTLY i ON users (bio)", config.Refuse{Rows: 1000}, "", ""},
		{"CREATE INDEX i ON users (bio)", config.Refuse{Rows: 1000}, "", "rows users"},
		{"UPDATE users SET age = 1", config.Refuse{Rows: 1000}, "", "rows users"},
		{"UPDATE users SET age = 1 WHERE id = 1", config.Refuse{Rows: 1000}, "", ""},
		{`CREATE INDEX i ON "Order Lines" (id)`, config.Refuse{Rows: 49000}, "", "rows Order Lines"}, // never analysed
		{`CREATE INDEX i ON "Order Lines" (id)`, config.Refuse{Rows: 49000}, "Order Lines", ""},
		{"ALTER TABLE posts ADD COLUMN x int; CREATE INDEX i ON users (bio)", config.Refuse{Rows: 500}, "users", "rows posts"},
	} {
		var got []string
		for _, f := range conn.read(planOf(c.sql)).Refusals(c.limits, []string{c.allowed}) {
			got = append(got, strings.Join(f.Rules, ",")+" "+f.Table.Name.Name)
		}
		if text := strings.Join(got, "; "); text != c.want {
			t.Errorf("%s %+v %s: %q, want %q", c.sql, c.limits, c.allowed, text, c.want)
		}
	}
}

// TestParts: locks are held to the end of the transaction, not longer, and
// what an earlier run has done is left out.
func TestParts(t *testing.T) {
	conn := connect(t, theWorld(t))
	first, second := "ALTER TABLE posts ADD COLUMN x int;", "CREATE INDEX more ON users (bio);"
	said := func(p Plan) (out []string) {
		for _, m := range conn.read(p).Migrations {
			for i := range m.Statements {
				out = append(out, m.Statements[i].said())
			}
		}
		return out
	}
	held, alone, index := "blocking: posts ACCESS EXCLUSIVE (for later)", "moment: posts ACCESS EXCLUSIVE", "blocking: users SHARE; build users.more"
	text := first + second
	cut := Plan{Migrations: []Pending{{SQL: text, Stretches: []Stretch{{0, len(first)}, {len(first), len(text)}}}}}
	done := Plan{Migrations: []Pending{{SQL: text, Stretches: []Stretch{{len(first), len(text)}}}}}
	two := planOf(first, second)
	whole := two
	whole.Whole = true
	for name, c := range map[string]struct {
		plan Plan
		want []string
	}{"one": {planOf(text), []string{held, index}}, "cut": {cut, []string{alone, index}}, "done": {done, []string{index}}, "two": {two, []string{alone, index}}, "whole": {whole, []string{held, index}}} {
		if diff := cmp.Diff(c.want, said(c.plan)); diff != "" {
			t.Error(name, diff)
		}
	}
}

func TestEmpty(t *testing.T) {
	url := pgtest.New(t)
	conn := connect(t, url)
	conn.run(`CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id int); CREATE TABLE drizzle.__skein_log (id int)`)
	if r := conn.read(planOf("this is no SQL that a parser would take")); !r.Empty || len(r.Migrations) != 1 {
		t.Errorf("%+v", r)
	}
	if r := conn.read(planOf()); !r.Empty {
		t.Errorf("%+v", r)
	}
	conn.run("CREATE TABLE drizzle.other (id int)")
	if r := conn.read(planOf("SELECT 1; this is none")); r.Empty || len(r.Migrations[0].Statements) != 2 {
		t.Errorf("%+v", r)
	}
}

// TestPlainRole: nothing needs privileges, and what may not be seen is left out.
func TestPlainRole(t *testing.T) {
	url := theWorld(t)
	owner := connect(t, url)
	owner.run("SET application_name = 'owner'; BEGIN; SELECT FROM posts")
	admin := connect(t, url)
	role := "plain_" + admin.Config().Database
	admin.run(fmt.Sprintf("CREATE ROLE %q LOGIN PASSWORD 'x'; SET ROLE %q", role, role))
	t.Cleanup(func() { admin.run(fmt.Sprintf("RESET ROLE; DROP ROLE %q", role)) })
	r := admin.read(planOf("ALTER TABLE posts ADD COLUMN x int"))
	s := r.Migrations[0].Statements[0]
	if s.Risk != Blocking || len(s.Waits) != 1 || s.Waits[0].Session.Query != "" || s.Waits[0].Session.PID == 0 {
		t.Errorf("%+v", s)
	}
}

func TestSpan(t *testing.T) {
	for want, span := range map[string]Span{
		"under a second": {0, 900 * time.Millisecond}, "up to 8 s": {10 * time.Millisecond, 8 * time.Second}, "2 to 15 s": {2 * time.Second, 15 * time.Second},
		"30 s to 4 min": {28 * time.Second, 4 * time.Minute}, "about 3 h": {170 * time.Minute, 3 * time.Hour}, "3 to 45 min": {3 * time.Minute, 44 * time.Minute},
	} {
		if got := span.String(); got != want {
			t.Errorf("%v: %q, want %q", span, got, want)
		}
	}
	for want, n := range map[string]int64{"0": 0, "7": 7, "999": 999, "1,230": 1234, "300,000": 299900, "5,200,000": 5203000} {
		if got := Count(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	for want, n := range map[string]int64{"0 bytes": 0, "8.0 kB": 8192, "24 kB": 24576, "1.0 GB": 1 << 30, "410 MB": 410 << 20, "1.0 MB": 1 << 20} {
		if got := Bytes(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}
