package diff

import (
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/schema"
)

// computer is one comparison under way. The steps run in drizzle-kit's order of
// questions; each leaves its changes in the group where their statements stand.
type computer struct {
	mode     Mode
	from, to *schema.Schema
	ask      Resolver
	open     []Question
	groups   [groupCount][]Change
	notes    []string
	noted    map[string]bool

	// What the steps so far decided about names. An entry exists only where
	// the name changed.
	schemaNow map[string]string
	enumNow   map[schema.Ref]schema.Ref // by old name
	enumSeen  map[schema.Ref]schema.Ref // the renames that drizzle-kit carries to columns
	tableNow  map[schema.Ref]schema.Ref
	recreated map[schema.Ref]bool // enums, by new name
	tables    []*tablePair
	oldEnums  map[schema.Ref]bool // under their old names
	newEnums  map[schema.Ref]bool
	dropped   map[schema.Ref]bool // tables, by old name
	viewPairs []pair[schema.View]
	byNew     map[schema.Ref]*tablePair // for repair
	touched   []touchedTable            // for repair
	disturbed map[*tablePair]map[string]disturbance
}

// Compute returns the changes that lead from one schema to the other. Neither
// is changed, and the result points into both. ask may be nil when no question
// is expected. Open questions make an *Unanswered; any other error is the
// resolver's, or a *diag.Error about an answer that cannot be.
func Compute(from, to *schema.Schema, ask Resolver) (*Result, error) {
	return ComputeIn(Compat, from, to, ask)
}

// ComputeIn is Compute in a mode of choice.
func ComputeIn(mode Mode, from, to *schema.Schema, ask Resolver) (*Result, error) {
	if ask == nil {
		ask = Chain()
	}
	c := &computer{
		mode: mode, noted: map[string]bool{},
		from: from, to: to, ask: ask,
		schemaNow: map[string]string{},
		enumNow:   map[schema.Ref]schema.Ref{},
		enumSeen:  map[schema.Ref]schema.Ref{},
		tableNow:  map[schema.Ref]schema.Ref{},
		recreated: map[schema.Ref]bool{},
		oldEnums:  map[schema.Ref]bool{},
		newEnums:  map[schema.Ref]bool{},
		dropped:   map[schema.Ref]bool{},
		disturbed: map[*tablePair]map[string]disturbance{},
	}
	steps := []func() error{
		c.schemas, c.enums, c.sequences, c.roles, c.matchTables, c.matchColumns,
		c.matchPolicies, c.alterTables, c.linkedPolicies, c.views,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	unmatched := unmatchedFlags(ask)
	if len(c.open) > 0 || len(unmatched) > 0 {
		return nil, &Unanswered{Questions: c.open, Unmatched: unmatched}
	}
	if mode > Exact {
		if err := checkNames(from, to); err != nil {
			return nil, err
		}
		c.repair()
	}
	return c.result(), nil
}

// add leaves a change in its group.
func (c *computer) add(g group, change Change) {
	c.groups[g] = append(c.groups[g], change)
}

// result renders the changes in order and leaves out statements that are
// already there, as drizzle-kit does, and changes of which nothing remains.
func (c *computer) result() *Result {
	r := &Result{}
	seen := map[string]bool{}
	out := compat{c}
	for _, g := range c.groups {
		for _, change := range g {
			var kept []string
			for _, s := range out.render(&change) {
				if c.mode == Correct {
					s = shorten(s)
				}
				if !seen[s] {
					seen[s] = true
					kept = append(kept, s)
				}
			}
			if len(kept) > 0 {
				if slices.ContainsFunc(kept, hasEscapedName) {
					c.mends(defectIdentifierQuote, change.Object)
				}
				change.SQL = kept
				r.Changes = append(r.Changes, change)
			}
		}
	}
	r.Notes = c.notes
	return r
}

// hasEscapedName says whether a quoted name in the SQL has a double quote in it.
func hasEscapedName(sql string) bool {
	if !strings.Contains(sql, `""`) {
		return false
	}
	var in byte // the quote we are in, or 0
	for i := 0; i < len(sql); i++ {
		switch ch := sql[i]; {
		case in == 0 && (ch == '"' || ch == '\''):
			in = ch
		case in != ch:
		case i+1 < len(sql) && sql[i+1] == ch:
			if ch == '"' {
				return true
			}
			i++
		default:
			in = 0
		}
	}
	return false
}
