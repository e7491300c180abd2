package migrate

import (
	"fmt"
	"strings"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/sqltext"
)

// part is what of a migration goes into one transaction: all of it, unless the
// file has a COMMIT of its own in the middle.
type part struct {
	pieces []piece
	end    int // in the file, behind the COMMIT
}

// piece is what goes to the server as one query.
type piece struct {
	text       string
	offset     int // of text in the file
	line       int // of its first statement, or of its end where it has none
	statements []sqltext.Statement
}

// cutMigration cuts a migration into the queries that drizzle's migrator would
// send, and those into parts. BEGIN, COMMIT and END are taken out: the parts'
// transactions are ours, since what they do and the record of it must come
// together.
func cutMigration(m history.Migration) (*Step, error) {
	s := &Step{Migration: m}
	c := partCutter{step: s, at: diag.NewCursor(m.SQL)}
	for _, p := range sqltext.Split(m.SQL) {
		if rest, marked := strings.CutPrefix(p.Text, "\uFEFF"); marked && p.Offset == 0 {
			p.Offset, p.Text = len(p.Text)-len(rest), rest
		}
		if err := c.cut(p); err != nil {
			return nil, err
		}
	}
	if len(s.parts) == 0 { // an empty migration is recorded all the same
		s.parts = []part{{}}
	}
	s.parts[len(s.parts)-1].end = len(m.SQL)
	return s, nil
}

type partCutter struct {
	step     *Step
	at       *diag.Cursor
	code     bool // the last part has a statement
	commit   int  // offset behind a COMMIT that has code before it, or 0
	commitAt int  // the line of that COMMIT
}

// cut adds what is between two breakpoints.
func (c *partCutter) cut(from sqltext.Piece) error {
	p := piece{text: from.Text, offset: from.Offset}
	for _, statement := range sqltext.Statements(from.Text) {
		at := from.Offset + statement.Offset
		line, column := c.at.To(at)
		if p.line == 0 {
			p.line = line
		}
		kind := control(statement.Text)
		c.step.Statements = append(c.step.Statements, Statement{SQL: statement.Text, Line: line, Column: column, Control: kind != controlNone})
		statement.Offset = at - p.offset
		switch kind {
		case controlNone:
			p.statements = append(p.statements, statement)
		case controlBegin:
			p.text = blank(p.text, statement.Offset, len(statement.Text))
		case controlCommit:
			rest := p.text[statement.Offset+len(statement.Text):]
			p.text = p.text[:statement.Offset]
			c.add(p)
			p = piece{text: rest, offset: at + len(statement.Text)}
			if c.code && c.commit == 0 {
				c.commit, c.commitAt = p.offset, line
			}
		case controlRefused:
			return refuse(c.step.Migration, at, "the migration undoes its own transaction with "+sqltext.Keywords(statement.Text, 1)[0],
				"it runs in a transaction that also records it, and is undone as a whole when it fails; take the statement out")
		}
	}
	c.add(p)
	return nil
}

// add puts a piece into the last part, or into a new one when a COMMIT has
// come before. Comments alone do not begin a new part.
func (c *partCutter) add(p piece) {
	if strings.TrimSpace(p.text) == "" {
		return
	}
	if p.line == 0 {
		p.line, _ = c.at.To(p.offset + len(p.text))
	}
	s := c.step
	if len(s.parts) == 0 {
		s.parts = []part{{}}
	}
	if c.commit > 0 && len(p.statements) > 0 {
		s.parts[len(s.parts)-1].end = c.commit
		s.parts = append(s.parts, part{})
		s.Notes = append(s.Notes, fmt.Sprintf("COMMIT in line %d: what is before it stays when something after it fails", c.commitAt))
		c.commit = 0
	}
	c.code = c.code || len(p.statements) > 0
	last := &s.parts[len(s.parts)-1]
	last.pieces = append(last.pieces, p)
}

// blank overwrites n bytes at offset with spaces, so that everything behind
// them stays where PostgreSQL's positions find it.
func blank(text string, offset, n int) string {
	return text[:offset] + strings.Repeat(" ", n) + text[offset+n:]
}

// How a statement stands to the transaction that its migration runs in.
type controlling uint8

const (
	controlNone    controlling = iota
	controlBegin               // the migration is in a transaction already
	controlCommit              // what follows is another transaction
	controlRefused             // it undoes what the migration is recorded to have done
)

// control recognises transaction control by the first words of a statement.
// No statement but these starts with them.
// https://www.postgresql.org/docs/current/sql-commands.html
func control(statement string) controlling {
	words := append(sqltext.Keywords(statement, 3), "", "", "")
	switch words[0] {
	case "BEGIN":
		return controlBegin
	case "END":
		return controlCommit
	case "START":
		if words[1] == "TRANSACTION" {
			return controlBegin
		}
	case "COMMIT":
		if words[1] != "PREPARED" {
			return controlCommit
		}
	case "PREPARE":
		if words[1] == "TRANSACTION" {
			return controlRefused
		}
	case "ABORT":
		return controlRefused
	case "ROLLBACK":
		toSavepoint := words[1] == "TO" || (words[1] == "WORK" || words[1] == "TRANSACTION") && words[2] == "TO"
		if !toSavepoint && words[1] != "PREPARED" {
			return controlRefused
		}
	}
	return controlNone
}
