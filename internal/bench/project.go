package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/skein-db/skein/internal/drizzle"
)

// project is a copy of the measured project.
type project struct {
	dir     string // of its config file
	entries []string
	config  *drizzle.Config
}

// projectTasks compares generate and check on the project.
func (b *bench) projectTasks(ctx context.Context) ([]*task, error) {
	source := b.settings.project
	if source == "" {
		source = filepath.Join(b.root, "examples", "shop")
	}
	plain, err := b.copyProject(ctx, source, "plain")
	if err != nil {
		return nil, err
	}
	b.history = plain.config.Out
	if !filepath.IsAbs(b.history) {
		b.history = filepath.Join(plain.dir, b.history)
	}
	installed, err := b.copyProject(ctx, source, "installed")
	if err != nil {
		return nil, err
	}
	noModules := b.noNPM
	if err := b.addModules(ctx, installed); err != nil {
		noModules = err.Error()
	}
	b.facts = append(b.facts, fmt.Sprintf("Project: %s, %d schema files.", filepath.Base(source), len(plain.entries)))
	skein := func(p *project, name, missing, proof string, cold bool, args ...string) *contestant {
		cache := filepath.Join(b.work, "cache", filepath.Base(filepath.Dir(p.dir)), name)
		c := &contestant{
			name: name, missing: missing, proof: proof, findings: args[0] == "check",
			command: func(ctx context.Context) *exec.Cmd {
				return b.inProject(ctx, p, []string{"SKEIN_CACHE_DIR=" + cache}, b.skein, args...)
			},
		}
		c.prepare = func(ctx context.Context) error {
			if cold {
				return os.RemoveAll(cache)
			}
			if c.rounds == nil {
				_ = c.command(ctx).Run() // fills the cache; what goes wrong shows in the round
			}
			return nil
		}
		return c
	}
	kit := func(proof string, args ...string) *contestant {
		return &contestant{
			name: "drizzle-kit " + kitVersion(b.modules), missing: noModules, proof: proof,
			command: func(ctx context.Context) *exec.Cmd {
				return b.inProject(ctx, installed, nil, "node", append([]string{kitProgram(installed.dir)}, args...)...)
			},
		}
	}
	folderFlags := []string{"--dialect=postgresql", "--out=" + plain.config.Out}
	const unchanged, fine = "No schema changes", " snapshot"
	return []*task{
		{name: "generate, nothing to do", contestants: []*contestant{
			skein(installed, "skein, project's drizzle-orm, cold cache", noModules, unchanged, true, "generate"),
			skein(installed, "skein, project's drizzle-orm, warm cache", noModules, unchanged, false, "generate"),
			skein(plain, "skein, nothing installed, cold cache", "", unchanged, true, "generate"),
			skein(plain, "skein, nothing installed, warm cache", "", unchanged, false, "generate"),
			kit(unchanged, "generate"),
			{name: "esbuild's bundling of the schema files", floor: true, proof: "bundled", command: func(ctx context.Context) *exec.Cmd {
				return child(ctx, "bundle", plain.dir, plain.entries...)
			}},
		}},
		{name: "check", contestants: []*contestant{
			skein(installed, "skein, project's drizzle-orm, cold cache", noModules, fine, true, "check", "--replay=off"),
			skein(installed, "skein, project's drizzle-orm, warm cache", noModules, fine, false, "check", "--replay=off"),
			skein(plain, "skein, nothing installed, cold cache", "", fine, true, "check", "--replay=off"),
			skein(plain, "skein, nothing installed, warm cache", "", fine, false, "check", "--replay=off"),
			kit("Everything's fine", "check"),
		}},
		{name: "check, the migrations folder alone", contestants: []*contestant{
			skein(plain, "skein, cold cache", "", fine, true, "check", "--replay=off", folderFlags[0], folderFlags[1]),
			skein(plain, "skein, warm cache", "", fine, false, "check", "--replay=off", folderFlags[0], folderFlags[1]),
			kit("Everything's fine", "check", folderFlags[0], folderFlags[1]),
			{name: "reading the files and parsing the JSON", floor: true, proof: "parsed", command: func(ctx context.Context) *exec.Cmd {
				return child(ctx, "parse", plain.dir, plain.config.Out)
			}},
		}},
	}, nil
}

