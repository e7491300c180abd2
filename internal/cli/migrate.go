package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/migrate"
	"github.com/skein-db/skein/internal/standing"
)

type migrateOptions struct {
	target targetFlags
	yes    bool
	dryRun bool
	order  orderFlags
	allow  allowFlags
	run    migrate.Options
}

// orderFlags say how a plan is to be made.
type orderFlags struct {
	strict, single bool
}

func (f *orderFlags) add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.strict, "strict-order", false, "refuse when something older than what is applied is pending")
	cmd.Flags().BoolVar(&f.single, "single-transaction", false, "all migrations in one transaction, as drizzle's migrator has it")
}

// plan makes the plan.
func (f *orderFlags) plan(ctx context.Context, a *app, db *database, h *history.History, target migrate.Target) (*migrate.Pending, error) {
	plan, err := migrate.PlanWith(ctx, db.Conn, h, target, func(hashes []string) map[string]string { return standing.AppliedTexts(ctx, h.Dir, hashes) })
	if err == nil && f.strict {
		err = plan.InStrictOrder()
	}
	if err == nil && f.single {
		err = plan.InOneTransaction()
	}
	return plan, err
}

// migrateResult is the JSON object of skein migrate; its status may also be
// "applied", "dry_run" or "error".
type migrateResult struct {
	standing.Plan
	Applied []appliedObject `json:"applied"`
	Error   *errorObject    `json:"error,omitempty"`
}

type appliedObject struct {
	Tag          string `json:"tag"`
	Milliseconds int64  `json:"milliseconds"`
}

func newMigrate(a *app) *cobra.Command {
	o := &migrateOptions{}
	cmd := &cobra.Command{
		Use:   "migrate [flags]",
		Short: "bring a database up to date",
		Long: `Shows which migrations the database lacks, asks, and applies them in the journal's order. Each
migration is a transaction of its own, recorded in the table that drizzle's migrator uses; when one
fails it is undone as a whole, those before it stay, and the next run goes on there. Two runs at the
same time wait for each other.

What PostgreSQL takes in no transaction (CREATE INDEX CONCURRENTLY, VACUUM, …) runs on its own, and
where a file uses an enum value that it adds, the value is committed first. Then a migration that
fails is applied up to a line, and the next run goes on behind it; an invalid index is dropped and
built again. ` + "`skein help locks`" + ` tells how locks are waited for.

A migration is pending when the table has no row for it, whatever its time: what drizzle's migrator
would skip in silence is applied. Without a terminal --yes has to say that the plan is wanted.

` + urlOrder,
		Example: `  skein migrate
  skein migrate --yes                          where nobody can answer
  skein migrate --dry-run > pending.sql        what would be run
  skein migrate --url "$PRODUCTION_URL"`,
		GroupID: groupMain,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runMigrate(cmd.Context(), a, o) },
	}
	o.target.add(cmd)
	cmd.Flags().BoolVarP(&o.yes, "yes", "y", false, "apply the plan without asking")
	cmd.Flags().BoolVar(&o.dryRun, "dry-run", false, "print the SQL of what is pending, and change nothing")
	o.order.add(cmd)
	o.allow.add(cmd)
	addRun(cmd, &o.run)
	a.addFormat(cmd)
	return cmd
}

// addRun gives cmd the flags of a run.
func addRun(cmd *cobra.Command, o *migrate.Options) {
	flags := cmd.Flags()
	flags.Var(&timeout{&o.LockTimeout}, "lock-timeout", "longest `time` to wait for a lock; 0 for no limit (default: of skein.yaml, else the role's, else 3s)")
	flags.Var(&retries{&o.LockRetries}, "lock-retries", "`number` of times to try again without the lock (default: of skein.yaml, else 10)")
	flags.Var(&timeout{&o.StatementTimeout}, "statement-timeout", "longest `time` that a statement may run; 0 for no limit (default: of skein.yaml, else the role's)")
	addWait(cmd, o)
}

// addWait gives cmd the flag that bounds the waiting for another run.
func addWait(cmd *cobra.Command, o *migrate.Options) {
	cmd.Flags().Var(&timeout{&o.Wait}, "wait", "longest `time` to wait for another run of migrate; 0 for no limit (default: of skein.yaml, else no limit)")
}

