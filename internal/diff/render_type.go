package diff

import (
	"fmt"

	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltext"
)

// setColumnType changes a column's type. Where drizzle-kit's text would fail,
// the default goes first and comes back after, and the values are converted by
// an expression.
func setColumnType(r compat, ch *Change) []string {
	if r.c.mode == Exact {
		return r.kitColumnType(ch)
	}
	old, new := ch.Old.(*schema.Column), ch.New.(*schema.Column)
	from, to := typeOf(r.c.renamedType(old)), typeOf(new)
	if ch.asText { // the enum is made anew, and the column a text in the meantime
		from.base, from.enum, from.array = "text", false, false
	}
	_, wasSerial := serialBase(old)
	_, isSerial := serialBase(new)
	if wasSerial || isSerial {
		return r.serialType(ch, from, to, wasSerial, isSerial)
	}
	cast, def := r.c.typeChangeFails(old, new, from, to)
	if !cast && !def {
		return r.kitColumnType(ch)
	}
	object := "column " + ch.Object
	if cast {
		r.c.mends(defectTypeCast, object)
	}
	if def {
		r.c.mends(defectDefaultCast, object)
	}
	return r.convertColumn(ch, from, to, r.columnType(object, new, true))
}

// typeChangeFails says whether drizzle-kit's change of a type fails because of
// the values or because of the default.
func (c *computer) typeChangeFails(old, new *schema.Column, from, to pgType) (cast, def bool) {
	stays := old.Default != nil && !from.assignable(to)
	switch {
	case !c.known(new, c.newEnums):
		return !from.assignable(to), stays
	case from.enum: // through text, with the default dropped where a new one follows
		return false, stays && !truthy(new.Default)
	case truthy(new.Default): // which is set while the column has the old type
		return !from.castable(to), !to.assignable(from)
	}
	return !from.castable(to), stays
}

// convertColumn drops the default, changes the type and sets the default again.
func (r compat) convertColumn(ch *Change, from, to pgType, typ string) []string {
	old, new := ch.Old.(*schema.Column), ch.New.(*schema.Column)
	alter := alterColumn(ch.Table, new.Name)
	var out []string
	if old.Default != nil && !from.assignable(to) {
		out = append(out, alter+" DROP DEFAULT;")
	}
	set := alter + " SET DATA TYPE " + typ
	if !from.assignable(to) {
		set += " USING " + conversion(quote(new.Name), from, to, typ)
	}
	out = append(out, set+";")
	if new.Default != nil {
		out = append(out, alter+" SET DEFAULT "+r.defaultText("column "+ch.Object, new.Default)+";")
	}
	return out
}

// renamedType is the column with the name that its enum has by now.
func (c *computer) renamedType(col *schema.Column) *schema.Column {
	r, ok := enumOf(col)
	if !ok {
		return col
	}
	now, ok := c.enumNow[r]
	if !ok {
		return col
	}
	_, suffix := splitArray(col.Type)
	renamed := *col
	renamed.Type, renamed.TypeSchema = now.Name+suffix, now.Schema
	return &renamed
}

// serialType changes a column to serial, from it, or to a serial of another
// size. What serial stands for is in
// https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-SERIAL.
func (r compat) serialType(ch *Change, from, to pgType, was, is bool) []string {
	old, new := ch.Old.(*schema.Column), ch.New.(*schema.Column)
	object := "column " + ch.Object
	alter := alterColumn(ch.Table, new.Name)
	sequence := tableName(schema.Ref{Schema: ch.Table.Schema, Name: objectName(ch.oldTable.Name, old.Name, "seq")})
	if !is && new.Identity == nil && !r.c.mends(defectSerialDefault, object) && from.assignable(to) {
		return r.kitColumnType(ch)
	}
	if is || new.Identity != nil {
		r.c.mends(defectSerialType, object)
	}
	var out []string
	if was && !is {
		out = append(out, alter+" DROP DEFAULT;", "DROP SEQUENCE IF EXISTS "+sequence+";")
	}
	if from != to {
		typ := to.base
		if !is {
			typ = r.columnType(object, new, true)
		}
		plain := *ch
		if was { // its default is not in the model
			bare := *old
			bare.Default = nil
			plain.Old = &bare
		}
		out = append(out, r.convertColumn(&plain, from, to, typ)...)
	} else if new.Default != nil {
		out = append(out, alter+" SET DEFAULT "+r.defaultText(object, new.Default)+";")
	}
	switch {
	case was && is:
		out = append(out, "ALTER SEQUENCE IF EXISTS "+sequence+" AS "+to.base+";")
	case is:
		sequence = tableName(schema.Ref{Schema: ch.Table.Schema, Name: objectName(ch.Table.Name, new.Name, "seq")})
		if old.Default != nil && from == to {
			out = append(out, alter+" DROP DEFAULT;")
		}
		out = append(out,
			fmt.Sprintf("CREATE SEQUENCE %s AS %s OWNED BY %s.%s;", sequence, to.base, tableName(ch.Table), quote(new.Name)),
			advance(sequence, ch.Table, new.Name),
			alter+" SET DEFAULT nextval("+sqltext.QuoteLiteral(sequence)+");",
			alter+" SET NOT NULL;")
	}
	return out
}

// advance lets a sequence go on behind the greatest number of a column.
func advance(sequence string, table schema.Ref, column string) string {
	return fmt.Sprintf("SELECT setval(%s, max(%s)) FROM %s HAVING max(%[2]s) > 0;", sqltext.QuoteLiteral(sequence), quote(column), tableName(table))
}

// kitColumnType is drizzle-kit's change of a column's type, and of its default
// with it.
func (r compat) kitColumnType(ch *Change) []string {
	old, new := ch.Old.(*schema.Column), ch.New.(*schema.Column)
	alter := alterColumn(ch.Table, new.Name)
	typ := r.columnType("column "+ch.Object, new, true)
	wasEnum, isEnum := r.c.known(old, r.c.oldEnums), r.c.known(new, r.c.newEnums)
	seen := *old
	seen.Type, _ = r.c.followType(old) // drizzle-kit looks for the new name in the old schema
	if isEnum && wasEnum && !r.c.known(&seen, r.c.oldEnums) {
		wasEnum = r.c.mends(defectEnumCast, "column "+ch.Object)
	}
	set := func(cast string) string {
		return alter + " SET DEFAULT " + r.defaultText("column "+ch.Object, new.Default) + cast + ";"
	}
	switch {
	case !isEnum:
		out := []string{alter + " SET DATA TYPE " + typ + ";"}
		if truthy(new.Default) {
			out = append(out, set(""))
		}
		return out
	case !wasEnum:
		change := alter + " SET DATA TYPE " + typ + " USING " + quote(new.Name) + "::" + typ + ";"
		if truthy(new.Default) {
			return []string{set("::" + typ), change}
		}
		return []string{change}
	}
	change := alter + " SET DATA TYPE " + typ + " USING " + quote(new.Name) + "::text::" + typ + ";"
	if truthy(new.Default) {
		return []string{alter + " DROP DEFAULT;", change, set("")}
	}
	return []string{change}
}
