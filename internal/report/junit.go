package report

import (
	"encoding/xml"
	"fmt"
	"strings"
	"unicode"

	"github.com/skein-db/skein/internal/finding"
)

// The elements of a JUnit report that GitLab, Jenkins, Azure and CircleCI all
// read.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		File    string        `xml:"file,attr,omitempty"`
		Line    int           `xml:"line,attr,omitempty"`
		Failure *junitOutcome `xml:"failure"`
		Error   *junitOutcome `xml:"error"`
		Skipped *junitOutcome `xml:"skipped"`
	}
	junitOutcome struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",cdata"`
	}
)

// JUnit is the report for whatever shows test results. Each file is a suite
// and each finding a test of it: an error failed, a warning was skipped, and
// failed where warnings fail. Before them stands the command itself, passed
// where nothing failed, because a report without a test counts as broken.
func JUnit(r *Report) []byte {
	suites := []junitSuite{r.ownSuite()}
	for _, group := range byFile(r.Findings) {
		suites = append(suites, r.fileSuite(group))
	}
	out := junitSuites{Name: r.Command, Suites: suites}
	for i := range suites {
		s := &suites[i]
		for _, c := range s.Cases {
			s.Tests++
			s.Failures += present(c.Failure)
			s.Errors += present(c.Error)
			s.Skipped += present(c.Skipped)
		}
		out.Tests += s.Tests
		out.Failures += s.Failures
		out.Errors += s.Errors
		out.Skipped += s.Skipped
	}
	text, err := xml.MarshalIndent(out, "", "  ")
	if err != nil {
		panic(fmt.Sprintf("encoding %T: %v", out, err))
	}
	return append([]byte(xml.Header), append(text, '\n')...)
}

func present(o *junitOutcome) int {
	if o == nil {
		return 0
	}
	return 1
}

// ownSuite is the command as a test.
func (r *Report) ownSuite() junitSuite {
	own := junitCase{Class: r.Command, Name: "completed"}
	if e := r.Problem; e != nil {
		own.Error = &junitOutcome{Message: xmlText(e.Message), Text: xmlText(e.Error())}
	}
	return junitSuite{Name: r.Command, Cases: []junitCase{own}}
}

func (r *Report) fileSuite(group []finding.Finding) junitSuite {
	file, _ := r.Root.slash(group[0].File)
	if file == "" {
		file = r.Command
	}
	suite := junitSuite{Name: xmlText(file)}
	named := map[string]int{}
	for _, f := range group {
		c := junitCase{Class: xmlText(file), Name: xmlText(f.Code + ": " + oneLine(f.Message)), Line: f.Line}
		if f.File != "" {
			c.File = xmlText(file)
		}
		named[c.Name]++
		if n := named[c.Name]; n > 1 { // tests of one name are taken for one
			c.Name += fmt.Sprintf(" (%d)", n)
		}
		outcome := &junitOutcome{Message: xmlText(oneLine(f.Message)), Type: f.Code, Text: xmlText(r.junitBody(f))}
		if f.Severity == finding.Error || r.Strict {
			c.Failure = outcome
		} else {
			c.Skipped = outcome
		}
		suite.Cases = append(suite.Cases, c)
	}
	return suite
}

// junitBody is the finding as text, which is all that such pages show of it.
func (r *Report) junitBody(f finding.Finding) string {
	one := &Report{Findings: []finding.Finding{f}}
	w := &textWriter{TextOptions: TextOptions{Paint: func(_ Role, text string) string { return text }, Width: usualWidth}, report: one, seen: map[string]bool{}}
	w.finding(f)
	return w.String()
}

// xmlText takes out what XML has no way to write:
// https://www.w3.org/TR/xml/#charsets
func xmlText(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\uFFFE' || r == '\uFFFF' || unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text)
}
