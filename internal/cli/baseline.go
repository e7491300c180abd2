package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skein-db/skein/internal/adopt"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/migrate"
	"github.com/skein-db/skein/internal/pgserver"
	"github.com/skein-db/skein/internal/replay"
	"github.com/skein-db/skein/internal/standing"
)

type baselineOptions struct {
	target targetFlags
	accept string
	yes    bool
	dryRun bool
	run    migrate.Options
}

// baselineResult is the JSON object of skein baseline.
type baselineResult struct {
	Status      string             `json:"status"` // "adopted", "nothing_to_do", "dry_run" or "refused"
	Database    string             `json:"database"`
	Table       string             `json:"table"`
	Tag         string             `json:"tag"`      // the last migration of the prefix
	Searched    bool               `json:"searched"` // it was found, not given
	Snapshot    string             `json:"snapshot"`
	Record      []string           `json:"record"` // tags to be recorded
	Left        int                `json:"left"`   // migrations behind the prefix
	Differences []differenceObject `json:"differences"`
	Own         []differenceObject `json:"ownDifferences"`
	Unseen      []unseenObject     `json:"unseen"`
	Recorded    []string           `json:"recorded"`
}

type differenceObject struct {
	Kind     string `json:"kind"`
	Object   string `json:"object"`
	Database string `json:"database"`
	Snapshot string `json:"snapshot"`
}

// unseenObject is a migration of which a catalog cannot show that it ran.
type unseenObject struct {
	Tag        string            `json:"tag"`
	File       string            `json:"file"`
	All        bool              `json:"all"`
	Statements []unheldStatement `json:"statements"`
}

// unheldStatement is one that no snapshot tells of.
type unheldStatement struct {
	SQL  string `json:"sql"`
	Line int    `json:"line"`
	Rows bool   `json:"rows"`
}

func newBaseline(a *app) *cobra.Command {
	o := &baselineOptions{}
	cmd := &cobra.Command{
		Use:   "baseline [TAG] [flags]",
		Short: "take over a database that was made without the migrations",
		Long: `For a database that has the tables but no record of migrations: one made by drizzle-kit push, restored
from a dump, or migrated by another program. The migrations up to TAG are recorded as applied, in the
table that drizzle's migrator uses, and none of them is run.

Before that the database is compared with the snapshot of TAG, in PostgreSQL's own words, on a
throwaway server. Without TAG the longest part of the history is looked for that the database fits.
What differs is shown, and then nothing is recorded unless --accept-differences says why. Statements
that change rows, or make what no snapshot holds, cannot be seen in a catalog; they are named, and
skein mark says of those that did not run that they are pending.

A database that has records gets those that are missing. Rows of other migrations stay as they are.

` + urlOrder,
		Example: `  skein baseline                               find out how far along the database is
  skein baseline 0042_wide --yes
  skein baseline --dry-run --format json`,
		GroupID: groupMain,
		Args:    cobra.MaximumNArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return runBaseline(cmd.Context(), a, o, args) },
	}
	o.target.add(cmd)
	cmd.Flags().BoolVarP(&o.yes, "yes", "y", false, "record it without asking")
	cmd.Flags().BoolVar(&o.dryRun, "dry-run", false, "compare only, and change nothing")
	cmd.Flags().StringVar(&o.accept, "accept-differences", "", "record it although the database differs, for this `reason`")
	addWait(cmd, &o.run)
	a.addFormat(cmd)
	return cmd
}

