package replay

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/migrate"
	"github.com/skein-db/skein/internal/sqltext"
)

var changesServer = regexp.MustCompile(`(?i)\b(?:CREATE|ALTER|DROP)\s+(?:ROLE|GROUP|TABLESPACE|DATABASE|SYSTEM|USER)\s+"?\w+`)

// serverWide returns the words of SQL that reach beyond the database it is run
// in, also inside of DO blocks, "" where there are none.
func serverWide(sql string) string {
	for _, found := range changesServer.FindAllString(sql, -1) {
		words := strings.Fields(strings.ToUpper(found))
		if words[1] != "USER" || words[2] != "MAPPING" {
			return words[0] + " " + words[1]
		}
	}
	return ""
}

// script is a migration as it is run: in one go, unless a statement in it
// refuses to run in a transaction. Then it is cut around that statement.
type script []fragment

type fragment struct {
	migration history.Migration // with what is not part of the fragment blanked
	outside   *sqltext.Statement
}

// scripts returns the history ready to run. Package migrate tells migrations
// apart by their times, which a folder may have twice; here they count up.
func scripts(h *history.History) []script {
	out := make([]script, len(h.Migrations))
	for i, m := range h.Migrations {
		m.Entry.When = timeOf(i, 0)
		out[i] = script{{migration: m}}
	}
	return out
}

// mostFragments is more than a migration is ever cut into.
const mostFragments = 1 << 20

func timeOf(migration, fragment int) int64 {
	return int64(migration)*mostFragments + int64(fragment) + 1
}

// apply runs the migrations from one number up to, not including, another on a
// database that has run all before them. A *Failure is returned as the first
// result; an error says nothing about the migrations.
func (p *prover) apply(ctx context.Context, d *database, from, to int) (*Failure, error) {
	for i, f := from, 0; i < to; {
		if f == len(p.scripts[i]) {
			i, f = i+1, 0
			continue
		}
		if outside := p.scripts[i][f].outside; outside != nil {
			if failure, err := p.runOutside(ctx, d, i, *outside); failure != nil || err != nil {
				return failure, err
			}
			f++
			continue
		}
		next, at, err := p.runInside(ctx, d, i, f, to)
		i, f = next, at
		if err == nil {
			continue
		}
		failure, err := p.failed(ctx, i, err)
		if err != nil {
			return nil, err
		}
		if failure.refusesTransaction() {
			p.cut(i, f, failure)
			continue
		}
		return failure, nil
	}
	return nil, nil
}

// runInside runs all fragments up to one that must run outside of a
// transaction, in one run of package migrate, and returns which comes next.
func (p *prover) runInside(ctx context.Context, d *database, i, f, to int) (nextI, nextF int, err error) {
	var batch []history.Migration
	for bi, bf := i, f; bi < to; bi, bf = bi+1, 0 {
		for ; bf < len(p.scripts[bi]) && p.scripts[bi][bf].outside == nil; bf++ {
			batch = append(batch, p.scripts[bi][bf].migration)
		}
		if bf < len(p.scripts[bi]) {
			break
		}
	}
	// What is recorded as applied is not in this batch, but may look like it: two
	// migrations can have one text.
	if err := d.conn.PgConn().Exec(ctx, "DROP TABLE IF EXISTS "+migrate.Target{}.String()).Close(); err != nil {
		return i, f, err
	}
	plan, err := migrate.Plan(ctx, d.conn, &history.History{Dir: p.history.Dir, Migrations: batch}, migrate.Target{})
	if err != nil {
		return i, f, err
	}
	done, err := migrate.Apply(ctx, d.conn, plan, migrate.Options{OnEvent: func(e migrate.Event) {
		if start, is := e.(migrate.MigrationStart); is {
			p.options.Progress(fmt.Sprintf("replaying %s (%d of %d)", start.Tag, i+start.Number, len(p.history.Migrations)))
		}
	}})
	if err == nil && len(done.Migrations) != len(batch) {
		err = &diag.Error{Kind: diag.Bug, Message: fmt.Sprintf("%d of %d migrations were run, without an error", len(done.Migrations), len(batch))}
	}
	for range done.Migrations {
		if f++; f == len(p.scripts[i]) {
			i, f = i+1, 0
		}
	}
	return i, f, err
}

// runOutside runs a statement without a transaction around it.
func (p *prover) runOutside(ctx context.Context, d *database, i int, statement sqltext.Statement) (*Failure, error) {
	m := p.history.Migrations[i]
	p.options.Progress("replaying " + m.Entry.Tag)
	pg := d.conn.PgConn()
	err := pg.Exec(ctx, statement.Text).Close()
	if err == nil {
		return nil, nil
	}
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		err = migrate.Refused(m, statement, refused, pg.ParameterStatus("server_version"), pg.ParameterStatus("server_encoding"))
	}
	return p.failed(ctx, i, err)
}

// cut cuts a fragment around the statement that refused the transaction. The
// parts keep their places in the file, so that what PostgreSQL says of them
// does too.
func (p *prover) cut(i, f int, failure *Failure) {
	whole := p.scripts[i][f].migration
	before, after := whole, whole
	before.SQL = whole.SQL[:failure.start]
	after.SQL = blank(whole.SQL[:failure.end]) + whole.SQL[failure.end:]
	text := strings.TrimSuffix(whole.SQL[failure.start:failure.end], ";")
	p.scripts[i] = append(append(append(script{}, p.scripts[i][:f]...),
		fragment{migration: before},
		fragment{outside: &sqltext.Statement{Text: text, Offset: failure.start}},
		fragment{migration: after},
	), p.scripts[i][f+1:]...)
	for n := range p.scripts[i] {
		p.scripts[i][n].migration.Entry.When = timeOf(i, n)
	}
}

// blank is white space with the same line ends and the same length.
func blank(text string) string {
	out := []byte(text)
	for i, c := range out {
		if c != '\n' {
			out[i] = ' '
		}
	}
	return string(out)
}
