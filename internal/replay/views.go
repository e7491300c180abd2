package replay

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"sync"

	"github.com/skein-db/skein/internal/catalog"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltext"
)

// views are what is compared: the database, and what PostgreSQL makes of the
// other two, so that all are in its words. One that was not given, or that
// PostgreSQL refuses to build, is nil.
type views struct {
	failure             *Failure // then there is nothing else
	state               *State
	last, desired       *schema.Schema
	lastErr, desiredErr error // why PostgreSQL refuses, *diag.Error
}

// State is a database as it was at a moment.
type State struct {
	Schema  schema.Schema
	Outside []Object
}

// views takes what is known from the store and finds out the rest. The
// snapshot is built beside the history's run where it can be: mostly an empty
// database is enough for it.
func (p *prover) views(ctx context.Context) (*views, error) {
	v := &views{}
	known := p.store.get(p.runKey(), &v.state)
	early := map[*schema.Schema]*schema.Schema{}
	if !known {
		if _, err := p.running(ctx); err != nil {
			return nil, err
		}
		building, cancel := context.WithCancel(ctx)
		defer cancel()
		var beside sync.WaitGroup
		beside.Go(func() { early = p.buildEarly(building) })
		err := p.runAll(ctx, v)
		if err != nil || v.failure != nil {
			cancel()
		}
		beside.Wait()
		if err != nil || v.failure != nil {
			return v, err
		}
		p.store.put(p.runKey(), v.state)
	}
	var err error
	if v.last, v.lastErr, err = p.build(ctx, v.state, p.last, early); err != nil {
		return nil, err
	}
	if p.desiredIsLast() {
		v.desired, v.desiredErr = v.last, v.lastErr
		return v, nil
	}
	v.desired, v.desiredErr, err = p.build(ctx, v.state, p.desired, early)
	return v, err
}

// runAll runs the whole history and reads what it made.
func (p *prover) runAll(ctx context.Context, v *views) error {
	var err error
	if v.failure, err = p.replay(ctx); err != nil || v.failure != nil {
		return err
	}
	p.options.Progress("reading the catalog")
	v.state, err = p.read(ctx, p.replayed, p.reading())
	return err
}

// replay makes the database of the whole history, once.
func (p *prover) replay(ctx context.Context) (*Failure, error) {
	if p.replayed != nil {
		return nil, nil
	}
	d, err := p.create(ctx)
	if err != nil {
		return nil, err
	}
	failure, err := p.apply(ctx, d, 0, len(p.history.Migrations))
	if failure != nil || err != nil {
		d.close()
		return failure, err
	}
	p.replayed = d
	return nil, nil
}

// reading says what of a database is looked at: everything, and of what
// belongs to the server the roles that the snapshot or the files define.
func (p *prover) reading() catalog.Options {
	var o catalog.Options
	for _, want := range []*schema.Schema{p.last, p.desired} {
		if want != nil {
			o = o.Against(want)
		}
	}
	return o
}

// desiredIsLast says whether the schema files say what the snapshot says, in
// whatever order: then PostgreSQL makes the same of both.
func (p *prover) desiredIsLast() bool {
	if p.desired == nil || p.last == nil {
		return false
	}
	a, b := p.desired.Clone(), p.last.Clone()
	catalog.Sort(a)
	catalog.Sort(b)
	return schema.Equal(a, b)
}

// scratch are the databases in which wanted schemas are built: an empty one,
// and one that has what the history makes beside tables and the like, such as
// functions. Each is made when it is first needed.
type scratch struct{ empty, furnished *database }

// buildEarly builds what is wanted while the history runs. What PostgreSQL
// refuses has another chance later, when the history's functions are there.
func (p *prover) buildEarly(ctx context.Context) map[*schema.Schema]*schema.Schema {
	built := map[*schema.Schema]*schema.Schema{}
	wants := []*schema.Schema{p.last}
	if !p.desiredIsLast() {
		wants = append(wants, p.desired)
	}
	for _, want := range wants {
		if want == nil || p.store.has(p.builtKey(want)) {
			continue
		}
		if s, err := p.buildEmpty(ctx, want, nil); err == nil {
			built[want] = s
		}
	}
	return built
}

