package diff

import (
	"encoding/json"
	"strings"

	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltext"
)

// asWritten are the beginnings of the type names that drizzle-kit writes
// without quotes.
var asWritten = []string{
	"uuid", "smallint", "integer", "bigint", "boolean", "text", "varchar", "serial", "bigserial", "decimal", "numeric",
	"real", "json", "jsonb", "time", "timestamp", "date", "interval", "double precision", "char", "vector", "geometry",
	"halfvec", "sparsevec", "bit",
}

// keywordTypes are type names of PostgreSQL's grammar that name no type when
// quoted (https://www.postgresql.org/docs/current/datatype.html, aliases).
var keywordTypes = map[string]bool{"int": true, "float": true, "dec": true, "nchar": true}

// columnType writes a column's type. The schema of an enum is written where it
// is not public, or always when qualify is set.
func (r compat) columnType(object string, col *schema.Column, qualify bool) string {
	for _, prefix := range asWritten {
		if strings.HasPrefix(col.Type, prefix) {
			return col.Type
		}
	}
	base, suffix := splitArray(col.Type)
	switch {
	case col.TypeSchema != "" && (qualify || col.TypeSchema != schema.Public):
		return qualified(schema.Ref{Schema: col.TypeSchema, Name: base}) + suffix
	case col.TypeSchema == "" && (keywordTypes[base] || !isWord(base)):
		r.c.mends(defectQuotedType, object)
		return col.Type
	case col.TypeSchema == "" && qualify:
		r.c.mends(defectUndefinedType, object)
	}
	return quote(base) + suffix
}

// isWord says whether the name could stand in SQL without quotes.
func isWord(name string) bool {
	for i, ch := range name {
		letter := ch == '_' || 'a' <= ch && ch <= 'z' || 'A' <= ch && ch <= 'Z' || ch > 127
		if !letter && (i == 0 || ch != '$' && (ch < '0' || ch > '9')) {
			return false
		}
	}
	return name != ""
}

// column writes a column's definition. bareIdentity leaves NOT NULL out of an
// identity column, which is NOT NULL without it.
func (r compat) column(t *schema.Table, col *schema.Column, bareIdentity bool) string {
	var b strings.Builder
	object := "column " + t.Ref().String() + "." + col.Name
	b.WriteString(quote(col.Name) + " " + r.columnType(object, col, false))
	if col.PrimaryKey {
		b.WriteString(" PRIMARY KEY")
	}
	if col.Default != nil {
		b.WriteString(" DEFAULT " + r.defaultText(object, col.Default))
	}
	if col.Generated != nil {
		b.WriteString(" GENERATED ALWAYS AS (" + r.expr(object, col.Generated.As) + ") STORED")
	}
	if col.NotNull && (col.Identity == nil || !bareIdentity) {
		b.WriteString(" NOT NULL")
	}
	if col.Identity != nil {
		b.WriteString(" " + r.identity(object, t.Schema, col.Identity))
	}
	return b.String()
}

// identity writes an identity clause. The sequence stands in the table's
// schema: PostgreSQL allows no other.
func (r compat) identity(object, tableSchema string, id *schema.Identity) string {
	if hasAny(semicolon, id.Name) {
		r.c.mends(defectDelimiter, object)
	}
	return "GENERATED " + identityKind(id) + " AS IDENTITY (sequence name " +
		tableName(schema.Ref{Schema: tableSchema, Name: id.Name}) + sequenceOptions(id.SequenceOptions) + ")"
}

func identityKind(id *schema.Identity) string {
	return pick(id.Type == "always", "ALWAYS", "BY DEFAULT")
}

func alterColumn(table schema.Ref, column string) string {
	return "ALTER TABLE " + tableName(table) + " ALTER COLUMN " + quote(column)
}

// alter returns a writer of one ALTER COLUMN with the text.
func alter(text string) writer {
	return func(r compat, ch *Change) []string {
		return []string{alterColumn(ch.Table, ch.New.(*schema.Column).Name) + " " + text + ";"}
	}
}

