package settle

import (
	"context"

	"github.com/skein-db/skein/internal/gitrepo"
	"github.com/skein-db/skein/internal/merge"
	"github.com/skein-db/skein/internal/resolve"
)

// Party is one side of a problem: which migration, and who made it.
type Party struct {
	Side      merge.Side
	Migration string          // its tag on that side; "" where it is not known
	Commit    *gitrepo.Commit // nil where git does not know
}

// Parties returns upstream's side of a problem and the local one. It runs git.
func (c *Case) Parties(ctx context.Context, p *resolve.Problem) (out [2]Party, err error) {
	out = [2]Party{{Side: merge.Upstream, Migration: p.Theirs(c.states.Lines)}, {Side: merge.Local, Migration: p.Migration}}
	for i, revision := range []string{c.Place.Upstream, c.Place.Local} {
		if out[i].Migration == "" {
			continue
		}
		if out[i].Commit, err = c.Repo.LastTouching(ctx, revision, c.full(out[i].Migration+".sql")); err != nil {
			return out, err
		}
	}
	return out, nil
}
