package githooks

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/gitrepo"
)

// names are the hooks that finish what the driver began.
// https://git-scm.com/docs/githooks
var names = []string{"pre-commit", "pre-merge-commit", "post-merge", "post-commit", "post-rewrite"}

// Names returns the hooks that finish what the driver began.
func Names() []string { return slices.Clone(names) }

// others are the hooks that a person's own git runs besides. Where hooks are in a
// folder of somebody else's, ours takes its place and hands all of them on.
var others = []string{
	"applypatch-msg", "pre-applypatch", "post-applypatch", "prepare-commit-msg", "commit-msg", "pre-rebase",
	"post-checkout", "pre-push", "pre-auto-gc", "sendemail-validate",
}

const (
	hooksPath = "core.hooksPath"
	// hadPath keeps what the repository's own configuration had for hooksPath.
	hadPath = "skein.hooksPath"
	// kept is behind the name of a hook that ours runs.
	kept = ".before-skein"
)

// lines are ours in a hook. They start Skein only where the driver has left a
// note.
func lines(name string) string {
	return `if [ -f "$(git rev-parse --git-path ` + Note + `)" ] && command -v skein >/dev/null 2>&1; then` + "\n" +
		"\tskein git hook " + name + ` "$@" || exit $?` + "\nfi\n"
}

// hook puts our hooks to where git looks for them.
func hook(ctx context.Context, repo *gitrepo.Repo) error {
	folder, theirs, err := place(ctx, repo)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return cannot(folder, err)
	}
	if theirs == "" {
		for _, name := range names {
			if err := add(filepath.Join(folder, name), name); err != nil {
				return cannot(filepath.Join(folder, name), err)
			}
		}
		return nil
	}
	return instead(ctx, repo, folder, theirs)
}

// place is the folder for our hooks: git's own, or one of ours where somebody
// has named another, theirs, which may be committed, or made anew by the tool
// that it is of.
func place(ctx context.Context, repo *gitrepo.Repo) (folder, theirs string, err error) {
	common, err := repo.CommonDir(ctx)
	if err != nil {
		return "", "", err
	}
	own := filepath.Join(common, "skein", "hooks")
	named, err := repo.PathSetting(ctx, hooksPath)
	switch {
	case err != nil:
		return "", "", err
	case named == own:
		return own, "", nil
	case named != "":
		return own, named, nil
	}
	folder = filepath.Join(common, "hooks")
	if info, err := os.Lstat(folder); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return own, folder, nil
	}
	return folder, "", nil
}

// instead makes git use a folder of ours, whose hooks run theirs.
func instead(ctx context.Context, repo *gitrepo.Repo, folder, theirs string) error {
	all := append(slices.Clone(names), others...)
	look := theirs
	if !filepath.IsAbs(look) {
		look = filepath.Join(repo.Top, look)
	}
	entries, err := os.ReadDir(look)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return cannot(look, err)
	}
	for _, e := range entries {
		if hookName.MatchString(e.Name()) && !slices.Contains(all, e.Name()) {
			all = append(all, e.Name())
		}
	}
	for _, name := range all {
		text := "#!/bin/sh\n"
		if slices.Contains(names, name) {
			text += block(text, lines(name))
		}
		text += "kept=" + diag.ShellQuote(filepath.ToSlash(theirs)+"/"+name) + "\n" + `[ ! -x "$kept" ] || exec "$kept" "$@"` + "\n"
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o777); err != nil {
			return cannot(folder, err)
		}
	}
	was, ok, err := repo.OwnSetting(ctx, hooksPath)
	if err == nil && ok {
		err = repo.Set(ctx, hadPath, was)
	}
	if err == nil {
		err = repo.Set(ctx, hooksPath, folder)
	}
	if err != nil {
		return err
	}
	now, err := repo.PathSetting(ctx, hooksPath)
	if err == nil && now != folder {
		err = &diag.Error{
			Kind: diag.Usage, File: repo.Top, Message: "hooks cannot be added, because core.hooksPath is set to " + now + " elsewhere than in the repository's configuration",
			Hint: "git config --show-origin core.hooksPath says where; take it out there",
		}
	}
	return err
}

