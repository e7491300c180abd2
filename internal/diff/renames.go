package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/schema"
)

// Renames is answers given as flags, a Resolver.
//
// A flag is OLD=NEW, for example 'public.users.name=public.users.full_name' or
// 'users=people'. The schema may be left out where it is public. The kind of
// object follows from what disappears and appears; where that leaves a choice
// it is written in front ('role:users=people'). '=public.users.bio' says that
// bio is new. A part with a dot, colon, equals sign or double quote in it is
// written in double quotes, with inner ones doubled. A column is named with
// its table's old or new name on the left, and the new one on the right.
//
// What every candidate of a question is renamed to by other flags is new
// without a flag of its own.
type Renames struct{ flags []*renameFlag }

type renameFlag struct {
	raw      string
	kind     string   // prefix, "" for any
	old, new []string // old is nil: it is new
	used     Kind     // "" while unused
}

// ParseRenames reads the values of --rename.
func ParseRenames(values []string) (*Renames, error) {
	r := &Renames{}
	for _, v := range values {
		f, err := parseRename(v)
		if err != nil {
			return nil, err
		}
		r.flags = append(r.flags, f)
	}
	return r, nil
}

// renameKinds are the prefixes of --rename.
var renameKinds = []string{"schema", "enum", "sequence", "role", "table", "column", "policy", "view"}

func parseRename(value string) (*renameFlag, error) {
	fail := func(why string) (*renameFlag, error) {
		return nil, &diag.Error{
			Kind:    diag.Usage,
			Message: fmt.Sprintf("--rename %s: %s", shellQuote(value), why),
			Hint:    "write OLD=NEW, for example 'public.users.name=public.users.full_name'; names with a dot, colon or equals sign go in double quotes",
		}
	}
	f := &renameFlag{raw: value}
	rest := value
	if kind, after, ok := strings.Cut(value, ":"); ok && !strings.ContainsAny(kind, `"=.`) {
		if !slices.Contains(renameKinds, kind) {
			return fail(fmt.Sprintf("%q is no kind of object (%s)", kind, strings.Join(renameKinds, ", ")))
		}
		f.kind, rest = kind, after
	}
	var ok bool
	if !strings.HasPrefix(rest, "=") {
		if f.old, rest, ok = parsePath(rest); !ok {
			return fail("the old name is not well formed")
		}
	}
	if !strings.HasPrefix(rest, "=") {
		return fail("there is no new name")
	}
	if f.new, rest, ok = parsePath(rest[1:]); !ok || rest != "" {
		return fail("the new name is not well formed")
	}
	return f, nil
}

// parsePath reads dotted names up to an equals sign or the end.
func parsePath(s string) (parts []string, rest string, ok bool) {
	for {
		var part string
		if strings.HasPrefix(s, `"`) {
			part, s, ok = quotedPart(s[1:])
			if !ok {
				return nil, "", false
			}
		} else {
			end := strings.IndexAny(s, `.="`)
			if end < 0 {
				end = len(s)
			}
			part, s = s[:end], s[end:]
		}
		if part == "" || len(parts) == 3 {
			return nil, "", false
		}
		parts = append(parts, part)
		if !strings.HasPrefix(s, ".") {
			return parts, s, s == "" || s[0] == '='
		}
		s = s[1:]
	}
}

// quotedPart reads up to the closing double quote.
func quotedPart(s string) (part, rest string, ok bool) {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, `"`)
		if !found {
			return "", "", false
		}
		b.WriteString(before)
		if !strings.HasPrefix(after, `"`) {
			return b.String(), after, true
		}
		b.WriteByte('"')
		s = after[1:]
	}
}

