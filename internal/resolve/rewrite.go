package resolve

import (
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/sqltext"
	"github.com/skein-db/skein/internal/sqltree"
)

// Verdict says what becomes of a statement of a local migration.
type Verdict string

// The verdicts.
const (
	Kept        Verdict = "kept"        // generated, and still right
	Handwritten Verdict = "handwritten" // nobody generated it; it stays in its place
	Regenerated Verdict = "regenerated" // replaced by what it is now
	Dropped     Verdict = "dropped"     // upstream does the same already
	Added       Verdict = "added"       // needed now, and was not before
)

// Statement is a statement of a migration before and after.
type Statement struct {
	Verdict  Verdict `json:"verdict"`
	Old, New string  // "" where there is none
}

// file is the text of a migration with what is known of its statements.
type file struct {
	text       string
	statements []sqltree.Statement
	// generated[i] is the index in was of the statement that the i-th is, or -1.
	generated []int
	was       []generated
	// without[i] says that a person wants the i-th, written by hand, to go.
	without map[int]bool
}

// generated is a statement that the differ makes, and what for.
type generated struct {
	sql, plain string
	change     *diff.Change
}

func flatten(r *diff.Result) []generated {
	var out []generated
	for i := range r.Changes {
		for _, sql := range r.Changes[i].SQL {
			// A statement can have a breakpoint within.
			for _, piece := range sqltext.Split(sql) {
				if plain := sqltext.Plain(piece.Text); plain != "" {
					out = append(out, generated{strings.TrimSpace(piece.Text), plain, &r.Changes[i]})
				}
			}
		}
	}
	return out
}

// recognise pairs the file's statements with those that the differ makes for
// the migration's own change.
func recognise(text string, statements []sqltree.Statement, was []generated) *file {
	f := &file{text: text, statements: statements, was: was, without: map[int]bool{}}
	taken := make([]bool, len(was))
	for _, s := range statements {
		plain, at := sqltext.Plain(s.Text), -1
		for i := range was {
			if !taken[i] && was[i].plain == plain {
				at, taken[i] = i, true
				break
			}
		}
		f.generated = append(f.generated, at)
	}
	return f
}

// missing returns the statements that the differ makes and the file has not:
// somebody changed or removed them by hand.
func (f *file) missing() []generated {
	var out []generated
	for i := range f.was {
		if !slices.Contains(f.generated, i) {
			out = append(out, f.was[i])
		}
	}
	return out
}

// resembles reports whether the file has a statement that may be g, changed by
// hand: nobody generated it, it is not about rows, and it has the object's name.
func (f *file) resembles(g generated) bool {
	name := g.change.Object[strings.LastIndexByte(g.change.Object, '.')+1:]
	for i, s := range f.statements {
		if f.generated[i] >= 0 || f.without[i] {
			continue
		}
		switch append(sqltext.Keywords(s.Text, 1), "")[0] {
		case "INSERT", "UPDATE", "DELETE", "SELECT", "WITH":
			continue
		}
		if mentions(s.Text, []string{name}) {
			return true
		}
	}
	return false
}

// retold is a file after the differ's statements were exchanged.
type retold struct {
	text       string
	statements []Statement
	empty      bool // nothing is left but comments
}

// retell exchanges the generated statements for those that lead to the same
// end from where upstream left off. What is the same in both stays, bytes and
// all.
func (f *file) retell(now []generated) retold {
	var r retold
	e := editor{text: f.text}
	left := slices.Clone(now)
	// What is in both.
	stays := make([]bool, len(f.was))
	for i := range f.was {
		if at := slices.IndexFunc(left, func(g generated) bool { return g.plain == f.was[i].plain }); at >= 0 {
			stays[i] = true
			left = slices.Delete(left, at, at+1)
		}
	}
	// What takes the place of another statement about the same object.
	instead := map[int]generated{}
	for i := range f.was {
		if stays[i] || !slices.Contains(f.generated, i) {
			continue
		}
		about := func(g generated) bool {
			return g.change.Object == f.was[i].change.Object && g.change.Table == f.was[i].change.Table
		}
		if at := slices.IndexFunc(left, about); at >= 0 {
			instead[i] = left[at]
			left = slices.Delete(left, at, at+1)
		}
	}
	code := 0
	for i, s := range f.statements {
		switch g := f.generated[i]; {
		case g < 0 && f.without[i]:
			e.remove(s)
			r.statements = append(r.statements, Statement{Dropped, s.Text, ""})
			continue
		case g < 0:
			r.statements = append(r.statements, Statement{Handwritten, s.Text, s.Text})
		case stays[g]:
			r.statements = append(r.statements, Statement{Kept, s.Text, s.Text})
		case instead[g].sql != "":
			e.replace(s.Offset, s.End(), instead[g].sql)
			r.statements = append(r.statements, Statement{Regenerated, s.Text, instead[g].sql})
		default:
			e.remove(s)
			r.statements = append(r.statements, Statement{Dropped, s.Text, ""})
			continue
		}
		code++
	}
	for _, g := range left {
		e.insert(f, g, now, stays)
		r.statements = append(r.statements, Statement{Added, "", g.sql})
		code++
	}
	r.text, r.empty = e.done(), code == 0
	return r
}

