package replay

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/migrate"
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

// scripts is the history ready to run. Package migrate tells migrations apart
// by their times, which a folder may have twice; here they count up.
func scripts(h *history.History) []history.Migration {
	out := slices.Clone(h.Migrations)
	for i := range out {
		out[i].Entry.When = int64(i) + 1
	}
	return out
}

// apply runs the migrations from one number up to, not including, another on a
// database that has run all before them, as skein migrate does. A *Failure is
// returned as the first result; an error says nothing about the migrations.
func (p *prover) apply(ctx context.Context, d *database, from, to int) (*Failure, error) {
	// What is recorded as applied is not among these, but may look like it: two
	// migrations can have one text.
	if err := d.conn.PgConn().Exec(ctx, "DROP TABLE IF EXISTS "+migrate.Target{}.String()).Close(); err != nil {
		return nil, err
	}
	these := &history.History{Dir: p.history.Dir, Migrations: p.scripts[from:to]}
	plan, err := migrate.Plan(ctx, d.conn, these, migrate.Target{})
	if err != nil {
		return p.failed(ctx, from, err)
	}
	done, err := migrate.Apply(ctx, d.conn, plan, migrate.Options{OnEvent: func(e migrate.Event) {
		if start, is := e.(migrate.MigrationStart); is {
			p.options.Progress(fmt.Sprintf("replaying %s (%d of %d)", start.Tag, from+start.Number, len(p.history.Migrations)))
		}
	}})
	switch ran := len(done.Migrations); {
	case err != nil:
		return p.failed(ctx, from+ran, err)
	case ran != to-from:
		return nil, &diag.Error{Kind: diag.Bug, Message: fmt.Sprintf("%d of %d migrations were run, without an error", ran, to-from)}
	}
	return nil, nil
}
