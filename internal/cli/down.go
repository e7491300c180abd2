package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/migrate"
	"github.com/skein-db/skein/internal/replay"
	"github.com/skein-db/skein/internal/reverse"
	"github.com/skein-db/skein/internal/standing"
)

type downOptions struct {
	target   targetFlags
	to       string
	reason   string
	yes      bool
	loss     bool
	dryRun   bool
	noReplay bool
	allow    allowFlags
	run      migrate.Options
}

// downResult is the JSON object of skein down.
type downResult struct {
	Status     string             `json:"status"` // "rolled_back", "nothing_to_do", "dry_run", "refused" or "error"
	Database   string             `json:"database"`
	Table      string             `json:"table"`
	Counts     standing.Counts    `json:"counts"` // before
	Steps      []downObject       `json:"steps"`
	Notes      []string           `json:"notes"`
	Proof      *tryObject         `json:"proof,omitempty"`
	Target     *standing.Usage    `json:"target,omitempty"`
	Refused    []standing.Refusal `json:"refused"`
	RolledBack []appliedObject    `json:"rolledBack"`
	Error      *errorObject       `json:"error,omitempty"`

	plan *migrateResult
}

// downObject is the way back over one migration.
type downObject struct {
	Tag        string               `json:"tag"`
	File       string               `json:"file"`
	Statements []standing.Statement `json:"statements"`
	Notes      []string             `json:"notes"`
	Losses     []lossObject         `json:"losses"`
	Stays      []unheldStatement    `json:"stays"`
	Empty      []string             `json:"comesBackEmpty"`
	CanFail    []string             `json:"canFail"`
}

type lossObject struct {
	Object  string `json:"object"`
	Kind    string `json:"kind"`
	Message string `json:"message"`
	Rows    *int64 `json:"rows"`
	Counted bool   `json:"counted"`

	text string
}

// tryObject says how the way back was tried.
type tryObject struct {
	Server     string          `json:"server"`
	Version    string          `json:"version"`
	Migrations int             `json:"migrations"`
	Left       []replay.Object `json:"left"`
	Gone       []replay.Object `json:"gone"`
}

func newDown(a *app) *cobra.Command {
	o := &downOptions{}
	cmd := &cobra.Command{
		Use:   "down [N] [flags]",
		Short: "take the last migrations out of a database again",
		Long: `Takes the last N applied migrations out of a database (1 where no number is given), or with --to all
those behind a migration. The SQL for it is computed from the snapshots before and after each, so no
down files are needed. It is run as migrate runs migrations, and each row of drizzle's table goes in
the transaction that undoes its migration; then the migration is pending again.

What is lost is said first: tables and columns that go, with how many rows they have, values that are
cut, what comes back empty, and statements that cannot be undone because no snapshot holds what they
did. Where rows are lost, or rows that a migration changed stay as they are, --yes is not enough:
--accept-loss says that this is known.

Before anything is asked, the history and the way back are run on a throwaway PostgreSQL: what is there
after each step has to be what was there before the migration. The tables concerned have to be in the
database as the history makes them. Edited migrations, and older ones that are pending, are refused.

` + urlOrder,
		Example: `  skein down                            the last migration
  skein down 3 --dry-run                the SQL that three would take
  skein down --to 0041_users --yes --accept-loss`,
		GroupID: groupMain,
		Args:    cobra.MaximumNArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return runDown(cmd.Context(), a, o, args) },
	}
	o.target.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&o.to, "to", "", "`tag` of the last migration that stays")
	flags.StringVar(&o.reason, "reason", "", "why, as `text` for the log")
	flags.BoolVarP(&o.yes, "yes", "y", false, "do it without asking")
	flags.BoolVar(&o.loss, "accept-loss", false, "with --yes: also where rows are lost, or stay as a migration left them")
	flags.BoolVar(&o.dryRun, "dry-run", false, "print the SQL, and change nothing")
	flags.BoolVar(&o.noReplay, "no-replay", false, "do not try it on a throwaway PostgreSQL first")
	o.allow.add(cmd)
	addRun(cmd, &o.run)
	a.addFormat(cmd)
	return cmd
}

