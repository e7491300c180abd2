package cli

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/githooks"
	"github.com/skein-db/skein/internal/gitrepo"
	"github.com/skein-db/skein/internal/settle"
)

// gitResult is the JSON object of skein git.
type gitResult struct {
	Status   string       `json:"status"` // "on", "off" or "broken"
	Driver   bool         `json:"driver"`
	Folders  []string     `json:"folders"`
	Hooks    []hookObject `json:"hooks"`
	Path     string       `json:"hooksPath"`
	OnPath   bool         `json:"onPath"`
	Unjoined []string     `json:"unjoined"`
}

type hookObject struct {
	Name string `json:"name"`
	On   bool   `json:"on"`
}

func newGit(a *app) *cobra.Command {
	var project projectFlags
	cmd := &cobra.Command{
		Use:   "git <install|uninstall|status> [flags]",
		Short: "let git join migrations by itself",
		Long: `skein git install makes git merge, rebase, cherry-pick and pull of branches that both have
migrations succeed wherever skein resolve would, with the same outcome. Where resolve would stop, git stops
with its ordinary conflict, and says what to run.

It sets up this clone, and commits nothing: a merge driver in git's configuration, the files that it is for
in .git/info/attributes, and a few lines in five hooks. Hooks that are there already stay and are run. Where
core.hooksPath names their folder, as husky does, ours hands on to it; run install again when a tool has set
core.hooksPath anew. Run it in each project of a repository that has several.

skein git uninstall takes all of it out again, and skein git status tells how things are. A git that
cannot find Skein merges as it always did.`,
		Example: `  skein git install
  skein git status
  skein git uninstall`,
		GroupID:   groupMain,
		ValidArgs: []string{"install", "uninstall", "status"},
		RunE: func(cmd *cobra.Command, args []string) error {
			word := ""
			if len(args) > 0 {
				word, args = args[0], args[1:]
			}
			switch {
			case word == "driver" && len(args) == 5: // for git alone
				return a.gitDriver(cmd.Context(), args)
			case word == "hook" && len(args) > 0:
				return a.gitHook(cmd.Context(), args[0], args[1:])
			case word == "install" && len(args) == 0:
				return a.gitInstall(cmd.Context(), cmd, &project)
			case word == "uninstall" && len(args) == 0:
				return a.gitUninstall(cmd.Context())
			case word == "status" && len(args) == 0:
				return a.gitStatus(cmd.Context())
			}
			return usage("for example `skein git install`", "install, uninstall or status?")
		},
	}
	project.add(cmd, "config", "dialect", "out")
	a.addFormat(cmd)
	return cmd
}

func (a *app) gitInstall(ctx context.Context, cmd *cobra.Command, f *projectFlags) error {
	p, err := f.load(ctx, a, cmd)
	if err != nil {
		return err
	}
	repo, err := gitHere(ctx, p.Out)
	if err != nil {
		return err
	}
	var of githooks.Project
	var inside [2]bool
	of.Folder, inside[0] = repo.Path(p.Out)
	of.Dir, inside[1] = repo.Path(".")
	if !inside[0] || !inside[1] {
		return &diag.Error{Kind: diag.Usage, File: p.Out, Message: "the migrations folder is outside of this repository", Hint: "run this where drizzle.config.ts is"}
	}
	if !p.flags {
		of.Config = filepath.ToSlash(p.File)
	}
	if err := githooks.Install(ctx, repo, of); err != nil {
		return err
	}
	return a.tellGit(ctx, repo)
}

func (a *app) gitUninstall(ctx context.Context) error {
	repo, err := gitHere(ctx, ".")
	if err != nil {
		return err
	}
	if err := githooks.Uninstall(ctx, repo); err != nil {
		return err
	}
	return a.tellGit(ctx, repo)
}

func (a *app) gitStatus(ctx context.Context) error {
	repo, err := gitHere(ctx, ".")
	if err != nil {
		return err
	}
	return a.tellGit(ctx, repo)
}

// gitHere is the one that a folder is in.
func gitHere(ctx context.Context, dir string) (*gitrepo.Repo, error) {
	repo, err := gitrepo.Find(ctx, dir)
	if err != nil || repo != nil {
		return repo, err
	}
	if !gitrepo.Installed() {
		return nil, usage("install git, or put it on PATH", "there is no git program")
	}
	return nil, usage("run this in the work tree of a repository", "there is no git repository here")
}

// tellGit tells how a repository is set up.
func (a *app) tellGit(ctx context.Context, repo *gitrepo.Repo) error {
	s, err := githooks.Look(ctx, repo)
	if err != nil {
		return err
	}
	r := gitResult{Status: "off", Driver: s.Driver, Folders: []string{}, Hooks: []hookObject{}, Path: s.Folder, Unjoined: []string{}}
	for _, p := range s.Projects {
		r.Folders = append(r.Folders, p.Folder)
	}
	for _, name := range githooks.Names() {
		r.Hooks = append(r.Hooks, hookObject{name, s.Hooks[name]})
	}
	switch {
	case s.Works():
		r.Status = "on"
	case s.Driver || len(s.Projects) > 0:
		r.Status = "broken"
	}
	_, missing := exec.LookPath("skein")
	r.OnPath = missing == nil
	halves, err := settle.Unended(ctx, repo)
	if err != nil {
		return err
	}
	r.Unjoined = append(r.Unjoined, halves...)
	if a.json {
		a.printJSON(r)
	} else {
		a.print("%s", gitText(r, a.outPaint()))
	}
	if r.Status == "broken" {
		return exitCode(exitRefused)
	}
	return nil
}

func gitText(r gitResult, p paint) string {
	var b strings.Builder
	switch r.Status {
	case "off":
		return "git merges migrations as text here; skein git install changes that\n"
	case "on":
		b.WriteString("git joins the migrations of " + p.bold(strings.Join(r.Folders, ", ")) + " by itself\n")
	default:
		b.WriteString(p.yellow("git does not join migrations by itself, because a part of what is needed is missing:") + "\n")
		if !r.Driver {
			b.WriteString("  the merge driver\n")
		}
		for _, h := range r.Hooks {
			if !h.On {
				b.WriteString("  the hook " + h.Name + ", in " + r.Path + "\n")
			}
		}
		b.WriteString("skein git install puts it back\n")
	}
	if !r.OnPath {
		b.WriteString(p.yellow("skein is not on PATH, so git does not find it, and merges as it always did") + "\n")
	}
	if len(r.Unjoined) > 0 {
		b.WriteString(p.yellow("something that git was doing has not come to its end: "+strings.Join(r.Unjoined, ", ")) + "\n")
	}
	return b.String()
}
