package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skein-db/skein/internal/check"
	"github.com/skein-db/skein/internal/config"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/lint"
	"github.com/skein-db/skein/internal/report"
	"github.com/skein-db/skein/internal/sqltree"
)

type lintOptions struct {
	faces faceFlags
	base  string
	all   bool
}

// lintResult is the JSON object of skein lint.
type lintResult struct {
	Status   string             `json:"status"` // "fine" or "findings"
	Files    int                `json:"files"`
	Errors   int                `json:"errors"`
	Warnings int                `json:"warnings"`
	Findings []finding.Finding  `json:"findings"`
	Allowed  []finding.Accepted `json:"allowed"`
}

func newLint(a *app) *cobra.Command {
	o := &lintOptions{}
	cmd := &cobra.Command{
		Use:   "lint [flags] FILE...",
		Short: "look for what in a migration is not safe while an application runs",
		Long: `Reads SQL as PostgreSQL does and says which statements break the version of the code that is still
running during a deploy, or make it wait, each with the SQL that does the same safely. No database is
needed.

A FILE is an SQL file, a folder of them, a pattern, or - for standard input. The files are taken for
one release: what they create themselves is empty and unused, so nothing done to it is a finding. What
was there before is known where a file lies in a migrations folder; other tables are taken to be in
use. Of a folder in a git repository the migrations are left out that have landed on --base, and those
that have not belong to the release. --all judges each file as a release of its own.

A comment allows what you have looked at, before the statement or at the end of its line:

  -- skein:allow drop-column reason=no version since 2.4 uses it

The comments of drizzle-migration-linter are honoured too. docs/rules.md explains every code, and so
does skein explain.

check.rules in skein.yaml holds here too. The exit code is 1 when there is a finding of severity
error; --fail-on moves that line.`,
		Example: `  skein lint drizzle/0007_add_email.sql
  skein lint --all drizzle
  skein lint --format github 'drizzle/*.sql'
  git show HEAD:change.sql | skein lint -`,
		GroupID: groupMain,
		RunE:    func(cmd *cobra.Command, args []string) error { return runLint(cmd.Context(), a, o, args) },
	}
	cmd.Flags().StringVar(&o.base, "base", "", "`revision` whose migrations have landed, or none (default: of skein.yaml, else origin's main branch)")
	cmd.Flags().BoolVar(&o.all, "all", false, "judge each file as a release of its own")
	o.faces.add(cmd)
	return cmd
}

func runLint(ctx context.Context, a *app, o *lintOptions, args []string) error {
	if _, err := o.faces.files(); err != nil {
		return err
	}
	if len(args) == 0 {
		return usage("name SQL files, a folder of them, or - for standard input", "there is nothing to lint")
	}
	files, err := a.sqlFiles(args)
	if err != nil {
		return err
	}
	defer a.working("reading %s", count(len(files), "file"))()
	result, err := o.lintFiles(ctx, files)
	if err != nil {
		return err
	}
	object := &lintResult{Status: "fine", Files: len(files), Findings: orEmpty(result.Findings), Allowed: orEmpty(result.Allowed)}
	object.Errors, object.Warnings = report.Count(result.Findings)
	if len(result.Findings) > 0 {
		object.Status = "findings"
	}
	r := &report.Report{Command: "skein lint", Scope: object.scope(), Findings: object.Findings, Home: files[0].name}
	if err := a.show(&o.faces, r, object); err != nil {
		return err
	}
	if o.faces.fails(result.Findings) {
		return exitCode(exitRefused)
	}
	return nil
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// scope says what was looked at.
func (r *lintResult) scope() string {
	what := count(r.Files, "file")
	if n := len(r.Allowed); n > 0 {
		what += fmt.Sprintf("; %s allowed by comments", count(n, "finding"))
	}
	return what
}

// sqlFile is one to lint.
type sqlFile struct {
	name, text string
	named      bool // itself, not by a folder or pattern
}

// sqlFiles reads what the arguments name: files, folders, patterns, or "-" for
// standard input. None is read twice.
func (a *app) sqlFiles(args []string) ([]sqlFile, error) {
	var out []sqlFile
	seen := map[string]bool{}
	for _, arg := range args {
		if arg == "-" {
			text, err := io.ReadAll(a.In)
			if err != nil {
				return nil, unreadableSQL("-", err)
			}
			out = append(out, sqlFile{"<stdin>", string(text), true})
			continue
		}
		names, err := expand(arg)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if name = filepath.Clean(name); seen[name] {
				continue
			}
			seen[name] = true
			text, err := os.ReadFile(name)
			if err != nil {
				return nil, unreadableSQL(name, err)
			}
			out = append(out, sqlFile{name, string(text), name == filepath.Clean(arg)})
		}
	}
	return out, nil
}

