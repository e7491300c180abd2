package diff

import "github.com/skein-db/skein/internal/diag"

// Renames is answers given as flags such as
// 'public.users.name=public.users.full_name', a Resolver. The schema may be
// left out when it is public; the kind follows from which objects exist, or is
// written in front ('table:users=people'). '=public.users.bio' says that bio is
// new. A part with a dot, colon or equals sign in it is written in double quotes.
type Renames struct{ flags []string }

// ParseRenames reads the values of --rename.
func ParseRenames(flags []string) (*Renames, error) {
	if len(flags) > 0 {
		return nil, &diag.Error{Kind: diag.Bug, Message: "--rename is not built yet"}
	}
	return &Renames{}, nil
}

// Resolve returns the answer that a flag gives to q.
func (r *Renames) Resolve(q Question) (Answer, error) { return Answer{}, ErrNoAnswer }

// Chain asks each resolver in turn and takes the first answer.
func Chain(rs ...Resolver) Resolver {
	return ResolverFunc(func(q Question) (Answer, error) {
		for _, r := range rs {
			if a, err := r.Resolve(q); err != ErrNoAnswer {
				return a, err
			}
		}
		return Answer{}, ErrNoAnswer
	})
}

// Flags returns the --rename values that a person could pass, one per
// candidate in their order.
func (q Question) Flags() []string { return nil }

// CreateFlag returns the --rename value that says Created is new.
func (q Question) CreateFlag() string { return "" }

// Error lists the questions with the flags that answer them.
func (u *Unanswered) Error() string { return "open questions" }
