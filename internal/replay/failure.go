package replay

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/migrate"
)

// Failure is a migration that does not run on the database that the ones
// before it make.
type Failure struct {
	Migration    string // its tag
	File         string
	Line, Column int
	Message      string // PostgreSQL's, with the code
	Source       string // the statement with a caret
	Detail       string // what PostgreSQL adds
	Hint         string
	// Extension is one that the server lacks and the statement needs, "" for
	// another reason; Hint says how to get it.
	Extension string

	ran int // migrations before it that were run
}

// failed makes a Failure of the i-th migration out of an error, if the
// migration is to blame, and hands back any other error.
func (p *prover) failed(ctx context.Context, i int, err error) (*Failure, error) {
	var refused *migrate.StatementError
	var told *diag.Error
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case migrate.IsLost(err), fromOutside(err):
		return nil, err
	case errors.As(err, &refused):
		return p.refused(ctx, i, refused)
	case errors.As(err, &told) && told.File != "":
		m := p.history.Migrations[i]
		for _, other := range p.history.Migrations[i:] { // a plan is refused for any of its files
			if other.File == told.File {
				m = other
				break
			}
		}
		return &Failure{Migration: m.Entry.Tag, File: m.File, Line: told.Line, Column: told.Column,
			Message: told.Message, Source: told.Detail, Hint: told.Hint, ran: i}, nil
	}
	return nil, err
}

func (p *prover) refused(ctx context.Context, i int, e *migrate.StatementError) (*Failure, error) {
	m := p.history.Migrations[i]
	f := &Failure{
		Migration: m.Entry.Tag, File: m.File, Message: e.Message, Source: diag.Excerpt(m.SQL, e.Start, e.At, e.End),
		Detail: e.Detail, Hint: e.Hint, ran: i,
	}
	f.Line, f.Column = diag.Position(m.SQL, e.At)
	name := e.Extension()
	if name == "" {
		return f, nil
	}
	has, err := p.server.HasExtension(ctx, name)
	if err != nil {
		return nil, err
	}
	if !has {
		f.Extension, f.Hint = name, p.server.MissingExtension(name).Hint
	}
	return f, nil
}

// fromOutside says whether PostgreSQL's error has nothing to do with what was
// asked of it: it was stopped, ran out of something, or could not reach its
// files (classes 57, 53 and 58). A missing extension file is 58P01.
func fromOutside(err error) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return false
	}
	class := pg.Code[:min(2, len(pg.Code))]
	return strings.HasPrefix(pg.Code, "57P") || class == "53" || class == "58" && pg.Code != "58P01"
}

// explain makes the error of a proof that broke off.
func (p *prover) explain(err error) error {
	e := &diag.Error{Kind: diag.Database, Err: err, Message: "the proof broke off: " + firstLine(reasonOf(err)),
		Hint: "run it again; --replay=off leaves it out"}
	var told *diag.Error
	if errors.As(err, &told) {
		e.Kind, e.File, e.Line, e.Column, e.Detail = told.Kind, told.File, told.Line, told.Column, told.Detail
	}
	if p.server == nil {
		return e
	}
	if migrate.IsLost(err) || fromOutside(err) || p.ended() {
		e.Message = "the throwaway PostgreSQL (" + p.server.Source() + ") ended or failed in the middle of the proof, which says nothing about the migrations"
		if tail := p.server.LogTail(); tail != "" {
			e.Detail = strings.TrimPrefix(e.Detail+"\nits log ends with:\n"+tail, "\n")
		}
	}
	return e
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