// expand returns the files that an argument stands for.
func expand(arg string) ([]string, error) {
	info, err := os.Stat(arg)
	switch {
	case err == nil && info.IsDir():
		names, err := filepath.Glob(filepath.Join(literalPattern(arg), "*.sql"))
		if err != nil || len(names) == 0 {
			return nil, usage("name a folder with .sql files in it", "%s has no SQL files", arg)
		}
		return names, nil
	case errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(arg, "*?["):
		names, err := filepath.Glob(arg)
		if err != nil || len(names) == 0 {
			return nil, usage("quote it as '"+arg+"' only if files have such names", "no file matches %s", arg)
		}
		return names, nil
	}
	return []string{arg}, nil
}

// literalPattern is a path as a pattern that matches nothing else.
func literalPattern(path string) string {
	return strings.NewReplacer("*", `\*`, "?", `\?`, "[", `\[`, `\`, `\\`).Replace(path)
}

func unreadableSQL(name string, err error) error {
	return &diag.Error{Kind: diag.Usage, File: name, Message: "cannot read the file: " + reason(err), Hint: "name an SQL file, a folder of them, or - for standard input", Err: err}
}

// lintFiles judges the files: those of a migrations folder with what is known of
// it, all others as they are.
func (o *lintOptions) lintFiles(ctx context.Context, files []sqlFile) (lint.Result, error) {
	var result lint.Result
	add := func(r lint.Result, err error) error {
		result.Findings, result.Allowed = append(result.Findings, r.Findings...), append(result.Allowed, r.Allowed...)
		return err
	}
	var loose []sqlFile
	folders := map[string]*history.History{}
	wanted := map[string]map[string]bool{} // by folder, the tags, and whether they are named
	for _, f := range files {
		dir := filepath.Dir(f.name)
		h, seen := folders[dir]
		if !seen {
			h = historyAt(dir)
			folders[dir], wanted[dir] = h, map[string]bool{}
		}
		tag := strings.TrimSuffix(filepath.Base(f.name), ".sql")
		if h == nil || !slices.ContainsFunc(h.Migrations, func(m history.Migration) bool { return m.Entry.Tag == tag }) {
			loose = append(loose, f)
			continue
		}
		wanted[dir][tag] = f.named
	}
	for dir, tags := range wanted {
		if len(tags) == 0 {
			continue
		}
		r, err := o.release(ctx, folders[dir], tags)
		if err != nil {
			return result, err
		}
		if err := add(check.Lint(ctx, folders[dir], r)); err != nil {
			return result, err
		}
	}
	err := add(lintLoose(ctx, loose, o.all))
	finding.Sort(result.Findings)
	slices.SortStableFunc(result.Allowed, func(a, b finding.Accepted) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return result, err
}

// historyAt returns the migrations folder at dir, or nil where it is none.
func historyAt(dir string) *history.History {
	if _, err := os.Stat(filepath.Join(dir, "meta", "_journal.json")); err != nil {
		return nil
	}
	h, err := history.Survey(dir)
	if err != nil || h.JournalError != nil {
		return nil // skein check says what is wrong with it
	}
	return h
}

// release says what of a history is judged. Where it is not known what has
// landed, that is all before the first of the files.
func (o *lintOptions) release(ctx context.Context, h *history.History, tags map[string]bool) (check.Release, error) {
	r := check.Release{All: o.all, Only: map[string]bool{}}
	for tag := range tags {
		r.Only[tag] = true
	}
	team, err := lintTeam(h.Dir)
	if err != nil {
		return r, err
	}
	if r.Levels = check.LintLevels(team); o.all {
		return r, nil
	}
	base, err := check.FindBase(ctx, h.Dir, check.BaseRequest{Revision: cmp.Or(o.base, team.BaseRevision()), Insist: o.base != ""})
	if err != nil {
		return r, err
	}
	if r.Landed = base.Landed(); r.Landed != nil {
		maps.DeleteFunc(r.Landed, func(tag string, _ bool) bool { return tags[tag] })
		return r, nil
	}
	r.Landed = map[string]bool{}
	for _, m := range h.Migrations {
		if r.Only[m.Entry.Tag] {
			break
		}
		r.Landed[m.Entry.Tag] = true
	}
	return r, nil
}

// lintTeam is the skein.yaml for the SQL of a folder, which is the one that
// skein check goes by.
func lintTeam(dir string) (*config.Config, error) {
	team, err := config.Load(dir)
	if err == nil {
		err = team.Known(codes())
	}
	return team, err
}

// lintLoose judges files that are of no history, by the skein.yaml of the first
// one.
func lintLoose(ctx context.Context, files []sqlFile, all bool) (lint.Result, error) {
	if len(files) == 0 {
		return lint.Result{}, nil
	}
	team, err := lintTeam(filepath.Dir(files[0].name))
	if err != nil {
		return lint.Result{}, err
	}
	in := lint.Input{Alone: all, Levels: check.LintLevels(team)}
	var texts []string
	for _, f := range files {
		texts = append(texts, f.text)
	}
	parsed, err := sqltree.ParseAll(ctx, texts)
	if err != nil {
		return lint.Result{}, err
	}
	for i, f := range files {
		in.Files = append(in.Files, lint.File{Name: f.name, Text: f.text, Statements: parsed[i], Report: true})
	}
	return lint.Run(in), nil
}
