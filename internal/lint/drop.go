package lint

import (
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/sqltree"
)

// unused is the reason that recipes put into the comment for a step that is
// safe by then.
const unused = "no running version uses it"

func (l *linter) drop(n *sqltree.Drop) {
	dropped := false
	for _, name := range n.Names {
		switch n.Kind {
		case sqltree.Table, sqltree.ForeignTable:
			dropped = l.dropTable(n, name) || dropped
		case sqltree.View, sqltree.MaterializedView:
			dropped = l.dropView(n, name) || dropped
		case sqltree.Index:
			l.dropIndex(n, name)
		case sqltree.Policy:
			l.dropPolicy(n, name)
		default:
			dropped = l.dropOther(n, name) || dropped
		}
	}
	if dropped && n.Cascade {
		l.cascade("DROP "+strings.ToUpper(string(n.Kind)), n.Names)
	}
}

func (l *linter) dropTable(n *sqltree.Drop, name sqltree.Name) bool {
	if !l.existing(name) || l.absent(name, n.IfExists) {
		return false
	}
	l.say("drop-table", problem{
		message: words("dropping table %s breaks the version of the code that is still running, and its rows are gone", name),
		hint:    "stop using the table in one release and drop it in a later one; take it out of schema.ts then",
		recipe:  l.dropLater("drop-table", "the code stops using the table", name),
	})
	return true
}

// dropLater is the recipe for what is dropped: the same, later and by name.
func (l *linter) dropLater(code, first string, names ...sqltree.Name) string {
	sql := l.byName(names)
	sql[len(sql)-1] = allowing(code, unused, sql[len(sql)-1])
	return recipe(
		do("this release: "+first+"; no SQL"),
		do(laterRelease, sql...),
	)
}

// byName returns a DROP without CASCADE, behind statements that drop what is
// known to depend on the tables: foreign keys of others.
func (l *linter) byName(tables []sqltree.Name) []string {
	var sql []string
	for _, key := range l.keysTo(tables) {
		sql = append(sql, allowing("drop-constraint", unused, alter(key.table, "DROP CONSTRAINT "+quotedList([]string{key.name}))))
	}
	text := l.text()
	if rest, ok := strings.CutSuffix(strings.ToUpper(text), "CASCADE"); ok {
		text = strings.TrimSpace(text[:len(rest)])
	}
	return append(sql, text)
}

// foreignKey names one of a table.
type foreignKey struct {
	table sqltree.Name
	name  string
}

// keysTo are the foreign keys of other tables that point to the tables.
func (l *linter) keysTo(tables []sqltree.Name) []foreignKey {
	var out []foreignKey
	for _, t := range l.state.Tables() {
		if slices.ContainsFunc(tables, t.Name.Same) {
			continue
		}
		for _, c := range t.Constraints {
			if c.Kind == sqltree.ForeignKey && slices.ContainsFunc(tables, c.RefTable.Same) {
				out = append(out, foreignKey{t.Name, c.Name})
			}
		}
	}
	return out
}

func (l *linter) dropView(n *sqltree.Drop, name sqltree.Name) bool {
	again := l.later(func(node sqltree.Node) bool {
		v, ok := node.(*sqltree.CreateView)
		return ok && v.Name.Same(name)
	})
	if again || !l.existing(name) || l.absent(name, n.IfExists) {
		return false
	}
	l.say("drop-view", problem{
		message: words("dropping view %s breaks the version of the code that is still running", name),
		hint:    "stop using the view in one release and drop it in a later one",
		recipe:  l.dropLater("drop-view", "the code stops using the view"),
	})
	return true
}

// dropOther is about schemas, types, routines, sequences and extensions.
func (l *linter) dropOther(n *sqltree.Drop, name sqltree.Name) bool {
	code := "drop-object"
	switch n.Kind {
	case sqltree.Schema:
		code = "drop-schema"
	case sqltree.Type, sqltree.Domain:
		code = "drop-type"
	case sqltree.Function, sqltree.Procedure, sqltree.Sequence, sqltree.Extension:
	default:
		return false
	}
	if !l.existed(n.Kind, name) || l.madeAgain(n.Kind, name) {
		return false
	}
	l.say(code, problem{
		message: words("dropping %s %s breaks the version of the code that is still running, if it uses it", n.Kind, name),
		hint:    "stop using it in one release and drop it in a later one",
		recipe:  l.dropLater(code, "the code stops using it"),
	})
	return true
}

