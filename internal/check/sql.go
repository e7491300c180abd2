package check

import (
	"context"
	"encoding/json"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/filefacts"
	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/sqltree"
)

// sqlFact is the kind of fact that the findings about a migration's SQL are.
const sqlFact = "sql-findings-1"

// lookAtSQL looks at the SQL of each migration by itself, but for those that
// have landed: databases have run them, and nobody may mend them any more. What
// is known of a text is not looked for again, so that only new migrations are
// parsed: to start the parser takes longer than all the rest.
func (f *facts) lookAtSQL(ctx context.Context) error {
	f.statements = make([][]sqltree.Statement, len(f.history.Migrations))
	f.sql = make([][]finding.Finding, len(f.history.Migrations))
	var open []int
	var texts []string
	for i, m := range f.history.Migrations {
		if !m.HasSQL || conflictLine(m.SQL) != 0 || f.landed[m.Entry.Tag] && !f.in.LintAll {
			continue
		}
		if fact, ok := f.in.Known.Fact(sqlFact, filefacts.SumOf([]byte(m.SQL))); !ok || json.Unmarshal(fact, &f.sql[i]) != nil {
			open, texts = append(open, i), append(texts, m.SQL)
		}
	}
	parsed, err := sqltree.ParseAll(ctx, texts)
	if err != nil {
		return err
	}
	for n, i := range open {
		f.statements[i] = parsed[n]
		f.sql[i] = examineSQL("", "", texts[n], parsed[n])
		f.in.Known.Keep(sqlFact, f.sql[i], filefacts.SumOf([]byte(texts[n])))
	}
	return nil
}

// sqlSound gives what is said of each migration's SQL its place.
func sqlSound(f *facts) []finding.Finding {
	var out []finding.Finding
	for i, m := range f.history.Migrations {
		for _, found := range f.sql[i] {
			found.File, found.Migration = m.File, m.Entry.Tag
			out = append(out, found)
		}
	}
	return out
}

// examineSQL is all that can be said of a migration's SQL without looking
// anywhere else: of a text it always says the same. tag and file only go into
// the findings.
func examineSQL(tag, file, text string, statements []sqltree.Statement) []finding.Finding {
	m := &migrationSQL{tag: tag, file: file, text: text, statements: statements}
	var out []finding.Finding
	for _, rule := range sqlRules {
		out = append(out, rule(m)...)
	}
	return out
}

// sqlRules are the rules about one migration's SQL.
var sqlRules = []func(*migrationSQL) []finding.Finding{
	breakpointsOutside,
	breakpointsSpelled,
	sqlReadable,
	serverOnly,
	insideTransaction,
	transactionKept,
	settingsKept,
	createdBeforeUse,
	enumValuesCommitted,
}

// migrationSQL is the SQL of one migration.
type migrationSQL struct {
	tag, file, text string
	statements      []sqltree.Statement
}

// at makes a finding about a place in a statement, which reaches from start to
// end; offsets are in the text.
func (m *migrationSQL) at(start, at, end int, found finding.Finding) finding.Finding {
	found.File, found.Migration = m.file, m.tag
	found.Line, found.Column = diag.Position(m.text, at)
	found.Source = diag.Excerpt(m.text, start, at, end)
	return found
}

// of makes a finding about a statement as a whole.
func (m *migrationSQL) of(s *sqltree.Statement, found finding.Finding) finding.Finding {
	return m.at(s.Offset, s.Offset, s.End(), found)
}

// index returns which of the statements one is; it must be among them.
func (m *migrationSQL) index(s *sqltree.Statement) int {
	for i := range m.statements {
		if &m.statements[i] == s {
			return i
		}
	}
	return -1
}

func lineOf(text string, offset int) int {
	line, _ := diag.Position(text, offset)
	return line
}

// each calls f for every statement and for those that DO blocks run, in order,
// with the place of the outer one among all.
func (m *migrationSQL) each(f func(i int, s *sqltree.Statement)) {
	for i := range m.statements {
		s := &m.statements[i]
		f(i, s)
		for j := range s.Body {
			f(i, &s.Body[j])
		}
	}
}