func runBaseline(ctx context.Context, a *app, o *baselineOptions, args []string) error {
	if o.yes && o.dryRun {
		return usage("leave one of them out", "--yes and --dry-run cannot be used together")
	}
	h, db, report, err := o.target.openStatus(ctx, a)
	if err != nil {
		return err
	}
	defer db.close()
	n, err := adopt.Prefix(report, args)
	if err != nil {
		return err
	}
	fit, err := a.fit(ctx, db, o.target.p, h, report, n)
	if err != nil {
		return err
	}
	marking, err := adopt.Baseline(report, fit)
	if err != nil {
		return err
	}
	marking.Reason, marking.Person = o.accept, person()
	r := newBaselineResult(h, db, report, fit, marking, len(args) == 0)
	a.showBaseline(r)
	switch {
	case len(r.Differences) > 0 && o.accept == "":
		return a.differs(r)
	case len(marking.Entries) == 0:
		return a.reportBaseline(r, "nothing_to_do", "nothing to record: the database has all of them\n")
	case o.dryRun:
		return a.reportBaseline(r, "dry_run", "nothing was changed\n")
	}
	if !o.yes {
		question := fmt.Sprintf("Record %s as applied in %s?", count(len(marking.Entries), "migration"), db.name)
		if err := a.wanted(ctx, question, "pass --yes to record it", func() { r.Status = "refused"; a.printJSON(r) }); err != nil {
			return err
		}
	}
	done, err := a.record(ctx, db, marking, standing.AsTeamSays(o.run, o.target.team.Migrate))
	if err != nil {
		return err
	}
	r.Recorded = append(r.Recorded, done.Tags...)
	return a.reportBaseline(r, "adopted", fmt.Sprintf("%s recorded as applied\n", count(len(done.Tags), "migration")))
}

// fit compares with the first n migrations, or looks for the prefix where n is
// below 0.
func (a *app) fit(ctx context.Context, db *database, p *project, h *history.History, report *migrate.Report, n int) (*adopt.Fit, error) {
	reading, err := p.reading()
	if err != nil {
		return nil, err
	}
	options, done := a.stageOptions(db)
	defer done()
	d := &adopt.Database{Conn: db.Conn, Reading: reading, Options: options}
	if n < 0 {
		return d.Search(ctx, h, adopt.Least(report))
	}
	return d.Compare(ctx, h, n)
}

// stageOptions are for a throwaway server of the version of a database's. done
// ends what is shown of its progress.
func (a *app) stageOptions(db *database) (o replay.Options, done func()) {
	last := func() {}
	return replay.Options{
		Server: pgserver.Options{
			Version: majorOf(db.PgConn().ParameterStatus("server_version")), CacheDir: a.cacheDir("postgres"),
			Log: func(line string) { a.note("%s\n", line) },
		},
		Progress: func(what string) {
			last()
			last = a.working("%s", what)
		},
	}, func() { last() }
}

func newBaselineResult(h *history.History, db *database, report *migrate.Report, fit *adopt.Fit, m *migrate.Marking, searched bool) *baselineResult {
	r := &baselineResult{
		Database: db.name, Table: report.Target.String(), Searched: searched, Snapshot: fit.Snapshot, Left: len(h.Migrations) - fit.N,
		Tag: h.Migrations[fit.N-1].Entry.Tag, Record: []string{}, Differences: []differenceObject{}, Own: []differenceObject{}, Unseen: []unseenObject{}, Recorded: []string{},
	}
	var taken []history.Migration
	for _, i := range m.Entries {
		r.Record = append(r.Record, h.Migrations[i].Entry.Tag)
		taken = append(taken, h.Migrations[i])
	}
	for _, d := range fit.Differences {
		r.Differences = append(r.Differences, differenceObject{d.Kind, d.Object, d.Database, d.Snapshot})
	}
	for _, d := range fit.Own {
		r.Own = append(r.Own, differenceObject{d.Kind, d.Object, d.Database, d.Snapshot})
	}
	for _, u := range adopt.UnseenIn(taken) {
		r.Unseen = append(r.Unseen, unseenObject{Tag: u.Migration.Entry.Tag, File: u.Migration.File, All: u.All, Statements: unheldStatements(u.Statements)})
	}
	return r
}

func unheldStatements(found []adopt.Statement) []unheldStatement {
	out := []unheldStatement{}
	for _, s := range found {
		out = append(out, unheldStatement{SQL: s.SQL, Line: s.Line, Rows: s.Rows})
	}
	return out
}

