package studio

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// TestAllAtOnce is several pages that ask for everything at the same time, run
// and cancel by the same ids, and keep things under the same key. Nobody gets an
// answer that a page alone would not get.
func TestAllAtOnce(t *testing.T) {
	s := start(t, "CREATE TABLE t (a int PRIMARY KEY, b text); INSERT INTO t SELECT g, g FROM generate_series(1, 50) g",
		withFolder(folder(t)), writing, func(o *Options) { o.Memory = t.TempDir() })
	page := func(n int) {
		id := fmt.Sprintf("run %d", n%3)
		for _, c := range []struct {
			method, path string
			body         any
			may          string // statuses next to 200
		}{
			{"GET", "/api/session", nil, ""},
			{"POST", "/api/sql/run", object{"id": id, "sql": "select pg_sleep(0.05)"}, "409 429"},
			{"GET", "/api/objects", nil, ""},
			{"POST", "/api/sql/cancel", object{"id": id}, ""},
			{"GET", "/api/table?schema=public&name=t", nil, ""},
			{"POST", "/api/rows", object{"schema": "public", "name": "t", "filters": []any{}, "sort": []any{}, "limit": 10}, ""},
			{"POST", "/api/count", object{"schema": "public", "name": "t", "filters": []any{}}, ""},
			{"PUT", "/api/memory/layout", object{"page": n}, ""},
			{"GET", "/api/memory/layout", nil, ""},
			{"POST", "/api/sql/explain", object{"id": id, "sql": "select 1"}, "409 429"},
			{"GET", "/api/completion", nil, ""},
			{"GET", "/api/schema?at=live", nil, ""},
			{"GET", "/api/history", nil, ""},
			{"GET", "/api/history/0000_start", nil, ""},
			{"GET", "/api/plan", nil, ""},
			{"GET", exportPath(object{"schema": "public", "name": "t", "filters": []any{}, "sort": []any{}, "format": "csv"}), nil, ""},
		} {
			status, text := s.ask(c.method, c.path, c.body)
			if status != http.StatusOK && !strings.Contains(c.may, fmt.Sprint(status)) {
				t.Errorf("%s %s: %d %s", c.method, c.path, status, text)
			}
		}
	}
	var all sync.WaitGroup
	for n := range 6 {
		all.Go(func() { page(n) })
	}
	all.Wait()
	if left := len(s.server.queries.all); left != 0 {
		t.Errorf("%d runs are taken for running", left)
	}
}
