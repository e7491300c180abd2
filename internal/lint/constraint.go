package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/effect"
	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/sqltext"
	"github.com/skein-db/skein/internal/sqltree"
)

func (l *linter) addConstraint(t target) {
	c := t.Constraint
	if c == nil {
		return
	}
	switch c.Kind {
	case sqltree.Unique, sqltree.PrimaryKey:
		if c.UsingIndex == "" {
			l.addKey(t, *c, false)
		}
	case sqltree.Exclude:
		l.say("add-exclusion", problem{
			at:      t.Offset,
			message: words("an exclusion constraint builds an index of %s while nobody can read or write it, and PostgreSQL has no way to do that in steps", t.table),
			hint:    "do it at a quiet time with a lock_timeout, or move to a new table that has the constraint from the start",
		})
	case sqltree.Check, sqltree.ForeignKey:
		l.validating(t, *c, false)
	}
}

// constraintName returns the name of a constraint, or the one that PostgreSQL
// makes up.
func constraintName(table sqltree.Name, c sqltree.Constraint) string {
	if c.Name != "" {
		return c.Name
	}
	columns := strings.Join(c.Columns, "_")
	if columns != "" {
		columns += "_"
	}
	ending := map[sqltree.ConstraintKind]string{
		sqltree.ForeignKey: "fkey", sqltree.Check: "check", sqltree.Unique: "key", sqltree.PrimaryKey: "pkey",
	}[c.Kind]
	if c.Kind == sqltree.PrimaryKey {
		columns = ""
	}
	return table.Name + "_" + columns + ending
}

// validating is about a check or foreign key whose rows are looked through
// under the lock that adds it. inline says that it is written with its column.
func (l *linter) validating(t target, c sqltree.Constraint, inline bool) {
	if _, scans := t.work(l.does.Scans); !scans {
		return
	}
	name := constraintName(t.table, c)
	quotedName := quotedList([]string{name})
	p := problem{at: t.Offset, hint: "add it NOT VALID, which holds for new rows at once, and validate it in a later migration while writes go on"}
	switch {
	case c.Kind == sqltree.ForeignKey:
		p.message = words("adding foreign key %s reads all of %s while nobody can write to it or to %s, and fails on a row that points nowhere", name, t.table, c.RefTable)
	default:
		p.message = words("adding check %s reads all of %s while nobody can read or write it, and fails on a row that does not pass", name, t.table)
	}
	if inline || t.fresh(c.Columns) {
		p.severity = finding.Warning
		p.message = strings.Split(p.message, ", and fails")[0] + "; its column came with this release"
	}
	definition := sqltext.Clause(l.from(t.Offset))
	if inline {
		definition = inlineConstraint(definition, c)
	}
	if c.Name == "" || inline {
		definition = "CONSTRAINT " + quotedName + " " + strings.TrimSpace(definition)
	}
	steps := []step{
		do(thisMigration, alter(t.table, "ADD "+definition+" NOT VALID")),
		do(nextDeploy+": the rows are read while writes go on", alter(t.table, "VALIDATE CONSTRAINT "+quotedName)),
	}
	if inline {
		steps[0].sql = append([]string{alter(t.table, "ADD COLUMN "+l.withoutConstraints(t))}, steps[0].sql...)
	}
	p.recipe = recipe(steps...)
	if column := t.known.Column(first(c.Columns)); c.Kind == sqltree.ForeignKey && len(c.Columns) == 1 && !inline && t.fresh(c.Columns) && !column.Default && !column.NotNull && l.addedHere(t.table, c.Columns[0]) {
		p.hint = "write the foreign key with its column: PostgreSQL does not read the rows then, because it knows that all are null"
		p.recipe = recipe(do(thisMigration+", instead of ADD COLUMN and ADD CONSTRAINT",
			alter(t.table, "ADD COLUMN "+quotedList(c.Columns)+" "+typeSQL(column.Type)+" CONSTRAINT "+quotedName+" "+references(definition))))
	}
	l.say("validating-constraint", p)
}

func first(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return names[0]
}

