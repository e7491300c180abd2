package checktest

import "github.com/skein-db/skein/internal/sqltext"

// sql are migrations whose SQL does not do what it looks like, one for each
// code. drizzle-kit check reads no SQL. All that a code is found in, and what
// PostgreSQL says to it, stands in package check's own table.
var sql = []Case{
	three("breakpoint in a string", "UPDATE \"users\" SET \"name\" = length('x\n"+sqltext.Breakpoint+"\ny');",
		"error breakpoint-inside 0002_three.sql:2"),
	three("breakpoint misspelt", "SELECT 1;\n-->statement-breakpoint\nSELECT 2;", "warning breakpoint-misspelled 0002_three.sql:2"),
	three("breakpoint forgotten", "CREATE TABLE a (id int)\nCREATE TABLE b (id int);", "error breakpoint-missing 0002_three.sql:2"),
	three("no SQL", "SELEC 1;", "warning sql-syntax 0002_three.sql:1"),
	three("a command of psql", "\\i other.sql", "error sql-psql 0002_three.sql:1"),
	three("rows behind COPY", "COPY \"users\" FROM stdin;\n1\t2\n\\.\n", "error sql-copy 0002_three.sql:1"),
	three("CONCURRENTLY in a transaction", "CREATE INDEX CONCURRENTLY i ON \"users\" (\"name\");", "error outside-transaction 0002_three.sql:1"),
	three("COMMIT in the middle", "SELECT 1;\nCOMMIT;\nSELECT 2;", "warning transaction-commit 0002_three.sql:2"),
	three("BEGIN", "BEGIN;\nSELECT 1;", "warning transaction-begin 0002_three.sql:1"),
	three("ROLLBACK", "SELECT 1;\nROLLBACK;", "error transaction-undone 0002_three.sql:2"),
	three("a setting that stays", "SET lock_timeout = '1s';\nSELECT 1;", "warning setting-leaks 0002_three.sql:1"),
	three("rows before their table", "INSERT INTO later VALUES (1);\n"+sqltext.Breakpoint+"\nCREATE TABLE later (id int);", "error used-before-created 0002_three.sql:1"),
	three("rows after their table", "CREATE TABLE gone (id int);\nDROP TABLE gone;\nINSERT INTO gone VALUES (1);", "error used-after-dropped 0002_three.sql:3"),
	three("an enum value used at once", "ALTER TYPE mood ADD VALUE 'new';\nSELECT 'new'::mood;", "error enum-value-uncommitted 0002_three.sql:2"),
}

// three makes a case of another text for the last migration.
func three(name, text string, want ...string) Case {
	return Case{Name: name, Break: func(f *Folder) { f.Write("0002_three.sql", text) }, Want: want}
}
