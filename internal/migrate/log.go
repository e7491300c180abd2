package migrate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/sqltext"
)

// drizzle's table says which migrations are applied. What there is to say
// beyond that stands in a table of ours beside it, which drizzle does not need
// to know: how far a migration in several parts has come, and from then on who
// applied what, when, and how long it took. It is made when a migration first
// needs it, and rows are only ever added.
//
// A row is an event. A reader passes over events that it does not know and
// takes no notice of columns and details that it does not know; a row whose
// format is higher than logFormat says that this is not enough to go by it.
const (
	logName   = "__skein_log"
	logFormat = 1
)

const logColumns = ` (
	id bigserial PRIMARY KEY,
	migrations_table text NOT NULL,
	created_at bigint NOT NULL,
	tag text NOT NULL,
	event text NOT NULL,
	parts integer NOT NULL DEFAULT 0,
	hash text NOT NULL DEFAULT '',
	details jsonb NOT NULL DEFAULT '{}',
	at timestamptz NOT NULL DEFAULT clock_timestamp(),
	by text NOT NULL DEFAULT session_user,
	format integer NOT NULL DEFAULT 1
)`

// The events of a migration, told apart by created_at as in drizzle's table.
// parts and hash say how many parts are committed then, and what their text is.
const (
	eventStarted   = "started"   // the next part, which runs on its own
	eventCommitted = "committed" // a part
	eventFailed    = "failed"    // the part that was started: the server said so
	eventApplied   = "applied"   // all of it
)

// logEvents are the events of a step: a migration's own, or those of its
// reverse, which has parts as well.
type logEvents struct{ started, committed, failed, done string }

func (s *Step) events() logEvents {
	if s.undoes != nil {
		return logEvents{"undo started", "undo committed", "undo failed", eventReverted}
	}
	return logEvents{eventStarted, eventCommitted, eventFailed, eventApplied}
}

func logTable(t Target) string { return Target{t.orDefault().Schema, logName}.String() }

// logDetails are the details of the events above.
type logDetails struct {
	// Statement is the hash of the one that was started, and Indexes are those
	// of its table before that.
	Statement    string   `json:"statement,omitempty"`
	Indexes      []uint32 `json:"indexes,omitempty"`
	Milliseconds int64    `json:"milliseconds,omitempty"`
	// Why and by whom a record was changed, and the hash that it had.
	Reason string `json:"reason,omitempty"`
	Person string `json:"person,omitempty"`
	Was    string `json:"was,omitempty"`

	failed bool // what was started has failed: the event says so
}

// progress is how far a pending migration has come.
type progress struct {
	parts   int
	started *logDetails // of the part behind those, of which it is not known whether it was done
	err     error       // what is done is not what the file says
}

// prepareLog creates the table if one of the migrations needs it, and notes
// whether there is one.
func (r *runner) prepareLog(ctx context.Context, steps []*Step) error {
	table := logTable(r.plan.Target)
	for _, s := range steps {
		if len(s.parts) > 1 || s.parts[0].outside != "" || s.undoes != nil {
			_, err := r.wire.one(ctx, "CREATE TABLE IF NOT EXISTS "+table+logColumns)
			r.logs = err == nil
			return err
		}
	}
	a, err := r.wire.one(ctx, "SELECT pg_catalog.to_regclass("+sqltext.QuoteLiteral(table)+") IS NOT NULL")
	r.logs = err == nil && isTrue(a)
	return err
}

// logEntry is the query that adds an event of a migration of which n parts are
// committed by then.
func (r *runner) logEntry(s *Step, event string, n int, d logDetails) string {
	details, _ := json.Marshal(d) // of plain values
	return fmt.Sprintf("INSERT INTO %s (migrations_table, created_at, tag, event, parts, hash, details, format) VALUES (%s, %d, %s, '%s', %d, '%s', %s, %d)",
		logTable(r.plan.Target), sqltext.QuoteLiteral(r.plan.Target.orDefault().Table), s.Migration.Entry.When,
		sqltext.QuoteLiteral(s.Migration.Entry.Tag), event, n, s.hashOf(n), sqltext.QuoteLiteral(string(details)), logFormat)
}

// records are the queries that record the next part of the migration as done:
// the migration itself with the last one.
func (r *runner) records(s *Step) []string {
	done := s.done + 1
	if done < len(s.parts) {
		return []string{r.logEntry(s, s.events().committed, done, logDetails{})}
	}
	if s.undoes != nil {
		return r.unrecords(s)
	}
	queries := []string{fmt.Sprintf("INSERT INTO %s (hash, created_at) VALUES (%s, %d)",
		r.plan.Target, sqltext.QuoteLiteral(s.Migration.Hash()), s.Migration.Entry.When)}
	if r.logs {
		queries = append(queries, r.logEntry(s, eventApplied, done, logDetails{Milliseconds: time.Since(s.began).Milliseconds()}))
	}
	return queries
}

