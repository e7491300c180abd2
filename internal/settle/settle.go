// Package settle carries out in a work tree what package resolve plans: two
// lines of migrations become one, the files and git's index with them.
//
// A Case is what was found and planned; finding and planning write nothing.
// Apply writes, holds the outcome against the rules of package check and against
// PostgreSQL, and puts everything back where either says no. Abort puts it back
// when a person says so. Killed at any point, the next Apply or Abort does what
// is due.
package settle

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/skein-db/skein/internal/config"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/gitrepo"
	"github.com/skein-db/skein/internal/merge"
	"github.com/skein-db/skein/internal/replay"
	"github.com/skein-db/skein/internal/resolve"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/undo"
)

// command is the name of the undo store.
const command = "resolve"

// Request is what is wanted.
type Request struct {
	Dir string // the migrations folder
	// Index is the index file; "" for the work tree's own.
	Index string
	Wish  resolve.Wish
	Team  *config.Config
	// FactsDir is where is kept what is known of files that do not change, "" for
	// nowhere.
	FactsDir string
	// Take settles disagreements; nil leaves them open.
	Take merge.Take
	// Schema reads the schema files; nil where none are known.
	Schema func(context.Context) (*schema.Schema, error)
	// Prove runs a folder's migrations on a throwaway PostgreSQL; nil leaves that
	// out.
	Prove func(ctx context.Context, dir string) (*replay.Outcome, error)
	// Run runs a command line in a folder; what it prints is for the user.
	Run func(ctx context.Context, dir, commandLine string) error
}

// Case is a repository in need of a resolution, and the plan for it.
type Case struct {
	Repo  *gitrepo.Repo
	Place *resolve.Place
	Plan  *resolve.Plan
	// Settled says that there is nothing to do: the folder is one sound history.
	Settled bool
	// Recovered says that an earlier run had been killed, and that its changes
	// were taken back first.
	Recovered bool
	// Broken is what is wrong with the folder where git joins nothing and yet there
	// is something to do.
	Broken []finding.Finding
	// Schema says how the schema files stand to what the plan leads to.
	Schema SchemaState
	// Differs is what generate would still write, where Schema is Different.
	Differs *diff.Result
	// SchemaErr is why the schema files could not be read.
	SchemaErr error
	// Unmerged are the conflicts that are for a person, as gitrepo names them.
	Unmerged []string
	// Generated are the conflicts in files that a command makes.
	Generated []string

	request   Request
	folder    string // of the migrations, as gitrepo names it
	operation string // see operationOf
	half      string // what HEAD is where Place.Upstream is that, made whole
	states    *resolve.States
	unmerged  []string
	artefacts []artefact
}

// SchemaState is how the schema files stand to the plan.
type SchemaState string

// The states.
const (
	Unknown    SchemaState = "unknown"    // no schema files are known, or they are not meant to agree yet
	Same       SchemaState = "same"       // they say what the last snapshot says
	Different  SchemaState = "different"  // generate would write something
	Unfinished SchemaState = "unfinished" // conflicts in them keep them from being read
	Unreadable SchemaState = "unreadable" // they cannot be read, and there are no conflicts
)

// Find finds out where the repository stands and what is to be done. It runs
// git, reads the schema files and writes nothing.
func Find(ctx context.Context, r Request) (*Case, error) {
	c := newCase(r)
	var err error
	if c.Repo, c.folder, err = open(ctx, r.Dir); err != nil {
		return nil, err
	}
	c.Repo.Index = r.Index
	op, half, err := operation(ctx, c.request, c.Repo, c.folder)
	if err != nil {
		return nil, err
	}
	return c, c.find(ctx, op, half)
}

func newCase(r Request) *Case {
	if r.Team == nil {
		r.Team = &config.Config{}
	}
	return &Case{request: r, Schema: Unknown}
}

