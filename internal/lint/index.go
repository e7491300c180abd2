package lint

import (
	"strings"

	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/sqltext"
	"github.com/skein-db/skein/internal/sqltree"
)

func (l *linter) createIndex(n *sqltree.CreateIndex) {
	if !l.existing(n.Table) || n.Concurrently {
		return
	}
	t := l.state.Table(n.Table)
	if n.Name != "" && n.IfNotExists && t != nil && t.Index(n.Name) != nil {
		return // made beforehand
	}
	var columns []string
	fresh := len(n.Keys) > 0
	for _, k := range n.Keys {
		c := t.Column(k.Column)
		fresh = fresh && c != nil && c.New && !c.Default
		columns = append(columns, k.Column)
		if k.Column == "" {
			columns = nil
			break
		}
	}
	name := n.Name
	if name == "" {
		name = "on " + shown(n.Table)
	}
	code := "create-index"
	p := problem{
		message: words("building index %s reads all of %s while nobody can write to it", name, n.Table),
		hint:    "build it with CONCURRENTLY before the deploy; IF NOT EXISTS makes the migration find it",
	}
	steps := []step{}
	if n.Unique && !fresh {
		code = "add-unique"
		p.message += ", fails on duplicates, and makes the running code fail where it writes one"
		if n.Where == nil {
			steps = append(steps, duplicates(n.Table, columns))
		}
	}
	allowed := "create-index"
	if n.Unique {
		allowed = "add-unique"
	}
	migration := thisMigration
	when := l.concurrently(n.Table, columns, false)
	if when != beforeDeploy {
		migration = "a migration of the next release"
	}
	steps = append(steps,
		do(when, l.indexText(n, "CONCURRENTLY ")),
		do(migration+", for databases that have no such index yet", allowing(allowed, "built with CONCURRENTLY beforehand", l.indexText(n, ""))))
	p.recipe = recipe(steps...)
	l.say(code, p)
}

// concurrently is when an index can be built with CONCURRENTLY: before the
// deploy, unless the release adds a column of it.
func (l *linter) concurrently(table sqltree.Name, columns []string, added bool) string {
	t := l.state.Table(table)
	for _, name := range columns {
		c := t.Column(name)
		added = added || c != nil && c.New
	}
	if added {
		return "after the migration that adds the column, by hand (psql): CONCURRENTLY refuses to run in a transaction"
	}
	return beforeDeploy
}

// indexText writes a CREATE INDEX anew with CONCURRENTLY or without, and with
// IF NOT EXISTS, which needs a name.
func (l *linter) indexText(n *sqltree.CreateIndex, concurrently string) string {
	unique := ""
	if n.Unique {
		unique = "UNIQUE "
	}
	name := n.Name
	if name == "" {
		name = n.Table.Name
		for _, k := range n.Keys {
			if k.Column == "" {
				name += "_expr"
			} else {
				name += "_" + k.Column
			}
		}
		name += "_idx"
	}
	return "CREATE " + unique + "INDEX " + concurrently + "IF NOT EXISTS " + quotedList([]string{name}) + " ON " + sqltext.After(l.text(), "ON")
}

func (l *linter) maintenance(n *sqltree.Maintenance) {
	for _, name := range n.Names {
		table := name
		if n.Object == sqltree.Index {
			table, _ = l.state.IndexTable(name)
		}
		if table.Name != "" && !l.existing(table) {
			continue
		}
		switch {
		case n.Kind == "reindex" && !n.Concurrently:
			what := strings.ToUpper(string(n.Object))
			l.say("reindex", problem{
				message: words("REINDEX of %s blocks every write meanwhile, and reads that would use the index", name),
				hint:    "REINDEX … CONCURRENTLY lets both go on",
				recipe:  recipe(do(beforeDeploy, "REINDEX "+what+" CONCURRENTLY "+quoted(name))),
			})
		case n.Kind == "refresh" && !n.Concurrently:
			l.say("refresh-view", problem{
				message: words("REFRESH of %s blocks every read of it until it is done", name),
				hint:    "REFRESH … CONCURRENTLY lets reads go on; it needs a unique index of plain columns on the view",
				recipe:  recipe(do("in a job, not in a migration", "REFRESH MATERIALIZED VIEW CONCURRENTLY "+quoted(name))),
			})
		case n.Kind == "vacuum" && n.Full:
			l.say("rewrite-table", problem{
				message: words("VACUUM FULL rewrites %s while nobody can read or write it", name),
				hint:    "plain VACUUM makes the room usable again while work goes on; pg_repack gives it back to the system",
				recipe:  recipe(do("in a job, not in a migration", "VACUUM "+quoted(name))),
			})
		case n.Kind == "cluster":
			l.say("rewrite-table", problem{
				message: words("CLUSTER rewrites %s while nobody can read or write it", name),
				hint:    "pg_repack brings rows into an order while work goes on",
			})
		}
	}
}

func (l *linter) detach(t target) {
	if t.Concurrently {
		return
	}
	l.say("detach-partition", problem{
		severity: finding.Warning, at: t.Offset,
		message: words("detaching partition %s waits for every query on %s and blocks all that come after", t.Partition, t.table),
		hint:    "DETACH PARTITION … CONCURRENTLY lets queries go on (PostgreSQL 14 and later)",
		recipe:  recipe(do(beforeDeploy, alter(t.table, "DETACH PARTITION "+quoted(t.Partition)+" CONCURRENTLY"))),
	})
}

// rewriteTable is about actions that write a new copy of the table for what
// they are.
func (l *linter) rewriteTable(t target) {
	w, ok := t.work(l.does.Rewrites)
	if !ok {
		return
	}
	l.say("rewrite-table", problem{
		at:      t.Offset,
		message: words("%s of %s while nobody can read or write it: %s", maybe(w, "writes a new copy", "can write a new copy"), t.table, w.Why),
		hint:    "do it at a quiet time with a lock_timeout, or move to a new table in steps",
	})
}
