package diff

import (
	"fmt"
	"slices"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/schema"
)

// pair is an object on both sides.
type pair[T any] struct{ old, new *T }

// matching is what became of the objects of one kind.
type matching[T any] struct {
	pairs   []pair[T] // on both sides, renamed ones included, in the old order
	renamed []pair[T] // those of pairs whose name or schema changed, in the new order
	created []*T      // in the new order
	deleted []*T      // in the old order
}

// match finds which old object became which new one, and asks where that is not
// plain. q is the question without the objects. oldRef gives the name an old
// object has after the renames decided so far.
func match[T any](ask func(Question) (Answer, error), q Question, old, new []T, oldRef, newRef func(*T) schema.Ref) (matching[T], error) {
	if m, ok := matchInOrder(old, new, oldRef, newRef); ok {
		return m, nil
	}
	var m matching[T]
	left := make(map[schema.Ref]*T, len(old))
	for i := range old {
		left[oldRef(&old[i])] = &old[i]
	}
	right := make(map[schema.Ref]*T, len(new))
	var created []*T
	for i := range new {
		r := newRef(&new[i])
		right[r] = &new[i]
		if left[r] == nil {
			created = append(created, &new[i])
		}
	}
	var free []schema.Ref
	for i := range old {
		if r := oldRef(&old[i]); right[r] == nil {
			free = append(free, r)
		}
	}
	became := map[schema.Ref]*T{}
	for _, n := range created {
		q.Created, q.Candidates = newRef(n), free
		answer, err := ask(q)
		if err != nil {
			return m, err
		}
		if !answer.Rename {
			m.created = append(m.created, n)
			continue
		}
		i := slices.Index(free, answer.From)
		if i < 0 {
			return m, badAnswer(q, answer)
		}
		free = slices.Delete(slices.Clone(free), i, i+1)
		became[answer.From] = n
		m.renamed = append(m.renamed, pair[T]{left[answer.From], n})
	}
	for i := range old {
		r := oldRef(&old[i])
		switch {
		case right[r] != nil:
			m.pairs = append(m.pairs, pair[T]{&old[i], right[r]})
		case became[r] != nil:
			m.pairs = append(m.pairs, pair[T]{&old[i], became[r]})
		default:
			m.deleted = append(m.deleted, &old[i])
		}
	}
	return m, nil
}

// matchInOrder is match for the usual case, the same names in the same order,
// without maps.
func matchInOrder[T any](old, new []T, oldRef, newRef func(*T) schema.Ref) (m matching[T], ok bool) {
	if len(old) != len(new) {
		return m, false
	}
	for i := range old {
		if oldRef(&old[i]) != newRef(&new[i]) {
			return m, false
		}
	}
	if len(old) > 0 {
		m.pairs = make([]pair[T], len(old))
	}
	for i := range old {
		m.pairs[i] = pair[T]{&old[i], &new[i]}
	}
	return m, true
}

// answer asks the resolver, and takes note of a question it leaves open.
// Without a candidate there is nothing to ask.
func (c *computer) answer(q Question) (Answer, error) {
	if len(q.Candidates) == 0 {
		if a, ok := c.ask.(accountant); ok {
			a.plain(q)
		}
		return Answer{}, nil
	}
	a, err := c.ask.Resolve(q)
	if err == ErrNoAnswer {
		c.open = append(c.open, q)
		return Answer{}, nil
	}
	return a, err
}

func badAnswer(q Question, a Answer) error {
	return &diag.Error{
		Kind:    diag.Usage,
		Message: fmt.Sprintf("%s cannot have been renamed from %s: no %s of that name disappears", q.created(), q.spell(a.From), q.Kind.noun()),
		Hint:    "answer with one of the candidates, or that it is new",
	}
}

// keyed finds by name what two lists have in common: the result of a
// comparison of two JSON objects, with its order.
type keyed[T any] struct {
	deleted, added []*T
	both           []pair[T] // in the old order
}

func byName[T any](old, new []T, name func(*T) string) (k keyed[T]) {
	if len(old) == 0 && len(new) == 0 {
		return k
	}
	right := make(map[string]*T, len(new))
	for i := range new {
		right[name(&new[i])] = &new[i]
	}
	left := make(map[string]bool, len(old))
	for i := range old {
		n := name(&old[i])
		left[n] = true
		if right[n] == nil {
			k.deleted = append(k.deleted, &old[i])
		} else {
			k.both = append(k.both, pair[T]{&old[i], right[n]})
		}
	}
	for i := range new {
		if !left[name(&new[i])] {
			k.added = append(k.added, &new[i])
		}
	}
	return k
}