// madeAgain reports whether the file creates, behind the current statement, an
// object under a name that the statement frees.
func (l *linter) madeAgain(kind sqltree.Kind, name sqltree.Name) bool {
	return l.later(func(node sqltree.Node) bool {
		switch n := node.(type) {
		case *sqltree.CreateEnum:
			return kind == sqltree.Type && n.Name.Same(name)
		case *sqltree.CreateDomain:
			return kind == sqltree.Domain && n.Name.Same(name)
		case *sqltree.CreateFunction:
			return (kind == sqltree.Function || kind == sqltree.Procedure) && n.Name.Same(name)
		case *sqltree.CreateSequence:
			return kind == sqltree.Sequence && !n.Alter && n.Name.Same(name)
		case *sqltree.CreateSchema:
			return kind == sqltree.Schema && n.Name == name.Name
		case *sqltree.CreateExtension:
			return kind == sqltree.Extension && n.Name == name.Name
		}
		return false
	})
}

// cascade is about what a DROP takes along. Foreign keys that are known are
// named, so that a recipe can drop them and nothing else.
func (l *linter) cascade(what string, names []sqltree.Name) {
	message := what + " … CASCADE takes along whatever depends on it, in silence"
	var keys []string
	for _, key := range l.keysTo(names) {
		keys = append(keys, words("foreign key %s of %s", key.name, key.table))
	}
	if len(keys) > 0 {
		message += "; known is " + strings.Join(keys, ", ")
	}
	l.say("cascade", problem{
		message: message,
		hint:    "drop by name what depends on it, and leave CASCADE out: PostgreSQL then refuses where something was forgotten",
		recipe:  recipe(do("what depends on it, by name, then the object itself", l.byName(names)...)),
	})
}

func (l *linter) rename(n *sqltree.Rename) {
	switch n.Kind {
	case sqltree.Column:
		l.renameColumn(n)
	case sqltree.Table, sqltree.View, sqltree.MaterializedView, sqltree.ForeignTable:
		l.moveTable("rename-table", n.Kind, n.Table, sqltree.Name{Schema: n.Table.Schema, Name: n.New})
	case sqltree.Type, sqltree.Domain, sqltree.Attribute:
		l.renameType(n)
	case sqltree.Schema:
		if l.existed(sqltree.Schema, sqltree.Name{Name: n.Old}) {
			l.say("rename-schema", problem{
				message: words("renaming schema %s takes every table in it away from the version of the code that is still running", n.Old),
				hint:    "keep the schema's name in the database",
			})
		}
	}
}

func (l *linter) setSchema(n *sqltree.SetSchema) {
	switch n.Kind {
	case sqltree.Table, sqltree.View, sqltree.MaterializedView:
		l.moveTable("move-table", n.Kind, n.Name, sqltree.Name{Schema: n.New, Name: n.Name.Name})
	}
}

// moveTable is about a table or view that gets another name or schema. A view
// under the old name, made in the same file, keeps the running code working.
// https://www.postgresql.org/docs/current/sql-createview.html#SQL-CREATEVIEW-UPDATABLE-VIEWS
func (l *linter) moveTable(code string, kind sqltree.Kind, old, renamed sqltree.Name) {
	stays := l.later(func(node sqltree.Node) bool {
		v, ok := node.(*sqltree.CreateView)
		return ok && !v.Materialized && v.Name.Same(old)
	})
	if stays || !l.existing(old) {
		return
	}
	verb := "renaming"
	if code == "move-table" {
		verb = "moving"
	}
	l.say(code, problem{
		message: words("%s %s %s to %s breaks the version of the code that is still running", verb, kind, old, renamed),
		hint:    "leave a view behind under the old name, or keep the name in the database and rename only the constant in schema.ts",
		recipe: recipe(
			do(thisMigration+": the view under the old name takes reads and writes of the old code", l.text(),
				"CREATE VIEW "+quoted(old)+" AS SELECT * FROM "+quoted(renamed)),
			do(laterRelease, allowing("drop-view", unused, "DROP VIEW "+quoted(old))),
		),
	})
}

