package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/migrate"
)

type migrateOptions struct {
	target targetFlags
	yes    bool
	dryRun bool
}

// migrateResult is the JSON object of skein migrate.
type migrateResult struct {
	Status   string          `json:"status"` // "applied", "nothing_to_do", "dry_run", "refused" or "error"
	Database string          `json:"database"`
	Table    string          `json:"table"`
	Counts   statusCounts    `json:"counts"` // before
	Pending  []stepObject    `json:"pending"`
	Applied  []appliedObject `json:"applied"`
	Error    *errorObject    `json:"error,omitempty"`
}

// stepObject is one migration of a plan.
type stepObject struct {
	Tag        string            `json:"tag"`
	File       string            `json:"file"`
	Skipped    bool              `json:"skipped"`
	Statements []statementObject `json:"statements"`
	Notes      []string          `json:"notes"`
}

type statementObject struct {
	SQL     string `json:"sql"`
	Line    int    `json:"line"`
	Control bool   `json:"control"`
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
	a.addFormat(cmd)
	return cmd
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
	plan, err := migrate.Plan(ctx, db.Conn, h, target)
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
	case len(plan.Steps) == 0:
		return a.reportNothing(r)
	}
	a.showPlan(r)
	if err := a.approve(ctx, o, r); err != nil {
		return err
	}
	return a.applyPlan(ctx, db, plan, r)
}

func newMigrateResult(plan *migrate.Pending, db *database) *migrateResult {
	r := &migrateResult{
		Database: db.name, Table: plan.Target.String(), Counts: statusObject(plan.Report, db).Counts,
		Pending: []stepObject{}, Applied: []appliedObject{},
	}
	for _, step := range plan.Steps {
		object := stepObject{
			Tag: step.Migration.Entry.Tag, File: step.Migration.File, Skipped: step.Skipped,
			Statements: []statementObject{}, Notes: append([]string{}, step.Notes...),
		}
		for _, s := range step.Statements {
			object.Statements = append(object.Statements, statementObject{SQL: s.SQL, Line: s.Line, Control: s.Control})
		}
		r.Pending = append(r.Pending, object)
	}
	return r
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
	if !a.canAsk() {
		if a.json {
			r.Status = "refused"
			a.printJSON(r)
			return exitCode(exitRefused)
		}
		return &diag.Error{Kind: diag.Refused, Message: "the plan needs a yes, and there is no terminal to ask on; nothing was changed", Hint: "pass --yes to apply it, or --dry-run to see the SQL"}
	}
	yes, err := a.confirm(ctx, fmt.Sprintf("Apply %s to %s?", count(len(r.Pending), "migration"), r.Database))
	if err != nil {
		return err
	}
	if !yes {
		a.note("nothing was changed\n")
		return exitCode(exitRefused)
	}
	return nil
}

func (a *app) applyPlan(ctx context.Context, db *database, plan *migrate.Pending, r *migrateResult) error {
	began := time.Now()
	watch := &migrateWatch{app: a, result: r, widest: widestTag(r.Pending)}
	done, err := migrate.Apply(ctx, db.Conn, plan, migrate.Options{OnEvent: watch.event})
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
	a.print("%s in %s\n", count(len(r.Applied), "migration")+" applied", short(time.Since(began)))
	return nil
}

// reportFailed says what is in the database although the run failed; the text
// of err does so itself.
func (a *app) reportFailed(ctx context.Context, r *migrateResult, err error) error {
	if !a.json || ctx.Err() != nil {
		return err
	}
	e := a.told(ctx, err)
	object := toErrorObject(e)
	r.Status, r.Error = "error", &object
	a.printJSON(r)
	return exitCode(e.Kind)
}
