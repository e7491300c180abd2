package check

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
	"github.com/skein-db/skein/internal/sqltext"
	"github.com/skein-db/skein/internal/sqltree"
)

// sqlCases are migrations with what is said of each: severity, code, line and
// column, and the beginning of the message. An error means that drizzle's
// migrator fails with the file, which the test tries.
var sqlCases = []struct {
	name, before, sql string
	want              []string
	// commits says that the file ends its transaction: what PostgreSQL does
	// with it then is not compared.
	commits bool
	// until is the major version from which on PostgreSQL does what it refused;
	// the finding is a warning then.
	until int
}{
	{name: "generated", sql: "CREATE TABLE a (\n\tid integer\n);\n--> statement-breakpoint\nALTER TABLE a ADD b text;--> statement-breakpoint\nINSERT INTO a (b) VALUES ('x');"},
	{name: "several statements without breakpoints", sql: "CREATE TABLE a (id int);\nINSERT INTO a VALUES (1);\nSELECT 1"},
	{name: "no statement", sql: "-- nothing yet"},

	// Breakpoints.
	{name: "breakpoint in a string", sql: "CREATE TABLE a (b text DEFAULT 'x\n--> statement-breakpoint\ny');",
		want: []string{"error breakpoint-inside 2:1 the breakpoint stands inside a string"}},
	{name: "breakpoint in a body", sql: "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n  PERFORM 1;--> statement-breakpoint\n  RETURN 1;\nEND $$;",
		want: []string{"error breakpoint-inside 3:13 the breakpoint stands inside a dollar-quoted body"}},
	{name: "two breakpoints in a body", sql: "DO $x$ BEGIN PERFORM 1;\n--> statement-breakpoint\nPERFORM 2;\n--> statement-breakpoint\nEND $x$;",
		want: []string{"error breakpoint-inside 2:1 the breakpoint stands inside a dollar-quoted body"}},
	{name: "breakpoint in a comment", sql: "SELECT 1;\n/* old:\nSELECT 2;\n--> statement-breakpoint\nSELECT 3; */",
		want: []string{"error breakpoint-inside 4:1 the breakpoint stands inside a comment"}},
	{name: "breakpoint in a quoted name", sql: `CREATE TABLE "a--> statement-breakpoint" (id int);`,
		want: []string{"error breakpoint-inside 1:16 the breakpoint stands inside a quoted name"}},
	{name: "breakpoint in a definition", sql: "CREATE TABLE a (\n\tid int,\n--> statement-breakpoint\n\tb int\n);",
		want: []string{"error breakpoint-inside 3:1 the breakpoint stands inside parentheses"}},
	{name: "breakpoint with words behind it in a comment", sql: "SELECT 1;\n-- was: --> statement-breakpoint and so on",
		want: []string{"error breakpoint-inside 2:9 the breakpoint stands inside a comment"}},
	{name: "breakpoint that is commented out", sql: "SELECT 1;\n-- --> statement-breakpoint\nSELECT 2;"},
	{name: "breakpoint at the end of a comment", sql: "-- first --> statement-breakpoint\nSELECT 2;"},
	{name: "words behind a breakpoint", sql: "SELECT 1;--> statement-breakpoint SELECT '(';"},
	{name: "breakpoint without its blank", sql: "SELECT 1;\n-->statement-breakpoint\nSELECT 2;",
		want: []string{"warning breakpoint-misspelled 2:1 this comment is no breakpoint"}},
	{name: "breakpoint with a blank too many", sql: "SELECT 1;\n-- > statement-breakpoint\nSELECT 2;",
		want: []string{"warning breakpoint-misspelled 2:1 this comment is no breakpoint"}},
	{name: "breakpoint in capitals", sql: "SELECT 1;\n--> Statement Breakpoint\nSELECT 2;",
		want: []string{"warning breakpoint-misspelled 2:1 this comment is no breakpoint"}},
	{name: "words about breakpoints", sql: "-- a statement that breaks\n-- this needs no statement-breakpoint\nSELECT '-->statement-breakpoint';"},
	{name: "semicolon missing", sql: "CREATE TABLE a (id int)\nCREATE TABLE b (id int);",
		want: []string{"error breakpoint-missing 2:1 two statements have neither a semicolon nor a breakpoint between them"}},

	// What the server cannot read.
	{name: "syntax", sql: "SELECT 1;\nSELECT 2 FRO x y;", before: "",
		want: []string{`warning sql-syntax 2:14 PostgreSQL 17 cannot read the statement: syntax error at or near "x"`}, commits: true},
	{name: "string that is not closed", sql: "SELECT 'a;\nSELECT 2;",
		want: []string{"error sql-syntax 1:8 PostgreSQL cannot read the statement: unterminated quoted string"}},
	{name: "body that is not closed", sql: "DO $$ BEGIN END;",
		want: []string{"error sql-syntax 1:4 PostgreSQL cannot read the statement: unterminated dollar-quoted string"}},
	{name: "psql's include", sql: "SELECT 1;\n\\i other.sql\nSELECT 2;",
		want: []string{`error sql-psql 2:1 \i is a command of psql`}},
	{name: "psql's copy", sql: `\copy a FROM 'b.csv'`, want: []string{`error sql-psql 1:1 \copy is a command of psql`}},
	{name: "copy with rows", before: "CREATE TABLE a (id int, b text);", sql: "COPY a (id, b) FROM stdin;\n1\tx\n2\ty\n\\.\nSELECT 1;",
		want: []string{"error sql-copy 1:1 COPY FROM stdin waits for rows"}},
	{name: "copy from a program", before: "CREATE TABLE a (id int);", sql: "COPY a FROM PROGRAM 'echo 1';"},

	// Transactions.
	{name: "concurrently among others", before: "CREATE TABLE a (id int);", sql: "ALTER TABLE a ADD b int;--> statement-breakpoint\nCREATE INDEX CONCURRENTLY i ON a (b);",
		want: []string{"error outside-transaction 2:1 CREATE INDEX CONCURRENTLY cannot run inside a transaction, and a migration runs in one, with the other statements of the file"}},
	{name: "concurrently alone", before: "CREATE TABLE a (id int);", sql: "CREATE INDEX CONCURRENTLY i ON a (id);",
		want: []string{"error outside-transaction 1:1 CREATE INDEX CONCURRENTLY cannot run inside a transaction, and a migration runs in one"}},
	{name: "concurrently in a string", sql: "SELECT 'CREATE INDEX CONCURRENTLY i ON a (id)'; -- VACUUM"},
	{name: "drop concurrently", before: "CREATE TABLE a (id int); CREATE INDEX i ON a (id);", sql: "DROP INDEX CONCURRENTLY i;",
		want: []string{"error outside-transaction 1:1 DROP INDEX CONCURRENTLY cannot"}},
	{name: "vacuum", before: "CREATE TABLE a (id int);", sql: "UPDATE a SET id = 1;\nVACUUM a;", want: []string{"error outside-transaction 2:1 VACUUM cannot"}},
	{name: "reindex a schema", sql: "REINDEX SCHEMA public;", want: []string{"error outside-transaction 1:1 REINDEX SCHEMA cannot"}},
	{name: "alter system", sql: "ALTER SYSTEM SET work_mem = '5MB';", want: []string{"error outside-transaction 1:1 ALTER SYSTEM cannot"}},
	{name: "create database", sql: "CREATE DATABASE never;", want: []string{"error outside-transaction 1:1 CREATE DATABASE cannot"}},
	{name: "a block that commits", sql: "DO $$ BEGIN COMMIT; END $$;", want: []string{"error outside-transaction 1:1 DO with COMMIT or ROLLBACK in it cannot"}},
	{name: "a procedure that would commit", sql: "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$;"},
	{name: "begin and commit around", sql: "BEGIN;\nSELECT 1;\nCOMMIT;", commits: true, want: []string{"warning transaction-commit 3:1 COMMIT ends the migrator's own transaction"}},
	{name: "begin alone", sql: "BEGIN;\nSELECT 1;", want: []string{"warning transaction-begin 1:1 BEGIN does nothing here"}},
	{name: "rollback", sql: "SELECT 1;\nROLLBACK;", commits: true, want: []string{"error transaction-undone 2:1 ROLLBACK undoes the migrator's own transaction"}},
	{name: "savepoint", sql: "SAVEPOINT a;\nSELECT 1;\nROLLBACK TO SAVEPOINT a;\nRELEASE a;"},
	{name: "concurrently behind a commit", before: "CREATE TABLE a (id int);", sql: "COMMIT;--> statement-breakpoint\nCREATE INDEX CONCURRENTLY i ON a (id);", commits: true,
		want: []string{"warning transaction-commit 1:1 COMMIT ends"}},
	{name: "concurrently behind a commit, not alone", before: "CREATE TABLE a (id int);", sql: "COMMIT;--> statement-breakpoint\nSELECT 1;\nCREATE INDEX CONCURRENTLY i ON a (id);", commits: true,
		want: []string{"warning transaction-commit 1:1 COMMIT ends", "error outside-transaction 3:1 CREATE INDEX CONCURRENTLY cannot"}},
	{name: "concurrently behind a commit and a begin", before: "CREATE TABLE a (id int);", sql: "COMMIT;\n--> statement-breakpoint\nBEGIN;\n--> statement-breakpoint\nCREATE INDEX CONCURRENTLY i ON a (id);", commits: true,
		want: []string{"warning transaction-commit 1:1 COMMIT ends", "error outside-transaction 5:1 CREATE INDEX CONCURRENTLY cannot"}},
	{name: "a setting there and back behind a commit", sql: "COMMIT;\nSET lock_timeout = 0;\nSELECT 1;\nSET lock_timeout = '5s';", commits: true,
		want: []string{"warning transaction-commit 1:1 COMMIT ends"}},
	{name: "a setting behind a commit", sql: "COMMIT;\nSET lock_timeout = 0;", commits: true,
		want: []string{"warning transaction-commit 1:1 COMMIT ends", "warning setting-leaks 2:1 SET lock_timeout lasts"}},
	{name: "a setting that stays", sql: "SET search_path = x;\nSET lock_timeout = '1s';\nSELECT 1;",
		want: []string{"warning setting-leaks 1:1 SET search_path lasts longer than the migration: the ones behind it and the application's connection keep it (1 more settings"}},
	{name: "settings that go", sql: "SET LOCAL search_path = x;\nSET lock_timeout = '1s';\nRESET lock_timeout;\nSET work_mem = '5MB';\nSET work_mem TO DEFAULT;\nSET TRANSACTION READ WRITE;"},

	// The order of statements.
	{name: "rows before their table", sql: "INSERT INTO a VALUES (1);\nCREATE TABLE a (id int);",
		want: []string{"error used-before-created 1:13 table public.a is used here, but only line 2 of the file creates it"}},
	{name: "rows before their column", before: "CREATE TABLE a (id int);", sql: "UPDATE a SET b = 1;\nALTER TABLE a ADD COLUMN b int;",
		want: []string{`error used-before-created 1:14 column "b" of table public.a is used here, but only line 2`}},
	{name: "a column that is read", before: "CREATE TABLE a (id int);", sql: "DELETE FROM a WHERE b = 1;\nALTER TABLE a ADD COLUMN b int;",
		want: []string{`error used-before-created 1:21 column "b" of table public.a`}},
	{name: "a column by its alias", before: "CREATE TABLE a (id int); CREATE TABLE c (id int, b int);", sql: "SELECT c.b FROM a JOIN c ON a.id = c.id;\nSELECT x.b FROM a x, c;\nALTER TABLE a ADD COLUMN b int;",
		want: []string{`error used-before-created 2:8 column "b" of table public.a`}},
	{name: "a column of another table", before: "CREATE TABLE a (id int); CREATE TABLE c (id int, b int);", sql: "SELECT b FROM a JOIN c USING (id);\nUPDATE a SET id = c.b FROM c;\nALTER TABLE a ADD COLUMN b int;"},
	{name: "a name that the query gives", before: "CREATE TABLE a (id int);", sql: "WITH b AS (SELECT id AS n FROM a) SELECT n FROM b;\nSELECT id AS n FROM a ORDER BY n;\nCREATE TABLE b (n int);\nALTER TABLE a ADD COLUMN n int;"},
	{name: "inside a block", before: "CREATE TABLE a (id int);", sql: "DO $$ BEGIN\n  UPDATE a SET b = 1;\nEND $$;\nALTER TABLE a ADD COLUMN b int;",
		want: []string{`error used-before-created 2:16 column "b" of table public.a`}},
	{name: "a block that looks first", before: "CREATE TABLE a (id int);", sql: "DO $$ BEGIN IF to_regclass('c') IS NOT NULL THEN INSERT INTO c VALUES (1); END IF; END $$;\nCREATE TABLE c (id int);"},
	{name: "created if it is not there", before: "CREATE TABLE a (id int);", sql: "INSERT INTO a VALUES (1);\nCREATE TABLE IF NOT EXISTS a (id int);\nUPDATE a SET id = 1;\nALTER TABLE a ADD COLUMN IF NOT EXISTS id int;"},
	{name: "dropped and made again", before: "CREATE TABLE a (id int);", sql: "CREATE TABLE b AS SELECT * FROM a;\nDROP TABLE a;\nCREATE TABLE a (id int);\nINSERT INTO a SELECT * FROM b;"},
	{name: "a reference before its table", sql: "CREATE TABLE a (b int REFERENCES b (id));\nCREATE TABLE b (id int PRIMARY KEY);",
		want: []string{"error used-before-created 1:34 table public.b"}},
	{name: "a view before its table", sql: "CREATE VIEW v AS SELECT * FROM a;\nCREATE TABLE a (id int);", want: []string{"error used-before-created 1:32 table public.a"}},
	{name: "a type before it is made", sql: "CREATE TABLE a (k kind);\nCREATE TYPE kind AS ENUM ('x');", want: []string{"error used-before-created 1:19 type public.kind"}},
	{name: "a schema before it is made", sql: "CREATE TABLE s.a (id int);\nCREATE SCHEMA s;", want: []string{"error used-before-created 1:14 schema s"}},
	{name: "a function before it is made", sql: "SELECT f();\nCREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';", want: []string{"error used-before-created 1:8 function public.f"}},
	{name: "an index on a later column", before: "CREATE TABLE a (id int);", sql: "CREATE INDEX i ON a (b);\nALTER TABLE a ADD b int;", want: []string{`error used-before-created 1:1 column "b" of table public.a`}},
	{name: "a new name before it is given", before: "CREATE TABLE a (id int);", sql: "UPDATE a SET b = 1;\nALTER TABLE a RENAME COLUMN id TO b;",
		want: []string{`error used-before-created 1:14 column "b" of table public.a`}},
	{name: "a table's new name before it is given", before: "CREATE TABLE a (id int);", sql: "UPDATE b SET id = 1;\nALTER TABLE a RENAME TO b;", want: []string{"error used-before-created 1:8 table public.b"}},
	{name: "an old name after it is gone", before: "CREATE TABLE a (id int, c int);", sql: "ALTER TABLE a RENAME COLUMN id TO b;\nUPDATE a SET c = id;\nALTER TABLE a RENAME TO d;\nDELETE FROM a;",
		want: []string{`error used-after-dropped 2:18 column "id" of table public.a is used here, but line 1 of the file takes it away`, "error used-after-dropped 4:13 table public.a"}},
	{name: "a column after it is dropped", before: "CREATE TABLE a (id int, b int);", sql: "ALTER TABLE a DROP COLUMN b;\nUPDATE a SET id = b;", want: []string{`error used-after-dropped 2:19 column "b"`}},
	{name: "used, then dropped", before: "CREATE TABLE a (id int, b int);", sql: "UPDATE a SET id = b;\nALTER TABLE a DROP COLUMN b;\nALTER TABLE a ADD COLUMN b text;\nUPDATE a SET b = '';"},
	{name: "an upsert", before: "CREATE TABLE a (id int PRIMARY KEY);", sql: "INSERT INTO a VALUES (1) ON CONFLICT (id) DO UPDATE SET b = excluded.b;\nALTER TABLE a ADD COLUMN b int;",
		want: []string{`error used-before-created 1:57 column "b" of table public.a`}},
	{name: "a variable of that name", before: "CREATE TABLE a (id int);", sql: "DO $$ DECLARE b int := 1; BEGIN UPDATE a SET id = b; END $$;\nALTER TABLE a ADD COLUMN b int;"},

	// Values of enums.
	{name: "a value that is cast", before: "CREATE TYPE k AS ENUM ('a');", sql: "ALTER TYPE k ADD VALUE 'b';\nSELECT 'b'::k;",
		want: []string{"error enum-value-uncommitted 2:8 value 'b' of enum public.k is used in the transaction that adds it (line 1)"}},
	{name: "a value as default", before: "CREATE TYPE k AS ENUM ('a'); CREATE TABLE t (id int);", sql: "ALTER TYPE k ADD VALUE 'b';\nALTER TABLE t ADD COLUMN v k DEFAULT 'b' NOT NULL;",
		want: []string{"error enum-value-uncommitted 2:38 value 'b' of enum public.k"}},
	{name: "a value as default of a new table", before: "CREATE TYPE k AS ENUM ('a');", sql: "ALTER TYPE k ADD VALUE IF NOT EXISTS 'b';\nCREATE TABLE t (v k DEFAULT 'b');",
		want: []string{"error enum-value-uncommitted 2:29 value 'b'"}},
	{name: "a value that is written", before: "CREATE TYPE k AS ENUM ('a');", sql: "CREATE TABLE t (v k);\nALTER TYPE k ADD VALUE 'b';\nUPDATE t SET v = 'b';\nINSERT INTO t (v) VALUES ('b');",
		want: []string{"error enum-value-uncommitted 3:18 value 'b'", "error enum-value-uncommitted 4:27 value 'b'"}},
	{name: "a value for a column that is not known", before: "CREATE TYPE k AS ENUM ('a'); CREATE TABLE t (v text);", sql: "ALTER TYPE k ADD VALUE 'b';\nUPDATE t SET v = 'b';",
		want: []string{"warning enum-value-uncommitted 2:18 value 'b' is added to enum public.k by line 1, and cannot be used in the same transaction; this looks like a use of it"}},
	{name: "a value in a column of another type", before: "CREATE TYPE k AS ENUM ('a');", sql: "CREATE TABLE t (v text);\nALTER TYPE k ADD VALUE 'b';\nUPDATE t SET v = 'b';"},
	{name: "an enum of the same transaction", until: 17, sql: "CREATE TYPE k AS ENUM ('a');\nALTER TYPE k ADD VALUE 'b';\nCREATE TABLE t (v k DEFAULT 'b');\nINSERT INTO t VALUES ('b');",
		want: []string{"warning enum-value-uncommitted 3:29 value 'b' of enum public.k is used in the transaction that adds it (line 2); PostgreSQL before 17 refuses", "warning enum-value-uncommitted 4:23"}},
	{name: "a renamed enum of the same transaction", until: 17, sql: "CREATE TYPE j AS ENUM ('a');\nALTER TYPE j RENAME TO k;\nALTER TYPE k ADD VALUE 'b';\nSELECT 'b'::k;",
		want: []string{"warning enum-value-uncommitted 4:8 value 'b' of enum public.k is used"}},
	{name: "values that were there", before: "CREATE TYPE k AS ENUM ('a');", sql: "ALTER TYPE k ADD VALUE 'b';\nSELECT 'a'::k, 'b', 'b'::text;\nALTER TYPE k RENAME VALUE 'a' TO 'c';",
		want: nil},
	{name: "a value in a block", before: "CREATE TYPE k AS ENUM ('a');", sql: "ALTER TYPE k ADD VALUE 'b';\nDO $$ BEGIN\n  PERFORM 'b'::k;\n  CREATE TABLE t (v k DEFAULT 'b');\nEND $$;",
		want: []string{"error enum-value-uncommitted 4:31 value 'b'"}},
	{name: "a value after a commit", before: "CREATE TYPE k AS ENUM ('a');", sql: "ALTER TYPE k ADD VALUE 'b';\nCOMMIT;\nSELECT 'b'::k;", commits: true,
		want: []string{"warning transaction-commit 2:1 COMMIT ends"}},
	{name: "a check on a new value", before: "CREATE TYPE k AS ENUM ('a');", sql: "CREATE TABLE t (v k);\nALTER TYPE k ADD VALUE 'b';\nALTER TABLE t ADD CHECK (v <> 'b');",
		want: []string{"error enum-value-uncommitted 3:31 value 'b'"}},
}

