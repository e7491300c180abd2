package lint

import (
	"github.com/skein-db/skein/internal/effect"
	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/sqltext"
	"github.com/skein-db/skein/internal/sqltree"
)

// alterTable asks the rules about each action.
func (l *linter) alterTable(n *sqltree.AlterTable) {
	if n.Kind == sqltree.Index || n.Kind == sqltree.Sequence || n.Kind == sqltree.Type {
		return
	}
	for i := range n.Actions {
		a := n.Actions[i]
		if l.absent(n.Name, n.IfExists) {
			return
		}
		on := target{n.Name, i, &a, l.state.Table(n.Name)}
		if a.Column == nil && a.Constraint == nil && a.Kind != sqltree.SetType {
			a.Offset = l.actionAt(i)
		}
		if a.Kind == sqltree.AddConstraint && a.Constraint != nil {
			l.keyIndexed(n.Name, *a.Constraint, a.Offset)
		}
		if a.Kind == sqltree.AddColumn && a.Column != nil {
			for _, c := range a.Column.Constraints {
				l.keyIndexed(n.Name, c, a.Offset)
			}
		}
		if l.existing(n.Name) {
			l.action(on)
		}
	}
}

// actionAt returns where the text of an ALTER TABLE's action begins.
func (l *linter) actionAt(number int) int {
	text, at := l.now.Text, 0
	for range number {
		at += len(sqltext.Clause(text[at:]))
		at += sqltext.FirstCode(text[at:])
		at = min(at+1, len(text))
	}
	if number == 0 {
		// Behind ALTER TABLE and the name; an action begins with one of these.
		for _, id := range sqltext.Identifiers(text) {
			if text[id.Offset] != '"' && actionWords[id.Name] && id.Offset > 0 {
				at = id.Offset
				break
			}
		}
	}
	return l.now.Offset + at + sqltext.FirstCode(text[at:])
}

// actionWords are those that actions without a place of their own begin with.
var actionWords = map[string]bool{
	"alter": true, "drop": true, "validate": true, "attach": true, "detach": true, "enable": true, "disable": true, "set": true, "force": true, "no": true,
}

// target is an action of an ALTER TABLE on a table that is in use.
type target struct {
	table  sqltree.Name
	number int
	*sqltree.Action
	known *effect.Table // nil where the table is not known
}

// column is what is known of the column that the action is about.
func (t target) column() *effect.Column { return t.known.Column(t.Name) }

// fresh reports whether all of the columns came with this release: then the
// running code does not write them.
func (t target) fresh(columns []string) bool {
	for _, name := range columns {
		if c := t.known.Column(name); c == nil || !c.New {
			return false
		}
	}
	return len(columns) > 0
}

func (l *linter) action(t target) {
	switch t.Kind {
	case sqltree.AddColumn:
		l.addColumn(t)
	case sqltree.DropColumn:
		l.dropColumn(t)
	case sqltree.SetType:
		l.setType(t)
	case sqltree.SetNotNull:
		l.setNotNull(t)
	case sqltree.SetDefault:
		if t.Default == nil {
			l.dropDefault(t, "default")
		}
	case sqltree.DropIdentity:
		l.dropDefault(t, "identity")
	case sqltree.AddConstraint:
		l.addConstraint(t)
	case sqltree.DropConstraint:
		l.dropConstraint(t)
	case sqltree.ValidateConstraint:
		l.validate(t)
	case sqltree.DetachPartition:
		l.detach(t)
	case sqltree.EnableRowSecurity, sqltree.DisableRowSecurity:
		l.rowSecurity(t)
	case sqltree.SetLogged, sqltree.SetUnlogged, sqltree.SetTableSpace, sqltree.SetAccessMethod, sqltree.SetExpression:
		l.rewriteTable(t)
	}
}

// work returns the work that the current statement's action causes on its table.
func (t target) work(list []effect.Work) (effect.Work, bool) {
	for _, w := range list {
		if w.Action == t.number && w.Table.Same(t.table) {
			return w, true
		}
	}
	return effect.Work{}, false
}

// maybe is the verb for work that is certain or not.
func maybe(w effect.Work, certain, otherwise string) string {
	if w.Maybe {
		return otherwise
	}
	return certain
}

