package schematest

import (
	"reflect"
	"strings"

	"github.com/skein-db/skein/internal/schema"
)

// Shrink returns a small pair that fails as p does. fails is called with
// candidates, at most tries times; candidates need not be valid schemas, so it
// has to tell the failure in question from any other.
func Shrink(p *Pair, tries int, fails func(*Pair) bool) *Pair {
	for next, last := 0, 0; tries > 0; {
		candidate, ok := smaller(p, next)
		switch {
		case !ok && last == 0:
			return p
		case !ok: // once more from the start: what went may have held the rest
			next, last = 0, 0
			continue
		}
		tries--
		if fails(candidate) {
			p, last = candidate, last+1
		} else {
			next++
		}
	}
	return p
}

// smaller returns p with its n-th simplification, large ones first. ok is
// false where there are not so many.
func smaller(p *Pair, n int) (candidate *Pair, ok bool) {
	s := &shrinker{pair: p.Clone(), skip: n}
	s.tables()
	s.columns()
	s.parts(reflect.ValueOf(s.pair.From).Elem(), reflect.ValueOf(s.pair.To).Elem())
	return s.pair, s.done
}

// shrinker walks over all simplifications and makes one.
type shrinker struct {
	pair *Pair
	skip int
	done bool
}

// try makes the simplification if its turn has come. After that the walk is
// to end, for what it walks over has changed.
func (s *shrinker) try(simplify func()) bool {
	switch {
	case s.done:
	case s.skip == 0:
		simplify()
		s.done = true
	default:
		s.skip--
	}
	return s.done
}

// tables drops tables with all that mentions them, on both sides.
func (s *shrinker) tables() {
	p := s.pair
	for _, t := range append(p.To.Clone().Tables, p.From.Clone().Tables...) {
		if s.try(func() { dropTable(p.To, t.Name); dropTable(p.From, p.Origin(t.Name)); dropTable(p.From, t.Name) }) {
			return
		}
	}
}

// columns drops columns in the same way.
func (s *shrinker) columns() {
	p := s.pair
	drop := func(in *schema.Schema, column string) {
		for i := range in.Tables {
			if t := &in.Tables[i]; t.Column(column) != nil {
				dropColumn(in, t, column)
			}
		}
	}
	for _, t := range append(p.To.Clone().Tables, p.From.Clone().Tables...) {
		for _, c := range t.Columns {
			if s.try(func() { drop(p.To, c.Name); drop(p.From, p.Origin(c.Name)); drop(p.From, c.Name) }) {
				return
			}
		}
	}
}

// parts simplifies two structs of one type: what differs is made equal, what
// can be left out is left out.
func (s *shrinker) parts(from, to reflect.Value) {
	for i := range from.NumField() {
		f, t := from.Field(i), to.Field(i)
		if f.Kind() == reflect.Slice {
			s.list(f, t)
		} else if !reflect.DeepEqual(f.Interface(), t.Interface()) {
			s.try(func() { t.Set(f) })
		}
		if s.done {
			return
		}
		switch from.Type().Field(i).Name {
		case "NotNull": // a serial column that may be null is none that drizzle can say
			if typ := from.FieldByName("Type").String() + to.FieldByName("Type").String(); !strings.Contains(typ, "serial") && s.try(func() { f.SetZero(); t.SetZero() }) {
				return
			}
		case "Name", "Schema", "Type", "TypeSchema", "Method", "Expression", "Definition":
		default:
			if (!f.IsZero() || !t.IsZero()) && s.try(func() { f.SetZero(); t.SetZero() }) {
				return
			}
		}
	}
}

// list simplifies two lists: elements go on both sides, or on one, or become
// equal, or are simplified themselves.
func (s *shrinker) list(from, to reflect.Value) {
	if to.Type().Elem().Kind() == reflect.String && to.Len() == 1 { // an enum's last value, a key's last column
		return
	}
	for i := range to.Len() {
		t := to.Index(i)
		j := find(from, s.pair.Origin(key(t)))
		if s.try(func() { cut(to, i); cut(from, j) }) {
			return
		}
		if j < 0 {
			continue
		}
		f := from.Index(j)
		if !reflect.DeepEqual(f.Interface(), t.Interface()) && (s.try(func() { t.Set(f) }) || s.try(func() { f.Set(t) })) {
			return
		}
		if s.try(func() { cut(to, i) }) || s.try(func() { cut(from, j) }) {
			return
		}
		if t.Kind() == reflect.Struct {
			if s.parts(f, t); s.done {
				return
			}
		}
	}
	for j := range from.Len() {
		if s.try(func() { cut(from, j) }) {
			return
		}
	}
}

// key is what tells elements of a list apart.
func key(v reflect.Value) string {
	if v.Kind() != reflect.Struct {
		return v.String()
	}
	if name := v.FieldByName("Name"); name.IsValid() {
		return name.String()
	}
	return v.FieldByName("Expression").String()
}

// find returns the place of the element with the key, or -1.
func find(list reflect.Value, name string) int {
	for i := range list.Len() {
		if key(list.Index(i)) == name {
			return i
		}
	}
	return -1
}

// cut takes an element out of a list; none at -1.
func cut(list reflect.Value, i int) {
	if i >= 0 {
		list.Set(reflect.AppendSlice(list.Slice3(0, i, i), list.Slice(i+1, list.Len())))
	}
}
