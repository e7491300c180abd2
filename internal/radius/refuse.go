package radius

import (
	"fmt"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/config"
)

// Refusal is a statement that the configured limits do not let pass.
type Refusal struct {
	Migration, Line int // Migration counts from 0
	Table           *Table
	Rules           []string // keys of migrate.refuse in skein.yaml
	Message         string

	// works says that the statement itself works on the table, and does not just
	// hold a lock while another one works.
	works bool
}

// The rules, by their keys in skein.yaml.
const (
	ruleRows    = "rows"
	ruleSize    = "size"
	ruleTime    = "time"
	ruleRewrite = "rewrite"
	ruleWaits   = "waits"
)

// Refusals are the statements that limits do not let pass. Allowed are names of
// tables and of rules for which they do. A statement that holds a lock while
// another one of its migration works on the table is left out where that is
// told.
func (r *Report) Refusals(limits config.Refuse, allowed []string) []Refusal {
	var out []Refusal
	for i, m := range r.Migrations {
		for j := range m.Statements {
			s := &m.Statements[j]
			for _, l := range s.Locks {
				if l.Table.allowed(allowed) {
					continue
				}
				if found := s.refused(&l, limits, allowed); found != nil {
					found.Migration = i
					out = append(out, *found)
				}
			}
		}
	}
	return slices.DeleteFunc(out, func(f Refusal) bool {
		return !f.works && slices.ContainsFunc(out, func(o Refusal) bool { return o.works && o.Migration == f.Migration && o.Table == f.Table })
	})
}

func (t *Table) allowed(names []string) bool {
	return slices.Contains(names, t.Name.String()) || slices.Contains(names, short(t.Name))
}

// refused says why a statement is not let pass for a table that it locks, nil
// where it is.
func (s *Statement) refused(l *Lock, limits config.Refuse, allowed []string) *Refusal {
	t := l.Table
	blocks := (l.Level.BlocksReads() || l.Level.BlocksWrites()) && l.Held.To >= long
	works, rewrites, time := false, false, l.Held
	for i := range s.Work {
		if w := &s.Work[i]; w.Table == t {
			blocks = blocks || w.blocks()
			works, rewrites = true, rewrites || w.Kind == Rewrite
		}
	}
	waits := slices.IndexFunc(s.Waits, func(w Wait) bool { return w.Table == t })
	f := &Refusal{Line: s.Line, Table: t, works: works}
	var why []string
	add := func(rule string, hit bool, text string) {
		if hit && !slices.Contains(allowed, rule) {
			f.Rules = append(f.Rules, rule)
			why = append(why, text)
		}
	}
	holds := s.Title + " " + l.Blocks() + " for " + time.String()
	if !l.Level.BlocksReads() && !l.Level.BlocksWrites() {
		holds = s.Title + " keeps writes of all its rows waiting for " + time.String()
	}
	add(ruleRows, blocks && limits.Rows > 0 && t.mostRows() > limits.Rows, "")
	add(ruleSize, blocks && limits.Size > 0 && t.Total() > limits.Size, "")
	add(ruleTime, blocks && limits.Time > 0 && time.To > limits.Time, "")
	add(ruleRewrite, rewrites && limits.Rewrite, "it is written anew")
	if waits >= 0 {
		add(ruleWaits, limits.Waits, s.Title+" would wait for "+s.Waits[waits].Session.Name())
	}
	if len(f.Rules) == 0 {
		return nil
	}
	why = slices.DeleteFunc(why, func(text string) bool { return text == "" })
	if blocks {
		why = append([]string{holds}, why...)
	}
	f.Message = fmt.Sprintf("table %s has %s; %s: needs --allow %s", short(t.Name), t.Size(), strings.Join(why, ", and "), short(t.Name))
	return f
}

// leastRow is what a row takes at least: its header and the pointer to it.
// https://www.postgresql.org/docs/current/storage-page-layout.html
const leastRow = 24 + 4

// mostRows is how many rows the table can have, where they were never counted.
func (t *Table) mostRows() int64 {
	if t.Rows < 0 {
		return t.Heap / leastRow
	}
	return t.Rows
}

// Blocks says what of others the lock blocks: "blocks reads and writes", ""
// for nothing but other changes to the table.
func (l *Lock) Blocks() string {
	switch {
	case l.Level.BlocksReads():
		return "blocks reads and writes"
	case l.Level.BlocksWrites():
		return "blocks writes"
	}
	return ""
}
