package check

import "github.com/skein-db/skein/internal/finding"

// migrationRules are those about the SQL of one migration.
var migrationRules = []finding.Rule{
	{
		Code: "breakpoint-inside", Severity: finding.Error,
		Title: "a breakpoint cuts a statement in two",
		About: "drizzle's migrator cuts a file wherever the text --> statement-breakpoint stands, also in a string, a quoted name, a dollar-quoted body, a comment or a list in parentheses. Each of the two pieces is sent as it is, and neither is what was meant.",
		Fix:   "Take the breakpoint out. A body needs none: it is one statement.",
	},
	{
		Code: "breakpoint-misspelled", Severity: finding.Warning,
		Title: "a comment looks like a breakpoint and is none",
		About: "The marker is --> statement-breakpoint, letter for letter. Where it is written otherwise, the statements around it are sent as one query. Most drivers do not mind; those that prepare every query (neon-http, pglite, the AWS Data API) refuse more than one statement.",
		Fix:   "Write --> statement-breakpoint.",
	},
	{
		Code: "breakpoint-missing", Severity: finding.Error,
		Title: "two statements have nothing between them",
		About: "Neither a semicolon nor a breakpoint ends the first statement, so PostgreSQL reads both as one and stops at the first word of the second.",
		Fix:   "End the first statement with a semicolon, or put --> statement-breakpoint between the two.",
	},
	{
		Code: "sql-syntax", Severity: finding.Warning,
		Title: "PostgreSQL's parser does not read a statement",
		About: "The statement was given to the parser of PostgreSQL 17. What that refuses fails on every server, unless it is of a newer version. A string or a body that is never closed is an error in all of them, and reported as one.",
		Fix:   "Mend the statement at the place that is marked.",
	},
	{
		Code: "sql-psql", Severity: finding.Error,
		Title: "a command of psql stands in a migration",
		About: "Commands with a backslash, such as \\i and \\copy, are carried out by the program psql and never reach the server. A migrator sends them to it, and it stops there.",
		Fix:   "Write what the command does as SQL.",
	},
	{
		Code: "sql-copy", Severity: finding.Error,
		Title: "COPY FROM stdin stands in a migration",
		About: "The rows behind COPY FROM stdin are no SQL: psql takes them out of the file and sends them in another way. A migrator sends them as statements, or waits.",
		Fix:   "Write the rows as INSERT. pg_dump does with --inserts.",
	},
	{
		Code: "outside-transaction", Severity: finding.Error,
		Title: "a statement cannot run in a transaction, and a migration runs in one",
		About: "CREATE INDEX CONCURRENTLY, VACUUM, ALTER SYSTEM, CREATE DATABASE and others refuse to run inside a transaction block, or in one query with others. drizzle's migrator runs all pending migrations in a single transaction, so the deployment fails. skein migrate runs such a statement on its own: where nothing else applies the migrations, turn this off under check.rules in skein.yaml.",
		Fix:   "Run the statement by hand before the deployment and let the migration say the same with IF NOT EXISTS, without CONCURRENTLY: it then finds it done, and new databases get it without waiting.",
	},
	{
		Code: "transaction-commit", Severity: finding.Warning,
		Title: "COMMIT ends the transaction that the migrator began",
		About: "drizzle's migrator runs all pending migrations in one transaction. COMMIT in a file ends it: what was done until then stays, and every statement behind it, of this and the following migrations, runs without a transaction. When one fails, the file is half applied and not recorded. skein migrate makes each part up to a COMMIT a transaction of its own and remembers how many are done.",
		Fix:   "Take BEGIN and COMMIT out. Where a commit is needed, make two migrations and deploy the first one first. Behind a COMMIT let everything be able to run twice.",
	},
	{
		Code: "transaction-begin", Severity: finding.Warning,
		Title: "BEGIN does nothing in a migration",
		About: "The migration runs in a transaction already; PostgreSQL answers with a warning.",
		Fix:   "Take it out.",
	},
	{
		Code: "transaction-undone", Severity: finding.Error,
		Title: "ROLLBACK undoes the migrations of the run",
		About: "The transaction that is undone is the migrator's own. drizzle then goes on without one and records the migrations as applied; skein migrate refuses the file.",
		Fix:   "Take it out. A migration that fails is undone by itself.",
	},
	{
		Code: "setting-leaks", Severity: finding.Warning,
		Title: "a setting lasts longer than the migration",
		About: "SET without LOCAL holds for the connection. The migrations behind this one run with it, and where the application migrates at start, so do its own queries. A search_path that leaks makes later migrations write somewhere else.",
		Fix:   "SET LOCAL, which ends with the transaction; behind a COMMIT, RESET at the end of the file.",
	},
	{
		Code: "used-before-created", Severity: finding.Error,
		Title: "a statement uses what only a later one creates",
		About: "A table, column, type, view, function or schema is used above the statement of the same file that creates it, or gives it that name. On a database without it the migration fails. It often works on the author's, where the object was left over from an earlier try.",
		Fix:   "Move the statement behind the one that creates what it uses.",
	},
	{
		Code: "used-after-dropped", Severity: finding.Error,
		Title: "a statement uses what an earlier one took away",
		About: "A table, column or type is used below the statement of the same file that drops it, renames it or moves it to another schema.",
		Fix:   "Move the statement in front of that one, or use the new name.",
	},
	{
		Code: "enum-value-uncommitted", Severity: finding.Error,
		Title: "a new value of an enum is used before it is committed",
		About: "PostgreSQL refuses a value that ALTER TYPE … ADD VALUE added in the same transaction (\"unsafe use of new value\"), since an index could hold it after the addition was undone. From version 17 on it allows that where the enum itself was created in the transaction. It is a warning where the literal may be of another type.",
		Fix:   "Use the value in a migration of its own, and deploy the one that adds it first: drizzle's migrator runs all that is pending in one transaction.",
	},
}
