package config

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/skein-db/skein/internal/diag"
)

// Parse reads the text of a skein.yaml; file names it in errors, which are of
// type *diag.Error.
func Parse(file string, data []byte) (*Config, error) {
	p := &parser{file: file, data: data}
	c := &Config{File: file}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, p.syntax(err)
	}
	if len(doc.Content) > 0 && !isNull(doc.Content[0]) { // an empty file says nothing
		p.config(doc.Content[0], c)
	}
	if p.err != nil {
		return nil, p.err
	}
	return c, nil
}

// parser reads nodes and keeps the first thing that is wrong.
type parser struct {
	file string
	data []byte
	err  *diag.Error
}

const reference = "docs/config.md describes the keys"

// wrong notes that a node cannot be used.
func (p *parser) wrong(n *yaml.Node, hint, format string, args ...any) {
	if p.err != nil {
		return
	}
	p.err = &diag.Error{
		Kind: diag.Usage, File: p.file, Line: n.Line, Column: n.Column,
		Message: fmt.Sprintf(format, args...), Detail: p.excerpt(n.Line, n.Column), Hint: hint,
	}
}

// excerpt quotes the file at a place.
func (p *parser) excerpt(line, column int) string {
	text := string(p.data)
	at := 0
	for range line - 1 {
		at += strings.IndexByte(text[at:], '\n') + 1
	}
	for range column - 1 {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return diag.Excerpt(text, at, at, at)
}

var atLine = regexp.MustCompile(`^yaml: line (\d+): `)

// syntax is an error of the YAML reader, which names the line in its text.
func (p *parser) syntax(err error) error {
	e := &diag.Error{Kind: diag.Usage, File: p.file, Err: err, Hint: "mend the line; values with a colon or quotes in them go in quotes"}
	text := err.Error()
	var typed *yaml.TypeError
	if errors.As(err, &typed) && len(typed.Errors) > 0 {
		text = "yaml: " + typed.Errors[0]
	}
	if m := atLine.FindStringSubmatch(text); m != nil {
		e.Line, _ = strconv.Atoi(m[1])
		text = text[len(m[0]):]
	}
	e.Message = "this is not YAML: " + strings.TrimPrefix(text, "yaml: ")
	return e
}

func (p *parser) config(n *yaml.Node, c *Config) {
	p.keys(n, "the file", map[string]func(*yaml.Node){
		"upstream": func(v *yaml.Node) { c.Upstream = p.text(v, "upstream") },
		"databases": func(v *yaml.Node) {
			p.pairs(v, "databases", func(key, item *yaml.Node) { p.database(key, item, c) })
		},
		"check":     func(v *yaml.Node) { p.check(v, &c.Check) },
		"migrate":   func(v *yaml.Node) { p.migrate(v, &c.Migrate) },
		"generated": func(v *yaml.Node) { p.each(v, "generated", func(item *yaml.Node) { p.generated(item, c) }) },
	})
}

func (p *parser) check(n *yaml.Node, c *Check) {
	p.keys(n, "check", map[string]func(*yaml.Node){
		"base":     func(v *yaml.Node) { c.Base = p.text(v, "check.base") },
		"order":    func(v *yaml.Node) { p.each(v, "check.order", func(item *yaml.Node) { p.exception(item, c) }) },
		"accept":   func(v *yaml.Node) { p.each(v, "check.accept", func(item *yaml.Node) { p.acceptance(item, c) }) },
		"rules":    func(v *yaml.Node) { p.rules(v, c) },
		"postgres": func(v *yaml.Node) { c.Postgres = p.major(v) },
	})
}

func (p *parser) exception(n *yaml.Node, c *Check) {
	e := Exception{Line: n.Line}
	p.keys(n, "an element of check.order", map[string]func(*yaml.Node){
		"older":  func(v *yaml.Node) { e.Older = p.text(v, "older") },
		"newer":  func(v *yaml.Node) { e.Newer = p.text(v, "newer") },
		"reason": func(v *yaml.Node) { e.Reason = p.text(v, "reason") },
	})
	for _, key := range []struct{ name, value string }{{"older", e.Older}, {"newer", e.Newer}, {"reason", e.Reason}} {
		if key.value == "" {
			p.wrong(n, "write { older: 0201_tag, newer: 0200_tag, reason: why it is right }", "an element of check.order lacks %s", key.name)
		}
	}
	for _, other := range c.Order {
		if other.Older == e.Older && other.Newer == e.Newer {
			p.wrong(n, "remove one of the two", "check.order has the pair %s and %s twice", e.Older, e.Newer)
		}
	}
	c.Order = append(c.Order, e)
}

func (p *parser) acceptance(n *yaml.Node, c *Check) {
	const form = "write { code: drift-snapshot, object: column users.email, reason: why it stays }"
	a := Acceptance{Line: n.Line}
	p.keys(n, "an element of check.accept", map[string]func(*yaml.Node){
		"code": func(v *yaml.Node) {
			if a.Code = p.text(v, "code"); a.Code != DriftSnapshot && a.Code != DriftSchema {
				p.wrong(v, "check.rules turns other findings off; comments in a migration allow what skein lint finds",
					"check.accept has the code %q, and is for %s and %s only", a.Code, DriftSnapshot, DriftSchema)
			}
		},
		"object":   func(v *yaml.Node) { a.Object = p.text(v, "object") },
		"database": func(v *yaml.Node) { a.Database = p.text(v, "database") },
		"reason":   func(v *yaml.Node) { a.Reason = p.text(v, "reason") },
	})
	for _, key := range []struct{ name, value string }{{"code", a.Code}, {"object", a.Object}, {"reason", a.Reason}} {
		if key.value == "" {
			p.wrong(n, form, "an element of check.accept lacks %s", key.name)
		}
	}
	for _, other := range c.Accept {
		if other.Code == a.Code && other.Object == a.Object {
			p.wrong(n, "remove one of the two", "check.accept has %s for %s twice", a.Code, a.Object)
		}
	}
	c.Accept = append(c.Accept, a)
}

var levels = []string{string(Error), string(Warning), string(Off)}

var aCode = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

func (p *parser) rules(n *yaml.Node, c *Check) {
	p.pairs(n, "check.rules", func(key, v *yaml.Node) {
		if !aCode.MatchString(key.Value) {
			p.wrong(key, "the code of a finding stands in brackets behind its message", "%q is not the code of a finding", key.Value)
		}
		level := p.text(v, "check.rules."+key.Value)
		if !slices.Contains(levels, level) {
			p.wrong(v, "write "+strings.Join(levels, ", ")+suggestion(level, levels), "check.rules.%s cannot be %q", key.Value, level)
		}
		c.Rules = append(c.Rules, Rule{key.Value, Level(level), key.Line})
	})
}

// The major versions of PostgreSQL that a throwaway server can be.
const oldest, newest = 10, 99

func (p *parser) major(n *yaml.Node) int {
	major, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil || major < oldest || major > newest {
		p.wrong(n, "write the major version alone, for example postgres: 17", "check.postgres is not a major version of PostgreSQL")
	}
	return major
}

func (p *parser) generated(n *yaml.Node, c *Config) {
	g := Generated{Line: n.Line}
	p.keys(n, "an element of generated", map[string]func(*yaml.Node){
		"paths": func(v *yaml.Node) {
			p.each(v, "paths", func(item *yaml.Node) { g.Paths = append(g.Paths, p.text(item, "a path")) })
		},
		"run": func(v *yaml.Node) { g.Run = p.text(v, "run") },
	})
	if len(g.Paths) == 0 || g.Run == "" {
		p.wrong(n, `write { paths: ["src/generated/**"], run: "pnpm generate" }`, "an element of generated needs paths and run")
	}
	for _, path := range g.Paths {
		if strings.HasPrefix(path, "/") || path == ".." || strings.HasPrefix(path, "../") || strings.Contains(path, "/../") {
			p.wrong(n, "write it relative to the folder of "+Name, "the path %q lies outside of the project", path)
		}
	}
	c.Generated = append(c.Generated, g)
}

// keys reads a mapping whose keys are known.
func (p *parser) keys(n *yaml.Node, what string, known map[string]func(*yaml.Node)) {
	p.pairs(n, what, func(key, v *yaml.Node) {
		read := known[key.Value]
		if read != nil {
			read(v)
			return
		}
		names := make([]string, 0, len(known))
		for name := range known {
			names = append(names, name)
		}
		slices.Sort(names)
		hint := "the keys are " + strings.Join(names, ", ")
		if near := diag.Nearest(key.Value, names); near != "" {
			hint = "did you mean " + near + "?"
		}
		p.wrong(key, hint, "%s has no key %q", what, key.Value)
	})
}

// suggestion is ", or did you mean …?" or nothing.
func suggestion(name string, words []string) string {
	if near := diag.Nearest(name, words); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}

// pairs reads a mapping. One without content says nothing.
func (p *parser) pairs(n *yaml.Node, what string, read func(key, value *yaml.Node)) {
	n = resolved(n)
	if isNull(n) {
		return
	}
	if n.Kind != yaml.MappingNode {
		p.wrong(n, reference, "%s is not a list of key: value", what)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if seen[key.Value] {
			p.wrong(key, "remove one of the two", "%s has the key %q twice", what, key.Value)
		}
		seen[key.Value] = true
		read(key, resolved(n.Content[i+1]))
	}
}

func (p *parser) each(n *yaml.Node, what string, read func(*yaml.Node)) {
	if isNull(n) {
		return
	}
	if n.Kind != yaml.SequenceNode {
		p.wrong(n, "put a dash in front of each element", "%s is not a list", what)
		return
	}
	for _, item := range n.Content {
		read(resolved(item))
	}
}

// text reads a string; numbers are none, so that 15 is not taken for a tag.
func (p *parser) text(n *yaml.Node, what string) string {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!str" || strings.TrimSpace(n.Value) == "" {
		p.wrong(n, reference, "%s is not a text", what)
		return ""
	}
	return strings.TrimSpace(n.Value)
}

// resolved follows an alias.
func resolved(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }
