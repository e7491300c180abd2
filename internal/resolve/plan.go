package resolve

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/merge"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
	"github.com/skein-db/skein/internal/sqltext"
)

// Input is what is to be made one.
type Input struct {
	// Upstream stays as it is, Local comes behind it.
	Lines
	// Take settles disagreements; nil leaves them open.
	Take merge.Take
	// Keep says that what the local side takes away of upstream's migrations stays:
	// it is a revert, and databases have run them.
	Keep bool
	// NewID makes the id of a snapshot for a migration that has none.
	NewID func() string
}

// Fate says what becomes of a local migration.
type Fate string

// The fates.
const (
	Moved     Fate = "moved"     // renumbered, its SQL byte for byte
	Rewritten Fate = "rewritten" // renumbered, and some of its statements are others
	Emptied   Fate = "custom"    // upstream has all of its DDL; what was written by hand remains
	Gone      Fate = "dropped"   // upstream does all of it
	Same      Fate = "same"      // upstream has this very migration
	Stays     Fate = "stays"     // a revert would take it away, and databases have run it
)

// Move is a local migration before and after.
type Move struct {
	Fate     Fate
	From, To snapshot.Entry // To is zero where nothing remains
	OldSQL   string
	SQL      string
	// Statements are told for migrations whose SQL changes.
	Statements []Statement

	snapshot []byte
	bare     bool // it came without a snapshot
	untold   bool // see Plan.Untold
}

// Plan is a history made of two.
type Plan struct {
	Moves    []Move
	Problems []Problem
	// Settled are the disagreements that Take settled.
	Settled []merge.Disagreement
	// Schema is what the history leads to.
	Schema *schema.Schema

	journal *snapshot.Journal
	lost    schema.Schema // see forgets
}

// Changed says whether anything is to be done.
func (p *Plan) Changed() bool {
	return slices.ContainsFunc(p.Moves, func(m Move) bool { return m.From != m.To || m.OldSQL != m.SQL })
}

// Files returns the files that the local migrations have in the folder to
// come, by path, and its journal. Upstream's are beside them as they are.
func (p *Plan) Files() map[string][]byte {
	out := map[string][]byte{JournalPath: p.journal.Encode()}
	for _, m := range p.Moves {
		if m.Fate == Same || m.Fate == Gone || m.Fate == Stays {
			continue
		}
		out[m.To.Tag+".sql"] = []byte(m.SQL)
		out[snapshotPath(m.To.Tag)] = m.snapshot
	}
	return out
}

// Make makes the plan. Problems are part of it: with any of them the plan must
// not be carried out. The error is for SQL that cannot be looked at, or for a
// snapshot that cannot be read or compared.
func Make(ctx context.Context, in Input) (*Plan, error) {
	upstream, err := in.Upstream.Schema()
	if err != nil {
		return nil, err
	}
	p := &planner{Input: in, upstream: upstream, plan: &Plan{Schema: upstream.Clone()}, lastID: in.Upstream.lastID()}
	journal := *in.Upstream.Journal
	journal.Entries = slices.Clone(in.Upstream.Journal.Entries)
	p.plan.journal = &journal
	p.landed()
	for i := range in.Local.Migrations {
		m := &in.Local.Migrations[i]
		if in.Base.find(m) != nil {
			continue
		}
		if o := twin(in.Upstream, m); o != nil {
			p.plan.Moves = append(p.plan.Moves, Move{Fate: Same, From: m.Entry, To: o.Entry, OldSQL: m.SQL, SQL: m.SQL})
			continue
		}
		if err := p.move(ctx, i); err != nil {
			return nil, err
		}
	}
	return p.plan, nil
}

// planner is one plan in the making.
type planner struct {
	Input
	upstream *schema.Schema
	plan     *Plan
	lastID   string
	theirs   []upstreamStatement // see added
	cut      bool                // theirs is set
}

// twin returns upstream's copy of a local migration: one that was picked from
// this branch, or merged before. A mere number or name in common is no copy.
func twin(upstream *Line, m *Migration) *Migration {
	o := upstream.find(m)
	if o == nil || o.sqlID != m.sqlID || slug(o.Entry.Tag) != slug(m.Entry.Tag) {
		return nil
	}
	return o
}

// move puts the i-th local migration behind what there is.
func (p *planner) move(ctx context.Context, i int) error {
	m := &p.Local.Migrations[i]
	r, err := p.read(ctx, i)
	if err != nil {
		return err
	}
	f := r.file
	joined := merge.Schemas(r.before, p.plan.Schema, r.after, p.Take)
	for _, d := range joined.Open {
		p.plan.Problems = append(p.plan.Problems, Problem{Migration: m.Entry.Tag, Disagreement: &d})
	}
	p.plan.Settled = append(p.plan.Settled, joined.Settled...)
	now, err := diff.ComputeIn(r.mode, p.plan.Schema, joined.Schema, r.answers)
	if err != nil {
		return err
	}
	move := Move{Fate: Moved, From: m.Entry, OldSQL: m.SQL, SQL: m.SQL, bare: m.snapshot == nil}
	if err := p.unknown(ctx, m, r); err != nil {
		return err
	}
	if !sameStatements(f.was, flatten(now)) || slices.Contains(slices.Collect(maps.Values(f.without)), true) {
		if len(joined.Open) == 0 { // else it is not known yet what it would have to be
			p.edited(m, f, flatten(now))
		}
		told := f.retell(flatten(now))
		switch {
		case told.empty:
			move.Fate = Gone
		case told.text == m.SQL: // what it lacks of its snapshot's change is not asked for
		case now.Empty():
			move.Fate = Emptied
		default:
			move.Fate = Rewritten
		}
		if move.Fate != Moved {
			move.SQL, move.Statements = told.text, told.statements
		}
	}
	move.untold = move.bare && move.Fate != Gone && r.makes()
	if move.Fate != Gone {
		if err := p.add(m, &move, joined.Schema); err != nil {
			return err
		}
	}
	p.forgets(m, r)
	p.plan.Schema = joined.Schema
	p.plan.Moves = append(p.plan.Moves, move)
	return nil
}

