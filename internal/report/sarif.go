package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/skein-db/skein/internal/finding"
)

// The parts of SARIF 2.1.0 that findings fill, under the names that the
// standard gives them:
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool               sarifTool                `json:"tool"`
		Invocations        []sarifInvocation        `json:"invocations"`
		OriginalURIBaseIDs map[string]sarifArtifact `json:"originalUriBaseIds"`
		ColumnKind         string                   `json:"columnKind"`
		Results            []sarifResult            `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version,omitempty"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID                   string       `json:"id"`
		ShortDescription     *sarifText   `json:"shortDescription,omitempty"`
		FullDescription      *sarifText   `json:"fullDescription,omitempty"`
		Help                 *sarifText   `json:"help,omitempty"`
		HelpURI              string       `json:"helpUri"`
		DefaultConfiguration sarifDefault `json:"defaultConfiguration"`
	}
	sarifDefault struct {
		Level string `json:"level"`
	}
	sarifText struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
	sarifInvocation struct {
		ExecutionSuccessful bool          `json:"executionSuccessful"`
		Notifications       []sarifNotice `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotice struct {
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations,omitempty"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Fingerprints map[string]string `json:"partialFingerprints"`
		Suppressions []sarifWaiver     `json:"suppressions,omitempty"`
	}
	// A suppression, section 3.35; external is one that does not stand in the code.
	sarifWaiver struct {
		Kind          string `json:"kind"`
		Status        string `json:"status"`
		Justification string `json:"justification"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI         string     `json:"uri,omitempty"`
		URIBaseID   string     `json:"uriBaseId,omitempty"`
		Description *sarifText `json:"description,omitempty"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
	}
)

const (
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	sourceRoot  = "%SRCROOT%"
	// fingerprintName has a number, so that a later way to make fingerprints is
	// not taken for this one.
	fingerprintName = "skeinFinding/v1"
)

// SARIF is the report for code scanning, a document of SARIF 2.1.0. Paths are
// relative to the repository's root, whose place on this machine is left out:
// the same findings give the same bytes everywhere.
func SARIF(r *Report) []byte {
	rules := r.usedRules()
	run := sarifRun{
		Tool: sarifTool{Driver: sarifDriver{
			Name: "skein", Version: r.Version, InformationURI: "https://github.com/skein-db/skein", Rules: []sarifRule{},
		}},
		Invocations:        []sarifInvocation{{ExecutionSuccessful: r.Problem == nil}},
		OriginalURIBaseIDs: map[string]sarifArtifact{sourceRoot: {Description: &sarifText{Text: "the root of the repository"}}},
		ColumnKind:         "utf16CodeUnits",
		Results:            []sarifResult{},
	}
	for _, rule := range rules {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRuleOf(rule))
	}
	prints := fingerprints{report: r, seen: map[string]int{}}
	result := func(f finding.Finding) sarifResult {
		return sarifResult{
			RuleID:       f.Code,
			RuleIndex:    slices.IndexFunc(rules, func(rule finding.Rule) bool { return rule.Code == f.Code }),
			Level:        string(f.Severity),
			Message:      sarifText{Text: longMessage(f)},
			Locations:    r.locations(f.File, f.Line, f.Column),
			Fingerprints: map[string]string{fingerprintName: prints.of(f)},
		}
	}
	for _, f := range r.Findings {
		run.Results = append(run.Results, result(f))
	}
	for _, f := range r.Accepted {
		accepted := result(f.Finding)
		accepted.Suppressions = []sarifWaiver{{Kind: "external", Status: "accepted", Justification: f.Reason}}
		run.Results = append(run.Results, accepted)
	}
	if e := r.Problem; e != nil {
		run.Invocations[0].Notifications = []sarifNotice{{
			Level: "error", Message: sarifText{Text: longMessage(asFinding(e))}, Locations: r.locations(e.File, e.Line, e.Column),
		}}
	}
	return encodeJSON(sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}})
}

