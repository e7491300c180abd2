package catalog

import (
	"regexp"
	"sort"
	"strconv"

	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltext"
)

func (a *assembly) readConstraints() {
	for _, r := range a.answers.rows[askConstraints] {
		t := a.tables[r.oid(0)]
		if t == nil {
			continue
		}
		name, columns := r.text(1), a.names(r.oid(0), r, 3)
		switch kind := r.letter(2); kind {
		case 'p':
			addPrimaryKey(t, name, columns)
		case 'u':
			t.Uniques = append(t.Uniques, schema.Unique{Name: name, Columns: columns, NullsNotDistinct: r.yes(12)})
		case 'c':
			t.Checks = append(t.Checks, schema.Check{Name: name, Value: unwrap(r.text(11))})
		case 'f':
			target := a.list(r, 8)
			if r.null(8) {
				target = a.names(r.oid(6), r, 7)
			}
			t.ForeignKeys = append(t.ForeignKeys, schema.ForeignKey{
				Name: name, Columns: columns, ToSchema: r.text(4), ToTable: r.text(5), ToColumns: target,
				OnDelete: actions[r.letter(9)], OnUpdate: actions[r.letter(10)],
			})
		default:
			a.checkKind(kind)
		}
		if r.yes(13) {
			a.note(t.Ref(), name, "is deferrable, which is not read")
		}
		if !r.yes(14) {
			a.note(t.Ref(), name, "is not validated: existing rows may break it")
		}
	}
}

// names reads an array of a table's column numbers as names.
func (a *assembly) names(table oid, r row, i int) []string {
	numbers := a.list(r, i)
	out := make([]string, len(numbers))
	for j, text := range numbers {
		n, _ := strconv.Atoi(text)
		out[j] = a.columnNames[column{table, n}]
	}
	return out
}

// actions spells pg_constraint's letters.
var actions = map[byte]string{'a': "no action", 'r': "restrict", 'c': "cascade", 'n': "set null", 'd': "set default"}

// defaultKeyName matches what PostgreSQL calls a primary key that nobody
// named, also after its table was renamed.
var defaultKeyName = regexp.MustCompile(`_pkey[0-9]*$`)

// addPrimaryKey puts a key of one column on the column, as .primaryKey() does,
// unless it has a name of its own, which only primaryKey({ … }) gives.
func addPrimaryKey(t *schema.Table, name string, columns []string) {
	if len(columns) == 1 && defaultKeyName.MatchString(name) {
		if c := t.Column(columns[0]); c != nil {
			c.PrimaryKey = true
			return
		}
	}
	t.PrimaryKeys = append(t.PrimaryKeys, schema.PrimaryKey{Name: name, Columns: columns})
}

// commands spells pg_policy's letters.
var commands = map[byte]string{'*': "ALL", 'r': "SELECT", 'a': "INSERT", 'w': "UPDATE", 'd': "DELETE"}

// readPolicies adds policies to their tables, or to the schema where the table
// is not read. Afterwards a table that has row level security only through its
// policies does not claim to have asked for it.
func (a *assembly) readPolicies() {
	for _, r := range a.answers.rows[askPolicies] {
		p := schema.Policy{
			Name: r.text(3), As: "RESTRICTIVE", For: commands[r.letter(4)], To: a.list(r, 6),
			Using: unwrapped(r.optional(7)), WithCheck: unwrapped(r.optional(8)),
		}
		if r.yes(5) {
			p.As = "PERMISSIVE"
		}
		sort.Strings(p.To)
		if t := a.tables[r.oid(0)]; t != nil {
			t.Policies = append(t.Policies, p)
			continue
		}
		table := schema.Ref{Schema: r.text(1), Name: r.text(2)}
		if a.linked(table) {
			a.result.Schema.Policies = append(a.result.Schema.Policies, schema.LinkedPolicy{
				Policy: p, Schema: table.Schema,
				On: sqltext.QuoteIdent(table.Schema) + "." + sqltext.QuoteIdent(table.Name),
			})
		}
	}
	for _, t := range a.tables {
		if len(t.Policies) > 0 {
			if !t.RLS {
				a.note(t.Ref(), "", "has policies, but row level security is off: they have no effect")
			}
			t.RLS = false
		}
	}
}

func (a *assembly) linked(table schema.Ref) bool {
	for _, l := range a.options.Linked {
		if l == table {
			return true
		}
	}
	return false
}

func unwrapped(expr *string) *string {
	if expr == nil {
		return nil
	}
	s := unwrap(*expr)
	return &s
}
