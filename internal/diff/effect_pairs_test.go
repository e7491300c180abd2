package diff

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/pgserver/pgtest"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/schema/schematest"
	"github.com/skein-db/skein/internal/sqltext"
)

// TestEffectsOfRandomPairs holds that nothing happens to rows untold. For random
// pairs of schemas with rows in them it runs the changes one by one: what rows
// make fail, every table written anew and every value that is not what it was
// must be among the effects. SKEIN_EFFECT_PAIRS says how many pairs.
func TestEffectsOfRandomPairs(t *testing.T) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, pgtest.New(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	p := &effectProbe{t: t, conn: conn}
	for seed := range envInt("SKEIN_EFFECT_PAIRS", 60) {
		p.probe(uint64(seed + 1))
	}
	t.Logf("%d effects of %d changes; %d pairs ran to the end, %d stopped at rows as told, %d for other reasons", p.effects, p.changes, p.ran, p.stopped, p.other)
}

type effectProbe struct {
	t                                     *testing.T
	conn                                  *pgx.Conn
	effects, changes, ran, stopped, other int
}

// probe tries one pair in a transaction that is rolled back.
func (p *effectProbe) probe(seed uint64) {
	ctx := context.Background()
	pair := schematest.New(seed, "skein_effects_").Pair()
	for _, s := range []*schema.Schema{pair.From, pair.To} {
		for i := range s.Tables {
			for j := range s.Tables[i].Indexes {
				s.Tables[i].Indexes[j].Concurrently = false // this is a transaction
			}
		}
	}
	tx, err := p.conn.Begin(ctx)
	if err != nil {
		p.t.Fatal(err)
	}
	defer tx.Rollback(ctx)
	start, err := ComputeIn(Correct, &schema.Schema{}, pair.From, CreateAll)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.exec(append([]string{schematest.OutsideSQL}, start.Statements()...)); err != nil {
		p.t.Errorf("pair %d: building: %v", seed, err)
		return
	}
	for _, insert := range schematest.Rows(pair.From, 3) {
		if p.exec([]string{"SAVEPOINT row", insert}) != nil {
			p.must("ROLLBACK TO SAVEPOINT row")
		}
	}
	r, err := ComputeIn(Correct, pair.From, pair.To, ResolverFunc(func(q Question) (Answer, error) {
		for _, c := range q.Candidates {
			if c.Name == pair.Origin(q.Created.Name) {
				return Answer{Rename: true, From: c}, nil
			}
		}
		return Answer{}, nil
	}))
	if err != nil {
		p.t.Fatal(err)
	}
	effects := Effects(r, pair.From, pair.To)
	p.effects, p.changes = p.effects+len(effects), p.changes+len(r.Changes)
	files, values := p.files(pair.From), p.values(pair.From)
	for i := range r.Changes {
		if err := p.exec(r.Changes[i].SQL); err != nil {
			p.refused(seed, &r.Changes[i], effects, err)
			return
		}
	}
	p.ran++
	p.compare(seed, pair, effects, files, values)
}

func (p *effectProbe) exec(statements []string) error {
	for _, s := range statements {
		if _, err := p.conn.Exec(context.Background(), s); err != nil {
			return err
		}
	}
	return nil
}

func (p *effectProbe) must(sql string) {
	if err := p.exec([]string{sql}); err != nil {
		p.t.Fatal(err)
	}
}

// refused looks at a change that failed: where rows are why (SQLSTATE classes 22
// and 23), that must have been told.
func (p *effectProbe) refused(seed uint64, c *Change, effects []Effect, err error) {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || pg.Code[:2] != "22" && pg.Code[:2] != "23" {
		p.other++
		return
	}
	p.stopped++
	if !slices.ContainsFunc(effects, func(e Effect) bool { return e.Object == c.Object && e.Kind != Rewrites && e.Kind != DataLost }) {
		p.t.Errorf("pair %d: %s %s was not said to fail: %v\n%s\neffects %+v", seed, c.Kind, c.Object, err, strings.Join(c.SQL, "\n"), effects)
	}
}

func effectTableOf(t *schema.Table) string { return effectTable(t.Ref()) }

// files are where PostgreSQL keeps the rows of tables, by name.
func (p *effectProbe) files(s *schema.Schema) map[string]string {
	out := map[string]string{}
	for i := range s.Tables {
		t := &s.Tables[i]
		var file string
		if err := p.conn.QueryRow(context.Background(), "SELECT pg_relation_filenode($1)::text", effectTableOf(t)).Scan(&file); err != nil {
			p.t.Fatal(err)
		}
		out[t.Name] = file
	}
	return out
}

// values are the values of columns, sorted, by the column's name, which is
// unique in a pair.
func (p *effectProbe) values(s *schema.Schema) map[string][]string {
	out := map[string][]string{}
	for i := range s.Tables {
		t := &s.Tables[i]
		for _, c := range t.Columns {
			rows, err := p.conn.Query(context.Background(), "SELECT coalesce("+sqltext.QuoteIdent(c.Name)+"::text, 'NULL') FROM "+effectTableOf(t)+" ORDER BY 1", pgx.QueryExecModeSimpleProtocol)
			if err != nil {
				p.t.Fatal(err)
			}
			values, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if err != nil {
				p.t.Fatal(err)
			}
			out[c.Name] = values
		}
	}
	return out
}

// compare looks for what changed and was not told.
func (p *effectProbe) compare(seed uint64, pair *schematest.Pair, effects []Effect, files map[string]string, values map[string][]string) {
	newFiles, newValues := p.files(pair.To), p.values(pair.To)
	told := func(object string) bool {
		return slices.ContainsFunc(effects, func(e Effect) bool { return e.Object == object || strings.HasPrefix(e.Object, object+".") })
	}
	var enums bool // an enum made anew rewrites tables
	for _, e := range effects {
		enums = enums || slices.ContainsFunc(pair.To.Enums, func(n schema.Enum) bool { return n.Ref().String() == e.Object })
	}
	for i := range pair.To.Tables {
		t := &pair.To.Tables[i]
		object := t.Ref().String()
		if was := files[pair.Origin(t.Name)]; was != "" && was != newFiles[t.Name] && !told(object) && !enums {
			p.t.Errorf("pair %d: table %s was written anew untold; effects %+v", seed, object, effects)
		}
		for _, c := range t.Columns {
			before, had := values[pair.Origin(c.Name)]
			if had && !slices.Equal(before, newValues[c.Name]) && !told(object+"."+c.Name) && !enums {
				p.t.Errorf("pair %d: column %s.%s had %q and has %q; effects %+v", seed, object, c.Name, before, newValues[c.Name], effects)
			}
		}
	}
	for name := range maps.Keys(values) {
		gone := true
		for i := range pair.To.Tables {
			gone = gone && !slices.ContainsFunc(pair.To.Tables[i].Columns, func(c schema.Column) bool { return pair.Origin(c.Name) == name })
		}
		if gone && !slices.ContainsFunc(effects, func(e Effect) bool { return e.Kind == DataLost }) {
			p.t.Errorf("pair %d: column %s went untold; effects %+v", seed, name, effects)
		}
	}
}
