package sqltext

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		name, file string
		want       []Piece
	}{
		{"empty", "", []Piece{{"", 0, 1}}},
		{"one", "SELECT 1;\n", []Piece{{"SELECT 1;\n", 0, 1}}},
		{"generated", "CREATE TABLE a (\n);\n--> statement-breakpoint\nSELECT 1;--> statement-breakpoint\nSELECT 2;", []Piece{
			{"CREATE TABLE a (\n);\n", 0, 1}, {"\nSELECT 1;", 44, 3}, {"\nSELECT 2;", 78, 4},
		}},
		{"carriage returns", "a;\r\n--> statement-breakpoint\r\nb;\r\n", []Piece{
			{"a;\r\n", 0, 1}, {"\r\nb;\r\n", 28, 2},
		}},
		{"mark and characters of several bytes", "\uFEFFä;--> statement-breakpoint€", []Piece{
			{"\uFEFFä;", 0, 1}, {"€", 30, 1},
		}},
		{"in a string all the same", "SELECT '--> statement-breakpoint'", []Piece{
			{"SELECT '", 0, 1}, {"'", 32, 1},
		}},
		{"side by side", Breakpoint + Breakpoint, []Piece{{"", 0, 1}, {"", 24, 1}, {"", 48, 1}}},
	} {
		if diff := cmp.Diff(c.want, Split(c.file)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestJoin(t *testing.T) {
	statements := []string{"CREATE TABLE a (\n);\n", "SELECT 1;", "SELECT 2;"}
	for breakpoints, want := range map[bool]string{
		true:  "CREATE TABLE a (\n);\n--> statement-breakpoint\nSELECT 1;--> statement-breakpoint\nSELECT 2;",
		false: "CREATE TABLE a (\n);\n\nSELECT 1;\nSELECT 2;",
	} {
		if got := Join(statements, breakpoints); got != want {
			t.Errorf("breakpoints %v: got %q, want %q", breakpoints, got, want)
		}
	}
}

func TestQuote(t *testing.T) {
	if got := QuoteIdent(`a"b.c`); got != `"a""b.c"` {
		t.Error(got)
	}
	if got := QuoteLiteral(`it's \ here`); got != `'it''s \ here'` {
		t.Error(got)
	}
}

func TestFirstCode(t *testing.T) {
	for _, c := range []struct{ before, code string }{
		{"", ""}, {"", "SELECT"}, {" \t\r\n\f\v", "SELECT"}, {"-- no code", ""},
		{"-- ä\r\n/* a /* b */ c */ ", "x"}, {"/* not closed /* */ x", ""},
		{"\uFEFF-- x\n", "SELECT"}, {"\n", ";"}, {" ", "- 1"}, {" ", "\u00A0x"},
	} {
		if got := FirstCode(c.before + c.code); got != len(c.before) {
			t.Errorf("%q: got %d, want %d", c.before+c.code, got, len(c.before))
		}
	}
}

// TestStatements marks the cuts with ¦ in otherwise plain SQL.
func TestStatements(t *testing.T) {
	for _, text := range []string{
		"",
		" ;; -- nothing\n ; /* ; */ ",
		"¦SELECT 1¦",
		"¦SELECT 1;¦ -- a;\n¦SELECT 2;¦ /* b; */",
		"\r\n¦SELECT 'ä;€';¦\r\n¦SELECT 2;¦",
		"\uFEFF¦SELECT 1;¦",
		`¦SELECT 'it''s; \';¦ ¦SELECT E'it\'s;\\', 1;¦ ¦SELECT U&'\0061;', B'1;', N'\', X'';¦`,
		`¦SELECT e'a' '\';¦`,
		"¦SELECT E'a'\n-- go on '\n'\\';';¦ ¦SELECT 2¦",
		"¦SELECT E'a' -- no newline before this\n'\\';¦ ¦SELECT 2¦",
		`¦SELECT namee'\', ";""" FROM U&"d;\0061";¦ ¦x¦`,
		"¦SELECT $$;$;$$, $a$;$b$;$$;$a$;¦ ¦SELECT a$b$;¦ ¦SELECT $1;¦ ¦SELECT 2$ä$;$ä$;¦",
		"¦SELECT 1 +-- ;\n 2;¦ ¦SELECT 1 */*;*/ 2;¦ ¦SELECT /* /* ; */ ; */ 3;¦",
		"¦CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2);¦ ¦x¦",
		"¦SELECT 1);¦ ¦SELECT 2;¦",
		"¦CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN /* x */ ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 1 AS end; SELECT t.end FROM t; END;¦ ¦x;¦",
		"¦create or replace procedure p() begin atomic insert into t values (1); end;¦ ¦x;¦",
		"¦CREATE FUNCTION begin() RETURNS int LANGUAGE sql AS 'SELECT 1';¦ ¦x;¦",
		"¦BEGIN;¦ ¦SELECT 1;¦ ¦END;¦",
		"¦SELECT 'never closed;",
		"¦SELECT $a$ never closed; $b$",
	} {
		sql, wants := unmark(text)
		var got []string
		for _, s := range Statements(sql) {
			if sql[s.Offset:s.Offset+len(s.Text)] != s.Text {
				t.Errorf("%q: offset %d is not where %q is", sql, s.Offset, s.Text)
			}
			got = append(got, s.Text)
		}
		if diff := cmp.Diff(wants, got); diff != "" {
			t.Errorf("%q: %s", sql, diff)
		}
	}
}

// unmark takes the marks out and returns what stands between each two.
func unmark(text string) (sql string, between []string) {
	for i, part := range strings.Split(text, "¦") {
		sql += part
		if i%2 == 1 {
			between = append(between, part)
		}
	}
	return sql, between
}

func TestKeywords(t *testing.T) {
	for _, c := range []struct {
		text string
		n    int
		want []string
	}{
		{"", 2, nil},
		{"-- x\nrollback /* y */ to savepoint s", 2, []string{"ROLLBACK", "TO"}},
		{"COMMIT;", 3, []string{"COMMIT"}},
		{`ALTER "x" y`, 3, []string{"ALTER"}},
	} {
		if diff := cmp.Diff(c.want, Keywords(c.text, c.n)); diff != "" {
			t.Errorf("%q: %s", c.text, diff)
		}
	}
}

func TestNames(t *testing.T) {
	got := Names(`SELECT "Us""er".x, 'no', E'n\'o', $$no$$ FROM a -- no`)
	if diff := cmp.Diff([]string{"select", `Us"er`, "x", "from", "a"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestWords(t *testing.T) {
	if diff := cmp.Diff([]string{"REINDEX", "VERBOSE", "TABLE", "A"}, Words(`reindex (verbose /* x */) table a."b" 'c';`)); diff != "" {
		t.Error(diff)
	}
}

func TestSpaced(t *testing.T) {
	if got := Spaced("-- x\n\tDROP /* a */\n-- b\nINDEX \"a  b\".c ; "); got != `DROP INDEX "a  b".c ;` {
		t.Errorf("got %q", got)
	}
}
