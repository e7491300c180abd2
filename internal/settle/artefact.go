package settle

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/config"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/undo"
)

// artefact is an element of generated: in skein.yaml with the files that it
// stands for.
type artefact struct {
	config.Generated
	dir      string   // of skein.yaml, where the command is run
	patterns []string // from the top of the work tree
	files    []string // as gitrepo names them
}

// globbed are the characters that mean something in a pattern.
var globbed = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`)

func (c *Case) findArtefacts(ctx context.Context) ([]artefact, error) {
	team := c.request.Team
	if len(team.Generated) == 0 {
		return nil, nil
	}
	dir := filepath.Dir(team.File)
	home, ok := c.Repo.Path(dir)
	if !ok {
		return nil, &diag.Error{Kind: diag.Usage, File: team.File, Message: "the file is outside of the repository", Hint: "put it beside drizzle.config.ts"}
	}
	var out []artefact
	for _, g := range team.Generated {
		a := artefact{Generated: g, dir: dir}
		for _, pattern := range g.Paths {
			if home != "." {
				pattern = globbed.Replace(home) + "/" + pattern
			}
			a.patterns = append(a.patterns, pattern)
		}
		var err error
		if a.files, err = c.Repo.Matching(ctx, a.patterns...); err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// due are the artefacts that have conflicts.
func (c *Case) due() []artefact {
	var out []artefact
	for _, a := range c.artefacts {
		if slices.ContainsFunc(a.files, func(path string) bool { return slices.Contains(c.Generated, path) }) {
			out = append(out, a)
		}
	}
	return out
}

// artefactChanges are the files that the commands may write.
func (c *Case) artefactChanges() []undo.Change {
	var out []undo.Change
	for _, a := range c.due() {
		for _, path := range a.files {
			out = append(out, undo.Change{Path: path, Any: true})
		}
	}
	return out
}

// remake takes the conflicted artefacts from upstream, so that the tree parses,
// runs their commands, and stages what came out. What a command fails to make
// stays in conflict for git.
func (c *Case) remake(ctx context.Context, store *undo.Store, out *Outcome) error {
	due := c.due()
	if len(due) == 0 {
		return nil
	}
	if err := c.Repo.TakeFrom(ctx, c.Place.Upstream, c.Generated...); err != nil {
		return err
	}
	for _, a := range due {
		err := c.request.Run(ctx, a.dir, a.Run)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			out.Failed = append(out.Failed, Failed{Command: a.Run, Dir: a.dir, Err: err})
			continue
		}
		files, err := c.Repo.Matching(ctx, a.patterns...)
		if err != nil {
			return err
		}
		var fresh []undo.Change
		for _, path := range files {
			if !slices.Contains(a.files, path) {
				fresh = append(fresh, undo.Change{Path: path, Any: true})
			}
		}
		if err := store.KeepNew(fresh); err != nil {
			return err
		}
		files = append(files, a.files...) // those that the command removed
		if err := c.Repo.Stage(ctx, files...); err != nil {
			return err
		}
		out.Staged = append(out.Staged, files...)
	}
	slices.Sort(out.Staged)
	out.Staged = slices.Compact(out.Staged)
	return nil
}
