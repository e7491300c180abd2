package gitrepo

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
)

// Setting returns what git's configuration says for a key, "" for nothing.
func (r *Repo) Setting(ctx context.Context, key string) (string, error) {
	return r.setting(ctx, "--get", key)
}

// OwnSetting returns what the repository's own configuration says for a key, and
// whether it says anything.
func (r *Repo) OwnSetting(ctx context.Context, key string) (value string, ok bool, err error) {
	out, err := r.run(ctx, nil, "config", "--local", "--get", key)
	if exited(err) {
		return "", false, nil
	}
	out, err = r.must(out, err)
	return line(out), err == nil, err
}

func (r *Repo) setting(ctx context.Context, args ...string) (string, error) {
	out, err := r.run(ctx, nil, append([]string{"config"}, args...)...)
	if exited(err) {
		return "", nil
	}
	out, err = r.must(out, err)
	return line(out), err
}

// PathSetting is Setting for a path, which may begin with ~.
func (r *Repo) PathSetting(ctx context.Context, key string) (string, error) {
	return r.setting(ctx, "--type=path", "--get", key)
}

// Settings returns the keys of the repository's own configuration that match a
// regular expression, with their values.
func (r *Repo) Settings(ctx context.Context, pattern string) (map[string]string, error) {
	out, err := r.run(ctx, nil, "config", "--local", "-z", "--get-regexp", pattern)
	if exited(err) {
		return nil, nil
	}
	if out, err = r.must(out, err); err != nil {
		return nil, err
	}
	found := map[string]string{}
	for record := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		key, value, _ := strings.Cut(record, "\n")
		found[key] = value
	}
	return found, nil
}

// Set writes a key of the repository's own configuration.
func (r *Repo) Set(ctx context.Context, key, value string) error {
	_, err := r.must(r.run(ctx, nil, "config", "--local", key, value))
	return err
}

// Unset takes a key out of the repository's own configuration, if it is there.
func (r *Repo) Unset(ctx context.Context, key string) error {
	return r.unless(r.run(ctx, nil, "config", "--local", "--unset-all", key))
}

// RemoveSection takes a section out of the repository's own configuration, if it
// is there.
func (r *Repo) RemoveSection(ctx context.Context, name string) error {
	return r.unless(r.run(ctx, nil, "config", "--local", "--remove-section", name))
}

// unless is must for what may not be there: git says that with 5 or 128.
func (r *Repo) unless(out []byte, err error) error {
	var failed *failure
	if errors.As(err, &failed) && (failed.code == 5 || strings.Contains(failed.stderr, "no such section")) {
		return nil
	}
	_, err = r.must(out, err)
	return err
}

// GitPath returns where git has a file of its own folder, which for some is that
// of all work trees, as an absolute path.
func (r *Repo) GitPath(ctx context.Context, name string) (string, error) {
	return r.ownPath(ctx, "--git-path", name)
}

// CommonDir returns the folder that all work trees of the repository share.
func (r *Repo) CommonDir(ctx context.Context) (string, error) {
	return r.ownPath(ctx, "--git-common-dir")
}

func (r *Repo) ownPath(ctx context.Context, question ...string) (string, error) {
	out, err := r.must(r.run(ctx, nil, append([]string{"rev-parse"}, question...)...))
	if err != nil {
		return "", err
	}
	path := filepath.FromSlash(line(out))
	if !filepath.IsAbs(path) {
		path = filepath.Join(r.Top, path)
	}
	return path, nil
}
