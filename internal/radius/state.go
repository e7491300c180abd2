package radius

import (
	"fmt"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/effect"
	"github.com/skein-db/skein/internal/session"
	"github.com/skein-db/skein/internal/sqltext"
	"github.com/skein-db/skein/internal/sqltree"
)

// rowsRead are the answers that say what there is.
type rowsRead struct {
	relations, parents, links, columns, constraints, indexes, views, triggers, types []row
}

// relation is a table or view while it is put together.
type relation struct {
	effect.Table
	facts   *Table
	columns map[int]string // by their number
}

var relationKinds = map[string]sqltree.Kind{
	"r": sqltree.Table, "p": sqltree.Table, "f": sqltree.ForeignTable, "v": sqltree.View, "m": sqltree.MaterializedView,
}

// assemble makes the state that the plan begins with.
func (t *target) assemble(a *rowsRead) {
	found := map[uint32]*relation{}
	t.tables = map[sqltree.Name]*Table{}
	for _, r := range a.relations {
		name := sqltree.Name{Schema: r.text(1), Name: r.text(2)}
		kind := r.text(3)
		rel := &relation{columns: map[int]string{}, facts: &Table{Name: name, oid: r.oid(0), kind: relationKinds[kind]}}
		rel.Table = effect.Table{Name: name, Kind: relationKinds[kind], Partitioned: kind == "p", Default: r.yes(4), Partial: kind == "v"}
		found[r.oid(0)] = rel
		t.tables[name] = rel.facts
	}
	for _, r := range a.parents {
		child, parent := found[r.oid(0)], found[r.oid(1)]
		if child != nil && parent != nil {
			child.Parents = append(child.Parents, parent.Name)
			if parent.Partitioned {
				parent.facts.Partitions++
			}
		}
	}
	readColumns(a.columns, found)
	readConstraints(a.constraints, found)
	readIndexes(a.indexes, found)
	readViews(a.views, found)
	for _, r := range a.triggers {
		if rel := found[r.oid(0)]; rel != nil {
			rel.facts.triggers = append(rel.facts.triggers, trigger{r.text(1), int(r.number(2))})
		}
	}
	t.state = effect.NewState(nil)
	for _, rel := range found {
		t.state.Put(rel.Table)
	}
	t.readTypes(a.types)
}

func readColumns(rows []row, found map[uint32]*relation) {
	for _, r := range rows {
		rel := found[r.oid(0)]
		if rel == nil || rel.Kind == sqltree.View {
			continue
		}
		typ := effect.ParseType(withoutSchema(r.text(2), r.text(3)))
		if r.text(3) != "pg_catalog" {
			typ.Schema = r.text(3)
		}
		rel.columns[int(r.number(8))] = r.text(1)
		rel.Columns = append(rel.Columns, effect.Column{
			Name: r.text(1), Type: typ, NotNull: r.yes(4), Default: r.yes(5) && !r.yes(7), Identity: r.yes(6), Generated: r.yes(7),
		})
	}
}

// withoutSchema is a type as format_type prints it, without its schema.
func withoutSchema(text, schema string) string {
	for _, prefix := range []string{schema + ".", sqltext.QuoteIdent(schema) + "."} {
		if rest, ok := strings.CutPrefix(text, prefix); ok {
			return rest
		}
	}
	return text
}

func readConstraints(rows []row, found map[uint32]*relation) {
	kinds := map[string]sqltree.ConstraintKind{
		"p": sqltree.PrimaryKey, "u": sqltree.Unique, "f": sqltree.ForeignKey, "c": sqltree.Check, "x": sqltree.Exclude,
	}
	actions := map[string]string{"c": "cascade", "n": "set null", "d": "set default", "r": "restrict"}
	for _, r := range rows {
		rel := found[r.oid(0)]
		if rel == nil {
			continue
		}
		c := effect.Constraint{Valid: r.yes(3)}
		c.Kind, c.Name, c.Columns = kinds[r.text(2)], r.text(1), rel.named(r.numbers(4))
		if to := found[r.oid(5)]; to != nil {
			c.RefTable, c.RefColumns, c.OnDelete = to.Name, to.named(r.numbers(6)), actions[r.text(7)]
		}
		if c.Kind == sqltree.Check {
			c.Expr = effect.CheckExpr(&rel.Table, r.text(8))
		}
		rel.Constraints = append(rel.Constraints, c)
	}
}

func readIndexes(rows []row, found map[uint32]*relation) {
	for _, r := range rows {
		rel := found[r.oid(1)]
		if rel == nil {
			continue
		}
		rel.facts.Indexes = append(rel.facts.Indexes, Index{Name: r.text(2), oid: r.oid(0), btree: r.yes(6)})
		if r.yes(7) {
			continue // a constraint's, which stands for it
		}
		i := effect.Index{Name: r.text(2), Unique: r.yes(3), Filtered: r.yes(5)}
		for _, n := range r.numbers(4) {
			switch {
			case n == 0:
				i.Computed = true
			case !i.Computed:
				i.Columns = append(i.Columns, rel.columns[n])
			}
		}
		i.Mentions = rel.named(r.numbers(8))
		rel.Indexes = append(rel.Indexes, i)
	}
}

func readViews(rows []row, found map[uint32]*relation) {
	for _, r := range rows {
		view, table := found[r.oid(0)], found[r.oid(1)]
		if view == nil || table == nil {
			continue
		}
		if !slices.Contains(view.Reads, table.Name) {
			view.Reads = append(view.Reads, table.Name)
		}
		table.facts.views = append(table.facts.views, viewColumn{view.Name, table.columns[int(r.number(2))]})
	}
}

func (t *target) readTypes(rows []row) {
	for _, r := range rows {
		name := sqltree.Name{Schema: r.text(0), Name: r.text(1)}
		if r.text(2) == "e" {
			t.state.PutEnum(name)
			continue
		}
		t.state.PutDomain(effect.Domain{Name: name, Base: effect.ParseType(r.text(3)), Constrained: r.yes(4)})
	}
}

// named are the names of columns by their numbers.
func (r *relation) named(numbers []int) []string {
	var out []string
	for _, n := range numbers {
		if name := r.columns[n]; name != "" {
			out = append(out, name)
		}
	}
	return out
}

// standbyNotes are about what replays the work elsewhere.
func standbyNotes(rows []row) []string {
	var notes []string
	for _, r := range rows {
		switch lag := r.milliseconds(2); {
		case r.text(0) == "slot" && !r.yes(4) && r[3] != nil:
			notes = append(notes, fmt.Sprintf("replication slot %q has no reader and keeps %s of the log on the disk; what is written here comes on top", r.text(1), Bytes(r.number(3))))
		case r.text(0) == "standby" && lag >= long:
			notes = append(notes, fmt.Sprintf("standby %q is %s behind, and will fall behind further: it replays every lock and every byte that is written", r.text(1), session.Age(lag)))
		}
	}
	return notes
}

// Bytes is a size in the largest unit that fits, as pg_size_pretty has it.
// https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-DBSIZE
func Bytes(n int64) string {
	size, unit := float64(n), "bytes"
	for _, next := range []string{"kB", "MB", "GB", "TB"} {
		if size < 1000 {
			break
		}
		size, unit = size/1024, next
	}
	if size < 9.95 && unit != "bytes" {
		return fmt.Sprintf("%.1f %s", size, unit)
	}
	return fmt.Sprintf("%.0f %s", size, unit)
}