// hookName tells hooks from what else lies in their folder.
var hookName = regexp.MustCompile(`^(pre|post|p4|prepare|commit|applypatch|push|update|sendemail|reference|proc)(-[a-z]+)*$`)

// ofShell is the first line of a hook that our lines can stand in.
var ofShell = regexp.MustCompile(`^#! ?(/usr)?/bin/(env )?(sh|bash|dash|zsh|ksh)( -[a-z]+)?\r?\n?$`)

// add puts our lines into a hook, in front of what there is: some hooks end
// before they come to their last line. One that is no shell script is kept beside
// ours, which runs it.
func add(file, name string) error {
	text, err := read(file)
	if err != nil {
		return err
	}
	if rest, ours := without(text); ours {
		text = rest
	}
	info, err := os.Lstat(file)
	first, rest := text, ""
	if at := strings.IndexByte(text, '\n'); at >= 0 {
		first, rest = text[:at+1], text[at+1:]
	}
	switch {
	case err != nil:
		return write(file, "#!/bin/sh\n"+block("", lines(name)), 0o777)
	case !info.Mode().IsRegular() || info.Mode()&0o111 == 0 || !ofShell.MatchString(first):
		if err := os.Rename(file, file+kept); err != nil {
			return err
		}
		return write(file, "#!/bin/sh\n"+block("", lines(name))+`[ ! -x "$0`+kept+`" ] || exec "$0`+kept+`" "$@"`+"\n", 0o777)
	}
	return write(file, first+block(first, lines(name))+rest, 0o777)
}

// remove takes our lines out of a hook, and one that is ours alone away.
func remove(file string) error {
	text, err := read(file)
	if err != nil {
		return err
	}
	rest, ours := without(text)
	if !ours {
		return nil
	}
	if _, err := os.Lstat(file + kept); err == nil {
		return os.Rename(file+kept, file)
	}
	if rest == "#!/bin/sh\n" {
		return os.Remove(file)
	}
	return write(file, rest, 0o777)
}

// unhook takes our hooks out again.
func unhook(ctx context.Context, repo *gitrepo.Repo) error {
	common, err := repo.CommonDir(ctx)
	if err != nil {
		return err
	}
	own := filepath.Join(common, "skein", "hooks")
	named, ok, err := repo.OwnSetting(ctx, hooksPath)
	if err != nil {
		return err
	}
	had, kept, err := repo.OwnSetting(ctx, hadPath)
	if err != nil {
		return err
	}
	switch {
	case !ok || named != own: // somebody has named another since
	case kept:
		err = repo.Set(ctx, hooksPath, had)
	default:
		err = repo.Unset(ctx, hooksPath)
	}
	if err == nil && kept {
		err = repo.Unset(ctx, hadPath)
	}
	if err != nil {
		return err
	}
	if err := os.RemoveAll(own); err != nil {
		return cannot(own, err)
	}
	for _, name := range names {
		file := filepath.Join(common, "hooks", name)
		if err := remove(file); err != nil {
			return cannot(file, err)
		}
	}
	for _, folder := range []string{filepath.Join(common, "skein"), filepath.Join(common, "hooks")} {
		if info, err := os.Lstat(folder); err == nil && info.IsDir() {
			_ = os.Remove(folder) // if nothing is left in it
		}
	}
	return nil
}

// runs reports whether git runs our lines of a hook.
func runs(folder, name string) (bool, error) {
	file := filepath.Join(folder, name)
	text, err := read(file)
	if err != nil {
		return false, err
	}
	_, ours := without(text)
	info, err := os.Stat(file)
	return ours && err == nil && info.Mode()&0o111 != 0, nil
}
