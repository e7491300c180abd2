package radius

// The questions to the target. They read nothing but catalogs, so that they
// wait for nobody, with two exceptions: the text of an expression and the size
// of a table need an ACCESS SHARE lock on it. Neither is asked for tables which
// somebody has an ACCESS EXCLUSIVE lock on or waits for one, and a short lock
// timeout bounds the rest.
const (
	beginReading = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET LOCAL statement_timeout = '5s'; SET LOCAL lock_timeout = '500ms'; SET LOCAL jit = off; SET LOCAL search_path = pg_catalog;
SET LOCAL quote_all_identifiers = off;`

	// ours is what counts as a user's schema "n".
	ours = ` n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' `

	// anyTable asks whether there is a table that is no extension's, but for
	// those that migrations are recorded in.
	anyTable = `SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm', 'f') AND` + ours + `AND NOT (n.nspname = %s AND c.relname IN (%s, '__skein_log', '__skein_progress'))
AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e'))`

	// locked are the tables for which a lock of any kind would have to wait.
	locked = `(SELECT relation FROM pg_locks WHERE locktype = 'relation' AND mode = 'AccessExclusiveLock')`

	relationsQuery = `SELECT c.oid, n.nspname, c.relname, c.relkind, c.oid = p.partdefid
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_inherits i ON i.inhrelid = c.oid AND c.relispartition LEFT JOIN pg_partitioned_table p ON p.partrelid = i.inhparent
WHERE c.relkind IN ('r', 'p', 'm', 'f', 'v') AND` + ours

	parentsQuery = `SELECT inhrelid, inhparent FROM pg_inherits ORDER BY inhseqno`

	// linksQuery is which table points to which, and, as pointing to itself, of
	// which table an index is whose name is in a list.
	linksQuery = `SELECT conrelid, confrelid FROM pg_constraint WHERE contype = 'f'
UNION ALL SELECT x.indrelid, x.indrelid FROM pg_class c JOIN pg_index x ON x.indexrelid = c.oid WHERE c.relkind IN ('i', 'I') AND c.relname IN (%s)`

	// The queries below take a list of oids of tables.

	columnsQuery = `SELECT a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod), tn.nspname, a.attnotnull, a.atthasdef, a.attidentity <> '', a.attgenerated <> '', a.attnum
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typlen = -1 JOIN pg_namespace tn ON tn.oid = coalesce(e.typnamespace, t.typnamespace)
WHERE a.attrelid IN (%s) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum`

	// A constraint's columns and those of the other table are lists of numbers,
	// as pg_constraint has them. A foreign key to a partitioned table has a row
	// for each partition too, of which only the first is wanted. The second list
	// is of the tables that are named: the text of an expression, for which
	// PostgreSQL reads all there is to its table, matters for no other.
	constraintsQuery = `SELECT k.conrelid, k.conname, k.contype, k.convalidated, k.conkey, k.confrelid, k.confkey, k.confdeltype,
	CASE WHEN k.contype = 'c' AND k.conrelid IN (%[2]s) AND k.conrelid NOT IN ` + locked + ` THEN pg_get_expr(k.conbin, k.conrelid) END
FROM pg_constraint k LEFT JOIN pg_constraint above ON above.oid = k.conparentid
WHERE k.conrelid IN (%[1]s) AND k.contype IN ('p', 'u', 'f', 'c', 'x') AND above.conrelid IS DISTINCT FROM k.conrelid ORDER BY k.conrelid, k.conname`

	indexesQuery = `SELECT x.indexrelid, x.indrelid, c.relname, x.indisunique, x.indkey, x.indpred IS NOT NULL, am.amname = 'btree',
	EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.indexrelid AND k.contype IN ('p', 'u', 'x')),
	ARRAY(SELECT d.refobjsubid FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = x.indexrelid
		AND d.refclassid = 'pg_class'::regclass AND d.refobjid = x.indrelid AND d.refobjsubid > 0)
FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid JOIN pg_am am ON am.oid = c.relam
WHERE x.indrelid IN (%s) ORDER BY x.indrelid, c.relname`

	// viewsQuery is each table and column that a view reads.
	viewsQuery = `SELECT DISTINCT r.ev_class, d.refobjid, d.refobjsubid
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
WHERE c.relkind IN ('v', 'm') AND d.refobjid <> r.ev_class AND` + ours + `ORDER BY 1, 2, 3`

	triggersQuery = `SELECT tgrelid, tgname, tgtype FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D' ORDER BY tgrelid, tgname`

	typesQuery = `SELECT n.nspname, t.typname, t.typtype, format_type(t.typbasetype, t.typtypmod),
	t.typnotnull OR EXISTS (SELECT FROM pg_constraint k WHERE k.contypid = t.oid)
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype IN ('d', 'e') AND` + ours

	sessionsQuery = `SELECT a.pid, a.usename, a.application_name, a.state, (date_part('epoch', clock_timestamp() - a.xact_start) * 1000)::int8,
	"left"(a.query, 400), a.backend_type = 'autovacuum worker', a.query LIKE '%(to prevent wraparound)%', a.backend_xmin IS NOT NULL OR a.backend_xid IS NOT NULL
FROM pg_stat_activity a WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()`

	preparedQuery = `SELECT transaction, gid, owner, (date_part('epoch', clock_timestamp() - prepared) * 1000)::int8
FROM pg_prepared_xacts WHERE database = current_database()`

	locksQuery = `SELECT l.pid, l.virtualtransaction, l.relation, l.mode, l.granted FROM pg_locks l
WHERE l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
	AND l.pid IS DISTINCT FROM pg_backend_pid() AND l.relation >= 16384`

	// standbysQuery is about who replays what is written here. The position in
	// the log cannot be asked for on a standby.
	standbysQuery = `SELECT 'standby', coalesce(r.application_name, ''), (date_part('epoch', r.replay_lag) * 1000)::int8, NULL, true FROM pg_stat_replication r
UNION ALL SELECT 'slot', s.slot_name, NULL,
	CASE WHEN NOT pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn)::int8 END, s.active FROM pg_replication_slots s WHERE NOT s.temporary`

	// sizesQuery takes a list of oids. A table that somebody has locked away is
	// as large as it was when it was last analysed.
	sizesQuery = `SELECT c.oid, c.reltuples::float8, c.relpages, current_setting('block_size')::int8,
	CASE WHEN c.oid NOT IN ` + locked + ` THEN pg_relation_size(c.oid) END, CASE WHEN c.oid NOT IN ` + locked + ` THEN pg_table_size(c.oid) END
FROM pg_class c WHERE c.oid IN (%s)`

	indexSizesQuery = `SELECT x.indexrelid, CASE WHEN x.indrelid NOT IN ` + locked + ` THEN pg_relation_size(x.indexrelid)
	ELSE c.relpages * current_setting('block_size')::int8 END
FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid WHERE x.indrelid IN (%s)`
)
