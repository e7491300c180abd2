package rows

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/diag"
)

const filtered = `
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TABLE f (id int PRIMARY KEY, t text, v varchar(4), c char(3), n numeric, p positive, b bool, at timestamptz, d date, m mood, l text[], k int[], j jsonb, x json, r int4range, y bytea, u uuid, i inet, g point, iv interval);
INSERT INTO f VALUES
 (1, 'Hello 100%', 'abcd', 'ab', 1.50, 1, true, '2026-01-01 12:00+00', '2026-01-01', 'ok', '{a,b}', '{1,2}', '{"a":{"b":"x"},"n":5,"l":[1,{"z":2}]}', '{"a":1}', '[1,5)', '\x00ff', '00000000-0000-0000-0000-000000000001', '10.0.0.1', '(1,2)', '1 day'),
 (2, 'hello_there', 'ab', 'ab', 10, 2, false, '2026-02-01', '2026-02-01', 'sad', '{}', NULL, '{"a":null,"n":"7"}', '{"b":2}', 'empty', '', NULL, '10.0.0.2', '(0,0)', '2 hours'),
 (3, '', '', '', 'NaN', 3, NULL, NULL, 'infinity', NULL, '{a,NULL}', '{3}', '[]', NULL, NULL, NULL, NULL, NULL, NULL, NULL),
 (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE INDEX f_at ON f (at); CREATE INDEX f_j ON f USING gin (j); CREATE INDEX f_l ON f USING gin (l); CREATE INDEX f_t ON f (t text_pattern_ops);
`

func TestFilters(t *testing.T) {
	p := open(t, filtered)
	for _, c := range []struct{ filter, want string }{
		{`{"column":"t","op":"eq","value":"hello_there"}`, "2"},
		{`{"column":"t","op":"ne","value":"hello_there"}`, "1 3 4"},
		{`{"column":"t","op":"contains","value":"HELLO"}`, "1 2"},
		{`{"column":"t","op":"contains","value":"0%"}`, "1"},
		{`{"column":"t","op":"contains","value":"_"}`, "2"},
		{`{"column":"t","op":"contains","value":"\\"}`, ""},
		{`{"column":"t","op":"starts","value":"hello_"}`, "2"},
		{`{"column":"t","op":"ends","value":"100%"}`, "1"},
		{`{"column":"t","op":"regex","value":"^h.*e$"}`, "2"},
		{`{"column":"t","op":"empty"}`, "3"},
		{`{"column":"t","op":"null"}`, "4"},
		{`{"column":"t","op":"notnull"}`, "1 2 3"},
		{`{"column":"t","op":"in","values":["","hello_there","x'y"]}`, "2 3"},
		{`{"column":"t","op":"gt","value":"zz"}`, ""},
		{`{"column":"v","op":"eq","value":"abcdef"}`, ""},
		{`{"column":"c","op":"eq","value":"ab"}`, "1 2"},
		{`{"column":"c","op":"eq","value":"abc"}`, ""},
		{`{"column":"n","op":"eq","value":"1.5"}`, "1"},
		{`{"column":"n","op":"between","values":["1","10"]}`, "1 2"},
		{`{"column":"n","op":"eq","value":"NaN"}`, "3"},
		{`{"column":"n","op":"contains","value":".5"}`, "1"},
		{`{"column":"p","op":"eq","value":"-5"}`, ""},
		{`{"column":"p","op":"le","value":"2"}`, "1 2"},
		{`{"column":"b","op":"true"}`, "1"},
		{`{"column":"b","op":"false"}`, "2"},
		{`{"column":"b","op":"eq","value":"yes"}`, "1"},
		{`{"column":"at","op":"ge","value":"2026-01-01 13:00+01"}`, "1 2"},
		{`{"column":"at","op":"lt","value":"2026-01-15"}`, "1"},
		{`{"column":"d","op":"eq","value":"infinity"}`, "3"},
		{`{"column":"m","op":"eq","value":"ok"}`, "1"},
		{`{"column":"m","op":"in","values":["sad","ok"]}`, "1 2"},
		{`{"column":"m","op":"lt","value":"ok"}`, "2"},
		{`{"column":"l","op":"arrayHas","value":"a"}`, "1 3"},
		{`{"column":"k","op":"arrayHas","value":"2"}`, "1"},
		{`{"column":"l","op":"eq","value":"{a,b}"}`, "1"},
		{`{"column":"l","op":"empty"}`, "2"},
		{`{"column":"l","op":"contains","value":"b"}`, "1"},
		{`{"column":"j","op":"jsonHas","value":"{\"a\":{\"b\":\"x\"}}"}`, "1"},
		{`{"column":"j","path":["a","b"],"op":"eq","value":"x"}`, "1"},
		{`{"column":"j","path":["a","b"],"op":"jsonEq","value":"\"x\""}`, "1"},
		{`{"column":"j","path":["l","1","z"],"op":"jsonEq","value":"2"}`, "1"},
		{`{"column":"j","path":["n"],"op":"gt","value":"3"}`, "1"},
		{`{"column":"j","path":["n"],"op":"between","values":["1","9"]}`, "1"},
		{`{"column":"j","path":["n"],"op":"in","values":["7","8"]}`, "2"},
		{`{"column":"j","path":["a"],"op":"null"}`, "2 3 4"},
		{`{"column":"j","path":["a"],"op":"notnull"}`, "1"},
		{`{"column":"j","op":"empty"}`, "3"},
		{`{"column":"x","path":["a"],"op":"eq","value":"1"}`, "1"},
		{`{"column":"x","path":["a"],"op":"ge","value":"1"}`, "1"},
		{`{"column":"x","op":"jsonHas","value":"{\"b\":2}"}`, "2"},
		{`{"column":"x","op":"eq","value":"{\"a\":1}"}`, "1"},
		{`{"column":"r","op":"arrayHas","value":"4"}`, "1"},
		{`{"column":"r","op":"empty"}`, "2"},
		{`{"column":"y","op":"eq","value":"\\x00ff"}`, "1"},
		{`{"column":"y","op":"empty"}`, "2"},
		{`{"column":"u","op":"eq","value":"00000000000000000000000000000001"}`, "1"},
		{`{"column":"u","op":"starts","value":"0000"}`, "1"},
		{`{"column":"i","op":"gt","value":"10.0.0.1"}`, "2"},
		{`{"column":"g","op":"eq","value":"(1,2)"}`, "1"},
		{`{"column":"iv","op":"gt","value":"3 hours"}`, "1"},
	} {
		var f Filter
		if err := json.Unmarshal([]byte(c.filter), &f); err != nil {
			t.Fatal(err)
		}
		page, err := read(t, p, Request{Ref: Ref{"public", "f"}, Columns: []string{"id"}, Filters: []Filter{f}, Limit: 9})
		if err != nil {
			t.Errorf("%s: %v", c.filter, err)
			continue
		}
		if got := strings.Join(lines(page), " "); got != c.want {
			t.Errorf("%s: got %q, want %q\n%s", c.filter, got, c.want, page.SQL)
		}
	}
}

