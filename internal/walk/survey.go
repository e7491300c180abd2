package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/resolve"
)

// survey is the collisions of one migrations folder.
type survey struct {
	name  string
	found []*collided
	onTop []string // pairs that are no collision: the second stands on the first
}

// outcomes are what can become of a collision, in the order of the table.
var outcomes = []string{"moved", "rewritten", "stopped", "unreadable"}

// reportCollisions prints one table of what resolve did, one of why it stopped
// and one of how that stands to what people did, and if wanted each collision.
func reportCollisions(out io.Writer, all []*survey, verbose bool) {
	row(out, append([]string{"project", "collisions"}, outcomes...))
	row(out, slices.Repeat([]string{"---"}, 2+len(outcomes)))
	for _, s := range all {
		cells := []string{s.name, fmt.Sprint(len(s.found))}
		for _, what := range outcomes {
			cells = append(cells, fmt.Sprint(s.count(func(c *collided) string { return c.outcome() })[what]))
		}
		row(out, cells)
	}
	tabulate(out, all, "stopped because", func(c *collided) string {
		if c.outcome() != "stopped" {
			return ""
		}
		return reasonToStop(&c.plan.Problems[0])
	})
	tabulate(out, all, "against the snapshot that was committed next", func(c *collided) string { return c.equalsTruth() })
	tabulate(out, all, "people's schema", func(c *collided) string {
		if c.people == nil {
			return ""
		}
		return string(c.people.said)
	})
	tabulate(out, all, "in a work tree", func(c *collided) string {
		if c.joining == nil {
			return ""
		}
		return string(c.joining.said)
	})
	tabulate(out, all, "in PostgreSQL", func(c *collided) string { return string(c.proof) })
	for _, s := range all {
		if len(s.onTop) > 0 {
			fmt.Fprintf(out, "\n%s: %d more pairs, of which the second stands on what the first made: %s.\n", s.name, len(s.onTop), strings.Join(s.onTop, ", "))
		}
		if verbose {
			fmt.Fprintf(out, "\n## %s\n", s.name)
			for _, c := range s.found {
				c.tell(out)
			}
		}
	}
}

func (s *survey) count(of func(*collided) string) map[string]int {
	counts := map[string]int{}
	for _, c := range s.found {
		counts[of(c)]++
	}
	return counts
}

// tabulate prints how often something holds of the collisions of each project;
// "" is not counted.
func tabulate(out io.Writer, all []*survey, title string, of func(*collided) string) {
	total := map[string]int{}
	head := []string{title}
	for _, s := range all {
		head = append(head, s.name)
		for what, n := range s.count(of) {
			total[what] += n
		}
	}
	delete(total, "")
	if len(total) == 0 {
		return
	}
	fmt.Fprintln(out)
	row(out, head)
	row(out, slices.Repeat([]string{"---"}, len(head)))
	for _, what := range slices.SortedFunc(maps.Keys(total), func(a, b string) int {
		if total[a] != total[b] {
			return total[b] - total[a]
		}
		return strings.Compare(a, b)
	}) {
		cells := []string{what}
		for _, s := range all {
			cells = append(cells, fmt.Sprint(s.count(of)[what]))
		}
		row(out, cells)
	}
}

// reasonToStop is the kind of a problem.
func reasonToStop(p *resolve.Problem) string {
	switch d := p.Disagreement; {
	case p.Landed:
		return "the branch changed or removed a migration that upstream has"
	case p.Edited != "":
		return "a generated statement was changed by hand and would have to be another"
	case p.Statement != "":
		return "a statement written by hand uses what the other side dropped or renamed"
	case d.Uses != nil:
		return "an object uses what the other side dropped or renamed"
	case d.Upstream == "" || d.Local == "":
		return "one side changed what the other dropped or renamed"
	case d.Attribute == "":
		return "both made an object of one name, not alike"
	}
	return "both set one attribute, not alike"
}

func describeProblem(p *resolve.Problem) string {
	what := reasonToStop(p)
	switch d := p.Disagreement; {
	case d != nil && d.Uses != nil:
		return fmt.Sprintf("%s: %s uses %s, dropped by %s", what, d.Object, d.Uses, d.DroppedBy)
	case d != nil:
		return fmt.Sprintf("%s: %s %s, upstream %q, local %q", what, d.Object, d.Attribute, d.Upstream, d.Local)
	case p.Statement != "":
		return fmt.Sprintf("%s: %.300q uses %s, dropped by %s (in %s)", what, p.Statement, p.Uses, p.By, p.In)
	case p.Edited != "":
		return fmt.Sprintf("%s: %.300q", what, p.Edited)
	}
	return what
}
