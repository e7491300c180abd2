package cli

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/skein-db/skein/internal/config"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/githooks"
	"github.com/skein-db/skein/internal/gitrepo"
	"github.com/skein-db/skein/internal/resolve"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/settle"
)

// asText tells git's configuration that the file is to be merged as text.
const asText = exitCode(exitUsage)

// gitDriver is the merge driver: args are the files with the base, ours and
// theirs, the length of conflict markers, and the path in the work tree, of which
// the working directory is the top. The outcome goes into ours. The exit code is
// 0 where it is right, 1 where it has a conflict, and another one for git to
// merge it as text.
func (a *app) gitDriver(ctx context.Context, args []string) error {
	repo, err := gitHere(ctx, ".")
	if err != nil {
		return err
	}
	state, err := githooks.Look(ctx, repo)
	if err != nil {
		return err
	}
	path := args[4]
	project := projectOf(state.Projects, path)
	if project == nil || !state.Works() { // nobody would finish it
		return asText
	}
	r, err := a.gitRequest(ctx, repo, project, false)
	if err != nil {
		return err
	}
	d := settle.Driven{Path: path, Environ: a.environ}
	for i, to := range []*[]byte{&d.Base, &d.Ours, &d.Theirs} {
		if *to, err = os.ReadFile(args[i]); err != nil {
			return &diag.Error{Kind: diag.Usage, File: args[i], Message: "cannot be read: " + err.Error(), Err: err, Hint: "this is a file that git makes for a merge driver"}
		}
	}
	answer, err := settle.Drive(ctx, r, d)
	if err != nil {
		return err
	}
	switch {
	case !answer.Told:
		return asText
	case answer.Fine:
		if err := os.WriteFile(args[1], answer.Merged, 0o666); err != nil {
			return &diag.Error{Kind: diag.Usage, File: args[1], Message: "cannot be written: " + err.Error(), Err: err, Hint: "check how much space there is"}
		}
		return nil
	}
	if answer.Case != nil {
		if err := a.tellStop(ctx, answer); err != nil {
			return err
		}
	}
	return conflict(ctx, args, d.Ours)
}

// conflict leaves git's ordinary conflict in ours. Where both sides fit as text,
// they are put against each other as if they had nothing in common: they do not
// go together, and nobody should think so.
func conflict(ctx context.Context, args []string, ours []byte) error {
	merge := func() error {
		return exec.CommandContext(ctx, "git", "merge-file", "-q", "--marker-size="+args[3], "-L", "ours", "-L", "base", "-L", "theirs", args[1], args[0], args[2]).Run()
	}
	if merge() != nil { // the exit code counts conflicts
		return exitCode(exitRefused)
	}
	for _, file := range []struct {
		name string
		data []byte
	}{{args[0], nil}, {args[1], ours}} {
		if err := os.WriteFile(file.name, file.data, 0o666); err != nil {
			return &diag.Error{Kind: diag.Usage, File: file.name, Message: "cannot be written: " + err.Error(), Err: err, Hint: "check how much space there is"}
		}
	}
	_ = merge()
	return exitCode(exitRefused)
}

// tellStop says why git stops, and what to run.
func (a *app) tellStop(ctx context.Context, answer *settle.Answer) error {
	var problems []problemObject
	for i := range answer.Case.Plan.Problems {
		o, err := newProblem(ctx, answer.Case, &answer.Case.Plan.Problems[i])
		if err != nil {
			return err
		}
		problems = append(problems, o)
	}
	text := problemsText(problems, a.errPaint())
	for _, f := range answer.Findings {
		text += f.Message + "\n"
	}
	for _, tag := range answer.Case.Plan.Untold() {
		text += tag + " came without a snapshot, and only the schema files can say what it has to be\n"
	}
	a.note("skein: the migrations need you\n%snext: skein resolve\n", text)
	return nil
}

func projectOf(projects []githooks.Project, path string) *githooks.Project {
	for i := range projects {
		p := &projects[i]
		if p.Folder == "." || strings.HasPrefix(path, p.Folder+"/") {
			return p
		}
	}
	return nil
}

