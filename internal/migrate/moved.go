package migrate

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/sqltext"
)

// A developer's database has run a migration under the number that it had on
// the branch, before skein resolve put it behind upstream's. What ran then is
// recognised by its hash, and the record moves to the number and time that the
// migration has now: to run it again would do everything twice, and drizzle's
// migrator would do so, as the time in the row is older than the entry's.

// StateMoved: the table has a row for the entry under the time that it had
// before it was renumbered. Its statements are not run again; Apply gives the row
// the entry's time and hash.
const StateMoved State = "moved"

// ChangeRewritten: the row has the hash of a text that the entry had before skein
// resolve rewrote it. Which statements that were is for Pending.Rewritten to say.
const ChangeRewritten Change = "rewritten"

// eventMoved is logged when a record was moved.
const eventMoved = "moved"

// Move is a record that is to be given an entry's time and hash.
type Move struct {
	Migration history.Migration
	Row       Row
	Note      string // "" for nothing

	index int // of its entry in the report
}

// rewritten recognises what an entry was before skein resolve rewrote it, whatever
// time it had.
func rewritten(e *evidence, r Row) bool {
	if e.hash == "" || r.Hash == e.hash || !slices.Contains(strings.Fields(e.Migration.Entry.Was), r.Hash) {
		return false
	}
	e.State, e.Change = StateEdited, ChangeRewritten
	e.Note = "applied before skein resolve rewrote it"
	return true
}

// move makes an entry one whose record moves.
func (e *Entry) move(from int64) {
	e.State, e.Change = StateMoved, ""
	e.Note = fmt.Sprintf("applied with the time %d, before it was renumbered", from)
}

// addMoves adds what is moved of a report.
func (p *Pending) addMoves() {
	for i, e := range p.Report.Entries {
		if e.State == StateMoved {
			p.Moves = append(p.Moves, Move{Migration: e.Migration, Row: *e.Row, Note: e.Note, index: i})
		}
	}
}

// Rewritten adds to the moves the entries that were rewritten after they were
// applied, where nothing is left to run of them. texts has the SQL that was run
// then, by its hash. Where statements are left, or the text is not known, it is
// an error of kind Refused that says which.
func (p *Pending) Rewritten(texts map[string]string) error {
	for i := range p.Report.Entries {
		e := &p.Report.Entries[i]
		if e.State != StateEdited || e.Change != ChangeRewritten {
			continue
		}
		old, known := texts[e.Row.Hash]
		if !known {
			return rest(e, "it is not known what that was: git has no text with the hash "+e.Row.Hash, nil)
		}
		left, more := Left(old, e.Migration.SQL)
		if len(left) > 0 {
			return rest(e, "what it has now and was not run:", left)
		}
		m := Move{Migration: e.Migration, Row: *e.Row, Note: e.Note, index: i}
		if len(more) > 0 {
			m.Note = "when it was applied it did more, which is upstream's now: " + sqltext.Spaced(strings.Join(more, "; "))
		}
		e.State, e.Change = StateMoved, ""
		p.Moves = append(p.Moves, m)
	}
	slices.SortFunc(p.Moves, func(a, b Move) int { return a.index - b.index })
	return nil
}

// rest is the error about an entry of which something is left to run.
func rest(e *Entry, why string, left []string) error {
	detail := why
	for _, sql := range left {
		detail += "\n" + strings.TrimSpace(sql)
	}
	return &diag.Error{
		Kind: diag.Refused, File: e.Migration.File,
		Message: e.Migration.Entry.Tag + " was applied here before skein resolve rewrote it, and its statements are others now",
		Detail:  detail,
		Hint:    "make the database what the file says by hand (skein psql) and record that with `skein mark " + e.Migration.Entry.Tag + " applied`; or make the database anew; nothing was run",
	}
}

// Left compares the statements of a migration before and after it was changed.
// left are those that only the new text has, gone those that only the old one
// had; blanks and comments make no difference, the order does not either.
func Left(old, now string) (left, gone []string) {
	had := statementsOf(old)
	for _, s := range statementsOf(now) {
		if i := slices.IndexFunc(had, func(o string) bool { return sqltext.Plain(o) == sqltext.Plain(s) }); i >= 0 {
			had = slices.Delete(had, i, i+1)
			continue
		}
		left = append(left, s)
	}
	return left, had
}

