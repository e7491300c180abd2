package migrate

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/sqltext"
)

// Marking is a change of what is recorded that runs nothing.
type Marking struct {
	Report  *Report // how the database stood when it was decided on
	Entries []int   // places in Report.Entries
	Applied bool    // they become applied; else pending
	// Baseline says that the catalog was looked at before.
	Baseline bool
	Reason   string
	Person   string // who wants it, for the log
}

// Recorded is what Record did.
type Recorded struct {
	Tags     []string // whose record was changed
	ByOthers []string // tags that were so already, since the decision
}

// Record changes the records under the lock of the runners, in one transaction
// that also logs it; the tables are made where they are missing. An entry that
// does not stand as the report says any more is an error of kind Refused, and
// then nothing is changed. Of o the waiting counts.
//
// The row of an edited entry that becomes applied gets the hash and time that
// the entry has now. No other row is touched.
func Record(ctx context.Context, conn *pgx.Conn, m *Marking, o Options) (*Recorded, error) {
	s := OnPgx(conn)
	w, err := newWire(s.conn)
	if err != nil {
		return nil, err
	}
	r := &runner{
		plan: &Pending{Target: m.Report.Target, Report: m.Report}, o: o, done: &Applied{},
		key: lockKey(m.Report.Target), open: s.open, wire: w,
	}
	defer r.close()
	return r.record(ctx, m)
}

func (r *runner) record(ctx context.Context, m *Marking) (*Recorded, error) {
	table := r.plan.Target.String()
	if err := r.readSettings(ctx); err != nil {
		return nil, r.early("changing "+table, err)
	}
	if f := r.waitInTurn(ctx, r.wire, nil); f != nil {
		return nil, f.Error
	}
	defer func() { _ = r.wire.rollback() }() // of what was not committed
	done, queries, err := r.recording(ctx, m)
	if err != nil {
		return nil, err
	}
	for _, query := range queries {
		if _, err := r.wire.one(ctx, query); err != nil {
			return nil, r.early("changing "+table, err)
		}
	}
	a, err := r.wire.one(ctx, "COMMIT")
	switch {
	case isLost(err):
		return nil, &diag.Error{Kind: diag.Database, Err: err, Message: "the connection to the database was lost while the record was being committed",
			Detail: lostReason(err), Hint: "`skein status` shows whether it was"}
	case err != nil:
		return nil, r.early("changing "+table, err)
	case a.tag != "COMMIT":
		return nil, &diag.Error{Kind: diag.Database, Message: "PostgreSQL answered COMMIT by " + a.tag + "; nothing was changed"}
	}
	return done, nil
}

// recording makes the tables and says what is to be done in them.
func (r *runner) recording(ctx context.Context, m *Marking) (*Recorded, []string, error) {
	if _, err := r.wire.one(ctx, r.settings().query(true)); err != nil {
		return nil, nil, r.early("changing "+r.plan.Target.String(), err)
	}
	if !m.Report.Exists {
		if err := r.createTable(ctx); err != nil {
			return nil, nil, r.early("creating "+r.plan.Target.String(), err)
		}
	}
	if _, err := r.wire.one(ctx, "CREATE TABLE IF NOT EXISTS "+logTable(r.plan.Target)+logColumns); err != nil {
		return nil, nil, r.early("creating "+logTable(r.plan.Target), err)
	}
	now, err := r.wire.report(ctx, r.migrations(), r.plan.Target)
	if err != nil {
		return nil, nil, err
	}
	done := &Recorded{}
	var queries []string
	for _, i := range m.Entries {
		was, is := &m.Report.Entries[i], &now.Entries[i]
		tag := is.Migration.Entry.Tag
		switch {
		case is.State != was.State && (m.Applied && is.State == StateApplied || !m.Applied && is.open()):
			done.ByOthers = append(done.ByOthers, tag)
		case is.State != was.State:
			return nil, nil, &diag.Error{Kind: diag.Refused,
				Message: fmt.Sprintf("the database has changed meanwhile: %s is %s, and was %s", tag, is.State, was.State),
				Hint:    "look at it again; nothing was changed"}
		default:
			done.Tags = append(done.Tags, tag)
			queries = append(queries, r.remarks(m, is)...)
		}
	}
	return done, queries, nil
}

// remarks are the queries that change the record of an entry.
func (r *runner) remarks(m *Marking, e *Entry) []string {
	step, d := &Step{Migration: e.Migration}, logDetails{Reason: m.Reason, Person: m.Person}
	hash, when := sqltext.QuoteLiteral(e.Migration.Hash()), e.Migration.Entry.When
	var change, event string
	switch {
	case !m.Applied && e.open(): // what was done of it is forgotten
		return []string{r.logEntry(step, eventUnmarked, 0, d)}
	case !m.Applied:
		change, event, d.Was = r.deletion(e), eventUnmarked, e.Row.Hash
	case e.Row != nil:
		change, event, d.Was = fmt.Sprintf("UPDATE %s SET hash = %s, created_at = %d WHERE id = %d", r.plan.Target, hash, when, e.Row.ID), eventMarked, e.Row.Hash
	default:
		change, event = fmt.Sprintf("INSERT INTO %s (hash, created_at) VALUES (%s, %d)", r.plan.Target, hash, when), eventMarked
	}
	if m.Baseline {
		event = eventBaselined
	}
	return []string{change, r.logEntry(step, event, 0, d)}
}

// deletion takes out an entry's rows. drizzle's migrator may have left several
// that say the same.
func (r *runner) deletion(e *Entry) string {
	ids := []string{fmt.Sprint(e.Row.ID)}
	for _, d := range e.Duplicates {
		ids = append(ids, fmt.Sprint(d.ID))
	}
	return fmt.Sprintf("DELETE FROM %s WHERE id IN (%s)", r.plan.Target, strings.Join(ids, ", "))
}
