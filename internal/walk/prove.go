package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/catalog"
	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/migrate"
	"github.com/skein-db/skein/internal/pgserver"
	"github.com/skein-db/skein/internal/replay"
	"github.com/skein-db/skein/internal/resolve"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
	"github.com/skein-db/skein/internal/sqltext"
)

// proof is what PostgreSQL says of a plan.
type proof string

const (
	proved  proof = "proven: all of it runs, and leads to the last snapshot"
	scarred proof = "proven but for upstream's own scars: all of it runs, and differs from the last snapshot in nothing but what upstream by itself differs in"
	twofold proof = "proven but for the branch's own scars: all of it runs, and differs from the last snapshot in nothing but what a side by itself differs in"
	behind  proof = "proven from upstream's snapshot: a side breaks off by itself, and behind the state that upstream's snapshot says, the branch's migrations run and lead to the last snapshot"
	notRun  proof = "not provable"
	worse   proof = "has a fault that neither side has"
)

// trial is what came of running a history on a throwaway server: first the part
// that is somebody else's, then the rest.
type trial struct {
	stuck       string // why it could not be tried, "" where it was
	before, all faults
}

// faults are what is wrong after some migrations.
type faults struct {
	broke bool // one of them does not run; what comes behind it is not tried
	names []string
}

// prove runs upstream's migrations and the branch's behind them, as planned, on
// a throwaway server. What is wrong with either side by itself is no fault of
// the plan. Where a side has such faults, the branch's migrations are run once
// more behind the state that upstream's last snapshot says.
func (w *walker) prove(ctx context.Context, f *folder, c *collided) (proof, string, error) {
	mine, last, err := c.made()
	if err != nil {
		return "", "", err
	}
	upstream, err := f.migrations(c.lines.Upstream, c.files[1])
	if err != nil {
		return notRun, err.Error(), nil
	}
	all, err := w.try(ctx, upstream, c.schemas[1], mine, last)
	if err != nil {
		return "", "", err
	}
	ran := all.stuck == "" && !all.all.broke
	if ran && len(all.all.names) == 0 {
		return proved, "", nil
	}
	said, fresh := scarred, without(all.all.names, all.before.names)
	if len(fresh) > 0 {
		said = twofold
		if fresh, err = w.newToBranch(ctx, f, c, fresh); err != nil {
			return "", "", err
		}
	}
	if len(fresh) > 0 {
		return worse, strings.Join(fresh, "; "), nil
	}
	short, fresh, err := w.proveBehind(ctx, c, extensions(upstream), mine, last)
	if err != nil {
		return "", "", err
	}
	text := all.stuck + strings.Join(all.all.names, "; ")
	switch {
	case short.stuck != "":
		text += ". Behind upstream's snapshot: " + short.stuck
	case len(short.all.names) == 0:
		text += ". Behind upstream's snapshot: exactly the last snapshot"
	case len(fresh) == 0:
		text += ". Behind upstream's snapshot, as the branch by itself: " + strings.Join(short.all.names, "; ")
	default:
		text += ". Behind upstream's snapshot, newly: " + strings.Join(fresh, "; ")
	}
	switch {
	case ran:
		return said, text, nil
	case short.stuck != "" || short.all.broke:
		return notRun, text, nil
	case len(fresh) > 0:
		return worse, text, nil
	}
	return behind, text, nil
}

// proveBehind runs the branch's migrations behind the state that upstream's
// snapshot says. fresh are the faults which they have not, as they were on the
// branch, behind the state that the base's snapshot says.
func (w *walker) proveBehind(ctx context.Context, c *collided, lent []string, mine []history.Migration, last *schema.Schema) (t trial, fresh []string, err error) {
	if t, err = w.tryBehind(ctx, lent, c.schemas[1], mine, last); err != nil {
		return t, nil, err
	}
	if fresh = without(t.all.names, t.before.names); len(fresh) == 0 {
		return t, nil, nil
	}
	old, err := w.tryBehind(ctx, lent, c.schemas[0], c.asTheyWere(), c.schemas[2])
	return t, without(fresh, old.all.names), err
}

// without returns the names that are not among the known.
func without(names, known []string) []string {
	var out []string
	for _, name := range names {
		if !slices.Contains(known, name) {
			out = append(out, name)
		}
	}
	return out
}

// made returns the migrations that the plan puts behind upstream's, and what the
// last snapshot then says, as it would be read from its file.
func (c *collided) made() (mine []history.Migration, last *schema.Schema, err error) {
	last = c.schemas[1]
	files := c.plan.Files()
	for _, m := range c.plan.Moves {
		data, written := files[m.To.Tag+".sql"]
		if !written || m.Fate == resolve.Same || m.Fate == resolve.Gone || m.Fate == resolve.Stays {
			continue
		}
		mine = append(mine, migrationOf(m.To, string(data)))
		name := "meta/" + history.SnapshotName(m.To.Tag)
		s, err := snapshot.Decode(name, files[name])
		if err != nil {
			return nil, nil, err
		}
		last = &s.Schema
	}
	return mine, last, nil
}

