package migrate

import (
	"fmt"
	"strings"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/sqltext"
)

// part is what of a migration is done at once: in one transaction, or a single
// statement that runs on its own. A migration is one part unless the file has
// a COMMIT of its own in the middle, a statement that PostgreSQL refuses in a
// transaction, or a use of an enum value that it has added.
type part struct {
	pieces  []piece
	end     int    // in the file, behind its last statement or the COMMIT
	outside string // of a statement that runs on its own: its name
}

// piece is what goes to the server as one query.
type piece struct {
	text       string
	offset     int // of text in the file
	line       int // of its first statement, or of its end where it has none
	statements []sqltext.Statement
}

// cutting says how a migration is to be cut.
type cutting struct {
	major int  // of the server, 0 where it is not known
	whole bool // in one part or not at all
}

// cutMigration cuts a migration into the queries that drizzle's migrator would
// send, and those into parts. BEGIN, COMMIT and END are taken out: the parts'
// transactions are ours, since what they do and the record of it must come
// together.
func cutMigration(m history.Migration, how cutting) (*Step, error) {
	s := &Step{Migration: m}
	c := partCutter{step: s, how: how, at: diag.NewCursor(m.SQL), enums: enums{major: how.major}}
	for _, p := range sqltext.Split(m.SQL) {
		if rest, marked := strings.CutPrefix(p.Text, "\uFEFF"); marked && p.Offset == 0 {
			p.Offset, p.Text = len(p.Text)-len(rest), rest
		}
		if err := c.cut(p); err != nil {
			return nil, err
		}
	}
	if how.whole && len(s.parts) > 1 {
		return nil, refuse(m, s.parts[0].end-1, "a file with a COMMIT in its middle cannot be part of a single transaction", "leave out --single-transaction")
	}
	if len(s.parts) == 0 { // an empty migration is recorded all the same
		s.parts = []part{{}}
	}
	s.parts[len(s.parts)-1].end = len(m.SQL)
	return s, nil
}

type partCutter struct {
	step  *Step
	how   cutting
	at    *diag.Cursor
	enums enums
	code  bool // the last part has a statement
	end   int  // behind the last statement
	next  bool // the next statement begins a new part
	why   string
}

// cut adds what is between two breakpoints.
func (c *partCutter) cut(from sqltext.Piece) error {
	p := piece{text: from.Text, offset: from.Offset}
	for _, statement := range sqltext.Statements(from.Text) {
		at := from.Offset + statement.Offset
		end := at + len(statement.Text)
		line, column := c.at.To(at)
		if p.line == 0 {
			p.line = line
		}
		kind, name := control(statement.Text), outside(statement.Text, c.how.major)
		c.step.Statements = append(c.step.Statements, Statement{
			SQL: statement.Text, Line: line, Column: column, Control: kind != controlNone, Alone: name != "",
		})
		statement.Offset = at - p.offset
		switch {
		case name != "":
			if c.how.whole {
				return refuse(c.step.Migration, at, name+" cannot be part of a single transaction", "leave out --single-transaction")
			}
			p = c.runAlone(p, statement, name, line)
		case kind == controlNone:
			p = c.useValue(p, statement, line)
			p.statements = append(p.statements, sqltext.Statement{Text: statement.Text, Offset: at - p.offset})
			c.enums.see(statement.Text, line)
		case kind == controlBegin:
			p.text = blank(p.text, statement.Offset, len(statement.Text))
		case kind == controlCommit:
			rest := p.text[statement.Offset+len(statement.Text):]
			p.text = p.text[:statement.Offset]
			c.add(p)
			p = piece{text: rest, offset: end}
			if c.end = end; c.code {
				c.divide(fmt.Sprintf("COMMIT in line %d: what is before it stays when something after it fails", line))
			}
		case kind == controlRefused:
			return refuse(c.step.Migration, at, "the migration undoes its own transaction with "+sqltext.Keywords(statement.Text, 1)[0],
				"it runs in a transaction that also records it, and is undone as a whole when it fails; take the statement out")
		}
		c.end = end
	}
	c.add(p)
	return nil
}

// divide ends the last part. why is told when something comes behind it.
func (c *partCutter) divide(why string) {
	c.enums = enums{major: c.how.major}
	if !c.next {
		c.next, c.why = true, why
		c.step.parts[len(c.step.parts)-1].end = c.end
	}
}

// runAlone makes a part of a statement that runs on its own, and returns what
// is behind it. What is before it in its piece is sent before it; where that
// is nothing but comments they are closed, and nothing is missed without them.
func (c *partCutter) runAlone(p piece, s sqltext.Statement, name string, line int) piece {
	rest := piece{text: p.text[s.Offset+len(s.Text):], offset: p.offset + s.Offset + len(s.Text)}
	alone := piece{text: s.Text, offset: p.offset + s.Offset, line: line, statements: []sqltext.Statement{{Text: s.Text}}}
	if p.text = p.text[:s.Offset]; len(p.statements) > 0 {
		c.add(p)
	}
	if len(c.step.parts) > 0 {
		c.divide("")
	}
	c.begin()
	note := fmt.Sprintf("line %d runs on its own: PostgreSQL takes %s in no transaction", line, name)
	if len(c.step.parts) > 1 {
		note += "; what is before it stays when it fails"
	}
	c.step.Notes = append(c.step.Notes, note)
	last := &c.step.parts[len(c.step.parts)-1]
	last.pieces, last.outside = []piece{alone}, name
	c.code, c.end = true, alone.offset+len(alone.text)
	c.divide("")
	return rest
}

// useValue begins a new part where a statement uses an enum value that its
// part has added, and returns the piece that the statement is in.
func (c *partCutter) useValue(p piece, s sqltext.Statement, line int) piece {
	value, used := c.enums.usedBy(s.Text)
	if !used || c.how.whole {
		return p
	}
	before := p
	before.text = p.text[:s.Offset]
	if strings.TrimSpace(before.text) != "" {
		c.add(before)
	}
	c.divide(fmt.Sprintf("the value %s of line %d is committed before line %d uses it, and stays when something after it fails", value.literal, value.line, line))
	return piece{text: p.text[s.Offset:], offset: p.offset + s.Offset, line: line}
}

// begin starts a part.
func (c *partCutter) begin() {
	if c.next && c.why != "" {
		c.step.Notes = append(c.step.Notes, c.why)
	}
	c.next, c.why = false, ""
	c.step.parts = append(c.step.parts, part{})
}

// add puts a piece into the last part, or into a new one. Comments alone begin
// a new part only behind a statement that runs on its own.
func (c *partCutter) add(p piece) {
	if strings.TrimSpace(p.text) == "" {
		return
	}
	if p.line == 0 {
		p.line, _ = c.at.To(p.offset + len(p.text))
	}
	s := c.step
	if len(s.parts) == 0 || c.next && (len(p.statements) > 0 || s.parts[len(s.parts)-1].outside != "") {
		c.begin()
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
