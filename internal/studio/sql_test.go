package studio

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// lines runs SQL and returns the lines of the answer.
func (s *studioTest) lines(ask object) []object {
	s.Helper()
	answer, err := s.client.Do(s.request("POST", "/api/sql/run", ask))
	if err != nil {
		s.Fatal(err)
	}
	defer answer.Body.Close()
	var all []object
	scanner := bufio.NewScanner(answer.Body)
	scanner.Buffer(nil, 1<<26)
	for scanner.Scan() {
		var line object
		if err := json.Unmarshal(scanner.Bytes(), &line); err != nil {
			s.Fatalf("%v in %s", err, scanner.Text())
		}
		all = append(all, line)
	}
	if answer.StatusCode != 200 {
		s.Fatalf("%d: %v", answer.StatusCode, all)
	}
	return all
}

// told is the lines in short.
func told(lines []object) []string {
	var all []string
	for _, l := range lines {
		switch l["type"] {
		case "statement":
			continue
		case "columns":
			text := "columns"
			for _, c := range l["columns"].([]any) {
				c := c.(object)
				text += fmt.Sprintf(" %s:%s:%s", c["name"], c["type"], c["kind"])
			}
			all = append(all, text)
		case "rows":
			data, _ := json.Marshal(l["rows"])
			all = append(all, "rows "+string(data))
		case "done":
			all = append(all, fmt.Sprintf("done %s %v %v", l["command"], l["rows"], l["more"]))
		case "notice":
			all = append(all, fmt.Sprintf("%s: %s", l["severity"], l["message"]))
		case "error":
			e := l["error"].(object)
			all = append(all, fmt.Sprintf("error %v %v %v:%v", e["code"], e["what"], e["line"], e["column"]))
		case "end":
			all = append(all, fmt.Sprintf("end %v", l["committed"]))
		}
	}
	return all
}

