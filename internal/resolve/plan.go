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
	"github.com/skein-db/skein/internal/sqltree"
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
// snapshot that cannot be compared.
func Make(ctx context.Context, in Input) (*Plan, error) {
	p := &planner{Input: in, plan: &Plan{Schema: in.Upstream.schema().Clone()}, lastID: in.Upstream.lastID()}
	journal := *in.Upstream.Journal
	journal.Entries = slices.Clone(in.Upstream.Journal.Entries)
	p.plan.journal = &journal
	p.landed()
	if err := p.parse(ctx); err != nil {
		return nil, err
	}
	for i := range in.Local.Migrations {
		m := &in.Local.Migrations[i]
		if in.Base.find(m) != nil {
			continue
		}
		if twin(in.Upstream, m) != nil {
			p.plan.Moves = append(p.plan.Moves, Move{Fate: Same, From: m.Entry, To: twin(in.Upstream, m).Entry, OldSQL: m.SQL, SQL: m.SQL})
			continue
		}
		if err := p.move(i); err != nil {
			return nil, err
		}
	}
	return p.plan, nil
}

// planner is one plan in the making.
type planner struct {
	Input
	plan   *Plan
	lastID string
	parsed map[int][]sqltree.Statement // of Local.Migrations
	// theirs are the statements that upstream added since Base.
	theirs []upstreamStatement
}

type upstreamStatement struct {
	tag string
	sqltree.Statement
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

// parse reads the SQL of what both sides added.
func (p *planner) parse(ctx context.Context) error {
	var texts []string
	var places []int
	for i := range p.Local.Migrations {
		if m := &p.Local.Migrations[i]; p.Base.find(m) == nil && twin(p.Upstream, m) == nil {
			texts, places = append(texts, m.SQL), append(places, i)
		}
	}
	mine := len(texts)
	var tags []string
	for i := range p.Upstream.Migrations {
		if m := &p.Upstream.Migrations[i]; mine > 0 && p.Base.find(m) == nil {
			texts, tags = append(texts, m.SQL), append(tags, m.Entry.Tag)
		}
	}
	found, err := sqltree.ParseAll(ctx, texts)
	if err != nil {
		return err
	}
	p.parsed = map[int][]sqltree.Statement{}
	for i, place := range places {
		p.parsed[place] = found[i]
	}
	for i, tag := range tags {
		for _, s := range found[mine+i] {
			p.theirs = append(p.theirs, upstreamStatement{tag, s})
		}
	}
	return nil
}

// move puts the i-th local migration behind what there is.
func (p *planner) move(i int) error {
	m := &p.Local.Migrations[i]
	before := p.Local.schemaBefore(i)
	after := before
	if m.Snapshot != nil {
		after = &m.Snapshot.Schema
	}
	joined := merge.Schemas(before, p.plan.Schema, after, p.Take)
	for _, d := range joined.Open {
		p.plan.Problems = append(p.plan.Problems, Problem{Migration: m.Entry.Tag, Disagreement: &d})
	}
	p.plan.Settled = append(p.plan.Settled, joined.Settled...)
	f, mode, err := p.read(i, before, after)
	if err != nil {
		return err
	}
	now, err := diff.ComputeIn(mode, p.plan.Schema, joined.Schema, renamesIn(f.statements))
	if err != nil {
		return err
	}
	move := Move{Fate: Moved, From: m.Entry, OldSQL: m.SQL, SQL: m.SQL}
	p.unknown(m, before, after, f)
	if !sameStatements(f.was, flatten(now)) || slices.Contains(slices.Collect(maps.Values(f.without)), true) {
		if len(joined.Open) == 0 { // else it is not known yet what it would have to be
			p.edited(m, f, flatten(now))
		}
		told := f.retell(flatten(now))
		move.SQL, move.Statements, move.Fate = told.text, told.statements, Rewritten
		switch {
		case told.empty:
			move.Fate = Gone
		case now.Empty():
			move.Fate = Emptied
		}
	}
	if move.Fate != Gone {
		p.add(m, &move, joined.Schema)
	}
	p.plan.Schema = joined.Schema
	p.plan.Moves = append(p.plan.Moves, move)
	return nil
}

// read recognises what in the i-th local migration was generated, and in which
// of the differ's modes: the one that explains most of the file.
func (p *planner) read(i int, before, after *schema.Schema) (best *file, mode diff.Mode, err error) {
	for _, m := range []diff.Mode{diff.Compat, diff.Correct, diff.Exact} {
		statements := p.parsed[i]
		was, err := diff.ComputeIn(m, before, after, renamesIn(statements))
		if err != nil {
			return nil, m, err
		}
		f := recognise(p.Local.Migrations[i].SQL, statements, flatten(was))
		if best == nil || len(f.missing()) < len(best.missing()) {
			best, mode = f, m
		}
		if len(best.missing()) == 0 {
			break
		}
	}
	return best, mode, nil
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
func (p *planner) add(m *Migration, move *Move, after *schema.Schema) {
	var before *snapshot.Entry
	if n := len(p.plan.journal.Entries); n > 0 {
		before = &p.plan.journal.Entries[n-1]
	}
	move.To = renumbered(m.Entry, before)
	if old := hash(m.SQL); move.SQL != m.SQL && !strings.Contains(move.To.Was, old) {
		move.To.Was = strings.TrimSpace(move.To.Was + " " + old)
	}
	p.plan.journal.Append(move.To)
	id := ""
	if m.Snapshot != nil {
		id = m.Snapshot.ID
	} else {
		id = p.NewID()
	}
	made := snapshot.New(id, p.lastID, after)
	if m.Snapshot != nil && schema.Equal(&m.Snapshot.Schema, after) {
		made = m.Snapshot.WithIDs(id, p.lastID) // in its own layout
	}
	move.snapshot = made.Encode()
	p.lastID = id
}

// Adopt compares what the history leads to with what the schema files say, as
// generate would. Where nothing differs, the last snapshot is written in the
// order of the files, as generate writes it.
func (p *Plan) Adopt(files *schema.Schema) (*diff.Result, error) {
	differs, err := diff.ComputeIn(diff.Correct, p.Schema, snapshot.Declared(files), renames(nil))
	if err != nil || !differs.Empty() {
		return differs, err
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