func statementsOf(text string) (out []string) {
	for _, piece := range sqltext.Split(text) {
		for _, s := range sqltext.Statements(piece.Text) {
			if sqltext.Plain(s.Text) != "" {
				out = append(out, s.Text)
			}
		}
	}
	return out
}

// moves gives rows the time and hash of their entries, in one transaction that
// also logs it. It comes behind the migrations: until it is through, nothing is
// newer than they are.
func (r *runner) moves(ctx context.Context) error {
	if len(r.plan.Moves) == 0 {
		return nil
	}
	doing := "changing " + r.plan.Target.String()
	if r.begun { // a transaction for another migration
		r.begun = false
		if err := r.wire.rollback(); err != nil {
			return r.early(doing, err)
		}
	}
	if r.pooled {
		if f := r.waitInTurn(ctx, r.wire, nil); f != nil {
			return f.Error
		}
	} else if _, err := r.wire.one(ctx, "BEGIN"); err != nil {
		return r.early(doing, err)
	}
	defer func() { _ = r.wire.rollback() }() // of what was not committed
	if _, err := r.wire.one(ctx, r.settings().query(true)); err != nil {
		return r.early(doing, err)
	}
	queries, left, err := r.moveQueries(ctx)
	if err != nil || len(left) == 0 {
		return err
	}
	for _, query := range append(queries, "COMMIT") {
		if _, err := r.wire.one(ctx, query); err != nil {
			return r.early(doing, err)
		}
	}
	for _, m := range left {
		r.done.Moved = append(r.done.Moved, m.Migration.Entry.Tag)
	}
	return nil
}

// moveQueries says what is to be done, by what the database says now.
func (r *runner) moveQueries(ctx context.Context) (queries []string, left []Move, err error) {
	now, err := r.wire.report(ctx, r.migrations(), r.plan.Target)
	if err != nil {
		return nil, nil, err
	}
	queries = []string{"CREATE TABLE IF NOT EXISTS " + logTable(r.plan.Target) + logColumns}
	for _, m := range r.plan.Moves {
		e := now.Entries[m.index]
		tag := m.Migration.Entry.Tag
		switch {
		case e.State == StateApplied:
			r.done.ByOthers = append(r.done.ByOthers, tag)
			continue
		case e.Row == nil || e.Row.ID != m.Row.ID || e.Row.Hash != m.Row.Hash:
			return nil, nil, r.changed("the row of " + tag + " is not what it was")
		}
		details, err := json.Marshal(map[string]any{"was": m.Row.Hash, "wasTime": m.Row.When})
		if err != nil {
			return nil, nil, err
		}
		left = append(left, m)
		queries = append(queries,
			fmt.Sprintf("UPDATE %s SET hash = %s, created_at = %d WHERE id = %d", r.plan.Target, sqltext.QuoteLiteral(m.Migration.Hash()), m.Migration.Entry.When, m.Row.ID),
			fmt.Sprintf("INSERT INTO %s (migrations_table, created_at, tag, event, details, format) VALUES (%s, %d, %s, '%s', %s, %d)",
				logTable(r.plan.Target), sqltext.QuoteLiteral(r.plan.Target.orDefault().Table), m.Migration.Entry.When, sqltext.QuoteLiteral(tag),
				eventMoved, sqltext.QuoteLiteral(string(details)), logFormat))
	}
	return queries, left, nil
}

// PlanWith is Plan for a caller that can find the text of what was run by its
// hash; see Pending.Rewritten.
func PlanWith(ctx context.Context, conn *pgx.Conn, h *history.History, t Target, texts func(hashes []string) map[string]string) (*Pending, error) {
	p, err := Plan(ctx, conn, h, t)
	if err != nil {
		return nil, err
	}
	var wanted []string
	for _, e := range p.Report.In(StateEdited) {
		if e.Change == ChangeRewritten {
			wanted = append(wanted, e.Row.Hash)
		}
	}
	if len(wanted) == 0 {
		return p, nil
	}
	return p, p.Rewritten(texts(wanted))
}