// usedRules is the catalogue and what was found beside it.
func (r *Report) usedRules() []finding.Rule {
	rules := slices.Clone(r.Rules)
	found := slices.Clone(r.Findings)
	for _, f := range r.Accepted {
		found = append(found, f.Finding)
	}
	for _, f := range found {
		if !slices.ContainsFunc(rules, func(rule finding.Rule) bool { return rule.Code == f.Code }) {
			rules = append(rules, r.rule(f.Code))
		}
	}
	return rules
}

func sarifRuleOf(r finding.Rule) sarifRule {
	out := sarifRule{ID: r.Code, HelpURI: RulesPage + "#" + r.Code, DefaultConfiguration: sarifDefault{Level: string(r.Severity)}}
	if r.Title == "" {
		return out
	}
	text := r.About + "\n\nThe safe way: " + r.Fix
	markdown := r.About + "\n\n**The safe way.** " + r.Fix
	if r.Recipe != "" {
		text += "\n\n" + r.Recipe
		markdown += "\n\n" + fenced("sql", r.Recipe)
	}
	out.ShortDescription = &sarifText{Text: sentenceCase(r.Title)}
	out.FullDescription = &sarifText{Text: r.About}
	out.Help = &sarifText{Text: text, Markdown: markdown}
	return out
}

// longMessage is all that a finding says but its source, which the viewer has.
// The first sentence is what is seen where there is little room.
func longMessage(f finding.Finding) string {
	return paragraphs("\n\n", sentenceCase(oneLine(f.Message)), f.Detail, sentenceCase(f.Hint), f.Recipe)
}

// paragraphs joins the texts that are not empty.
func paragraphs(between string, texts ...string) string {
	var parts []string
	for _, text := range texts {
		if text != "" {
			parts = append(parts, printable(strings.TrimRight(text, "\n")))
		}
	}
	return strings.Join(parts, between)
}

// sentenceCase makes a message or a hint a sentence among others.
func sentenceCase(message string) string {
	if message == "" {
		return message
	}
	first, size := utf8.DecodeRuneInString(message)
	return string(unicode.ToUpper(first)) + strings.TrimSuffix(message[size:], ".") + "."
}

// locations is the one place of a finding. GitHub wants a file and a line of
// every result, so what concerns a whole file is at its first line.
func (r *Report) locations(file string, line, column int) []sarifLocation {
	if file == "" {
		file, line, column = r.Home, 0, 0
	}
	name, inside := r.Root.slash(file)
	if name == "" {
		return []sarifLocation{}
	}
	where := sarifArtifact{URI: uri(name), URIBaseID: sourceRoot}
	if !inside {
		where = sarifArtifact{URI: uri(filepath.ToSlash(r.Root.absolute(file)))}
	}
	return []sarifLocation{{sarifPhysical{where, sarifRegion{max(line, 1), r.utf16Column(file, line, column)}}}}
}

// utf16Column turns a column in characters into one in UTF-16 code units,
// which readers of SARIF assume. Where the line is not known the two are taken
// to be the same, as they are for all but rare characters.
func (r *Report) utf16Column(file string, line, column int) int {
	if column < 1 || line < 1 {
		return 0
	}
	before := []rune(strings.TrimPrefix(r.line(file, line), "\uFEFF"))
	before = before[:min(len(before), column-1)]
	return column + len(utf16.Encode(before)) - len(before)
}

func (r *Report) line(file string, line int) string {
	if r.Line == nil {
		return ""
	}
	return r.Line(file, line)
}

// fingerprints tell a finding from one run to the next: by its rule, its file,
// its migration and the text of its line, but not by the line's number.
type fingerprints struct {
	report *Report
	seen   map[string]int
}

func (p *fingerprints) of(f finding.Finding) string {
	name, _ := p.report.Root.slash(f.File)
	text := ""
	if f.Line > 0 {
		text = strings.Join(strings.Fields(p.report.line(f.File, f.Line)), " ")
	}
	key := strings.Join([]string{f.Code, name, f.Migration, text}, "\x00")
	p.seen[key]++
	sum := sha256.Sum256([]byte(key))
	return fmt.Sprintf("%s:%d", hex.EncodeToString(sum[:8]), p.seen[key])
}

func encodeJSON(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		panic(fmt.Sprintf("encoding %T: %v", v, err))
	}
	return b.Bytes()
}
