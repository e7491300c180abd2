package migrate

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/skein-db/skein/internal/sqltext"
)

// remains is what the catalog shows of a statement that runs on its own: what
// an attempt before this one has left, or that it came through.
type remains struct {
	done    bool
	clear   []string // statements that take away what is in the way
	instead string   // the statement that finishes what was begun, or ""
	indexes []uint32 // of the table, for a later look
	busy    []Blocker
}

// remainsOf looks. before is what was noted when the statement was started by
// an earlier run that did not say how it ended, nil when there is no such.
//
// An error says that the database could not be read. A statement that leaves
// no trace which tells is one that may be run twice, VACUUM for example.
func (w *wire) remainsOf(ctx context.Context, statement string, before *logDetails) (remains, error) {
	if before != nil && before.Statement != textHash(statement) {
		before = nil // the file was mended since
	}
	open := before != nil && !before.failed
	text := sqltext.Spaced(statement)
	if m := createdIndex.FindStringSubmatch(text); m != nil {
		return w.indexRemains(ctx, m[1], m[2], before)
	}
	if m := detachedPartition.FindStringSubmatch(text); m != nil && before != nil {
		return w.partitionRemains(ctx, m[1], m[2], before) // also one that failed leaves something
	}
	if outside(statement, 0) == "REINDEX CONCURRENTLY" {
		return w.rebuiltRemains(ctx, before)
	}
	if !open {
		return remains{}, nil
	}
	if m := droppedIndex.FindStringSubmatch(text); m != nil {
		return w.doneIf(ctx, "pg_catalog.to_regclass("+sqltext.QuoteLiteral(m[1])+") IS NULL")
	}
	if m := wholeObject.FindStringSubmatch(text); m != nil {
		exists := fmt.Sprintf("EXISTS (SELECT 1 FROM pg_catalog.%s)", fmt.Sprintf(objectTables[strings.ToUpper(m[2])], nameLiteral(m[3])))
		if strings.EqualFold(m[1], "DROP") {
			exists = "NOT " + exists
		}
		return w.doneIf(ctx, exists)
	}
	if m := addedValue.FindStringSubmatch(text); m != nil {
		return w.doneIf(ctx, fmt.Sprintf("EXISTS (SELECT 1 FROM pg_catalog.pg_enum WHERE enumtypid = pg_catalog.to_regtype(%s) AND enumlabel = %s)", sqltext.QuoteLiteral(m[1]), m[2]))
	}
	return remains{}, nil
}

// What the statements that leave something look like, between single blanks.
// Names stay as they are written: to_regclass reads them as the statement does.
const (
	name      = `"(?:[^"]|"")+"|[^\s".(),;]+`
	qualified = `((?:` + name + `)(?: ?\. ?(?:` + name + `))*)`
)

var (
	createdIndex      = regexp.MustCompile(`(?is)^CREATE (?:UNIQUE )?INDEX CONCURRENTLY (?:IF NOT EXISTS )?(?:(` + name + `) )?ON (?:ONLY )?` + qualified)
	droppedIndex      = regexp.MustCompile(`(?is)^DROP INDEX CONCURRENTLY (?:IF EXISTS )?` + qualified + `(?: CASCADE| RESTRICT)? ?;?$`)
	detachedPartition = regexp.MustCompile(`(?is)^ALTER TABLE (?:IF EXISTS )?(?:ONLY )?` + qualified + ` DETACH PARTITION ` + qualified + ` CONCURRENTLY ?;?$`)
	// wholeObject are statements about things that are there as a whole or not.
	wholeObject = regexp.MustCompile(`(?is)^(CREATE|DROP) (DATABASE|TABLESPACE|SUBSCRIPTION) (?:IF EXISTS )?(` + name + `)`)
)

var objectTables = map[string]string{
	"DATABASE":     "pg_database WHERE datname = %s",
	"TABLESPACE":   "pg_tablespace WHERE spcname = %s",
	"SUBSCRIPTION": "pg_subscription WHERE subname = %s AND subdbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())",
}

// identifier returns the name that is written, which PostgreSQL cuts to the
// length of its type name.
// https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
func identifier(written string) string {
	if quoted, ok := strings.CutPrefix(written, `"`); ok {
		return strings.ReplaceAll(strings.TrimSuffix(quoted, `"`), `""`, `"`)
	}
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, written)
}

func nameLiteral(written string) string {
	return sqltext.QuoteLiteral(identifier(written)) + "::pg_catalog.name"
}

func (w *wire) doneIf(ctx context.Context, condition string) (remains, error) {
	a, err := w.one(ctx, "SELECT "+condition)
	return remains{done: err == nil && isTrue(a)}, err
}

