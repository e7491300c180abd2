package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/snapshot"
)

// walker walks repositories.
type walker struct {
	settings
	kit *kit // nil where there is none to ask
	log io.Writer
}

// tally is what was found in one repository.
type tally struct {
	name     string
	folders  []string
	all      sums
	single   sums          // of migrations that were alone in their commit
	kitFiles int           // drizzle-kit's own text equal to the committed file
	skipped  skips         // migrations that cannot be compared
	states   map[state]int // schema files against the snapshot
	cases    []mismatch    // that are not equal
	readings []reading     // that are not equal
}

// sums counts migrations.
type sums struct {
	count int
	asKit int             // where what Skein decides is drizzle-kit's byte for byte, in the mode that mends nothing
	files map[verdict]int // the committed file against what Skein writes
}

func (s *sums) add(v verdict, asKit bool) {
	s.count++
	s.files[v]++
	if asKit {
		s.asKit++
	}
}

// mismatch is a migration whose file is not what is generated.
type mismatch struct {
	commit, tag string
	verdict     verdict
	reason      string
}

func (w *walker) repository(ctx context.Context, dir string) (*tally, error) {
	r, err := openRepo(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer r.close()
	paths, err := r.folders(ctx)
	if err != nil {
		return nil, err
	}
	t := &tally{
		name: projectName(dir), all: sums{files: map[verdict]int{}}, single: sums{files: map[verdict]int{}},
		states: map[state]int{}, skipped: skips{},
	}
	var l *layout
	if w.schemas {
		temp, err := os.MkdirTemp("", "skein-walk-")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(temp)
		l = &layout{repo: r, dir: temp, have: map[string]string{}}
	}
	seen := map[string]bool{}
	for _, path := range paths {
		if !strings.Contains(path, w.only) {
			continue
		}
		f := &folder{repo: r, path: path, heads: map[string]snapshot.Head{}, last: map[string]*snapshot.Snapshot{}, seen: seen}
		before := t.all.count
		err := f.walk(ctx, t.skipped, func(commit string, added []*migration) error {
			for _, m := range added {
				if err := w.compare(t, m); err != nil {
					return fmt.Errorf("%s: %w", m.tag, err)
				}
			}
			if l == nil {
				return nil
			}
			last := added[len(added)-1]
			if !last.last {
				return nil // what the schema files say is in a snapshot that was met elsewhere
			}
			read, err := l.read(ctx, last, path, w.env)
			t.states[read.state]++
			if read.state != sameBytes {
				t.readings = append(t.readings, read)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		if t.all.count > before {
			t.folders = append(t.folders, path)
		}
		fmt.Fprintf(w.log, "%s %s: %d migrations\n", t.name, path, t.all.count-before)
	}
	return t, nil
}

// compare generates one migration and sorts it into the tally.
func (w *walker) compare(t *tally, m *migration) error {
	from, to := m.schemas()
	answers := &committed{sql: m.sql}
	result, err := diff.Compute(from, to, answers)
	if err != nil {
		return err
	}
	ours := result.Statements()
	v, asKit, reason := classify(ours, m.sql, m.custom()), false, ""
	if w.kit != nil {
		theirs, err := w.kit.generate(m.from, m.to, answers.numbers)
		if err != nil {
			return err
		}
		exact, err := diff.ComputeIn(diff.Exact, from, to, &committed{sql: m.sql})
		if err != nil {
			return err
		}
		if asKit = same(exact.Statements(), theirs); !asKit {
			reason = firstDifference(exact.Statements(), theirs) + "; "
		}
		if classify(theirs.SQL, m.sql, m.custom()) == equal {
			t.kitFiles++
		}
		if !same(ours, theirs) && v != equal {
			v = mended
			reason += strings.Join(append(result.Notes, firstDifference(ours, theirs)), "; ")
		}
	}
	if v != equal || reason != "" {
		if reason == "" {
			reason = explain(v, ours, m)
		}
		t.cases = append(t.cases, mismatch{m.commit, m.tag, v, reason})
	}
	t.all.add(v, asKit)
	if m.single {
		t.single.add(v, asKit)
	}
	return nil
}

func same(statements []string, theirs kitAnswer) bool {
	return theirs.Error == "" && slices.Equal(statements, theirs.SQL)
}

// firstDifference shows where Skein and drizzle-kit part.
func firstDifference(ours []string, theirs kitAnswer) string {
	if theirs.Error != "" {
		return "drizzle-kit fails: " + oneLine(theirs.Error)
	}
	for i, s := range ours {
		if i >= len(theirs.SQL) || s != theirs.SQL[i] {
			kit := "nothing"
			if i < len(theirs.SQL) {
				kit = oneLine(theirs.SQL[i])
			}
			return fmt.Sprintf("`%s` where drizzle-kit has `%s`", oneLine(s), kit)
		}
	}
	return fmt.Sprintf("nothing where drizzle-kit has `%s`", oneLine(theirs.SQL[len(ours)]))
}

// explain says what the committed file has other than the generated one.
func explain(v verdict, ours []string, m *migration) string {
	a, b := plainStatements(strings.Join(ours, "\n")), plainStatements(m.sql)
	var parts []string
	if lost := missing(a, b); len(lost) > 0 && v != custom {
		parts = append(parts, fmt.Sprintf("%d generated not in the file, first `%s`", len(lost), oneLine(lost[0])))
	}
	if more := missing(b, a); len(more) > 0 {
		parts = append(parts, fmt.Sprintf("%d more in the file, first `%s`", len(more), oneLine(more[0])))
	}
	if m.to.Version != snapshot.CurrentVersion {
		parts = append(parts, fmt.Sprintf("snapshot version %d", m.to.Version))
	}
	return strings.Join(parts, "; ")
}

// oneLine is text that fits a list.
func oneLine(text string) string {
	line := []rune(strings.Join(strings.Fields(text), " "))
	if len(line) > 150 {
		return string(line[:149]) + "…"
	}
	return string(line)
}
