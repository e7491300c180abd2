package cli

import (
	"context"

	"github.com/spf13/cobra"
)

type planOptions struct {
	target targetFlags
	order  orderFlags
}

// planResult is the JSON object of skein plan.
type planResult struct {
	Status   string       `json:"status"` // "pending" or "nothing_to_do"
	Database string       `json:"database"`
	Table    string       `json:"table"`
	Counts   statusCounts `json:"counts"`
	Pending  []stepObject `json:"pending"`
}

func newPlan(a *app) *cobra.Command {
	o := &planOptions{}
	cmd := &cobra.Command{
		Use:   "plan [flags]",
		Short: "show what migrate would do",
		Long: `Shows the plan that migrate would ask about: every pending migration with its statements, and what
runs otherwise than in a transaction of its own. Nothing is changed. The exit code is 1 when something
is pending.

` + urlOrder,
		Example: `  skein plan --url "$PRODUCTION_URL"
  skein plan --strict-order --format json      in a pipeline, before the deployment`,
		GroupID: groupMain,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runPlan(cmd.Context(), a, o) },
	}
	o.target.add(cmd)
	o.order.add(cmd)
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
	plan, err := o.order.plan(ctx, db, h, target)
	planned()
	if err != nil {
		return err
	}
	r := newMigrateResult(plan, db)
	if len(r.Pending) == 0 {
		if !a.json {
			return a.reportNothing(r)
		}
		a.printJSON(&planResult{"nothing_to_do", r.Database, r.Table, r.Counts, r.Pending})
		return nil
	}
	a.showPlan(r)
	if a.json {
		a.printJSON(&planResult{"pending", r.Database, r.Table, r.Counts, r.Pending})
	}
	return exitCode(exitRefused)
}
