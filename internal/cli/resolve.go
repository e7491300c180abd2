package cli

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/gitrepo"
	"github.com/skein-db/skein/internal/replay"
	"github.com/skein-db/skein/internal/resolve"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/settle"
)

type resolveOptions struct {
	project  projectFlags
	onto     string
	upstream string
	take     takeFlags
	dryRun   bool
	abort    bool
	goOn     bool
	replay   string
	noCache  bool
}

func newResolve(a *app) *cobra.Command {
	o := &resolveOptions{}
	cmd := &cobra.Command{
		Use:   "resolve [flags]",
		Short: "make one history of two that met in a merge or rebase",
		Long: `When two branches both added migrations, git leaves conflicts in the journal and the snapshots, or none
and a folder that does not work. In the middle of a merge, rebase, cherry-pick, revert or stash pop,
after a merge or rebase that went through, or before anything meets (--onto), this puts the local
migrations behind upstream's: renumbered, chained to upstream's last snapshot, with a newer time where
that is needed. Their SQL stays byte for byte, unless upstream changed what it starts from: then generated
statements are told anew, and those written by hand stay in their place. Upstream's migrations are
never changed.

Where both sides set one thing differently, or one uses what the other dropped, nothing is written
and the exit code is 1: each disagreement is shown with both versions, and settled with --take, or in
answer to a question on a terminal. Answers hold for the rest of a rebase.

What comes out is held against the rules of skein check and, where one is to be had (--replay), run on a
throwaway PostgreSQL. Then exactly the files that were made or removed are staged. --abort takes all of it
back. docs/resolve.md says more.`,
		Example: `  skein resolve
  skein resolve --dry-run
  skein resolve --continue
  skein resolve --take local:users.email
  skein resolve --take upstream
  skein resolve --onto origin/main
  skein resolve --abort`,
		GroupID: groupMain,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runResolve(cmd.Context(), a, cmd, o) },
	}
	o.project.add(cmd, "config", "dialect", "casing", "schema", "out")
	flags := cmd.Flags()
	flags.BoolVar(&o.dryRun, "dry-run", false, "show what would be done, and write nothing")
	flags.BoolVar(&o.goOn, "continue", false, "then go on as git would: commit the merge, or go through the rest of the rebase")
	flags.BoolVar(&o.abort, "abort", false, "put the conflicts back as they were before skein resolve")
	flags.Var(&o.take, "take", "settle disagreements: `side`, upstream or local, for all, or side:object for one, such as local:users.email; repeatable")
	flags.StringVar(&o.onto, "onto", "", "put the branch's migrations behind those of this `revision`, before the two meet")
	flags.Var(&choice{&o.upstream, []string{"ours", "theirs"}}, "upstream", "which of git's sides stays as it is (default: found out)")
	addReplay(cmd, &o.replay)
	flags.BoolVar(&o.noCache, "no-cache", false, "read the schema files even when nothing changed since the last time")
	a.addFormat(cmd)
	return cmd
}

func runResolve(ctx context.Context, a *app, cmd *cobra.Command, o *resolveOptions) error {
	if err := o.sensible(); err != nil {
		return err
	}
	p, err := o.project.load(ctx, a, cmd)
	if err != nil {
		return err
	}
	r := settle.Request{
		Dir: p.Out, Team: p.team, Take: o.take.decide,
		Wish: resolve.Wish{Onto: o.onto, UpstreamRef: p.team.Upstream, Upstream: o.upstream},
		Run:  a.runCommand,
		Prove: func(ctx context.Context, dir string) (*replay.Outcome, error) {
			made, err := a.prove(ctx, dir, nil, o.replay)
			if err != nil {
				return nil, err
			}
			return made.Outcome, nil
		},
	}
	if !o.noCache {
		r.FactsDir = a.userCache("facts")
	}
	if len(p.Schema) > 0 {
		r.Schema = func(ctx context.Context) (*schema.Schema, error) {
			loaded, err := a.loadSchema(ctx, p, o.noCache)
			if err != nil {
				return nil, err
			}
			return loaded.Schema, nil
		}
	}
	if o.abort {
		return a.abortResolve(ctx, r)
	}
	if err := o.take.recall(ctx, p.Out); err != nil {
		return err
	}
	return (&resolving{app: a, options: o, request: r}).run(ctx)
}

