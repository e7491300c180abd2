package cli

import (
	"fmt"
	"strings"

	"github.com/skein-db/skein/internal/radius"
)

// usualWidth is how wide sentences run where there is no terminal.
const usualWidth = 100

// effectsText is what a migration does to those who use the database: first
// what others notice, with what is known about it, then the rest in one line.
func effectsText(m *radius.Migration, width int, p paint) string {
	var b strings.Builder
	for _, wanted := range []radius.Risk{radius.Blocking, radius.Busy} {
		for i := range m.Statements {
			if s := &m.Statements[i]; s.Risk == wanted {
				line := fit("    "+oneLine(s.SQL), width)
				if wanted == radius.Blocking {
					line = p.bold(line)
				}
				b.WriteString(line + "\n")
				for _, text := range reasons(s) {
					writeWrapped(&b, "      ", text, width)
				}
			}
		}
	}
	var titles []string
	for _, s := range m.Statements {
		if s.Risk == radius.None || s.Risk == radius.Moment {
			titles = append(titles, s.Title)
		}
	}
	if len(titles) > 0 {
		line := fmt.Sprintf("%s that nobody notices: %s", count(len(titles), "statement"), strings.Join(titles, ", "))
		b.WriteString(fit("    "+p.faint(oneLine(line)), width) + "\n")
	}
	return b.String()
}

func writeWrapped(b *strings.Builder, indent, text string, width int) {
	if width <= 0 || width > usualWidth {
		width = usualWidth
	}
	for i, line := range wrap(text, max(20, width-len(indent)-2)) {
		if i > 0 {
			line = "  " + line
		}
		b.WriteString(indent + line + "\n")
	}
}

// reasons says of a statement what others notice of it.
func reasons(s *radius.Statement) []string {
	var out []string
	for _, l := range s.Locks {
		if text := lockText(&l); text != "" {
			out = append(out, text)
		}
	}
	for _, w := range s.Work {
		out = append(out, workText(&w))
	}
	sized := map[*radius.Table]bool{}
	for _, w := range s.Work {
		if !sized[w.Table] {
			out = append(out, name(w.Table)+" has "+w.Table.Size())
			sized[w.Table] = true
		}
	}
	for _, w := range s.Waits {
		text := "has to wait now for " + w.Session.String()
		if w.Table != nil {
			text += fmt.Sprintf(" (%s on %s)", w.Level, name(w.Table))
		}
		out = append(out, text)
	}
	if s.Opaque {
		out = append(out, "it runs what cannot be seen here, which may do more")
	}
	return append(out, s.Notes...)
}

// lockText is "users: blocks writes for 2 to 8 s", "" where nobody waits.
func lockText(l *radius.Lock) string {
	blocks := l.Blocks()
	if blocks == "" {
		return ""
	}
	verb := blocks
	if l.Maybe {
		verb = "perhaps " + blocks
	}
	text := fmt.Sprintf("%s: %s for ", name(l.Table), verb)
	if l.Held.To == 0 {
		return text + "a moment"
	}
	text += l.Held.String()
	if l.Later {
		text += ", to the end of the transaction"
	}
	return text
}

// workWords have a place for " perhaps".
var workWords = map[radius.Kind]string{
	radius.Rewrite: "is%s written anew with all indexes", radius.Scan: "is%s read whole", radius.Build: "gets%s an index", radius.Change: "is%s changed row by row",
}

func workText(w *radius.Work) string {
	perhaps := ""
	if w.Maybe {
		perhaps = " perhaps"
	}
	text := fmt.Sprintf("%s "+workWords[w.Kind]+", %s: %s", name(w.Table), perhaps, w.Time, w.Why)
	if w.Space > 0 {
		text += fmt.Sprintf("; it takes %s on the disk beside what is there", radius.Bytes(w.Space))
	}
	return text
}

func name(t *radius.Table) string {
	if t.Name.Schema == "public" {
		return t.Name.Name
	}
	return t.Name.String()
}

// aroundText is about the database as a whole.
func aroundText(r *radius.Report, width int, p paint) string {
	var b strings.Builder
	if r.Empty {
		return "\n  " + p.faint("nobody uses this database yet: it has no tables") + "\n"
	}
	named := map[*radius.Session]bool{}
	for _, m := range r.Migrations {
		for _, s := range m.Statements {
			for _, w := range s.Waits {
				named[w.Session] = true
			}
		}
	}
	for _, s := range r.Sessions {
		if !named[s] {
			writeWrapped(&b, "  ", "a long transaction, in nobody's way now: "+s.String(), width)
		}
	}
	for _, note := range r.Notes {
		writeWrapped(&b, "  ", note, width)
	}
	if b.Len() > 0 {
		return "\n" + b.String()
	}
	return ""
}
