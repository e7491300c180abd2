package commute

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// mostRows bounds the rows of independent changes that Text shows; the others
// are all shown.
const mostRows = 20

// Text is the comparison as a table and the verdict in words. a and b are what
// the sides are called, for example the tags of their migrations.
func (r *Result) Text(a, b string) string {
	rows := [][]string{{"object", a, b, ""}}
	left, independent := 0, 0
	for _, row := range r.Rows {
		if row.Relation == Independent {
			if independent++; independent > mostRows {
				left++
				continue
			}
		}
		rows = append(rows, []string{row.Object, orDash(row.A), orDash(row.B), row.says()})
	}
	var out strings.Builder
	for _, row := range aligned(rows) {
		out.WriteString(row + "\n")
	}
	if left > 0 {
		fmt.Fprintf(&out, "and %d more that one side alone touches\n", left)
	}
	return out.String() + r.verdict()
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func (r *Row) says() string {
	if r.Why == "" {
		return string(r.Relation)
	}
	return string(r.Relation) + ": " + r.Why
}

func (r *Result) verdict() string {
	count := map[Relation]int{}
	var apart []string
	for _, row := range r.Rows {
		count[row.Relation]++
		if row.Relation == Conflict {
			apart = append(apart, row.Object)
		}
	}
	switch {
	case len(apart) > 0:
		return "they do not commute: " + some(apart)
	case count[Same] > 0:
		return "the changes commute; what both do is to be done once"
	case len(r.Rows) == 0:
		return "the changes commute: neither touches the schema"
	}
	return "the changes commute"
}

// aligned puts columns below each other; the last is as wide as it is.
func aligned(rows [][]string) []string {
	const widest = 60
	widths := make([]int, 3)
	for _, row := range rows {
		for i := range widths {
			widths[i] = max(widths[i], min(widest, utf8.RuneCountInString(row[i])))
		}
	}
	out := make([]string, len(rows))
	for n, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell)
			if i < len(widths) {
				line.WriteString(strings.Repeat(" ", max(0, widths[i]-utf8.RuneCountInString(cell))+2))
			}
		}
		out[n] = strings.TrimRight(line.String(), " ")
	}
	return out
}