// references is a foreign key's definition from REFERENCES on.
func references(definition string) string {
	return "REFERENCES " + sqltext.After(definition, "REFERENCES")
}

// addedHere reports whether the file adds the column, before the current
// statement.
func (l *linter) addedHere(table sqltree.Name, column string) bool {
	return slices.ContainsFunc(l.file.Statements[:l.at], func(s sqltree.Statement) bool {
		n, ok := s.Node.(*sqltree.AlterTable)
		return ok && n.Name.Same(table) && slices.ContainsFunc(n.Actions, func(a sqltree.Action) bool {
			return a.Kind == sqltree.AddColumn && a.Name == column
		})
	})
}

// inlineConstraint makes a constraint of a table of one that is written with
// its column.
func inlineConstraint(definition string, c sqltree.Constraint) string {
	switch c.Kind {
	case sqltree.ForeignKey:
		return "FOREIGN KEY (" + quotedList(c.Columns) + ") " + sqltext.Clause(references(definition), "NOT", "NULL", "DEFAULT", "CHECK", "UNIQUE", "CONSTRAINT")
	default:
		return "CHECK " + sqltext.Clause(sqltext.After(definition, "CHECK"), columnEnds...)
	}
}

// withoutConstraints returns an added column with its type and default only.
func (l *linter) withoutConstraints(t target) string {
	c := t.Column
	out := quotedList([]string{c.Name}) + " " + typeSQL(c.Type)
	if c.Default != nil {
		out += " DEFAULT " + sqltext.Clause(sqltext.After(sqltext.Clause(l.from(t.Offset)), "DEFAULT"), columnEnds...)
	}
	if c.NotNull && c.Default != nil {
		out += " NOT NULL"
	}
	return out
}

// addKey is about uniqueness that a table gets with a constraint.
func (l *linter) addKey(t target, c sqltree.Constraint, inline bool) {
	if _, builds := t.work(l.does.Builds); !builds {
		return
	}
	name := constraintName(t.table, c)
	what, word := "unique constraint", "UNIQUE"
	if c.Kind == sqltree.PrimaryKey {
		what, word = "primary key", "PRIMARY KEY"
	}
	p := problem{
		at: t.Offset,
		message: words("adding %s %s builds an index of %s while nobody can read or write it, fails on duplicates, and makes the running code fail where it writes one",
			what, name, t.table),
		hint: "build the index with CONCURRENTLY and let the constraint take it over",
	}
	if inline || t.fresh(c.Columns) {
		p.severity = finding.Warning
		p.message = words("adding %s %s builds an index of %s while nobody can read or write it", what, name, t.table)
	}
	columns := quotedList(c.Columns)
	nulls := ""
	if definition := sqltext.Clause(l.from(t.Offset)); sqltext.After(definition, "DISTINCT") != "" && sqltext.After(definition, "NULLS") != "" && strings.HasPrefix(strings.ToUpper(sqltext.After(definition, "NULLS")), "NOT") {
		nulls = " NULLS NOT DISTINCT"
	}
	var steps []step
	if inline {
		steps = append(steps, do("a migration before: the column alone", alter(t.table, "ADD COLUMN "+l.withoutConstraints(t))))
	} else {
		steps = append(steps, duplicates(t.table, c.Columns))
	}
	if c.Kind == sqltree.PrimaryKey {
		for _, column := range c.Columns {
			if known := t.known.Column(column); known == nil || !known.NotNull {
				steps = append(steps, checked(t.table, column, nil, "the first migration")...)
			}
		}
	}
	steps = append(steps,
		do(l.concurrently(t.table, c.Columns, inline), "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "+quotedList([]string{name})+" ON "+quoted(t.table)+" ("+columns+")"+nulls),
		do(thisMigration+", after it", alter(t.table, "ADD CONSTRAINT "+quotedList([]string{name})+" "+word+" USING INDEX "+quotedList([]string{name}))))
	p.recipe = recipe(steps...)
	l.say("add-unique", p)
}

// duplicates is the step that finds what would make uniqueness fail.
func duplicates(table sqltree.Name, columns []string) step {
	if len(columns) == 0 {
		return step{}
	}
	list := quotedList(columns)
	return do("look for duplicates, and remove them", "SELECT "+list+", count(*) FROM "+quoted(table)+" GROUP BY "+list+" HAVING count(*) > 1")
}

