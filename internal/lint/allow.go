package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/sqltext"
	"github.com/skein-db/skein/internal/sqltree"
)

// allowance is what a comment allows.
type allowance struct {
	codes     []string // none: every error, in the whole file
	reason    string
	statement int // which of the file's; -1 for all
	offset    int // of the comment's words, in the file
	length    int
	used      map[string]bool
}

// skein:allow is Skein's own comment. The other two are those of Archestra's
// drizzle-migration-linter: they allow all errors of a file; warnings stay.
var (
	ownMarker   = regexp.MustCompile(`^skein:allow\b[ \t]*(.*)$`)
	otherMarker = regexp.MustCompile(`(?i)^drizzle-migration-linter:[ \t]*allow-breaking\b`)
	otherReason = regexp.MustCompile(`(?i)^drizzle-migration-linter:[ \t]*reason[ \t]*=[ \t]*(\S.*)$`)
	reasonWord  = regexp.MustCompile(`(?:^|[ \t,])reason[ \t]*=[ \t]*`)
)

// allowances reads the comments of a migration. One that stands behind the end
// of a statement, on the same line, is about that statement; one inside a
// statement is about it; any other is about the next.
func allowances(text string, statements []sqltree.Statement) []allowance {
	var out []allowance
	whole, reason := -1, ""
	for _, piece := range sqltext.Split(text) {
		for _, c := range sqltext.Comments(piece.Text) {
			for _, words := range commentLines(c) {
				words.offset += piece.Offset
				if m := ownMarker.FindStringSubmatch(words.text); m != nil {
					a := parseAllowance(m[1])
					a.offset, a.length = words.offset, len(words.text)
					a.statement = statementOf(text, statements, words.offset)
					out = append(out, a)
				} else if otherMarker.MatchString(words.text) && whole < 0 {
					whole = len(out)
					out = append(out, allowance{statement: -1, offset: words.offset, length: len(words.text)})
				} else if m := otherReason.FindStringSubmatch(words.text); m != nil && reason == "" {
					reason = strings.TrimSpace(m[1])
				}
			}
		}
	}
	if whole >= 0 {
		out[whole].reason = reason
	}
	for i := range out {
		out[i].used = map[string]bool{}
	}
	return out
}

// parseAllowance reads what stands behind "skein:allow".
func parseAllowance(text string) allowance {
	var a allowance
	codes := text
	if at := reasonWord.FindStringIndex(text); at != nil {
		codes, a.reason = text[:at[0]], strings.TrimSpace(text[at[1]:])
	}
	a.codes = strings.FieldsFunc(codes, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
	return a
}

type line struct {
	text   string
	offset int // in the piece
}

// commentLines returns what the lines of a comment say.
func commentLines(c sqltext.Comment) []line {
	body, at := c.Text, c.Offset
	if strings.HasPrefix(body, "/*") {
		body, at = strings.TrimSuffix(body[2:], "*/"), at+2
	}
	var out []line
	for _, text := range strings.SplitAfter(body, "\n") {
		words := strings.TrimLeft(text, " \t*-")
		out = append(out, line{strings.TrimSpace(words), at + len(text) - len(words)})
		at += len(text)
	}
	return out
}

// statementOf returns which statement a comment at an offset is about;
// len(statements) where there is none behind it.
func statementOf(text string, statements []sqltree.Statement, offset int) int {
	for i := range statements {
		s := &statements[i]
		switch {
		case offset < s.Offset:
			return i
		case offset < s.End():
			return i
		case !strings.Contains(text[s.End():offset], "\n") && (i+1 == len(statements) || statements[i+1].Offset > offset):
			return i
		}
	}
	return len(statements)
}

// allow takes out the findings that comments allow, and says what is wrong with
// the comments themselves.
func allow(in Input, all []found) Result {
	var r Result
	for i := range in.Files {
		f := &in.Files[i]
		if !f.Report {
			continue
		}
		comments := allowances(f.Text, f.Statements)
		for _, found := range all {
			if found.file != f {
				continue
			}
			if a := allowedBy(comments, found); a != nil {
				a.used[found.Code] = true
				r.Allowed = append(r.Allowed, finding.Accepted{Finding: found.Finding, Reason: a.reason})
				continue
			}
			r.Findings = append(r.Findings, found.Finding)
		}
		for j := range comments {
			r.Findings = append(r.Findings, comments[j].check(in, f)...)
		}
	}
	finding.Sort(r.Findings)
	return r
}

// allowedBy returns the comment that allows a finding, or nil.
func allowedBy(comments []allowance, f found) *allowance {
	for i := range comments {
		a := &comments[i]
		if a.statement == f.statement && slices.Contains(a.codes, f.Code) || a.statement < 0 && f.Severity == finding.Error {
			return a
		}
	}
	return nil
}

// check says what is wrong with a comment.
func (a *allowance) check(in Input, f *File) []finding.Finding {
	var out []finding.Finding
	say := func(code string, severity finding.Severity, hint, format string, args ...any) {
		if in.Levels[code] == Off {
			return
		}
		if level, ok := in.Levels[code]; ok {
			severity = level
		}
		at, column := diag.Position(f.Text, a.offset)
		out = append(out, finding.Finding{
			Code: code, Severity: severity, File: f.Name, Line: at, Column: column, Migration: f.Tag,
			Message: fmt.Sprintf(format, args...), Hint: hint, Source: diag.Excerpt(f.Text, a.offset, a.offset, a.offset+a.length),
		})
	}
	if a.statement < 0 {
		if a.reason == "" {
			say("allow-without-reason", finding.Error, "add a line: -- drizzle-migration-linter: reason=why this is safe now", "the comment allows what breaks a rollout and gives no reason")
		}
		if len(a.used) == 0 {
			say("allow-unused", finding.Warning, "remove the comment, so that it allows nothing that is added later", "the comment allows every error of the file, and there is none")
		}
		return out
	}
	if len(a.codes) == 0 {
		say("allow-unknown", finding.Error, "write -- skein:allow drop-column reason=why this is safe now", "the comment names no code that it allows")
		return out
	}
	if a.reason == "" {
		say("allow-without-reason", finding.Error, "add reason=why this is safe now, on the same line", "the comment allows %s and gives no reason", strings.Join(a.codes, ", "))
	}
	for _, code := range a.codes {
		switch {
		case !known(code):
			hint := "skein explain lists the codes"
			if near := diag.Nearest(code, Codes()); near != "" {
				hint = "did you mean " + near + "?"
			}
			say("allow-unknown", finding.Error, hint, "no finding has the code %q", code)
		case !a.used[code] && in.Levels[code] != Off:
			say("allow-unused", finding.Warning, "remove it, so that it allows nothing that is added later", "the comment allows %s, and the statement gives no such finding", code)
		}
	}
	return out
}
