package migrate

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/extension"
)

// advice is what we can add to PostgreSQL's own hint, "" for nothing. statement
// and version may be "" where they are not known.
func advice(pg *pgconn.PgError, statement, version string) string {
	if name := lackedExtension(pg, statement); name != "" {
		if pg.Code == codeRaised {
			return "if the server lacks the extension: " + extensionAdvice(name, version)
		}
		return extensionAdvice(name, version)
	}
	switch pg.Code {
	case codeUndefinedObject, codeUndefinedRoutine:
		return providerAdvice(pg.Message)
	case codeInTransaction, codeTermination:
		return "this statement runs in no transaction, and nothing in its text says so: run it by hand (psql) and take it out of the file"
	case codeUnsafeEnum:
		return "put COMMIT; before what uses the new value, or that into a migration of its own after this one"
	case codeDuplicateTable, codeDuplicateObject, codeDuplicateColumn, codeDuplicateSchema:
		return "something else made it, drizzle-kit push for example, or an earlier migration; `skein diff` shows how the database differs from the schema files"
	case codePrivilege:
		return "connect as a role that may do this, the owner for example"
	case codeReadOnly:
		return "the URL leads to a standby or to a database that is set to read only: connect to the primary (target_session_attrs=read-write finds it among several hosts)"
	case codeDeadlock, codeLockTimeout, codeSerialization:
		return "others were using the same tables at that moment"
	case codeSyntax:
		if strings.Contains(pg.Message, "/*") {
			return "drizzle-kit pull writes its first migration as a comment; take the comment marks away to run it"
		}
	case codeQueryCanceled:
		if strings.Contains(pg.Message, "COPY") {
			return "write the rows as INSERT statements"
		}
		return "the database, the role or the URL may set statement_timeout"
	}
	return ""
}

// lackedExtension is the extension that a statement tried to create where the
// error says that it has no files on the server: in PostgreSQL's words, or in
// those of a DO block that raises its own in their place.
func lackedExtension(pg *pgconn.PgError, statement string) string {
	created := ExtensionsIn(statement)
	if len(created) == 0 {
		return ""
	}
	switch pg.Code {
	case codeNotSupported, codeUndefinedFile:
		return created[0]
	case codeRaised:
		if strings.Contains(pg.Message, created[0]) {
			return created[0]
		}
	}
	return ""
}

var createExtension = regexp.MustCompile(`(?i)\bCREATE\s+EXTENSION\s+(?:IF\s+NOT\s+EXISTS\s+)?("[^"]+"|[^\s;]+)`)

// ExtensionsIn returns the names of the extensions that some SQL creates, as
// far as its text shows them.
func ExtensionsIn(sql string) []string {
	var names []string
	for _, found := range createExtension.FindAllStringSubmatch(sql, -1) {
		names = append(names, strings.Trim(found[1], `"`))
	}
	return names
}

// extensionAdvice says what to install when CREATE EXTENSION found no files on
// the server.
func extensionAdvice(name, version string) string {
	number := major(version)
	if number == 0 {
		return fmt.Sprintf("install the extension %s on the machine that runs PostgreSQL", name)
	}
	_, build, _ := strings.Cut(version, " ")
	return fmt.Sprintf("on the machine that runs PostgreSQL: %s", extension.InstallHint(name, number, packager(build)))
}

// major is the first number of a server's version, 0 for what is no version.
func major(version string) int {
	digits := strings.TrimRight(version, " ")
	if i := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' }); i >= 0 {
		digits = digits[:i]
	}
	number, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return number
}

// packager guesses where the server's programs come from by the remark that
// packagers put behind the version.
func packager(build string) string {
	switch {
	case strings.Contains(build, "Debian"), strings.Contains(build, "Ubuntu"):
		return "debian"
	case strings.Contains(build, "Homebrew"):
		return "homebrew"
	}
	return ""
}

// providers are names that people meet first when the extension which has them
// was not created in this database.
var providers = map[string]string{
	"vector": "vector", "halfvec": "vector", "sparsevec": "vector", "vector_cosine_ops": "vector", "vector_l2_ops": "vector", "vector_ip_ops": "vector",
	"hnsw": "vector", "ivfflat": "vector", "citext": "citext", "hstore": "hstore", "ltree": "ltree", "cube": "cube",
	"gin_trgm_ops": "pg_trgm", "gist_trgm_ops": "pg_trgm", "similarity": "pg_trgm", "word_similarity": "pg_trgm",
	"uuid_generate_v4": "uuid-ossp", "uuid_generate_v1": "uuid-ossp", "uuid_generate_v1mc": "uuid-ossp", "uuid_generate_v5": "uuid-ossp",
	"gen_random_uuid": "pgcrypto", "gen_random_bytes": "pgcrypto", "crypt": "pgcrypto", "gen_salt": "pgcrypto", "digest": "pgcrypto",
	"unaccent": "unaccent", "geometry": "postgis", "geography": "postgis",
}

var nameInMessage = regexp.MustCompile(`["«](?:\w+\.)?([a-z0-9_]+)["»]|([a-z0-9_]+)\(`)

// providerAdvice names the extension that has the type, operator class or
// function of which PostgreSQL says that it does not exist.
func providerAdvice(message string) string {
	for _, m := range nameInMessage.FindAllStringSubmatch(message, -1) {
		if extension, ok := providers[m[1]+m[2]]; ok {
			return fmt.Sprintf("it comes with an extension: put CREATE EXTENSION IF NOT EXISTS %q; before the statement", extension)
		}
	}
	return ""
}