// editor gathers changes of a text by offsets in it.
type editor struct {
	text  string
	edits []edit
}

type edit struct {
	from, to int
	text     string
}

func (e *editor) replace(from, to int, text string) { e.edits = append(e.edits, edit{from, to, text}) }

// remove takes a statement out. If its piece has no other, the piece goes, with
// the comments that are about the statement and one breakpoint.
func (e *editor) remove(s sqltree.Statement) {
	pieces := sqltext.Split(e.text)
	p := pieces[s.Piece]
	end := p.Offset + len(p.Text)
	alone := len(sqltext.Statements(p.Text)) == 1
	switch {
	case !alone:
		to := s.End()
		for to < end && strings.ContainsRune(" \t\r\n", rune(e.text[to])) {
			to++
		}
		e.replace(s.Offset, to, "")
	case s.Piece+1 < len(pieces):
		// The line break behind the marker belongs to the piece that follows.
		from := p.Offset
		to := pieces[s.Piece+1].Offset
		if s.Piece == 0 {
			to = skipLineBreak(e.text, to)
		}
		e.replace(from, to, "")
	case s.Piece > 0:
		e.replace(p.Offset-len(sqltext.Breakpoint), end, "")
	default:
		e.replace(p.Offset, end, "")
	}
}

func skipLineBreak(text string, at int) int {
	if strings.HasPrefix(text[at:], "\r\n") {
		return at + 2
	}
	if strings.HasPrefix(text[at:], "\n") {
		return at + 1
	}
	return at
}

// insert puts a new statement in front of the first one in the file that the
// differ makes later, else behind the last that it makes earlier, else at the
// front.
func (e *editor) insert(f *file, g generated, now []generated, stays []bool) {
	order := func(plain string) int {
		return slices.IndexFunc(now, func(o generated) bool { return o.plain == plain })
	}
	mine, behind := order(g.plain), -1
	for i, s := range f.statements {
		at := f.generated[i]
		if at < 0 || !stays[at] {
			continue
		}
		if order(f.was[at].plain) > mine {
			e.replace(s.Offset, s.Offset, g.sql+sqltext.Breakpoint+"\n")
			return
		}
		behind = i
	}
	if behind >= 0 {
		end := f.statements[behind].End()
		e.replace(end, end, sqltext.Breakpoint+"\n"+g.sql)
		return
	}
	e.replace(0, 0, g.sql+sqltext.Breakpoint+"\n")
}

func (e *editor) done() string {
	slices.SortStableFunc(e.edits, func(a, b edit) int { return a.from - b.from })
	var b strings.Builder
	at := 0
	for _, change := range e.edits {
		if change.from < at { // a removed breakpoint that the piece before took along
			change.from = at
		}
		b.WriteString(e.text[at:change.from])
		b.WriteString(change.text)
		at = max(at, change.to)
	}
	b.WriteString(e.text[at:])
	return e.endless(b.String())
}

// endless takes away a breakpoint at the end that nothing follows any more.
func (e *editor) endless(text string) string {
	const space = " \t\r\n"
	before, marked := strings.CutSuffix(strings.TrimRight(text, space), sqltext.Breakpoint)
	if !marked || strings.HasSuffix(strings.TrimRight(e.text, space), sqltext.Breakpoint) {
		return text
	}
	return before
}