// hashOf identifies the text of the first n parts, whatever its line endings.
func (s *Step) hashOf(n int) string {
	if n == 0 {
		return ""
	}
	return textHash(s.Migration.SQL[:s.parts[n-1].end])
}

func textHash(text string) string {
	sum := sha256.Sum256([]byte(strings.ReplaceAll(text, "\r\n", "\n")))
	return hex.EncodeToString(sum[:])
}

// markProgress notes on pending entries how much of them is done. The table is
// read only where an entry can have been left half done.
func (w *wire) markProgress(ctx context.Context, report *Report) error {
	for i := range report.Entries {
		e := &report.Entries[i]
		if !report.Exists || !e.open() || !e.Migration.HasSQL {
			continue
		}
		s, err := newStep(e.Migration, cutting{major: report.major})
		if err != nil || len(s.parts) < 2 && s.parts[0].outside == "" {
			continue // what is wrong with the file is Plan's to say
		}
		rows, err := w.logOf(ctx, report)
		if err != nil {
			return err
		}
		row, ok := rows[e.Migration.Entry.When]
		if !ok {
			continue
		}
		e.progress = s.compare(row)
		switch {
		case e.progress.err != nil:
			e.Note = "applied in part, and that part was changed afterwards"
		case e.progress.parts > 0:
			e.Note = fmt.Sprintf("applied up to line %d", s.lastLine(e.progress.parts))
		}
	}
	return nil
}

// logOf reads the log that belongs to a report, once.
func (w *wire) logOf(ctx context.Context, report *Report) (map[int64]logRow, error) {
	if report.log == nil {
		rows, err := w.readLog(ctx, report.Target)
		if err != nil {
			return nil, err
		}
		report.log = rows
	}
	return report.log, nil
}

// logRow is the last that the log says of a migration.
type logRow struct {
	event   string
	parts   int
	hash    string
	details string
	format  int
	by      string
	at      time.Time
}

func (w *wire) readLog(ctx context.Context, t Target) (map[int64]logRow, error) {
	rows := map[int64]logRow{}
	table := logTable(t)
	a, err := w.one(ctx, "SELECT pg_catalog.to_regclass("+sqltext.QuoteLiteral(table)+") IS NOT NULL")
	if err != nil || !isTrue(a) {
		return rows, err
	}
	a, err = w.one(ctx, fmt.Sprintf("SELECT DISTINCT ON (created_at) created_at, event, parts, hash, details, format, by, (pg_catalog.date_part('epoch', at) * 1000)::pg_catalog.int8 FROM %s "+
		"WHERE migrations_table = %s AND (event IN ('%s') OR format > %d) ORDER BY created_at, id DESC",
		table, sqltext.QuoteLiteral(t.orDefault().Table), strings.Join(knownEvents(), "', '"), logFormat))
	if err != nil {
		return nil, err
	}
	for _, values := range a.rows {
		when, err := strconv.ParseInt(text(values[0]), 10, 64)
		if err != nil {
			return nil, err
		}
		row := logRow{event: text(values[1]), hash: text(values[3]), details: text(values[4]), by: text(values[6])}
		at, _ := strconv.ParseInt(text(values[7]), 10, 64) // an integer
		row.at = time.UnixMilli(at).UTC()
		row.parts, _ = strconv.Atoi(text(values[2])) // the columns are integers
		row.format, _ = strconv.Atoi(text(values[5]))
		rows[when] = row
	}
	return rows, nil
}

// compare says what a row means for the migration as its file is now. The
// parts are told by their text: what they are cut by may have changed.
func (s *Step) compare(row logRow) progress {
	if row.format > logFormat {
		return progress{err: &diag.Error{
			Kind: diag.Refused, File: s.Migration.File,
			Message: "a newer skein has begun this migration, in a way that this one cannot go on with",
			Hint:    "use the newer skein; nothing was run",
		}}
	}
	events := s.events()
	if row.event != events.started && row.event != events.committed && row.event != events.failed {
		return progress{} // it was done as a whole, or marked, and the record was changed since
	}
	for n := range s.parts {
		if s.hashOf(n) != row.hash {
			continue
		}
		p := progress{parts: n}
		if row.event != events.committed {
			p.started = &logDetails{}
			if err := json.Unmarshal([]byte(row.details), p.started); err != nil {
				p.started = &logDetails{}
			}
			p.started.failed = row.event == events.failed
		}
		return p
	}
	if s.undoes != nil {
		return progress{err: s.otherReverse()}
	}
	return progress{err: &diag.Error{
		Kind: diag.Refused, File: s.Migration.File,
		Message: fmt.Sprintf("the first %d parts of the migration are applied already, and their text was changed since", row.parts),
		Hint:    "restore that text and change only what comes after it; nothing was run",
	}}
}

// lastLine is the line on which the first n parts end.
func (s *Step) lastLine(n int) int {
	if n == 0 {
		return 0
	}
	line, _ := diag.Position(s.Migration.SQL, s.parts[n-1].end)
	return line
}