// places are the migrations that are meant.
func (o *downOptions) places(report *migrate.Report, args []string) ([]int, error) {
	if o.to != "" {
		if len(args) > 0 {
			return nil, usage("leave one of them out", "a number and --to cannot be used together")
		}
		return reverse.ChooseTo(report, o.to)
	}
	n := 1
	if len(args) > 0 {
		var err error
		if n, err = strconv.Atoi(args[0]); err != nil || n < 1 {
			return nil, usage("for example `skein down 2`, or `skein down --to TAG`", "%q is no number of migrations", args[0])
		}
	} else if len(report.Newest()) == 0 {
		return nil, nil
	}
	return reverse.Choose(report, n)
}

func runDown(ctx context.Context, a *app, o *downOptions, args []string) error {
	if o.yes && o.dryRun {
		return usage("leave one of them out", "--yes and --dry-run cannot be used together")
	}
	h, db, report, err := o.target.openStatus(ctx, a)
	if err != nil {
		return err
	}
	defer db.close()
	places, err := o.places(report, args)
	if err != nil {
		return err
	}
	r := newDownResult(report, db)
	if len(places) == 0 {
		return a.reportDown(r, "nothing_to_do", fmt.Sprintf("%s: nothing to take out: %s\n", db.name, countsText(r.Counts)))
	}
	steps, err := reverse.Compute(h, places)
	if err != nil {
		return err
	}
	plan, err := o.planDown(ctx, db, report, steps)
	if err != nil {
		return err
	}
	if err := a.tryDown(ctx, o, db, h, plan, steps, r); err != nil {
		return err
	}
	if err := reverse.Weigh(ctx, db.Conn, steps); err != nil {
		return err
	}
	r.plan = newMigrateResult(plan, db)
	refused := error(nil)
	if !o.dryRun {
		refused = a.findEffects(ctx, db, o.target.team, o.allow.allowed, r.plan)
	}
	r.add(steps)
	if o.dryRun {
		return a.dryDown(r, plan)
	}
	a.showDown(r)
	if refused != nil {
		return a.failDown(ctx, r, refused)
	}
	if err := a.approveDown(ctx, o, r); err != nil {
		return err
	}
	return a.runDownPlan(ctx, o, db, plan, r)
}

func (o *downOptions) planDown(ctx context.Context, db *database, report *migrate.Report, steps []reverse.Step) (*migrate.Pending, error) {
	var reversals []migrate.Reversal
	for _, s := range steps {
		reversals = append(reversals, migrate.Reversal{Entry: s.Entry, SQL: s.SQL, Reason: o.reason, Person: person()})
	}
	return migrate.PlanReverse(ctx, db.Conn, report, reversals)
}

// tryDown proves the way back, unless it was begun already: then the database
// is in between, and nothing on a throwaway server is like it.
func (a *app) tryDown(ctx context.Context, o *downOptions, db *database, h *history.History, plan *migrate.Pending, steps []reverse.Step, r *downResult) error {
	reading, err := o.target.p.reading()
	if err != nil {
		return err
	}
	if text := reverse.Strangers(plan.Report); text != "" {
		r.Notes = append(r.Notes, text)
	}
	if plan.Report.Entries[steps[0].Entry].Begun() {
		r.Notes = append(r.Notes, "an earlier run was in the middle of this; it was proved then, and goes on")
		return nil
	}
	if o.noReplay {
		r.Notes = append(r.Notes, "this was not tried on a throwaway PostgreSQL, and the database was compared by names only (--no-replay)")
		return reverse.UndriftedNames(ctx, db.Conn, steps, reading)
	}
	options, done := a.stageOptions(db)
	defer done()
	proof, err := reverse.Prove(ctx, db.Conn, h, steps, reading, options)
	if err != nil {
		return err
	}
	r.Proof = &tryObject{
		Server: proof.Server, Version: proof.Version, Migrations: proof.Migrations,
		Left: append([]replay.Object{}, proof.Left...), Gone: append([]replay.Object{}, proof.Gone...),
	}
	return nil
}

func newDownResult(report *migrate.Report, db *database) *downResult {
	return &downResult{
		Database: db.name, Table: report.Target.String(), Counts: standing.NewStatus(report, db.name).Counts,
		Steps: []downObject{}, Notes: []string{}, Refused: []standing.Refusal{}, RolledBack: []appliedObject{},
	}
}