// gitRequest is a request for a project of a repository. Schema files are left
// out unless they are wanted; then the working directory changes to the
// project's.
func (a *app) gitRequest(ctx context.Context, repo *gitrepo.Repo, p *githooks.Project, wanted bool) (settle.Request, error) {
	dir := filepath.Join(repo.Top, filepath.FromSlash(p.Dir))
	team, err := config.Load(filepath.Join(dir, filepath.Dir(filepath.FromSlash(p.Config))))
	if err != nil {
		return settle.Request{}, err
	}
	r := settle.Request{
		Dir: filepath.Join(repo.Top, filepath.FromSlash(p.Folder)), Team: team,
		Wish: resolve.Wish{UpstreamRef: team.Upstream}, Run: a.runCommand,
	}
	var take takeFlags
	if err := take.recall(ctx, r.Dir); err != nil {
		return r, err
	}
	r.Take = take.decide
	if !wanted || p.Config == "" {
		return r, nil
	}
	if err := os.Chdir(dir); err != nil {
		return r, &diag.Error{Kind: diag.Usage, File: dir, Message: err.Error(), Err: err, Hint: "skein git install sets the project up anew"}
	}
	loaded, err := a.loadConfig(ctx, p.Config)
	if err != nil {
		a.warn("the schema files are not looked at, because the config cannot be read: %v", err)
		return r, nil
	}
	if len(loaded.Schema) > 0 {
		r.Schema = func(ctx context.Context) (*schema.Schema, error) {
			files, err := a.loadSchema(ctx, loaded, false)
			if err != nil {
				return nil, err
			}
			return files.Schema, nil
		}
	}
	return r, nil
}

// gitHook is what the hooks run when the driver has left a note. Of some hooks
// git heeds the exit code.
func (a *app) gitHook(ctx context.Context, name string, args []string) error {
	repo, err := gitHere(ctx, ".")
	if err != nil {
		return err
	}
	folders, err := settle.Halves(ctx, repo)
	if err != nil {
		return err
	}
	projects, err := githooks.Projects(ctx, repo)
	if err != nil {
		return err
	}
	for _, folder := range folders {
		p := projectOf(projects, folder+"/")
		if p == nil {
			continue
		}
		r, err := a.gitRequest(ctx, repo, p, strings.Contains(name, "merge") || name == "pre-commit")
		if err == nil {
			err = a.finish(ctx, repo, r, name, args)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// finish does what a hook has to do for one folder.
func (a *app) finish(ctx context.Context, repo *gitrepo.Repo, r settle.Request, name string, args []string) error {
	if name == "pre-commit" {
		if file := lastValue(a.environ, "GIT_INDEX_FILE"); file != "" {
			r.Index = file
			if !filepath.IsAbs(file) {
				r.Index = filepath.Join(repo.Top, file)
			}
		}
		op, err := repo.Operation(ctx)
		if err != nil || op == nil || op.Doing != gitrepo.Merging {
			return err
		}
	}
	var f *settle.Finished
	var err error
	switch name {
	case "pre-merge-commit", "pre-commit":
		f, err = settle.FinishMerge(ctx, r)
	case "post-merge":
		if len(args) > 0 && args[0] == "1" { // --squash: nothing is committed
			if f, err = settle.FinishMerge(ctx, r); err == nil {
				err = settle.Forget(ctx, r)
			}
			break
		}
		f, err = settle.FinishMerged(ctx, r)
	case "post-commit":
		if err = settle.FinishMergeCommit(ctx, r); err != nil {
			break
		}
		var rebasing string
		if rebasing, err = repo.RebaseOnto(ctx); err == nil && rebasing == "" {
			f, err = settle.FinishPick(ctx, r)
		}
	case "post-rewrite":
		if len(args) > 0 && args[0] == "rebase" {
			f, err = settle.FinishRebase(ctx, r)
		}
	}
	if err != nil || f == nil {
		return err
	}
	return a.tellFinished(ctx, f, name)
}

// tellFinished says what became of the migrations. The error stops a merge
// before it is committed, as skein resolve --continue would have.
func (a *app) tellFinished(ctx context.Context, f *settle.Finished, name string) error {
	p := a.errPaint()
	for _, m := range f.Moves {
		switch {
		case m.Fate == resolve.Gone:
			a.note("skein: %s goes: upstream does all of it\n", m.From.Tag)
		case m.From.Tag != m.To.Tag && m.Fate != resolve.Same:
			a.note("skein: %s → %s\n", m.From.Tag, p.bold(m.To.Tag))
		}
	}
	if f.Case == nil {
		return nil
	}
	step, err := newResolveStep(ctx, f.Case)
	if err != nil {
		return err
	}
	if f.Outcome != nil {
		step.carriedOut(f.Outcome)
	}
	if len(step.Problems) > 0 {
		a.note("%s", problemsText(step.Problems, p))
	} else if !step.needsPerson() {
		return nil
	}
	a.note("%s%s", schemaText(step, p), untoldText(step, p))
	if name == "pre-merge-commit" || len(step.Problems) > 0 {
		return exitCode(exitRefused)
	}
	return nil
}