func TestFilterErrors(t *testing.T) {
	p := open(t, filtered)
	for _, c := range []struct{ filter, want string }{
		{`{"column":"n","op":"eq","value":"much"}`, "the filter on n: invalid input syntax"},
		{`{"column":"m","op":"eq","value":"merry"}`, "the filter on m: invalid input value for enum"},
		{`{"column":"at","op":"lt","value":"tomorrowish"}`, "the filter on at: invalid input syntax"},
		{`{"column":"j","op":"jsonHas","value":"{"}`, "the filter on j: invalid input syntax"},
		{`{"column":"t","op":"regex","value":"("}`, "the filter on t: invalid regular expression"},
		{`{"column":"nobody","op":"null"}`, "has no column nobody"},
		{`{"column":"t","op":"like","value":"x"}`, "not one for the type text"},
		{`{"column":"t","op":"true"}`, "not one for the type text"},
		{`{"column":"t","op":"eq"}`, "takes a value"},
		{`{"column":"t","op":"in","values":[]}`, "1 to 1000 values"},
		{`{"column":"t","op":"between","values":["1"]}`, "takes two values"},
		{`{"column":"t","path":["a"],"op":"null"}`, "only json and jsonb have paths"},
		{`{"column":"x","op":"lt","value":"{}"}`, "not one for the type json"},
		{`{"column":"t","op":"eq","value":"a\u0000b"}`, "no NUL"},
	} {
		var f Filter
		if err := json.Unmarshal([]byte(c.filter), &f); err != nil {
			t.Fatal(err)
		}
		_, err := read(t, p, Request{Ref: Ref{"public", "f"}, Filters: []Filter{f}, Limit: 9})
		var e *diag.Error
		if !errors.As(err, &e) || e.Kind != diag.Usage || !strings.Contains(err.Error(), c.want) || e.Hint == "" {
			t.Errorf("%s: %v", c.filter, err)
		}
	}
}