func (a *app) showBaseline(r *baselineResult) {
	if a.json {
		return
	}
	p := a.outPaint()
	how := "compared with"
	if r.Searched {
		how = "comes nearest to"
		if len(r.Differences) == 0 {
			how = "fits"
		}
	}
	a.print("%s %s %s\n", p.bold(r.Database), how, r.Snapshot)
	if n := len(r.Record); n > 0 {
		a.print("  %s to record as applied, %s to %s; %d behind that stay pending\n", count(n, "migration"), r.Record[0], r.Record[n-1], r.Left)
	}
	if len(r.Unseen) > 0 {
		a.print("\n%s\n", p.yellow("no catalog can show whether these ran:"))
		for i, u := range r.Unseen {
			if i == shownUnseen {
				a.print("  %s\n", p.faint(fmt.Sprintf("… and in %s more (--format json lists them all)", count(len(r.Unseen)-i, "migration"))))
				break
			}
			a.print("%s", unheldText("  ", u.Tag, u.Statements, 1, a.outWidth(), p))
		}
		a.print("  %s\n", p.faint("`skein mark TAG pending --reason …` for what did not"))
	}
	if n := len(r.Own); n > 0 {
		var b strings.Builder
		writeWrapped(&b, "", ownText(n)+": "+some(objects(r.Own)), a.outWidth())
		a.print("\n%s", b.String())
	}
	if len(r.Differences) > 0 {
		rows := [][]string{}
		for i, d := range r.Differences {
			if i == shownSteps {
				break
			}
			rows = append(rows, []string{d.Kind, d.Object, orElse(short60(d.Database), "–"), orElse(short60(d.Snapshot), "–")})
		}
		a.print("\n%s\n", columnsText([]string{"", "", "database", "snapshot"}, rows, p))
		if more := len(r.Differences) - len(rows); more > 0 {
			a.print("  %s\n", p.faint(fmt.Sprintf("… and %d more", more)))
		}
	}
	a.print("\n")
}

// unheldText names the statements of a migration that no snapshot tells of.
func unheldText(indent, tag string, found []unheldStatement, most, width int, p paint) string {
	var b strings.Builder
	for i, s := range found {
		if i == most {
			b.WriteString(indent + "  " + p.faint(fmt.Sprintf("… and %d more", len(found)-i)) + "\n")
			break
		}
		b.WriteString(fit(fmt.Sprintf("%s%s:%d  %s", indent, tag, s.Line, p.faint(oneLine(s.SQL))), width) + "\n")
	}
	return b.String()
}

// shownUnseen is of how many migrations the statements are shown.
const shownUnseen = 12

func ownText(n int) string {
	if n == 1 {
		return "1 object differs from the snapshot, as the migrations make it (`skein check --replay` tells of that)"
	}
	return fmt.Sprintf("%d objects differ from the snapshot, as the migrations make them (`skein check --replay` tells of that)", n)
}

func objects(found []differenceObject) []string {
	var out []string
	for _, d := range found {
		out = append(out, d.Kind+" "+d.Object)
	}
	return out
}

// short60 cuts a cell of a table.
func short60(text string) string {
	if r := []rune(text); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return text
}

func (a *app) differs(r *baselineResult) error {
	if a.json {
		r.Status = "refused"
		a.printJSON(r)
		return exitCode(exitRefused)
	}
	e := &diag.Error{Kind: diag.Refused, File: r.Snapshot,
		Message: fmt.Sprintf("the database differs from this snapshot in %s; nothing was recorded", count(len(r.Differences), "object")),
		Hint:    "mend the database (`skein diff --from database --to " + r.Snapshot + "` prints the SQL), name another migration, or pass --accept-differences with the reason"}
	if slices.ContainsFunc(r.Differences, func(d differenceObject) bool { return d.Kind == "table" && d.Snapshot == "" }) {
		e.Hint += "\ntables of others are left out by tablesFilter and schemaFilter in the config"
	}
	return e
}

func (a *app) reportBaseline(r *baselineResult, status, text string) error {
	r.Status = status
	if a.json {
		a.printJSON(r)
		return nil
	}
	a.print("%s", text)
	return nil
}
