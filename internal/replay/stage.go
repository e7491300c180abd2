package replay

import (
	"context"
	"errors"

	"github.com/skein-db/skein/internal/catalog"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/schema"
)

// Stage is a throwaway server on which migrations are run one after the other,
// with a look at the database in between, and on which schemas are built.
type Stage struct {
	p   *prover
	db  *database
	ran int
	end *State // with all of the migrations run, nil until Build asked for it
}

// Open starts a server for the migrations. like is a schema of theirs, whose
// roles are looked at as well. Errors are *diag.Error.
func Open(ctx context.Context, migrations []history.Migration, like *schema.Schema, o Options) (*Stage, error) {
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	p := &prover{history: &history.History{Migrations: migrations}, options: o, last: like, store: newStore("")}
	if like != nil {
		p.options.Server.Extensions = append(p.options.Server.Extensions, catalog.Extensions(like)...)
	}
	if err := p.find(ctx); err != nil {
		return nil, err
	}
	if reason := p.unsafe(); reason != "" {
		return nil, &diag.Error{Kind: diag.Refused, Message: "the migrations cannot be run here: " + reason, Hint: "unset the variable for this command"}
	}
	if _, err := p.running(ctx); err != nil {
		p.stop()
		return nil, err
	}
	return &Stage{p: p}, nil
}

// Close ends the server.
func (s *Stage) Close() {
	s.db.close()
	s.p.stop()
}

// Server says which PostgreSQL it is.
func (s *Stage) Server() (source, version string) { return s.p.server.Source(), s.p.server.Version() }

// Reading says what of a database is to be read for a comparison.
func (s *Stage) Reading() catalog.Options { return s.p.reading() }

// Forward runs the migrations up to the n-th, not including it. A *Failure is
// of one that PostgreSQL refuses; the error is of anything else.
func (s *Stage) Forward(ctx context.Context, n int) (*Failure, error) {
	if s.db == nil {
		var err error
		if s.db, err = s.p.create(ctx); err != nil {
			return nil, s.p.explain(err)
		}
		s.p.scripts = scripts(s.p.history)
	}
	failure, err := s.p.apply(ctx, s.db, s.ran, n)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, s.p.explain(err)
	}
	s.ran = n
	return failure, nil
}

// Read returns the database as it is now, behind Forward.
func (s *Stage) Read(ctx context.Context) (*State, error) {
	s.p.options.Progress("reading the catalog")
	return s.p.read(ctx, s.db, s.p.reading())
}

// Build returns what PostgreSQL makes of a schema: in an empty database, or
// where it wants functions that the migrations make, with all of them run.
// refused is why PostgreSQL refuses it.
func (s *Stage) Build(ctx context.Context, want, around *schema.Schema) (built *schema.Schema, refused, err error) {
	s.p.options.Progress("building the snapshot's schema")
	built, err = s.p.buildEmpty(ctx, want, around)
	if isRefusal(err) {
		refused, err = err, nil
		failure, broken := (*Failure)(nil), s.lend(ctx)
		if broken == nil {
			failure, broken = s.p.replay(ctx)
		}
		switch {
		case broken != nil:
			err = broken
		case failure == nil:
			if s.end == nil { // a copy is made of the database, and its connection closed for that
				s.end, err = s.p.read(ctx, s.p.replayed, s.p.reading())
			}
			if err == nil {
				built, refused, err = s.p.buildWith(ctx, s.end, want, around)
			}
		}
	}
	switch {
	case ctx.Err() != nil:
		return nil, nil, ctx.Err()
	case err != nil:
		return nil, nil, s.p.explain(err)
	}
	return built, refused, nil
}

// lend gives the proof a copy of the database, where that has run everything.
func (s *Stage) lend(ctx context.Context) error {
	if s.p.replayed != nil || s.db == nil || s.ran < len(s.p.history.Migrations) {
		return nil
	}
	var err error
	if s.p.replayed, err = s.p.clone(ctx, s.db); err != nil {
		return err
	}
	s.db, err = open(ctx, s.db.url)
	return err
}

// Told makes an error of the failure.
func (f *Failure) Told(hint string) error {
	detail := f.Source
	for _, more := range []string{f.Detail, f.Hint} {
		if more != "" {
			detail += "\n" + more
		}
	}
	return &diag.Error{Kind: diag.Refused, File: f.File, Line: f.Line, Column: f.Column, Message: f.Message, Detail: detail, Hint: hint, Err: errors.New(f.Message)}
}
