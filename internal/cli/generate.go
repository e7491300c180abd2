package cli

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/drizzle"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
	"github.com/skein-db/skein/internal/sqltext"
)

type generateOptions struct {
	project projectFlags
	renames renameFlags
	sql     sqlMode
	name    string
	prefix  string
	custom  bool
	noCache bool
}

// generateResult is the JSON object of skein generate.
type generateResult struct {
	Status     string        `json:"status"` // "created" or "no_changes"
	Tag        string        `json:"tag,omitempty"`
	Files      []string      `json:"files"`
	Statements []string      `json:"statements"`
	Changes    []diff.Change `json:"changes"`
	Effects    []diff.Effect `json:"effects"`
	Notes      []string      `json:"notes"`
	Warnings   []string      `json:"warnings"`
	Schema     schemaObject  `json:"schema"`
}

// schemaObject says where a schema was read from.
type schemaObject struct {
	Tables int    `json:"tables"`
	Files  int    `json:"files"`
	ORM    string `json:"orm"`
	Cached bool   `json:"cached"`
}

func newGenerate(a *app) *cobra.Command {
	o := &generateOptions{}
	cmd := &cobra.Command{
		Use:   "generate [flags]",
		Short: "write a migration for what changed in the schema",
		Long: `Compares the schema files with the last snapshot of the migrations folder and writes a migration for
the difference: the SQL file, its snapshot, its journal entry. Where nothing changed, nothing is
written. No database is needed, and no Node.js.

The project is described by its config, or by flags (--dialect, --schema, --out, …), not both. Next
to a config these flags may be given: --name, --custom, --prefix, --rename, --answers,
--answers-all, --sql, --no-cache, --format.

What a change will do to rows that are there (lose them, fail on them, write them all anew) is told
before anything is written, with the safer way. It is never a question and changes no exit code.

When something may have been renamed, skein asks on a terminal; elsewhere it stops with exit code 2
and lists the flags to choose from (skein help renames).`,
		Example: `  skein generate
  skein generate --name add_posts
  skein generate --rename public.users.name=public.users.full_name
  skein generate --custom --name backfill_slugs
  skein generate --dialect=postgresql --schema=./src/schema.ts --out=./drizzle`,
		GroupID: groupMain,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return generate(cmd.Context(), a, cmd, o) },
	}
	o.project.add(cmd, "config", "dialect", "driver", "casing", "schema", "out", "breakpoints")
	cmd.Flags().StringVar(&o.name, "name", "", "`name` of the migration (default: two random words)")
	cmd.Flags().BoolVar(&o.custom, "custom", false, "write an empty migration for SQL of your own")
	cmd.Flags().Var(newChoice(&o.prefix, "index", "timestamp", "supabase", "unix", "none"), "prefix", "what the names of migrations begin with")
	cmd.Flags().BoolVar(&o.noCache, "no-cache", false, "read the schema files even when nothing changed since the last time")
	o.renames.add(cmd)
	o.sql.add(cmd)
	a.addFormat(cmd)
	return cmd
}

func generate(ctx context.Context, a *app, cmd *cobra.Command, o *generateOptions) error {
	project, err := o.project.load(ctx, a, cmd, "dialect", "schema")
	if err != nil {
		return err
	}
	h, err := a.openHistory(project.Out)
	if err != nil {
		return err
	}
	last, err := h.LastSnapshot()
	if err != nil {
		return err
	}
	draft := history.Draft{
		Name: o.name, Prefix: o.prefixFor(a, cmd, project), Breakpoints: project.Breakpoints, Now: time.Now(),
	}
	if o.custom {
		return writeCustom(a, h, last, draft)
	}
	return writeChanges(ctx, a, o, project, h, last, draft)
}

// prefixFor returns the prefix that counts: the config's, if it has one, as in
// drizzle-kit.
func (o *generateOptions) prefixFor(a *app, cmd *cobra.Command, p *project) string {
	if p.Prefix == "" {
		return o.prefix
	}
	if cmd.Flags().Changed("prefix") && o.prefix != p.Prefix {
		a.warn("--prefix %s is not used: %s says migrations.prefix is %s", o.prefix, p.File, p.Prefix)
	}
	return p.Prefix
}

