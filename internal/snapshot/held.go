package snapshot

import (
	"regexp"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/sqltext"
)

// Trace is what a statement leaves in a database.
type Trace uint8

// The traces.
const (
	Held    Trace = iota // a snapshot tells of it
	Nothing              // it is about the session or the transaction
	Rows                 // it changes rows, or can
	Other                // something that no snapshot holds, such as a function
)

// TraceOf says, by the first words of a statement, whether a snapshot can tell
// what it left. A SELECT that calls something, CALL and DO count as changing
// rows: what they run cannot be seen. The DO blocks in which drizzle-kit once created types and
// foreign keys are read.
func TraceOf(statement string) Trace {
	head := append(sqltext.Keywords(statement, 4), "", "", "", "")
	switch head[0] {
	case "", "BEGIN", "START", "COMMIT", "END", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET", "RESET", "SHOW", "LOCK", "ANALYZE", "VACUUM", "REINDEX",
		"CHECKPOINT", "DISCARD", "CLUSTER", "LISTEN", "NOTIFY", "EXPLAIN":
		return Nothing
	case "CREATE", "ALTER", "DROP":
		return traceOfObject(statement, head)
	case "INSERT", "UPDATE", "DELETE", "MERGE", "COPY", "TRUNCATE", "WITH", "CALL", "REFRESH", "EXECUTE", "VALUES":
		return Rows
	case "SELECT":
		if !strings.Contains(statement, "(") && !slices.Contains(sqltext.Words(statement), "INTO") {
			return Nothing // it calls nothing
		}
		return Rows
	case "DO":
		return traceOfBlock(statement)
	}
	return Other
}

var heldKinds = []string{"SCHEMA", "TABLE", "INDEX", "SEQUENCE", "VIEW", "POLICY", "ROLE", "TYPE", "RECURSIVE"}

func traceOfObject(statement string, head []string) Trace {
	kind := head[1]
	switch kind {
	case "UNIQUE", "MATERIALIZED":
		kind = head[2]
	case "OR": // REPLACE
		kind = head[3]
	}
	words := sqltext.Words(statement)
	switch {
	case !slices.Contains(heldKinds, kind):
		return Other
	case head[0] == "CREATE" && kind == "TYPE" && !slices.Contains(words, "ENUM"):
		return Other
	case kind == "TABLE" && (slices.Contains(words, "PARTITION") || slices.Contains(words, "TRIGGER") || slices.Contains(words, "OWNER")):
		return Other
	}
	return Held
}

var guarded = regexp.MustCompile(`(?is)^DO\s+\$\w*\$\s*BEGIN\s+(.*?)\s*EXCEPTION\s+WHEN\s+duplicate_(?:object|table|column)\s+THEN\s+null\s*;\s*END;?\s*\$\w*\$\s*;?\s*$`)

func traceOfBlock(statement string) Trace {
	m := guarded.FindStringSubmatch(strings.TrimSpace(statement))
	if m == nil {
		return Rows
	}
	for _, s := range sqltext.Statements(m[1]) {
		if trace := TraceOf(s.Text); trace != Held {
			return trace
		}
	}
	return Held
}