func runMigrate(ctx context.Context, a *app, o *migrateOptions) error {
	if o.yes && o.dryRun {
		return usage("leave one of them out", "--yes and --dry-run cannot be used together")
	}
	h, db, target, err := o.target.open(ctx, a)
	if err != nil {
		return err
	}
	defer db.close()
	planned := a.working("comparing with %s", db.name)
	plan, err := o.order.plan(ctx, a, db, h, target)
	planned()
	if err != nil {
		return err
	}
	r := newMigrateResult(plan, db)
	if n := r.Counts.Edited + r.Counts.Unknown; n > 0 && !a.json {
		a.warn("%d of the applied migrations are not what the folder says; `skein status` shows them", n)
	}
	switch {
	case o.dryRun:
		return a.reportDryRun(r, plan)
	case len(plan.Steps)+len(plan.Moves) == 0:
		return a.reportNothing(r)
	}
	var refused error
	if len(plan.Steps) > 0 {
		refused = a.findEffects(ctx, db, o.target.team, o.allow.allowed, r)
	}
	a.showPlan(r)
	if refused != nil {
		return a.reportRefused(ctx, r, refused)
	}
	if err := a.approve(ctx, o, r); err != nil {
		return err
	}
	return a.applyPlan(ctx, o, db, plan, r)
}

func newMigrateResult(plan *migrate.Pending, db *database) *migrateResult {
	return &migrateResult{Plan: *standing.NewPlan(plan, db.name), Applied: []appliedObject{}}
}

func (a *app) reportDryRun(r *migrateResult, plan *migrate.Pending) error {
	r.Status = "dry_run"
	if a.json {
		a.printJSON(r)
		return nil
	}
	for i, step := range plan.Steps {
		if i > 0 {
			a.print("\n")
		}
		a.print("-- %s\n", step.Migration.File)
		for _, note := range step.Notes {
			a.print("-- %s\n", note)
		}
		a.print("%s\n", strings.TrimRight(step.Migration.SQL, "\n"))
	}
	for _, m := range r.Moved {
		a.print("-- %s is recorded anew, and not run: %s\n", m.File, m.Note)
	}
	a.note("%s: %s; nothing was changed\n", r.Database, countsText(r.Counts))
	return nil
}

func (a *app) reportNothing(r *migrateResult) error {
	r.Status = "nothing_to_do"
	if a.json {
		a.printJSON(r)
		return nil
	}
	a.print("%s is up to date: %s\n", a.outPaint().bold(r.Database), countsText(r.Counts))
	return nil
}

// approve returns nil when the plan is wanted.
func (a *app) approve(ctx context.Context, o *migrateOptions, r *migrateResult) error {
	if o.yes {
		return nil
	}
	question := fmt.Sprintf("Apply %s to %s?", count(len(r.Pending), "migration"), r.Database)
	if len(r.Pending) == 0 {
		question = fmt.Sprintf("Record %s anew in %s?", count(len(r.Moved), "migration"), r.Database)
	}
	return a.wanted(ctx, question, "pass --yes to apply it, or --dry-run to see the SQL", func() { r.Status = "refused"; a.printJSON(r) })
}

// wanted asks a question and returns nil for a yes. Where nobody can answer,
// hint says how to go on; printing prints the command's JSON.
func (a *app) wanted(ctx context.Context, question, hint string, printing func()) error {
	if !a.canAsk() {
		if a.json {
			printing()
			return exitCode(exitRefused)
		}
		return &diag.Error{Kind: diag.Refused, Message: "the plan needs a yes, and there is no terminal to ask on; nothing was changed", Hint: hint}
	}
	yes, err := a.confirm(ctx, question)
	if err != nil {
		return err
	}
	if !yes {
		a.note("nothing was changed\n")
		return exitCode(exitRefused)
	}
	return nil
}

func (a *app) applyPlan(ctx context.Context, o *migrateOptions, db *database, plan *migrate.Pending, r *migrateResult) error {
	began := time.Now()
	watch := &migrateWatch{app: a, result: r, widest: widestTag(r.Pending)}
	run := standing.AsTeamSays(o.run, o.target.team.Migrate)
	run.OnEvent = watch.event
	done, err := migrate.Apply(ctx, db.Conn, plan, run)
	watch.end()
	if err != nil {
		return a.reportFailed(ctx, r, err)
	}
	r.Status = "applied"
	if a.json {
		a.printJSON(r)
		return nil
	}
	for _, tag := range done.ByOthers {
		a.print("  another run has applied %s meanwhile\n", tag)
	}
	for _, tag := range done.Moved {
		a.print("  %s %s\n", a.outPaint().green("moved  "), tag)
	}
	said := count(len(r.Applied), "migration") + " applied"
	if n := len(done.Moved); n > 0 {
		said += fmt.Sprintf(", %d moved", n)
	}
	a.print("%s in %s\n", said, short(time.Since(began)))
	return nil
}

// reportRefused ends a run of which nothing was done: the plan goes over the
// team's limits, or it could not be seen whether it does.
func (a *app) reportRefused(ctx context.Context, r *migrateResult, err error) error {
	return a.failJSON(ctx, err, r, &r.Status, &r.Error, len(r.Refused) > 0)
}

// reportFailed says what is in the database although the run failed; the text
// of err does so itself.
func (a *app) reportFailed(ctx context.Context, r *migrateResult, err error) error {
	return a.failJSON(ctx, err, r, &r.Status, &r.Error, false)
}