// defaultText writes a default. drizzle's text of a JSON default does not
// escape quotes.
func (r compat) defaultText(object string, d *schema.Scalar) string {
	body, ok := strings.CutPrefix(d.Text, "'")
	if !ok || d.Kind != schema.String || !strings.Contains(body, "'::json") {
		return d.Text
	}
	end := strings.LastIndex(body, "'::json")
	body, cast := body[:end], body[end+1:]
	if !strings.Contains(strings.ReplaceAll(body, "''", ""), "'") || !json.Valid([]byte(body)) {
		return d.Text
	}
	r.c.mends(defectJSONDefault, object)
	return sqltext.QuoteLiteral(body) + cast
}

var columnWriters = map[string]writer{
	RenameColumn: func(r compat, ch *Change) []string {
		return one("ALTER TABLE %s RENAME COLUMN %s TO %s;", tableName(ch.Table), quote(ch.Old.(*schema.Column).Name), quote(ch.New.(*schema.Column).Name))
	},
	AddColumn: func(r compat, ch *Change) []string {
		return []string{r.addColumn(ch.Table, ch.table, ch.New.(*schema.Column))}
	},
	DropColumn: func(r compat, ch *Change) []string {
		return one("ALTER TABLE %s DROP COLUMN %s;", tableName(ch.Table), quote(ch.Old.(*schema.Column).Name))
	},
	SetColumnType: setColumnType,
	SetDefault: func(r compat, ch *Change) []string {
		new := ch.New.(*schema.Column)
		return []string{alterColumn(ch.Table, new.Name) + " SET DEFAULT " + r.defaultText("column "+ch.Object, new.Default) + ";"}
	},
	DropDefault: alter("DROP DEFAULT"),
	SetNotNull:  alter("SET NOT NULL"),
	DropNotNull: alter("DROP NOT NULL"),
	SetPrimaryKey: func(r compat, ch *Change) []string {
		return one("ALTER TABLE %s ADD PRIMARY KEY (%s);", tableName(ch.Table), quote(ch.New.(*schema.Column).Name))
	},
	DropPrimaryKey: func(r compat, ch *Change) []string {
		return []string{dropConstraint(ch.Table, primaryKeyName(ch.oldTable.Name))}
	},
	SetIdentity: func(r compat, ch *Change) []string {
		new := ch.New.(*schema.Column)
		out := []string{alterColumn(ch.Table, new.Name) + " ADD " + r.identity("column "+ch.Object, ch.Table.Schema, new.Identity) + ";"}
		if _, wasSerial := serialBase(ch.Old.(*schema.Column)); r.c.mode > Exact && (wasSerial || r.c.mends(defectIdentityStart, "column "+ch.Object)) {
			out = append(out, advance(tableName(schema.Ref{Schema: ch.Table.Schema, Name: new.Identity.Name}), ch.Table, new.Name))
		}
		return out
	},
	AlterIdentity:  alterIdentity,
	DropIdentity:   alter("DROP IDENTITY"),
	SetGenerated:   regenerate,
	AlterGenerated: regenerate,
	DropGenerated:  alter("DROP EXPRESSION"),
}

func (r compat) addColumn(ref schema.Ref, t *schema.Table, col *schema.Column) string {
	return "ALTER TABLE " + tableName(ref) + " ADD COLUMN " + r.column(t, col, false) + ";"
}

// truthy says whether JavaScript takes the default for true. drizzle-kit tests
// so where it carries a default over to another type; 0 and false stay behind.
func truthy(d *schema.Scalar) bool {
	switch {
	case d == nil || d.Text == "":
		return false
	case d.Kind == schema.String:
		return true
	}
	return d.Text != "0" && d.Text != "false"
}

func alterIdentity(r compat, ch *Change) []string {
	out := r.identityOptions(ch)
	old, new := ch.Old.(*schema.Column).Identity, ch.New.(*schema.Column).Identity
	if r.c.mode == Correct && old.Name != new.Name {
		out = append(out, "ALTER SEQUENCE "+tableName(schema.Ref{Schema: ch.Table.Schema, Name: old.Name})+" RENAME TO "+quote(new.Name)+";")
	}
	return out
}