// forgets notes the tables and enums of the schema so far that a migration's
// snapshot has no more and its SQL does not name: taken out of the snapshot so
// that the database keeps them, or lost with a snapshot that somebody put
// together by hand. Which of the two it is, the schema files know.
func (p *planner) forgets(m *Migration, r *reading) {
	lost := &p.plan.lost
	for _, t := range p.plan.Schema.Tables {
		if r.before.Table(t.Ref()) != nil && r.after.Table(t.Ref()) == nil && !mentions(m.SQL, []string{t.Name}) {
			lost.Tables = append(lost.Tables, t)
		}
	}
	for _, e := range p.plan.Schema.Enums {
		if hasEnum(r.before, e) && !hasEnum(r.after, e) && !mentions(m.SQL, []string{e.Name}) {
			lost.Enums = append(lost.Enums, e)
		}
	}
}

func hasEnum(s *schema.Schema, e schema.Enum) bool {
	return slices.ContainsFunc(s.Enums, func(o schema.Enum) bool { return o.Ref() == e.Ref() })
}

func sameStatements(a, b []generated) bool {
	return slices.EqualFunc(a, b, func(x, y generated) bool { return x.plain == y.plain })
}

// hash is what drizzle's migrator stores for an applied migration.
func hash(sql string) string {
	sum := sha256.Sum256([]byte(sql))
	return hex.EncodeToString(sum[:])
}

// add gives a migration its place, its entry and its snapshot.
func (p *planner) add(m *Migration, move *Move, after *schema.Schema) error {
	var before *snapshot.Entry
	if n := len(p.plan.journal.Entries); n > 0 {
		before = &p.plan.journal.Entries[n-1]
	}
	move.To = renumbered(m.Entry, before)
	if old := hash(m.SQL); move.SQL != m.SQL && !strings.Contains(move.To.Was, old) {
		move.To.Was = strings.TrimSpace(move.To.Was + " " + old)
	}
	p.plan.journal.Append(move.To)
	id, old := "", (*snapshot.Snapshot)(nil)
	if m.snapshot != nil {
		var err error
		if old, err = m.snapshot.snapshot(); err != nil {
			return err
		}
		id = old.ID
	} else {
		id = p.NewID()
	}
	made := snapshot.New(id, p.lastID, after)
	if old != nil && schema.Equal(&old.Schema, after) {
		made = old.WithIDs(id, p.lastID) // in its own layout
	}
	move.snapshot = made.Encode()
	p.lastID = id
	return nil
}

// Adopt compares what the history leads to with what the schema files say, as
// generate would. Where nothing differs, the last snapshot is written in the
// order of the files, as generate writes it. A migration that came without a
// snapshot gets what its statements do that way: where all that generate would
// write stands in such a migration, nothing differs. Nor does it where generate
// would make again what a local snapshot had lost.
func (p *Plan) Adopt(files *schema.Schema) (*diff.Result, error) {
	declared := snapshot.Declared(files)
	differs, err := diff.ComputeIn(diff.Correct, p.Schema, declared, renames(nil))
	if err != nil {
		return nil, err
	}
	if !differs.Empty() {
		left, err := diff.ComputeIn(diff.Correct, p.remembered(), declared, renames(nil))
		if err != nil {
			return nil, err
		}
		if !p.holds(left) {
			return differs, nil
		}
		p.Schema = declared
		differs = &diff.Result{}
	}
	for i := range p.Moves {
		p.Moves[i].untold = false
	}
	for i := len(p.Moves) - 1; i >= 0; i-- {
		if m := &p.Moves[i]; m.snapshot != nil {
			last, err := snapshot.Decode(snapshotPath(m.To.Tag), m.snapshot)
			if err != nil {
				return nil, err
			}
			m.snapshot = snapshot.New(last.ID, last.PrevID, files).Encode()
			break
		}
	}
	return differs, nil
}

// remembered is the schema with what local snapshots forgot.
func (p *Plan) remembered() *schema.Schema {
	out := p.Schema.Clone()
	for _, t := range p.lost.Tables {
		if out.Table(t.Ref()) == nil {
			out.Tables = append(out.Tables, t)
		}
	}
	for _, e := range p.lost.Enums {
		if !hasEnum(out, e) {
			out.Enums = append(out.Enums, e)
		}
	}
	return out
}

// Untold returns the migrations, by their new tags, whose snapshots may lack what
// their statements make: they came without one, and no schema files say it.
func (p *Plan) Untold() []string {
	var out []string
	for _, m := range p.Moves {
		if m.untold {
			out = append(out, m.To.Tag)
		}
	}
	return out
}

// holds reports whether the statements stand in local migrations that came
// without a snapshot.
func (p *Plan) holds(r *diff.Result) bool {
	there := map[string]bool{}
	for _, m := range p.Moves {
		if m.bare {
			for _, s := range cut(m.SQL) {
				there[sqltext.Plain(s.Text)] = true
			}
		}
	}
	return !slices.ContainsFunc(flatten(r), func(g generated) bool { return !there[g.plain] })
}
