package diff

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltext"
)

func dropsTable(_ *existence, c *Change) []Effect {
	return effectOf(DataLost, c, "all rows of the table are lost",
		"stop using it first, and drop it in a later release")
}

func dropsColumn(_ *existence, c *Change) []Effect {
	return effectOf(DataLost, c, "the values of the column are lost",
		"stop using it first, and drop it in a later release")
}

// dropsView tells of materialized views: others hold no rows.
func dropsView(x *existence, c *Change) []Effect {
	if v, ok := c.Old.(*schema.View); !ok || !v.Materialized {
		return nil
	}
	again := func(other Change) bool { return other.Kind == CreateView && other.Old == c.Old }
	if c.New == nil && !slices.ContainsFunc(x.changes, again) {
		return effectOf(DataLost, c, "the rows that the materialized view holds are lost",
			"stop using it first, and drop it in a later release")
	}
	return effectOf(DataChanged, c, "the materialized view is dropped and made anew: its rows are computed again while it is locked",
		"make the new one under another name in one migration and swap the names in the next")
}

func addsColumn(_ *existence, c *Change) []Effect {
	col := c.New.(*schema.Column)
	switch {
	case col.Generated != nil:
		return effectOf(Rewrites, c, "every row is written anew, with the generated value, while the table is locked",
			"on a large table use a plain column, filled in batches and kept by a trigger")
	case col.Identity != nil || isSerial(col):
		return effectOf(Rewrites, c, "every row is written anew, with a number of its own, while the table is locked",
			"on a large table add a plain column, fill it in batches, then add the sequence")
	case col.Default == nil && (col.NotNull || col.PrimaryKey):
		return effectOf(CanFail, c, "fails if the table has rows: nothing says what they get in a column that must have a value",
			"give it a default, or add it without NOT NULL, fill it, and set NOT NULL in a later migration")
	case col.PrimaryKey && !volatile(col.Default):
		return effectOf(CanFail, c, "fails if the table has more than one row: all of them get the same key",
			"add it as a plain column, fill it, and make it the key in a later migration")
	case col.Default != nil && volatile(col.Default):
		return effectOf(Rewrites, c, "every row is written anew, as the default is computed row by row, while the table is locked",
			"on a large table add it without the default, set the default in a second migration, and fill old rows in batches")
	}
	return nil
}

func isSerial(c *schema.Column) bool { return c.TypeSchema == "" && strings.Contains(c.Type, "serial") }

// volatileCall is a function call in a default. stableCalls have one value within a
// statement, so that PostgreSQL stores it once for all rows
// (https://www.postgresql.org/docs/current/sql-altertable.html, notes).
var (
	volatileCall = regexp.MustCompile(`([\w.]+)\s*\(`)
	stableCalls  = []string{
		"now", "transaction_timestamp", "statement_timestamp", "timezone", "date_trunc", "current_setting", "to_char", "to_timestamp",
		"lower", "upper", "concat", "coalesce", "jsonb_build_object", "jsonb_build_array", "json_build_object", "json_build_array",
		"array", "numeric", "varchar", "char", "timestamp", "time", "interval", "vector", "bit", "make_interval", "length", "round", "to_jsonb",
	}
	quotedText = regexp.MustCompile(`'(?:[^']|'')*'`)
)

// volatile says whether a default may have another value in each row. A
// function that is not known to be stable counts: so do functions in PostgreSQL
// that do not say.
func volatile(d *schema.Scalar) bool {
	if d.Kind != schema.String {
		return false
	}
	for _, m := range volatileCall.FindAllStringSubmatch(quotedText.ReplaceAllString(d.Text, ""), -1) {
		if name := strings.TrimPrefix(strings.ToLower(m[1]), "pg_catalog."); !slices.Contains(stableCalls, name) {
			return true
		}
	}
	return false
}

func setsNotNull(_ *existence, c *Change) []Effect {
	old, new := c.Old.(*schema.Column), c.New.(*schema.Column)
	if new.PrimaryKey && !old.PrimaryKey {
		return nil // told of the key
	}
	message := "fails if a row has NULL here"
	if new.Default != nil {
		message += "; the default is for new rows only"
	}
	return effectOf(CanFail, c, message, "fill old rows first, in a migration of its own: "+
		fmt.Sprintf("UPDATE %s SET %s = … WHERE %s IS NULL;", effectTable(c.Table), quotedColumn(new), quotedColumn(new)))
}