func (o *resolveOptions) sensible() error {
	switch {
	case o.abort && (o.dryRun || o.goOn || o.take.given()):
		return usage("--abort stands alone", "--abort does not go with other flags of resolve")
	case o.dryRun && o.goOn:
		return usage("leave one of them away", "--dry-run writes nothing, so there is nothing to --continue with")
	case o.onto != "" && o.goOn:
		return usage("leave --continue away", "with --onto git is in the middle of nothing, so there is nothing to --continue with")
	}
	return nil
}

// resolving is one run of the command.
type resolving struct {
	*app
	options *resolveOptions
	request settle.Request
	result  resolveResult
}

// run does one case after the other, as far as git goes on.
func (r *resolving) run(ctx context.Context) error {
	r.result = resolveResult{Status: "resolved", Steps: []resolveStep{}}
	for {
		again, err := r.once(ctx)
		if err == nil && again {
			continue
		}
		var told exitCode
		if r.json && (err == nil || errors.As(err, &told)) {
			r.printJSON(r.result)
		}
		return err
	}
}

// once does one case. again is true where a rebase went on to another.
func (r *resolving) once(ctx context.Context) (again bool, err error) {
	if r.options.onto == "" && len(r.result.Steps) == 0 {
		if done, err := r.rebased(ctx); done || err != nil {
			return false, err
		}
	}
	c, err := r.findCase(ctx, r.options, r.request)
	if err != nil {
		return false, err
	}
	step, err := newResolveStep(ctx, c)
	if err != nil {
		return false, err
	}
	r.result.Steps = append(r.result.Steps, *step)
	step = &r.result.Steps[len(r.result.Steps)-1]
	r.tell(placeText(step.Operation, r.outPaint()))
	r.tell(brokenText(step.Broken, r.outPaint()))
	r.tell(movesText(step.Migrations, r.outPaint()))
	if len(step.Problems) > 0 {
		r.result.Status = "problems"
		r.tell(problemsText(step.Problems, r.outPaint()))
		r.tell("nothing was written\n")
		return false, exitCode(exitRefused)
	}
	if r.options.dryRun {
		r.result.Status = "planned"
		r.tell(schemaText(step, r.outPaint()))
		r.tell(untoldText(step, r.outPaint()))
		r.tell("nothing was written (--dry-run)\n")
		return false, nil
	}
	return r.carryOut(ctx, c, step)
}

// rebased makes whole what a rebase that is over has left broken. done is false
// where it is not that.
func (r *resolving) rebased(ctx context.Context) (done bool, err error) {
	found, err := settle.FindRebased(ctx, r.request)
	if err != nil || found == nil {
		return false, err
	}
	step := newRebasedStep(found)
	r.result.Steps = append(r.result.Steps, *step)
	r.tell(placeText(step.Operation, r.outPaint()))
	r.tell(movesText(step.Migrations, r.outPaint()))
	if r.options.dryRun {
		r.result.Status = "planned"
		r.tell("nothing was written (--dry-run)\n")
		return true, nil
	}
	if err := found.Apply(ctx); err != nil {
		return true, err
	}
	r.tell("the commits of the rebase are whole; git reset --keep " + shortID(found.Head) + " takes it back\n")
	return true, nil
}

// tell prints text; with --format json the object says it at the end.
func (r *resolving) tell(text string) {
	if !r.json {
		r.print("%s", text)
	}
}

