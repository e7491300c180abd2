package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/skein-db/skein/internal/gitrepo"
	"github.com/skein-db/skein/internal/migrate"
)

// explainEdited adds to edited entries how their SQL differs from what was
// applied, where git still has that text.
func (a *app) explainEdited(ctx context.Context, r *statusResult, report *migrate.Report, folder string) {
	if r.Counts.Edited == 0 {
		return
	}
	repo, err := gitrepo.Find(ctx, folder)
	if err != nil || repo == nil {
		return // where there is no git, there is no old text
	}
	defer a.working("looking for the old text in git")()
	wanted := map[string]int{}
	for i, e := range report.Entries {
		if e.State == migrate.StateEdited && e.Change != migrate.ChangeWhen {
			wanted[e.Row.Hash] = i
		}
	}
	for hash, id := range a.textsIn(ctx, repo, folder, wanted) {
		entry := &r.Entries[wanted[hash]]
		if name, ok := repo.Path(entry.File); ok {
			entry.Diff, _ = repo.Diff(ctx, id, name) // without it the state is told as well
			entry.blob = id
		}
	}
}

// appliedTexts returns the texts that git has had in a folder, by the hashes that
// they are wanted for.
func (a *app) appliedTexts(ctx context.Context, folder string, hashes []string) map[string]string {
	texts := map[string]string{}
	repo, err := gitrepo.Find(ctx, folder)
	if err != nil || repo == nil {
		return texts
	}
	wanted := map[string]int{}
	for i, hash := range hashes {
		wanted[hash] = i
	}
	for hash, id := range a.textsIn(ctx, repo, folder, wanted) {
		if contents, err := repo.Blobs(ctx, id); err == nil {
			texts[hash] = string(contents[0])
		}
	}
	return texts
}

// textsIn returns the ids of the contents that have the wanted hashes.
func (a *app) textsIn(ctx context.Context, repo *gitrepo.Repo, folder string, wanted map[string]int) map[string]string {
	found := map[string]string{}
	name, ok := repo.Path(folder)
	if !ok {
		return found
	}
	ids, err := repo.Versions(ctx, filepath.ToSlash(name))
	if err != nil {
		return found
	}
	contents, err := repo.Blobs(ctx, ids...)
	if err != nil {
		return found
	}
	for i, content := range contents {
		for _, hash := range migrate.Hashes(string(content)) {
			if _, ok := wanted[hash]; ok {
				found[hash] = ids[i]
			}
		}
	}
	return found
}

// editedText says of each edited entry what was changed, and what to do.
func editedText(r *statusResult, p paint) string {
	var b strings.Builder
	for _, e := range r.Entries {
		if e.Diff == "" {
			continue
		}
		fmt.Fprintf(&b, "\n%s since it was applied (git show %.12s has the text that was):\n", e.File, e.blob)
		for line := range strings.Lines(e.Diff) {
			line = strings.TrimRight(line, "\r\n")
			switch {
			case strings.HasPrefix(line, "-"):
				line = p.red(line)
			case strings.HasPrefix(line, "+"):
				line = p.green(line)
			default:
				line = p.faint(line)
			}
			fmt.Fprintf(&b, "    %s\n", line)
		}
	}
	if r.Counts.Edited > 0 {
		b.WriteString("\nWhat was edited is not run again: put the old text back, and what is wanted now into a new migration.\n")
	}
	return b.String()
}
