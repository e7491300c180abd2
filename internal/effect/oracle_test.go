package effect

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/pgserver/pgtest"
	"github.com/skein-db/skein/internal/sqltree"
)

// oracle is a PostgreSQL that shows what statements do.
type oracle struct {
	t     *testing.T
	conn  *pgx.Conn
	other *pgx.Conn // to stand in the way, and to look on
}

// observed is what a statement was seen to do, each sorted: locks as "table
// LEVEL", the strongest for each table, and names of tables.
type observed struct {
	locks, rewrites, scans, builds []string
	outside                        bool
}

// relations are the tables of a database and what belongs to them.
type relations struct {
	names map[uint32]string // tables and views by oid
	files map[uint32]uint32 // of tables and indexes
	table map[uint32]uint32 // of indexes
}

func newOracle(t *testing.T) *oracle {
	url := pgtest.New(t)
	o := &oracle{t: t}
	for _, c := range []**pgx.Conn{&o.conn, &o.other} {
		conn, err := pgx.Connect(context.Background(), url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close(context.Background()) })
		*c = conn
	}
	o.must("SET TimeZone = 'Europe/Berlin'")
	return o
}

func (o *oracle) must(sql string) {
	o.t.Helper()
	if err := o.run(o.conn, sql); err != nil {
		o.t.Fatalf("%s\n%v", sql, err)
	}
}

func (o *oracle) run(conn *pgx.Conn, sql string) error {
	_, err := conn.PgConn().Exec(context.Background(), sql).ReadAll()
	return err
}

// reset makes an empty database with the tables of a case.
func (o *oracle) reset(setup ...string) {
	o.t.Helper()
	o.must("DROP SCHEMA IF EXISTS s CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public; DISCARD PLANS")
	for _, sql := range setup {
		o.must(sql)
	}
}

// query calls f for each row of the result, which has numbers and texts.
func (o *oracle) query(conn *pgx.Conn, sql string, f func(row []string)) {
	o.t.Helper()
	results, err := conn.PgConn().Exec(context.Background(), sql).ReadAll()
	if err != nil {
		o.t.Fatal(err)
	}
	for _, values := range results[0].Rows {
		row := make([]string, len(values))
		for i, v := range values {
			row[i] = string(v)
		}
		f(row)
	}
}

func (o *oracle) relations() relations {
	r := relations{map[uint32]string{}, map[uint32]uint32{}, map[uint32]uint32{}}
	o.query(o.conn, `SELECT c.oid, c.relkind, n.nspname || '.' || c.relname, c.relfilenode, coalesce(i.indrelid, 0) FROM pg_class c
		JOIN pg_namespace n ON n.oid = relnamespace LEFT JOIN pg_index i ON i.indexrelid = c.oid
		WHERE relkind IN ('r', 'p', 'v', 'm', 'i', 'I') AND nspname IN ('public', 's')`, func(row []string) {
		oid := number(row[0])
		r.files[oid] = number(row[3])
		if row[1] == "i" || row[1] == "I" {
			r.table[oid] = number(row[4])
		} else {
			r.names[oid] = row[2]
		}
	})
	return r
}

func number(s string) (n uint32) {
	fmt.Sscan(s, &n)
	return n
}

// watch runs the statement in a transaction, looks at what it holds and has
// done, and rolls back. A statement that refuses a transaction runs without.
func (o *oracle) watch(sql string, predicted Effect, again func()) (seen observed, err error) {
	before := o.relations()
	o.must("BEGIN")
	defer func() { o.must("ROLLBACK") }()
	scansBefore := o.scans()
	var refused *pgconn.PgError
	err = o.run(o.conn, sql)
	if errors.As(err, &refused) && (refused.Code == "25001" || refused.Code == "2D000") {
		o.must("ROLLBACK")
		seen, err = o.watchOutside(sql, before, predicted, again)
		o.must("BEGIN")
		return seen, err
	}
	if err != nil {
		return seen, err
	}
	held := map[string]Level{}
	o.query(o.conn, "SELECT relation, mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation'", func(row []string) {
		if name, ok := before.names[number(row[0])]; ok {
			held[name] = max(held[name], modeLevel(row[1]))
		}
	})
	for name, level := range held {
		seen.locks = append(seen.locks, name+" "+level.String())
	}
	slices.Sort(seen.locks)
	for oid, n := range o.scans() {
		if name, ok := before.names[oid]; ok && n > scansBefore[oid] {
			seen.scans = append(seen.scans, name)
		}
	}
	slices.Sort(seen.scans)
	seen.files(before, o.relations())
	return seen, nil
}

