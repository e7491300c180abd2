package check

import (
	"fmt"
	"strings"

	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
)

// shownStatements bounds what a finding quotes; generate shows the rest.
const shownStatements = 40

// schemaHeld compares the schema files with the last snapshot, as generate
// would. Renames are not asked about: the statements are those of a drop and a
// create, and any of them means that something is missing.
func schemaHeld(f *facts) []finding.Finding {
	if f.in.Desired == nil || f.lastErr != nil {
		return nil
	}
	from := &schema.Schema{}
	if f.last != nil {
		from = &f.last.Schema
	}
	result, err := diff.Compute(from, snapshot.Declared(f.in.Desired), diff.CreateAll)
	if err != nil {
		return []finding.Finding{fromError("schema-incomparable", f.in.SchemaFile, err)}
	}
	statements := result.Statements()
	if len(statements) == 0 {
		return nil
	}
	message := "the schema has a change that no migration holds"
	if len(statements) > 1 {
		message = fmt.Sprintf("the schema has changes that no migration holds: %d statements", len(statements))
	}
	return []finding.Finding{{
		Code: "schema-ahead", Severity: finding.Error, File: f.in.SchemaFile,
		Message: message, Detail: quoted(statements), Hint: "run skein generate",
	}}
}

func quoted(statements []string) string {
	more := len(statements) - shownStatements
	if more > 0 {
		statements = statements[:shownStatements]
	}
	var b strings.Builder
	for i, s := range statements {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(strings.TrimRight(s, "\n"))
	}
	if more > 0 {
		fmt.Fprintf(&b, "\n-- and %d more", more)
	}
	return b.String()
}
