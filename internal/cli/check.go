package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skein-db/skein/internal/check"
	"github.com/skein-db/skein/internal/config"
	"github.com/skein-db/skein/internal/filefacts"
	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/replay"
	"github.com/skein-db/skein/internal/report"
)

type checkOptions struct {
	project projectFlags
	faces   faceFlags
	base    string
	noCache bool
	replay  string
	all     bool
	fix     bool
}

// checkResult is the JSON object of skein check.
type checkResult struct {
	Status     string            `json:"status"` // "fine", "findings" or "error"
	Migrations int               `json:"migrations"`
	Snapshots  int               `json:"snapshots"`
	Errors     int               `json:"errors"`
	Warnings   int               `json:"warnings"`
	Findings   []finding.Finding `json:"findings"`
	Base       *check.Base       `json:"base"`
	Fixed      []check.Fixed     `json:"fixed"` // by --fix
	// SchemaCompared is false where no schema files are known or they could not
	// be read.
	SchemaCompared bool          `json:"schemaCompared"`
	Replay         *replayObject `json:"replay"`
	// Linted is false where it is not known which migrations have landed.
	Linted   bool               `json:"linted"`
	Allowed  []finding.Accepted `json:"allowed"`
	Accepted []finding.Accepted `json:"accepted"`
	Error    *errorObject       `json:"error,omitempty"`
}

func newCheck(a *app) *cobra.Command {
	o := &checkOptions{}
	cmd := &cobra.Command{
		Use:   "check [flags]",
		Short: "look for what is wrong in the migrations folder, and prove that it runs",
		Long: `Looks at every file of the migrations folder: the journal, the SQL files, the snapshots and how they
follow each other, and whether the schema files say what the last snapshot says. The SQL of each
migration is read by PostgreSQL's own grammar: statements that use what only a later one creates, new
enum values used before they are committed, breakpoints that cut a statement in two, statements that
cannot run in a transaction. Nothing is changed without --fix, and no database of
yours is touched.

Then it proves the history: all migrations run, in a throwaway PostgreSQL, and the database that they
make, the last snapshot and the schema files have to agree. Each difference is named with the
migration that brought it in. A history that did not change is not run again.

The proof is made where a PostgreSQL is at hand: on this machine, fetched earlier, or in
SKEIN_PG_URL. --replay makes it in any case, and fetches a PostgreSQL if need be; --replay=off leaves
it out.

--fix mends what is mechanical and safe, says what it did and then checks again: the times of entries
that no database can have run (without a base to compare with only those at the end of the journal),
the missing snapshot of a last migration that changes no schema, a journal whose lines run together,
and a write that was interrupted.

What has landed on the upstream may have run anywhere, so it is append-only: the folder is compared
with the commit where the branch left --base, which is what skein.yaml names, or
else the main branch of origin. Outside of a repository that part is left out. Migrations that have not
landed are judged as skein lint does: what in them is not safe while an application runs. The SQL of
those that have landed, which nobody may mend any more, is looked at with --all only.

The project is described by its config, or by flags, not both. With --out alone the schema files are
left out.

--format says what standard output is for: people, programs (json), code scanning (sarif), GitHub
Actions (github: annotations, and a job summary) or test reports (junit). --output writes one of them
into a file beside that. docs/ci.md has workflows that are ready to use, docs/rules.md all codes.

The exit code is 1 when there is a finding of severity error; --fail-on moves that line.`,
		Example: `  skein check
  skein check --base origin/release
  skein check --fail-on warning
  skein check --replay=off                 the files alone
  skein check --fix
  skein check --format json
  skein check --format github --output skein.sarif
  skein check --dialect=postgresql --out=./drizzle`,
		GroupID: groupMain,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runCheck(cmd.Context(), a, cmd, o) },
	}
	o.project.add(cmd, "config", "dialect", "casing", "schema", "out")
	cmd.Flags().StringVar(&o.base, "base", "", "`revision` whose migrations have landed, or none (default: of skein.yaml, else origin's main branch)")
	addReplay(cmd, &o.replay)
	cmd.Flags().BoolVar(&o.all, "all", false, "look at the SQL of every migration, also of those that have landed, and judge each as a release of its own")
	cmd.Flags().BoolVar(&o.noCache, "no-cache", false, "read every file even when nothing changed since the last time")
	cmd.Flags().BoolVar(&o.fix, "fix", false, "mend what is mechanical and safe, then check")
	o.faces.add(cmd)
	return cmd
}

