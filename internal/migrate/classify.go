package migrate

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/sqltext"
)

// classify says for each migration how the rows stand to it, and which rows
// are left over. A row explains one entry, so that entries with equal times or
// equal texts are told apart by number: with one row for two such entries, one
// of them is pending.
func classify(migrations []history.Migration, rows []Row) (entries []Entry, unknown []Row) {
	c := classifier{rows: rows, claimed: make([]bool, len(rows))}
	for _, m := range migrations {
		c.entries = append(c.entries, newEvidence(m))
	}
	// From the surest match to the least sure one, each over all entries, so
	// that a weak match never takes the row of a sure one. A text says more than
	// a time: renumbered, an entry can have the time that another one had.
	c.match(exact)
	c.match(otherLineEndings)
	c.duplicates()
	c.match(rewritten)
	c.match(sameText)
	c.match(sameTime)
	c.rest()
	for i, row := range rows {
		if !c.claimed[i] {
			unknown = append(unknown, row)
		}
	}
	for _, e := range c.entries {
		entries = append(entries, e.Entry)
	}
	return entries, unknown
}

type classifier struct {
	entries []*evidence
	rows    []Row
	claimed []bool // by an entry
}

// evidence is an entry with what it is recognised by.
type evidence struct {
	Entry
	hash     string   // "" where the file is missing
	endings  []string // hashes of the same text with other line endings
	noCode   bool     // nothing but comments: its text tells nothing apart
	computed bool     // endings and noCode are
}

func newEvidence(m history.Migration) *evidence {
	e := &evidence{Entry: Entry{Migration: m}}
	if m.HasSQL {
		e.hash = m.Hash()
	}
	return e
}

// lineEndings returns the hashes of the text with other line endings: git may
// have changed them since the migration was applied.
func (e *evidence) lineEndings() []string {
	e.compute()
	return e.endings
}

func (e *evidence) compute() {
	if e.computed || e.hash == "" {
		return
	}
	e.computed = true
	e.endings = Hashes(e.Migration.SQL)[1:]
	e.noCode = true
	for _, p := range sqltext.Split(e.Migration.SQL) {
		e.noCode = e.noCode && sqltext.FirstCode(p.Text) == len(p.Text)
	}
}

// Hashes returns the hashes by which rows know a text: its own, and those with
// other line endings.
func Hashes(text string) []string {
	unix := strings.ReplaceAll(text, "\r\n", "\n")
	var hashes []string
	for i, variant := range []string{text, unix, strings.ReplaceAll(unix, "\n", "\r\n")} {
		if i == 0 || variant != text {
			sum := sha256.Sum256([]byte(variant))
			hashes = append(hashes, hex.EncodeToString(sum[:]))
		}
	}
	return hashes
}

func (e *evidence) hasTime(r Row) bool {
	return r.When != nil && *r.When == e.Migration.Entry.When
}

func (e *evidence) hasLineEndings(r Row) bool {
	for _, hash := range e.lineEndings() {
		if hash == r.Hash {
			return true
		}
	}
	return false
}

// matcher says whether a row explains an entry; if so it sets the state.
type matcher func(*evidence, Row) bool

func exact(e *evidence, r Row) bool {
	if e.hash == "" || r.Hash != e.hash || !e.hasTime(r) {
		return false
	}
	e.State = StateApplied
	return true
}

func otherLineEndings(e *evidence, r Row) bool {
	if !e.hasTime(r) || !e.hasLineEndings(r) {
		return false
	}
	e.State, e.Note = StateApplied, "applied with other line endings than the file has now"
	return true
}

func sameTime(e *evidence, r Row) bool {
	if !e.hasTime(r) {
		return false
	}
	if e.hash == "" {
		e.State, e.Note = StateApplied, "its SQL file is missing"
		return true
	}
	e.State, e.Change, e.Note = StateEdited, ChangeSQL, "its SQL was changed after it was applied"
	return true
}

// sameText recognises an entry whose time in the journal was changed after it
// was applied. To run it again would do everything twice.
func sameText(e *evidence, r Row) bool {
	if e.hash == "" || r.Hash != e.hash && !e.hasLineEndings(r) {
		return false
	}
	if e.compute(); e.noCode {
		return false
	}
	e.State, e.Change = StateEdited, ChangeWhen
	switch {
	case r.When == nil:
		e.Note = "its SQL is recorded as applied, without a time"
	case *r.When < e.Migration.Entry.When:
		e.move(*r.When)
	default:
		e.Note = fmt.Sprintf("its time in the journal was changed after it was applied, from %d to %d", *r.When, e.Migration.Entry.When)
	}
	return true
}

// match gives every entry that has no row yet the first free row that explains
// it.
func (c *classifier) match(explains matcher) {
	for _, e := range c.entries {
		if e.Row != nil {
			continue
		}
		for i := range c.rows {
			if !c.claimed[i] && explains(e, c.rows[i]) {
				c.claimed[i] = true
				e.Row = &c.rows[i]
				break
			}
		}
	}
}

// duplicates gives further rows that say the same as an applied entry's to
// that entry: two of drizzle's migrators at once can leave such rows.
func (c *classifier) duplicates() {
	for _, e := range c.entries {
		for i, r := range c.rows {
			if e.Row != nil && !c.claimed[i] && e.hasTime(r) && (r.Hash == e.Row.Hash || r.Hash == e.hash || e.hasLineEndings(r)) {
				c.claimed[i] = true
				e.Duplicates = append(e.Duplicates, r)
			}
		}
	}
}

// rest sets the state of the entries that no row explains.
func (c *classifier) rest() {
	var newest *int64
	for _, r := range c.rows {
		if r.When != nil && (newest == nil || *r.When > *newest) {
			newest = r.When
		}
	}
	for _, e := range c.entries {
		switch {
		case e.Row != nil:
		case newest != nil && *newest >= e.Migration.Entry.When:
			e.State = StateSkipped
		default:
			e.State = StatePending
		}
	}
}
