package adopt

import (
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/sqltext"
)

// Statements returns the statements of a migration with their lines.
func Statements(m history.Migration) []Statement {
	var out []Statement
	at := diag.NewCursor(m.SQL)
	for _, p := range sqltext.Split(m.SQL) {
		for _, s := range sqltext.Statements(p.Text) {
			line, _ := at.To(p.Offset + s.Offset)
			out = append(out, Statement{SQL: s.Text, Line: line})
		}
	}
	return out
}

// Unseen is a migration of which a catalog cannot show that it ran, or not all.
type Unseen struct {
	Migration  history.Migration
	Statements []Statement
	All        bool // nothing of it can be seen
}

// UnseenIn returns those among migrations.
func UnseenIn(migrations []history.Migration) []Unseen {
	var out []Unseen
	for _, m := range migrations {
		if found := Unheld(m); len(found) > 0 {
			held := 0
			for _, s := range Statements(m) {
				if snapshotTells(s.SQL) {
					held++
				}
			}
			out = append(out, Unseen{Migration: m, Statements: found, All: held == 0})
		}
	}
	return out
}