func setsIdentity(_ *existence, c *Change) []Effect {
	new := c.New.(*schema.Column)
	if slices.ContainsFunc(c.SQL, func(s string) bool { return strings.Contains(s, "setval(") }) {
		return nil // it is moved on
	}
	return effectOf(CanFail, c, "the sequence starts at "+or(new.Identity.Start, "1")+" whatever numbers the rows have: new rows may collide with them",
		fmt.Sprintf("move it on afterwards, in a custom migration: SELECT setval(pg_get_serial_sequence(%s, %s), (SELECT max(%s) FROM %s));",
			sqltext.QuoteLiteral(effectTable(c.Table)), sqltext.QuoteLiteral(new.Name), quotedColumn(new), effectTable(c.Table)))
}

// regenerates tells of columns that become generated or are generated in
// another way.
func regenerates(_ *existence, c *Change) []Effect {
	if old := c.Old.(*schema.Column); old.Generated == nil {
		return effectOf(DataLost, c, "the values of the column are lost: it is dropped and added again as a generated one",
			"add the generated column under another name, and drop this one in a later release")
	}
	return effectOf(Rewrites, c, "the generated column is computed anew for every row while the table is locked",
		"on a large table add a second generated column with the new expression, and drop this one in a later release")
}

func setsPrimaryKey(x *existence, c *Change) []Effect {
	name := c.New.(*schema.Column).Name
	return x.key(c, []string{name})
}

func createsKey(x *existence, c *Change) []Effect {
	return x.key(c, c.New.(*schema.PrimaryKey).Columns)
}

func (x *existence) key(c *Change, columns []string) []Effect {
	if x.wasUnique(c.Table, columns, true) && x.wereNotNull(c.Table, columns) {
		return nil
	}
	return effectOf(CanFail, c, fmt.Sprintf("fails if two rows are equal in %s, or one has NULL there", commaList(columns)),
		"look for such rows first: "+duplicateQuery(c.Table, columns))
}

func (x *existence) wereNotNull(table schema.Ref, columns []string) bool {
	t := x.was(table)
	return t != nil && allNotNull(t, x.oldNames(table, columns))
}

func createsUnique(x *existence, c *Change) []Effect {
	u := c.New.(*schema.Unique)
	return x.unique(c, u.Columns, u.NullsNotDistinct)
}

func createsIndex(x *existence, c *Change) []Effect {
	index := c.New.(*schema.Index)
	if old, ok := c.Old.(*schema.Index); !index.Unique || ok && old.Unique && old.Where == index.Where && slices.Equal(old.Columns, index.Columns) {
		return nil
	}
	var columns []string
	for _, k := range index.Columns {
		if k.IsExpression {
			return effectOf(CanFail, c, "fails if two rows are equal in what the unique index is over", "look for such rows first")
		}
		columns = append(columns, k.Expression)
	}
	return x.unique(c, columns, false)
}

func (x *existence) unique(c *Change, columns []string, nullsToo bool) []Effect {
	isEmpty := func(name string) bool { return x.empty(c.Table, name) }
	if x.wasUnique(c.Table, columns, nullsToo) || !nullsToo && slices.ContainsFunc(columns, isEmpty) {
		return nil
	}
	return effectOf(CanFail, c, "fails if two rows are equal in "+commaList(columns), "look for such rows first: "+duplicateQuery(c.Table, columns))
}

func createsCheck(x *existence, c *Change) []Effect {
	check := c.New.(*schema.Check)
	if t := x.was(c.Table); t != nil && slices.ContainsFunc(t.Checks, func(old schema.Check) bool { return old.Value == check.Value }) {
		return nil
	}
	return effectOf(CanFail, c, "fails if a row does not meet the condition",
		fmt.Sprintf("look for such rows first: SELECT count(*) FROM %s WHERE NOT (%s);", effectTable(c.Table), check.Value))
}

