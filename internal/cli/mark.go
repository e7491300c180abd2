package cli

import (
	"context"
	"fmt"
	"os"
	"os/user"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skein-db/skein/internal/adopt"
	"github.com/skein-db/skein/internal/catalog"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/migrate"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/standing"
)

type markOptions struct {
	target targetFlags
	reason string
	yes    bool
	run    migrate.Options
}

// markResult is the JSON object of skein mark.
type markResult struct {
	Status   string          `json:"status"` // "marked", "nothing_to_do" or "refused"
	Database string          `json:"database"`
	Table    string          `json:"table"`
	As       migrate.State   `json:"as"`
	Reason   string          `json:"reason"`
	Entries  []markedObject  `json:"entries"`
	Marked   []string        `json:"marked"`
	Counts   standing.Counts `json:"counts"` // before
}

type markedObject struct {
	Tag     string        `json:"tag"`
	File    string        `json:"file"`
	State   migrate.State `json:"state"`   // before
	Changes bool          `json:"changes"` // false where it is so already
	Means   []string      `json:"means"`
}

func newMark(a *app) *cobra.Command {
	o := &markOptions{}
	cmd := &cobra.Command{
		Use:   "mark TAG... applied|pending --reason TEXT [flags]",
		Short: "say that a migration is applied, or is not, without running it",
		Long: `Changes what the database records of migrations, and nothing else. It shows what that means, as far as
the catalog can tell, asks, and writes the change with the reason, the role and the person into the
log beside drizzle's table, where skein status shows it.

  applied   the migration is never run; of one that was edited, the row takes the file as it is now
  pending   the next migrate runs it; what was run of one that broke off in the middle is forgotten

For a database that has no records at all there is skein baseline.

` + urlOrder,
		Example: `  skein mark 0042_wide applied --reason "run by hand during the incident"
  skein mark 0007_seed 0011_seed pending --reason "the seed never ran here" --yes`,
		GroupID: groupMain,
		Args:    cobra.ArbitraryArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return runMark(cmd.Context(), a, o, args) },
	}
	o.target.add(cmd)
	cmd.Flags().StringVar(&o.reason, "reason", "", "why, as `text` for the log")
	cmd.Flags().BoolVarP(&o.yes, "yes", "y", false, "do it without asking")
	addWait(cmd, &o.run)
	a.addFormat(cmd)
	return cmd
}

// markArgs takes the arguments apart.
func markArgs(args []string, reason string) (tags []string, as migrate.State, err error) {
	const example = "for example `skein mark 0042_wide applied --reason \"run by hand\"`"
	if len(args) < 2 {
		return nil, "", usage(example, "`skein mark` takes the tags of migrations, and then applied or pending")
	}
	as = migrate.State(args[len(args)-1])
	switch {
	case as != migrate.StateApplied && as != migrate.StatePending:
		return nil, "", usage(example, "the last word is %q; it has to be applied or pending", as)
	case strings.TrimSpace(reason) == "":
		return nil, "", usage(example, "--reason is missing: who looks at this in a year wants to know why")
	}
	return args[:len(args)-1], as, nil
}

func runMark(ctx context.Context, a *app, o *markOptions, args []string) error {
	tags, as, err := markArgs(args, o.reason)
	if err != nil {
		return err
	}
	h, db, report, err := o.target.openStatus(ctx, a)
	if err != nil {
		return err
	}
	defer db.close()
	r := &markResult{
		Database: db.name, Table: report.Target.String(), As: as, Reason: o.reason,
		Entries: []markedObject{}, Marked: []string{}, Counts: standing.NewStatus(report, db.name).Counts,
	}
	marking := &migrate.Marking{Report: report, Applied: as == migrate.StateApplied, Reason: o.reason, Person: person()}
	live, err := a.liveCatalog(ctx, db, o.target.p)
	if err != nil {
		return err
	}
	for _, tag := range tags {
		i, err := adopt.Find(report, tag)
		if err != nil {
			return err
		}
		e := &report.Entries[i]
		if !e.Migration.HasSQL {
			return &diag.Error{Kind: diag.Refused, File: e.Migration.File, Message: "the SQL file is missing, and the record is of its text", Hint: "restore it from version control; nothing was changed"}
		}
		object := markedObject{Tag: tag, File: e.Migration.File, State: e.State, Changes: changes(e, as)}
		if object.Changes && !slices.Contains(marking.Entries, i) {
			marking.Entries = append(marking.Entries, i)
		}
		object.Means, err = meaning(h, i, adopt.Least(report)-1, e, as, live)
		if err != nil {
			return err
		}
		r.Entries = append(r.Entries, object)
	}
	a.showMark(r)
	if len(marking.Entries) == 0 {
		r.Status = "nothing_to_do"
		if a.json {
			a.printJSON(r)
		}
		return nil
	}
	if !o.yes {
		question := fmt.Sprintf("Record %s as %s in %s?", count(len(marking.Entries), "migration"), as, db.name)
		if err := a.wanted(ctx, question, "pass --yes to record it", func() { r.Status = "refused"; a.printJSON(r) }); err != nil {
			return err
		}
	}
	done, err := a.record(ctx, db, marking, standing.AsTeamSays(o.run, o.target.team.Migrate))
	if err != nil {
		return err
	}
	r.Status, r.Marked = "marked", append(r.Marked, done.Tags...)
	if a.json {
		a.printJSON(r)
		return nil
	}
	for _, tag := range done.ByOthers {
		a.print("  another run has recorded %s meanwhile\n", tag)
	}
	a.print("%s recorded as %s\n", count(len(done.Tags), "migration"), as)
	return nil
}

