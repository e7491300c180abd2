package lint

import (
	"fmt"
	"strings"

	"github.com/skein-db/skein/internal/sqltext"
	"github.com/skein-db/skein/internal/sqltree"
)

func (l *linter) update(n *sqltree.Update) {
	if !l.existing(n.Table) || l.backfill(n.Table, "updated", l.updateInBatches(n)) || bounded(n.Where) {
		return
	}
	l.say("unbounded-update", problem{
		message: words("UPDATE without a bound writes every row of %s in one transaction: each stays locked until its end, and the table grows to twice its size", n.Table),
		hint:    "update in batches, outside the migration, with a WHERE that leaves out what is done",
		recipe:  l.updateInBatches(n),
	})
}

// bounded reports whether a WHERE leaves rows out: one that mentions no column
// holds for all or none.
func bounded(where *sqltree.Expr) bool { return where != nil && len(where.Uses.Columns) > 0 }

// updateInBatches is the recipe for an UPDATE. Rows that are done are told by
// their values; where that cannot be said in SQL there is none.
func (l *linter) updateInBatches(n *sqltree.Update) string {
	text := l.text()
	if len(l.now.Uses.Tables) != 1 || l.now.Uses.Tables[0].Alias != "" {
		return ""
	}
	ends := []string{"WHERE", "FROM", "RETURNING"}
	rest := sqltext.After(text, "SET")
	var set, open []string
	for _, assignment := range sqltext.Clauses(rest, ends...) {
		column, value, ok := strings.Cut(assignment, "=")
		if column, value = strings.TrimSpace(column), strings.TrimSpace(value); !ok || strings.HasPrefix(column, "(") {
			return ""
		}
		set = append(set, column+" = "+value)
		if strings.EqualFold(value, "DEFAULT") {
			return ""
		}
		if strings.EqualFold(value, "NULL") {
			open = append(open, column+" IS NOT NULL")
		} else {
			open = append(open, column+" IS DISTINCT FROM ("+value+")")
		}
	}
	for _, f := range l.now.Uses.Functions {
		if !strings.Contains(" lower upper btrim trim coalesce replace concat left right abs round length nullif ", " "+f.Name.Name+" ") {
			return "" // it may give another value each time
		}
	}
	where := strings.Join(open, " OR ")
	if n.Where != nil {
		where = "(" + sqltext.Clause(sqltext.After(text, "WHERE"), "RETURNING") + ") AND (" + where + ")"
	}
	return recipe(do(afterDeploy, batch(n.Table, strings.Join(set, ", "), where)))
}

func (l *linter) delete(n *sqltree.Delete) {
	if !l.existing(n.Table) {
		return
	}
	where := "true"
	if bounded(n.Where) {
		where = sqltext.Clause(sqltext.After(l.text(), "WHERE"), "RETURNING")
	}
	t := quoted(n.Table)
	batches := ""
	if len(l.now.Uses.Tables) == 1 && l.now.Uses.Tables[0].Alias == "" && where != "" {
		batches = recipe(do(afterDeploy, fmt.Sprintf("DELETE FROM %s\n  WHERE ctid = ANY (ARRAY(SELECT ctid FROM %s WHERE %s LIMIT %d))", t, t, where, batchRows)))
	}
	if l.backfill(n.Table, "deleted", batches) || bounded(n.Where) {
		return
	}
	l.say("unbounded-delete", problem{
		message: words("DELETE without a bound removes every row of %s in one transaction", n.Table),
		hint:    "delete in batches, outside the migration",
		recipe:  batches,
	})
}

func (l *linter) insert(n *sqltree.Insert) {
	if !n.Values && l.existing(n.Table) {
		l.backfill(n.Table, "written", recipe(do("the next migration, without the change of the table", l.text())))
	}
}

// backfill is about rows that are changed while a lock on their table is held
// that an earlier statement of the transaction took.
func (l *linter) backfill(table sqltree.Name, verb, otherwise string) bool {
	held, ok := l.tx.changed[table.In()]
	if !ok {
		return false
	}
	if l.tx.told[table.In()] {
		return true // once for a table: the next statement makes it no worse
	}
	l.tx.told[table.In()] = true
	if otherwise == "" {
		otherwise = recipe(do("the next migration, in a later deploy, without the change of the table", l.text()))
	}
	l.say("backfill-with-change", problem{
		message: words("rows of %s are %s while the lock of line %d is held (%s): nobody can %s until all is done", table, verb, held.line, held.level, blocked(held.level)),
		hint:    "keep data and the change of the table apart, in two migrations",
		recipe:  otherwise,
	})
	return true
}

func (l *linter) truncate(n *sqltree.Truncate) {
	for _, name := range n.Tables {
		if !l.existing(name) {
			continue
		}
		t := quoted(name)
		l.say("truncate", problem{
			message: words("TRUNCATE removes every row of %s that the running code uses, and nobody can read it meanwhile", name),
			hint:    "delete what is to go, in batches and outside the migration",
			recipe:  recipe(do(afterDeploy, fmt.Sprintf("DELETE FROM %s\n  WHERE ctid = ANY (ARRAY(SELECT ctid FROM %s LIMIT %d))", t, t, batchRows))),
		})
		if n.Cascade {
			l.say("cascade", problem{
				message: words("TRUNCATE … CASCADE empties every table that points to %s, in silence", name),
				hint:    "name the tables that are to be emptied",
			})
			return
		}
	}
}