// indexRemains looks for the index of CREATE INDEX CONCURRENTLY. When that
// fails it leaves an invalid index, which no query uses, every write pays for,
// and the name of which is taken; IF NOT EXISTS takes it for the index. It is
// of no use to anybody, so it is dropped, unless it is being built just now.
// https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
//
// index is "" where PostgreSQL makes a name up: then it is one that was not
// there before.
func (w *wire) indexRemains(ctx context.Context, index, table string, before *logDetails) (remains, error) {
	table = "pg_catalog.to_regclass(" + sqltext.QuoteLiteral(table) + ")"
	a, err := w.one(ctx, `SELECT c.oid, pg_catalog.quote_ident(s.nspname) || '.' || pg_catalog.quote_ident(c.relname), c.relname = `+nameLiteral(index)+`, i.indisvalid AND i.indisready
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
WHERE c.relkind = 'i' AND i.indrelid = `+table+` ORDER BY c.oid`)
	if err != nil {
		return remains{}, err
	}
	var found remains
	for _, row := range a.rows {
		oid, _ := strconv.ParseUint(text(row[0]), 10, 32) // an oid
		id, named, valid := uint32(oid), text(row[2]) == "t", text(row[3]) == "t"
		since := before != nil && !slices.Contains(before.Indexes, id)
		switch {
		case index != "" && !named, index == "" && !since:
			found.indexes = append(found.indexes, id)
		case !valid:
			found.clear = append(found.clear, "DROP INDEX CONCURRENTLY IF EXISTS "+text(row[1]))
		case since:
			found.done = !before.failed
		default:
			found.indexes = append(found.indexes, id)
		}
	}
	if len(found.clear) > 0 {
		found.busy, err = w.changers(ctx, table)
	}
	return found, err
}

// rebuiltRemains looks for what REINDEX CONCURRENTLY leaves when it fails: the
// new or the old one of two indexes, invalid, with an ending to its name.
// https://www.postgresql.org/docs/current/sql-reindex.html#SQL-REINDEX-CONCURRENTLY
func (w *wire) rebuiltRemains(ctx context.Context, before *logDetails) (remains, error) {
	a, err := w.one(ctx, `SELECT c.oid, i.indrelid, pg_catalog.quote_ident(s.nspname) || '.' || pg_catalog.quote_ident(c.relname)
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
WHERE c.relkind = 'i' AND NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$' AND s.nspname NOT LIKE 'pg\_%' ORDER BY c.oid`)
	if err != nil {
		return remains{}, err
	}
	var found remains
	var tables []string
	for _, row := range a.rows {
		oid, _ := strconv.ParseUint(text(row[0]), 10, 32) // an oid
		if before == nil || slices.Contains(before.Indexes, uint32(oid)) {
			found.indexes = append(found.indexes, uint32(oid))
			continue
		}
		tables = append(tables, text(row[1]))
		found.clear = append(found.clear, "DROP INDEX CONCURRENTLY IF EXISTS "+text(row[2]))
	}
	if len(tables) > 0 {
		found.busy, err = w.changers(ctx, "ANY ('{"+strings.Join(tables, ",")+"}'::pg_catalog.oid[])")
	}
	return found, err
}

// changers are the sessions that build an index on a table or change it in
// another way, by the lock that they hold meanwhile.
// https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES
func (w *wire) changers(ctx context.Context, table string) ([]Blocker, error) {
	a, err := w.one(ctx, blockerColumns+` FROM pg_catalog.pg_stat_activity a WHERE a.pid <> pg_catalog.pg_backend_pid() AND a.backend_type = 'client backend'
AND a.pid IN (SELECT pid FROM pg_catalog.pg_locks WHERE locktype = 'relation' AND granted AND mode = 'ShareUpdateExclusiveLock' AND relation = `+table+`
	AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))`)
	return blockersIn(a.rows), err
}

// partitionRemains looks what DETACH PARTITION CONCURRENTLY has come to. Cut
// short, it leaves the partition half detached, for FINALIZE.
// https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DETACH-PARTITION
func (w *wire) partitionRemains(ctx context.Context, table, partition string, before *logDetails) (remains, error) {
	a, err := w.one(ctx, fmt.Sprintf("SELECT inhdetachpending FROM pg_catalog.pg_inherits WHERE inhparent = pg_catalog.to_regclass(%s) AND inhrelid = pg_catalog.to_regclass(%s)",
		sqltext.QuoteLiteral(table), sqltext.QuoteLiteral(partition)))
	switch {
	case err != nil:
		return remains{}, err
	case len(a.rows) == 0:
		return remains{done: !before.failed}, nil
	case isTrue(a):
		return remains{instead: "ALTER TABLE " + table + " DETACH PARTITION " + partition + " FINALIZE"}, nil
	}
	return remains{}, nil
}
