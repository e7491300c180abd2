package cli

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/skein-db/skein/internal/pgserver/pgtest"
)

// terminal is a program on a terminal of its own, as a person sees it.
type terminal struct {
	t    *testing.T
	pty  *os.File
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended and everything it wrote was read

	mu   sync.Mutex
	seen bytes.Buffer
}

// onTerminal starts skein in dir with a pseudo terminal as its standard
// input, output and error.
func onTerminal(t *testing.T, dir string, args ...string) *terminal {
	t.Helper()
	return onTerminalOf(t, unix.Winsize{Row: 24, Col: 80}, dir, args...)
}

func onTerminalOf(t *testing.T, size unix.Winsize, dir string, args ...string) *terminal {
	t.Helper()
	pty, tty := openPTY(t, size)
	cmd := skeinIn(t, dir, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	tty.Close()
	s := &terminal{t: t, pty: pty, cmd: cmd, done: make(chan struct{})}
	go func() {
		s.read()
		_ = cmd.Wait() // the exit code is in ProcessState
		close(s.done)
	}()
	t.Cleanup(func() { _ = cmd.Process.Kill(); pty.Close() })
	return s
}

// openPTY returns both ends of a new pseudo terminal.
func openPTY(t *testing.T, size unix.Winsize) (pty, tty *os.File) {
	t.Helper()
	pty, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no pseudo terminals here: %v", err)
	}
	n, err := unix.IoctlGetInt(int(pty.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(pty.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(int(pty.Fd()), unix.TIOCSWINSZ, &size)
	}
	if err == nil {
		tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	return pty, tty
}

func (s *terminal) read() {
	buffer := make([]byte, 4096)
	for {
		n, err := s.pty.Read(buffer)
		s.mu.Lock()
		s.seen.Write(buffer[:n])
		s.mu.Unlock()
		if err != nil {
			return
		}
	}
}

var control = regexp.MustCompile("\x1b(\\[[0-9;?>=$]*[a-zA-Z]|[()][A-Z0-9]|[=>])|\x1b\\][^\x07\x1b]*(\x07|\x1b\\\\)")

// text is what was shown so far, without colours and movements.
func (s *terminal) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return control.ReplaceAllString(s.seen.String(), "")
}

// waitFor returns when text has been shown after the last waitFor.
func (s *terminal) waitFor(text string) {
	s.t.Helper()
	for range 1000 {
		if strings.Contains(s.text(), text) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.t.Fatalf("%q was not shown:\n%s", text, s.text())
}

func (s *terminal) press(keys string) {
	s.t.Helper()
	time.Sleep(50 * time.Millisecond) // what is typed before the question is drawn answers nothing
	if _, err := s.pty.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

// exits waits for the end of the program and checks its exit code.
func (s *terminal) exits(code int) {
	s.t.Helper()
	select {
	case <-s.done:
		if got := s.cmd.ProcessState.ExitCode(); got != code {
			s.t.Fatalf("exit code %d, want %d\n%s", got, code, s.text())
		}
	case <-time.After(20 * time.Second):
		s.t.Fatalf("it does not end\n%s", s.text())
	}
}

// The keys of the tests.
const (
	keyDown  = "\x1b[B"
	keyEnter = "\r"
	keyCtrlC = "\x03"
)

func TestRenameIsAskedOnTerminal(t *testing.T) {
	dir := renamedProject(t)
	s := onTerminal(t, dir, "generate", "--name", "rename")
	s.waitFor("users → people")
	s.press(keyDown)
	s.press(keyEnter)
	s.exits(exitFine)
	sql, err := os.ReadFile(filepath.Join(dir, "drizzle", "0001_rename.sql"))
	if err != nil {
		t.Fatal(err)
	}
	if want := `ALTER TABLE "users" RENAME TO "people";`; string(sql) != want {
		t.Errorf("got %q, want %q", sql, want)
	}
	t.Log(s.text())
}

func TestCtrlCAtQuestionWritesNothing(t *testing.T) {
	dir := renamedProject(t)
	before := listing(t, dir)
	s := onTerminal(t, dir, "generate")
	s.waitFor("users → people")
	s.press(keyCtrlC)
	s.exits(exitInterrupted)
	if after := listing(t, dir); after != before {
		t.Errorf("the folder changed:\n%s\nbefore:\n%s", after, before)
	}
	s.waitFor("skein: interrupted")
}

// A terminal that does not say how large it is has nothing drawn on it.
func TestRenameIsAskedOnTerminalWithoutSize(t *testing.T) {
	for _, c := range []struct {
		name, keys string
		code       int
	}{{"answer", "2" + keyEnter, exitFine}, {"ctrl-c", keyCtrlC, exitInterrupted}} {
		t.Run(c.name, func(t *testing.T) {
			s := onTerminalOf(t, unix.Winsize{}, renamedProject(t), "generate", "--name", "rename")
			s.waitFor("2. users → people")
			s.press(c.keys)
			s.exits(c.code)
		})
	}
}

func TestJSONNeverAsks(t *testing.T) {
	s := onTerminal(t, renamedProject(t), "generate", "--format", "json")
	s.exits(exitUsage)
	s.waitFor(`"status": "questions"`)
}

// listing is every file under dir with its size.
func listing(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			fmt.Fprintf(&b, "%s %d\n", path, info.Size())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestMigrateAsksOnTerminal(t *testing.T) {
	for _, c := range []struct {
		name, keys string
		code       int
		says       string
	}{
		{"yes", "y" + keyEnter, exitFine, "1 migration applied"},
		{"no", "n" + keyEnter, exitRefused, "nothing was changed"},
		{"enter is no", keyEnter, exitRefused, "nothing was changed"},
		{"ctrl-c", keyCtrlC, exitInterrupted, "skein: interrupted"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := onTerminal(t, migrationsFolder(t), "migrate", "--out", "drizzle", "--url", pgtest.New(t))
			s.waitFor("CREATE TABLE")
			s.waitFor("Apply 1 migration to ")
			s.press(c.keys)
			s.exits(c.code)
			s.waitFor(c.says)
			t.Log(s.text())
		})
	}
}

func TestProgressIsOneLineThatGoesAway(t *testing.T) {
	dir := migrationsFolder(t)
	writeFiles(t, dir, map[string]string{"drizzle/0000_start.sql": `SELECT pg_sleep(1.6);`})
	s := onTerminal(t, dir, "migrate", "--out", "drizzle", "--yes", "--url", pgtest.New(t))
	s.exits(exitFine)
	s.waitFor("1 of 1: 0000_start … 1 s")
	if shown := s.screen(); strings.Contains(shown, "…") {
		t.Errorf("the line is still there:\n%s", shown)
	}
}

func TestCtrlCInMigrateUndoesTheMigration(t *testing.T) {
	dir := migrationsFolder(t)
	writeFiles(t, dir, map[string]string{"drizzle/0000_start.sql": "CREATE TABLE half (id integer);\nSELECT pg_sleep(60);"})
	s := onTerminal(t, dir, "migrate", "--out", "drizzle", "--yes", "--url", pgtest.New(t))
	s.waitFor("1 of 1: 0000_start … 1 s")
	s.press(keyCtrlC)
	s.exits(exitInterrupted)
	s.waitFor("drizzle/0000_start.sql:2:1: interrupted")
	s.waitFor("0000_start was rolled back")
}

func TestCtrlCInDemoLeavesNothing(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	s := onTerminal(t, t.TempDir(), "demo")
	s.waitFor("1. A schema in TypeScript")
	if _, err := s.pty.WriteString(keyCtrlC); err != nil {
		t.Fatal(err)
	}
	s.exits(exitInterrupted)
	left, err := filepath.Glob(filepath.Join(temporary, "skein-demo-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
}

// screen is what is left to see: every line as it was written over last.
func (s *terminal) screen() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var lines []string
	for _, line := range strings.Split(s.seen.String(), "\n") {
		line = strings.TrimSuffix(line, "\r")
		line = line[strings.LastIndex(line, "\r")+1:]
		lines = append(lines, control.ReplaceAllString(line, ""))
	}
	return strings.Join(lines, "\n")
}

func TestCtrlCEndsDev(t *testing.T) {
	dir := t.TempDir()
	s := onTerminal(t, dir, "dev")
	s.waitFor("postgres://")
	s.press(keyCtrlC)
	s.exits(exitFine)
}
