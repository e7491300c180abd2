package lint

import (
	"slices"

	"github.com/skein-db/skein/internal/finding"
)

// Rules are the codes of this package's findings: what is dropped, renamed,
// changed, added, built, done to rows, locked; then what is wrong with the
// comments that allow.
var Rules = []finding.Rule{
	{
		Code: "drop-table", Severity: finding.Error,
		Title: "a table in use is dropped",
		About: "During a deploy the version of the code that is still running reads and writes the table until its last process has stopped, and fails from the moment the migration commits. The rows are gone for good. Tables that the same release created, and DROP IF EXISTS of a table that is not there, are no findings.",
		Fix:   "Stop using the table in one release and drop it in a later one.",
		Recipe: `-- 1. this release: the code stops using the table; no SQL
-- 2. a later release, when no running version of the code uses it
-- skein:allow drop-table reason=unused since 2.4
DROP TABLE "old_sessions";`,
	},
	{
		Code: "drop-column", Severity: finding.Error,
		Title: "a column in use is dropped",
		About: "drizzle names every column of schema.ts in its queries, so the running version of the code fails on its next one. The values are gone for good.",
		Fix:   "Take the column out of schema.ts in one release, and drop it in a later one. If it is required and has no default, make it optional first, so that the new code can insert without it.",
		Recipe: `-- 1. this release: the code stops using the column
ALTER TABLE "users" ALTER COLUMN "legacy" DROP NOT NULL;
-- 2. a later release, when no running version of the code uses it
-- skein:allow drop-column reason=unused since 2.4
ALTER TABLE "users" DROP COLUMN "legacy";`,
	},
	{
		Code: "drop-view", Severity: finding.Error,
		Title: "a view in use is dropped",
		About: "Queries of the running code that read the view fail. A view that the same migration creates again is no finding: others see the old one until the migration commits, and the new one from then on.",
		Fix:   "Stop using the view in one release and drop it in a later one.",
	},
	{
		Code: "drop-schema", Severity: finding.Error,
		Title: "a schema in use is dropped",
		About: "With the schema go all its tables, types and functions, and the running code that uses any of them fails.",
		Fix:   "Stop using what is in it in one release and drop it in a later one.",
	},
	{
		Code: "drop-type", Severity: finding.Error,
		Title: "a type or domain in use is dropped",
		About: "Queries of the running code that cast to the type fail. PostgreSQL refuses while a column has the type, so this is about what is left. A type that the same migration creates again is no finding: the columns that move between the two are.",
		Fix:   "Drop the type in a release after the one whose code no longer names it.",
	},
	{
		Code: "drop-object", Severity: finding.Error,
		Title: "a function, procedure, sequence or extension in use is dropped",
		About: "Running code, a default or a trigger may use it. One that the same migration creates again is no finding.",
		Fix:   "Drop it in a release after the one that stops using it.",
	},
	{
		Code: "rename-table", Severity: finding.Error,
		Title: "a table or view in use is renamed",
		About: "From the moment the migration commits, the running code asks for a name that is not there. A view under the old name, made in the same migration, takes its reads and writes; then this is no finding.",
		Fix:   "Leave a view behind under the old name for one release. Or keep the name in the database and rename only the constant in schema.ts.",
		Recipe: `-- 1. this migration
ALTER TABLE "people" RENAME TO "users";
CREATE VIEW "people" AS SELECT * FROM "users";
-- 2. a later release
-- skein:allow drop-view reason=unused since 2.4
DROP VIEW "people";`,
		See: []string{"https://www.postgresql.org/docs/current/sql-createview.html#SQL-CREATEVIEW-UPDATABLE-VIEWS"},
	},
	{
		Code: "move-table", Severity: finding.Error,
		Title: "a table or view in use moves to another schema",
		About: "For the running code that is a rename: it asks for a name that is not there.",
		Fix:   "Leave a view behind in the old schema for one release.",
	},
	{
		Code: "rename-schema", Severity: finding.Error,
		Title: "a schema in use is renamed",
		About: "Every table in it gets another name, and the running code asks for the old ones.",
		Fix:   "Keep the name in the database. To rename it for the code only, rename the constant in schema.ts.",
	},
	{
		Code: "rename-column", Severity: finding.Error,
		Title: "a column in use is renamed",
		About: "drizzle names every column in its queries, so the running version of the code fails on its next one.",
		Fix:   "Keep the column's name in the database and rename only the property in schema.ts: newName: text(\"old_name\"). Otherwise add the new column, write both, fill it, and drop the old one in a later release.",
	},
	{
		Code: "rename-type", Severity: finding.Error,
		Title: "a type in use, or a part of one, is renamed",
		About: "Queries of the running code that name the type fail, such as casts of parameters.",
		Fix:   "Keep the name in the database and rename only the constant in schema.ts.",
	},
	{
		Code: "rename-enum-value", Severity: finding.Error,
		Title: "a value of an enum in use is renamed",
		About: "The running code writes the old value and fails; what it reads has a value that it does not know.",
		Fix:   "Add the new value, let the code read both, then write the new one, then update the rows. The old value stays in the type unused.",
		Recipe: `-- 1. this migration
ALTER TYPE "state" ADD VALUE IF NOT EXISTS 'done' AFTER 'finished';
-- 2. the next release: the code writes the new value; then in batches
UPDATE "jobs" SET "state" = 'done' WHERE "state" = 'finished';`,
	},
	{
		Code: "cascade", Severity: finding.Warning,
		Title: "CASCADE takes along what the statement does not name",
		About: "DROP … CASCADE drops foreign keys, views and functions that depend on the object, and TRUNCATE … CASCADE empties other tables. Nothing of that is in the migration for a reviewer to see, and it can differ from one database to the next. ON DELETE CASCADE of a foreign key is another thing and no finding.",
		Fix:   "Drop by name what depends on it and leave CASCADE out. Where something was forgotten, PostgreSQL refuses and says what.",
	},
	{
		Code: "drop-constraint", Severity: finding.Error,
		Title: "a constraint is dropped that the running code counts on",
		About: "Without a unique constraint or primary key, ON CONFLICT on its columns fails at once. Without a foreign key or check, rows come in that the running code does not expect; these are warnings. A constraint that the same migration adds again, under its name or on its columns, is no finding: the new one is judged.",
		Fix:   "Drop it in a release after the one whose code no longer counts on it.",
	},
	{
		Code: "drop-index", Severity: finding.Warning,
		Title: "an index is dropped while queries may need it, or the table is locked for it",
		About: "DROP INDEX waits for every query on the table, and all that come after wait for it. Queries that used the index become slow. Without a unique index, which is an error, ON CONFLICT on its columns fails at once.",
		Fix:   "Drop it with CONCURRENTLY before the deploy of a release whose code no longer needs it; the migration then has DROP INDEX IF EXISTS.",
		See:   []string{"https://www.postgresql.org/docs/current/sql-dropindex.html"},
	},
	{
		Code: "drop-default", Severity: finding.Error,
		Title: "a required column loses what fills it in",
		About: "The running code inserts without the column, because PostgreSQL filled it in. From the moment the migration commits, those inserts fail. A default that the same migration sets again is no finding.",
		Fix:   "Let the code write the column first, and drop the default in a later release.",
	},
	{
		Code: "set-not-null", Severity: finding.Error,
		Title: "a column becomes required while the table is in use",
		About: "SET NOT NULL reads the whole table under a lock that even SELECT waits for, fails on the first null, and makes the running code fail where it writes one. Where a valid check already says that the column has no nulls, PostgreSQL does not read, and this is no finding.",
		Fix:   "Add a check NOT VALID, fill the rows, validate the check in a later migration while writes go on, then set NOT NULL and drop the check.",
		Recipe: `-- 1. this migration, in a release whose predecessor always writes the column
ALTER TABLE "users" ADD CONSTRAINT "users_email_not_null" CHECK ("email" IS NOT NULL) NOT VALID;
-- 2. after the deploy: fill the rows, in batches
-- 3. the next migration, in a later deploy
ALTER TABLE "users" VALIDATE CONSTRAINT "users_email_not_null";
ALTER TABLE "users" ALTER COLUMN "email" SET NOT NULL;
ALTER TABLE "users" DROP CONSTRAINT "users_email_not_null";`,
		See: []string{"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DROP-NOT-NULL"},
	},
	{
		Code: "change-type", Severity: finding.Error,
		Title: "the type of a column in use changes in a way that rewrites the table",
		About: "Most type changes write every row and every index anew under a lock that even SELECT waits for. Some only read the table or build an index anew; these are warnings. Changes that PostgreSQL makes without looking at a row, such as a longer varchar or varchar to text, are no findings.",
		Fix:   "Add a column of the new type, write both, fill it in batches, move the code over, drop the old one in a later release.",
		See:   []string{"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES"},
	},
	{
		Code: "required-column", Severity: finding.Error,
		Title: "a required column without a default is added to a table in use",
		About: "The statement fails where the table has rows. Where it has none, the running code's inserts fail, because they do not know the column.",
		Fix:   "Give it a constant default, which PostgreSQL 11 and later adds without touching a row. Where there is none, add the column as optional, fill it, and make it required in a later release.",
	},
	{
		Code: "column-rewrites", Severity: finding.Error,
		Title: "a column is added whose values are computed for every row",
		About: "A default that differs from row to row, such as gen_random_uuid(), a serial or identity column and a stored generated column make PostgreSQL write the whole table anew under a lock that even SELECT waits for. Defaults that are one value for all rows, such as constants and now(), do not.",
		Fix:   "Add the column empty, set the default for new rows, and fill the others in batches after the deploy.",
		See:   []string{"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES"},
	},
	{
		Code: "validating-constraint", Severity: finding.Error,
		Title: "a check or foreign key is added and validated at once",
		About: "PostgreSQL reads the whole table while writes wait (of a check even reads, of a foreign key also writes to the other table), and fails on the first row that does not pass. For a column that came with the same release the rows cannot fail, and it is a warning.",
		Fix:   "Add it NOT VALID, which holds for new rows at once, and validate it in a later migration while writes go on. A foreign key on a new column can be written with the column instead: then no row is read.",
		Recipe: `-- 1. this migration
ALTER TABLE "posts" ADD CONSTRAINT "posts_author_fk" FOREIGN KEY ("author") REFERENCES "users" ("id") NOT VALID;
-- 2. the next migration, in a later deploy
ALTER TABLE "posts" VALIDATE CONSTRAINT "posts_author_fk";`,
		See: []string{"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT"},
	},
	{
		Code: "validate-at-once", Severity: finding.Warning,
		Title: "a constraint is validated in the transaction that added it",
		About: "The lock of the ADD is held until the transaction ends, so the rows are read under it: NOT VALID gains nothing.",
		Fix:   "Validate it in a migration of its own. drizzle's migrator runs all pending migrations in one transaction; with it, validate in a later deploy.",
	},
	{
		Code: "domain-constraint", Severity: finding.Error,
		Title: "a domain in use gets a constraint that is validated at once",
		About: "PostgreSQL reads every table that has a column of the domain, while nobody can write to them.",
		Fix:   "Add it NOT VALID and validate it in a later migration.",
		See:   []string{"https://www.postgresql.org/docs/current/sql-alterdomain.html"},
	},
	{
		Code: "add-unique", Severity: finding.Error,
		Title: "a table in use gets a unique index, unique constraint or primary key",
		About: "The index is built while writes wait (for a constraint even reads), fails on duplicates, and makes the running code fail where it writes one. An index built with CONCURRENTLY, and a constraint that takes one over, are no findings. On a column that came with the same release it is a warning.",
		Fix:   "Remove duplicates, build the index with CONCURRENTLY before the deploy, and let the constraint take it over.",
		Recipe: `-- 1. before the deploy, by hand (psql)
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "users_email_key" ON "users" ("email");
-- 2. this migration
ALTER TABLE "users" ADD CONSTRAINT "users_email_key" UNIQUE USING INDEX "users_email_key";`,
		See: []string{"https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY"},
	},
	{
		Code: "add-exclusion", Severity: finding.Error,
		Title: "a table in use gets an exclusion constraint",
		About: "Its index is built under a lock that even SELECT waits for, and PostgreSQL has no way to do that in steps.",
		Fix:   "Do it at a quiet time with a lock_timeout, or move to a new table that has the constraint from the start.",
	},
	{
		Code: "create-index", Severity: finding.Warning,
		Title: "an index of a table in use is built without CONCURRENTLY",
		About: "PostgreSQL reads the whole table while every write waits. A large table takes minutes.",
		Fix:   "Build it with CONCURRENTLY before the deploy. With IF NOT EXISTS the migration finds it there, and builds it on databases that lack it.",
		Recipe: `-- 1. before the deploy, by hand (psql)
CREATE INDEX CONCURRENTLY IF NOT EXISTS "posts_author_idx" ON "posts" ("author");
-- 2. this migration
-- skein:allow create-index reason=built with CONCURRENTLY before the deploy
CREATE INDEX IF NOT EXISTS "posts_author_idx" ON "posts" ("author");`,
		See: []string{"https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY"},
	},
	{
		Code: "reindex", Severity: finding.Warning,
		Title: "REINDEX without CONCURRENTLY",
		About: "Every write to the table waits until the index is built, and so do reads that would use it.",
		Fix:   "Use REINDEX … CONCURRENTLY, outside of migrations.",
	},
	{
		Code: "refresh-view", Severity: finding.Warning,
		Title: "a materialized view is refreshed without CONCURRENTLY",
		About: "Every read of the view waits until its query is done.",
		Fix:   "Use REFRESH MATERIALIZED VIEW CONCURRENTLY, which needs a unique index of plain columns on the view, and do it in a job.",
	},
	{
		Code: "detach-partition", Severity: finding.Warning,
		Title: "a partition is detached without CONCURRENTLY",
		About: "DETACH waits for every query on the partitioned table, and all that come after wait for it.",
		Fix:   "Use DETACH PARTITION … CONCURRENTLY (PostgreSQL 14 and later), outside a transaction.",
	},
	{
		Code: "rewrite-table", Severity: finding.Error,
		Title: "a statement writes a new copy of a table in use",
		About: "VACUUM FULL, CLUSTER and ALTER TABLE with SET LOGGED, SET UNLOGGED, SET TABLESPACE or SET EXPRESSION write the whole table anew under a lock that even SELECT waits for.",
		Fix:   "Do it at a quiet time with a lock_timeout, use pg_repack, or move to a new table in steps.",
	},
	{
		Code: "unbounded-update", Severity: finding.Warning,
		Title: "UPDATE of every row of a table in use",
		About: "All rows are written in one transaction and stay locked until its end, the table and its indexes grow, and replicas fall behind. An UPDATE is bounded when its WHERE mentions a column.",
		Fix:   "Update in batches, outside the migration, with a WHERE that leaves out what is done.",
		Recipe: `-- again and again until no row is changed
UPDATE "users" SET "plan" = 'free'
  WHERE ctid = ANY (ARRAY(SELECT ctid FROM "users" WHERE "plan" IS DISTINCT FROM 'free' LIMIT 5000));`,
	},
	{
		Code: "unbounded-delete", Severity: finding.Warning,
		Title: "DELETE of every row of a table in use",
		About: "All rows go in one transaction, with everything that a foreign key deletes along with them. A DELETE is bounded when its WHERE mentions a column.",
		Fix:   "Delete in batches, outside the migration.",
	},
	{
		Code: "truncate", Severity: finding.Error,
		Title: "TRUNCATE of a table in use",
		About: "The rows that the running code uses are gone, and even reads wait until the transaction ends.",
		Fix:   "Delete what is to go, in batches and outside the migration.",
	},
	{
		Code: "backfill-with-change", Severity: finding.Warning,
		Title: "rows are changed while a lock on their table is held",
		About: "A statement before, in the same transaction, took a lock that the application waits for. It is held until the last row is written, instead of for a moment.",
		Fix:   "Keep data and the change of the table apart: two migrations, or the data in batches after the deploy.",
	},
	{
		Code: "several-locks", Severity: finding.Warning,
		Title: "one transaction locks three or more tables in use against reads",
		About: "Each lock is held until the transaction ends. Code that uses the tables in another order waits for the migration while the migration waits for it: a deadlock, which ends one of the two. And while the migration waits for its last table, all the others stand still. With two tables this is common and short; from three on it is worth a migration each.",
		Fix:   "Write one migration for each table. skein migrate runs each in a transaction of its own.",
		See:   []string{"https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-DEADLOCKS"},
	},
	{
		Code: "lock-table", Severity: finding.Warning,
		Title: "LOCK TABLE on a table in use",
		About: "The lock is held until the transaction ends, and the application waits.",
		Fix:   "Leave it out: each statement takes the lock it needs.",
	},
	{
		Code: "row-security", Severity: finding.Warning,
		Title: "who sees which rows of a table in use changes",
		About: "Without row level security every role with a grant sees all rows. With it and no policy, only the owner sees any. A policy that is dropped changes what the running code reads and may write.",
		Fix:   "Create policies in the migration that enables row level security, and replace one by creating it again in the migration that drops it.",
		See:   []string{"https://www.postgresql.org/docs/current/ddl-rowsecurity.html"},
	},
	{
		Code: "key-without-index", Severity: finding.Warning,
		Title: "a foreign key's columns have no index",
		About: "PostgreSQL indexes the other side of a foreign key, not this one. Each delete of a row there, and each change of its key, reads this whole table to see what points to it, and so does a join. An index, unique constraint or primary key that begins with the columns is enough; one that comes later in the same release counts.",
		Fix:   "Add an index that begins with the columns. Where rows of the other table are never deleted and the table is small, allow it.",
		See:   []string{"https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK"},
	},
	{
		Code: "name-too-long", Severity: finding.Warning,
		Title: "a name is longer than PostgreSQL keeps",
		About: "PostgreSQL cuts names at 63 bytes and says so in a notice that nobody reads. The database then has another name than the schema files, and two names that are cut to the same collide.",
		Fix:   "Give it a shorter name in schema.ts. The names that drizzle makes up for foreign keys are the usual case: foreignKey({ name: … }).",
	},
	{
		Code: "not-sql", Severity: finding.Error,
		Title: "a statement is no SQL that PostgreSQL understands",
		About: "The parser is PostgreSQL's own. What it refuses, a database refuses too, and nothing can be said about its safety.",
		Fix:   "Mend the statement. Commands of psql, such as \\copy, work in psql only.",
	},
	{
		Code: "allow-without-reason", Severity: finding.Error,
		Title: "a comment allows a finding and gives no reason",
		About: "skein:allow is for what a person has looked at. Why it is safe is what the next reader needs.",
		Fix:   "Add reason=… to the comment.",
		Recipe: `-- skein:allow drop-column reason=unused since 2.4
ALTER TABLE "users" DROP COLUMN "legacy";`,
	},
	{
		Code: "allow-unknown", Severity: finding.Error,
		Title: "a comment allows a code that does not exist",
		About: "A code that is misspelt allows nothing, and whoever wrote it believes otherwise.",
		Fix:   "Write one of the codes that skein explain lists.",
	},
	{
		Code: "allow-unused", Severity: finding.Warning,
		Title: "a comment allows what is not there",
		About: "A comment that is left over allows the next statement that somebody writes in its place.",
		Fix:   "Remove it.",
	},
}

// Codes are the codes of Rules.
func Codes() []string {
	codes := make([]string, len(Rules))
	for i, r := range Rules {
		codes[i] = r.Code
	}
	return codes
}

func known(code string) bool { return slices.Contains(Codes(), code) }

// usual returns the severity of a code.
func usual(code string) finding.Severity {
	for _, r := range Rules {
		if r.Code == code {
			return r.Severity
		}
	}
	return finding.Error
}
