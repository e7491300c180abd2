package settle

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/replay"
	"github.com/skein-db/skein/internal/resolve"
	"github.com/skein-db/skein/internal/undo"
)

// step is told before each step; tests stop the process there.
var step = func(name string) {}

// Outcome is what Apply did.
type Outcome struct {
	Files  []string // written or removed, as gitrepo names them
	Staged []string // recorded in the index; Files among them
	// Proof is what running the migrations came to; nil where it was left out.
	Proof *replay.Outcome
	// Failed are commands that make files and ended with an error. All else is
	// done.
	Failed []Failed
}

// Failed is a command that did not succeed.
type Failed struct {
	Command string
	Dir     string // where it was run
	Err     error
}

// Apply carries the plan out. With an error the work tree and the index are as
// before, unless the error says otherwise. Plans with problems are refused.
func (c *Case) Apply(ctx context.Context) (*Outcome, error) {
	if len(c.Plan.Problems) > 0 {
		return nil, &diag.Error{Kind: diag.Bug, Message: "a plan with open problems was to be carried out"}
	}
	store, err := undo.Open(ctx, c.Repo, command)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	if c.Recovered, err = c.recover(ctx, store); err != nil {
		return nil, err
	}
	if c.Recovered { // the conflicts are what they were
		if err := c.sort(ctx); err != nil {
			return nil, err
		}
	}
	out, err := c.apply(ctx, store)
	if err == nil {
		return out, nil
	}
	// What was begun is taken back also when the user pressed Ctrl-C.
	if held, done := store.Holds(c.operation); held && !done {
		if back := putBack(context.WithoutCancel(ctx), store, c.request.Dir); back != nil {
			return nil, &diag.Error{
				Kind: diag.Usage, File: c.request.Dir, Err: errors.Join(err, back),
				Message: "the migrations could not be resolved, and what was begun could not be taken back",
				Detail:  err.Error() + "\n" + back.Error(), Hint: "mend what the errors say, then run skein resolve --abort",
			}
		}
	}
	return nil, err
}

// recover takes back what an earlier run of the same operation was killed at.
func (c *Case) recover(ctx context.Context, store *undo.Store) (bool, error) {
	held, done := store.Holds(c.operation)
	if !held || done {
		return false, nil
	}
	return true, putBack(ctx, store, c.request.Dir)
}

// putBack makes the folder and the index what they were.
func putBack(ctx context.Context, store *undo.Store, dir string) error {
	step("put back")
	// A write of the folder that was cut short is completed first: its leftovers
	// would be taken for the folder's.
	if _, err := history.Open(dir); err != nil {
		if h, again := history.Survey(dir); again != nil || h.Interrupted != "" {
			return err
		}
	}
	if err := store.PutBack(ctx); err != nil {
		return err
	}
	h, err := history.Survey(dir)
	if err != nil {
		return err
	}
	return h.Replace("", nil)
}

func (c *Case) apply(ctx context.Context, store *undo.Store) (*Outcome, error) {
	var changes []resolve.Change
	var paths []string
	if !c.Settled {
		var err error
		if changes, paths, err = c.Plan.Changes(ctx, c.Repo, c.states, c.request.Dir); err != nil {
			return nil, err
		}
	}
	var keep []undo.Change
	out := &Outcome{}
	for _, change := range changes {
		keep = append(keep, undo.Change{Path: c.full(change.Path), Data: change.Data})
		out.Files = append(out.Files, c.full(change.Path))
	}
	for _, path := range paths {
		out.Staged = append(out.Staged, c.full(path))
	}
	step("keep")
	if err := store.Keep(ctx, c.operation, append(keep, c.artefactChanges()...), out.Staged, nil); err != nil {
		return nil, err
	}
	if c.half != "" {
		if err := c.Repo.PointHead(ctx, c.half, c.Place.Upstream, joinedWhy); err != nil {
			return nil, err
		}
	}
	step("write")
	if err := c.write(changes); err != nil {
		return nil, err
	}
	step("stage")
	if err := c.Repo.Stage(ctx, out.Staged...); err != nil {
		return nil, err
	}
	step("prove")
	if !c.Settled {
		if err := c.prove(ctx, out); err != nil {
			return nil, err
		}
	}
	step("generate")
	if err := c.remake(ctx, store, out); err != nil {
		return nil, err
	}
	step("done")
	if err := store.Done(); err != nil {
		return nil, err
	}
	return out, nil
}

// write makes the folder what the plan says.
func (c *Case) write(changes []resolve.Change) error {
	if len(changes) == 0 {
		return nil
	}
	dir := c.request.Dir
	if err := os.MkdirAll(filepath.Join(dir, "meta"), 0o777); err != nil {
		return &diag.Error{Kind: diag.Usage, File: dir, Message: "the folder cannot be made: " + err.Error(), Err: err, Hint: "check who may write there"}
	}
	h, err := history.Survey(dir)
	if err != nil {
		return err
	}
	var journal []byte
	var files []history.Change
	for _, change := range changes {
		if change.Path == resolve.JournalPath {
			journal = change.Data
			continue
		}
		files = append(files, history.Change{Path: change.Path, Was: change.Was, Is: change.Data})
	}
	return h.Replace("the resolved history", journal, files...)
}

// prove holds the outcome against the rules, and against PostgreSQL.
func (c *Case) prove(ctx context.Context, out *Outcome) error {
	var err error
	if c.request.Prove != nil {
		if out.Proof, err = c.request.Prove(ctx, c.request.Dir); err != nil {
			return err
		}
	}
	found, err := c.newFindings(ctx, out.Proof)
	if err != nil || len(found) == 0 {
		return err
	}
	hint := "change the local migration on its branch, or write by hand what should come out"
	if untold := c.Plan.Untold(); len(untold) > 0 {
		hint = "finish the schema files first: " + untold[0] + " came without a snapshot, and they say what it has to be"
	}
	return &diag.Error{
		Kind: diag.Refused, File: c.request.Dir,
		Message: "the history that comes out is not sound, so everything was put back",
		Detail:  told(found),
		Hint:    hint,
	}
}

func told(found []finding.Finding) string {
	text := ""
	for i, f := range found {
		if i == 10 {
			text += fmt.Sprintf("and %d more\n", len(found)-i)
			break
		}
		text += fmt.Sprintf("%s [%s]\n", f.Message, f.Code)
		for _, more := range []string{f.Source, f.Detail} {
			if more != "" {
				text += "  " + strings.ReplaceAll(strings.TrimRight(more, "\n"), "\n", "\n  ") + "\n"
			}
		}
	}
	return text
}

// Abort takes back what Apply did, or began to do, in the work tree of a
// migrations folder. done is false where there was nothing to take back.
func Abort(ctx context.Context, dir string) (done bool, err error) {
	repo, folder, err := open(ctx, dir)
	if err != nil {
		return false, err
	}
	op, _, err := operation(ctx, Request{Dir: dir}, repo, folder)
	if err != nil {
		return false, err
	}
	operation, err := operationOf(ctx, repo, op)
	if err != nil {
		return false, err
	}
	store, err := undo.Open(ctx, repo, command)
	if err != nil {
		return false, err
	}
	defer store.Close()
	held, _ := store.Holds(operation)
	if !held && op == nil { // git forgets a stash that it popped with the last of its conflicts
		if operation, err = unstashed(ctx, repo); err != nil {
			return false, err
		}
		held, _ = store.Holds(operation)
	}
	if !held {
		return false, nil
	}
	return true, putBack(ctx, store, dir)
}
