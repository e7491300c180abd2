package diff

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/schema"
)

// AnswerList is answers read from a file, a Resolver.
//
// The file is a JSON array; each element answers one question, in any order:
//
//	[{"kind": "table", "created": {"schema": "", "name": "people"},
//	  "choice": "rename", "from": {"schema": "", "name": "users"}},
//	 {"kind": "column", "table": {"schema": "", "name": "people"},
//	  "created": {"name": "email"}, "choice": "create"}]
//
// kind is a Kind, or "policy" for either kind of policy. Schemas may be null,
// "" or left out for public. "index" may stand in place of "from": 0 is
// "created", 1 the first candidate. An answer to a question that does not come
// up is no error.
type AnswerList struct {
	file    string
	answers []*listedAnswer
}

type listedAnswer struct {
	Kind    Kind       `json:"kind"`
	Table   *listedRef `json:"table"`
	Created *listedRef `json:"created"`
	Choice  string     `json:"choice"`
	From    *listedRef `json:"from"`
	Index   *int       `json:"index"`
	line    int
}

type listedRef struct {
	Schema *string `json:"schema"`
	Name   string  `json:"name"`
}

// is compares with the reference of a question, for which public, "" and
// nothing are the same schema.
func (l *listedRef) is(r schema.Ref) bool {
	named := ""
	if l.Schema != nil {
		named = *l.Schema
	}
	return l.Name == r.Name && publicIfEmpty(named) == publicIfEmpty(r.Schema)
}

// ReadAnswers reads an answers file; file names errors.
func ReadAnswers(file string, data []byte) (*AnswerList, error) {
	fail := func(offset int, message string) error {
		line, column := diag.LineColumn(data, offset)
		return &diag.Error{
			Kind: diag.Usage, File: file, Line: line, Column: column, Message: message,
			Hint: `an answer looks like {"kind": "column", "table": {"name": "users"}, "created": {"name": "full_name"}, "choice": "rename", "from": {"name": "name"}}`,
		}
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	syntax := func(err error) error {
		offset := int(dec.InputOffset())
		var s *json.SyntaxError
		if errors.As(err, &s) {
			offset = int(s.Offset)
		}
		return fail(offset, "answers are not a well formed JSON array: "+err.Error())
	}
	if t, err := dec.Token(); err != nil {
		return nil, syntax(err)
	} else if t != json.Delim('[') {
		return nil, fail(0, "answers are not a JSON array")
	}
	l := &AnswerList{file: file}
	for dec.More() {
		a, at := &listedAnswer{}, int(dec.InputOffset())
		if err := dec.Decode(a); err != nil {
			return nil, syntax(err)
		}
		for at < len(data) && data[at] != '{' {
			at++
		}
		if why := a.problem(); why != "" {
			return nil, fail(at, why)
		}
		a.line, _ = diag.LineColumn(data, at)
		l.answers = append(l.answers, a)
	}
	if _, err := dec.Token(); err != nil {
		return nil, syntax(err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fail(int(dec.InputOffset()), "answers are not a well formed JSON array: something follows it")
	}
	return l, nil
}

// problem says what is wrong with an answer by itself.
func (a *listedAnswer) problem() string {
	kinds := []Kind{KindSchema, KindEnum, KindSequence, KindRole, KindTable, KindColumn, KindPolicy, KindLinkedPolicy, KindView, "policy"}
	switch {
	case !slices.Contains(kinds, a.Kind):
		return fmt.Sprintf("answer of unknown kind %q", a.Kind)
	case a.Created == nil || a.Created.Name == "":
		return `answer without the name of what it is about ("created")`
	case a.Choice != "rename" && a.Choice != "create":
		return fmt.Sprintf(`choice is %q; it must be "rename" or "create"`, a.Choice)
	case a.Choice == "rename" && a.From == nil && (a.Index == nil || *a.Index < 1):
		return `answer "rename" without the old name ("from")`
	case (a.Kind == KindColumn || a.Kind == KindPolicy) && (a.Table == nil || a.Table.Name == ""):
		return `answer about a column or policy without its "table"`
	}
	return ""
}

// Resolve returns the file's answer to q.
func (l *AnswerList) Resolve(q Question) (Answer, error) {
	for _, a := range l.answers {
		if !a.about(q) {
			continue
		}
		if a.Choice == "create" {
			return Answer{}, nil
		}
		for i, r := range q.Candidates {
			if a.From != nil && a.From.is(r) || a.From == nil && i == *a.Index-1 {
				return Answer{Rename: true, From: r}, nil
			}
		}
		return Answer{}, &diag.Error{
			Kind: diag.Usage, File: l.file, Line: a.line,
			Message: fmt.Sprintf("%s was not renamed from that: nothing of the name disappears", q.created()),
			Hint:    "the candidates are: " + q.String(),
		}
	}
	return Answer{}, ErrNoAnswer
}

func (a *listedAnswer) about(q Question) bool {
	if a.Kind != q.Kind && (a.Kind != "policy" || q.Kind.noun() != "policy") || !a.Created.is(q.Created) {
		return false
	}
	return q.Table == nil || a.Table != nil && a.Table.is(*q.Table)
}