func (l *linter) dropConstraint(t target) {
	c := t.known.Constraint(t.Name)
	if c != nil && c.New || c == nil && t.IfExists && t.known != nil && !t.known.Partial {
		return
	}
	if l.addedAgain(t, c) || c != nil && (t.needless(c) || l.dropsLater(t.table, c.Columns...)) {
		return
	}
	kind := kindByName(t.Name)
	if c != nil {
		kind = c.Kind
	}
	p := problem{at: t.Offset, hint: "drop it in a release after the one whose code no longer counts on it"}
	switch kind {
	case sqltree.ForeignKey:
		p.severity = finding.Warning
		to := "the table it points to"
		if c != nil {
			to = shown(c.RefTable)
		}
		p.message = words("without foreign key %s rows of %s can point nowhere, and what it did on a delete does not happen for the running code; dropping it locks %s too", t.Name, t.table, to)
	case sqltree.Check:
		p.severity = finding.Warning
		p.message = words("without check %s values come into %s that the running code does not expect", t.Name, t.table)
	case sqltree.PrimaryKey, sqltree.Unique:
		p.message = words("without %s %s duplicates come into %s while the code still counts on there being none, and ON CONFLICT on its columns fails", kind, t.Name, t.table)
	default:
		p.message = words("without constraint %s the running code finds in %s what it does not expect", t.Name, t.table)
	}
	cascade := ""
	if t.Cascade {
		cascade = " CASCADE"
	}
	p.recipe = recipe(
		do("this release: the code no longer counts on it; no SQL"),
		do("a later release", allowing("drop-constraint", "no running version counts on it", alter(t.table, "DROP CONSTRAINT "+quotedList([]string{t.Name})+cascade))))
	l.say("drop-constraint", p)
}

// needless reports whether a constraint is a check for nulls in columns that
// are NOT NULL: it has done its work.
func (t target) needless(c *effect.Constraint) bool {
	if c.Kind != sqltree.Check || c.Expr == nil || len(c.Expr.NotNull) == 0 {
		return false
	}
	for _, use := range c.Expr.Uses.Columns {
		if column := t.known.Column(use.Name); column == nil || !column.NotNull || !slices.Contains(c.Expr.NotNull, use.Name) {
			return false
		}
	}
	return true
}

// kindByName guesses at the kind of a constraint that is not known, from the
// endings that drizzle and PostgreSQL give.
func kindByName(name string) sqltree.ConstraintKind {
	for _, known := range []struct {
		ending string
		kind   sqltree.ConstraintKind
	}{{"_fk", sqltree.ForeignKey}, {"_fkey", sqltree.ForeignKey}, {"_check", sqltree.Check}, {"_unique", sqltree.Unique}, {"_key", sqltree.Unique}, {"_pk", sqltree.PrimaryKey}, {"_pkey", sqltree.PrimaryKey}} {
		if strings.HasSuffix(name, known.ending) {
			return known.kind
		}
	}
	return ""
}

// addedAgain reports whether the file puts another constraint of the kind on
// the same columns, or under the same name: then the one it adds is judged.
func (l *linter) addedAgain(t target, dropped *effect.Constraint) bool {
	same := func(c *sqltree.Constraint) bool {
		return c != nil && (c.Name == t.Name || dropped != nil && c.Kind == dropped.Kind && len(c.Columns) > 0 && slices.Equal(c.Columns, dropped.Columns))
	}
	adds := func(n *sqltree.AlterTable) bool {
		return n.Name.Same(t.table) && slices.ContainsFunc(n.Actions, func(a sqltree.Action) bool { return a.Kind == sqltree.AddConstraint && same(a.Constraint) })
	}
	if n, ok := l.now.Node.(*sqltree.AlterTable); ok && adds(n) {
		return true
	}
	return l.later(func(node sqltree.Node) bool {
		n, ok := node.(*sqltree.AlterTable)
		return ok && adds(n)
	})
}