func TestSQL(t *testing.T) {
	s := start(t, "CREATE TABLE t (a int); CREATE DOMAIN d AS numeric(4,2); CREATE TYPE e AS ENUM ('x')")
	for _, c := range []struct {
		name string
		ask  object
		want []string
	}{
		{"types", object{"sql": `SELECT true AS a, '1'::d AS b, '{t,f}'::bool[] AS c, null::e AS "D", 'x'::varchar(7)`}, []string{
			"columns a:boolean:bool b:numeric(4,2):number c:boolean[]:array D:e:enum varchar:character varying(7):text",
			`rows [["true","1.00","{t,f}",null,"x"]]`, "done SELECT 1 1 false", "end false"}},
		{"several", object{"sql": "SELECT 1; -- two\nVALUES (2),(3);"}, []string{
			"columns ?column?:integer:number", `rows [["1"]]`, "done SELECT 1 1 false", "columns column1:integer:number", `rows [["2"],["3"]]`, "done SELECT 2 2 false", "end false"}},
		{"bounded", object{"sql": "SELECT generate_series(1, 100000000) n", "maxRows": 2}, []string{"columns n:integer:number", `rows [["1"],["2"]]`, "done  2 true", "end false"}},
		{"just as many", object{"sql": "SELECT n FROM generate_series(1, 2) n", "maxRows": 2}, []string{"columns n:integer:number", `rows [["1"],["2"]]`, "done SELECT 2 2 false", "end false"}},
		{"a long value", object{"sql": "SELECT length(x) > 5 FROM (SELECT repeat('a', 3) x) t"}, []string{"columns ?column?:boolean:bool", `rows [["false"]]`, "done SELECT 1 1 false", "end false"}},
		{"notice", object{"sql": "DO $$ BEGIN RAISE NOTICE 'hello'; END $$"}, []string{"NOTICE: hello", "done DO 0 false", "end false"}},
		{"place of an error", object{"sql": "SELECT 1;\n  SELECT 'ä', nobody"}, []string{
			"columns ?column?:integer:number", `rows [["1"]]`, "done SELECT 1 1 false", `error 42703 column "nobody" does not exist 2:15`, "end false"}},
		{"nothing after an error", object{"sql": "SELECT 1/0; SELECT 2"}, []string{"error 22012 division by zero <nil>:<nil>", "end false"}},
		{"nothing", object{"sql": " -- nothing"}, []string{"end false"}},
		{"a timeout", object{"sql": "SELECT pg_sleep(60)", "timeoutMs": 50}, []string{"columns pg_sleep:void:other", "error 57014 canceling statement due to statement timeout <nil>:<nil>", "end false"}},
	} {
		c.ask["id"] = "x"
		if d := cmp.Diff(c.want, told(s.lines(c.ask))); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

// TestSQLReadOnly tries to get out of the read-only transaction.
func TestSQLReadOnly(t *testing.T) {
	s := start(t, "CREATE TABLE t (a int); INSERT INTO t VALUES (1); CREATE SEQUENCE q; "+
		"CREATE PROCEDURE leave() LANGUAGE plpgsql AS 'BEGIN COMMIT; DELETE FROM t; END'; CREATE FUNCTION sly() RETURNS int LANGUAGE plpgsql AS 'BEGIN DELETE FROM t; RETURN 1; END'")
	for _, sql := range []string{
		"DELETE FROM t", "TRUNCATE t", "DROP TABLE t", "COMMIT; DROP TABLE t", "COMMIT;\nBEGIN; DROP TABLE t; COMMIT", "END; DROP TABLE t", "ABORT; DROP TABLE t",
		"/* x */ COMMIT; DROP TABLE t", "ROLLBACK; DROP TABLE t", "ROLLBACK AND CHAIN; DROP TABLE t", "SAVEPOINT a; DROP TABLE t", "PREPARE TRANSACTION 'x'; DROP TABLE t",
		"SET TRANSACTION READ WRITE; DROP TABLE t", "SET transaction_read_only = off; DROP TABLE t", "SET LOCAL transaction_read_only TO off; DELETE FROM t",
		"SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE; COMMIT; DROP TABLE t", "RESET transaction_read_only; DROP TABLE t",
		"SELECT set_config('transaction_read_only', 'off', true); DROP TABLE t", "SELECT set_config('transaction_read_only', 'off', false); DELETE FROM t",
		"WITH gone AS (DELETE FROM t RETURNING a) SELECT * FROM gone", "SELECT sly()", "CALL leave()", "DO $$ BEGIN COMMIT; DELETE FROM t; END $$", "DO 'BEGIN DELETE FROM t; END'",
		"DO $$ BEGIN SET TRANSACTION READ WRITE; DELETE FROM t; END $$", "DO $$ BEGIN PERFORM set_config('transaction_read_only', 'off', true); DELETE FROM t; END $$",
		"PREPARE p AS DELETE FROM t; EXECUTE p", "EXPLAIN ANALYZE DELETE FROM t", "SELECT 1 INTO u", "SELECT setval('q', 7)", "SELECT nextval('q')",
		"COPY t TO PROGRAM 'touch /tmp/skein-studio-was-here'", "COPY t TO '/tmp/skein-studio-was-here'", "COPY t FROM PROGRAM 'echo 2'", "COPY t FROM STDIN",
		"CREATE TABLE u ()", "VACUUM t", "ALTER SYSTEM SET work_mem = '1MB'", "SELECT 'a\\'; DELETE FROM t; --'", "SET standard_conforming_strings = off; SELECT 'a\\'; DELETE FROM t; --'",
		"SELECT $a$ $a$; COMMIT; DROP TABLE t", "SELECT 1; ; ; COMMIT; DROP TABLE t", "U&SELECT", "SELECT * FROM t FOR UPDATE", "LOCK TABLE t", "DISCARD ALL", "DROP TABLE t; SELECT 1",
		"SET ROLE postgres; SET transaction_read_only = 0; DROP TABLE t", "SELECT lo_import('/etc/hostname')", "SELECT lo_create(0)", "DECLARE c CURSOR WITH HOLD FOR SELECT sly(); FETCH c; COMMIT",
	} {
		lines := s.lines(object{"id": "x", "sql": sql})
		end := lines[len(lines)-1]
		if end["type"] != "end" || end["committed"] != false {
			t.Errorf("%s: %v", sql, end)
		}
		if got := s.value("SELECT count(*) || ' ' || (SELECT last_value || is_called::text FROM q) || (SELECT count(*) FROM pg_class WHERE relname = 'u') || (SELECT count(*) FROM pg_largeobject_metadata) FROM t"); got != "1 1false00" {
			t.Fatalf("%s: %s", sql, got)
		}
	}
	s.refused(403, "POST", "/api/sql/run", object{"id": "x", "sql": "DELETE FROM t", "write": true}, "--write")
	s.refused(403, "POST", "/api/sql/explain", object{"id": "x", "sql": "DELETE FROM t", "analyze": true, "write": true}, "--write")
	s.refused(422, "POST", "/api/sql/explain", object{"id": "x", "sql": "DELETE FROM t", "analyze": true}, "read-only transaction")
}

func TestSQLWrite(t *testing.T) {
	s := start(t, "CREATE TABLE t (a int PRIMARY KEY, b int REFERENCES t DEFERRABLE INITIALLY DEFERRED)", writing)
	for _, c := range []struct {
		name, sql string
		write     bool
		want      []string
		rows      string
	}{
		{"one", "INSERT INTO t VALUES (1), (2) RETURNING a", true, []string{"columns a:integer:number", `rows [["1"],["2"]]`, "done INSERT 0 2 2 false", "end true"}, "2"},
		{"not unless asked for", "INSERT INTO t VALUES (3)", false, []string{"error <nil> INSERT is not run in a read-only transaction; nothing was run 1:1", "end false"}, "2"},
		{"all or nothing", "DELETE FROM t; SELECT 1/0", true, []string{"done DELETE 2 0 false", "error 22012 division by zero <nil>:<nil>", "end false"}, "2"},
		{"several", "DELETE FROM t WHERE a = 2; INSERT INTO t VALUES (5)", true, []string{"done DELETE 1 0 false", "done INSERT 0 1 0 false", "end true"}, "2"},
		{"its own transaction", "BEGIN; DELETE FROM t; ROLLBACK", true, []string{"done BEGIN 0 false", "done DELETE 2 0 false", "done ROLLBACK 0 false", "end true"}, "2"},
		{"one that is left open", "BEGIN; DELETE FROM t", true, []string{"done BEGIN 0 false", "done DELETE 2 0 false", "WARNING: the transaction was left open; it was rolled back", "end false"}, "2"},
		{"what takes no transaction", "VACUUM t", true, []string{"done VACUUM 0 false", "end true"}, "2"},
		{"a deferred constraint", "INSERT INTO t VALUES (6, 99); SELECT 1", true, []string{"done INSERT 0 1 0 false", "columns ?column?:integer:number", `rows [["1"]]`, "done SELECT 1 1 false",
			`error 23503 insert or update on table "t" violates foreign key constraint "t_b_fkey" <nil>:<nil>`, "end false"}, "2"},
		{"a deferred constraint alone", "INSERT INTO t VALUES (6, 99)", true, []string{`error 23503 insert or update on table "t" violates foreign key constraint "t_b_fkey" <nil>:<nil>`, "end false"}, "2"},
	} {
		got := told(s.lines(object{"id": "x", "sql": c.sql, "write": c.write}))
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
		if n := s.value("SELECT count(*)::text FROM t"); n != c.rows {
			t.Errorf("%s: %s rows", c.name, n)
		}
	}
	var plan struct {
		Plan []object
	}
	s.get(&plan, "POST", "/api/sql/explain", object{"id": "x", "sql": "DELETE FROM t", "analyze": true, "write": true})
	if n := s.value("SELECT count(*)::text FROM t"); n != "2" || plan.Plan[0]["Execution Time"] == nil {
		t.Errorf("explained: %s rows, %v", n, plan)
	}
}

// running waits until a statement of the studio with this text is running, or
// is not.
func (s *studioTest) running(part string, want bool) {
	s.Helper()
	for limit := time.Now().Add(30 * time.Second); ; {
		got := s.value("SELECT count(*)::text FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND datname = current_database() AND query LIKE '%" + part + "%'")
		if (got != "0") == want {
			return
		}
		if time.Now().After(limit) {
			s.Fatalf("%q running: still not %v", part, want)
		}
	}
}

func TestSQLCancel(t *testing.T) {
	s := start(t, "")
	done := make(chan []object)
	go func() { done <- s.lines(object{"id": "slow", "sql": "SELECT pg_sleep(600)"}) }()
	s.running("pg_sleep", true)
	s.refused(409, "POST", "/api/sql/run", object{"id": "slow", "sql": "SELECT 1"}, "runs by this id already")
	var answer struct{ Canceled bool }
	s.get(&answer, "POST", "/api/sql/cancel", object{"id": "slow"})
	if lines := <-done; !answer.Canceled || lines[len(lines)-2]["canceled"] != true {
		t.Errorf("got %v %v", answer, lines)
	}
	s.running("pg_sleep", false)
	s.get(&answer, "POST", "/api/sql/cancel", object{"id": "slow"})
	if answer.Canceled {
		t.Error("nothing was running")
	}
}

// TestSQLGone leaves while a query runs.
func TestSQLGone(t *testing.T) {
	s := start(t, "CREATE VIEW slow AS SELECT pg_sleep(600)::text AS a")
	for path, ask := range map[string]object{
		"/api/sql/run": {"id": "slow", "sql": "SELECT * FROM slow"},
		"/api/rows":    {"schema": "public", "name": "slow", "filters": []any{}, "sort": []any{}, "limit": 1},
		"/api/count":   {"schema": "public", "name": "slow", "filters": []any{object{"column": "a", "op": "notnull"}}},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			answer, err := s.client.Do(s.request("POST", path, ask).WithContext(ctx))
			if err == nil {
				_, err = bufio.NewReader(answer.Body).ReadString(0)
				answer.Body.Close()
			}
			ended <- err
		}()
		s.running("slow", true)
		cancel()
		if err := <-ended; err == nil {
			t.Errorf("%s: got an answer", path)
		}
		s.running("slow", false)
	}
}

func TestExplain(t *testing.T) {
	s := start(t, "CREATE TABLE t (a int)")
	var got struct {
		Plan []object
		Text string
	}
	s.get(&got, "POST", "/api/sql/explain", object{"id": "x", "sql": "DELETE FROM t;", "analyze": false})
	if len(got.Plan) != 1 || !strings.HasPrefix(got.Text, "Delete on t") {
		t.Errorf("got %+v", got)
	}
	s.get(&got, "POST", "/api/sql/explain", object{"id": "x", "sql": "SELECT * FROM t", "analyze": true})
	s.refused(400, "POST", "/api/sql/explain", object{"id": "x", "sql": "SELECT 1; SELECT 2", "analyze": false}, "one statement")
	s.refused(422, "POST", "/api/sql/explain", object{"id": "x", "sql": "SELECT nobody", "analyze": false}, "42703")
	s.refused(422, "POST", "/api/sql/explain", object{"id": "x", "sql": "COMMIT", "analyze": false}, "42601")
}

func TestCompletion(t *testing.T) {
	s := start(t, "CREATE TABLE t (a int); CREATE TYPE mood AS ENUM ('ok')")
	var got struct {
		SearchPath []string
		Schemas    []struct {
			Name    string
			Objects []object
		}
		Functions []object
		Types     []string
		Enums     []object
		Keywords  []string
	}
	s.get(&got, "GET", "/api/completion", nil)
	if len(got.Schemas) != 1 || got.Schemas[0].Objects[0]["name"] != "t" || len(got.Functions) < 100 || len(got.Types) < 20 || len(got.Enums) != 1 || len(got.Keywords) < 100 || got.SearchPath[0] != "public" {
		t.Errorf("got %v %d %v %v", got.Schemas, len(got.Functions), got.Enums, got.SearchPath)
	}
}

func TestMemory(t *testing.T) {
	dir := t.TempDir()
	s := start(t, "", func(o *Options) { o.Memory = dir })
	if status, text := s.ask("GET", "/api/memory/tabs", nil); status != 200 || text != "null" {
		t.Errorf("%d %s", status, text)
	}
	if status, text := s.ask("PUT", "/api/memory/tabs", object{"a": 1}); status != 200 {
		t.Errorf("%d %s", status, text)
	}
	if status, text := s.ask("GET", "/api/memory/tabs", nil); status != 200 || text != `{"a":1}` {
		t.Errorf("%d %s", status, text)
	}
	s.refused(413, "PUT", "/api/memory/tabs", `"`+strings.Repeat("a", 1<<20)+`"`, "more than is kept")
	s.refused(400, "PUT", "/api/memory/tabs", "{", "has to be JSON")
	s.refused(400, "GET", "/api/memory/..%2f..%2fetc", nil, "a key is")
	s.refused(400, "GET", "/api/memory/"+strings.Repeat("k", 81), nil, "80 at most")
	if status, _ := s.ask("GET", "/api/memory/"+strings.Repeat("k", 80), nil); status != 200 {
		t.Errorf("80 characters: %d", status)
	}
}
