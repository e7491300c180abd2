// Package githooks puts into a repository what lets git join migrations by
// itself, and takes it out again without a trace: a merge driver, the files that
// it is for, and hooks that finish what it began.
//
// All of it is the repository's own, none of it is committed: the configuration,
// .git/info/attributes and the folder of hooks. A .gitattributes would be a
// change of the work tree that git pull --rebase refuses to start with, and would
// not be there on branches that are older than it.
//
// Hooks that are there already stay. Ours is a block of lines in them, or runs
// them; which of the two depends on whose they are. The driver and the block look
// for Skein first: without it git does what it always did.
package githooks

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/gitrepo"
)

// Note is the file, in git's folder of the work tree, by which the driver tells
// the hooks that there is something to finish. Without it they do nothing.
const Note = "skein/halves.json"

// Project is a migrations folder that git is to join.
type Project struct {
	Folder string // as gitrepo names it
	Dir    string // where Skein is run for it, as gitrepo names it
	Config string // the drizzle.config, from Dir; "" for none
}

const (
	driverName = "skein"
	// driver is what git runs for each file. Skein ends with 0 where it has made
	// the file and with 1 where it has left a conflict in it; with anything else,
	// or without it, the file is merged as text, as git does without a driver.
	driver = `command -v skein >/dev/null 2>&1 && { skein git driver %O %A %B %L %P; c=$?; test $c -gt 1 || exit $c; };` +
		` git merge-file -q --marker-size=%L -L ours -L base -L theirs %A %O %B`
)

// Install sets a repository up for one more project. It writes the configuration
// and files in git's folder. With an error nothing is left behind that was not
// there before, but for the projects of earlier calls.
func Install(ctx context.Context, repo *gitrepo.Repo, p Project) error {
	before, err := Look(ctx, repo)
	if err != nil {
		return err
	}
	err = install(ctx, repo, p)
	if err != nil && len(before.Projects) == 0 {
		_ = Uninstall(context.WithoutCancel(ctx), repo)
	}
	return err
}

func install(ctx context.Context, repo *gitrepo.Repo, p Project) error {
	for _, setting := range [][2]string{
		{"merge." + driverName + ".name", "migrations, joined by Skein"},
		{"merge." + driverName + ".driver", driver},
		{"merge." + driverName + ".recursive", "text"},
		{"skein." + p.Folder + ".dir", p.Dir},
		{"skein." + p.Folder + ".config", p.Config},
	} {
		if err := repo.Set(ctx, setting[0], setting[1]); err != nil {
			return err
		}
	}
	if err := writeAttributes(ctx, repo); err != nil {
		return err
	}
	return hook(ctx, repo)
}

// Uninstall takes everything out again. What others have changed since stays.
func Uninstall(ctx context.Context, repo *gitrepo.Repo) error {
	if err := unhook(ctx, repo); err != nil {
		return err
	}
	projects, err := Projects(ctx, repo)
	if err != nil {
		return err
	}
	for _, p := range projects {
		if err := repo.RemoveSection(ctx, "skein."+p.Folder); err != nil {
			return err
		}
	}
	if err := repo.RemoveSection(ctx, "merge."+driverName); err != nil {
		return err
	}
	return writeAttributes(ctx, repo)
}

// Projects returns what the repository is set up for.
func Projects(ctx context.Context, repo *gitrepo.Repo) ([]Project, error) {
	found, err := repo.Settings(ctx, `^skein\..*\.(dir|config)$`)
	if err != nil {
		return nil, err
	}
	var out []Project
	for _, key := range slices.Sorted(maps.Keys(found)) {
		if folder, ok := strings.CutSuffix(strings.TrimPrefix(key, "skein."), ".dir"); ok {
			out = append(out, Project{Folder: folder, Dir: found[key], Config: found["skein."+folder+".config"]})
		}
	}
	return out, nil
}

// State is how a repository is set up.
type State struct {
	Projects []Project
	Driver   bool // git knows the driver, and which files it is for
	// Hooks are the names of the hooks that finish what the driver began, and
	// whether git runs them.
	Hooks map[string]bool
	// Folder is where git looks for hooks.
	Folder string
}

// Works says whether git joins migrations by itself.
func (s *State) Works() bool {
	for _, on := range s.Hooks {
		if !on {
			return false
		}
	}
	return s.Driver && len(s.Projects) > 0
}

// Look finds out how a repository is set up. It writes nothing.
func Look(ctx context.Context, repo *gitrepo.Repo) (*State, error) {
	s := &State{Hooks: map[string]bool{}}
	var err error
	if s.Projects, err = Projects(ctx, repo); err != nil {
		return nil, err
	}
	set, err := repo.Setting(ctx, "merge."+driverName+".driver")
	if err != nil {
		return nil, err
	}
	file, err := repo.GitPath(ctx, "info/attributes")
	if err != nil {
		return nil, err
	}
	text, err := read(file)
	if err != nil {
		return nil, err
	}
	_, named := without(text)
	s.Driver = set == driver && named
	if s.Folder, err = repo.GitPath(ctx, "hooks"); err != nil {
		return nil, err
	}
	for _, name := range names {
		if s.Hooks[name], err = runs(s.Folder, name); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func cannot(file string, err error) error {
	return &diag.Error{Kind: diag.Usage, File: file, Message: "cannot be changed: " + err.Error(), Err: err, Hint: "check who may write there"}
}
