package config

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

func (p *parser) migrate(n *yaml.Node, c *Migrate) {
	p.keys(n, "migrate", map[string]func(*yaml.Node){
		"refuse":            func(v *yaml.Node) { p.refuse(v, &c.Refuse) },
		"lock-timeout":      func(v *yaml.Node) { c.LockTimeout = p.bound(v, "migrate.lock-timeout") },
		"lock-retries":      func(v *yaml.Node) { c.LockRetries = p.retries(v, "migrate.lock-retries") },
		"statement-timeout": func(v *yaml.Node) { c.StatementTimeout = p.duration(v, "migrate.statement-timeout") },
		"wait":              func(v *yaml.Node) { c.Wait = p.duration(v, "migrate.wait") },
	})
}

func (p *parser) refuse(n *yaml.Node, r *Refuse) {
	p.keys(n, "migrate.refuse", map[string]func(*yaml.Node){
		"rows":    func(v *yaml.Node) { r.Rows = p.rows(v) },
		"size":    func(v *yaml.Node) { r.Size = p.size(v) },
		"time":    func(v *yaml.Node) { r.Time = p.duration(v, "migrate.refuse.time") },
		"rewrite": func(v *yaml.Node) { r.Rewrite = p.flag(v, "migrate.refuse.rewrite") },
		"waits":   func(v *yaml.Node) { r.Waits = p.flag(v, "migrate.refuse.waits") },
	})
}

func (p *parser) rows(n *yaml.Node) int64 {
	rows, err := strconv.ParseInt(strings.ReplaceAll(n.Value, "_", ""), 10, 64)
	if n.Kind != yaml.ScalarNode || err != nil || rows <= 0 {
		p.wrong(n, "write a whole number, for example rows: 1000000", "migrate.refuse.rows is not a number of rows")
	}
	return rows
}

var aSize = regexp.MustCompile(`^(\d{1,6}) ?(kB|MB|GB|TB)$`)

// size reads a size as PostgreSQL's settings have it.
// https://www.postgresql.org/docs/current/config-setting.html#CONFIG-SETTING-NAMES-VALUES
func (p *parser) size(n *yaml.Node) int64 {
	m := aSize.FindStringSubmatch(n.Value)
	if n.Kind != yaml.ScalarNode || m == nil || strings.Trim(m[1], "0") == "" {
		p.wrong(n, "write a whole number with kB, MB, GB or TB, for example size: 1GB", "migrate.refuse.size is not a size")
		return 0
	}
	size, _ := strconv.ParseInt(m[1], 10, 64) // six digits
	return size << map[string]uint{"kB": 10, "MB": 20, "GB": 30, "TB": 40}[m[2]]
}

func (p *parser) duration(n *yaml.Node, what string) time.Duration {
	d, err := time.ParseDuration(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil || d <= 0 {
		p.wrong(n, "write a number with s, m or h, for example 10s", "%s is not a time", what)
	}
	return d
}

// bound is a duration, or 0 for no bound, which is kept as -1.
func (p *parser) bound(n *yaml.Node, what string) time.Duration {
	if n.Kind == yaml.ScalarNode && n.Value == "0" {
		return -1
	}
	return p.duration(n, what)
}

// retries is a number, or 0 for never, which is kept as -1.
func (p *parser) retries(n *yaml.Node, what string) int {
	number, err := strconv.ParseUint(n.Value, 10, 16)
	switch {
	case n.Kind != yaml.ScalarNode || err != nil:
		p.wrong(n, "write a whole number, for example 20", "%s is not a number", what)
	case number == 0:
		return -1
	}
	return int(number)
}

func (p *parser) flag(n *yaml.Node, what string) bool {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" {
		p.wrong(n, "write true or false", "%s is neither true nor false", what)
	}
	return strings.EqualFold(n.Value, "true")
}