func (r compat) identityOptions(ch *Change) []string {
	old, new := ch.Old.(*schema.Column).Identity, ch.New.(*schema.Column).Identity
	var out []string
	if r.c.mode > Exact {
		if out := r.boundIdentity(ch, old, new); out != nil {
			return out
		}
	}
	set := func(changed bool, text string) {
		if changed {
			out = append(out, alterColumn(ch.Table, ch.New.(*schema.Column).Name)+" SET "+text+";")
		}
	}
	set(old.Type != new.Type, "GENERATED "+identityKind(new))
	set(old.Min != new.Min, "MINVALUE "+new.Min)
	set(old.Max != new.Max, "MAXVALUE "+new.Max)
	set(old.Increment != new.Increment, "INCREMENT BY "+new.Increment)
	set(old.Start != new.Start, "START WITH "+new.Start)
	set(old.Cache != new.Cache, "CACHE "+new.Cache)
	set(old.Cycle != new.Cycle, pick(new.Cycle, "CYCLE", "NO CYCLE"))
	return out
}

// boundIdentity changes an identity in one statement where drizzle-kit's several
// would fail on the way, nil where they would not.
func (r compat) boundIdentity(ch *Change, old, new *schema.Identity) []string {
	b, ok := boundsOf(old.SequenceOptions)
	to, okTo := boundsOf(new.SequenceOptions)
	if !ok || !okTo {
		return nil
	}
	sequence := tableName(schema.Ref{Schema: ch.Table.Schema, Name: old.Name})
	before, restart := within(sequence, old.SequenceOptions, new.SequenceOptions)
	holds := true
	for _, step := range []func(){func() { b.min = to.min }, func() { b.max = to.max }, func() { b.start = to.start }} {
		step()
		holds = holds && b.hold()
	}
	if holds && before == "" && restart == "" {
		return nil
	}
	r.c.mends(defectSequenceBounds, "column "+ch.Object)
	var out []string
	if before != "" {
		out = append(out, before)
	}
	text := alterColumn(ch.Table, ch.New.(*schema.Column).Name)
	if old.Type != new.Type {
		text += " SET GENERATED " + identityKind(new)
	}
	text += " SET MINVALUE " + new.Min + " SET MAXVALUE " + new.Max + " SET START WITH " + new.Start
	if old.Increment != new.Increment {
		text += " SET INCREMENT BY " + new.Increment
	}
	if old.Cache != new.Cache {
		text += " SET CACHE " + new.Cache
	}
	if old.Cycle != new.Cycle {
		text += " SET " + pick(new.Cycle, "CYCLE", "NO CYCLE")
	}
	return append(out, text+restart+";")
}

// regenerate makes a generated column anew, which is what drizzle-kit does
// where PostgreSQL before 17 has no other way.
func regenerate(r compat, ch *Change) []string {
	new := *ch.New.(*schema.Column)
	new.Identity = nil // no column can be both
	if new.TypeSchema != "" && new.TypeSchema != schema.Public && !r.c.mends(defectGeneratedType, "column "+ch.Object) {
		new.TypeSchema = schema.Public
	}
	return []string{
		"ALTER TABLE " + tableName(ch.Table) + " drop column " + quote(new.Name) + ";",
		r.addColumn(ch.Table, ch.table, &new),
	}
}

// primaryKeyName is the name that PostgreSQL gives to a primary key without
// one.
func primaryKeyName(table string) string { return objectName(table, "", "pkey") }

// objectName is the name that PostgreSQL makes of a table, a column and a label
// for what has none: where it is longer than 63 bytes the longer of the two
// names is cut, at a whole character (makeObjectName in its sources).
func objectName(table, column, label string) string {
	overhead := 1 + len(label)
	if column != "" {
		overhead++
	}
	a, b := len(table), len(column)
	for a+b+overhead > maxName {
		if a > b {
			a--
		} else {
			b--
		}
	}
	name := wholeChars(table, a)
	if column != "" {
		name += "_" + wholeChars(column, b)
	}
	return name + "_" + label
}
