package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/skein-db/skein/internal/check"
	"github.com/skein-db/skein/internal/filefacts"
	"github.com/skein-db/skein/internal/finding"
)

// findingsOf checks every migrations folder of a repository as it was at each
// commit, and prints what a commit brought that was not there before.
func (w *walker) findingsOf(ctx context.Context, dir string, out io.Writer) error {
	r, err := openRepo(ctx, dir)
	if err != nil {
		return err
	}
	defer r.close()
	paths, err := r.folders(ctx)
	if err != nil {
		return err
	}
	for _, path := range paths {
		if !strings.Contains(path, w.only) {
			continue
		}
		if err := w.folderFindings(ctx, r, path, out); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}

func (w *walker) folderFindings(ctx context.Context, r *repo, path string, out io.Writer) error {
	temp, err := os.MkdirTemp("", "skein-walk-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	commits, err := r.commits(ctx, path)
	if err != nil {
		return err
	}
	dir := filepath.Join(temp, "migrations")
	known := filefacts.Open(filepath.Join(temp, "cache"), dir)
	have, before := map[string]string{}, map[string]bool{}
	byCode := map[string]int{}
	for _, commit := range commits {
		files, err := r.tree(ctx, commit, path)
		if err != nil {
			return err
		}
		if err := r.layOut(dir, path, have, files); err != nil {
			return err
		}
		found, err := check.Run(ctx, check.Input{Dir: dir, Known: known})
		if err != nil {
			fmt.Fprintf(out, "- %.12s: %v\n", commit, err)
			continue
		}
		now := map[string]bool{}
		for _, f := range found {
			key := f.Code + " " + orFile(f)
			if now[key] = true; before[key] {
				continue
			}
			byCode[f.Code]++
			fmt.Fprintf(out, "- %.12s %s `%s` %s: %s\n", commit, f.Severity, f.Code, filepath.Base(f.File), f.Message)
		}
		before = now
	}
	fmt.Fprintf(out, "\n%s, %d commits: %v\n\n", path, len(commits), byCode)
	return nil
}

// orFile is what a finding is known by from one commit to the next: lines move.
func orFile(f finding.Finding) string {
	if f.Migration != "" {
		return f.Migration
	}
	return filepath.Base(f.File)
}

// layOut gives a folder the files of a commit. have are those that it holds,
// with their blobs, and follows.
func (r *repo) layOut(dir, path string, have, files map[string]string) error {
	for name := range have {
		if files[name] == "" {
			if err := os.Remove(filepath.Join(dir, strings.TrimPrefix(name, path))); err != nil {
				return err
			}
			delete(have, name)
		}
	}
	for name, blob := range files {
		if have[name] == blob {
			continue
		}
		data, err := r.blob(blob)
		if err != nil {
			return err
		}
		file := filepath.Join(dir, strings.TrimPrefix(name, path))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			return err
		}
		have[name] = blob
	}
	return nil
}