// Resolve returns the answer that a flag gives to q.
func (r *Renames) Resolve(q Question) (Answer, error) {
	claimed := map[schema.Ref]bool{}
	for _, f := range r.flags {
		if f.kind != "" && f.kind != q.Kind.noun() {
			continue
		}
		isNew := names(f.new, q.Created, q.Table, nil)
		if f.old == nil && isNew {
			return Answer{}, f.use(q.Kind)
		}
		for _, c := range q.Candidates {
			if f.old == nil || !names(f.old, c, q.Table, q.OldTable) {
				continue
			}
			if isNew {
				return Answer{Rename: true, From: c}, f.use(q.Kind)
			}
			if sameTable(f.new, q) {
				claimed[c] = true
			}
		}
	}
	if len(claimed) == len(q.Candidates) {
		return Answer{}, nil
	}
	return Answer{}, ErrNoAnswer
}

// use takes note of what the flag was used for. Two kinds make it ambiguous.
func (f *renameFlag) use(kind Kind) error {
	if f.used != "" && f.used.noun() != kind.noun() {
		return &diag.Error{
			Kind:    diag.Usage,
			Message: fmt.Sprintf("--rename %s fits a %s and a %s", shellQuote(f.raw), f.used.noun(), kind.noun()),
			Hint:    fmt.Sprintf("write %s or %s, or both", shellQuote(f.used.noun()+":"+f.raw), shellQuote(kind.noun()+":"+f.raw)),
		}
	}
	f.used = kind
	return nil
}

// names says whether the path names the object: a column or policy behind one
// of its table's names, anything else by itself.
func names(path []string, r schema.Ref, table, oldTable *schema.Ref) bool {
	last := len(path) - 1
	switch {
	case path[last] != r.Name:
		return false
	case table != nil:
		return namesTable(path[:last], *table) || oldTable != nil && namesTable(path[:last], *oldTable)
	case r.Schema == "":
		return last == 0
	}
	return namesTable(path, r)
}

func namesTable(path []string, r schema.Ref) bool {
	switch len(path) {
	case 1:
		return path[0] == r.Name && publicIfEmpty(r.Schema) == schema.Public
	case 2:
		return path[0] == publicIfEmpty(r.Schema) && path[1] == r.Name
	}
	return false
}

// sameTable says whether the path could name something of the question's kind:
// for a column, one of the same table.
func sameTable(path []string, q Question) bool {
	switch {
	case q.Table != nil:
		return namesTable(path[:len(path)-1], *q.Table)
	case q.Created.Schema == "":
		return len(path) == 1
	}
	return len(path) <= 2
}

// plain takes note of something that is new without a question: a flag that
// says so is not wrong.
func (r *Renames) plain(q Question) {
	for _, f := range r.flags {
		if f.old == nil && (f.kind == "" || f.kind == q.Kind.noun()) && names(f.new, q.Created, q.Table, nil) {
			f.used = q.Kind
		}
	}
}

func (r *Renames) unmatched() []string {
	var out []string
	for _, f := range r.flags {
		if f.used == "" {
			out = append(out, f.raw)
		}
	}
	return out
}

// chain is what Chain returns.
type chain []Resolver

// Chain asks each resolver in turn and takes the first answer.
func Chain(rs ...Resolver) Resolver { return chain(rs) }

func (rs chain) Resolve(q Question) (Answer, error) {
	for _, r := range rs {
		if a, err := r.Resolve(q); err != ErrNoAnswer {
			return a, err
		}
	}
	return Answer{}, ErrNoAnswer
}

func (rs chain) plain(q Question) {
	for _, r := range rs {
		if a, ok := r.(accountant); ok {
			a.plain(q)
		}
	}
}

func (rs chain) unmatched() []string {
	var out []string
	for _, r := range rs {
		out = append(out, unmatchedFlags(r)...)
	}
	return out
}

// accountant is a resolver that knows which of its answers were not needed.
type accountant interface {
	plain(q Question)
	unmatched() []string
}

// unmatchedFlags returns the flags within a resolver that answered nothing.
func unmatchedFlags(r Resolver) []string {
	if a, ok := r.(accountant); ok {
		return a.unmatched()
	}
	return nil
}