func (l *linter) addColumn(t target) {
	c := t.Column
	if l.state.Table(t.table).Column(c.Name) != nil && t.IfExists {
		return // it is there
	}
	if c.NotNull && c.Default == nil && c.Generated == nil && !c.Identity && !c.Serial() {
		l.requiredColumn(t)
		return
	}
	if _, ok := t.work(l.does.Rewrites); ok {
		l.columnRewrites(t)
		return
	}
	for _, k := range c.Constraints {
		switch {
		case k.Kind == sqltree.Unique || k.Kind == sqltree.PrimaryKey:
			l.addKey(t, k, true)
		case k.Kind == sqltree.Check || k.Kind == sqltree.ForeignKey:
			l.validating(t, k, true)
		}
	}
}

func (l *linter) requiredColumn(t target) {
	c := t.Column
	steps := []step{do(thisMigration+": the column without NOT NULL, so that the running code can still insert", alter(t.table, "ADD COLUMN "+quotedList([]string{c.Name})+" "+typeSQL(c.Type)))}
	l.say("required-column", problem{
		at:      t.Offset,
		message: words("adding column %s as NOT NULL without a default fails where %s has rows, and then the running code's inserts fail", c.Name, t.table),
		hint:    "give it a constant default, which PostgreSQL adds without touching a row, or make it required in a later release",
		recipe:  recipe(append(steps, checked(t.table, c.Name, &c.Type, "the next release, whose code always writes the column")...)...),
	})
}

func (l *linter) dropColumn(t target) {
	c := t.column()
	if c != nil && c.New || c == nil && t.IfExists && t.known != nil && !t.known.Partial {
		return
	}
	column := quotedList([]string{t.Name})
	first := do("this release: the code stops using the column; no SQL")
	if c != nil && c.NotNull && !c.Default && !c.Identity && !c.Generated {
		first = do("this release: the code stops using the column, which must not be asked of it any more", alter(t.table, "ALTER COLUMN "+column+" DROP NOT NULL"))
	}
	if c != nil && l.holdsKey(t.table, t.Name) {
		first = do("this release: the code stops using the column; no SQL")
	}
	l.say("drop-column", problem{
		at:      t.Offset,
		message: words("dropping column %s of %s breaks the version of the code that is still running, and its values are gone", t.Name, t.table),
		hint:    "stop using the column in one release and drop it in a later one; drizzle selects every column that schema.ts has",
		recipe:  recipe(first, do(laterRelease, allowing("drop-column", unused, alter(t.table, "DROP COLUMN "+column)))),
	})
	if t.Cascade {
		l.say("cascade", problem{
			at:      t.Offset,
			message: words("DROP COLUMN %s CASCADE takes along whatever depends on it, in silence", t.Name),
			hint:    "drop by name what depends on it, and leave CASCADE out: PostgreSQL then refuses where something was forgotten",
		})
	}
}

// holdsKey reports whether a column is part of the primary key.
func (l *linter) holdsKey(table sqltree.Name, column string) bool {
	t := l.state.Table(table)
	if t == nil {
		return false
	}
	for _, c := range t.Constraints {
		if c.Kind == sqltree.PrimaryKey {
			for _, name := range c.Columns {
				if name == column {
					return true
				}
			}
		}
	}
	return false
}