// asTheyWere returns the branch's migrations as they were on it.
func (c *collided) asTheyWere() []history.Migration {
	var out []history.Migration
	for _, m := range c.plan.Moves {
		if m.Fate != resolve.Same && m.Fate != resolve.Stays {
			out = append(out, migrationOf(m.From, m.OldSQL))
		}
	}
	return out
}

func migrationOf(e snapshot.Entry, sql string) history.Migration {
	return history.Migration{Entry: e, File: e.Tag + ".sql", SQL: sql, HasSQL: true}
}

// migrations reads the SQL of all of a line's migrations.
func (f *folder) migrations(line *resolve.Line, files resolve.Files) ([]history.Migration, error) {
	var out []history.Migration
	for _, m := range line.Migrations {
		id := files[m.Entry.Tag+".sql"]
		if id == "" {
			return nil, fmt.Errorf("the SQL file of %s is missing", m.Entry.Tag)
		}
		sql, err := f.blob(id)
		if err != nil {
			return nil, fmt.Errorf("the SQL file of %s cannot be read: %w", m.Entry.Tag, err)
		}
		out = append(out, migrationOf(m.Entry, string(sql)))
	}
	return out, nil
}

// newToBranch returns the faults that the branch by itself has not.
func (w *walker) newToBranch(ctx context.Context, f *folder, c *collided, names []string) ([]string, error) {
	local, err := f.migrations(c.lines.Local, c.files[2])
	if err != nil {
		return names, nil // then it has not run either, and excuses nothing
	}
	t, err := w.try(ctx, nil, nil, local, c.schemas[2])
	return without(names, t.all.names), err
}

// extensions are those that migrations create.
func extensions(migrations []history.Migration) []string {
	var out []string
	for _, m := range migrations {
		out = append(out, migrate.ExtensionsIn(m.SQL)...)
	}
	return out
}

// tryBehind runs migrations on a database that is what a schema says, and has some
// extensions.
func (w *walker) tryBehind(ctx context.Context, lent []string, from *schema.Schema, mine []history.Migration, last *schema.Schema) (trial, error) {
	made, err := diff.Compute(&schema.Schema{}, from, diff.CreateAll)
	if err != nil {
		return trial{stuck: err.Error()}, nil
	}
	var statements []string
	for _, name := range append(catalog.Extensions(from), lent...) {
		statements = append(statements, "CREATE EXTENSION IF NOT EXISTS "+sqltext.QuoteIdent(name)+";")
	}
	state := migrationOf(snapshot.Entry{Tag: "0000_state"}, strings.Join(append(statements, made.Statements()...), "\n--> statement-breakpoint\n"))
	t, err := w.try(ctx, []history.Migration{state}, from, mine, last)
	if err == nil && t.before.broke {
		t.stuck = strings.Join(t.before.names, "; ")
	}
	return t, err
}

// try runs the first migrations and compares the database with one snapshot, then
// the others, and compares it with the last.
func (w *walker) try(ctx context.Context, first []history.Migration, between *schema.Schema, then []history.Migration, last *schema.Schema) (trial, error) {
	var t trial
	all := append(slices.Clone(first), then...)
	stage, err := replay.Open(ctx, all, last, replay.Options{Server: pgserver.Options{Log: func(line string) { fmt.Fprintln(w.log, line) }}})
	if err != nil {
		t.stuck = err.Error()
		return t, ctx.Err()
	}
	defer stage.Close()
	var halfway *replay.State
	if len(first) > 0 {
		if halfway, t.before, err = forward(ctx, stage, len(first)); err != nil || t.before.broke {
			t.all = t.before
			return t, err
		}
	}
	end, broken, err := forward(ctx, stage, len(all))
	if err != nil {
		return t, err
	}
	// Schemas are built when all has run: what they want may be there by then.
	if halfway != nil {
		if t.before, err = compare(ctx, stage, halfway, between); err != nil {
			return t, err
		}
	}
	if t.all = broken; broken.broke {
		return t, nil
	}
	t.all, err = compare(ctx, stage, end, last)
	return t, err
}

// forward runs the migrations up to the n-th and reads the database.
func forward(ctx context.Context, stage *replay.Stage, n int) (*replay.State, faults, error) {
	failure, err := stage.Forward(ctx, n)
	if err != nil {
		return nil, faults{}, err
	}
	if failure != nil {
		_, name, _ := strings.Cut(failure.Migration, "_")
		return nil, faults{broke: true, names: []string{fmt.Sprintf("%s fails: %s", name, failure.Message)}}, nil
	}
	state, err := stage.Read(ctx)
	return state, faults{}, err
}

// compare says in what a database is not what a snapshot says, by what outlives
// another number.
func compare(ctx context.Context, stage *replay.Stage, state *replay.State, want *schema.Schema) (faults, error) {
	built, refused, err := stage.Build(ctx, want, &state.Schema)
	if err != nil {
		return faults{}, err
	}
	if refused != nil {
		line, _, _ := strings.Cut(refused.Error(), "\n")
		return faults{names: []string{"the snapshot is refused: " + line}}, nil
	}
	var out faults
	for _, d := range replay.Compare(&state.Schema, built, want) {
		out.names = append(out.names, fmt.Sprintf("%s %s is %s, in the snapshot %s", d.Kind, d.Object, orNone(d.Database), orNone(d.Snapshot)))
	}
	return out, nil
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}
