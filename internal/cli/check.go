package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skein-db/skein/internal/check"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/finding"
)

type checkOptions struct {
	project projectFlags
	failOn  string
	noCache bool
}

// checkResult is the JSON object of skein check.
type checkResult struct {
	Status     string            `json:"status"` // "fine", "findings" or "error"
	Migrations int               `json:"migrations"`
	Snapshots  int               `json:"snapshots"`
	Errors     int               `json:"errors"`
	Warnings   int               `json:"warnings"`
	Findings   []finding.Finding `json:"findings"`
	// SchemaCompared is false where no schema files are known or they could not
	// be read.
	SchemaCompared bool         `json:"schemaCompared"`
	Error          *errorObject `json:"error,omitempty"`
}

func newCheck(a *app) *cobra.Command {
	o := &checkOptions{}
	cmd := &cobra.Command{
		Use:   "check [flags]",
		Short: "look for what is wrong in the migrations folder",
		Long: `Looks at every file of the migrations folder: the journal, the SQL files, the snapshots and how they
follow each other, and whether the schema files say what the last snapshot says. Nothing is changed
and no database is needed.

The project is described by its config, or by flags, not both. With --out alone the schema files are
left out.

The exit code is 1 when there is a finding of severity error; --fail-on moves that line.`,
		Example: `  skein check
  skein check --fail-on warning
  skein check --format json
  skein check --dialect=postgresql --out=./drizzle`,
		GroupID: groupMain,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runCheck(cmd.Context(), a, cmd, o) },
	}
	o.project.add(cmd, "config", "dialect", "casing", "schema", "out")
	cmd.Flags().Var(newChoice(&o.failOn, "error", "warning", "never"), "fail-on", "the least severity that makes the exit code 1")
	cmd.Flags().BoolVar(&o.noCache, "no-cache", false, "read the schema files even when nothing changed since the last time")
	a.addFormat(cmd)
	return cmd
}

func runCheck(ctx context.Context, a *app, cmd *cobra.Command, o *checkOptions) error {
	p, err := o.project.load(ctx, a, cmd)
	if err != nil {
		return err
	}
	in := check.Input{Dir: p.Out}
	schemaErr := a.wantedSchema(ctx, p, o.noCache, &in)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	done := a.working("checking %s", p.Out)
	report, err := check.Examine(ctx, in)
	done()
	if err != nil {
		return err
	}
	r := &checkResult{
		Status: "fine", Migrations: report.Migrations, Snapshots: report.Snapshots,
		Errors: report.Errors, Warnings: report.Warnings, Findings: report.Findings, SchemaCompared: in.Desired != nil,
	}
	if len(r.Findings) > 0 {
		r.Status = "findings"
	}
	if err := a.reportCheck(r, p, schemaErr); err != nil {
		return err
	}
	if o.failOn != "never" && r.Errors > 0 || o.failOn == "warning" && r.Warnings > 0 {
		return exitCode(exitRefused)
	}
	return nil
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

// reportCheck prints the findings, and then why the schema files could not be
// read, if they could not: that does not hide what the folder has to say.
func (a *app) reportCheck(r *checkResult, p *project, schemaErr error) error {
	if a.json {
		if schemaErr != nil {
			object := toErrorObject(asDiag(schemaErr))
			r.Status, r.Error = "error", &object
		}
		a.printJSON(r)
		if schemaErr != nil {
			return exitCode(r.Error.ExitCode)
		}
		return nil
	}
	out := a.outPaint()
	for _, f := range r.Findings {
		a.print("%s", findingText(f, out))
	}
	what := fmt.Sprintf("%s, %s", count(r.Migrations, "migration"), count(r.Snapshots, "snapshot"))
	switch {
	case schemaErr != nil:
	case r.SchemaCompared && len(r.Findings) == 0:
		what += "; the schema files say the same as the last snapshot"
	case !r.SchemaCompared:
		what += "; the schema files were left out"
	}
	if len(r.Findings) > 0 {
		a.print("\n%s and %s in %s\n", count(r.Errors, "error"), count(r.Warnings, "warning"), what)
	} else if schemaErr == nil {
		a.print("Everything's fine: %s\n", what) // the words drizzle-kit's users look for
	}
	return schemaErr
}

// findingText is a finding in the form that editors and terminals make links of.
func findingText(f finding.Finding, p paint) string {
	severity := p.red(string(f.Severity))
	if f.Severity == finding.Warning {
		severity = p.yellow(string(f.Severity))
	}
	place := (&diag.Error{File: f.File, Line: f.Line}).Position()
	var b strings.Builder
	if place != "" {
		b.WriteString(p.bold(place) + ": ")
	}
	fmt.Fprintf(&b, "%s: %s %s\n", severity, f.Message, p.faint("["+f.Code+"]"))
	if f.Detail != "" {
		b.WriteString(indent(f.Detail, "  "))
	}
	if f.Hint != "" {
		b.WriteString(indent(p.cyan("hint:")+" "+f.Hint, "  "))
	}
	return b.String()
}
