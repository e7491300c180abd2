package check

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/skein-db/skein/internal/effect"
	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/sqltext"
	"github.com/skein-db/skein/internal/sqltree"
)

// insideTransaction finds statements that cannot run inside a transaction:
// drizzle's migrator runs all pending migrations in one, Skein each in one.
func insideTransaction(m *migrationSQL) []finding.Finding {
	var out []finding.Finding
	nothing := effect.NewState(nil)
	for i := range m.statements {
		s := &m.statements[i]
		does := effect.Of(s, nothing)
		if does.Outside == "" {
			continue
		}
		found := finding.Finding{
			Code: "outside-transaction", Severity: finding.Error,
			Message: does.Outside + " cannot run inside a transaction, and a migration runs in one",
			Hint:    "take it out of the migration and run it by itself",
		}
		if len(m.statements) > 1 {
			found.Message += ", with the other statements of the file"
		}
		if m.committedAlone(i) {
			found.Severity = finding.Warning
			found.Message = does.Outside + " cannot run inside a transaction: here it depends on the COMMIT before it, and on drizzle's migrator"
		}
		if recipe := byHand(s); recipe != "" {
			found.Hint = "run it by hand first, where it blocks nobody; the migration then finds it done"
			found.Recipe = recipe
		}
		out = append(out, m.of(s, found))
	}
	return out
}

// committedAlone reports whether a statement is sent by itself after a COMMIT
// has ended the migrator's transaction.
func (m *migrationSQL) committedAlone(i int) bool {
	open := true
	for j := range m.statements {
		if j != i && m.statements[j].Piece == m.statements[i].Piece {
			return false
		}
		if n, ok := m.statements[j].Node.(*sqltree.Transaction); ok && j < i {
			open = n.Kind != "commit"
		}
	}
	return !open
}

// byHand is how CREATE and DROP INDEX CONCURRENTLY go together with a
// migration; "" for other statements, and for an index without a name.
func byHand(s *sqltree.Statement) string {
	var guard string
	switch n := s.Node.(type) {
	case *sqltree.CreateIndex:
		if n.Name == "" {
			return ""
		}
		guard = "IF NOT EXISTS"
	case *sqltree.Drop:
		guard = "IF EXISTS"
	default:
		return ""
	}
	words := concurrently.FindStringIndex(s.Text)
	if words == nil {
		return ""
	}
	before, after := s.Text[:words[0]], strings.TrimLeft(s.Text[words[1]:], " \t\r\n")
	after = strings.TrimRight(strings.TrimSpace(guarded.ReplaceAllString(after, "")), ";")
	return fmt.Sprintf("-- by hand, outside of any transaction, before the migration:\n%[1]sINDEX CONCURRENTLY %[2]s %[3]s;\n"+
		"-- in the migration, which then finds it done:\n%[1]sINDEX %[2]s %[3]s;", before, guard, after)
}

var (
	concurrently = regexp.MustCompile(`(?i)\bINDEX\s+CONCURRENTLY\b`)
	guarded      = regexp.MustCompile(`(?i)^IF\s+(?:NOT\s+)?EXISTS\s+`)
	settingHead  = regexp.MustCompile(`(?i)^SET\s+(?:SESSION\s+)?`)
)

func setLocal(text string) string { return settingHead.ReplaceAllString(text, "SET LOCAL ") }

// transactionKept finds transaction control. What it does to drizzle's one
// transaction: COMMIT ends it for all migrations of the run, and what follows
// runs without.
func transactionKept(m *migrationSQL) []finding.Finding {
	var out []finding.Finding
	var begin *sqltree.Statement
	commits := false
	for i := range m.statements {
		s := &m.statements[i]
		n, ok := s.Node.(*sqltree.Transaction)
		if !ok {
			continue
		}
		switch n.Kind {
		case "begin", "start":
			if begin == nil {
				begin = s
			}
		case "commit":
			commits = true
			out = append(out, m.of(s, finding.Finding{
				Code: "transaction-commit", Severity: finding.Warning,
				Message: "COMMIT ends the migrator's own transaction: what is before it stays when a later statement fails, and drizzle runs what follows without any",
				Hint:    "take BEGIN and COMMIT out; where a commit is needed, as between adding an enum's value and using it, make two migrations and deploy the first one first",
			}))
		case "rollback", "prepare":
			out = append(out, m.of(s, finding.Finding{
				Code: "transaction-undone", Severity: finding.Error,
				Message: strings.ToUpper(sqltext.Keywords(s.Text, 1)[0]) + " undoes the migrator's own transaction: drizzle records as applied what it takes back, and skein migrate refuses it",
				Hint:    "take it out; a migration that fails is undone by itself",
			}))
		}
	}
	if begin != nil && !commits {
		out = append(out, m.of(begin, finding.Finding{
			Code: "transaction-begin", Severity: finding.Warning,
			Message: "BEGIN does nothing here: the migration runs in a transaction already",
			Hint:    "take it out",
		}))
	}
	return out
}

// settingsKept finds settings that stay for the connection, and so for the
// migrations behind this one and whatever the application does next. It is one
// finding for all of a file.
func settingsKept(m *migrationSQL) []finding.Finding {
	left := map[string]*sqltree.Statement{}
	var order []string
	for i := range m.statements {
		s := &m.statements[i]
		n, ok := s.Node.(*sqltree.Set)
		switch {
		case !ok || n.Local:
		case n.Reset && n.Name == "":
			clear(left)
		case n.Reset:
			delete(left, n.Name)
		case strings.HasPrefix(n.Name, "TRANSACTION") || strings.HasPrefix(n.Name, "SESSION "):
		default:
			if left[n.Name] == nil {
				order = append(order, n.Name)
			}
			left[n.Name] = s
		}
	}
	for _, name := range order {
		s := left[name]
		if s == nil {
			continue
		}
		message := fmt.Sprintf("SET %s lasts longer than the migration: the ones behind it and the application's connection keep it", name)
		if len(left) > 1 {
			message += fmt.Sprintf(" (%d more settings of the file too)", len(left)-1)
		}
		return []finding.Finding{m.of(s, finding.Finding{
			Code: "setting-leaks", Severity: finding.Warning, Message: message,
			Hint: "SET LOCAL ends with the transaction", Recipe: setLocal(s.Text),
		})}
	}
	return nil
}