func (l *linter) setType(t target) {
	rewrite, rewrites := t.work(l.does.Rewrites)
	scan, scans := t.work(l.does.Scans)
	build, builds := t.work(l.does.Builds)
	p := problem{at: t.Offset}
	change := words("changing the type of %s to %s", t.Name, typeSQL(t.Type))
	switch {
	case rewrites:
		p.message = words("%s %s %s while nobody can read or write it", change, maybe(rewrite, "rewrites", "can rewrite"), t.table)
	case scans:
		p.severity = finding.Warning
		p.message = words("%s %s all of %s while nobody can read or write it", change, maybe(scan, "reads", "can read"), t.table)
	case builds:
		p.severity = finding.Warning
		p.message = words("%s %s an index of %s anew while nobody can read or write it", change, maybe(build, "builds", "can build"), t.table)
	default:
		return
	}
	p.hint = "add a column of the new type beside it and move over in steps"
	column, next := quotedList([]string{t.Name}), quotedList([]string{t.Name + "_new"})
	typ := sqltext.Clause(sqltext.After(l.from(t.Offset), "TYPE"), "USING", "COLLATE")
	if typ == "" {
		typ = typeSQL(t.Type)
	}
	value := column + "::" + typ
	if t.Using != nil {
		value = sqltext.Clause(sqltext.After(l.from(t.Offset), "USING"))
	}
	p.recipe = recipe(
		do(thisMigration+": a column of the new type; the code writes both and reads the old one", alter(t.table, "ADD COLUMN "+next+" "+typ)),
		do(afterDeploy, batch(t.table, next+" = "+value, next+" IS DISTINCT FROM ("+value+")")),
		do("the next release: the code reads and writes the new column only; in schema.ts the property keeps its name", l.optional(t)...),
		do(laterRelease, allowing("drop-column", unused, alter(t.table, "DROP COLUMN "+column))),
	)
	l.say("change-type", p)
}

// optional makes a required column optional, where it is one.
func (l *linter) optional(t target) []string {
	c := t.column()
	if c == nil || !c.NotNull || c.Default || c.Identity || l.holdsKey(t.table, t.Name) {
		return nil
	}
	return []string{alter(t.table, "ALTER COLUMN "+quotedList([]string{t.Name})+" DROP NOT NULL")}
}

func (l *linter) setNotNull(t target) {
	c := t.column()
	if c != nil && c.NotNull {
		return
	}
	scan, scans := t.work(l.does.Scans)
	if !scans {
		return
	}
	p := problem{
		at: t.Offset,
		message: words("SET NOT NULL on %s %s all of %s while nobody can read or write it, fails on a null, and breaks running code that writes one",
			t.Name, maybe(scan, "reads", "can read"), t.table),
		hint: "let a check that is validated beforehand prove it",
	}
	var typ *sqltree.TypeName
	if c != nil {
		typ = &c.Type
		if c.New && c.Default {
			p.severity = finding.Warning
			p.message = words("SET NOT NULL on %s reads all of %s while nobody can read or write it", t.Name, t.table)
		}
	}
	p.recipe = recipe(checked(t.table, t.Name, typ, thisMigration+", in a release whose predecessor always writes the column")...)
	l.say("set-not-null", p)
}

// dropDefault is about a required column whose value PostgreSQL has filled in.
func (l *linter) dropDefault(t target, what string) {
	c := t.column()
	if c == nil || !c.NotNull || c.New || what == "default" && !c.Default {
		return
	}
	again := l.later(func(node sqltree.Node) bool {
		n, ok := node.(*sqltree.AlterTable)
		if !ok || !n.Name.Same(t.table) {
			return false
		}
		for _, a := range n.Actions {
			if a.Name == t.Name && (a.Kind == sqltree.SetDefault && a.Default != nil || a.Kind == sqltree.AddIdentity || a.Kind == sqltree.DropColumn || a.Kind == sqltree.DropNotNull) {
				return true
			}
		}
		return false
	})
	if again {
		return
	}
	l.say("drop-default", problem{
		at:      t.Offset,
		message: words("without its %s, column %s of %s has to be given in every insert, and the running code may not give it", what, t.Name, t.table),
		hint:    "drop it in a later release, when every running version of the code writes the column",
		recipe: recipe(
			do("this release: the code writes the column in every insert; no SQL"),
			do("a later release, when every running version of the code does", allowing("drop-default", "every running version writes the column", alter(t.table, sqltext.Clause(l.alterColumn(t))))),
		),
	})
}

// alterColumn returns the action as SQL, for actions on columns.
func (l *linter) alterColumn(t target) string {
	switch t.Kind {
	case sqltree.DropIdentity:
		return "ALTER COLUMN " + quotedList([]string{t.Name}) + " DROP IDENTITY"
	default:
		return "ALTER COLUMN " + quotedList([]string{t.Name}) + " DROP DEFAULT"
	}
}

func literal(text string) string { return sqltext.QuoteLiteral(text) }
