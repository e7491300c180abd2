package cli

import (
	"context"

	"github.com/spf13/cobra"
)

type planOptions struct {
	target targetFlags
	order  orderFlags
	allow  allowFlags
}

func newPlan(a *app) *cobra.Command {
	o := &planOptions{}
	cmd := &cobra.Command{
		Use:   "plan [flags]",
		Short: "show what migrate would do",
		Long: `Shows the plan that migrate would ask about: every pending migration, what runs otherwise than in a
transaction of its own, and what others notice of it: which tables are locked and for how long, which
are rewritten, who is in the way now. Nothing is changed. docs/plan.md tells how times are estimated.
The exit code is 1 when something is pending.

` + urlOrder,
		Example: `  skein plan --url "$PRODUCTION_URL"
  skein plan --strict-order --format json      in a pipeline, before the deployment`,
		GroupID: groupMain,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runPlan(cmd.Context(), a, o) },
	}
	o.target.add(cmd)
	o.order.add(cmd)
	o.allow.add(cmd)
	a.addFormat(cmd)
	return cmd
}

func runPlan(ctx context.Context, a *app, o *planOptions) error {
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
	if len(r.Pending)+len(r.Moved) == 0 {
		if !a.json {
			return a.reportNothing(r)
		}
		a.printPlan(r, "nothing_to_do")
		return nil
	}
	var refused error
	if len(plan.Steps) > 0 {
		refused = a.findEffects(ctx, db, o.target.team, o.allow.allowed, r)
	}
	if refused != nil && len(r.Refused) == 0 {
		return refused
	}
	a.showPlan(r)
	switch {
	case a.json && refused != nil:
		a.printPlan(r, "refused")
	case a.json:
		a.printPlan(r, "pending")
	case refused != nil:
		return refused
	}
	return exitCode(exitRefused)
}

// printPlan prints the part of the result that skein plan has.
func (a *app) printPlan(r *migrateResult, status string) {
	r.Status = status
	a.printJSON(r.Plan)
}
