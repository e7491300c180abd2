package cli

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"
)

// orElse returns text, or instead where there is none.
func orElse(text, instead string) string {
	if text != "" {
		return text
	}
	return instead
}

// count is "1 table", "2 tables".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// indent puts prefix before every line of text that is not empty and ends the
// text with a new line.
func indent(text, prefix string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimRight(text, "\n") + "\n") {
		if line != "\n" {
			b.WriteString(prefix)
		}
		b.WriteString(line)
	}
	return b.String()
}

// wrap breaks text into lines of at most width bytes, at spaces.
func wrap(text string, width int) []string {
	lines := []string{""}
	for _, word := range strings.Fields(text) {
		last := &lines[len(lines)-1]
		switch {
		case *last == "":
			*last = word
		case len(*last)+1+len(word) <= width:
			*last += " " + word
		default:
			lines = append(lines, word)
		}
	}
	return lines
}

// oneLine is SQL with every run of white space as one space, cut where a
// person stops reading.
func oneLine(sql string) string {
	line := []rune(strings.Join(strings.Fields(sql), " "))
	if len(line) > 160 {
		line = append(line[:159], '…')
	}
	return string(line)
}

// fit cuts a line to a width in columns; 0 is no limit.
func fit(line string, width int) string {
	if width == 0 {
		return line
	}
	return lipgloss.NewStyle().MaxWidth(width).Render(line)
}