// build returns what PostgreSQL makes of a wanted schema, or why it refuses it.
func (p *prover) build(ctx context.Context, live *State, want *schema.Schema, early map[*schema.Schema]*schema.Schema) (built *schema.Schema, refused, err error) {
	if want == nil {
		return nil, nil, nil
	}
	key := p.builtKey(want)
	if p.store.get(key, &built) {
		return built, nil, nil
	}
	p.options.Progress("building the snapshot's schema")
	if built = early[want]; built == nil {
		if built, refused, err = p.buildWith(ctx, live, want, &live.Schema); err != nil || refused != nil {
			return nil, refused, err
		}
	}
	p.store.put(key, built)
	return built, nil, nil
}

// buildWith builds in an empty database, or in one with the history's
// functions where PostgreSQL wants them.
func (p *prover) buildWith(ctx context.Context, live *State, want, around *schema.Schema) (built *schema.Schema, refused, err error) {
	built, err = p.buildEmpty(ctx, want, around)
	if isRefusal(err) {
		built, err = p.buildFurnished(ctx, live, want, around)
	}
	if isRefusal(err) {
		return nil, err, nil
	}
	return built, nil, err
}

// isRefusal says whether PostgreSQL did not want the schema, as opposed to not
// being able to do anything.
func isRefusal(err error) bool {
	var told *diag.Error
	return errors.As(err, &told) && told.Kind == diag.Usage && !fromOutside(err)
}

func (p *prover) buildEmpty(ctx context.Context, want, around *schema.Schema) (*schema.Schema, error) {
	if p.scratch == nil {
		p.scratch = &scratch{}
	}
	if p.scratch.empty == nil {
		var err error
		if p.scratch.empty, err = p.create(ctx); err != nil {
			return nil, err
		}
	}
	return catalog.Canonical(ctx, p.scratch.empty.conn, want, around, catalog.Options{})
}

func (p *prover) buildFurnished(ctx context.Context, live *State, want, around *schema.Schema) (*schema.Schema, error) {
	if p.scratch.furnished == nil {
		if _, err := p.replay(ctx); err != nil {
			return nil, err
		}
		d, err := p.clone(ctx, p.replayed)
		if err != nil {
			return nil, err
		}
		p.scratch.furnished = d
		for _, statement := range emptying(&live.Schema) {
			if err := d.conn.PgConn().Exec(ctx, statement).Close(); err != nil {
				return nil, err
			}
		}
	}
	return catalog.Canonical(ctx, p.scratch.furnished.conn, want, around, catalog.Options{})
}

// emptying drops everything that a snapshot can hold.
func emptying(s *schema.Schema) []string {
	var out []string
	drop := func(kind string, r schema.Ref) {
		out = append(out, "DROP "+kind+" IF EXISTS "+sqltext.QuoteIdent(r.Schema)+"."+sqltext.QuoteIdent(r.Name)+" CASCADE")
	}
	for i := range s.Views {
		if s.Views[i].Materialized {
			drop("MATERIALIZED VIEW", s.Views[i].Ref())
		} else {
			drop("VIEW", s.Views[i].Ref())
		}
	}
	for i := range s.Tables {
		drop("TABLE", s.Tables[i].Ref())
	}
	for i := range s.Sequences {
		drop("SEQUENCE", s.Sequences[i].Ref())
	}
	for i := range s.Enums {
		drop("TYPE", s.Enums[i].Ref())
	}
	return out
}

// lentRoles are roles that policies name and nothing in the history makes: a
// hosted PostgreSQL has them from the start, a throwaway one has not.
func (p *prover) lentRoles() []string {
	if p.last == nil || p.found.Shared {
		return nil
	}
	var out []string
	lend := func(names []string) {
		for _, name := range names {
			if !slices.Contains(out, name) && !slices.Contains(standingRoles, name) && !p.makesRole(name) {
				out = append(out, name)
			}
		}
	}
	for _, t := range p.last.Tables {
		for _, policy := range t.Policies {
			lend(policy.To)
		}
	}
	for _, policy := range p.last.Policies {
		lend(policy.To)
	}
	return out
}

// standingRoles are the words for roles that policies may use everywhere.
var standingRoles = []string{"public", "current_user", "current_role", "session_user"}

func (p *prover) makesRole(name string) bool {
	made := regexp.MustCompile(`(?i)\b(?:CREATE\s+(?:ROLE|USER|GROUP)\s+(?:IF\s+NOT\s+EXISTS\s+)?|ALTER\s+ROLE\s+\S+\s+RENAME\s+TO\s+)"?` + regexp.QuoteMeta(name) + `\b`)
	for _, m := range p.history.Migrations {
		if made.MatchString(m.SQL) {
			return true
		}
	}
	return false
}

// digestible is a value as bytes that are equal for equal values.
func digestible(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain values only
	}
	return data
}
