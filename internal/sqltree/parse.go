package sqltree

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"

	"github.com/skein-db/skein/internal/sqltext"
)

// Statement is one statement of a text.
type Statement struct {
	Text   string // with its semicolon; of a statement in a DO block without
	Offset int    // of Text in the text that was parsed
	Piece  int    // which of the pieces between breakpoints it is in, from 0
	Node   Node   // never nil
	Uses   Uses
	// Body is what a DO block runs, in the order in which it stands there.
	Body []Statement
	// Opaque says that the statement runs SQL that cannot be seen: a DO block
	// in another language or with EXECUTE.
	Opaque bool
	// Commits says that a DO block ends transactions of its own.
	Commits bool
	// Guarded says, of a statement in a body, that it may not be run: it
	// stands in an IF, a CASE or an exception handler.
	Guarded bool
	// Err is why the statement could not be parsed; then Node is an *Other
	// without a kind.
	Err *SyntaxError
}

// End returns the offset behind the statement.
func (s *Statement) End() int { return s.Offset + len(s.Text) }

// SyntaxError is what PostgreSQL's parser says of a statement.
type SyntaxError struct {
	Message string
	Offset  int // in the text that was parsed; -1 where unknown
	// Unread says that PostgreSQL's parser did not refuse the statement; it was
	// not asked, or gave up.
	Unread bool
}

func (e *SyntaxError) Error() string { return e.Message }

// parsedBytes is the longest statement that is parsed. What is longer is rows:
// an INSERT of megabytes, of which the tree would take a hundred times that.
const parsedBytes = 1 << 20

// Parse reads the statements of a migration's text: of the pieces between its
// breakpoints, each of which the server gets as one query. A statement that is
// no valid SQL is among them, with the reason. The error is for a parser that
// cannot be started.
func Parse(text string) ([]Statement, error) { return parseText(text, len(text)) }

// ParseAll is Parse for several texts, on all processors. To parse much it is
// several times faster than one Parse after the other.
func ParseAll(ctx context.Context, texts []string) ([][]Statement, error) {
	total := 0
	for _, text := range texts {
		total += len(text)
	}
	out := make([][]Statement, len(texts))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, text := range texts {
		group.Go(func() (err error) {
			if err := ctx.Err(); err != nil {
				return context.Cause(ctx)
			}
			out[i], err = parseText(text, total)
			return err
		})
	}
	return out, group.Wait()
}

func parseText(text string, total int) ([]Statement, error) {
	var out []Statement
	for i, piece := range sqltext.Split(text) {
		found, err := parsePiece(piece.Text, piece.Offset, total)
		if err != nil {
			return nil, err
		}
		for j := range found {
			found[j].Piece = i
		}
		out = append(out, found...)
	}
	return out, nil
}

// parsePiece parses statement by statement, cut lexically: so an error in one
// hides none of the others, and one of megabytes can be left out.
func parsePiece(piece string, base, total int) ([]Statement, error) {
	cut := sqltext.Statements(piece)
	if len(cut) == 0 {
		return nil, nil
	}
	// All at once is the common case, and the fast one.
	if len(piece) <= parsedBytes {
		if out, err := parseAll(piece, cut, base, total); out != nil || err != nil {
			return out, err
		}
	}
	out := make([]Statement, 0, len(cut))
	for _, c := range cut {
		s, err := parseOne(c, base+c.Offset, total)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// parseAll returns nothing where the piece has an error, or where the parser
// cuts it in another way.
func parseAll(piece string, cut []sqltext.Statement, base, total int) ([]Statement, error) {
	nodes, syntax, err := parse(piece, total)
	if err != nil || syntax != nil || len(nodes) != len(cut) {
		return nil, err
	}
	out := make([]Statement, 0, len(cut))
	for i, c := range cut {
		// The parser counts white space and comments to what follows them.
		if start := int(nodes[i].number("stmt_location")); start > c.Offset || start < c.Offset && sqltext.FirstCode(piece[start:]) != c.Offset-start {
			return nil, nil
		}
		s, err := newStatement(c.Text, nodes[i], reader{base: base}, base+c.Offset, total)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func parseOne(c sqltext.Statement, offset, total int) (Statement, error) {
	unparsed := Statement{Text: c.Text, Offset: offset, Node: &Other{}}
	if len(c.Text) > parsedBytes {
		unparsed.Err = &SyntaxError{Message: fmt.Sprintf("the statement has %d bytes and is not looked into", len(c.Text)), Offset: -1, Unread: true}
		return unparsed, nil
	}
	nodes, syntax, err := parse(c.Text, total)
	switch {
	case err != nil:
		return Statement{}, err
	case syntax != nil:
		if syntax.Offset >= 0 {
			syntax.Offset += offset
		}
		unparsed.Err = syntax
		return unparsed, nil
	case len(nodes) != 1: // the lexical cut took two for one; the second is not lost
		unparsed.Err = &SyntaxError{Message: fmt.Sprintf("%d statements where one was expected", len(nodes)), Offset: offset, Unread: true}
		return unparsed, nil
	}
	return newStatement(c.Text, nodes[0], reader{base: offset}, offset, total)
}

// parse asks the parser for the statements of a text.
func parse(text string, total int) ([]object, *SyntaxError, error) {
	json, err := answer(askTree, text, total)
	var said *parserError
	if errors.As(err, &said) {
		return nil, &SyntaxError{Message: said.message, Offset: characterOffset(text, said.position)}, nil
	}
	var gaveUp *gaveUpError
	if errors.As(err, &gaveUp) {
		return nil, &SyntaxError{Message: "the statement is beyond the parser", Offset: -1, Unread: true}, nil
	}
	if err != nil {
		return nil, nil, err
	}
	nodes, err := statements(json)
	return nodes, nil, err
}

// characterOffset makes a byte offset of a position in characters from 1.
func characterOffset(text string, position int) int {
	if position <= 0 {
		return -1
	}
	offset := 0
	for n := 1; n < position && offset < len(text); n++ {
		_, size := utf8.DecodeRuneInString(text[offset:])
		offset += size
	}
	return offset
}

func newStatement(text string, raw object, r reader, offset, total int) (Statement, error) {
	kind, node := raw.any("stmt")
	s := Statement{Text: text, Offset: offset, Node: r.statement(kind, node), Uses: r.usesOf(raw["stmt"])}
	if _, ok := s.Node.(*Do); ok {
		if err := s.readBody(node, total); err != nil {
			return Statement{}, err
		}
	}
	return s, nil
}
