package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/pgserver"
	"github.com/skein-db/skein/internal/replay"
	"github.com/skein-db/skein/internal/resolve"
)

// proof is what PostgreSQL says of a plan.
type proof string

const (
	proved   proof = "runs, and leads to the last snapshot"
	asBefore proof = "as upstream and the branch by themselves, which have these faults already"
	brokeOff proof = "breaks off at a migration that breaks off on a side by itself"
	notRun   proof = "not run"
	worse    proof = "has a fault that neither side has"
)

// prove runs upstream's migrations and the branch's behind them, as planned, on
// a throwaway server. What is wrong with either side by itself is no fault of
// the plan.
func (w *walker) prove(ctx context.Context, f *folder, c *collided) (proof, string, error) {
	outcome, err := w.run(ctx, f, c.files[1], c.plan)
	if err != nil || !outcome.Ran {
		return notRun, reason(outcome, err), ctx.Err()
	}
	faults := faultsOf(outcome)
	if len(faults) == 0 {
		return proved, "", nil
	}
	known := map[string]bool{}
	for _, files := range []resolve.Files{c.files[1], c.files[2]} {
		before, err := w.run(ctx, f, files, nil)
		if err != nil || !before.Ran {
			continue
		}
		for _, fault := range faultsOf(before) {
			known[fault] = true
		}
	}
	var fresh []string
	for _, fault := range faults {
		if !known[fault] {
			fresh = append(fresh, fault)
		}
	}
	if len(fresh) == 0 && outcome.Failure != nil { // what comes behind is not tried
		return brokeOff, strings.Join(faults, "; "), ctx.Err()
	}
	if len(fresh) == 0 {
		return asBefore, strings.Join(faults, "; "), ctx.Err()
	}
	return worse, strings.Join(fresh, "; "), ctx.Err()
}

func reason(o *replay.Outcome, err error) string {
	if err != nil {
		return err.Error()
	}
	return o.Reason
}

// faultsOf names what is wrong, by what outlives another number.
func faultsOf(o *replay.Outcome) []string {
	if o.Failure != nil {
		_, name, _ := strings.Cut(o.Failure.Migration, "_")
		return []string{fmt.Sprintf("%s fails: %s", name, o.Failure.Message)}
	}
	var out []string
	for _, d := range o.Differences {
		out = append(out, d.Kind+" "+d.Object)
	}
	return out
}

// run proves a folder that has these files, and what a plan makes beside them.
func (w *walker) run(ctx context.Context, f *folder, files resolve.Files, plan *resolve.Plan) (*replay.Outcome, error) {
	dir, err := os.MkdirTemp("", "skein-walk-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	write := func(path string, data []byte) error {
		name := filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		return os.WriteFile(name, data, 0o644)
	}
	for path, id := range files {
		data, err := f.blob(id)
		if err != nil {
			return nil, err
		}
		if err := write(path, data); err != nil {
			return nil, err
		}
	}
	if plan != nil {
		for path, data := range plan.Files() {
			if err := write(path, data); err != nil {
				return nil, err
			}
		}
	}
	h, err := history.Survey(dir)
	if err != nil {
		return nil, err
	}
	return replay.Prove(ctx, h, nil, replay.Options{Server: pgserver.Options{Log: func(line string) { fmt.Fprintln(w.log, line) }}})
}
