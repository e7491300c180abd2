package standing

import (
	"context"
	"path/filepath"

	"github.com/skein-db/skein/internal/gitrepo"
	"github.com/skein-db/skein/internal/migrate"
)

// ExplainEdited adds to edited entries how their SQL differs from what was
// applied, where git still has that text.
func (r *Status) ExplainEdited(ctx context.Context, report *migrate.Report, folder string) {
	if r.Counts.Edited == 0 {
		return
	}
	repo, err := gitrepo.Find(ctx, folder)
	if err != nil || repo == nil {
		return // where there is no git, there is no old text
	}
	wanted := map[string]int{}
	for i, e := range report.Entries {
		if e.State == migrate.StateEdited && e.Change != migrate.ChangeWhen {
			wanted[e.Row.Hash] = i
		}
	}
	for hash, id := range textsIn(ctx, repo, folder, wanted) {
		entry := &r.Entries[wanted[hash]]
		if name, ok := repo.Path(entry.File); ok {
			entry.Diff, _ = repo.Diff(ctx, id, name) // without it the state is told as well
			entry.Blob = id
		}
	}
}

// AppliedTexts returns the texts that git has had in a folder, by the hashes that
// they are wanted for.
func AppliedTexts(ctx context.Context, folder string, hashes []string) map[string]string {
	texts := map[string]string{}
	repo, err := gitrepo.Find(ctx, folder)
	if err != nil || repo == nil {
		return texts
	}
	wanted := map[string]int{}
	for i, hash := range hashes {
		wanted[hash] = i
	}
	for hash, id := range textsIn(ctx, repo, folder, wanted) {
		if contents, err := repo.Blobs(ctx, id); err == nil {
			texts[hash] = string(contents[0])
		}
	}
	return texts
}

// textsIn returns the ids of the contents that have the wanted hashes.
func textsIn(ctx context.Context, repo *gitrepo.Repo, folder string, wanted map[string]int) map[string]string {
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