// validate is about a constraint that is validated in the transaction that
// added it: the lock of the ADD is still held.
func (l *linter) validate(t target) {
	added, ok := l.tx.added[object{sqltree.TableConstraint, sqltree.Name{Schema: t.table.In().String(), Name: t.Name}}]
	if !ok {
		return
	}
	l.say("validate-at-once", problem{
		at:      t.Offset,
		message: words("constraint %s is validated in the transaction that adds it (line %d), so its lock on %s is held while all rows are read: NOT VALID gains nothing", t.Name, added, t.table),
		hint:    "move VALIDATE CONSTRAINT into a migration of its own; with drizzle's migrator, which runs pending migrations in one transaction, into a later deploy",
		recipe:  recipe(do(nextDeploy, alter(t.table, "VALIDATE CONSTRAINT "+quotedList([]string{t.Name})))),
	})
}

func (l *linter) alterDomain(n *sqltree.AlterDomain) {
	if !l.existed(sqltree.Domain, n.Name) {
		return
	}
	name := n.Name.Name + "_not_null"
	definition := "CHECK (VALUE IS NOT NULL)"
	switch n.Action {
	case "O":
	case "C":
		if n.Constraint == nil || n.Constraint.NotValid {
			return
		}
		definition = sqltext.After(l.now.Text, "ADD")
		if name = n.Constraint.Name; name == "" {
			name = n.Name.Name + "_check"
		} else {
			definition = sqltext.Clause(sqltext.After(definition, "CONSTRAINT"))
			definition = definition[strings.Index(strings.ToUpper(definition), "CHECK"):]
		}
	default:
		return
	}
	alterDomain := "ALTER DOMAIN " + quoted(n.Name)
	l.say("domain-constraint", problem{
		message: words("a constraint on domain %s reads every table that has a column of it while nobody can write to them", n.Name),
		hint:    "add it NOT VALID and validate it in a later migration",
		recipe: recipe(
			do(thisMigration, alterDomain+" ADD CONSTRAINT "+quotedList([]string{name})+" "+sqltext.Clause(definition)+" NOT VALID"),
			do(nextDeploy, alterDomain+" VALIDATE CONSTRAINT "+quotedList([]string{name}))),
	})
}

// createTable is about the foreign keys of a new table: nothing else of it can
// matter to anybody.
func (l *linter) createTable(n *sqltree.CreateTable) {
	if n.IfNotExists && l.state.Table(n.Name) != nil {
		return
	}
	for i := range n.Columns {
		for _, c := range n.Columns[i].Constraints {
			l.keyIndexed(n.Name, c, c.Offset)
		}
	}
	for _, c := range n.Constraints {
		l.keyIndexed(n.Name, c, c.Offset)
	}
}

// keyIndexed is about a foreign key without an index, which can still come with
// the rest of the release.
func (l *linter) keyIndexed(table sqltree.Name, c sqltree.Constraint, at int) {
	if c.Kind != sqltree.ForeignKey || len(c.Columns) == 0 {
		return
	}
	name := constraintName(table, c)
	index := "CREATE INDEX %s" + quotedList([]string{table.Name + "_" + strings.Join(c.Columns, "_") + "_idx"}) + " ON " + quoted(table) + " (" + quotedList(c.Columns) + ")"
	fix := do(thisMigration, fmt.Sprintf(index, ""))
	if l.existing(table) {
		fix = do(l.concurrently(table, c.Columns, false), fmt.Sprintf(index, "CONCURRENTLY IF NOT EXISTS "))
	}
	f, wanted := l.finding("key-without-index", problem{
		at: at,
		message: words("foreign key %s has no index on %s of %s: each delete of a row of %s, and each join to it, reads the whole table",
			name, strings.Join(c.Columns, ", "), table, c.RefTable),
		hint:   "add an index that begins with the columns",
		recipe: recipe(fix),
	})
	if !wanted {
		return
	}
	l.landing = append(l.landing, func() {
		if t := l.state.Table(table); t != nil && t.Constraint(name) != nil && !t.Indexed(c.Columns) {
			l.found = append(l.found, f)
		}
	})
}
