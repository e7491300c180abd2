package migrate

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/skein-db/skein/internal/sqltext"
	"github.com/skein-db/skein/internal/sqltree"
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
	switch outside(statement, 0) {
	case "CREATE INDEX CONCURRENTLY", "DROP INDEX CONCURRENTLY", "DETACH PARTITION CONCURRENTLY":
		parsed, err := sqltree.Parse(statement)
		if err != nil || len(parsed) != 1 {
			return remains{}, err
		}
		switch n := parsed[0].Node.(type) {
		case *sqltree.CreateIndex:
			return w.indexRemains(ctx, n, before)
		case *sqltree.Drop:
			if open && len(n.Names) == 1 {
				return w.doneIf(ctx, "pg_catalog.to_regclass("+regName(n.Names[0])+") IS NULL")
			}
		case *sqltree.AlterTable:
			if before != nil { // also one that failed leaves a partition half detached
				return w.partitionRemains(ctx, n, before)
			}
		}
		return remains{}, nil
	}
	if !open {
		return remains{}, nil
	}
	if m := wholeObject.FindStringSubmatch(statement); m != nil {
		exists := fmt.Sprintf("EXISTS (SELECT 1 FROM pg_catalog.%s)", fmt.Sprintf(objectTables[strings.ToUpper(m[2])], sqltext.QuoteLiteral(identifier(m[3]))))
		if strings.EqualFold(m[1], "DROP") {
			exists = "NOT " + exists
		}
		return w.doneIf(ctx, exists)
	}
	if m := addedValue.FindStringSubmatch(statement); m != nil {
		return w.doneIf(ctx, fmt.Sprintf("EXISTS (SELECT 1 FROM pg_catalog.pg_enum WHERE enumtypid = pg_catalog.to_regtype(%s) AND enumlabel = %s)", sqltext.QuoteLiteral(m[1]), m[2]))
	}
	return remains{}, nil
}

// wholeObject are statements about things that are there as a whole or not.
var wholeObject = regexp.MustCompile(`(?is)^(CREATE|DROP)\s+(DATABASE|TABLESPACE|SUBSCRIPTION)\s+(?:IF\s+EXISTS\s+)?("(?:[^"]|"")+"|[\w$]+)`)

var objectTables = map[string]string{
	"DATABASE":     "pg_database WHERE datname = %s",
	"TABLESPACE":   "pg_tablespace WHERE spcname = %s",
	"SUBSCRIPTION": "pg_subscription WHERE subname = %s AND subdbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())",
}

// identifier returns the name that is written.
func identifier(written string) string {
	if quoted, ok := strings.CutPrefix(written, `"`); ok {
		return strings.ReplaceAll(strings.TrimSuffix(quoted, `"`), `""`, `"`)
	}
	return strings.ToLower(written)
}

// regName is a name as to_regclass wants it.
func regName(n sqltree.Name) string { return sqltext.QuoteLiteral(qualified(n)) }

func qualified(n sqltree.Name) string {
	if n.Schema == "" {
		return sqltext.QuoteIdent(n.Name)
	}
	return sqltext.QuoteIdent(n.Schema) + "." + sqltext.QuoteIdent(n.Name)
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
func (w *wire) indexRemains(ctx context.Context, n *sqltree.CreateIndex, before *logDetails) (remains, error) {
	table := "pg_catalog.to_regclass(" + regName(n.Table) + ")"
	a, err := w.one(ctx, `SELECT c.oid, s.nspname, c.relname, i.indisvalid AND i.indisready
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
WHERE c.relkind = 'i' AND i.indrelid = `+table+` ORDER BY c.oid`)
	if err != nil {
		return remains{}, err
	}
	var found remains
	for _, row := range a.rows {
		oid, _ := strconv.ParseUint(text(row[0]), 10, 32) // an oid
		id, name, valid := uint32(oid), text(row[2]), text(row[3]) == "t"
		since := before != nil && !slices.Contains(before.Indexes, id)
		switch {
		case n.Name != "" && name != n.Name, n.Name == "" && !since:
			found.indexes = append(found.indexes, id)
		case !valid:
			found.clear = append(found.clear, "DROP INDEX CONCURRENTLY IF EXISTS "+sqltext.QuoteIdent(text(row[1]))+"."+sqltext.QuoteIdent(name))
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
func (w *wire) partitionRemains(ctx context.Context, n *sqltree.AlterTable, before *logDetails) (remains, error) {
	if len(n.Actions) != 1 || n.Actions[0].Kind != sqltree.DetachPartition {
		return remains{}, nil
	}
	partition := n.Actions[0].Partition
	a, err := w.one(ctx, fmt.Sprintf("SELECT inhdetachpending FROM pg_catalog.pg_inherits WHERE inhparent = pg_catalog.to_regclass(%s) AND inhrelid = pg_catalog.to_regclass(%s)",
		regName(n.Name), regName(partition)))
	switch {
	case err != nil:
		return remains{}, err
	case len(a.rows) == 0:
		return remains{done: !before.failed}, nil
	case isTrue(a):
		return remains{instead: "ALTER TABLE " + qualified(n.Name) + " DETACH PARTITION " + qualified(partition) + " FINALIZE"}, nil
	}
	return remains{}, nil
}