// inProject returns a command that runs in the project.
func (b *bench) inProject(ctx context.Context, p *project, env []string, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = p.dir
	cmd.Env = append(append(append(os.Environ(), "NO_COLOR=1"), b.settings.env...), env...)
	return cmd
}

// copyProject copies the project, with the workspace it is part of but without
// what was installed or built, and brings its history up to date.
func (b *bench) copyProject(ctx context.Context, source, name string) (*project, error) {
	source, err := filepath.Abs(source)
	if err != nil {
		return nil, err
	}
	if _, err := drizzle.FindConfig(source); err != nil {
		return nil, err
	}
	workspace := workspaceOf(source)
	inside, err := filepath.Rel(workspace, source)
	if err != nil {
		return nil, err
	}
	top := filepath.Join(b.work, name, filepath.Base(workspace))
	if err := copyTree(top, workspace); err != nil {
		return nil, err
	}
	p := &project{dir: filepath.Join(top, inside)}
	cmd := b.inProject(ctx, p, []string{"SKEIN_CACHE_DIR=" + filepath.Join(b.work, "cache", "setup")}, b.skein, "generate", "--answers-all", "create")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("skein generate fails in a copy of %s: %w\n%s", source, err, out)
	}
	environ := append(os.Environ(), b.settings.env...)
	file, err := drizzle.FindConfig(p.dir)
	if err != nil {
		return nil, err
	}
	if p.config, err = drizzle.LoadConfig(ctx, file, environ); err != nil {
		return nil, err
	}
	p.entries, err = schemaFiles(p.dir, p.config.Schema)
	return p, err
}

// workspaceOf returns the folder of the workspace that a package belongs to,
// or the package's own folder.
func workspaceOf(dir string) string {
	for up := dir; ; up = filepath.Dir(up) {
		if _, err := os.Stat(filepath.Join(up, "pnpm-workspace.yaml")); err == nil {
			return up
		}
		if up == filepath.Dir(up) {
			return dir
		}
	}
}

// copyTree copies files and folders.
func copyTree(to, from string) error {
	leaveOut := []string{"node_modules", ".git", ".next", "dist"}
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		switch {
		case d.IsDir() && slices.Contains(leaveOut, d.Name()):
			return filepath.SkipDir
		case d.IsDir():
			return os.MkdirAll(target, 0o755)
		case !d.Type().IsRegular():
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, data, 0o644)
	})
}

// schemaFiles expands the config's patterns as drizzle-kit does: a folder
// means the files directly in it.
func schemaFiles(dir string, patterns []string) ([]string, error) {
	var out []string
	for _, pattern := range patterns {
		if !filepath.IsAbs(pattern) {
			pattern = filepath.Join(dir, pattern)
		}
		if info, err := os.Stat(pattern); err == nil && info.IsDir() {
			pattern = filepath.Join(pattern, "*")
		}
		found, err := doublestar.FilepathGlob(pattern, doublestar.WithFilesOnly())
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	slices.Sort(out)
	if len(out) == 0 {
		return nil, errors.New("the project's config names no schema files")
	}
	return slices.Compact(out), nil
}

// addModules gives a project its node_modules: links to the pinned packages
// and to the packages of its own workspace, or what the -setup command makes.
func (b *bench) addModules(ctx context.Context, p *project) error {
	if b.settings.setup != "" {
		cmd := b.inProject(ctx, p, []string{"NODE_MODULES=" + b.modules}, "sh", "-c", b.settings.setup)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("the -setup command: %w: %s", err, lastLines(string(out)))
		}
		return nil
	}
	if b.modules == "" {
		return errors.New(b.noNPM)
	}
	return linkModules(b.modules, p.dir)
}
