package rows

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/address"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
	"github.com/skein-db/skein/internal/studio/pool"
)

// open returns a pool on a database of the test's own.
func open(t testing.TB, setup string) *pool.Pool {
	t.Helper()
	url := pgtest.New(t)
	p := pool.New(func(ctx context.Context) (*pgx.Conn, error) {
		return address.Connect(ctx, address.Address{URL: url})
	})
	t.Cleanup(p.Close)
	err := p.Write(t.Context(), time.Minute, func(tx *pool.Tx) error { return tx.Exec(t.Context(), setup) })
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// read reads one page.
func read(t testing.TB, p *pool.Pool, ask Request) (*Page, error) {
	t.Helper()
	var page *Page
	err := p.Read(t.Context(), time.Minute, func(tx *pool.Tx) error {
		shape, err := Of(t.Context(), tx, ask.Ref)
		if err != nil {
			return err
		}
		page, err = Read(t.Context(), tx, shape, &ask)
		return err
	})
	return page, err
}

func mustRead(t testing.TB, p *pool.Pool, ask Request) *Page {
	t.Helper()
	page, err := read(t, p, ask)
	if err != nil {
		t.Fatalf("%+v: %v", ask, err)
	}
	return page
}

// many has a table of each sort that tells its rows apart in its own way, with
// few different values, many nulls, and the same rows in all of them.
const many = `
CREATE TYPE size AS ENUM ('small', 'large', 'huge');
CREATE DOMAIN short AS varchar(5);
CREATE TABLE source AS SELECT n AS id,
	(array[1, 2, null])[1 + (n * 7) % 3] AS number,
	(array['a', 'B', 'ä', '', null, 'it''s', '100%'])[1 + (n * 5) % 7] AS text,
	(array['small', 'huge', null, 'large'])[1 + n % 4]::size AS "Size",
	(array[true, false, null])[1 + (n * 11) % 3] AS "is ""it""",
	(array['NaN', '-0', '0', '0.1', 'Infinity', null]::float8[])[1 + (n * 13) % 6] AS float,
	CASE n % 3 WHEN 0 THEN '{1,2}'::int[] WHEN 1 THEN '{}' END AS list,
	timestamptz '2026-01-01 00:00:00.123456+00' + (n % 5) * interval '1 day' AS at,
	(array['x', 'y', null])[1 + (n * 2) % 3]::short AS short,
	CASE n % 2 WHEN 0 THEN '{"a":1}'::json END AS json,
	CASE WHEN n % 10 < 8 THEN repeat(chr(97 + n % 3), 3000) END AS long
	FROM generate_series(1, 60) n;
CREATE TABLE keyed (LIKE source); ALTER TABLE keyed ADD PRIMARY KEY (id);
CREATE TABLE pair (LIKE source); ALTER TABLE pair ADD PRIMARY KEY (at, id);
CREATE TABLE uniquely (LIKE source); ALTER TABLE uniquely ALTER id SET NOT NULL; CREATE UNIQUE INDEX ON uniquely (id DESC);
CREATE TABLE keyless (LIKE source);
CREATE TABLE parted (LIKE source) PARTITION BY LIST (number);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1);
CREATE TABLE parted_other PARTITION OF parted DEFAULT;
CREATE TABLE parent (LIKE source); CREATE TABLE child () INHERITS (parent);
INSERT INTO keyed SELECT * FROM source; INSERT INTO pair SELECT * FROM source; INSERT INTO uniquely SELECT * FROM source; INSERT INTO keyless SELECT * FROM source;
INSERT INTO parted SELECT * FROM source; INSERT INTO parent SELECT * FROM source WHERE id < 30; INSERT INTO child SELECT * FROM source WHERE id >= 30;
CREATE VIEW seen AS SELECT * FROM source;
CREATE VIEW doubled AS SELECT number, text, json FROM source UNION ALL SELECT number, text, json FROM source;
CREATE MATERIALIZED VIEW kept AS SELECT * FROM source;
CREATE INDEX ON keyed (number DESC, text);
CREATE INDEX ON keyed (at);
`

// TestPages reads tables page by page, to the end and back again and from the
// end on, in random orders, and compares with one ORDER BY.
func TestPages(t *testing.T) {
	p := open(t, many)
	tables := []string{"keyed", "pair", "uniquely", "keyless", "parted", "parent", "seen", "doubled", "kept"}
	columns := []string{"number", "text", "Size", `is "it"`, "float", "list", "at", "short", "long", "id"}
	random := rand.New(rand.NewPCG(1, uint64(time.Now().UnixNano())))
	for n := range 45 {
		table := tables[n%len(tables)]
		choice := columns
		ask := Request{Ref: Ref{"public", table}, Filters: []Filter{}, Limit: 1 + random.IntN(25)}
		if table == "doubled" { // by the others its rows cannot be told apart
			choice, ask.Columns = columns[:2], columns[:2]
		}
		for _, name := range choice {
			if random.IntN(len(choice)) < 2 {
				s := Sort{Column: name, Desc: random.IntN(2) == 0}
				if first := random.IntN(2) == 0; random.IntN(2) == 0 {
					s.NullsFirst = &first
				}
				ask.Sort = append(ask.Sort, s)
			}
		}
		random.Shuffle(len(ask.Sort), func(i, j int) { ask.Sort[i], ask.Sort[j] = ask.Sort[j], ask.Sort[i] })
		if random.IntN(3) == 0 && table != "doubled" {
			value := fmt.Sprint(random.IntN(60))
			ask.Filters = []Filter{{Column: "id", Op: "gt", Value: &value}}
		}
		if random.IntN(3) == 0 && table != "doubled" {
			ask.Columns = []string{"id", "json"}
		}
		want := wanted(t, p, ask)
		for name, got := range map[string][]string{"forward": forward(t, p, ask), "from the end": backward(t, p, ask), "to and fro": back(t, p, ask)} {
			if !slices.Equal(got, want) {
				t.Errorf("%s, %s: %+v\ngot  %q\nwant %q", table, name, ask, got, want)
			}
		}
		if t.Failed() {
			return
		}
	}
}

// line is a row of a page by what every order is told by.
func line(row []Cell) string {
	var parts []string
	for _, c := range row {
		if c.Text == nil {
			parts = append(parts, "null")
		} else {
			parts = append(parts, fmt.Sprintf("%.20s", *c.Text))
		}
	}
	return strings.Join(parts, "|")
}

func lines(page *Page) []string {
	out := []string{}
	for _, row := range page.Rows {
		out = append(out, line(row))
	}
	return out
}

// wanted is the whole as one page: Limit takes all of the rows. That this is the
// order of PostgreSQL is seen by TestOrder.
func wanted(t *testing.T, p *pool.Pool, ask Request) []string {
	ask.Limit = MostRows
	return lines(mustRead(t, p, ask))
}

func forward(t *testing.T, p *pool.Pool, ask Request) []string {
	all := []string{}
	for {
		page := mustRead(t, p, ask)
		all = append(all, lines(page)...)
		if !page.More {
			return all
		}
		ask.After = *page.Last
	}
}

func backward(t *testing.T, p *pool.Pool, ask Request) []string {
	all := []string{}
	ask.End = true
	for {
		page := mustRead(t, p, ask)
		all = append(lines(page), all...)
		if !page.More {
			return all
		}
		ask.End, ask.Before = false, *page.First
	}
}

// back reads to the end and then back to the start; what is behind and in front
// of where it turned is all there is.
func back(t *testing.T, p *pool.Pool, ask Request) []string {
	var last *Page
	for {
		last = mustRead(t, p, ask)
		if !last.More {
			break
		}
		ask.After = *last.Last
	}
	all := lines(last)
	if last.First == nil {
		return all
	}
	ask.After, ask.Before = "", *last.First
	for {
		page := mustRead(t, p, ask)
		all = append(lines(page), all...)
		if !page.More {
			return all
		}
		ask.Before = *page.First
	}
}

// TestOrder compares whole pages with an ORDER BY that is written here.
func TestOrder(t *testing.T) {
	p := open(t, many)
	yes, no := true, false
	for _, c := range []struct {
		table string
		sort  []Sort
		order string
	}{
		{"keyed", nil, "id"},
		{"pair", nil, "at, id"},
		{"uniquely", nil, "id"},
		{"keyless", nil, "ctid"},
		{"parted", nil, "tableoid, ctid"},
		{"seen", nil, "id"},
		{"keyed", []Sort{{Column: "number"}}, "number, id"},
		{"keyed", []Sort{{Column: "number", Desc: true}}, "number DESC, id DESC"},
		{"keyed", []Sort{{Column: "number", Desc: true, NullsFirst: &no}}, "number DESC NULLS LAST, id DESC"},
		{"keyed", []Sort{{Column: "number", NullsFirst: &yes}, {Column: "text", Desc: true, NullsFirst: &no}}, "number NULLS FIRST, text DESC NULLS LAST, id DESC"},
		{"keyless", []Sort{{Column: "long", Desc: true}}, "long DESC, ctid DESC"},
		{"parent", []Sort{{Column: "Size"}}, `"Size", tableoid, ctid`},
	} {
		page := mustRead(t, p, Request{Ref: Ref{"public", c.table}, Columns: []string{"id"}, Sort: c.sort, Limit: MostRows})
		var want []string
		err := p.Read(t.Context(), time.Minute, func(tx *pool.Tx) error {
			found, err := tx.Rows(t.Context(), "SELECT id::text AS x FROM "+c.table+" ORDER BY "+c.order)
			for _, row := range found {
				want = append(want, *row[0])
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := lines(page); !slices.Equal(got, want) {
			t.Errorf("%s by %s:\ngot  %v\nwant %v", c.table, c.order, got, want)
		}
	}
}

// TestDeep looks at how pages far behind the start are found: by an index,
// whatever the sort.
func TestDeep(t *testing.T) {
	p := open(t, `CREATE TABLE big AS SELECT n AS id, CASE WHEN n % 3 > 0 THEN n / 10 END AS a, n % 7 AS b FROM generate_series(1, 200000) n;
		ALTER TABLE big ADD PRIMARY KEY (id); CREATE INDEX big_a ON big (a); CREATE INDEX big_b ON big (b, id); ANALYZE big;
		CREATE TABLE plain AS SELECT * FROM big; ANALYZE plain`)
	first := true
	for _, c := range []struct {
		table string
		sort  []Sort
	}{
		{"big", nil},
		{"big", []Sort{{Column: "a"}}},
		{"big", []Sort{{Column: "a", Desc: true}}},
		{"big", []Sort{{Column: "b"}}},
		{"big", []Sort{{Column: "a", NullsFirst: &first}}},
		{"plain", nil},
	} {
		ask := Request{Ref: Ref{"public", c.table}, Sort: c.sort, Limit: 100}
		for range 3 {
			page := mustRead(t, p, ask)
			if page.Slow != "" {
				t.Errorf("%s %v: %s", c.table, c.sort, page.Slow)
			}
			if c.table == "big" && page.Index == nil {
				t.Errorf("%v: no index gives the order: %s", c.sort, page.SQL)
			}
			ask.After = *page.Last
		}
		ask.After, ask.End = "", true
		page := mustRead(t, p, ask)
		if c.table == "big" && page.Index == nil {
			t.Errorf("%v: no index gives the end: %s", c.sort, page.SQL)
		}
	}
}

// TestStrange reads tables with names and columns as only a test has them.
func TestStrange(t *testing.T) {
	p := open(t, `CREATE SCHEMA "ä ""b"""; CREATE TABLE "ä ""b"""."Ω $1 t" ("a""b" int PRIMARY KEY, "t" text, "$1" text, "p" text, "c1" text, "place0" text, "drop me" int);
		ALTER TABLE "ä ""b"""."Ω $1 t" DROP COLUMN "drop me"; INSERT INTO "ä ""b"""."Ω $1 t" VALUES (1, 't', '$1', 'p', 'c', 'x');
		CREATE TABLE none (); INSERT INTO none DEFAULT VALUES;
		CREATE TABLE shapeless (a json, b point, c xml); INSERT INTO shapeless VALUES ('{}', '(1,2)', '<a/>'), (null, null, null);
		CREATE VIEW unsorted AS SELECT a FROM shapeless;
		CREATE TYPE two AS (x int, y text); CREATE TABLE composite (id two PRIMARY KEY, r int4range, b bytea, l "char"); INSERT INTO composite VALUES ('(1,"a b")', '[1,3)', repeat('a', 5000)::bytea, 'x'), ('(2,)', 'empty', '', null);
		CREATE TABLE wide (id int PRIMARY KEY, v text); INSERT INTO wide VALUES (1, repeat('ä', 100000)), (2, repeat('ä', 2048)), (3, repeat('ä', 2049))`)
	page := mustRead(t, p, Request{Ref: Ref{`ä "b"`, "Ω $1 t"}, Sort: []Sort{{Column: "$1"}}, Limit: 5})
	if got := lines(page); len(got) != 1 || got[0] != "1|t|$1|p|c|x" || !strings.Contains(page.SQL, `"ä ""b"""."Ω $1 t"`) {
		t.Errorf("got %q %s", got, page.SQL)
	}
	if got := mustRead(t, p, Request{Ref: Ref{"public", "none"}, Limit: 5}); len(got.Rows) != 1 || len(got.Columns) != 0 {
		t.Errorf("got %+v", got)
	}
	for _, name := range []string{"shapeless", "unsorted"} {
		if got := mustRead(t, p, Request{Ref: Ref{"public", name}, Limit: 5}); len(got.Rows) != 2 || got.Key != nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if _, err := read(t, p, Request{Ref: Ref{"public", "shapeless"}, Sort: []Sort{{Column: "b"}}, Limit: 5}); err == nil || !strings.Contains(err.Error(), "the type point has no order") {
		t.Errorf("got %v", err)
	}
	composite := mustRead(t, p, Request{Ref: Ref{"public", "composite"}, Limit: 1})
	if got := composite.Rows[0]; *got[0].Text != `(1,"a b")` || got[2].Size != 10002 || len(*got[2].Text) != 2050-2+0 && len(*got[2].Text) != 2048 {
		t.Errorf("got %+v", got)
	}
	if next := mustRead(t, p, Request{Ref: Ref{"public", "composite"}, Limit: 1, After: *composite.Last}); *next.Rows[0][0].Text != "(2,)" || next.Rows[0][2].Size != 0 {
		t.Errorf("got %+v", next)
	}
	wide := mustRead(t, p, Request{Ref: Ref{"public", "wide"}, Limit: 5})
	for i, want := range []int64{200000, 0, 4098} {
		if c := wide.Rows[i][1]; c.Size != want || len([]rune(*c.Text)) != 2048 {
			t.Errorf("cell %d: %d of %d", i, len([]rune(*c.Text)), c.Size)
		}
	}
}
