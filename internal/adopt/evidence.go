package adopt

import (
	"github.com/skein-db/skein/internal/schema"
)

// Evidence is what a catalog shows of whether a migration ran, by names alone.
type Evidence struct {
	// Nothing says that the snapshots before and after it are the same, so that
	// no catalog can tell.
	Nothing bool
	Lacks   []string // what it creates and the database does not have
	Has     []string // what it creates and the database has
	Kept    []string // what it drops and the database still has
}

// EvidenceOf compares what is in a database with what a migration creates and
// drops, by the snapshots before and after it.
func EvidenceOf(before, after, live *schema.Schema) Evidence {
	b, a, l := namesOf(before), namesOf(after), namesOf(live)
	created, dropped := names{}, names{}
	for name := range a {
		if !b[name] {
			created[name] = true
		}
	}
	for name := range b {
		if !a[name] && !b.partOf(name, a) {
			dropped[name] = true
		}
	}
	e := Evidence{Nothing: schema.Equal(before, after)}
	e.Lacks = created.without(l)
	for _, name := range created.without(b) {
		if l[name] {
			e.Has = append(e.Has, name)
		}
	}
	for _, name := range dropped.without(a) {
		if l[name] {
			e.Kept = append(e.Kept, name)
		}
	}
	return e
}
