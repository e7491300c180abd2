package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skein-db/skein/internal/config"
	"github.com/skein-db/skein/internal/diag"
)

// allowFlags say what may pass although skein.yaml refuses it.
type allowFlags struct{ allowed []string }

func (f *allowFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringSliceVar(&f.allowed, "allow", nil, "`table` or rule that migrate.refuse in skein.yaml is not to be held to; repeatable")
}

// findEffects finds out what the plan does to those who use the database, and
// puts it into the result. The error is for limits that the plan does not keep,
// or that cannot be looked at.
func (a *app) findEffects(ctx context.Context, db *database, team *config.Config, allowed []string, r *migrateResult) error {
	limits := config.Refuse{}
	if team != nil {
		limits = team.Migrate.Refuse
	}
	done := a.working("looking at the tables of %s", db.name)
	err := r.Look(ctx, db.Conn, limits, allowed)
	done()
	switch {
	case err != nil && (ctx.Err() != nil || limits != config.Refuse{} || db.Conn.IsClosed()):
		return err
	case err != nil: // the plan can be shown without
		a.warn("%s", asDiag(err).Message)
		return nil
	case len(r.Refused) == 0:
		return nil
	}
	return refusedError(team.File, r)
}

func refusedError(file string, r *migrateResult) error {
	first := r.Refused[0]
	e := &diag.Error{
		Kind: diag.Refused, Line: first.Line, Message: first.Message,
		Hint: fmt.Sprintf("choose a quiet moment or a gentler way, then pass --allow; the limits are migrate.refuse in %s; nothing was run", file),
	}
	for _, step := range r.Pending {
		if step.Tag == first.Migration {
			e.File = step.File
		}
	}
	var more []string
	for _, f := range r.Refused[1:] {
		more = append(more, fmt.Sprintf("%s:%d: %s", f.Migration, f.Line, f.Message))
	}
	e.Detail = strings.Join(more, "\n")
	return e
}