func TestSlow(t *testing.T) {
	// The planner goes by what it believes a table to be.
	p := open(t, `CREATE TABLE big AS SELECT n AS id, md5(n::text) AS name, n AS a, jsonb_build_object('n', n) AS j, '{a}'::text[] AS l FROM generate_series(1, 10000) n; ALTER TABLE big ADD PRIMARY KEY (id);
		ANALYZE big; UPDATE pg_class SET reltuples = 1e8 WHERE relname = 'big'; CREATE VIEW seen AS SELECT * FROM big; CREATE TABLE plain AS SELECT * FROM big; ANALYZE plain; UPDATE pg_class SET reltuples = 1e8 WHERE relname = 'plain'`)
	const index = `CREATE INDEX CONCURRENTLY ON "public"."big" `
	for _, c := range []struct {
		table   string
		filters []Filter
		sort    []Sort
		want    string
	}{
		{"big", nil, nil, ""},
		{"big", []Filter{{Column: "id", Op: "eq", Value: ptr("5")}}, nil, ""},
		{"big", nil, []Sort{{Column: "id", Desc: true}}, ""},
		{"big", nil, []Sort{{Column: "name"}}, index + `("name", "id") would help`},
		{"big", nil, []Sort{{Column: "name", Desc: true}}, index + `("name" DESC, "id" DESC) would help`},
		{"big", []Filter{{Column: "name", Op: "eq", Value: ptr("x")}}, []Sort{{Column: "a"}}, index + `("name") would help`},
		{"big", []Filter{{Column: "name", Op: "contains", Value: ptr("xyzxyz")}}, []Sort{{Column: "a"}}, "gin_trgm_ops"},
		{"big", []Filter{{Column: "name", Op: "starts", Value: ptr("xyz")}}, []Sort{{Column: "a"}}, "text_pattern_ops"},
		{"big", []Filter{{Column: "a", Op: "contains", Value: ptr("5")}}, []Sort{{Column: "a"}}, "no index helps"},
		{"big", []Filter{{Column: "j", Op: "jsonHas", Value: ptr(`{"n":1}`)}}, []Sort{{Column: "a"}}, "USING gin"},
		{"big", []Filter{{Column: "j", Path: []string{"n"}, Op: "eq", Value: ptr("1")}}, []Sort{{Column: "a"}}, `(("j" #>> '{"n"}'))`},
		{"seen", nil, []Sort{{Column: "name"}}, "a view has no order"},
		{"plain", []Filter{{Column: "l", Op: "arrayHas", Value: ptr("b")}}, nil, "USING gin"},
		{"plain", nil, nil, ""},
	} {
		page := mustRead(t, p, Request{Ref: Ref{"public", c.table}, Filters: c.filters, Sort: c.sort, Limit: 50})
		if c.want == "" && page.Slow != "" || !strings.Contains(page.Slow, c.want) {
			t.Errorf("%v %v: %q", c.filters, c.sort, page.Slow)
		}
	}
}

func ptr(text string) *string { return &text }

// FuzzFilter looks for a filter that makes SQL which PostgreSQL cannot read, or
// that is more than a condition.
func FuzzFilter(f *testing.F) {
	p := open(f, filtered)
	ops := []string{"eq", "ne", "lt", "le", "gt", "ge", "between", "in", "null", "notnull", "contains", "starts", "ends", "regex", "true", "false", "jsonHas", "jsonEq", "arrayHas", "empty", "x"}
	columns := strings.Split("id t v c n p b at d m l k j x r y u i g iv", " ")
	f.Add(uint8(1), uint8(0), "it's", "$1", "a")
	f.Add(uint8(12), uint8(16), `{"a":1}`, "", `0`)
	f.Add(uint8(12), uint8(17), `1e400`, "", `b"`)
	f.Add(uint8(10), uint8(18), `\`, "", "")
	f.Fuzz(func(t *testing.T, column, op uint8, a, b, step string) {
		filter := Filter{Column: columns[int(column)%len(columns)], Op: ops[int(op)%len(ops)], Value: &a, Values: []string{a, b}}
		if step != "" {
			filter.Path = []string{step, b}
		}
		_, err := read(t, p, Request{Ref: Ref{"public", "f"}, Filters: []Filter{filter}, Limit: 9})
		var known *diag.Error
		var pg *pgconn.PgError
		switch {
		case err == nil, errors.As(err, &known) && known.Kind == diag.Usage:
		case errors.As(err, &pg) && (strings.HasPrefix(pg.Code, "22") || strings.HasPrefix(pg.Code, "2201B") || pg.Code == "54000" || pg.Code == "42704"):
		default:
			t.Errorf("%+v: %v", filter, err)
		}
	})
}
