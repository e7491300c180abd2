package cli

import (
	"context"
	"fmt"
	"path"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/inspect"
)

type inspectOptions struct {
	config string
	reach  reachFlags
}

// inspectResult is the JSON object of skein inspect: a list, or one object.
type inspectResult struct {
	Status   string             `json:"status"` // "listed" or "described"
	Database string             `json:"database"`
	Tables   []inspect.Relation `json:"tables"`
	Object   *inspect.Object    `json:"object,omitempty"`
}

func newInspect(a *app) *cobra.Command {
	o := &inspectOptions{}
	cmd := &cobra.Command{
		Use:   "inspect [flags] [table or pattern]",
		Short: "show the tables of a database, or all that there is to one",
		Long: `Lists the tables and views of a database with their sizes, estimated rows, and when they were last
vacuumed and analyzed. With the name of a table, view, sequence or enum it shows what belongs to it:
columns, indexes with their size and use, foreign keys both ways, checks, policies, triggers,
partitions, comments. A pattern (app.*, *_log) narrows the list.

Nothing is changed: all of it is read in one read-only transaction with a statement timeout.

` + reachOrder,
		Example: `  skein inspect
  skein inspect users
  skein inspect 'audit.*' --url "$PRODUCTION_URL"
  skein inspect public.users --format json`,
		GroupID: groupLook,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage("in quotes, a pattern is one argument: 'user*'", "`skein inspect` takes one name or pattern, got %q too", args[1])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return runInspect(cmd.Context(), a, o, strings.Join(args, ""))
		},
	}
	cmd.Flags().StringVar(&o.config, "config", "", configUsage)
	o.reach.add(cmd)
	a.addFormat(cmd)
	return cmd
}

func runInspect(ctx context.Context, a *app, o *inspectOptions, what string) error {
	p, err := a.optionalProject(ctx, o.config, &o.reach)
	if err != nil {
		return err
	}
	db, err := o.reach.connect(ctx, a, p)
	if err != nil {
		return err
	}
	defer db.close()
	r := &inspectResult{Status: "listed", Database: db.name, Tables: []inspect.Relation{}}
	looked := a.working("looking at %s", db.name)
	err = inspect.Read(ctx, db.Conn, func(read *inspect.Reader) error { return r.read(ctx, read, what) })
	looked()
	if err != nil {
		return err
	}
	switch {
	case a.json:
		a.printJSON(r)
	case r.Object != nil:
		a.print("%s", objectText(r.Object, a.outPaint()))
	default:
		a.print("%s", relationsText(r, a.outPaint()))
	}
	return nil
}

func isPattern(text string) bool { return strings.ContainsAny(text, "*?[") }

func (r *inspectResult) read(ctx context.Context, read *inspect.Reader, what string) error {
	if what != "" && !isPattern(what) {
		return r.describe(ctx, read, what)
	}
	all, err := read.Relations(ctx)
	if err != nil {
		return err
	}
	for _, t := range all {
		if what == "" || matches(what, t.Name) || matches(what, t.Schema+"."+t.Name) {
			r.Tables = append(r.Tables, t)
		}
	}
	if what != "" && len(r.Tables) == 0 {
		return usage("`skein inspect` lists what is there", "no table or view of %s fits %s", r.Database, what)
	}
	return nil
}

func matches(pattern, name string) bool {
	fits, err := path.Match(pattern, name)
	return err == nil && fits
}

func (r *inspectResult) describe(ctx context.Context, read *inspect.Reader, what string) error {
	names, err := read.Names(ctx)
	if err != nil {
		return err
	}
	found, err := oneName(r.Database, what, names)
	if err != nil {
		return err
	}
	r.Status = "described"
	r.Object, err = read.Describe(ctx, found)
	return err
}

// oneName is the one object that a text means.
func oneName(database, what string, names []inspect.Name) (inspect.Name, error) {
	found := inspect.Match(names, what)
	switch len(found) {
	case 0:
		return inspect.Name{}, unknownName(database, what, names)
	case 1:
		return found[0], nil
	}
	var all []string
	for _, n := range found {
		all = append(all, n.String())
	}
	return inspect.Name{}, usage("write one of "+strings.Join(all, ", "), "%s is the name of several", what)
}

func unknownName(database, what string, names []inspect.Name) error {
	var all []string
	for _, n := range names {
		all = append(all, n.Name, n.String())
	}
	best := diag.Nearest(what, all)
	hint := "`skein inspect` lists what is there"
	if best != "" {
		hint = "did you mean " + best + "?"
	}
	return &diag.Error{Kind: diag.Usage, Message: fmt.Sprintf("%s has no table, view, sequence or enum %s", database, what), Hint: hint}
}
