package cli

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/secret"
)

// Exit codes; the other ones are those of diag.Kind.
const (
	exitFine        = 0
	exitRefused     = int(diag.Refused)
	exitUsage       = int(diag.Usage)
	exitBug         = int(diag.Bug)
	exitInterrupted = 130 // 128 + SIGINT, as shells say it
)

// app is what every command is given: where to write, and what the environment
// and the flags common to all commands say.
type app struct {
	*Streams
	environ []string
	json    bool // --format json
	hide    *secret.Set
	routes  []*route // that were opened
}

// Main runs the command line args (without the program's name) and returns the
// exit code. It reads files relative to the working directory. environ is the
// environment as os.Environ gives it. When ctx ends, the command stops where
// that is safe.
func Main(ctx context.Context, args []string, streams *Streams, environ []string) (code int) {
	a := &app{Streams: streams, environ: environ, json: wantsJSON(args), hide: &secret.Set{}}
	defer a.closeRoutes()
	defer func() {
		if r := recover(); r != nil {
			code = a.fail(ctx, &bug{cause: r, stack: debug.Stack()})
		}
	}()
	root := newRoot(a)
	if err := knownCommand(root, args); err != nil {
		return a.fail(ctx, err)
	}
	root.SetArgs(joinBooleans(root, args))
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.Err)
	if err := root.ExecuteContext(ctx); err != nil {
		return a.fail(ctx, err)
	}
	return exitFine
}

// wantsJSON finds --format json before the flags are parsed, because an error
// in the flags has to be JSON too.
func wantsJSON(args []string) bool {
	for i, arg := range args {
		if arg == "--" {
			return false
		}
		if arg == "--format=json" || arg == "--format" && i+1 < len(args) && args[i+1] == "json" {
			return true
		}
	}
	return false
}

// joinBooleans writes "--breakpoints false", which drizzle-kit accepts, as
// "--breakpoints=false".
func joinBooleans(root *cobra.Command, args []string) []string {
	cmd, _, err := root.Find(args)
	if err != nil {
		return args
	}
	var out []string
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			return append(out, args[i:]...)
		}
		if name, ok := strings.CutPrefix(arg, "--"); ok && i+1 < len(args) {
			flag := cmd.Flags().Lookup(name)
			if flag != nil && flag.Value.Type() == "bool" && slices.Contains([]string{"true", "false"}, args[i+1]) {
				arg += "=" + args[i+1]
				i++
			}
		}
		out = append(out, arg)
	}
	return out
}

// exitCode is an error that has been reported already.
type exitCode int

func (e exitCode) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// errInterrupted is Ctrl-C at a question.
var errInterrupted = errors.New("interrupted")

// bug is a panic on its way to the user.
type bug struct {
	cause any
	stack []byte
}

func (b *bug) Error() string { return fmt.Sprint(b.cause) }
