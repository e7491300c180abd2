package studio

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const shop = `
CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s "odd"');
CREATE DOMAIN email AS text CHECK (VALUE ~ '@');
CREATE TABLE people (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, email email NOT NULL UNIQUE, mood mood, tags text[], more jsonb, "we""ird" text, gone int,
	size int GENERATED ALWAYS AS (length(email)) STORED, CHECK (size > 2));
ALTER TABLE people DROP COLUMN gone;
CREATE TABLE orders (id bigint PRIMARY KEY, person int REFERENCES people ON DELETE CASCADE, total numeric(10,2), at timestamptz, photo bytea, note text);
CREATE INDEX ON orders (person);
CREATE TABLE visits (person int REFERENCES people, at timestamp);
CREATE VIEW sums AS SELECT person, sum(total) AS total FROM orders GROUP BY person;
CREATE MATERIALIZED VIEW totals AS SELECT * FROM sums;
COMMENT ON TABLE people IS 'who buys';
COMMENT ON COLUMN people.email IS 'where to write';
INSERT INTO people (email, mood, tags, more, "we""ird") VALUES
	('ada@example.org', 'ok', '{a,"b c"}', '{"city": {"name": "London"}, "age": 36}', 'x'), ('bob@example.org', NULL, NULL, '{"age": 9}', NULL), ('eve@example.org', 'sad', '{}', NULL, '');
INSERT INTO orders SELECT n, 1 + n % 2, n * 1.5, '2026-01-01 12:00+00'::timestamptz + n * interval '1 day', '\x00ff', repeat('long ', n) FROM generate_series(1, 1000) n;
INSERT INTO visits SELECT 1, '2026-01-01' FROM generate_series(1, 3);
REFRESH MATERIALIZED VIEW totals;
ANALYZE;
`

func TestSession(t *testing.T) {
	s := start(t, shop)
	var got sessionAnswer
	s.get(&got, "GET", "/api/session", nil)
	if got.Name == "" || got.Server == "" || got.Write || !got.Local || got.WriteWhy != "start with --write to edit" || got.Project != nil {
		t.Errorf("got %+v", got)
	}
}

func TestObjects(t *testing.T) {
	s := start(t, shop)
	var got struct{ Schemas []schemaAnswer }
	s.get(&got, "GET", "/api/objects", nil)
	kinds := map[string]string{}
	for _, schema := range got.Schemas {
		for _, o := range schema.Objects {
			kinds[schema.Name+"."+o.Name] = o.Kind
		}
	}
	want := map[string]string{"public.people": "table", "public.orders": "table", "public.visits": "table", "public.sums": "view", "public.totals": "matview"}
	if d := cmp.Diff(want, kinds); d != "" {
		t.Error(d)
	}
}

func TestTable(t *testing.T) {
	s := start(t, shop)
	var got tableAnswer
	s.get(&got, "GET", "/api/table?schema=public&name=people", nil)
	columns := map[string]columnAnswer{}
	for _, c := range got.Columns {
		columns[c.Name] = c
	}
	if got.Kind != "table" || got.Comment != "who buys" || len(got.Key) != 1 || got.Key[0] != "id" || len(got.Columns) != 7 {
		t.Errorf("got %+v", got)
	}
	if c := columns["id"]; c.Identity != "always" || !c.Primary || c.Nullable || c.Kind != "number" {
		t.Errorf("id: %+v", c)
	}
	if c := columns["email"]; c.Kind != "text" || c.Type != "email" || *c.Comment != "where to write" {
		t.Errorf("email: %+v", c)
	}
	if c := columns["mood"]; c.Kind != "enum" || len(c.Enum) != 3 || c.Enum[2] != `it's "odd"` {
		t.Errorf("mood: %+v", c)
	}
	if c := columns["tags"]; c.Kind != "array" || c.Element != "text" || !c.Sortable {
		t.Errorf("tags: %+v", c)
	}
	if c := columns["size"]; c.Updatable || c.Generated == nil {
		t.Errorf("size: %+v", c)
	}
	if len(got.ReferencedBy) != 2 || got.ReferencedBy[0].Table.Name != "orders" || !got.ReferencedBy[0].Indexed || got.ReferencedBy[0].OnDelete != "cascade" || got.ReferencedBy[1].Indexed {
		t.Errorf("referenced by %+v", got.ReferencedBy)
	}
	if len(got.Checks) != 1 || got.Checks[0].Definition != "CHECK (size > 2)" || len(got.Uniques) != 1 || got.Stats == nil || got.Stats.LastAnalyze == nil {
		t.Errorf("got %+v %+v %+v", got.Checks, got.Uniques, got.Stats)
	}
	s.refused(400, "GET", "/api/table?schema=public&name=nobody", nil, "there is no table or view public.nobody")
	s.get(&got, "GET", "/api/table?schema=public&name=sums", nil)
	if got.Kind != "view" || got.View == "" || got.Key != nil {
		t.Errorf("sums: %+v", got)
	}
}

