package migrate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/sqltext"
)

// A migration with a COMMIT in the middle is more than one transaction. How
// many of its parts are committed stands in a table beside drizzle's, which
// drizzle does not need to know: a row while the migration is half done,
// written and removed in the transactions that do the work.

// progress is how far a pending migration has come.
type progress struct {
	parts int
	err   error // what is done is not what the file says
}

func progressTable(t Target) string {
	return Target{Schema: t.orDefault().Schema, Table: "__skein_progress"}.String()
}

// createProgress creates the table if one of the migrations needs it.
func (r *runner) createProgress(ctx context.Context, steps []*Step) error {
	for _, s := range steps {
		if len(s.parts) > 1 {
			_, err := r.wire.one(ctx, "CREATE TABLE IF NOT EXISTS "+progressTable(r.plan.Target)+
				" (migrations_table text, created_at bigint, parts integer NOT NULL, hash text NOT NULL, PRIMARY KEY (migrations_table, created_at))")
			return err
		}
	}
	return nil
}

// records are the queries that record the next part of the migration as done:
// the migration itself with the last one.
func (s *Step) records(t Target) []string {
	table, when := sqltext.QuoteLiteral(t.orDefault().Table), s.Migration.Entry.When
	if done := s.done + 1; done < len(s.parts) {
		return []string{fmt.Sprintf("INSERT INTO %s (migrations_table, created_at, parts, hash) VALUES (%s, %d, %d, %s) "+
			"ON CONFLICT (migrations_table, created_at) DO UPDATE SET parts = excluded.parts, hash = excluded.hash",
			progressTable(t), table, when, done, sqltext.QuoteLiteral(s.hashOf(done)))}
	}
	queries := []string{fmt.Sprintf("INSERT INTO %s (hash, created_at) VALUES (%s, %d)", t, sqltext.QuoteLiteral(s.Migration.Hash()), when)}
	if len(s.parts) > 1 {
		queries = append(queries, fmt.Sprintf("DELETE FROM %s WHERE migrations_table = %s AND created_at = %d", progressTable(t), table, when))
	}
	return queries
}

// hashOf identifies the text of the first n parts, whatever its line endings.
func (s *Step) hashOf(n int) string {
	text := s.Migration.SQL[:s.parts[n-1].end]
	sum := sha256.Sum256([]byte(strings.ReplaceAll(text, "\r\n", "\n")))
	return hex.EncodeToString(sum[:])
}

// markProgress notes on pending entries how much of them is done. The table is
// read only where an entry can have been left half done.
func (w *wire) markProgress(ctx context.Context, report *Report) error {
	var rows map[int64]progressRow
	for i := range report.Entries {
		e := &report.Entries[i]
		if !report.Exists || !e.open() || !e.Migration.HasSQL {
			continue
		}
		s, err := newStep(e.Migration)
		if err != nil || len(s.parts) < 2 {
			continue // what is wrong with the file is Plan's to say
		}
		if rows == nil {
			if rows, err = w.readProgress(ctx, report.Target); err != nil {
				return err
			}
		}
		if row, ok := rows[e.Migration.Entry.When]; ok {
			e.progress = s.compare(row)
			e.Note = fmt.Sprintf("applied up to line %d", s.lastLine(e.progress.parts))
			if e.progress.err != nil {
				e.Note = "applied in part, and that part was changed afterwards"
			}
		}
	}
	return nil
}

type progressRow struct {
	parts int
	hash  string
}

func (w *wire) readProgress(ctx context.Context, t Target) (map[int64]progressRow, error) {
	rows := map[int64]progressRow{}
	table := progressTable(t)
	a, err := w.one(ctx, "SELECT pg_catalog.to_regclass("+sqltext.QuoteLiteral(table)+") IS NOT NULL")
	if err != nil || !isTrue(a) {
		return rows, err
	}
	a, err = w.one(ctx, fmt.Sprintf("SELECT created_at, parts, hash FROM %s WHERE migrations_table = %s", table, sqltext.QuoteLiteral(t.orDefault().Table)))
	if err != nil {
		return nil, err
	}
	for _, values := range a.rows {
		when, err := strconv.ParseInt(text(values[0]), 10, 64)
		if err != nil {
			return nil, err
		}
		parts, err := strconv.Atoi(text(values[1]))
		if err != nil {
			return nil, err
		}
		rows[when] = progressRow{parts: parts, hash: text(values[2])}
	}
	return rows, nil
}

// compare says what a row means for the migration as its file is now.
func (s *Step) compare(row progressRow) progress {
	if row.parts > 0 && row.parts < len(s.parts) && s.hashOf(row.parts) == row.hash {
		return progress{parts: row.parts}
	}
	return progress{err: &diag.Error{
		Kind: diag.Refused, File: s.Migration.File,
		Message: fmt.Sprintf("the first %d of the parts between COMMITs are applied already, and their text was changed since", row.parts),
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
