package interop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skein-db/skein/internal/interop/npm"
)

// TestMain removes what tests share when all are done.
func TestMain(m *testing.M) {
	code := m.Run()
	if shared.binaryDir != "" {
		_ = os.RemoveAll(shared.binaryDir)
	}
	os.Exit(code)
}

// shared is made once for all tests of the package.
var shared struct {
	build     sync.Once
	binaryDir string
	binary    string
	buildErr  error

	install    sync.Once
	modules    string
	installErr error
}

// root is the module's folder.
func root(t testing.TB) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// skeinBinary is the program under test, built from this tree.
func skeinBinary(t testing.TB) string {
	t.Helper()
	shared.build.Do(func() {
		if shared.binaryDir, shared.buildErr = os.MkdirTemp("", "skein-interop-"); shared.buildErr != nil {
			return
		}
		shared.binary = filepath.Join(shared.binaryDir, "skein")
		cmd := exec.Command("go", "build", "-o", shared.binary, "./cmd/skein")
		cmd.Dir = root(t)
		if out, err := cmd.CombinedOutput(); err != nil {
			shared.buildErr = fmt.Errorf("building skein: %w\n%s", err, out)
		}
	})
	if shared.buildErr != nil {
		t.Fatal(shared.buildErr)
	}
	return shared.binary
}

// nodeModules is the folder with the real packages, installed on first use.
func nodeModules(t testing.TB) string {
	t.Helper()
	if why := npm.Missing(); why != "" {
		t.Skip(why)
	}
	shared.install.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
		defer cancel()
		shared.modules, shared.installErr = npm.Install(ctx)
	})
	if shared.installErr != nil {
		t.Fatal(shared.installErr)
	}
	return shared.modules
}

// project is a copy of the example shop that a test may change.
type project struct {
	t   testing.TB
	dir string
}

// newProject copies the example. With modules it has a node_modules as npm
// makes one, workspace package included.
func newProject(t testing.TB, modules string) *project {
	t.Helper()
	p := &project{t: t, dir: filepath.Join(t.TempDir(), "shop")}
	if err := os.CopyFS(p.dir, os.DirFS(filepath.Join(root(t), "examples", "shop"))); err != nil {
		t.Fatal(err)
	}
	_ = os.RemoveAll(p.path("node_modules")) // of somebody who tried the example
	if modules == "" {
		return p
	}
	entries, err := os.ReadDir(modules)
	if err != nil {
		t.Fatal(err)
	}
	p.mkdir("node_modules/@shop")
	for _, e := range entries {
		if err := os.Symlink(filepath.Join(modules, e.Name()), p.path("node_modules/"+e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../../packages/shared", p.path("node_modules/@shop/shared")); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *project) path(name string) string { return filepath.Join(p.dir, filepath.FromSlash(name)) }

func (p *project) mkdir(name string) {
	p.t.Helper()
	if err := os.MkdirAll(p.path(name), 0o755); err != nil {
		p.t.Fatal(err)
	}
}

func (p *project) read(name string) string {
	p.t.Helper()
	text, err := os.ReadFile(p.path(name))
	if err != nil {
		p.t.Fatal(err)
	}
	return string(text)
}

func (p *project) write(name, text string) {
	p.t.Helper()
	p.mkdir(filepath.Dir(name))
	if err := os.WriteFile(p.path(name), []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// edit replaces a piece of a file that must be there once.
func (p *project) edit(name, old, new string) {
	p.t.Helper()
	text := p.read(name)
	if strings.Count(text, old) != 1 {
		p.t.Fatalf("%s has %q %d times", name, old, strings.Count(text, old))
	}
	p.write(name, strings.Replace(text, old, new, 1))
}

func (p *project) remove(name string) {
	p.t.Helper()
	if err := os.RemoveAll(p.path(name)); err != nil {
		p.t.Fatal(err)
	}
}

// result is what a program that has ended left.
type result struct {
	out, err string
	code     int
}

func (r result) String() string {
	return fmt.Sprintf("exit code %d\n-- stdout\n%s\n-- stderr\n%s", r.code, r.out, r.err)
}

var escapes = regexp.MustCompile("\x1b\\[[0-9;?]*[A-Za-z]")

// run runs a program in the project's folder, without a terminal.
func (p *project) run(environ []string, program string, args ...string) result {
	p.t.Helper()
	cmd := p.command(environ, program, args...)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		p.t.Fatal(err)
	}
	return result{out: escapes.ReplaceAllString(out.String(), ""), err: escapes.ReplaceAllString(complaint.String(), ""), code: cmd.ProcessState.ExitCode()}
}

func (p *project) command(environ []string, program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), environ...)
	return cmd
}

// skein runs the program under test, which must end well.
func (p *project) skein(args ...string) result {
	p.t.Helper()
	r := p.run(nil, skeinBinary(p.t), args...)
	if r.code != 0 {
		p.t.Fatalf("skein %s: %v", strings.Join(args, " "), r)
	}
	return r
}

// kit runs the real drizzle-kit, which must end well; answers are those to its
// rename questions, in order.
func (p *project) kit(answers []string, args ...string) result {
	p.t.Helper()
	node := []string{p.path("node_modules/drizzle-kit/bin.cjs")}
	var environ []string
	if len(answers) > 0 {
		node = append([]string{"--require", filepath.Join(root(p.t), "internal/interop/npm/answer.cjs")}, node...)
		environ = []string{"SKEIN_ANSWERS=" + strings.Join(answers, ",")}
	}
	r := p.run(environ, "node", append(node, args...)...)
	if r.code != 0 || strings.Contains(r.err, "Error") {
		p.t.Fatalf("drizzle-kit %s: %v", strings.Join(args, " "), r)
	}
	return r
}

// ormMigrate applies a migrations folder with drizzle-orm's migrator.
func (p *project) ormMigrate(url, folder string) {
	p.t.Helper()
	r := p.run(nil, "node", filepath.Join(root(p.t), "internal/interop/npm/migrate.mjs"), url, folder)
	if r.code != 0 {
		p.t.Fatalf("drizzle-orm's migrate: %v", r)
	}
}