// add puts the steps into the result.
func (r *downResult) add(steps []reverse.Step) {
	for i, s := range steps {
		p := r.plan.Pending[i]
		object := downObject{
			Tag: p.Tag, File: s.Migration.File, Statements: p.Statements, Notes: p.Notes,
			Losses: []lossObject{}, Stays: unheldStatements(s.Stays), Empty: append([]string{}, s.Empty...), CanFail: append([]string{}, s.Fails...),
		}
		for _, l := range s.Losses {
			loss := lossObject{Object: l.Object, Kind: string(l.Kind), Message: l.Message, Counted: l.Counted, text: l.RowsText()}
			if l.Rows >= 0 {
				loss.Rows = &l.Rows
			}
			object.Losses = append(object.Losses, loss)
		}
		r.Steps = append(r.Steps, object)
	}
	r.Target, r.Refused = r.plan.Target, r.plan.Refused
}

// costs counts what cannot be had back: losses, and statements about rows that
// stay done.
func (r *downResult) costs() (losses, stay int) {
	for _, s := range r.Steps {
		losses += len(s.Losses)
		for _, one := range s.Stays {
			if one.Rows {
				stay++
			}
		}
	}
	return losses, stay
}

func (a *app) dryDown(r *downResult, plan *migrate.Pending) error {
	r.Status = "dry_run"
	if a.json {
		a.printJSON(r)
		return nil
	}
	for i, step := range plan.Steps {
		if i > 0 {
			a.print("\n")
		}
		a.print("-- the way back over %s\n", r.Steps[i].File)
		for _, line := range r.Steps[i].remarks() {
			a.print("-- %s\n", line)
		}
		if step.Migration.SQL != "" {
			a.print("%s\n", strings.TrimRight(step.Migration.SQL, "\n"))
		}
	}
	a.note("%s: %s; nothing was changed\n", r.Database, countsText(r.Counts))
	return nil
}

// approveDown returns nil when the plan is wanted.
func (a *app) approveDown(ctx context.Context, o *downOptions, r *downResult) error {
	losses, stay := r.costs()
	if o.yes && (losses+stay == 0 || o.loss) {
		return nil
	}
	if o.yes {
		if a.json {
			r.Status = "refused"
			a.printJSON(r)
			return exitCode(exitRefused)
		}
		var what []string
		if losses > 0 {
			what = append(what, "it loses what is in "+count(losses, "object"))
		}
		if stay > 0 {
			what = append(what, count(stay, "statement")+" about rows cannot be undone")
		}
		return &diag.Error{Kind: diag.Refused, Message: list(what) + "; nothing was run", Hint: "pass --accept-loss together with --yes if that is known"}
	}
	question := fmt.Sprintf("Take %s out of %s?", count(len(r.Steps), "migration"), r.Database)
	if losses > 0 {
		question = fmt.Sprintf("Take %s out of %s, and lose what is said above?", count(len(r.Steps), "migration"), r.Database)
	}
	return a.wanted(ctx, question, "pass --yes to run it, or --dry-run to see the SQL", func() { r.Status = "refused"; a.printJSON(r) })
}

func (a *app) runDownPlan(ctx context.Context, o *downOptions, db *database, plan *migrate.Pending, r *downResult) error {
	began := time.Now()
	watch := &migrateWatch{app: a, result: r.plan, widest: widestTag(r.plan.Pending), word: "rolled back"}
	run := standing.AsTeamSays(o.run, o.target.team.Migrate)
	run.OnEvent = watch.event
	done, err := migrate.Apply(ctx, db.Conn, plan, run)
	watch.end()
	r.RolledBack = r.plan.Applied
	if err != nil {
		return a.failDown(ctx, r, err)
	}
	for _, tag := range done.ByOthers {
		if !a.json {
			a.print("  another run has rolled back %s meanwhile\n", tag)
		}
	}
	return a.reportDown(r, "rolled_back", fmt.Sprintf("%s rolled back in %s\n", count(len(r.RolledBack), "migration"), short(time.Since(began))))
}

func (a *app) reportDown(r *downResult, status, text string) error {
	r.Status = status
	if a.json {
		a.printJSON(r)
		return nil
	}
	a.print("%s", text)
	return nil
}

// failDown ends a run that was refused or broke off.
func (a *app) failDown(ctx context.Context, r *downResult, err error) error {
	return a.failJSON(ctx, err, r, &r.Status, &r.Error, len(r.Refused) > 0)
}
