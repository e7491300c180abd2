package catalog

import (
	"sort"
	"strings"

	"github.com/skein-db/skein/internal/schema"
)

func (a *assembly) readViews() {
	for _, r := range a.answers.rows[askViews] {
		v := &schema.View{Schema: r.text(1), Name: r.text(2), Materialized: r.yes(3), Tablespace: r.text(6)}
		if !a.wanted(v.Ref()) {
			continue
		}
		definition := strings.TrimSuffix(strings.TrimSpace(r.text(4)), ";")
		v.Definition = &definition
		v.With = a.viewOptions(r)
		if using := r.text(7); using != "heap" {
			v.Using = using
		}
		if !r.yes(8) {
			withNoData := true
			v.WithNoData = &withNoData
		}
		a.views[r.oid(0)] = v
	}
}

// viewOptionNames are drizzle's names in the order in which its files list
// them: a view's, then a materialized view's.
var viewOptionNames = []string{
	"checkOption", "securityBarrier", "securityInvoker",
	"fillfactor", "toastTupleTarget", "parallelWorkers", "autovacuumEnabled", "vacuumIndexCleanup",
	"vacuumTruncate", "autovacuumVacuumThreshold", "autovacuumVacuumScaleFactor", "autovacuumVacuumCostDelay",
	"autovacuumVacuumCostLimit", "autovacuumFreezeMinAge", "autovacuumFreezeMaxAge", "autovacuumFreezeTableAge",
	"autovacuumMultixactFreezeMinAge", "autovacuumMultixactFreezeMaxAge", "autovacuumMultixactFreezeTableAge",
	"logAutovacuumMinDuration", "userCatalogTable",
}

// viewOptions reads a view's options in drizzle's order; options that drizzle
// does not know come last.
func (a *assembly) viewOptions(r row) []schema.Option {
	options := a.parameters(r, 5, camel)
	place := func(name string) int {
		for i, n := range viewOptionNames {
			if n == name {
				return i
			}
		}
		return len(viewOptionNames)
	}
	sort.SliceStable(options, func(i, j int) bool { return place(options[i].Name) < place(options[j].Name) })
	return options
}

// camel turns check_option into checkOption.
func camel(name string) string {
	words := strings.Split(name, "_")
	for i, w := range words[1:] {
		if w != "" {
			words[i+1] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	return strings.Join(words, "")
}

// addViews puts the views into the schema, each after the views it selects
// from, so that creating them in this order works. Among those that are free
// to go anywhere, schema and name decide.
func (a *assembly) addViews() {
	uses := map[oid][]oid{}
	for _, r := range a.answers.rows[askViewUses] {
		uses[r.oid(0)] = append(uses[r.oid(0)], r.oid(1))
	}
	byName := func(ids []oid) {
		sort.Slice(ids, func(i, j int) bool { return less(a.views[ids[i]].Ref(), a.views[ids[j]].Ref()) })
	}
	var ids []oid
	for id := range a.views {
		ids = append(ids, id)
	}
	byName(ids)
	placed := map[oid]bool{}
	var place func(id oid)
	place = func(id oid) {
		if placed[id] {
			return
		}
		placed[id] = true
		var before []oid
		for _, u := range uses[id] {
			if a.views[u] != nil {
				before = append(before, u)
			}
		}
		byName(before)
		for _, u := range before {
			place(u)
		}
		a.result.Schema.Views = append(a.result.Schema.Views, *a.views[id])
	}
	for _, id := range ids {
		place(id)
	}
}