func TestRows(t *testing.T) {
	s := start(t, shop)
	type page struct {
		Columns     []string
		Rows        [][]any
		Keys        [][]string
		First, Last string
		More        bool
		Index       *string
	}
	var got page
	s.get(&got, "POST", "/api/rows", object{"schema": "public", "name": "people", "filters": []any{}, "sort": []any{}, "limit": 2})
	want := [][]any{
		{"1", "ada@example.org", "ok", `{a,"b c"}`, `{"age": 36, "city": {"name": "London"}}`, "x", "15"},
		{"2", "bob@example.org", nil, nil, `{"age": 9}`, nil, "15"},
	}
	if d := cmp.Diff(want, got.Rows); d != "" || !got.More || got.Keys[1][0] != "2" {
		t.Error(d, got)
	}
	var next page
	s.get(&next, "POST", "/api/rows", object{"schema": "public", "name": "people", "filters": []any{}, "sort": []any{}, "limit": 2, "after": got.Last})
	if len(next.Rows) != 1 || next.Rows[0][0] != "3" || next.More {
		t.Errorf("next: %+v", next)
	}
	var orders page
	s.get(&orders, "POST", "/api/rows", object{"schema": "public", "name": "orders", "columns": []string{"note", "photo"}, "filters": []any{}, "sort": []any{object{"column": "total", "desc": true}}, "limit": 1})
	cut, _ := orders.Rows[0][0].(object)
	if text, _ := cut["cut"].(string); len(text) != 2048 || cut["size"] != 5000.0 || orders.Rows[0][1] != `\x00ff` || orders.Keys[0][0] != "1000" {
		t.Errorf("orders: %+v", orders)
	}
	var whole struct {
		Value string
		Size  int
	}
	s.get(&whole, "POST", "/api/cell", object{"schema": "public", "name": "orders", "key": []string{"1000"}, "column": "note"})
	if whole.Size != 5000 || len(whole.Value) != 5000 {
		t.Errorf("cell: %d, %d", whole.Size, len(whole.Value))
	}
	if status, text := s.ask("GET", `/api/cell/raw?q={"schema":"public","name":"orders","key":["1"],"column":"photo"}`, nil); status != 200 || text != "\x00\xff" {
		t.Errorf("raw: %d %q", status, text)
	}
}

func TestPeekAndBacklinks(t *testing.T) {
	s := start(t, shop)
	var peek struct{ Row []any }
	s.get(&peek, "POST", "/api/peek", object{"schema": "public", "name": "people", "columns": []string{"id"}, "values": []string{"2"}})
	if len(peek.Row) != 7 || peek.Row[1] != "bob@example.org" {
		t.Errorf("peek: %+v", peek)
	}
	s.get(&peek, "POST", "/api/peek", object{"schema": "public", "name": "people", "columns": []string{"id"}, "values": []string{"99"}})
	if peek.Row != nil {
		t.Errorf("peek: %+v", peek)
	}
	var got struct {
		Links []struct {
			Name   string
			Table  object
			Values []string
			Count  int
			More   bool
		}
	}
	s.get(&got, "POST", "/api/backlinks", object{"schema": "public", "name": "people", "key": []string{"1"}})
	if len(got.Links) != 2 || got.Links[0].Count != 500 || got.Links[1].Count != 3 || got.Links[0].Values[0] != "1" {
		t.Errorf("backlinks: %+v", got)
	}
}

func TestCount(t *testing.T) {
	s := start(t, shop)
	var got struct {
		Count int
		Exact bool
	}
	s.get(&got, "POST", "/api/count", object{"schema": "public", "name": "orders", "filters": []any{object{"column": "total", "op": "gt", "value": "750"}}})
	if got.Count != 500 || !got.Exact {
		t.Errorf("got %+v", got)
	}
}
