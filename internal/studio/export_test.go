package studio

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"net/url"
	"runtime"
	"strings"
	"testing"
)

func exportPath(ask object) string {
	data, _ := json.Marshal(ask)
	return "/api/export?q=" + url.QueryEscape(string(data))
}

func TestExport(t *testing.T) {
	s := start(t, shop)
	ask := func(format string) string {
		s.Helper()
		status, text := s.ask("GET", exportPath(object{"schema": "public", "name": "people", "format": format, "filters": []any{object{"column": "id", "op": "lt", "value": "3"}}, "sort": []any{object{"column": "id", "desc": true}}}), nil)
		if status != 200 {
			s.Fatalf("%d %s", status, text)
		}
		return text
	}
	want := "id,email,mood,tags,more,\"we\"\"ird\",size\r\n2,bob@example.org,,,\"{\"\"age\"\": 9}\",,15\r\n1,ada@example.org,ok,\"{a,\"\"b c\"\"}\",\"{\"\"age\"\": 36, \"\"city\"\": {\"\"name\"\": \"\"London\"\"}}\",x,15\r\n"
	if got := ask("csv"); got != want {
		t.Errorf("csv: %s", got)
	}
	if rows, err := csv.NewReader(strings.NewReader(ask("csv"))).ReadAll(); err != nil || len(rows) != 3 {
		t.Errorf("csv: %v %v", rows, err)
	}
	var list []object
	if err := json.Unmarshal([]byte(ask("json")), &list); err != nil || len(list) != 2 || list[1]["id"] != 1.0 || list[0]["mood"] != nil || list[1]["more"].(object)["age"] != 36.0 || list[1]["tags"] != `{a,"b c"}` {
		t.Errorf("json: %v %v", list, err)
	}
	lines := strings.Split(strings.TrimSpace(ask("ndjson")), "\n")
	if err := json.Unmarshal([]byte(lines[1]), &list[0]); err != nil || len(lines) != 2 || list[0]["id"] != 1.0 {
		t.Errorf("ndjson: %v %v", lines, err)
	}
	script := ask("sql")
	if _, err := s.db.Exec(t.Context(), "DELETE FROM visits; DELETE FROM orders; DELETE FROM people WHERE id < 3; "+script); err != nil {
		t.Fatalf("%v in %s", err, script)
	}
	if got := s.value(`SELECT string_agg(email || coalesce(tags::text, '-') || "we""ird", ' ' ORDER BY id) FROM people WHERE id = 1`); got != `ada@example.org{a,"b c"}x` {
		t.Errorf("sql: %s", got)
	}
	s.refused(400, "GET", exportPath(object{"schema": "public", "name": "people", "format": "xlsx"}), nil, "csv, json, ndjson or sql")
	s.refused(400, "GET", exportPath(object{"schema": "public", "name": "nobody", "format": "csv"}), nil, "no table or view")
	if status, text := s.ask("GET", exportPath(object{"schema": "public", "name": "people", "format": "csv", "columns": []string{"id"}, "filters": []any{object{"column": "id", "op": "lt", "value": "0"}}}), nil); status != 200 || text != "id\r\n" {
		t.Errorf("no rows: %d %q", status, text)
	}
}

// TestExportCut asks for rows of which one cannot be read: what came before is
// not taken for the whole.
func TestExportCut(t *testing.T) {
	s := start(t, "CREATE VIEW broken AS SELECT repeat('x', 1000) || 100 / (2000 - n) AS a FROM generate_series(1, 3000) n")
	answer, err := s.client.Do(s.request("GET", exportPath(object{"schema": "public", "name": "broken", "format": "csv"}), nil))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if n, err := io.Copy(io.Discard, answer.Body); err == nil || n == 0 {
		t.Errorf("%d bytes, %v", n, err)
	}
}

// TestExportFlat exports a hundred megabytes and looks at what the server holds
// meanwhile.
func TestExportFlat(t *testing.T) {
	s := start(t, "CREATE VIEW big AS SELECT repeat('x', 10000) AS a FROM generate_series(1, 10000) n")
	before := held() // tests before this one leave an SQL parser, for example
	answer, err := s.client.Do(s.request("GET", exportPath(object{"schema": "public", "name": "big", "format": "ndjson"}), nil))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	const step = 10 << 20
	most, total := uint64(0), int64(0)
	for {
		n, err := io.CopyN(io.Discard, answer.Body, step)
		total += n
		most = max(most, held())
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if total < 100_000_000 || most > before+20<<20 {
		t.Errorf("%d bytes exported, %d held, %d before", total, most, before)
	}
}

// held is the number of bytes in use.
func held() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestExportGone leaves in the middle.
func TestExportGone(t *testing.T) {
	s := start(t, "CREATE VIEW endless AS SELECT repeat('x', 1000) AS a, n FROM generate_series(1, 1000) n, generate_series(1, 1000000) m")
	answer, err := s.client.Do(s.request("GET", exportPath(object{"schema": "public", "name": "endless", "format": "csv"}), nil))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(io.Discard, answer.Body, 1<<20); err != nil {
		t.Fatal(err)
	}
	s.running("endless", true)
	answer.Body.Close()
	s.running("endless", false)
}
