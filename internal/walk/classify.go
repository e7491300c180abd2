package main

import (
	"regexp"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/sqltext"
)

// verdict says how a committed SQL file relates to the generated one.
type verdict string

const (
	equal       verdict = "equal"
	custom      verdict = "custom"                  // the schema did not change, people wrote all of it
	spelling    verdict = "comments or white space" // the same statements
	tail        verdict = "tail by hand"            // all that is generated, then more
	interleaved verdict = "interleaved by hand"     // all that is generated in order, more in between
	reordered   verdict = "reordered"               // all that is generated in another order, perhaps more
	older       verdict = "older drizzle-kit"       // what an earlier release wrote for the same
	edited      verdict = "hand-edited DDL"         // a generated statement is changed or missing
	mended      verdict = "mended by Skein"         // drizzle-kit's text would fail or lose something
)

// verdicts are all of them in the order of the table.
var verdicts = []verdict{equal, custom, spelling, tail, interleaved, reordered, older, edited, mended}

// classify compares generated statements with a committed file.
func classify(generated []string, file string, isCustom bool) verdict {
	switch {
	case isCustom:
		return custom
	case sqltext.Join(generated, true) == file, sqltext.Join(generated, false) == file:
		return equal
	}
	ours, theirs := plainStatements(strings.Join(generated, "\n")), plainStatements(file)
	if v := compareLists(ours, theirs); v != edited {
		return v
	}
	if v := compareLists(aged(ours), aged(theirs)); v != edited {
		return older
	}
	return edited
}

func compareLists(ours, theirs []string) verdict {
	switch {
	case slices.Equal(ours, theirs):
		return spelling
	case len(ours) < len(theirs) && slices.Equal(ours, theirs[:len(ours)]):
		return tail
	case inOrder(ours, theirs):
		return interleaved
	case len(missing(ours, theirs)) == 0:
		return reordered
	}
	return edited
}

func inOrder(part, whole []string) bool {
	for _, s := range part {
		i := slices.Index(whole, s)
		if i < 0 {
			return false
		}
		whole = whole[i+1:]
	}
	return true
}

// missing returns the statements of ours that theirs has not, or not as often.
func missing(ours, theirs []string) []string {
	left := map[string]int{}
	for _, s := range theirs {
		left[s]++
	}
	var out []string
	for _, s := range ours {
		if left[s]--; left[s] < 0 {
			out = append(out, s)
		}
	}
	return out
}

// plainStatements cuts a file into statements without comments, breakpoints,
// closing semicolons, and white space that says nothing.
func plainStatements(file string) []string {
	var out []string
	for _, s := range sqltext.Statements(strings.ReplaceAll(file, sqltext.Breakpoint, "\n")) {
		if text := plain(s.Text); text != "" {
			out = append(out, text)
		}
	}
	return out
}

// plain writes a statement with one space where white space or comments were,
// and none at parentheses, commas and the end.
func plain(sql string) string {
	var b strings.Builder
	for i := 0; i < len(sql); {
		if skip := sqltext.FirstCode(sql[i:]); skip > 0 {
			b.WriteByte(' ')
			i += skip
			continue
		}
		end := i + 1
		switch quote := sql[i]; quote {
		case '\'', '"':
			if n := strings.IndexByte(sql[end:], quote); n >= 0 {
				end += n + 1
			} else {
				end = len(sql)
			}
		case '$':
			if tag := dollar.FindString(sql[i:]); tag != "" {
				if n := strings.Index(sql[i+len(tag):], tag); n >= 0 {
					end = i + n + 2*len(tag)
				}
			}
		}
		b.WriteString(sql[i:end])
		i = end
	}
	text := strings.TrimRight(b.String(), "; ")
	return tight.ReplaceAllString(text, "$1")
}

var (
	dollar = regexp.MustCompile(`^\$\w*\$`)
	tight  = regexp.MustCompile(` ?([(),]) ?`)
)

// aged returns statements without what earlier releases of drizzle-kit wrote
// otherwise, so that the two can be compared.
func aged(statements []string) []string {
	var out []string
	for _, s := range statements {
		if body := guarded.FindStringSubmatch(s); body != nil {
			s = plain(body[1])
		}
		s = agedValue.ReplaceAllString(agedIndex.ReplaceAllString(s, "DROP INDEX "), "$1")
		if s = agedWords.Replace(s); !agedAway.MatchString(s) {
			out = append(out, strings.TrimSpace(s))
		}
	}
	return out
}

var (
	// guarded is a statement in the block with which earlier releases put up
	// with an object that exists.
	guarded = regexp.MustCompile(`(?is)^DO \$\$\s*BEGIN\s(.*?);?\s*EXCEPTION\s+WHEN duplicate_object THEN null;\s*END\s*\$\$$`)
	// agedIndex is what they wrote without the index's schema.
	agedIndex = regexp.MustCompile(`^DROP INDEX (IF EXISTS )?("[^"]+"\.)?`)
	// agedValue is a value that they put at the end, whatever its place.
	agedValue = regexp.MustCompile(`^(ALTER TYPE .* ADD VALUE '(?:[^']|'')*') BEFORE .*$`)
	// agedAway they did not write.
	agedAway  = regexp.MustCompile(`^ALTER TABLE .* DISABLE ROW LEVEL SECURITY$`)
	agedWords = strings.NewReplacer(
		"IF NOT EXISTS ", "", "IF EXISTS ", "",
		`"public".`, "", // of enums, and of the tables that foreign keys refer to
		" USING btree", "", " ASC", "", " NULLS LAST", "", " CASCADE", "",
	)
)
