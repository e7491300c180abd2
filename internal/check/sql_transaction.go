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
		if does.Outside == "" || m.committedAlone(i) {
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
		if recipe := byHand(s); recipe != "" {
			found.Hint = "run it by hand first, where it blocks nobody; the migration then finds it done"
			found.Recipe = recipe
		}
		out = append(out, m.of(s, found))
	}
	return out
}

// committedAlone reports whether a statement is sent by itself after a COMMIT
// has ended the migrator's transaction. That is how drizzle's migrator can be
// brought to build an index concurrently; transactionKept says what it costs.
func (m *migrationSQL) committedAlone(i int) bool {
	for j := range m.statements {
		if j != i && m.statements[j].Piece == m.statements[i].Piece {
			return false
		}
	}
	return m.committed(i)
}

// committed reports whether a COMMIT before the i-th statement has ended the
// transaction, and no BEGIN has started another.
func (m *migrationSQL) committed(i int) bool {
	ended := false
	for _, s := range m.statements[:i] {
		if n, ok := s.Node.(*sqltree.Transaction); ok {
			ended = n.Kind == "commit"
		}
	}
	return ended
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
			if commits {
				continue
			}
			commits = true
			out = append(out, m.of(s, finding.Finding{
				Code: "transaction-commit", Severity: finding.Warning,
				Message: "COMMIT ends the migrator's own transaction: what is before it stays when a later statement fails, and drizzle runs what follows without any",
				Hint:    m.commitHint(i),
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

func (m *migrationSQL) commitHint(i int) string {
	nothing := effect.NewState(nil)
	for j := i + 1; j < len(m.statements); j++ {
		if does := effect.Of(&m.statements[j], nothing); does.Outside != "" && m.committedAlone(j) {
			return does.Outside + " needs that: let all that is behind the COMMIT say IF NOT EXISTS or IF EXISTS, so that it can run again, and put nothing else there"
		}
	}
	return "take BEGIN and COMMIT out; where a commit is needed, as between adding an enum's value and using it, make two migrations and deploy the first one first"
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
			} else if m.committed(i) {
				// SET LOCAL is of no use there; the second is taken for the way back.
				delete(left, n.Name)
				continue
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
		found := finding.Finding{
			Code: "setting-leaks", Severity: finding.Warning, Message: message,
			Hint: "SET LOCAL ends with the transaction", Recipe: setLocal(s.Text),
		}
		if m.committed(m.index(s)) {
			found.Hint, found.Recipe = "set it back at the end of the file", "RESET "+name+";"
		}
		return []finding.Finding{m.of(s, found)}
	}
	return nil
}
