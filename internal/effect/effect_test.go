package effect

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// base are the tables that every case begins with.
const base = `
CREATE TYPE kind AS ENUM ('a', 'b');
CREATE DOMAIN plain AS text;
CREATE DOMAIN strict AS text CHECK (value <> '');
CREATE TABLE parent (id integer PRIMARY KEY, code text UNIQUE);
CREATE TABLE t (
	id integer PRIMARY KEY, a integer, b varchar(10), c text, n numeric(10,2), u uuid, e kind,
	d timestamp(3), z timestamptz, p integer REFERENCES parent, x integer NOT NULL DEFAULT 1
);
CREATE INDEX t_a_idx ON t (a);
CREATE TABLE child (id integer PRIMARY KEY, t integer REFERENCES t);
INSERT INTO parent VALUES (1, 'x'), (2, 'y');
INSERT INTO t VALUES (1, 1, 'x', 'x', 1, gen_random_uuid(), 'a', now(), now(), 1);
INSERT INTO child VALUES (1, 1);`

// matview and partitions are for the cases that need them.
const (
	matview    = `CREATE MATERIALIZED VIEW m AS SELECT id, code FROM parent; CREATE UNIQUE INDEX m_id ON m (id);`
	partitions = `CREATE TABLE log (id integer, at date) PARTITION BY RANGE (at);
CREATE TABLE log1 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');`
	loose = `CREATE TABLE log2 (id integer, at date); INSERT INTO log2 VALUES (1, '2021-05-05');`
)

// effectCase is a statement after the tables of base and a setup. Its effects
// are not written down: PostgreSQL is asked.
type effectCase struct {
	setup, sql string
	// maybe says that the effect is uncertain here, so that the server may do
	// less than is said.
	maybe bool
	// reads says that rows are read by the statement's query, or one by one,
	// which are no scans as Effect has them.
	reads bool
	// empties says that tables get new files, with nothing written to them.
	empties bool
	// version is the first major version that has the statement.
	version uint32
}

// TestEffects runs the statements and compares what they hold, write and scan
// with what Of says.
func TestEffects(t *testing.T) {
	o := newOracle(t)
	texts := []string{base}
	for _, c := range cases {
		texts = append(texts, c.setup, c.sql)
	}
	parsed := parse(t, texts...)
	before := NewState(nil)
	before.applyAll(parsed[0])
	ran := 0
	for i, c := range cases {
		if version := number(strings.SplitN(o.conn.PgConn().ParameterStatus("server_version"), ".", 2)[0]); version < c.version {
			continue
		}
		st := before.clone()
		st.applyAll(parsed[2*i+1])
		statements := parsed[2*i+2]
		if len(statements) != 1 {
			t.Fatalf("%s: %d statements", c.sql, len(statements))
		}
		got := Of(&statements[0], st)
		prepare := func() { o.reset(base, c.setup) }
		prepare()
		seen, err := o.watch(c.sql, got, prepare)
		if err != nil {
			t.Errorf("%s %s\n%v", c.setup, c.sql, err)
			continue
		}
		ran++
		if message := c.compare(&got, seen); message != "" {
			t.Errorf("%s %s\n%s", c.setup, c.sql, message)
		}
	}
	if ran < 200 {
		t.Errorf("%d statements ran", ran)
	}
}

func (c effectCase) compare(got *Effect, seen observed) string {
	said := got.observable()
	if c.maybe != got.uncertain() {
		return fmt.Sprintf("certain or not? %+v", *got)
	}
	if c.reads || seen.outside {
		said.scans, seen.scans = nil, nil
	}
	if c.empties {
		said.rewrites, seen.rewrites, said.builds, seen.builds = nil, nil, nil, nil
	}
	if c.maybe {
		// Less is possible, not more.
		said = observed{less(said.locks, seen.locks), less(said.rewrites, seen.rewrites), less(said.scans, seen.scans), less(said.builds, seen.builds), said.outside}
	}
	if diff := cmp.Diff(show(seen), show(said)); diff != "" {
		return "PostgreSQL (-), Of (+)\n" + diff
	}
	return ""
}

// less takes out of said what was not seen.
func less(said, seen []string) []string {
	var out []string
	for _, s := range said {
		for _, o := range seen {
			if s == o {
				out = append(out, s)
			}
		}
	}
	return out
}

func show(o observed) string {
	return fmt.Sprintf("locks %s\nrewrites %s\nscans %s\nbuilds %s\noutside %v", strings.Join(o.locks, ", "),
		strings.Join(o.rewrites, ", "), strings.Join(o.scans, ", "), strings.Join(o.builds, ", "), o.outside)
}