// find makes the case of what git does; op is nil for nothing.
func (c *Case) find(ctx context.Context, op *gitrepo.Operation, half string) error {
	left, err := c.Repo.LeftOut(ctx, c.folder)
	if err != nil {
		return err
	}
	if left {
		return &diag.Error{
			Kind: diag.Usage, File: c.request.Dir, Message: "this sparse checkout leaves migrations out, so they cannot be resolved here",
			Hint: "git sparse-checkout add " + diag.ShellQuote(c.folder) + ", then run this again; git sparse-checkout reapply leaves it out again later",
		}
	}
	if c.request.Wish.UpstreamRef, err = upstreamRef(ctx, c.Repo, c.request.Wish.UpstreamRef); err != nil {
		return err
	}
	if c.operation, err = operationOf(ctx, c.Repo, op); err != nil {
		return err
	}
	if c.half = half; op != nil && c.request.Wish.Onto == "" {
		c.Place, err = resolve.At(ctx, c.Repo, op, c.request.Wish)
	} else {
		c.Place, err = resolve.Where(ctx, c.Repo, c.request.Wish)
	}
	if errors.Is(err, resolve.ErrNothing) {
		return c.findAhead(ctx, err)
	}
	if err != nil {
		return err
	}
	if err := c.sort(ctx); err != nil {
		return err
	}
	if c.states, err = c.Place.Read(ctx, c.Repo, c.folder); err != nil {
		return err
	}
	c.Plan = &resolve.Plan{}
	if c.Settled, err = c.isSettled(ctx); err != nil || c.Settled {
		return err
	}
	return c.plan(ctx)
}

// upstreamRef is the branch that work is merged into: the one that the team
// named, or the remote's, or where there is no remote main or master.
func upstreamRef(ctx context.Context, repo *gitrepo.Repo, named string) (string, error) {
	if named != "" {
		return named, nil
	}
	ref, err := repo.Upstream(ctx)
	for _, local := range []string{"main", "master"} {
		if ref != "" || err != nil {
			break
		}
		var ok bool
		if _, ok, err = repo.Resolve(ctx, "refs/heads/"+local); ok {
			ref = local
		}
	}
	return ref, err
}

// open finds the repository of a migrations folder.
func open(ctx context.Context, dir string) (repo *gitrepo.Repo, folder string, err error) {
	if repo, err = gitrepo.Find(ctx, dir); err != nil {
		return nil, "", err
	}
	if repo == nil {
		why := "the migrations folder is in no git repository"
		if !gitrepo.Installed() {
			why = "there is no git program"
		}
		return nil, "", &diag.Error{Kind: diag.Usage, File: dir, Message: why, Hint: "resolve joins what git holds: run it where the repository is"}
	}
	folder, ok := repo.Path(dir)
	if !ok {
		return nil, "", &diag.Error{Kind: diag.Usage, File: dir, Message: "the migrations folder is outside of the repository", Hint: "name a folder of the repository"}
	}
	return repo, folder, nil
}

// sort tells whose the conflicts are: the folder's, a command's or a person's.
func (c *Case) sort(ctx context.Context) error {
	var err error
	if c.unmerged, err = c.Repo.Unmerged(ctx); err != nil {
		return err
	}
	c.Unmerged, c.Generated = nil, nil
	if c.artefacts, err = c.findArtefacts(ctx); err != nil {
		return err
	}
	for _, path := range c.unmerged {
		switch {
		case c.inFolder(path):
		case slices.ContainsFunc(c.artefacts, func(a artefact) bool { return slices.Contains(a.files, path) }):
			c.Generated = append(c.Generated, path)
		default:
			c.Unmerged = append(c.Unmerged, path)
		}
	}
	return nil
}

// inFolder reports whether a path is a file that makes up the history: others
// may lie in the folder too.
func (c *Case) inFolder(path string) bool {
	rest, ok := strings.CutPrefix(path, c.folder+"/")
	if c.folder == "." {
		rest, ok = path, true
	}
	return ok && (strings.HasPrefix(rest, "meta/") || strings.HasSuffix(rest, ".sql") && !strings.Contains(rest, "/"))
}

// plan makes the plan, and looks how the schema files stand to it.
func (c *Case) plan(ctx context.Context) error {
	err := c.decide(ctx)
	if err != nil || len(c.Plan.Problems) > 0 || c.request.Schema == nil || c.Place.Behind {
		return err
	}
	files, err := c.request.Schema(ctx)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil && len(c.Unmerged) > 0:
		c.Schema, c.SchemaErr = Unfinished, err
		return nil
	case err != nil:
		c.Schema, c.SchemaErr = Unreadable, err
		return nil
	}
	if c.Differs, err = c.Plan.Adopt(files); err != nil {
		return err
	}
	c.Schema = Different
	if c.Differs.Empty() {
		c.Schema = Same
	}
	return nil
}

