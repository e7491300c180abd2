package effect

import (
	"cmp"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/sqltree"
)

// Effect is what one statement does.
type Effect struct {
	// Locks are those on tables and views that were there before the statement,
	// one for each, the strongest, in the order of their strength. Locks that
	// triggers and foreign keys take for single rows are not among them, nor
	// those on indexes and sequences.
	Locks []Lock
	// Rewrites are tables of which the statement writes a new copy, with all
	// their indexes.
	Rewrites []Work
	// Scans are tables that the statement reads whole, to see whether their
	// rows are as it says. What a query reads is not among them.
	Scans []Work
	// Builds are tables of which the statement builds an index, and therefore
	// reads them whole; not those in Rewrites.
	Builds []Work
	// Outside is why the statement cannot run inside a transaction block, the
	// name of the statement; "" where it can.
	Outside string
	// Opaque says that the statement can do more than is known here: it runs
	// code, or takes along what depends on something.
	Opaque bool
}

// Lock is a lock on a table or view.
type Lock struct {
	Table sqltree.Name // with its schema
	Level Level
	// Maybe says that it is not certain.
	Maybe bool
}

// Work is work of which the time grows with the table.
type Work struct {
	Table sqltree.Name // with its schema
	Index string       // of Builds: its name, "" where PostgreSQL makes one up
	// Level is the lock that the statement has on the table meanwhile.
	Level Level
	// Why is what makes the work necessary: "column \"a\" changes from integer
	// to bigint".
	Why string
	// Maybe says that it is not certain that the work is done.
	Maybe bool
	// Key is the part of the table in the check of a foreign key.
	Key KeyPart
	// Action is which of an ALTER TABLE's actions does it, -1 for other
	// statements.
	Action int
}

// KeyPart is a table's part in the check of a foreign key.
type KeyPart uint8

// The parts. How long the check takes depends on the referencing rows.
const (
	NoKey       KeyPart = iota
	Referencing         // each of its rows is looked up in the other table
	Referenced          // the other table's rows are looked up in it
)

// On returns the level of the lock on a table; NoLock where there is none.
func (e *Effect) On(table sqltree.Name) Level {
	for _, l := range e.Locks {
		if l.Table.Same(table) {
			return l.Level
		}
	}
	return NoLock
}

// Of returns what a statement does to a database in the given state. The
// state is not changed; see State.Apply.
func Of(s *sqltree.Statement, st *State) Effect {
	r := reckoner{st: st, action: -1, offset: s.Offset}
	r.statement(s)
	r.finish()
	return r.Effect
}

// reckoner gathers an effect.
type reckoner struct {
	Effect
	st     *State
	made   []sqltree.Name // by the statement itself: nobody can wait for them
	action int
	offset int
	only   bool // what inherits from the table is left out
	ends   bool // the statement does nothing more
	maybe  bool // what is reckoned now may not be run
}

func (r *reckoner) lock(name sqltree.Name, level Level) { r.lockMaybe(name, level, false) }

func (r *reckoner) lockMaybe(name sqltree.Name, level Level, maybe bool) {
	if name = name.In(); level == NoLock || name.Name == "" || catalog(name) || slices.Contains(r.made, name) {
		return
	}
	maybe = maybe || r.maybe
	for i, l := range r.Locks {
		if l.Table != name {
			continue
		}
		if level > l.Level {
			r.Locks[i].Level, r.Locks[i].Maybe = level, maybe
		} else if level == l.Level {
			r.Locks[i].Maybe = l.Maybe && maybe
		}
		return
	}
	r.Locks = append(r.Locks, Lock{name, level, maybe})
}

// query locks the tables of a query: also those that inherit from one, and
// those that a view reads.
func (r *reckoner) query(name sqltree.Name, level Level) {
	r.tree(name, level)
	if t := r.st.Table(name); t != nil && t.Kind == sqltree.View {
		for _, read := range t.Reads {
			r.query(read, level)
		}
	}
}

// tree locks a table and what inherits from it.
func (r *reckoner) tree(name sqltree.Name, level Level) {
	r.lock(name, level)
	for _, child := range r.st.children(name) {
		r.tree(child.Name, level)
	}
}

// work notes work on a table and on what inherits from it. A partitioned table
// has no rows of its own.
func (r *reckoner) work(list *[]Work, table sqltree.Name, why string, maybe bool) {
	if t := r.st.Table(table); t == nil || !t.Partitioned {
		*list = append(*list, Work{Table: table.In(), Why: why, Maybe: maybe || r.maybe, Action: r.action})
	}
	if r.only {
		return
	}
	for _, child := range r.st.children(table) {
		r.work(list, child.Name, why, maybe)
	}
}

func (r *reckoner) rewrite(table sqltree.Name, why string, maybe bool) {
	r.work(&r.Rewrites, table, why, maybe)
}

func (r *reckoner) scan(table sqltree.Name, why string, maybe bool) {
	r.work(&r.Scans, table, why, maybe)
}

func (r *reckoner) build(table sqltree.Name, index, why string, maybe bool) {
	r.work(&r.Builds, table, why, maybe)
	for i := range r.Builds {
		if r.Builds[i].Table.Same(table) && r.Builds[i].Why == why {
			r.Builds[i].Index = index
		}
	}
}

// finish fills in what is known at the end only.
func (r *reckoner) finish() {
	slices.SortStableFunc(r.Locks, func(a, b Lock) int {
		return cmp.Or(cmp.Compare(b.Level, a.Level), strings.Compare(a.Table.String(), b.Table.String()))
	})
	for _, list := range [][]Work{r.Rewrites, r.Scans, r.Builds} {
		for i := range list {
			list[i].Level = r.On(list[i].Table)
		}
	}
	r.Builds = slices.DeleteFunc(r.Builds, func(w Work) bool {
		return slices.ContainsFunc(r.Rewrites, func(o Work) bool { return o.Table == w.Table && !o.Maybe })
	})
}

// catalog says whether a name is that of a system table, which every statement
// reads.
func catalog(n sqltree.Name) bool {
	return n.Schema == "pg_catalog" || n.Schema == "information_schema" || n.Schema == "public" && strings.HasPrefix(n.Name, "pg_")
}

func equalFold(a, b string) bool { return strings.EqualFold(a, b) }