// scans are how often tables were read by this transaction, or by ones before
// that have not reported yet.
func (o *oracle) scans() map[uint32]uint32 {
	out := map[uint32]uint32{}
	o.query(o.conn, "SELECT relid, seq_scan + coalesce(idx_scan, 0) FROM pg_stat_xact_user_tables", func(row []string) {
		out[number(row[0])] = number(row[1])
	})
	return out
}

// files compares the files of tables and indexes: new ones were written.
func (s *observed) files(before, after relations) {
	for oid, name := range before.names {
		if file, there := after.files[oid]; there && file != before.files[oid] {
			s.rewrites = append(s.rewrites, name)
		}
	}
	slices.Sort(s.rewrites)
	known := slices.Collect(maps.Values(before.files))
	for oid, table := range after.table {
		// An index that is kept can get another oid.
		if name, ok := before.names[table]; ok && !slices.Contains(known, after.files[oid]) && !slices.Contains(s.rewrites, name) {
			s.builds = append(s.builds, name)
		}
	}
	slices.Sort(s.builds)
	s.builds = slices.Compact(s.builds)
}

// watchOutside runs a statement of its own transactions. For each table that
// it is said to lock, it is made to wait for that lock, which shows its level.
func (o *oracle) watchOutside(sql string, before relations, predicted Effect, again func()) (seen observed, err error) {
	seen.outside = true
	if len(predicted.Locks) == 0 {
		return seen, nil // it may change the server, which others use
	}
	for _, l := range predicted.Locks {
		if err := o.run(o.other, fmt.Sprintf("BEGIN; LOCK TABLE %s IN %s MODE", l.Table, weakest(l.Level))); err != nil {
			return seen, err
		}
		ended := make(chan error, 1)
		pid := o.conn.PgConn().PID()
		go func() { ended <- o.run(o.conn, sql) }()
		for waits := ""; waits == "" && len(ended) == 0; {
			o.query(o.other, fmt.Sprintf("SELECT relation, mode FROM pg_locks WHERE pid = %d AND NOT granted AND locktype = 'relation'", pid), func(row []string) {
				waits = before.names[number(row[0])] + " " + modeLevel(row[1]).String()
				seen.locks = append(seen.locks, waits)
			})
		}
		if err := o.run(o.other, "ROLLBACK"); err != nil {
			return seen, err
		}
		if err := <-ended; err != nil {
			return seen, err
		}
		if l != predicted.Locks[len(predicted.Locks)-1] {
			again()
			before = o.relations()
		}
	}
	slices.Sort(seen.locks)
	seen.files(before, o.relations())
	return seen, nil
}

// weakest is the weakest level that conflicts with one.
func weakest(l Level) Level {
	for o := AccessShare; ; o++ {
		if l.Conflicts(o) {
			return o
		}
	}
}

// modeLevel reads a mode of pg_locks, such as AccessShareLock.
func modeLevel(mode string) Level {
	for level, name := range levelNames {
		if name != "" && strings.EqualFold(strings.ReplaceAll(name, " ", "")+"Lock", mode) {
			return Level(level)
		}
	}
	return NoLock
}

func (e *Effect) observable() observed {
	var out observed
	for _, l := range e.Locks {
		out.locks = append(out.locks, l.Table.String()+" "+l.Level.String())
	}
	for _, w := range slices.Concat(e.Rewrites, e.Scans, e.Builds) {
		out.scans = append(out.scans, w.Table.String())
	}
	for _, w := range e.Rewrites {
		out.rewrites = append(out.rewrites, w.Table.String())
	}
	for _, w := range e.Builds {
		out.builds = append(out.builds, w.Table.String())
	}
	for _, list := range []*[]string{&out.locks, &out.scans, &out.rewrites, &out.builds} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	out.outside = e.Outside != ""
	return out
}

// uncertain says whether any of an effect is a maybe.
func (e *Effect) uncertain() bool {
	return slices.ContainsFunc(e.Locks, func(l Lock) bool { return l.Maybe }) ||
		slices.ContainsFunc(slices.Concat(e.Rewrites, e.Scans, e.Builds), func(w Work) bool { return w.Maybe })
}

func parse(t *testing.T, texts ...string) [][]sqltree.Statement {
	t.Helper()
	out, err := sqltree.ParseAll(context.Background(), texts)
	if err != nil {
		t.Fatal(err)
	}
	for _, statements := range out {
		for _, s := range statements {
			if s.Err != nil {
				t.Fatalf("%s: %v", s.Text, s.Err)
			}
		}
	}
	return out
}

func (st *State) applyAll(statements []sqltree.Statement) {
	for i := range statements {
		st.Apply(&statements[i])
	}
}