// decide makes the plan by the commits alone.
func (c *Case) decide(ctx context.Context) (err error) {
	if c.Plan, err = c.make(ctx); err == nil && slices.ContainsFunc(c.Plan.Problems, func(p resolve.Problem) bool { return p.Landed }) {
		err = c.replan(ctx)
	}
	return err
}

func (c *Case) make(ctx context.Context) (*resolve.Plan, error) {
	return resolve.Make(ctx, resolve.Input{
		Lines: *c.states.Lines, Take: c.request.Take, Keep: c.Place.Doing == gitrepo.Reverting, NewID: uuid.NewString,
	})
}

// replan is for a commit of a rebase that changes migrations of its own branch,
// which earlier steps have renumbered: they have not landed yet, so all steps so
// far are planned anew, as one.
func (c *Case) replan(ctx context.Context) error {
	whole, ok, err := c.Place.Whole(ctx, c.Repo)
	if err != nil || !ok {
		return err
	}
	step := c.states
	states, err := whole.Read(ctx, c.Repo, c.folder)
	if err != nil || !states.Covers(step) {
		return err
	}
	c.states = states
	plan, err := c.make(ctx)
	if err != nil {
		return err
	}
	c.Plan = plan
	return nil
}

// operationOf identifies what git is in the middle of: what is kept for undoing
// belongs to it alone.
func operationOf(ctx context.Context, repo *gitrepo.Repo, op *gitrepo.Operation) (string, error) {
	if op != nil {
		return strings.Join([]string{string(op.Doing), op.Ours, op.Theirs}, " "), nil
	}
	head, _, err := repo.Resolve(ctx, "HEAD")
	return "idle " + head, err
}

// unstashed is operationOf for a stash whose conflicts are resolved.
func unstashed(ctx context.Context, repo *gitrepo.Repo) (string, error) {
	head, _, err := repo.Resolve(ctx, "HEAD")
	if err != nil {
		return "", err
	}
	stash, _, err := repo.Resolve(ctx, "refs/stash")
	if err != nil {
		return "", err
	}
	return operationOf(ctx, repo, &gitrepo.Operation{Doing: gitrepo.Unstashing, Ours: head, Theirs: stash})
}

// operation is what git is in the middle of. Where it has half joined commits
// behind it, half is what HEAD is and op.Ours what it has to be.
func operation(ctx context.Context, r Request, repo *gitrepo.Repo, folder string) (op *gitrepo.Operation, half string, err error) {
	if op, err = repo.Operation(ctx); err != nil || op == nil {
		return op, "", err
	}
	if op.Doing != gitrepo.Rebasing && op.Doing != gitrepo.Picking {
		return op, "", nil
	}
	m, err := unfinished(ctx, r, repo, folder)
	if err == nil && m == nil {
		m, err = goneOn(ctx, r, repo, folder, op)
	}
	if err != nil || m == nil {
		return op, "", err
	}
	whole, err := m.whole(ctx, op.Ours)
	if err != nil || whole == op.Ours {
		return op, "", err
	}
	half, op.Ours = op.Ours, whole
	return op, half, nil
}

// isSettled reports whether the folder is one history already, without anything
// left over from git: a person has seen to it, or there was nothing to join.
func (c *Case) isSettled(ctx context.Context) (bool, error) {
	if c.Place.Behind || c.half != "" || slices.ContainsFunc(c.unmerged, c.inFolder) {
		return false, nil
	}
	if held, err := undo.Holds(ctx, c.Repo, command, c.operation); held || err != nil {
		return false, err
	}
	found, err := c.newFindings(ctx, nil)
	return err == nil && len(found) == 0, err
}

// full is how gitrepo names a file of the migrations folder.
func (c *Case) full(path string) string { return full(c.folder, path) }

func full(folder, path string) string {
	if folder == "." {
		return path
	}
	return folder + "/" + path
}
