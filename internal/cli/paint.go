package cli

import "charm.land/lipgloss/v2"

// paint marks text with one of the terminal's own sixteen colours, which its
// owner has chosen to be readable, or leaves it alone.
type paint struct{ on bool }

func (s *Streams) outPaint() paint { return paint{s.colored(s.outTerminal)} }
func (s *Streams) errPaint() paint { return paint{s.colored(s.errTerminal)} }

func (p paint) with(style lipgloss.Style, text string) string {
	if !p.on || text == "" {
		return text
	}
	return style.Render(text)
}

func (p paint) bold(text string) string {
	return p.with(lipgloss.NewStyle().Bold(true), text)
}

func (p paint) faint(text string) string {
	return p.with(lipgloss.NewStyle().Faint(true), text)
}

func (p paint) red(text string) string {
	return p.with(lipgloss.NewStyle().Foreground(lipgloss.Red), text)
}

func (p paint) green(text string) string {
	return p.with(lipgloss.NewStyle().Foreground(lipgloss.Green), text)
}

func (p paint) yellow(text string) string {
	return p.with(lipgloss.NewStyle().Foreground(lipgloss.Yellow), text)
}

func (p paint) cyan(text string) string {
	return p.with(lipgloss.NewStyle().Foreground(lipgloss.Cyan), text)
}
