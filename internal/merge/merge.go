// Package merge joins what two sides did to one schema: two branches that both
// added migrations, say, and the state they started from.
//
// It works on meaning, object by object and attribute by attribute, and never
// on text. Where both sides changed one attribute differently, or one changed
// or uses what the other dropped, nobody can know what was meant: that is a
// Disagreement, and a person takes one side. A rename is a drop and a creation
// here, so that whatever uses the old name disagrees with it.
//
// The package touches neither disk nor database.
package merge

import (
	"cmp"
	"reflect"

	"github.com/skein-db/skein/internal/schema"
)

// Side is one of the two that are joined.
type Side string

// The sides. Upstream's migrations run first and stay as they are.
const (
	Upstream Side = "upstream"
	Local    Side = "local"
)

// other returns the other side.
func (s Side) other() Side {
	if s == Upstream {
		return Local
	}
	return Upstream
}

// Did is what a side did to an object.
type Did string

// What a side can do.
const (
	Nothing Did = ""
	Created Did = "created"
	Changed Did = "changed"
	Dropped Did = "dropped"
)

// Touch is an object that at least one side did something to.
type Touch struct {
	Object          schema.Object
	Upstream, Local Did
	// Same says that both did the same to it.
	Same bool
}

// Disagreement is what only a person can settle.
type Disagreement struct {
	Object    schema.Object
	Attribute string // such as "type"; "" where the whole object is meant
	// Upstream and Local are what each side says, "" where it has nothing.
	Upstream, Local string
	// Uses is what Object uses on one side while the other, DroppedBy, dropped
	// it; nil where both sides changed Object itself.
	Uses      *schema.Object
	DroppedBy Side
}

// Take settles a disagreement. ok is false for "I do not know": it stays open.
type Take func(Disagreement) (side Side, ok bool)

// Result is two sides joined.
type Result struct {
	// Schema is what the joined sides lead to. Where disagreements are open it
	// has upstream's version of them.
	Schema *schema.Schema
	// Open are the disagreements that nobody settled.
	Open []Disagreement
	// Settled are those that Take settled.
	Settled []Disagreement
	// Touched has every object that a side did something to, in the order of
	// the schema.
	Touched []Touch
}

// Schemas joins what upstream and local made of base. take may be nil. None of
// the schemas is changed.
func Schemas(base, upstream, local *schema.Schema, take Take) *Result {
	m := &merger{base: base.Clone(), upstream: upstream.Clone(), local: local.Clone(), take: take, out: &Result{}}
	m.out.Schema = m.join()
	m.uses()
	return m.out
}

// merger is one join under way.
type merger struct {
	base, upstream, local *schema.Schema
	take                  Take
	out                   *Result
}

// disagree asks for a decision; upstream's version is what an open
// disagreement leaves.
func (m *merger) disagree(d Disagreement) Side {
	if m.take != nil {
		if side, ok := m.take(d); ok {
			m.out.Settled = append(m.out.Settled, d)
			return side
		}
	}
	m.out.Open = append(m.out.Open, d)
	return Upstream
}

func (m *merger) touch(o schema.Object, upstream, local Did, same bool) {
	if upstream != Nothing || local != Nothing {
		m.out.Touched = append(m.out.Touched, Touch{o, upstream, local, same})
	}
}

// did says what became of an object that was base and is now.
func did[T any](base, now *T) Did {
	switch {
	case base == nil && now == nil:
		return Nothing
	case base == nil:
		return Created
	case now == nil:
		return Dropped
	case same(base, now):
		return Nothing
	}
	return Changed
}

// join makes one object of two that both changed, both differently. base may be
// nil. No join stands for: it can only be one of the two.
type join[T any] func(m *merger, o schema.Object, base, upstream, local *T) T

// list joins a list of objects. table is the one that they are parts of.
func list[T any](m *merger, table schema.Ref, base, upstream, local []T, join join[T]) []T {
	b, u, l := byPath(table, base), byPath(table, upstream), byPath(table, local)
	var out []T
	for _, path := range ordered(paths(table, upstream), paths(table, local), paths(table, base)) {
		if t, ok := one(m, table, b[path], u[path], l[path], join); ok {
			out = append(out, t)
		}
	}
	return out
}

// one joins what became of one object; ok is false where it is gone.
func one[T any](m *merger, table schema.Ref, base, upstream, local *T, join join[T]) (t T, ok bool) {
	o := schema.NameOf(table, cmp.Or(upstream, local, base))
	byUpstream, byLocal := did(base, upstream), did(base, local)
	same := upstream == nil && local == nil || upstream != nil && local != nil && same(upstream, local)
	m.touch(o, byUpstream, byLocal, same && byUpstream != Nothing)
	chosen := upstream
	switch {
	case byLocal == Nothing || same:
	case byUpstream == Nothing:
		chosen = local
	case upstream != nil && local != nil && join != nil:
		return join(m, o, base, upstream, local), true
	default:
		d := Disagreement{Object: o, Upstream: describe(upstream), Local: describe(local)}
		if m.disagree(d) == Local {
			chosen = local
		}
	}
	if chosen == nil {
		return t, false
	}
	return *chosen, true
}

func describe[T any](t *T) string {
	if t == nil {
		return ""
	}
	return says(t)
}

func paths[T any](table schema.Ref, items []T) []string {
	out := make([]string, len(items))
	for i := range items {
		out[i] = schema.NameOf(table, &items[i]).Path()
	}
	return out
}

func byPath[T any](table schema.Ref, items []T) map[string]*T {
	out := map[string]*T{}
	for i := range items {
		out[schema.NameOf(table, &items[i]).Path()] = &items[i]
	}
	return out
}

// same reports whether two values of the model say the same.
func same[T any](a, b *T) bool {
	if t, ok := any(a).(*schema.Table); ok {
		return sameTable(t, any(b).(*schema.Table))
	}
	return reflect.DeepEqual(a, b)
}

// ordered returns all names once: upstream's in their order, each of local's
// others behind the one that it follows there and what upstream put there, and
// base's others at the end.
func ordered(upstream, local, base []string) []string {
	at := map[string]int{}
	for i, name := range upstream {
		at[name] = i
	}
	known := map[string]bool{}
	for _, name := range base {
		known[name] = true
	}
	// behind[i] are local's names that follow upstream's i-th; -1 the front.
	behind := map[int][]string{}
	last := -1
	for _, name := range local {
		if i, ok := at[name]; ok {
			last = i
			continue
		}
		place := last
		for place+1 < len(upstream) && !known[upstream[place+1]] {
			place++ // what upstream added at the same place comes first
		}
		behind[place] = append(behind[place], name)
	}
	out := append([]string{}, behind[-1]...)
	for i, name := range upstream {
		out = append(append(out, name), behind[i]...)
	}
	seen := map[string]bool{}
	for _, name := range out {
		seen[name] = true
	}
	for _, name := range base {
		if !seen[name] {
			out = append(out, name)
		}
	}
	return out
}
