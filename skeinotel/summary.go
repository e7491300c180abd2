package skeinotel

import (
	"regexp"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/sqltext"
)

// object finds the name of what a statement is about behind its first words.
var object = regexp.MustCompile(`(?i)^(?:(?:CONCURRENTLY|IF NOT EXISTS|IF EXISTS|ONLY) )*((?:"(?:[^"]|"")+"|[\w$]+)(?:\.(?:"(?:[^"]|"")+"|[\w$]+))*)`)

// kinds are words that say of which kind the object is.
var kinds = []string{
	"TABLE", "INDEX", "VIEW", "TYPE", "SCHEMA", "SEQUENCE", "EXTENSION", "FUNCTION", "PROCEDURE", "TRIGGER", "POLICY", "DOMAIN", "ROLE", "DATABASE", "RULE",
}

// between are words that may stand between the verb and the kind.
var between = []string{"OR", "REPLACE", "UNIQUE", "MATERIALIZED", "TEMPORARY", "TEMP", "UNLOGGED", "CONSTRAINT"}

// summary is the operation of a statement and the object it is about, "" for
// none that its first words tell. Both vary little from run to run.
// https://opentelemetry.io/docs/specs/semconv/db/database-spans/#generating-a-summary-of-the-query
func summary(sql string) (operation, about string) {
	text := sqltext.Spaced(sql)
	words := strings.Fields(text)
	if len(words) == 0 {
		return "EMPTY", ""
	}
	verb := strings.ToUpper(strings.Trim(words[0], ";("))
	at := 1
	switch verb {
	case "CREATE", "ALTER", "DROP":
		for at < len(words) && slices.Contains(between, strings.ToUpper(words[at])) {
			at++
		}
		if at == len(words) || !slices.Contains(kinds, strings.ToUpper(words[at])) {
			return verb, ""
		}
		verb += " " + strings.ToUpper(words[at])
		at++
	case "INSERT", "DELETE": // INTO, FROM
		at++
	case "UPDATE", "TRUNCATE":
		if at < len(words) && strings.EqualFold(words[at], "TABLE") {
			at++
		}
	default:
		return verb, ""
	}
	if at >= len(words) {
		return verb, ""
	}
	m := object.FindStringSubmatch(strings.Join(words[at:], " "))
	if m == nil || strings.EqualFold(m[1], "ON") { // an index without a name
		return verb, ""
	}
	return verb, strings.ReplaceAll(m[1], `"`, "")
}

func join(operation, about string) string {
	if about == "" {
		return operation
	}
	return operation + " " + about
}