func runCheck(ctx context.Context, a *app, cmd *cobra.Command, o *checkOptions) error {
	if _, err := o.faces.files(); err != nil {
		return err
	}
	p, err := o.project.load(ctx, a, cmd)
	if err != nil {
		return err
	}
	if err := p.team.Known(codes()); err != nil {
		return err
	}
	in := check.Input{Dir: p.Out, Team: p.team, LintAll: o.all}
	if in.Base, err = a.base(ctx, cmd, p, o.base); err != nil {
		return err
	}
	if !o.noCache {
		in.Known = filefacts.Open(a.userCache("facts"), p.Out)
	}
	schemaErr := a.wantedSchema(ctx, p, o.noCache, &in)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	fixed := []check.Fixed{}
	if o.fix {
		if fixed, err = a.fixFolder(ctx, in, o.faces.format); err != nil {
			return err
		}
		if in.Base, err = a.base(ctx, cmd, p, o.base); err != nil { // files have changed
			return err
		}
	}
	made, proofErr := a.prove(ctx, p.Out, in.Desired, o.replay)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if made == nil {
		made = &proof{Outcome: &replay.Outcome{Reason: "it broke off"}}
	}
	in.Proof, in.ProofWanted = made.Outcome, made.wanted
	done := a.working("checking %s", p.Out)
	found, err := check.Examine(ctx, in)
	done()
	if err != nil {
		return err
	}
	object := &checkResult{
		Status: "fine", Migrations: found.Migrations, Snapshots: found.Snapshots,
		Errors: found.Errors, Warnings: found.Warnings, Findings: found.Findings, Fixed: fixed,
		Base: in.Base, SchemaCompared: in.Desired != nil,
		Replay: made.object(),
		Linted: found.Linted, Allowed: found.Allowed, Accepted: found.Accepted,
	}
	if len(found.Findings) > 0 {
		object.Status = "findings"
	}
	broken := orFirst(schemaErr, proofErr)
	r := &report.Report{Command: "skein check", Scope: object.scope(broken), Findings: found.Findings, Accepted: found.Accepted, Home: orElse(p.File, p.Out)}
	if broken == nil {
		r.Remarks = made.notes()
	}
	r.Remarks = append(r.Remarks, baseText(in.Base))
	if broken != nil {
		r.Problem = asDiag(broken)
		problem := toErrorObject(r.Problem)
		object.Status, object.Error = "error", &problem
	}
	if err := a.show(&o.faces, r, object); err != nil {
		return err
	}
	if o.faces.fails(found.Findings) {
		return exitCode(exitRefused)
	}
	return nil
}

// scope says what was looked at.
func (r *checkResult) scope(schemaErr error) string {
	what := fmt.Sprintf("%s, %s", count(r.Migrations, "migration"), count(r.Snapshots, "snapshot"))
	switch {
	case schemaErr != nil:
	case r.SchemaCompared && len(r.Findings) == 0:
		what += "; the schema files say the same as the last snapshot"
	case !r.SchemaCompared:
		what += "; the schema files were left out"
	}
	if n := len(r.Allowed); n > 0 {
		what += fmt.Sprintf("; %s allowed by comments", count(n, "finding"))
	}
	if n := len(r.Accepted); n > 0 {
		what += fmt.Sprintf("; %s accepted by %s", count(n, "difference"), config.Name)
	}
	return what
}

// base finds what the migrations folder is compared with. Only who asks for it
// on the command line wants it where there is no repository.
func (a *app) base(ctx context.Context, cmd *cobra.Command, p *project, flag string) (*check.Base, error) {
	asked := check.BaseRequest{Revision: p.team.BaseRevision()}
	if cmd.Flags().Changed("base") {
		asked = check.BaseRequest{Revision: flag, Insist: true}
		if flag == "" {
			return nil, usage("write --base origin/main, or --base none", "--base needs a revision")
		}
	}
	return check.FindBase(ctx, p.Out, asked)
}

// baseText says what the folder was compared with.
func baseText(b *check.Base) string {
	if b.Skipped != "" {
		return "not compared with what has landed: " + b.Skipped
	}
	return fmt.Sprintf("compared with what has landed on %s, up to commit %s", b.Revision, b.Commit[:min(12, len(b.Commit))])
}

// wantedSchema reads the schema files, if any are known, into in.
func (a *app) wantedSchema(ctx context.Context, p *project, noCache bool, in *check.Input) error {
	if len(p.Schema) == 0 {
		return nil
	}
	loaded, err := a.loadSchema(ctx, p, noCache)
	if err != nil {
		return err
	}
	in.Desired = loaded.Schema
	var paths []string
	for _, path := range p.Schema {
		paths = append(paths, filepath.Clean(path))
	}
	in.SchemaFile = strings.Join(paths, ", ")
	return nil
}
