package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/skein-db/skein/internal/migrate"
	"github.com/skein-db/skein/internal/standing"
)

type statusOptions struct {
	target   targetFlags
	all      bool
	exitCode bool
}

func newStatus(a *app) *cobra.Command {
	o := &statusOptions{}
	cmd := &cobra.Command{
		Use:   "status [flags]",
		Short: "show which migrations a database has",
		Long: `Shows how a database stands to the migrations folder. Nothing is changed. An entry of the journal is

  applied   the database has it
  pending   the database does not have it; migrate will apply it
  skipped   pending, and drizzle's own migrator would pass over it in silence, because something
            newer is applied already; migrate will apply it
  edited    the database has it, and its file or its time was changed since; where git still has
            the old text, the difference is shown
  moved     the database ran it under the number and time that it had before skein resolve put it
            behind others; migrate records it anew, and runs nothing of it
  unknown   the database has a migration that no entry explains

The exit code is 0 in every case; with --exit-code it is 1 unless everything is applied.

` + urlOrder,
		Example: `  skein status
  skein status --url "$PRODUCTION_URL"
  skein status --format json`,
		GroupID: groupMain,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return status(cmd.Context(), a, o) },
	}
	o.target.add(cmd)
	cmd.Flags().BoolVar(&o.exitCode, "exit-code", false, "exit with 1 unless the database is up to date")
	cmd.Flags().BoolVar(&o.all, "all", false, "list every applied migration too, not only the last ones")
	a.addFormat(cmd)
	return cmd
}

func status(ctx context.Context, a *app, o *statusOptions) error {
	h, db, report, err := o.target.openStatus(ctx, a)
	if err != nil {
		return err
	}
	defer db.close()
	r := standing.NewStatus(report, db.name)
	if r.Counts.Edited > 0 {
		done := a.working("looking for the old text in git")
		r.ExplainEdited(ctx, report, h.Dir)
		done()
	}
	if a.json {
		a.printJSON(r)
	} else {
		a.print("%s", statusText(r, o.all, a.outPaint()))
	}
	if o.exitCode && r.Status != "up_to_date" {
		return exitCode(exitRefused)
	}
	return nil
}

// joined are the texts that are not empty, one after the other.
func joined(texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(text string) bool { return text == "" }), "; ")
}

// recent is how many applied migrations are listed before everything else.
const recent = 5

func statusText(r *standing.Status, all bool, p paint) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", p.bold(r.Database))
	rows := [][]string{}
	hidden := 0
	for i, e := range r.Entries {
		if e.State == migrate.StateApplied && e.Note == "" && (e.Mark == nil || e.Mark.Event == "baselined") && !all && i < len(r.Entries)-recent {
			hidden++
			continue
		}
		rows = append(rows, []string{stateText(e.State, p), e.Tag, day(e.When), joined(e.Note, e.Mark.String())})
	}
	for _, row := range r.Unknown {
		when := ""
		if row.When != nil {
			when = day(*row.When)
		}
		rows = append(rows, []string{stateText(migrate.StateUnknown, p), fmt.Sprintf("row %d", row.ID), when, "hash " + row.Hash})
	}
	if hidden > 0 {
		fmt.Fprintf(&b, "  %s\n", p.faint(fmt.Sprintf("… %d applied before (--all lists them)", hidden)))
	}
	if len(rows) > 0 {
		b.WriteString(columnsText(nil, rows, p) + "\n")
	}
	b.WriteString(countsText(r.Counts) + "\n")
	b.WriteString(editedText(r, p))
	return b.String()
}

// countsText is "300 applied, 2 pending"; what there is none of is left out.
func countsText(c standing.Counts) string {
	parts := []string{fmt.Sprintf("%d applied", c.Applied), fmt.Sprintf("%d pending", c.Pending)}
	for _, more := range []struct {
		n    int
		word string
	}{{c.Skipped, "skipped"}, {c.Edited, "edited"}, {c.Moved, "moved"}, {c.Unknown, "unknown"}} {
		if more.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", more.n, more.word))
		}
	}
	return strings.Join(parts, ", ")
}

func stateText(s migrate.State, p paint) string {
	switch s {
	case migrate.StateApplied:
		return p.green(string(s))
	case migrate.StatePending, migrate.StateMoved:
		return p.cyan(string(s))
	}
	return p.red(string(s))
}

// day is the UTC date of a journal's time in milliseconds.
func day(when int64) string { return time.UnixMilli(when).UTC().Format(time.DateOnly) }
