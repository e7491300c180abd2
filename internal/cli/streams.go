package cli

import (
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/term"
)

// Streams is where a command reads and writes. It knows what is a terminal,
// whether colour is wanted and how wide a line may be.
type Streams struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer

	inTerminal  bool
	outTerminal bool
	errTerminal bool
	dumb        bool // a terminal that cannot move its cursor

	color   colorMode
	noColor bool // the environment says NO_COLOR

	mu       sync.Mutex // guards writing and progress
	progress *progress  // the line that is shown now, or nil
}

type colorMode string

const (
	colorAuto   colorMode = "auto"
	colorAlways colorMode = "always"
	colorNever  colorMode = "never"
)

// System returns the streams of this process.
func System() *Streams {
	return &Streams{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		inTerminal:  isTerminal(os.Stdin),
		outTerminal: isTerminal(os.Stdout),
		errTerminal: isTerminal(os.Stderr),
		dumb:        os.Getenv("TERM") == "dumb",
		noColor:     os.Getenv("NO_COLOR") != "",
		color:       colorAuto,
	}
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// colored reports whether colour is wanted on a stream.
func (s *Streams) colored(terminal bool) bool {
	switch s.color {
	case colorAlways:
		return true
	case colorNever:
		return false
	}
	return terminal && !s.noColor && !s.dumb
}

// outWidth returns the columns of standard output, and 0 (no limit) where it
// is not a terminal.
func (s *Streams) outWidth() int { return columns(s.Out) }

func (s *Streams) errWidth() int { return columns(s.Err) }

func columns(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok || !isTerminal(f) {
		return 0
	}
	n, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return n
}

// print writes a result to standard output.
func (s *Streams) print(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.progress.clear()
	fmt.Fprintf(s.Out, format, args...)
}

// note writes a remark to standard error.
func (s *Streams) note(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.progress.clear()
	fmt.Fprintf(s.Err, format, args...)
}

// warn writes a warning to standard error.
func (s *Streams) warn(format string, args ...any) {
	s.note("%s %s\n", s.errPaint().yellow("skein: warning:"), fmt.Sprintf(format, args...))
}
