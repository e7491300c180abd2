package migrate

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/skein-db/skein/internal/sqltext"
)

// fragments are valid statements without their semicolons, in which semicolons
// and quotes stand in every way that PostgreSQL knows.
var fragments = []string{
	"SELECT 1", "SELECT ';', 'it''s;'", `SELECT '\'`, `SELECT E'\';\\', 'x'`, "SELECT e'a'\n'b;'", "SELECT E'a'\n-- x '\n'\\';'",
	`SELECT U&'\0061;', B'1', X'1F', N'x;'`, `SELECT 1 AS "a;""'"`, `SELECT 1 AS U&"d\0061;"`, "SELECT $$;'$$", "SELECT $a$;$$;$b$ $a$", "SELECT $ä$;$ä$",
	"SELECT 1 AS a$b$", "SELECT 1 -- ;'\n + 1", "SELECT /* ; /* ' */ ; */ 1", "SELECT 1 +/* ; */ 1", "SELECT (SELECT 1)", "SELECT 'ä€;' AS \"ö;\"",
	"DO $x$ BEGIN PERFORM 1; END; $x$", "DO LANGUAGE plpgsql 'BEGIN PERFORM '';''; END'", "SELECT 1 AS begin", "SELECT CASE WHEN true THEN 1 ELSE 2 END",
	"CREATE OR REPLACE VIEW v AS SELECT 1 AS a", "CREATE OR REPLACE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2)",
	"CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1;'",
}

// bodies are statements of PostgreSQL 14 and newer.
var bodies = []string{
	"CREATE OR REPLACE FUNCTION g() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 END; END",
	"CREATE OR REPLACE FUNCTION h() RETURNS int BEGIN ATOMIC SELECT 1 AS end; SELECT x.end FROM (SELECT 2 AS end) x; END",
	"CREATE OR REPLACE PROCEDURE begin() BEGIN /* ; */ ATOMIC SELECT (CASE 1 WHEN 1 THEN 2 END); END",
	"CREATE OR REPLACE FUNCTION k(a int) RETURNS int RETURN CASE WHEN a > 1 THEN 1 END",
}

// TestStatementsAgainstTheServer puts statements together at random and asks
// PostgreSQL how many it sees, and after how many one fails.
func TestStatementsAgainstTheServer(t *testing.T) {
	conn := fresh(t)
	execSQL(t, conn, "CREATE TABLE t (a int)")
	usable := fragments
	if value(t, conn, "SELECT current_setting('server_version_num')") >= "140000" {
		usable = append(usable[:len(usable):len(usable)], bodies...)
	}
	between := []string{";", " ; ", ";\n-- ' ;\n", ";;", "; /* \" ; */ ;", ";\r\n"}
	random := rand.New(rand.NewPCG(1, 2))
	w := &wire{conn: &pgxLink{conn.PgConn()}}
	for range 300 {
		var b strings.Builder
		count := 1 + random.IntN(6)
		for range count {
			b.WriteString(usable[random.IntN(len(usable))] + between[random.IntN(len(between))])
		}
		if got := len(sqltext.Statements(b.String())); got != count {
			t.Fatalf("%d statements in %q, not %d", got, b.String(), count)
		}
		answers, err := w.run(context.Background(), nil, b.String(), b.String()+" SELECT 1/0; SELECT 2")
		if err != nil {
			t.Fatal(err)
		}
		if a := answers[0]; a.err != nil || a.commands != count {
			t.Fatalf("the server has %d commands and %v for %q", a.commands, a.err, b.String())
		}
		if a := answers[1]; a.err == nil || a.commands != count {
			t.Fatalf("the server fails after %d commands with %v for %q", a.commands, a.err, b.String())
		}
	}
}