func (l *linter) renameColumn(n *sqltree.Rename) {
	column := l.state.Table(n.Table).Column(n.Old)
	if !l.existing(n.Table) || column != nil && column.New {
		return
	}
	p := problem{
		message: words("renaming column %s of %s breaks the version of the code that is still running", n.Old, n.Table),
		hint:    words("to rename it for the code only, keep the column's name in schema.ts: %s: text(%q)", camel(n.New), n.Old),
	}
	if column != nil && n.Relation == sqltree.Table {
		old, renamed := quotedList([]string{n.Old}), quotedList([]string{n.New})
		optional := ""
		if column.NotNull && !column.Default {
			optional = alter(n.Table, "ALTER COLUMN "+old+" DROP NOT NULL")
		}
		last := []string{allowing("drop-column", unused, alter(n.Table, "DROP COLUMN "+old))}
		p.recipe = recipe(
			do(thisMigration+": the new column; the code writes both and reads the old one", alter(n.Table, "ADD COLUMN "+renamed+" "+typeSQL(column.Type))),
			do(afterDeploy, batch(n.Table, renamed+" = "+old, renamed+" IS DISTINCT FROM "+old)),
			stepIf(optional != "", "the next release: the code reads and writes the new column only", optional),
			do(laterRelease, last...),
		)
	}
	l.say("rename-column", p)
}

func stepIf(holds bool, when string, sql ...string) step {
	if !holds {
		return step{}
	}
	return do(when, sql...)
}

// camel is a column's name as a property of schema.ts has it.
func camel(name string) string {
	parts := strings.Split(name, "_")
	for i := 1; i < len(parts); i++ {
		if parts[i] != "" {
			parts[i] = strings.ToUpper(parts[i][:1]) + parts[i][1:]
		}
	}
	return strings.Join(parts, "")
}

func (l *linter) renameType(n *sqltree.Rename) {
	kind := sqltree.Type
	if n.Kind == sqltree.Domain {
		kind = sqltree.Domain
	}
	if !l.existed(kind, n.Table) {
		return
	}
	what := words("%s %s", kind, n.Table)
	if n.Kind == sqltree.Attribute {
		what = words("attribute %s of type %s", n.Old, n.Table)
	}
	l.say("rename-type", problem{
		message: words("renaming %s breaks queries of the running code that name it, such as casts", what),
		hint:    "keep the name in the database and rename only the constant in schema.ts",
	})
}

func (l *linter) alterEnum(n *sqltree.AlterEnum) {
	if e := l.state.Enum(n.Name); n.Old == "" || e != nil && e.New || !l.existed(sqltree.Type, n.Name) {
		return
	}
	p := problem{
		message: words("renaming value %s of enum %s makes the running code fail where it writes the old value, and read one it does not know", n.Old, n.Name),
		hint:    "add the new value beside the old one, which stays in the type unused",
	}
	var fill []string
	for _, t := range l.state.Tables() {
		for _, c := range t.Columns {
			if c.Type.Name.Same(n.Name) && c.Type.Array == 0 && t.Kind == sqltree.Table {
				column := quotedList([]string{c.Name})
				fill = append(fill, batch(t.Name, column+" = "+literal(n.New), column+" = "+literal(n.Old)))
			}
		}
	}
	p.recipe = recipe(
		do(thisMigration+": the new value; the code reads both and still writes the old one", "ALTER TYPE "+quoted(n.Name)+" ADD VALUE IF NOT EXISTS "+literal(n.New)+" AFTER "+literal(n.Old)),
		stepIf(len(fill) > 0, "the next release: the code writes the new value; then by hand or in a job, again and again until no row is changed", fill...),
	)
	l.say("rename-enum-value", p)
}

func (l *linter) dropIndex(n *sqltree.Drop, name sqltree.Name) {
	if !l.existed(sqltree.Index, name) {
		return
	}
	table, known := l.state.IndexTable(name)
	if known && !l.existing(table) || !known && l.complete && n.IfExists {
		return
	}
	unique := false
	if known {
		index := l.state.Table(table).Index(name.Name)
		unique = index == nil || index.Unique // that of a constraint is unique
		if index != nil && l.dropsLater(table, index.Mentions...) {
			return
		}
	}
	if n.Concurrently && !unique {
		return
	}
	on := ""
	if known {
		on = " of " + shown(table)
	}
	p := problem{
		severity: finding.Warning,
		message:  words("dropping index %s%s waits for every query on the table and blocks all that come after", name, on),
		hint:     "drop it with CONCURRENTLY, once no query of the running code needs it",
	}
	if unique {
		p.severity = finding.Error
		p.message = words("dropping unique index %s%s lets duplicates in while the code still counts on there being none, and ON CONFLICT on its columns fails", name, on)
	}
	only := quoted(name)
	p.recipe = recipe(
		do("this release: no query of the code needs the index; no SQL"),
		do("a later release: "+beforeDeploy, "DROP INDEX CONCURRENTLY IF EXISTS "+only),
		do("its migration, for databases that still have it", allowing("drop-index", "dropped with CONCURRENTLY before the deploy", "DROP INDEX IF EXISTS "+only)),
	)
	l.say("drop-index", p)
}
