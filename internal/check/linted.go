package check

import (
	"context"
	"encoding/json"

	"github.com/skein-db/skein/internal/filefacts"
	"github.com/skein-db/skein/internal/lint"
)

// lintFact is the kind of fact that the lint's findings about a release are.
const lintFact = "lint-1"

// linted is Lint, unless its outcome is known: a branch is checked many times
// between two of its migrations.
func (f *facts) linted(ctx context.Context, r Release) (lint.Result, error) {
	on := f.lintedOn(r)
	var found lint.Result
	if fact, ok := f.in.Known.Fact(lintFact, on...); ok && json.Unmarshal(fact, &found) == nil {
		return found, nil
	}
	found, err := Lint(ctx, f.history, r)
	if err == nil {
		f.in.Known.Keep(lintFact, found, on...)
	}
	return found, err
}

// lintedOn is all that the outcome depends on: what is asked for, the SQL of
// every migration, and every snapshot. One that cannot be read has no sum, and
// the lint has nothing of it.
func (f *facts) lintedOn(r Release) []filefacts.Sum {
	asked, err := json.Marshal(struct {
		Dir    string
		All    bool
		Landed map[string]bool
		Levels any
	}{f.in.Dir, r.All, r.Landed, r.Levels})
	if err != nil {
		return nil
	}
	all := append([]byte{}, asked...)
	for _, m := range f.history.Migrations {
		all = append(append(all, m.Entry.Tag...), filefacts.SumOf([]byte(m.SQL))...)
	}
	for _, s := range f.snapshots {
		all = append(append(all, s.path...), s.sum...)
	}
	return []filefacts.Sum{filefacts.SumOf(all)}
}