// writeCustom appends a migration without changes, for SQL written by hand.
func writeCustom(a *app, h *history.History, last *snapshot.Snapshot, draft history.Draft) error {
	draft.SQL = history.CustomText
	draft.Snapshot = snapshot.New(uuid.NewString(), snapshot.OriginID, &schema.Schema{})
	if last != nil {
		draft.Snapshot = last.WithIDs(uuid.NewString(), last.ID)
	}
	written, err := h.Append(draft)
	if err != nil {
		return err
	}
	if a.json {
		r := newGenerateResult("created")
		r.wrote(written)
		a.printJSON(r)
		return nil
	}
	a.print("wrote %s, empty, for SQL of your own\n", a.outPaint().bold(written.SQLFile))
	return nil
}

// writeChanges appends a migration for what changed since last, if anything did.
func writeChanges(ctx context.Context, a *app, o *generateOptions, p *project, h *history.History, last *snapshot.Snapshot, draft history.Draft) error {
	loaded, err := a.loadSchema(ctx, p, o.noCache)
	if err != nil {
		return err
	}
	from, prevID := &schema.Schema{}, snapshot.OriginID
	if last != nil {
		from, prevID = &last.Schema, last.ID
	}
	ask, err := o.renames.resolver(ctx, a)
	if err != nil {
		return err
	}
	changes, err := diff.ComputeIn(o.sql.mode(), from, snapshot.Declared(loaded.Schema), ask)
	if err != nil {
		return a.openQuestions(err)
	}
	r := newGenerateResult("no_changes")
	r.Schema = schemaObject{Tables: len(loaded.Schema.Tables), Files: len(loaded.Sources), ORM: loaded.ORM, Cached: loaded.Cached}
	r.Warnings = append(r.Warnings, loaded.Warnings...)
	r.Notes = append(r.Notes, changes.Notes...)
	if !changes.Empty() {
		statements := changes.Statements()
		r.Statements, r.Changes = statements, changes.Changes
		r.Effects = append(r.Effects, diff.Effects(changes, from, loaded.Schema)...)
		a.announce(r)
		draft.SQL = sqltext.Join(statements, draft.Breakpoints)
		draft.Snapshot = snapshot.New(uuid.NewString(), prevID, loaded.Schema)
		written, err := h.Append(draft)
		if err != nil {
			return err
		}
		r.Status = "created"
		r.wrote(written)
	}
	a.reportGenerate(r)
	return nil
}

func newGenerateResult(status string) *generateResult {
	return &generateResult{
		Status: status, Files: []string{}, Statements: []string{}, Changes: []diff.Change{},
		Effects: []diff.Effect{}, Notes: []string{}, Warnings: []string{},
	}
}

func (r *generateResult) wrote(w *history.Written) {
	r.Tag, r.Files = w.Tag, []string{w.SQLFile, w.SnapshotFile, w.JournalFile}
}

// announce prints what is about to be written, and what it will do to data.
func (a *app) announce(r *generateResult) {
	if a.json {
		return
	}
	a.warnAll(r.Warnings)
	a.print("%s", changeList(r.Changes, a.outPaint()))
	a.print("%s", effectList(r.Effects, a.outPaint()))
	for _, note := range r.Notes {
		a.print("note: %s\n", note)
	}
}

func (a *app) warnAll(warnings []string) {
	for _, warning := range warnings {
		a.warn("%s", warning)
	}
}

func (a *app) reportGenerate(r *generateResult) {
	if a.json {
		a.printJSON(r)
		return
	}
	tables := count(r.Schema.Tables, "table")
	if r.Status == "no_changes" {
		a.warnAll(r.Warnings)
		a.print("No schema changes, nothing to migrate (%s)\n", tables) // the words drizzle-kit's users look for
		return
	}
	a.print("wrote %s, %s\n", a.outPaint().bold(r.Files[0]), count(len(r.Statements), "statement"))
}

// loadSchema reads the schema files of a project.
func (a *app) loadSchema(ctx context.Context, p *project, noCache bool) (*drizzle.Loaded, error) {
	defer a.working("reading the schema files")()
	o := drizzle.LoadOptions{Dir: ".", Files: p.Schema, Casing: p.Casing}
	if !noCache {
		o.CacheDir = a.userCache("schema")
	}
	return drizzle.Load(ctx, o)
}
