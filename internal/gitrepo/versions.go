package gitrepo

import (
	"context"
	"slices"
	"strings"
)

// Versions returns the ids of the contents that the files below a folder (as
// Path names it) have had in any commit of any branch, or of what a branch was
// before it was rebased, newest first, each once.
func (r *Repo) Versions(ctx context.Context, folder string) ([]string, error) {
	if _, born, err := r.Resolve(ctx, "HEAD"); err != nil || !born {
		return nil, err
	}
	out, err := r.must(r.run(ctx, nil, "log", "--all", "--reflog", "--format=", "--raw", "--no-abbrev", "--no-renames", "HEAD", "--", below(folder)))
	if err != nil {
		return nil, err
	}
	var ids []string
	seen := map[string]bool{}
	for record := range strings.SplitSeq(string(out), "\n") {
		// :<old mode> SP <new mode> SP <old id> SP <new id> SP <status> TAB <path>
		fields := strings.Fields(record)
		if len(fields) < 5 || !strings.HasPrefix(record, ":") {
			continue
		}
		for _, id := range slices.Backward(fields[2:4]) {
			if strings.Trim(id, "0") != "" && !seen[id] {
				seen[id] = true
				ids = append(ids, id)
			}
		}
	}
	return ids, nil
}

// Diff returns the hunks by which a file of the work tree (as Path names it)
// differs from a content of the repository.
func (r *Repo) Diff(ctx context.Context, id, path string) (string, error) {
	out, err := r.must(r.run(ctx, nil, "diff", "--no-color", "--no-ext-diff", "--no-textconv", id, "--", path))
	if err != nil {
		return "", err
	}
	text := string(out)
	if i := strings.Index(text, "\n@@ "); i >= 0 {
		text = text[i+1:]
	}
	return text, nil
}