// carryOut writes what was planned and, if that is wanted, goes on with git.
func (r *resolving) carryOut(ctx context.Context, c *settle.Case, step *resolveStep) (again bool, err error) {
	nothing := c.Settled && len(c.Generated) == 0
	if !nothing {
		done := r.working("resolving %s", r.request.Dir)
		out, err := c.Apply(ctx)
		done()
		if err != nil {
			return false, err
		}
		step.carriedOut(out)
		if err := r.options.take.remember(ctx, r.request.Dir); err != nil {
			return false, err
		}
		if c.Recovered {
			r.warn("an earlier skein resolve had been killed; what it had begun was taken back first")
		}
		r.tell(doneText(step, r.outPaint()))
	} else {
		if r.result.Status = "nothing"; len(r.result.Steps) > 1 {
			r.result.Status = "resolved"
		}
		r.tell("the migrations are one sound history: there is nothing to resolve\n")
		if c.Place.Doing == gitrepo.Idle && !step.needsPerson() {
			return false, nil
		}
	}
	next, err := c.Next(ctx)
	if err != nil {
		return false, err
	}
	if !r.options.goOn || step.needsPerson() {
		if len(next) > 0 {
			r.result.Next = "git " + strings.Join(next, " ")
		}
		r.tell(nextText(step, next, r.outPaint()))
		if r.options.goOn || step.Schema.State == string(settle.Different) {
			return false, exitCode(exitRefused)
		}
		return false, nil
	}
	after, err := c.Continue(ctx)
	if err != nil {
		return false, err
	}
	r.tell("git " + strings.Join(next, " ") + "\n")
	if after == settle.Broken {
		r.request.Wish.Onto = c.Onto()
		r.tell("git found no conflict in the rest, but the history is not sound yet\n")
		return true, nil
	}
	return after == settle.Another, nil
}

// findCase finds out what is to be done, and asks about disagreements if there
// is somebody to ask.
func (a *app) findCase(ctx context.Context, o *resolveOptions, r settle.Request) (*settle.Case, error) {
	for {
		done := a.working("reading %s in git", r.Dir)
		c, err := settle.Find(ctx, r)
		done()
		if err != nil || o.dryRun || !a.canAsk() {
			return c, err
		}
		asked, err := a.askProblems(ctx, c, &o.take)
		if err != nil || !asked {
			return c, err
		}
	}
}

// askProblems asks about the first problem that has an answer. asked is false
// where there is none, or the person leaves it open.
func (a *app) askProblems(ctx context.Context, c *settle.Case, take *takeFlags) (asked bool, err error) {
	for i := range c.Plan.Problems {
		if len(c.Plan.Problems[i].Choices()) == 0 {
			return false, nil // it ends here whatever is said to the others
		}
	}
	if len(c.Plan.Problems) == 0 {
		return false, nil
	}
	p := &c.Plan.Problems[0]
	var options []string
	for _, side := range p.Choices() {
		options = append(options, takeText(p, side))
	}
	chosen, err := a.choose(ctx, problemTitle(p), append(options, "neither: stop here"))
	if err != nil || chosen == len(options) {
		return false, err
	}
	take.add(p.Choices()[chosen], p.Object().Path())
	return true, nil
}

func (a *app) abortResolve(ctx context.Context, r settle.Request) error {
	done, err := settle.Abort(ctx, r.Dir)
	if err != nil {
		return err
	}
	status := "aborted"
	if !done {
		status = "nothing"
	}
	if a.json {
		a.printJSON(resolveResult{Status: status, Steps: []resolveStep{}})
		return nil
	}
	if !done {
		a.print("there is nothing to take back\n")
		return nil
	}
	a.print("the migrations are in conflict again, as before skein resolve\n")
	return nil
}

// commandPatience is how long a command that was told to end may take for it.
const commandPatience = 5 * time.Second

// runCommand runs a command line of skein.yaml. What it prints goes to standard
// error, as standard output is for the result.
func (a *app) runCommand(ctx context.Context, dir, line string) error {
	a.note("running %s\n", line)
	shell := []string{"sh", "-c"}
	if os.PathSeparator == '\\' {
		shell = []string{"cmd", "/c"}
	}
	cmd := exec.CommandContext(ctx, shell[0], append(shell[1:], line)...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, a.environ, a.Err, a.Err
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = commandPatience
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) || err == nil {
		return err
	}
	return &diag.Error{Kind: diag.Usage, Message: "the command cannot be run: " + err.Error(), Err: err, Hint: "look at generated in skein.yaml"}
}
