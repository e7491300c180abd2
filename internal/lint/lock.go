package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/effect"
	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/sqltree"
)

// transaction is what the current transaction has done so far. A migration is
// one, unless it has a COMMIT.
type transaction struct {
	// changed are the tables in use on which a statement that changes them took
	// a lock that others wait for.
	changed map[sqltree.Name]held
	// added are the constraints that were added, with the line.
	added map[object]int
	// told are the tables of which it was said that their rows are changed.
	told map[sqltree.Name]bool
	// exclusive are the locks that even reads wait for, in their order.
	exclusive []exclusive
}

// held is a lock and the line of the statement that took it.
type held struct {
	level effect.Level
	line  int
}

// exclusive is the first such lock on a table, with the texts of all statements
// that need it.
type exclusive struct {
	table sqltree.Name
	found *found // nil where it is not to be reported
	sql   []string
}

// severalTables is from how many tables on locked at once are a finding.
const severalTables = 3

func blocked(level effect.Level) string {
	if level.BlocksReads() {
		return "read or write it"
	}
	return "write to it"
}

// hold notes what the current statement did to the transaction.
func (l *linter) hold(s *sqltree.Statement) {
	if l.tx.changed == nil {
		l.tx.changed, l.tx.added, l.tx.told = map[sqltree.Name]held{}, map[object]int{}, map[sqltree.Name]bool{}
	}
	line, _ := diag.Position(l.file.Text, s.Offset)
	switch n := s.Node.(type) {
	case *sqltree.Insert, *sqltree.Update, *sqltree.Delete, *sqltree.Select:
		return
	case *sqltree.AlterTable:
		for _, a := range n.Actions {
			if a.Kind == sqltree.AddConstraint && a.Constraint != nil && l.existing(n.Name) {
				l.tx.added[object{sqltree.TableConstraint, sqltree.Name{Schema: n.Name.In().String(), Name: a.Name}}] = line
			}
		}
	}
	for _, lock := range l.does.Locks {
		if lock.Maybe || !l.existing(lock.Table) {
			continue
		}
		if lock.Level.BlocksWrites() {
			if before, ok := l.tx.changed[lock.Table]; !ok || before.level < lock.Level {
				l.tx.changed[lock.Table] = held{lock.Level, line}
			}
		}
		if lock.Level == effect.AccessExclusive {
			l.exclusive(lock.Table)
		}
	}
}

func (l *linter) exclusive(table sqltree.Name) {
	for i := range l.tx.exclusive {
		if l.tx.exclusive[i].table == table {
			l.tx.exclusive[i].sql = append(l.tx.exclusive[i].sql, l.text())
			return
		}
	}
	e := exclusive{table: table, sql: []string{l.text()}}
	if f, ok := l.finding("several-locks", problem{}); ok {
		e.found = &f
	}
	l.tx.exclusive = append(l.tx.exclusive, e)
}

// commit ends a transaction, and says which tables it locked.
func (l *linter) commit() {
	locks := l.tx.exclusive
	l.tx = transaction{}
	if len(locks) < severalTables || locks[1].found == nil {
		return
	}
	var names []string
	var steps []step
	var done []string
	for i, e := range locks {
		names = append(names, shown(e.table))
		sql := slices.DeleteFunc(slices.Clone(e.sql), func(text string) bool { return slices.Contains(done, text) })
		done = append(done, sql...)
		when := "the next migration"
		if i == 0 {
			when = "one migration"
		}
		if len(sql) > 0 {
			steps = append(steps, do(when, sql...))
		}
	}
	f := *locks[1].found
	f.Message = fmt.Sprintf("the transaction locks %d tables in use, one after the other: %s. It deadlocks with code that takes them in another order, and all stay locked until the last is done", len(locks), strings.Join(names, ", "))
	f.Hint = "one migration for each table; skein migrate runs each in a transaction of its own"
	f.Recipe = recipe(steps...)
	l.found = append(l.found, f)
}

func (l *linter) lockTable(n *sqltree.LockTable) {
	for _, name := range n.Tables {
		level := l.does.On(name)
		if !l.existing(name) || !level.BlocksWrites() {
			continue
		}
		l.say("lock-table", problem{
			severity: finding.Warning,
			message:  words("LOCK TABLE holds %s on %s until the transaction ends: nobody can %s", level, name, blocked(level)),
			hint:     "leave it out; each statement takes the lock it needs",
		})
	}
}

func (l *linter) rowSecurity(t target) {
	p := problem{at: t.Offset}
	if l.dropsLater(t.table) {
		return // drizzle-kit turns it off before it drops a table
	}
	if t.Kind == sqltree.DisableRowSecurity {
		p.message = words("without row level security every role with a grant sees all rows of %s", t.table)
		p.hint = "make sure that no policy is counted on any more"
	} else {
		if l.anyPolicy(t.table) {
			return
		}
		p.message = words("row level security on %s without a policy hides every row from running code that is not the table's owner", t.table)
		p.hint = "create the policies first, in the same migration or before it"
	}
	l.say("row-security", p)
}

// anyPolicy reports whether the release makes a policy for a table.
func (l *linter) anyPolicy(table sqltree.Name) bool {
	for made := range l.made {
		if made.kind == sqltree.Policy && made.name.Schema == table.In().String() {
			return true
		}
	}
	return l.later(func(node sqltree.Node) bool {
		p, ok := node.(*sqltree.CreatePolicy)
		return ok && p.Table.Same(table)
	})
}

func (l *linter) dropPolicy(n *sqltree.Drop, name sqltree.Name) {
	again := l.later(func(node sqltree.Node) bool {
		p, ok := node.(*sqltree.CreatePolicy)
		return ok && !p.Alter && p.Table.Same(n.Table) && p.Name == name.Name
	})
	if again || !l.existing(n.Table) || !l.existed(sqltree.Policy, policyName(n.Table, name.Name)) {
		return
	}
	l.say("row-security", problem{
		message: words("dropping policy %s changes which rows of %s the running code sees", name, n.Table),
		hint:    "a permissive policy that goes hides rows, a restrictive one shows more; make sure which is meant",
	})
}