func TestSQL(t *testing.T) {
	var texts []string
	for _, c := range sqlCases {
		texts = append(texts, c.sql)
	}
	parsed, err := sqltree.ParseAll(context.Background(), texts)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range sqlCases {
		var got []string
		findings := examineSQL("0001_x", "0001_x.sql", c.sql, parsed[i])
		finding.Sort(findings)
		for n, f := range findings {
			if f.Hint == "" || f.Source == "" || f.Migration != "0001_x" || f.File != "0001_x.sql" {
				t.Errorf("%s: incomplete: %+v", c.name, f)
			}
			if !slices.ContainsFunc(Rules, func(r finding.Rule) bool { return r.Code == f.Code }) {
				t.Errorf("Rules say nothing about the code %q", f.Code)
			}
			line := fmt.Sprintf("%s %s %d:%d %s", f.Severity, f.Code, f.Line, f.Column, f.Message)
			if n < len(c.want) && strings.HasPrefix(line, c.want[n]) {
				line = c.want[n]
			}
			got = append(got, line)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s\n%s\n%s", c.name, c.sql, diff)
		}
	}
}

// TestSQLAsPostgreSQLSays runs the files as drizzle's migrator does. An error
// must be one to PostgreSQL, and nothing else may.
func TestSQLAsPostgreSQLSays(t *testing.T) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, pgtest.New(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	version, _ := strconv.Atoi(strings.SplitN(conn.PgConn().ParameterStatus("server_version"), ".", 2)[0])
	for _, c := range sqlCases {
		if c.commits {
			continue
		}
		run := func(sql string) error {
			_, err := conn.PgConn().Exec(ctx, sql).ReadAll()
			return err
		}
		if err := run("DROP SCHEMA public CASCADE; CREATE SCHEMA public; " + c.before); err != nil {
			t.Fatal(c.name, err)
		}
		if err := run("BEGIN"); err != nil {
			t.Fatal(err)
		}
		var failed error
		for _, p := range sqltext.Split(c.sql) {
			if failed = run(p.Text); failed != nil {
				break
			}
		}
		if err := run("ROLLBACK; DISCARD ALL"); err != nil {
			_ = run("ROLLBACK")
		}
		expected := false
		for _, line := range c.want {
			expected = expected || strings.HasPrefix(line, string(finding.Error))
		}
		expected = expected || version < c.until
		if expected != (failed != nil) {
			t.Errorf("%s\n%s\nPostgreSQL says: %v", c.name, c.sql, failed)
		}
	}
}
