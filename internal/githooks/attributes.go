package githooks

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/skein-db/skein/internal/gitrepo"
)

// The lines around what is ours in a file of others.
const (
	begin = "# skein: begin (skein git uninstall takes this out)"
	// beginInLine is begin where the text before had no end of line of its own.
	beginInLine = "# skein: begin, and the end of the line before (skein git uninstall takes this out)"
	end         = "# skein: end"
)

// block is lines as they are put behind a text.
func block(before, lines string) string {
	if before != "" && !strings.HasSuffix(before, "\n") {
		return "\n" + beginInLine + "\n" + lines + end + "\n"
	}
	return begin + "\n" + lines + end + "\n"
}

// without is a text without our block, and whether there was one.
func without(text string) (string, bool) {
	for _, first := range []string{"\n" + beginInLine + "\n", begin + "\n"} {
		at := strings.Index(text, first)
		if at < 0 {
			continue
		}
		if stop := strings.Index(text[at:], "\n"+end+"\n"); stop >= 0 {
			return text[:at] + text[at+stop+len("\n"+end+"\n"):], true
		}
	}
	return text, false
}

// writeAttributes names to git the files that the driver is for, those of every
// project. A file that would have nothing else in it goes.
func writeAttributes(ctx context.Context, repo *gitrepo.Repo) error {
	projects, err := Projects(ctx, repo)
	if err != nil {
		return err
	}
	file, err := repo.GitPath(ctx, "info/attributes")
	if err != nil {
		return err
	}
	was, err := read(file)
	if err != nil {
		return err
	}
	text, _ := without(was)
	lines := ""
	for _, p := range projects {
		for _, name := range []string{"*.sql", "meta/_journal.json", "meta/*_snapshot.json"} {
			lines += pattern(p.Folder, name) + " merge=" + driverName + "\n"
		}
	}
	if lines != "" {
		text += block(text, lines)
	}
	switch {
	case text == was:
		return nil
	case text == "":
		err = os.Remove(file)
	default:
		if err = os.MkdirAll(filepath.Dir(file), 0o777); err == nil {
			err = write(file, text, 0o666)
		}
	}
	if err != nil {
		return cannot(file, err)
	}
	return nil
}

// pattern is how attributes name files of a folder.
// https://git-scm.com/docs/gitattributes
func pattern(folder, name string) string {
	if folder == "." {
		return "/" + name
	}
	p := "/" + strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(folder) + "/" + name
	if !strings.ContainsAny(p, " \t\"\\") {
		return p
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\t", `\t`).Replace(p) + `"`
}

// read returns a file's text, "" for no file.
func read(file string) (string, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", cannot(file, err)
	}
	return string(data), nil
}

// write replaces a file so that it is either as before or as now, and keeps its
// mode.
func write(file, text string, mode fs.FileMode) error {
	if info, err := os.Stat(file); err == nil {
		mode = info.Mode().Perm()
	}
	if err := os.WriteFile(file+".skein-new", []byte(text), mode); err != nil {
		return err
	}
	if err := os.Chmod(file+".skein-new", mode); err != nil {
		return err
	}
	return os.Rename(file+".skein-new", file)
}
