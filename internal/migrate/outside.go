package migrate

import (
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/sqltext"
)

// outside names a statement that PostgreSQL refuses within a transaction
// block, "" for one that it takes there. The first words tell surely, so that
// no parser has to be started for it. CALL and DO are not among them: what
// their bodies do is seen only when they run.
// https://www.postgresql.org/docs/current/sql-commands.html, in the notes of
// each command: "cannot be executed inside a transaction block"
func outside(statement string, major int) string {
	head := append(sqltext.Keywords(statement, 4), "", "", "", "")
	name := head[0] + " " + head[1]
	switch name {
	case "CREATE DATABASE", "DROP DATABASE", "CREATE TABLESPACE", "DROP TABLESPACE", "ALTER SYSTEM",
		"CREATE SUBSCRIPTION", "DROP SUBSCRIPTION", "ALTER SUBSCRIPTION", "DISCARD ALL":
		return name
	case "CREATE INDEX", "DROP INDEX":
		if head[2] == "CONCURRENTLY" {
			return name + " CONCURRENTLY"
		}
	case "CREATE UNIQUE":
		if head[2] == "INDEX" && head[3] == "CONCURRENTLY" {
			return "CREATE INDEX CONCURRENTLY"
		}
	case "ALTER DATABASE":
		if strings.Contains(strings.Join(sqltext.Words(statement), " "), " SET TABLESPACE ") {
			return "ALTER DATABASE SET TABLESPACE"
		}
	case "ALTER TABLE":
		if words := sqltext.Words(statement); slices.Contains(words, "DETACH") && words[len(words)-1] == "CONCURRENTLY" {
			return "DETACH PARTITION CONCURRENTLY"
		}
	case "ALTER TYPE":
		// https://www.postgresql.org/docs/11/sql-altertype.html
		if major > 0 && major < 12 && addedValue.MatchString(statement) {
			return "ALTER TYPE ADD VALUE"
		}
	}
	switch head[0] {
	case "VACUUM":
		return "VACUUM"
	case "REINDEX":
		return reindex(sqltext.Words(statement))
	case "CLUSTER":
		if words := sqltext.Words(statement); len(words) == 1 || len(words) == 2 && words[1] == "VERBOSE" {
			return "CLUSTER of all tables"
		}
	}
	return ""
}

func reindex(words []string) string {
	if slices.Contains(words, "CONCURRENTLY") {
		return "REINDEX CONCURRENTLY"
	}
	for _, w := range words {
		switch w {
		case "INDEX", "TABLE":
			return ""
		case "SCHEMA", "DATABASE", "SYSTEM":
			return "REINDEX " + w
		}
	}
	return ""
}

// gentle says whether a statement that runs on its own keeps no reader and no
// writer waiting while it waits itself. Such a one waits for every transaction
// that is older, so a lock timeout would only make it fail, and leave an
// invalid index.
// https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
func gentle(name string) bool {
	return strings.HasSuffix(name, "INDEX CONCURRENTLY")
}
