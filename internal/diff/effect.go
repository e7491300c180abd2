package diff

import (
	"slices"

	"github.com/skein-db/skein/internal/schema"
)

// EffectKind says what happens to data.
type EffectKind string

// The kinds of Effect. Their spelling is stable.
const (
	DataLost    EffectKind = "data_lost"      // rows or values are gone
	DataChanged EffectKind = "data_changed"   // values are rounded, cut or computed anew, in silence
	CanFail     EffectKind = "can_fail"       // runs or fails, depending on the rows
	Rewrites    EffectKind = "rewrites_table" // every row is written anew while the table is locked
)

// Effect is what a change will do to data that is there when it runs. Its JSON
// form is part of what --format json prints.
type Effect struct {
	Kind EffectKind `json:"kind"`
	// Object is the Object of the Change.
	Object string `json:"object"`
	// Message says what happens, as one sentence without the object's name.
	Message string `json:"message"`
	// Safer says how to come to the same schema with less risk.
	Safer string `json:"safer"`
}

// Effects returns what the changes of a Result will do to existing rows, in the
// order of the changes. from and to are the schemas that Compute was given.
// Nothing is said of what is made in the same migration, as it has no rows, and
// nothing of what rows there are: that only the database knows.
func Effects(r *Result, from, to *schema.Schema) []Effect {
	x := newExistence(r, from, to)
	var out []Effect
	for i := range r.Changes {
		c := &r.Changes[i]
		if judge := effectsOf[c.Kind]; judge != nil && !x.created[c.Table] {
			out = append(out, judge(x, c)...)
		}
	}
	return out
}

// effectsOf has for a kind of Change how its effects are found.
var effectsOf = map[string]func(*existence, *Change) []Effect{
	DropTable:          dropsTable,
	DropColumn:         dropsColumn,
	DropView:           dropsView,
	AddColumn:          addsColumn,
	SetColumnType:      setsType,
	SetNotNull:         setsNotNull,
	SetIdentity:        setsIdentity,
	SetGenerated:       regenerates,
	AlterGenerated:     regenerates,
	SetPrimaryKey:      setsPrimaryKey,
	CreateCompositeKey: createsKey,
	AlterCompositeKey:  createsKey,
	CreateUnique:       createsUnique,
	CreateIndex:        createsIndex,
	CreateCheck:        createsCheck,
	CreateReference:    createsReference,
	RecreateEnum:       recreatesEnum,
}

func effectOf(kind EffectKind, c *Change, message, safer string) []Effect {
	return []Effect{{Kind: kind, Object: c.Object, Message: message, Safer: safer}}
}

// existence knows what is there before the changes run, and under which name.
type existence struct {
	from, to *schema.Schema
	changes  []Change
	created  map[schema.Ref]bool                      // tables
	added    map[schema.Ref]map[string]*schema.Column // columns of tables that were there
	tables   map[schema.Ref]*schema.Table             // the old form of renamed and moved tables, by new name
	schemas  map[string]string                        // the old name of renamed schemas
	columns  map[schema.Ref]map[string]string         // the old name of renamed columns
}

func newExistence(r *Result, from, to *schema.Schema) *existence {
	x := &existence{
		from: from, to: to, changes: r.Changes,
		created: map[schema.Ref]bool{},
		added:   map[schema.Ref]map[string]*schema.Column{},
		tables:  map[schema.Ref]*schema.Table{},
		schemas: map[string]string{},
		columns: map[schema.Ref]map[string]string{},
	}
	for _, c := range r.Changes {
		switch old, new := c.Old, c.New; c.Kind {
		case CreateTable:
			x.created[new.(*schema.Table).Ref()] = true
		case RenameTable, MoveTable:
			x.tables[new.(*schema.Table).Ref()] = old.(*schema.Table)
		case RenameSchema:
			x.schemas[new.(string)] = old.(string)
		case AddColumn:
			put(x.added, c.Table, new.(*schema.Column).Name, new.(*schema.Column))
		case RenameColumn:
			put(x.columns, c.Table, new.(*schema.Column).Name, old.(*schema.Column).Name)
		}
	}
	return x
}

func put[T any](m map[schema.Ref]map[string]T, table schema.Ref, name string, value T) {
	if m[table] == nil {
		m[table] = map[string]T{}
	}
	m[table][name] = value
}

// was returns the old form of a table, nil where there is none.
func (x *existence) was(table schema.Ref) *schema.Table {
	if t := x.tables[table]; t != nil {
		return t
	}
	if old, ok := x.schemas[table.Schema]; ok {
		table.Schema = old
	}
	return x.from.Table(table)
}

// oldNames are the names that columns of a table had.
func (x *existence) oldNames(table schema.Ref, columns []string) []string {
	out := slices.Clone(columns)
	for i, name := range out {
		if old, ok := x.columns[table][name]; ok {
			out[i] = old
		}
	}
	return out
}

// wasUnique says whether no two rows can be equal in the columns already: a key
// or unique constraint of the table was over some of them. strict counts two
// NULLs as equal.
func (x *existence) wasUnique(table schema.Ref, columns []string, strict bool) bool {
	t := x.was(table)
	if t == nil {
		return false
	}
	columns = x.oldNames(table, columns)
	within := func(part []string) bool {
		return len(part) > 0 && !slices.ContainsFunc(part, func(name string) bool { return !slices.Contains(columns, name) })
	}
	return slices.ContainsFunc(t.Columns, func(c schema.Column) bool { return c.PrimaryKey && within([]string{c.Name}) }) ||
		slices.ContainsFunc(t.PrimaryKeys, func(k schema.PrimaryKey) bool { return within(k.Columns) }) ||
		slices.ContainsFunc(t.Uniques, func(u schema.Unique) bool {
			return within(u.Columns) && (u.NullsNotDistinct || !strict || allNotNull(t, u.Columns))
		}) ||
		slices.ContainsFunc(t.Indexes, func(i schema.Index) bool {
			var parts []string
			for _, k := range i.Columns {
				if k.IsExpression {
					return false
				}
				parts = append(parts, k.Expression)
			}
			return i.Unique && i.Where == "" && within(parts) && (!strict || allNotNull(t, parts))
		})
}

func allNotNull(t *schema.Table, columns []string) bool {
	return !slices.ContainsFunc(columns, func(name string) bool {
		c := t.Column(name)
		return c == nil || !c.NotNull
	})
}

// empty says whether a column is new and NULL in every row.
func (x *existence) empty(table schema.Ref, column string) bool {
	c := x.added[table][column]
	return c != nil && c.Default == nil && c.Generated == nil && c.Identity == nil && !isSerial(c)
}
