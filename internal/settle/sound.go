package settle

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/skein-db/skein/internal/check"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/filefacts"
	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/replay"
	"github.com/skein-db/skein/internal/resolve"
)

// examine returns what the rules have to say against a folder. proof may be nil.
func (c *Case) examine(ctx context.Context, dir string, proof *replay.Outcome) ([]finding.Finding, error) {
	in := check.Input{Dir: dir, Team: c.request.Team, Proof: proof}
	if c.request.FactsDir != "" && dir == c.request.Dir {
		in.Known = filefacts.Open(c.request.FactsDir, dir)
	}
	if c.stands() && dir == c.request.Dir {
		var err error
		if in.Base, err = check.FindBase(ctx, dir, check.BaseRequest{Revision: c.request.Wish.UpstreamRef}); err != nil {
			return nil, err
		}
	}
	report, err := check.Examine(ctx, in)
	if err != nil {
		return nil, err
	}
	if c.Place.Ahead {
		return grave(report.Findings), nil
	}
	return report.Findings, nil
}

// before are the states whose findings do not count.
func (c *Case) before() []resolve.Files {
	switch {
	case c.Place.Ahead && c.Place.Local == c.Place.Upstream:
		return nil // what is broken is upstream itself
	case c.Place.Ahead:
		return []resolve.Files{c.states.Upstream}
	}
	return []resolve.Files{c.states.Upstream, c.states.Local}
}

// newFindings returns what is wrong with the folder and was wrong on neither
// side before.
func (c *Case) newFindings(ctx context.Context, proof *replay.Outcome) ([]finding.Finding, error) {
	return c.newFindingsIn(ctx, c.request.Dir, proof)
}

// newFindingsIn is newFindings for a folder that is elsewhere.
func (c *Case) newFindingsIn(ctx context.Context, dir string, proof *replay.Outcome) ([]finding.Finding, error) {
	found, err := c.examine(ctx, dir, proof)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	known := map[string]bool{}
	// Running two more histories is worth it only where running this one said
	// something.
	still, err := c.examine(ctx, dir, nil)
	if err != nil {
		return nil, err
	}
	run := proof != nil && len(still) != len(found)
	for _, side := range c.before() {
		before, err := c.findingsOf(ctx, side, run)
		if err != nil {
			return nil, err
		}
		for _, f := range before {
			known[c.about(f)] = true
		}
	}
	var out []finding.Finding
	for _, f := range found {
		if !known[c.about(f)] {
			out = append(out, f)
		}
	}
	return out, nil
}

// about is what a finding is about, by names that outlive another number.
func (c *Case) about(f finding.Finding) string {
	base := filepath.Base(f.File)
	if f.Migration == "" {
		for _, m := range c.Plan.Moves {
			from, to := history.SnapshotName(m.From.Tag), history.SnapshotName(m.To.Tag)
			if base == from {
				return f.Code + " " + to
			}
		}
		return f.Code + " " + base
	}
	if _, name, ok := strings.Cut(f.Migration, "_"); ok {
		return f.Code + " " + name
	}
	return f.Code + " " + f.Migration
}

// findingsOf examines a state of the folder that is not in the work tree.
func (c *Case) findingsOf(ctx context.Context, state resolve.Files, run bool) (found []finding.Finding, err error) {
	err = c.laidOut(ctx, state, func(dir string) error {
		var proof *replay.Outcome
		if run {
			if proof, err = c.request.Prove(ctx, dir); err != nil {
				return err
			}
		}
		found, err = c.examine(ctx, dir, proof)
		return err
	})
	return found, err
}

// newFindingsOf is newFindings for a state that is not in the work tree.
func (c *Case) newFindingsOf(ctx context.Context, state resolve.Files) (found []finding.Finding, err error) {
	err = c.laidOut(ctx, state, func(dir string) error {
		found, err = c.newFindingsIn(ctx, dir, nil)
		return err
	})
	return found, err
}

// laidOut writes a state of the folder into a temporary one, for as long as use
// needs it.
func (c *Case) laidOut(ctx context.Context, state resolve.Files, use func(dir string) error) error {
	dir, err := os.MkdirTemp("", "skein-resolve-")
	if err != nil {
		return &diag.Error{Kind: diag.Usage, File: os.TempDir(), Message: "no folder can be made there: " + err.Error(), Err: err, Hint: "set TMPDIR to a folder with space"}
	}
	defer os.RemoveAll(dir)
	var paths, ids []string
	for path, id := range state {
		if filepath.IsLocal(path) && c.inFolder(c.full(path)) {
			paths, ids = append(paths, path), append(ids, id)
		}
	}
	contents, err := c.Repo.Blobs(ctx, ids...)
	if err != nil {
		return err
	}
	for i, path := range paths {
		name := filepath.Join(dir, filepath.FromSlash(path))
		err := os.MkdirAll(filepath.Dir(name), 0o777)
		if err == nil {
			err = os.WriteFile(name, contents[i], 0o666)
		}
		if err != nil {
			return &diag.Error{Kind: diag.Usage, File: name, Message: "cannot be written: " + err.Error(), Err: err, Hint: "set TMPDIR to a folder with space"}
		}
	}
	return use(dir)
}
