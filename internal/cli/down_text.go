package cli

import (
	"fmt"
	"strings"

	"github.com/skein-db/skein/internal/replay"
)

func (a *app) showDown(r *downResult) {
	if a.json {
		return
	}
	p, width := a.outPaint(), a.outWidth()
	a.print("%s: %s\n\n", p.bold(r.Database), countsText(r.Counts))
	for i, s := range r.Steps {
		a.print("%s", downText(&s, width, p))
		a.print("%s", stepStatements(r.plan.Pending[i].Statements, len(r.Steps) <= shownSteps/2 && r.plan.quiet(), width, p))
		if !r.plan.quiet() {
			a.print("%s", effectsText(&r.plan.Radius.Migrations[i], width, p))
		}
	}
	if r.plan.Radius != nil {
		a.print("%s", aroundText(r.plan.Radius, width, p))
	}
	a.print("\n%s", aroundDown(r, width))
	a.print("\n")
}

// downText is what the way back over a migration costs.
func downText(s *downObject, width int, p paint) string {
	var b strings.Builder
	fmt.Fprintf(&b, "  %s  %s\n", s.Tag, p.faint(count(len(s.Statements), "statement")+" back"))
	for _, note := range s.Notes {
		fmt.Fprintf(&b, "    %s\n", p.yellow(note))
	}
	for _, l := range s.Losses {
		writeWrapped(&b, "    ", p.red("loses ")+l.line(), width)
	}
	for _, empty := range s.Empty {
		writeWrapped(&b, "    ", p.yellow("comes back empty: ")+empty, width)
	}
	for _, fails := range s.CanFail {
		writeWrapped(&b, "    ", fails, width)
	}
	if len(s.Stays) > 0 {
		fmt.Fprintf(&b, "    %s\n", p.yellow("cannot be undone, no snapshot holds what it did:"))
		b.WriteString(unheldText("      ", s.Tag, s.Stays, shownStatements, width, p))
	}
	return b.String()
}

func (l *lossObject) line() string {
	text := l.Object + ": " + l.Message
	if l.text != "" {
		text += " (" + l.text + ")"
	}
	return text
}

// remarks are the same as lines for a comment.
func (s *downObject) remarks() []string {
	lines := append([]string{}, s.Notes...)
	for _, l := range s.Losses {
		lines = append(lines, "loses "+l.line())
	}
	for _, empty := range s.Empty {
		lines = append(lines, "comes back empty: "+empty)
	}
	lines = append(lines, s.CanFail...)
	for _, one := range s.Stays {
		lines = append(lines, fmt.Sprintf("cannot be undone: line %d, %s", one.Line, oneLine(one.SQL)))
	}
	return lines
}

// aroundDown says how the plan was tried, and what it leaves.
func aroundDown(r *downResult, width int) string {
	var b strings.Builder
	if t := r.Proof; t != nil {
		writeWrapped(&b, "  ", fmt.Sprintf("tried on PostgreSQL %s: after %s and the way back there is what was there before", t.Version, count(t.Migrations, "migration")), width)
		for _, side := range []struct {
			objects []replay.Object
			text    string
		}{{t.Left, "it stays, since no snapshot holds it: "}, {t.Gone, "it goes and does not come back: "}} {
			for _, o := range side.objects {
				writeWrapped(&b, "  ", side.text+o.Kind+" "+o.Name, width)
			}
		}
	}
	for _, note := range r.Notes {
		writeWrapped(&b, "  ", note, width)
	}
	return b.String()
}
