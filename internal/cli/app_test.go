package cli

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type panicking struct{}

func (panicking) Write([]byte) (int, error) { panic("what nobody thought of") }

// TestPanicIsReportedAsBug: exit code 4, and how to report it.
func TestPanicIsReportedAsBug(t *testing.T) {
	var said bytes.Buffer
	code := Main(context.Background(), []string{"version"}, &Streams{Out: panicking{}, Err: &said}, nil)
	if code != exitBug {
		t.Errorf("exit code %d, want %d", code, exitBug)
	}
	for _, want := range []string{"skein: error: this is a bug in skein: what nobody thought of", "panicking", "hint: please report it at " + issuesURL} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("%q is missing in\n%s", want, said.String())
		}
	}
}

func TestJoinBooleans(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"generate --breakpoints false --name a", "generate --breakpoints=false --name a"},
		{"generate --custom --name true", "generate --custom --name true"},
		{"generate --custom true", "generate --custom=true"},
		{"generate --breakpoints=false", "generate --breakpoints=false"},
		{"generate --custom", "generate --custom"},
		{"dev -- x --offline true", "dev -- x --offline true"},
		{"nonsense --custom true", "nonsense --custom true"},
	} {
		got := strings.Join(joinBooleans(testRoot(), strings.Fields(c.args)), " ")
		if got != c.want {
			t.Errorf("%s: got %s, want %s", c.args, got, c.want)
		}
	}
}

func TestWantsJSON(t *testing.T) {
	for args, want := range map[string]bool{
		"generate --format json":       true,
		"generate --format=json":       true,
		"generate --format text":       false,
		"generate --format":            false,
		"dev -- program --format json": false,
	} {
		if got := wantsJSON(strings.Fields(args)); got != want {
			t.Errorf("%s: %v", args, got)
		}
	}
}

func TestNearestFlag(t *testing.T) {
	generate, _, err := testRoot().Find([]string{"generate"})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"shema": "schema", "dialekt": "dialect", "nocache": "no-cache", "xyzzy": "", "answer": "answers",
	} {
		if got := nearestFlag(generate, name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestWrap(t *testing.T) {
	if diff := cmp.Diff([]string{"one two", "three", "fourteen"}, wrap("one two three  fourteen", 7)); diff != "" {
		t.Error(diff)
	}
}

// TestColour: on a terminal, unless it is not wanted; never by itself on a pipe.
func TestColour(t *testing.T) {
	for _, c := range []struct {
		name                    string
		terminal, noColor, dumb bool
		mode                    colorMode
		want                    bool
	}{
		{"terminal", true, false, false, colorAuto, true},
		{"pipe", false, false, false, colorAuto, false},
		{"NO_COLOR", true, true, false, colorAuto, false},
		{"dumb terminal", true, false, true, colorAuto, false},
		{"--color never", true, false, false, colorNever, false},
		{"--color always on a pipe", false, true, false, colorAlways, true},
	} {
		s := &Streams{outTerminal: c.terminal, noColor: c.noColor, dumb: c.dumb, color: c.mode, Out: io.Discard}
		if got := s.outPaint().red("x") != "x"; got != c.want {
			t.Errorf("%s: coloured is %v", c.name, got)
		}
	}
}
