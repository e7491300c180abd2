package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/huh/v2"
	"charm.land/lipgloss/v2"
	"golang.org/x/term"
)

// canAsk reports whether there is a person to answer a question.
func (a *app) canAsk() bool {
	if a.json || !a.inTerminal {
		return false
	}
	w, done := a.questionWriter()
	defer done()
	return w != nil
}

// questionWriter returns where a person sees a question: standard error, or
// the terminal itself when standard error goes elsewhere; nil when there is
// neither.
func (s *Streams) questionWriter() (w io.Writer, done func()) {
	if s.errTerminal {
		return s.Err, func() {}
	}
	tty, err := os.OpenFile("/dev/tty", os.O_WRONLY, 0)
	if err != nil {
		return nil, func() {}
	}
	return tty, func() { tty.Close() }
}

// confirm asks a question that is answered with y or n on a line of its own;
// anything but y is no. The error is errInterrupted after Ctrl-C.
func (a *app) confirm(ctx context.Context, question string) (yes bool, err error) {
	out, done := a.questionWriter()
	defer done()
	if out == nil {
		return false, errInterrupted
	}
	fmt.Fprintf(out, "%s [y/N] ", a.errPaint().bold(question))
	var line string
	err = untilDone(ctx, func() error {
		line, _ = bufio.NewReader(a.In).ReadString('\n') // the end of input is no
		return nil
	})
	if err != nil || !strings.HasSuffix(line, "\n") {
		fmt.Fprintln(out)
	}
	if err != nil {
		return false, err
	}
	word := strings.ToLower(strings.TrimSpace(line))
	return word == "y" || word == "yes", nil
}

// askSecret asks for a line that is not shown while it is typed. The error is
// errInterrupted after Ctrl-C.
func (a *app) askSecret(ctx context.Context, question string) (answer string, err error) {
	in, ok := a.In.(*os.File)
	out, done := a.questionWriter()
	defer done()
	if out == nil || !ok {
		return "", errInterrupted
	}
	before, err := term.GetState(int(in.Fd()))
	if err != nil {
		return "", errInterrupted
	}
	defer func() {
		_ = term.Restore(int(in.Fd()), before) // an interrupted question leaves the echo off
		fmt.Fprintln(out)
	}()
	fmt.Fprint(out, a.errPaint().bold(question))
	err = untilDone(ctx, func() error {
		line, err := term.ReadPassword(int(in.Fd()))
		answer = string(line)
		return err
	})
	return answer, err
}

// untilDone runs something that waits for a line of input, which a terminal
// cannot be told to stop waiting for, and leaves it alone when ctx ends.
func untilDone(ctx context.Context, wait func() error) error {
	ended := make(chan error, 1)
	go func() { ended <- wait() }()
	select {
	case <-ctx.Done():
		return errInterrupted
	case err := <-ended:
		return err
	}
}

// choose asks for one of options and returns its index. The question and the
// answer stay on the terminal. The error is errInterrupted after Ctrl-C.
func (a *app) choose(ctx context.Context, text string, options []string) (chosen int, err error) {
	out, done := a.questionWriter()
	defer done()
	if out == nil {
		return 0, errInterrupted
	}
	list := make([]huh.Option[int], len(options))
	for i, text := range options {
		list[i] = huh.NewOption(text, i)
	}
	field := huh.NewSelect[int]().Title(text).Options(list...).Value(&chosen)
	form := huh.NewForm(huh.NewGroup(field)).WithTheme(huh.ThemeFunc(questionTheme))
	if a.dumb || columns(out) == 0 { // nothing can be drawn: numbers and a line of input
		err = untilDone(ctx, form.WithAccessible(true).WithInput(a.In).WithOutput(out).Run)
	} else {
		form.SubmitCmd, form.CancelCmd = tea.Quit, tea.Interrupt
		q := &question{form: form}
		_, err = tea.NewProgram(q, tea.WithContext(ctx), tea.WithInput(a.In), tea.WithOutput(out)).Run()
		q.erase(out)
		fmt.Fprintln(out, text)
	}
	switch {
	case err == nil:
		fmt.Fprintln(out, "  "+a.errPaint().green(options[chosen]))
		return chosen, nil
	case ctx.Err() != nil, err == errInterrupted, errors.Is(err, tea.ErrInterrupted), errors.Is(err, huh.ErrUserAborted), errors.Is(err, io.EOF):
		return 0, errInterrupted
	}
	return 0, err
}

// question is a form whose drawing keeps its height to the end. Left to itself
// the form shrinks to nothing when it is answered, and the drawing library then
// forgets where its first line was.
type question struct {
	form  *huh.Form
	drawn string
}

func (q *question) Init() tea.Cmd { return q.form.Init() }

func (q *question) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	_, cmd := q.form.Update(msg) // it returns itself
	return q, cmd
}

func (q *question) View() tea.View {
	if q.form.State == huh.StateNormal {
		q.drawn = q.form.View()
	}
	return tea.NewView(q.drawn)
}

// erase takes the drawing away. The cursor is at the start of its last line.
func (q *question) erase(out io.Writer) {
	if above := lipgloss.Height(q.drawn) - 1; above > 0 {
		fmt.Fprintf(out, "\x1b[%dA", above)
	}
	fmt.Fprint(out, "\x1b[J")
}

// questionTheme is huh's plain theme with the terminal's own colours.
func questionTheme(dark bool) *huh.Styles {
	t := huh.ThemeBase16(dark)
	t.Focused.Base = lipgloss.NewStyle()
	t.Focused.Title = lipgloss.NewStyle().Bold(true)
	return t
}
