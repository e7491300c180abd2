package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/sqltext"
)

type diffOptions struct {
	from, to    string
	side        sideOptions
	renames     renameFlags
	sql         sqlMode
	breakpoints bool
	exitCode    bool
}

// diffResult is the JSON object of skein diff.
type diffResult struct {
	Status     string        `json:"status"` // "same" or "different"
	From       sideObject    `json:"from"`
	To         sideObject    `json:"to"`
	SQL        string        `json:"sql"`
	Statements []string      `json:"statements"`
	Changes    []diff.Change `json:"changes"`
	Notes      []string      `json:"notes"`
}

type sideObject struct {
	Kind   sideKind `json:"kind"`
	Name   string   `json:"name"`
	Tables int      `json:"tables"`
}

func newDiff(a *app) *cobra.Command {
	o := &diffOptions{}
	cmd := &cobra.Command{
		Use:   "diff --from X --to Y [flags]",
		Short: "print the SQL that leads from one schema to another",
		Long: `Compares two schemas and prints the SQL that leads from the first to the second, byte for byte what
generate would write into a migration. Nothing is written and no database is changed.

X and Y are each a schema file, folder or pattern; a drizzle.config file; a snapshot file; a
migrations folder (its last snapshot); a database URL; the word database for the one that --url,
--kube, the config or DATABASE_URL names; or the word empty.

PostgreSQL prints expressions in its own words. When one side is a database and the other is not, the
other one is built on a throwaway PostgreSQL first, so that only real differences show.

The exit code is 0 whether or not they differ; with --exit-code it is 1 when they do.`,
		Example: `  skein diff --from drizzle --to drizzle.config.ts         what generate would write
  skein diff --from empty --to src/db/schema.ts            the whole schema as SQL
  skein diff --from database --to drizzle                  how a database differs from the migrations
  skein diff --from database --to drizzle --kube prod/db/postgres-0
  skein diff --from old_snapshot.json --to new_snapshot.json --exit-code`,
		GroupID: groupLook,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return compare(cmd.Context(), a, o) },
	}
	flags := cmd.Flags()
	flags.StringVar(&o.from, "from", "", "`schema` before")
	flags.StringVar(&o.to, "to", "", "`schema` after")
	flags.Var(&choice{&o.side.casing, casings}, "casing", "how columns without a name are named, in schema files")
	flags.BoolVar(&o.breakpoints, "breakpoints", true, "put statement breakpoints into the SQL; --breakpoints=false leaves them out")
	flags.BoolVar(&o.exitCode, "exit-code", false, "exit with 1 when the schemas differ")
	flags.BoolVar(&o.side.noCache, "no-cache", false, "read schema files even when nothing changed since the last time")
	o.side.reach.add(cmd)
	o.renames.add(cmd)
	o.sql.add(cmd)
	a.addFormat(cmd)
	return cmd
}

func compare(ctx context.Context, a *app, o *diffOptions) error {
	if o.from == "" || o.to == "" {
		return usage("for example `skein diff --from drizzle --to drizzle.config.ts`\n"+sideForms, "--from and --to are both needed")
	}
	from, to, err := a.readSides(ctx, o.from, o.to, o.side)
	if err != nil {
		return err
	}
	if err := a.sameSpelling(ctx, from, to); err != nil {
		return err
	}
	ask, err := o.renames.resolver(ctx, a)
	if err != nil {
		return err
	}
	changes, err := diff.ComputeIn(o.sql.mode(), from.schema, to.schema, ask)
	if err != nil {
		return a.openQuestions(err)
	}
	changes.Notes = slices.Concat(from.notes, to.notes, changes.Notes)
	a.reportDiff(from, to, changes, sqltext.Join(changes.Statements(), o.breakpoints))
	if o.exitCode && !changes.Empty() {
		return exitCode(exitRefused)
	}
	return nil
}

func (a *app) reportDiff(from, to *side, changes *diff.Result, sql string) {
	if a.json {
		r := diffResult{
			Status: "same", From: from.object(), To: to.object(), SQL: sql,
			Statements: []string{}, Changes: append([]diff.Change{}, changes.Changes...), Notes: []string{},
		}
		if !changes.Empty() {
			r.Status = "different"
		}
		r.Statements = append(r.Statements, changes.Statements()...)
		r.Notes = append(r.Notes, changes.Notes...)
		a.printJSON(r)
		return
	}
	a.print("%s", sql)
	if a.outTerminal && sql != "" {
		a.print("\n") // for the prompt that follows; a file gets the bytes alone
	}
	for _, note := range changes.Notes {
		a.note("note: %s\n", note)
	}
	if changes.Empty() {
		a.note("no difference between %s and %s\n", from.name, to.name)
	}
}

func (s *side) object() sideObject {
	return sideObject{Kind: s.kind, Name: s.name, Tables: len(s.schema.Tables)}
}