// createsReference tells of foreign keys between rows that nothing held
// together so far.
func createsReference(x *existence, c *Change) []Effect {
	key := c.New.(*schema.ForeignKey)
	isEmpty := func(name string) bool { return x.empty(c.Table, name) }
	if slices.ContainsFunc(key.Columns, isEmpty) || x.hadReference(c.Table, key) {
		return nil
	}
	return effectOf(CanFail, c, fmt.Sprintf("fails if a row refers to a row that is not in %s", key.To()),
		fmt.Sprintf("mend such rows first; on large tables add it as NOT VALID in a custom migration and validate it in the next: ALTER TABLE %s VALIDATE CONSTRAINT %s;",
			effectTable(c.Table), sqltext.QuoteIdent(key.Name)))
}

// hadReference says whether the old table had a foreign key over the same
// columns to the same table: then the rows keep to it.
func (x *existence) hadReference(table schema.Ref, key *schema.ForeignKey) bool {
	t, to := x.was(table), x.was(key.To())
	if t == nil || to == nil {
		return false
	}
	columns, toColumns := x.oldNames(table, key.Columns), x.oldNames(key.To(), key.ToColumns)
	return slices.ContainsFunc(t.ForeignKeys, func(f schema.ForeignKey) bool {
		return f.To() == to.Ref() && slices.Equal(f.Columns, columns) && slices.Equal(f.ToColumns, toColumns)
	})
}

// recreatesEnum tells of an enum that loses values or changes their order. The
// columns that use it are converted, and with them those that come to use it.
func recreatesEnum(x *existence, c *Change) []Effect {
	old, new := c.Old.(*schema.Enum), c.New.(*schema.Enum)
	uses, coming := x.enumColumns(old.Ref(), new.Ref())
	var gone []string
	for _, v := range old.Values {
		if !slices.Contains(new.Values, v) {
			gone = append(gone, sqltext.QuoteLiteral(v))
		}
	}
	var out []Effect
	switch {
	case len(uses) == 0:
	case len(gone) == 0:
		out = effectOf(Rewrites, c, "every row of the tables that use it is written anew while they are locked: "+commaList(uses),
			"leave the order of the values as it was: it decides how rows sort, nothing else")
	default:
		out = effectOf(CanFail, c, fmt.Sprintf("fails if a row has %s in %s", strings.Join(gone, " or "), commaList(uses)),
			"give such rows another value first, in a migration of its own")
	}
	if len(coming) > 0 {
		out = append(out, effectOf(CanFail, c, "fails if a row has anything but its new values in "+commaList(coming),
			"change the enum in one migration, and what uses it in the next")...)
	}
	return out
}

// enumColumns returns the columns that are of an enum and the columns of other
// types that become so, under their new names.
func (x *existence) enumColumns(old, new schema.Ref) (uses, coming []string) {
	for i := range x.to.Tables {
		t := &x.to.Tables[i]
		was := x.was(t.Ref())
		if was == nil || x.created[t.Ref()] {
			continue
		}
		for j := range t.Columns {
			col := &t.Columns[j]
			before := was.Column(x.oldNames(t.Ref(), []string{col.Name})[0])
			if r, ok := enumOf(col); !ok || r != new || before == nil || x.added[t.Ref()][col.Name] != nil {
				continue
			}
			_, array := splitArray(col.Type)
			_, arrayBefore := splitArray(before.Type)
			name := t.Ref().String() + "." + col.Name
			if r, ok := enumOf(before); ok && r == old && array == arrayBefore {
				uses = append(uses, name)
			} else {
				coming = append(coming, name)
			}
		}
	}
	return uses, coming
}

// The words of messages and of the SQL in them.

func effectTable(r schema.Ref) string {
	if r.Schema == "" || r.Schema == schema.Public {
		return sqltext.QuoteIdent(r.Name)
	}
	return sqltext.QuoteIdent(r.Schema) + "." + sqltext.QuoteIdent(r.Name)
}

func quotedColumn(c *schema.Column) string { return sqltext.QuoteIdent(c.Name) }

func commaList(names []string) string { return strings.Join(names, ", ") }

func duplicateQuery(table schema.Ref, columns []string) string {
	names := make([]string, len(columns))
	for i, name := range columns {
		names[i] = sqltext.QuoteIdent(name)
	}
	by := strings.Join(names, ", ")
	return fmt.Sprintf("SELECT %s FROM %s GROUP BY %s HAVING count(*) > 1;", by, effectTable(table), by)
}
