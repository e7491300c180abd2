package catalog

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/pgserver"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/schema/schematest"
)

var seed = flag.Uint64("seed", 0, "run one pair of schemas: the one with this seed")

// How many pairs a plain run takes, and the variable that asks for more.
const (
	fewPairs = 30
	envPairs = "SKEIN_PAIRS"
)

// TestRandomPairs holds the differ and this package against PostgreSQL. For
// random pairs of schemas it builds from, puts rows in, runs the diff's
// statements, and finds what a database has that to was built in.
//
// A plain run takes the same pairs each time, since a gate must not depend on
// luck; of those that SKEIN_PAIRS asks for, half are new. The seed of a pair
// that fails is in the message: go test -run RandomPairs -seed=N.
func TestRandomPairs(t *testing.T) {
	server := pgtest.Server(t)
	var seeds []uint64
	switch n, err := strconv.Atoi(os.Getenv(envPairs)); {
	case *seed != 0:
		seeds = []uint64{*seed}
	case os.Getenv(envPairs) != "" && (err != nil || n < 1):
		t.Fatalf("%s is to be a number", envPairs)
	case n == 0:
		t.Logf("seeds 1 to %d", fewPairs)
		for i := range uint64(fewPairs) {
			seeds = append(seeds, i+1)
		}
	default:
		first := rand.Uint64N(1 << 40)
		t.Logf("seeds 1 to %d, and from %d", n/2, first)
		for i := range uint64(n / 2) {
			seeds = append(seeds, i+1, first+i)
		}
	}
	work := make(chan uint64)
	var total tally
	var wait sync.WaitGroup
	for worker := range min(2, len(seeds)) {
		wait.Add(1)
		go func() {
			defer wait.Done()
			b := newBench(t, server, worker)
			for s := range work {
				b.check(s, &total)
			}
		}()
	}
	for _, s := range seeds {
		work <- s
	}
	close(work)
	wait.Wait()
	t.Log(total.String())
}

// tally counts what the pairs were like.
type tally struct {
	sync.Mutex
	pairs, statements, rows int
	refused                 map[string]int // by reason
	told                    map[string]int // failures, by kind
}

func (c *tally) add(o *outcome) {
	c.Lock()
	defer c.Unlock()
	c.pairs++
	c.statements += o.statements
	c.rows += o.rows
	if o.refused != "" {
		if c.refused == nil {
			c.refused = map[string]int{}
		}
		c.refused[o.refused]++
	}
}

// known says whether the kind of failure has been told at length.
func (c *tally) known(kind string) bool {
	c.Lock()
	defer c.Unlock()
	if c.told == nil {
		c.told = map[string]int{}
	}
	c.told[kind]++
	return c.told[kind] > 3
}

func (c *tally) String() string {
	return fmt.Sprintf("%d pairs, %d statements, %d rows; changes that the rows rightly forbid: %v", c.pairs, c.statements, c.rows, c.refused)
}

// bench is where one pair at a time is tried.
type bench struct {
	t       testing.TB
	server  *pgserver.Server
	scratch *pgx.Conn // stays empty
	roles   string    // begins the names of its roles
	user    string
}

func newBench(t testing.TB, server *pgserver.Server, worker int) *bench {
	scratch := connect(t, pgtest.New(t))
	return &bench{t: t, server: server, scratch: scratch, user: scratch.Config().User,
		roles: fmt.Sprintf("skein_%d_%d_", os.Getpid(), worker)}
}

// check tries a pair and reports a failure, shrunk.
func (b *bench) check(seed uint64, total *tally) {
	p := schematest.New(seed, b.roles).Pair()
	o := b.try(p)
	total.add(&o)
	if o.failure == nil {
		return
	}
	kind := o.failure.kind
	if total.known(kind) {
		b.t.Errorf("pair %d: %s again", seed, kind)
		return
	}
	small := schematest.Shrink(p, 600, func(c *schematest.Pair) bool {
		o := b.try(c)
		return o.failure != nil && o.failure.kind == kind
	})
	o = b.try(small)
	if o.failure == nil { // shrinking changed what was random
		small, o = p, b.try(p)
	}
	b.t.Errorf("pair %d (%s): %s", seed, strings.Join(p.Edits, ", "), b.describe(small, o.failure))
}

// describe writes a pair as SQL.
func (b *bench) describe(p *schematest.Pair, f *failure) string {
	from, _ := create(p.From)
	to, _ := create(p.To)
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %s\n-- from\n%s\n-- to\n%s\n", f.kind, f.text, strings.Join(from, "\n"), strings.Join(to, "\n"))
	if r, err := compute(p); err == nil {
		fmt.Fprintf(&text, "-- diff, with the names %q\n%s\n", p.Was, strings.Join(r.Statements(), "\n"))
	}
	return text.String()
}

// outcome is what happened to a pair.
type outcome struct {
	failure    *failure
	refused    string // why the rows do not allow the change
	statements int
	rows       int
}

// failure is what is wrong. Two failures of one kind are the same to Shrink.
type failure struct{ kind, text string }

func failed(kind string, err error) outcome {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		kind += " " + pg.Code
	}
	return outcome{failure: &failure{kind, err.Error()}}
}

// create returns the statements that build a schema.
func create(s *schema.Schema) ([]string, error) {
	r, err := diff.ComputeIn(diff.Correct, &schema.Schema{}, s, diff.CreateAll)
	if err != nil {
		return nil, err
	}
	return r.Statements(), nil
}

