package lint

import (
	"strings"

	"github.com/skein-db/skein/internal/sqltext"
	"github.com/skein-db/skein/internal/sqltree"
)

// columnEnds are the words that end a default in a column's definition.
var columnEnds = []string{"NOT", "NULL", "CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "REFERENCES", "GENERATED", "COLLATE", "DEFERRABLE", "INITIALLY"}

// columnRewrites is about an added column whose values are computed for every
// row that is there.
func (l *linter) columnRewrites(t target) {
	why, steps := l.filled(t)
	p := problem{at: t.Offset, message: words("adding column %s rewrites %s while nobody can read or write it", t.Column.Name, t.table)}
	if why == "" {
		p.message = words("adding column %s can rewrite %s while nobody can read or write it", t.Column.Name, t.table)
	} else {
		p.message += ", because it " + why
	}
	p.hint, p.recipe = "add the column empty, fill it in batches after the deploy", recipe(steps...)
	l.say("column-rewrites", p)
}

// filled says why every row gets a value of its own, and how that is done in
// steps.
func (l *linter) filled(t target) (why string, steps []step) {
	c := t.Column
	column := quotedList([]string{c.Name})
	add := alter(t.table, "ADD COLUMN "+column+" "+typeSQL(c.Type))
	definition := sqltext.Clause(l.from(t.Offset))
	switch {
	case c.Generated != nil:
		expr := sqltext.Clause(sqltext.After(sqltext.After(definition, "GENERATED"), "AS"), "STORED")
		return "is generated and stored", generated(t, column, add, expr)
	case c.Identity || c.Serial():
		sequence := beside(t.table, t.table.Name+"_"+c.Name+"_seq")
		return "numbers the rows that are there", append([]step{
			do(thisMigration+": the column and its numbers for new rows", add, "CREATE SEQUENCE "+sequence+" OWNED BY "+quoted(t.table)+"."+column,
				alter(t.table, "ALTER COLUMN "+column+" SET DEFAULT nextval("+literal(sequence)+")")),
			do(afterDeploy, batch(t.table, column+" = DEFAULT", column+" IS NULL")),
		}, checked(t.table, c.Name, nil, "the next migration")...)
	case c.Default != nil:
		expr := sqltext.Clause(sqltext.After(definition, "DEFAULT"), columnEnds...)
		steps = []step{
			do(thisMigration+": the column first and its default after it, which is for new rows only", add, alter(t.table, "ALTER COLUMN "+column+" SET DEFAULT "+expr)),
			do(afterDeploy, batch(t.table, column+" = DEFAULT", column+" IS NULL")),
		}
		if c.NotNull {
			steps = append(steps, checked(t.table, c.Name, nil, "the next migration")...)
		}
		return "has a default that is computed anew for each row", steps
	}
	return "", []step{do(thisMigration, add)}
}

// generated are the steps to what a generated column holds, by a trigger.
func generated(t target, column, add, expr string) []step {
	name := t.table.Name + "_" + t.Column.Name
	function, trigger := beside(t.table, name), quotedList([]string{name})
	body := " BEGIN NEW." + column + " := (SELECT " + expr + " FROM (SELECT NEW.*) AS changed); RETURN NEW; END "
	dollars := "$$"
	if strings.Contains(expr, "$$") {
		dollars = "$filled$"
	}
	return []step{
		do(thisMigration+": an ordinary column that a trigger fills", add,
			"CREATE FUNCTION "+function+"() RETURNS trigger LANGUAGE plpgsql AS "+dollars+body+dollars,
			"CREATE TRIGGER "+trigger+" BEFORE INSERT OR UPDATE ON "+quoted(t.table)+" FOR EACH ROW EXECUTE FUNCTION "+function+"()"),
		do(afterDeploy, batch(t.table, column+" = "+expr, column+" IS DISTINCT FROM "+expr)),
	}
}

// checked are the steps to NOT NULL without a long lock: a check that holds for
// new rows at once, is validated while writes go on, and then proves that no
// null is there.
func checked(table sqltree.Name, column string, typ *sqltree.TypeName, start string) []step {
	name := quotedList([]string{table.Name + "_" + column + "_not_null"})
	c := quotedList([]string{column})
	fill := do("the rows that are there: none may be without a value", "SELECT count(*) FROM "+quoted(table)+" WHERE "+c+" IS NULL")
	if typ != nil && example(*typ) != "" {
		fill = do(afterDeploy+"; put the right value in", batch(table, c+" = "+example(*typ), c+" IS NULL"))
	}
	return []step{
		do(start, alter(table, "ADD CONSTRAINT "+name+" CHECK ("+c+" IS NOT NULL) NOT VALID")),
		fill,
		do(nextDeploy+": the check is read while writes go on, and proves NOT NULL",
			alter(table, "VALIDATE CONSTRAINT "+name), alter(table, "ALTER COLUMN "+c+" SET NOT NULL"), alter(table, "DROP CONSTRAINT "+name)),
	}
}
