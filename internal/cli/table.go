package cli

import (
	"strings"

	"charm.land/lipgloss/v2"
	"charm.land/lipgloss/v2/table"
)

// columnsText sets rows of cells in columns, two spaces apart, under headers
// if there are any. Cells may be coloured.
func columnsText(headers []string, rows [][]string, p paint) string {
	t := table.New().
		Border(lipgloss.Border{}).BorderTop(false).BorderBottom(false).BorderLeft(false).BorderRight(false).
		BorderHeader(false).BorderColumn(false).BorderRow(false).Wrap(false).
		StyleFunc(func(int, int) lipgloss.Style { return lipgloss.NewStyle().PaddingRight(2) })
	if len(headers) > 0 {
		faint := make([]string, len(headers))
		for i, h := range headers {
			faint[i] = p.faint(h)
		}
		t.Headers(faint...)
	}
	var b strings.Builder
	for line := range strings.Lines(t.Rows(rows...).Render()) {
		b.WriteString("  " + strings.TrimRight(line, " \n") + "\n")
	}
	return b.String()
}
