package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"charm.land/huh/v2"
	"charm.land/lipgloss/v2"
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
	answer := make(chan string, 1)
	go func() { // a terminal cannot be told to stop waiting for a line
		line, _ := bufio.NewReader(a.In).ReadString('\n') // the end of input is no
		answer <- line
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(out)
		return false, errInterrupted
	case line := <-answer:
		if !strings.HasSuffix(line, "\n") {
			fmt.Fprintln(out)
		}
		word := strings.ToLower(strings.TrimSpace(line))
		return word == "y" || word == "yes", nil
	}
}

// choose asks for one of options and returns its index. The error is
// errInterrupted after Ctrl-C.
func (a *app) choose(ctx context.Context, question string, options []string) (chosen int, err error) {
	list := make([]huh.Option[int], len(options))
	for i, text := range options {
		list[i] = huh.NewOption(text, i)
	}
	return chosen, a.ask(ctx, huh.NewSelect[int]().Title(question).Options(list...).Value(&chosen))
}

func (a *app) ask(ctx context.Context, field huh.Field) error {
	out, done := a.questionWriter()
	defer done()
	if out == nil {
		return errInterrupted
	}
	form := huh.NewForm(huh.NewGroup(field)).
		WithInput(a.In).WithOutput(out).
		WithAccessible(a.dumb).
		WithShowHelp(true).
		WithTheme(huh.ThemeFunc(questionTheme))
	err := form.RunWithContext(ctx)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil, errors.Is(err, huh.ErrUserAborted), errors.Is(err, io.EOF):
		return errInterrupted
	}
	return err
}

// questionTheme is huh's plain theme with the terminal's own colours.
func questionTheme(dark bool) *huh.Styles {
	t := huh.ThemeBase16(dark)
	t.Focused.Base = lipgloss.NewStyle()
	t.Focused.Title = lipgloss.NewStyle().Bold(true)
	return t
}
