package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/migrate"
)

type statusOptions struct {
	target   targetFlags
	all      bool
	exitCode bool
}

// statusResult is the JSON object of skein status.
type statusResult struct {
	Status   string        `json:"status"` // "up_to_date", "pending" or "attention"
	Database string        `json:"database"`
	Table    string        `json:"table"`
	Exists   bool          `json:"tableExists"`
	Counts   statusCounts  `json:"counts"`
	Entries  []entryObject `json:"entries"`
	Unknown  []rowObject   `json:"unknown"`
}

type statusCounts struct {
	Applied int `json:"applied"`
	Pending int `json:"pending"`
	Skipped int `json:"skipped"`
	Edited  int `json:"edited"`
	Moved   int `json:"moved"`
	Unknown int `json:"unknown"`
}

// entryObject is a journal entry and how a database stands to it.
type entryObject struct {
	Tag    string        `json:"tag"`
	File   string        `json:"file"`
	When   int64         `json:"when"`
	State  migrate.State `json:"state"`
	Change string        `json:"change,omitempty"`
	Note   string        `json:"note,omitempty"`
	Diff   string        `json:"diff,omitempty"` // of an edited one, from what was applied
	Mark   *markObject   `json:"mark,omitempty"`

	blob string // what was applied, in git
}

// markObject is how an entry came to be as it is without being run.
type markObject struct {
	Event  string    `json:"event"`
	By     string    `json:"by"`
	Person string    `json:"person"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`

	line string
}

func newMarkObject(m *migrate.Mark) *markObject {
	if m == nil {
		return nil
	}
	return &markObject{Event: m.Event, By: m.By, Person: m.Person, Reason: m.Reason, At: m.At, line: m.String()}
}

func (m *markObject) text() string {
	if m == nil {
		return ""
	}
	return m.line
}

// joined are the texts that are not empty, one after the other.
func joined(texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(text string) bool { return text == "" }), "; ")
}

// rowObject is a row of the migrations table that no entry explains.
type rowObject struct {
	ID   int64  `json:"id"`
	Hash string `json:"hash"`
	When *int64 `json:"when"`
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
	h, db, target, err := o.target.open(ctx, a)
	if err != nil {
		return err
	}
	defer db.close()
	report, err := a.readStatus(ctx, db, h, target)
	if err != nil {
		return err
	}
	r := statusObject(report, db)
	a.explainEdited(ctx, r, report, h.Dir)
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

func (a *app) readStatus(ctx context.Context, db *database, h *history.History, target migrate.Target) (*migrate.Report, error) {
	defer a.working("comparing with %s", db.name)()
	return migrate.Status(ctx, db.Conn, h, target)
}

func statusObject(report *migrate.Report, db *database) *statusResult {
	r := &statusResult{
		Database: db.name, Table: report.Target.String(), Exists: report.Exists,
		Entries: entryObjects(report.Entries), Unknown: []rowObject{},
	}
	for _, row := range report.Unknown {
		r.Unknown = append(r.Unknown, rowObject{ID: row.ID, Hash: row.Hash, When: row.When})
	}
	r.Counts = statusCounts{
		Applied: len(report.In(migrate.StateApplied)), Pending: len(report.In(migrate.StatePending)),
		Skipped: len(report.In(migrate.StateSkipped)), Edited: len(report.In(migrate.StateEdited)),
		Moved: len(report.In(migrate.StateMoved)), Unknown: len(report.Unknown),
	}
	switch {
	case r.Counts.Skipped+r.Counts.Edited+r.Counts.Unknown > 0:
		r.Status = "attention"
	case r.Counts.Pending+r.Counts.Moved > 0:
		r.Status = "pending"
	default:
		r.Status = "up_to_date"
	}
	return r
}

func entryObjects(entries []migrate.Entry) []entryObject {
	out := []entryObject{}
	for _, e := range entries {
		out = append(out, entryObject{
			Tag: e.Migration.Entry.Tag, File: e.Migration.File, When: e.Migration.Entry.When,
			State: e.State, Change: string(e.Change), Note: e.Note, Mark: newMarkObject(e.Mark),
		})
	}
	return out
}

// recent is how many applied migrations are listed before everything else.
const recent = 5

func statusText(r *statusResult, all bool, p paint) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", p.bold(r.Database))
	rows := [][]string{}
	hidden := 0
	for i, e := range r.Entries {
		if e.State == migrate.StateApplied && e.Note == "" && (e.Mark == nil || e.Mark.Event == "baselined") && !all && i < len(r.Entries)-recent {
			hidden++
			continue
		}
		rows = append(rows, []string{stateText(e.State, p), e.Tag, day(e.When), joined(e.Note, e.Mark.text())})
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
func countsText(c statusCounts) string {
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
