package diff

import (
	"fmt"
	"strings"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/schema"
)

// Unanswered is the error of Compute when questions stay open. All of them are
// here: after an open question Compute goes on as if the answer were that the
// object is new, so that answering may raise others (the columns of a table
// that turns out to be renamed).
type Unanswered struct {
	Questions []Question
	// Unmatched are the --rename flags that answer no question.
	Unmatched []string
}

// Error lists the questions, each with the flags that answer it.
func (u *Unanswered) Error() string { return u.diagnosis().Error() }

// As makes errors.As find a *diag.Error in u.
func (u *Unanswered) As(target any) bool {
	if p, ok := target.(**diag.Error); ok {
		*p = u.diagnosis()
		return true
	}
	return false
}

func (u *Unanswered) diagnosis() *diag.Error {
	var detail []string
	for _, q := range u.Questions {
		detail = append(detail, "  "+q.String())
		for _, f := range q.Flags() {
			detail = append(detail, "    --rename "+shellQuote(f))
		}
		detail = append(detail, "    --rename "+shellQuote(q.CreateFlag())+"   it is new")
	}
	for _, f := range u.Unmatched {
		detail = append(detail, "  --rename "+shellQuote(f)+" answers no question")
	}
	e := &diag.Error{Kind: diag.Usage, Detail: strings.Join(detail, "\n"), Err: u}
	switch n := len(u.Questions); {
	case n == 0:
		e.Message = "a rename was given for something that did not change its name"
		e.Hint = "old names go left and new names right: 'public.users.name=public.users.full_name'"
		return e
	case n == 1:
		e.Message = "one question about a rename is open"
	default:
		e.Message = fmt.Sprintf("%d questions about renames are open", n)
	}
	e.Hint = "pass one of the flags for each question, --answers FILE, or --answers-all create if everything is new"
	return e
}

// shellQuote writes a word so that a POSIX shell reads it back.
func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// noun is the kind in prose, and its prefix in --rename.
func (k Kind) noun() string {
	switch k {
	case KindPolicy, KindLinkedPolicy:
		return "policy"
	}
	return string(k)
}

// String is the question as a person reads it.
func (q Question) String() string {
	names := make([]string, len(q.Candidates))
	for i, r := range q.Candidates {
		names[i] = q.spell(r)
	}
	return fmt.Sprintf("is %s new, or was it called %s?", q.created(), strings.Join(names, " or "))
}

func (q Question) created() string {
	name := q.spell(q.Created)
	if q.Table != nil {
		name = q.Table.String() + "." + name
	}
	return q.Kind.noun() + " " + name
}

func (q Question) spell(r schema.Ref) string { return r.String() }

// Flags returns the --rename values that say that Created was renamed, one for
// each candidate, in order.
func (q Question) Flags() []string {
	flags := make([]string, len(q.Candidates))
	for i, r := range q.Candidates {
		flags[i] = q.prefix() + q.path(r, q.OldTable) + "=" + q.path(q.Created, q.Table)
	}
	return flags
}

// CreateFlag returns the --rename value that says that Created is new.
func (q Question) CreateFlag() string { return q.prefix() + "=" + q.path(q.Created, q.Table) }

// prefix names the kind where a name alone would not do.
func (q Question) prefix() string {
	if q.Kind == KindTable || q.Kind == KindColumn {
		return ""
	}
	return q.Kind.noun() + ":"
}

// path is a name as --rename spells it.
func (q Question) path(r schema.Ref, table *schema.Ref) string {
	var parts []string
	if table == nil {
		table = q.Table
	}
	if table != nil {
		parts = append(parts, publicIfEmpty(table.Schema), table.Name)
	}
	if r.Schema != "" {
		parts = append(parts, r.Schema)
	}
	parts = append(parts, r.Name)
	for i, p := range parts {
		if p == "" || strings.ContainsAny(p, `.:="`) {
			parts[i] = `"` + strings.ReplaceAll(p, `"`, `""`) + `"`
		}
	}
	return strings.Join(parts, ".")
}

func publicIfEmpty(s string) string { return or(s, schema.Public) }