// compute answers questions with what the pair knows.
func compute(p *schematest.Pair) (*diff.Result, error) {
	return diff.ComputeIn(diff.Correct, p.From, p.To, diff.ResolverFunc(func(q diff.Question) (diff.Answer, error) {
		for _, c := range q.Candidates {
			if c.Name == p.Origin(q.Created.Name) {
				return diff.Answer{Rename: true, From: c}, nil
			}
		}
		return diff.Answer{}, nil
	}))
}

// options reads what a schema can have.
func options(s *schema.Schema) Options {
	outside := schematest.Outside
	o := Options{Linked: []schema.Ref{outside}, Tables: func(r schema.Ref) bool { return r != outside }}
	for _, r := range s.Roles {
		o.Roles = append(o.Roles, short(r.Name))
	}
	return o
}

// try builds both sides and compares them: with rows, and where rows forbid the
// change without them too.
func (b *bench) try(p *schematest.Pair) outcome {
	want, err := b.build(p.To)
	if err != nil {
		return failed("build", err)
	}
	if d := cmp.Diff(kept(plain(p.To, b.user)), plain(want, b.user)); d != "" {
		return outcome{failure: &failure{"read", "read otherwise than written (-want +got):\n" + d}}
	}
	o := b.change(p, want, 3)
	if o.refused != "" {
		again := b.change(p, want, 0)
		again.refused = o.refused
		return again
	}
	return o
}

// build reads what a schema makes of an empty database.
func (b *bench) build(s *schema.Schema) (*schema.Schema, error) {
	ctx := context.Background()
	s = s.Clone()
	for i := range s.Tables {
		for j := range s.Tables[i].Indexes {
			s.Tables[i].Indexes[j].Concurrently = false // this is a transaction
		}
	}
	statements, err := create(s)
	if err != nil {
		return nil, err
	}
	tx, err := b.scratch.Begin(ctx)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback(ctx)
	if err := execute(b.scratch, append([]string{schematest.OutsideSQL}, statements...)); err != nil {
		return nil, err
	}
	return read(b.scratch, s)
}

// read reads all that s can have.
func read(conn *pgx.Conn, s *schema.Schema) (*schema.Schema, error) {
	got, err := Read(context.Background(), conn, options(s))
	if err == nil {
		got.Schemas = slices.DeleteFunc(got.Schemas, func(name string) bool { return name == schematest.Outside.Schema })
	}
	return got, err
}

func execute(conn *pgx.Conn, statements []string) error {
	for _, s := range statements {
		if err := conn.PgConn().Exec(context.Background(), s).Close(); err != nil {
			return fmt.Errorf("%s\n%w", strings.TrimSpace(s), err)
		}
	}
	return nil
}

// change builds from with rows, changes it to to, and compares with want.
func (b *bench) change(p *schematest.Pair, want *schema.Schema, rows int) (o outcome) {
	ctx := context.Background()
	url, err := b.server.CreateDatabase(ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		b.t.Fatal(err)
	}
	defer b.clear(conn, url, p)
	before, err := create(p.From)
	if err != nil {
		return failed("create", err)
	}
	if err := execute(conn, append([]string{schematest.OutsideSQL}, before...)); err != nil {
		return failed("from", err)
	}
	for _, s := range schematest.Rows(p.From, rows) {
		if conn.PgConn().Exec(ctx, s).Close() == nil { // refused ones are as if never written
			o.rows++
		}
	}
	had := b.contents(conn, p.From)
	result, err := compute(p)
	if err != nil {
		return failed("diff", err)
	}
	o.statements = len(result.Statements())
	if err := execute(conn, result.Statements()); err != nil {
		if reason := forbidden(p, err); reason != "" && o.rows > 0 {
			o.refused = reason
			return o
		}
		return failed("change", err)
	}
	got, err := read(conn, p.To)
	if err != nil {
		return failed("reading", err)
	}
	if d := cmp.Diff(settled(want), settled(got)); d != "" {
		o.failure = &failure{"result", "the change makes something else (-want +got):\n" + d}
	} else if lost := compareContents(p, had, b.contents(conn, p.To)); lost != "" {
		o.failure = &failure{"loss", lost}
	}
	return o
}

// clear removes the database and the server's roles.
func (b *bench) clear(conn *pgx.Conn, url string, p *schematest.Pair) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn.Close(ctx)
	if err := b.server.Drop(ctx, url); err != nil {
		b.t.Errorf("dropping a database: %v", err)
	}
	for _, r := range slices.Concat(p.From.Roles, p.To.Roles) {
		if _, err := b.scratch.Exec(ctx, "drop role if exists "+pgx.Identifier{r.Name}.Sanitize()); err != nil {
			b.t.Errorf("dropping a role: %v", err)
		}
	}
}

// kept shortens what is too long for a name. In a plain schema nothing but
// names is.
func kept(s *schema.Schema) *schema.Schema {
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem())
			}
		case reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i))
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.String:
			name, array, isArray := strings.Cut(v.String(), "[")
			if name = short(name); isArray {
				name += "[" + array
			}
			v.SetString(name)
		}
	}
	walk(reflect.ValueOf(s))
	Sort(s)
	return s
}

// settled leaves out what a change in place rightly makes otherwise: the order
// of columns, and whether a materialized view has been filled.
func settled(s *schema.Schema) *schema.Schema {
	s = s.Clone()
	for i := range s.Tables {
		by(s.Tables[i].Columns, func(c *schema.Column) schema.Ref { return schema.Ref{Name: c.Name} })
	}
	for i := range s.Views {
		s.Views[i].WithNoData = nil
	}
	Sort(s)
	return s
}