// changes says whether there is something to change about an entry.
func changes(e *migrate.Entry, as migrate.State) bool {
	if as == migrate.StateApplied {
		return e.State != migrate.StateApplied || e.Begun()
	}
	return e.State == migrate.StateApplied || e.State == migrate.StateEdited || e.Begun()
}

// record writes a decision down, and tells whom it waits for.
func (a *app) record(ctx context.Context, db *database, m *migrate.Marking, o migrate.Options) (*migrate.Recorded, error) {
	watch := &migrateWatch{app: a, result: &migrateResult{}}
	o.OnEvent = watch.event
	return migrate.Record(ctx, db.Conn, m, o)
}

// liveCatalog reads what of a database belongs to the project.
func (a *app) liveCatalog(ctx context.Context, db *database, p *project) (*schema.Schema, error) {
	reading, err := p.reading()
	if err != nil {
		return nil, err
	}
	defer a.working("reading the catalog of %s", db.name)()
	return catalog.Read(ctx, db.Conn, reading)
}

// person is who runs the program, for the log: databases know only the role.
func person() string {
	name, host := "", ""
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	if h, err := os.Hostname(); err == nil {
		host = h
	}
	return strings.Trim(name+"@"+host, "@")
}

// meaning says what it means to mark the i-th entry; newest is the place of the
// newest one that is applied.
func meaning(h *history.History, i, newest int, e *migrate.Entry, as migrate.State, live *schema.Schema) ([]string, error) {
	if !changes(e, as) {
		return []string{"it is so already"}, nil
	}
	var out []string
	statements := len(adopt.Statements(e.Migration))
	switch {
	case as == migrate.StateApplied && e.State == migrate.StateEdited:
		return []string{"nothing is run: its row takes the text and the time that the file and the journal have now"}, nil
	case as == migrate.StateApplied && e.State == migrate.StateApplied:
		return []string{"what was run of its reverse is forgotten"}, nil
	case as == migrate.StateApplied && e.Begun():
		out = append(out, "it is not gone on with: the rest of its "+count(statements, "statement")+" is never run")
	case as == migrate.StateApplied:
		out = append(out, "its "+count(statements, "statement")+" never "+map[bool]string{true: "runs", false: "run"}[statements == 1]+" here")
	case e.State == migrate.StatePending || e.State == migrate.StateSkipped:
		out = append(out, "what was run of it is forgotten: the next migrate begins with its first statement")
	default:
		out = append(out, "the next migrate runs its "+count(statements, "statement")+" again")
		if newest > i {
			out = append(out, "drizzle's own migrator would pass over it: something newer is applied")
		}
	}
	seen, err := evidence(h, i, as, live)
	if err != nil {
		return nil, err
	}
	out = append(out, seen...)
	if unheld := adopt.Unheld(e.Migration); len(unheld) > 0 {
		out = append(out, fmt.Sprintf("no catalog can show whether %s of it ran (line %d: %s)", count(len(unheld), "statement"), unheld[0].Line, oneLine(unheld[0].SQL)))
	}
	return out, nil
}

// evidence says what the catalog shows of a migration.
func evidence(h *history.History, i int, as migrate.State, live *schema.Schema) ([]string, error) {
	if !adopt.HasOwn(h, i) {
		return []string{"it has no snapshot, so the catalog cannot be compared with what it does"}, nil
	}
	before, _, err := adopt.SchemaAfter(h, i)
	if err != nil {
		return nil, err
	}
	after, _, err := adopt.SchemaAfter(h, i+1)
	if err != nil {
		return nil, err
	}
	seen := adopt.EvidenceOf(before, after, live)
	var out []string
	switch {
	case seen.Nothing:
		return nil, nil
	case as == migrate.StatePending && len(seen.Has) > 0:
		out = append(out, "that will fail: the catalog has "+some(seen.Has)+" already, which it creates")
	case as == migrate.StatePending:
	case len(seen.Lacks)+len(seen.Kept) == 0:
		out = append(out, "the catalog has everything that it creates, by name")
	}
	if as == migrate.StateApplied && len(seen.Lacks) > 0 {
		out = append(out, "the catalog lacks "+some(seen.Lacks)+", which it creates")
	}
	if as == migrate.StateApplied && len(seen.Kept) > 0 {
		out = append(out, "the catalog still has "+some(seen.Kept)+", which it drops")
	}
	return out, nil
}

// some are the first of several words.
func some(words []string) string {
	if len(words) > 4 {
		return strings.Join(words[:3], ", ") + fmt.Sprintf(" and %d more", len(words)-3)
	}
	return list(words)
}

func (a *app) showMark(r *markResult) {
	if a.json {
		return
	}
	p := a.outPaint()
	a.print("%s\n\n", p.bold(r.Database))
	for _, e := range r.Entries {
		a.print("  %s  %s → %s\n", e.Tag, stateText(e.State, p), stateText(r.As, p))
		for _, text := range e.Means {
			var b strings.Builder
			writeWrapped(&b, "    ", text, a.outWidth())
			a.print("%s", b.String())
		}
	}
	a.print("\n")
}
