package replay

import (
	"reflect"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/catalog"
	"github.com/skein-db/skein/internal/schema"
)

// Difference is an object on which the views do not agree. A view that does
// not have it says "".
type Difference struct {
	Kind     string `json:"kind"`   // "table", "column", "index", …
	Object   string `json:"object"` // "users", "users.email"; without the schema where that is public
	Database string `json:"database,omitempty"`
	Snapshot string `json:"snapshot,omitempty"`
	// SchemaFiles says what the database says where the files were left out.
	SchemaFiles string `json:"schemaFiles,omitempty"`
	// SnapshotDiffers and SchemaFilesDiffer say which of the two are not what the
	// database is; what is shown may be too short to tell.
	SnapshotDiffers   bool `json:"snapshotDiffers"`
	SchemaFilesDiffer bool `json:"schemaFilesDiffer"`
	// Since is the tag of the migration after which the snapshot differs; ""
	// where only the schema files do. Where migrations right before it have no
	// snapshot it may have been any from SinceFrom on.
	Since     string `json:"since,omitempty"`
	SinceFrom string `json:"sinceFrom,omitempty"`
	// Table is the one that it is about, zero where it is about none.
	Table schema.Ref `json:"-"`
}

// key is what a difference is found again by, in another database.
type key struct{ Kind, Object string }

// pairing is a difference between a database and one other view.
type pairing struct {
	key
	table            schema.Ref // concerned; zero where none is
	database, wanted string
}

// comparison collects differences.
type comparison struct{ found []pairing }

// Compare returns on what a database and a wanted schema differ, with Database
// and Snapshot filled in. built is what PostgreSQL makes of the wanted schema;
// where that was read from a database as well, it is both.
func Compare(live, built, want *schema.Schema) []Difference {
	var out []Difference
	for _, p := range compare(live, built, want) {
		out = append(out, Difference{Kind: p.Kind, Object: p.Object, Database: p.database, Snapshot: p.wanted, SnapshotDiffers: true, Table: p.table})
	}
	return out
}

// compare returns what a database does not have as it is wanted. built is what
// PostgreSQL makes of want.
func compare(live, built, want *schema.Schema) []pairing {
	got, want := catalog.Respell(live, built, want), want.Clone()
	c := &comparison{}
	c.schemas(got, want)
	pairUp(c, "enum", schema.Ref{}, got.Enums, want.Enums, func(e *schema.Enum) string { return e.Ref().String() }, enumText)
	pairUp(c, "sequence", schema.Ref{}, got.Sequences, want.Sequences, func(q *schema.Sequence) string { return q.Ref().String() }, sequenceText)
	pairUp(c, "role", schema.Ref{}, got.Roles, want.Roles, func(r *schema.Role) string { return r.Name }, roleText)
	c.tables(got, want)
	c.rowSecurity(live, built)
	pairUp(c, "policy", schema.Ref{}, got.Policies, want.Policies, func(p *schema.LinkedPolicy) string { return p.On + "." + p.Name },
		func(p *schema.LinkedPolicy) string { return policyText(&p.Policy) })
	c.views(got, want)
	return c.found
}

// pairUp compares two lists by name.
func pairUp[T any](c *comparison, kind string, table schema.Ref, got, want []T, name, text func(*T) string) {
	have := map[string]*T{}
	for i := range got {
		have[name(&got[i])] = &got[i]
	}
	for i := range want {
		w := &want[i]
		n := name(w)
		g := have[n]
		delete(have, n)
		switch {
		case g == nil:
			c.add(kind, n, table, "", text(w))
		case !reflect.DeepEqual(*g, *w):
			c.add(kind, n, table, text(g), text(w))
		}
	}
	for i := range got {
		if n := name(&got[i]); have[n] != nil {
			c.add(kind, n, table, text(&got[i]), "")
		}
	}
}

func (c *comparison) add(kind, object string, table schema.Ref, database, wanted string) {
	c.found = append(c.found, pairing{key: key{kind, object}, table: table, database: database, wanted: wanted})
}

// schemas leaves out those that hold nothing which a snapshot could hold: they
// are there for functions or an extension.
func (c *comparison) schemas(got, want *schema.Schema) {
	used, wanted := spacesOf(got), append(spacesOf(want), want.Schemas...)
	for _, name := range want.Schemas {
		if !slices.Contains(got.Schemas, name) {
			c.add("schema", name, schema.Ref{}, "", "is there")
		}
	}
	for _, name := range got.Schemas {
		if slices.Contains(used, name) && !slices.Contains(wanted, name) {
			c.add("schema", name, schema.Ref{}, "is there", "")
		}
	}
}

// spacesOf are the schemas that objects are in.
func spacesOf(s *schema.Schema) []string {
	var out []string
	for i := range s.Tables {
		out = append(out, s.Tables[i].Schema)
	}
	for i := range s.Enums {
		out = append(out, s.Enums[i].Schema)
	}
	for i := range s.Sequences {
		out = append(out, s.Sequences[i].Schema)
	}
	for i := range s.Views {
		out = append(out, s.Views[i].Schema)
	}
	return out
}

func (c *comparison) tables(got, want *schema.Schema) {
	for i := range want.Tables {
		w := &want.Tables[i]
		if g := got.Table(w.Ref()); g != nil {
			c.table(g, w)
		} else {
			c.add("table", w.Ref().String(), w.Ref(), "", tableText(w))
		}
	}
	for i := range got.Tables {
		if g := &got.Tables[i]; want.Table(g.Ref()) == nil {
			c.add("table", g.Ref().String(), g.Ref(), tableText(g), "")
		}
	}
}

// table compares the parts of a table. Keys are compared by themselves,
// whether they stand on a column or not.
func (c *comparison) table(got, want *schema.Table) {
	ref := want.Ref()
	in := func(name string) string { return ref.String() + "." + name }
	if g, w := keyText(got), keyText(want); g != w {
		c.add("primary key", ref.String(), ref, g, w)
	}
	pairUp(c, "column", ref, keyless(got.Columns), keyless(want.Columns), func(x *schema.Column) string { return in(x.Name) }, columnText)
	pairUp(c, "index", ref, got.Indexes, want.Indexes, func(x *schema.Index) string { return in(x.Name) }, indexText)
	pairUp(c, "foreign key", ref, got.ForeignKeys, want.ForeignKeys, func(x *schema.ForeignKey) string { return in(x.Name) }, foreignKeyText)
	pairUp(c, "unique", ref, got.Uniques, want.Uniques, func(x *schema.Unique) string { return in(x.Name) }, uniqueText)
	pairUp(c, "check", ref, got.Checks, want.Checks, func(x *schema.Check) string { return in(x.Name) }, func(x *schema.Check) string { return oneLine(x.Value) })
	pairUp(c, "policy", ref, got.Policies, want.Policies, func(x *schema.Policy) string { return in(x.Name) }, policyText)
}

func keyless(columns []schema.Column) []schema.Column {
	out := slices.Clone(columns)
	for i := range out {
		out[i].PrimaryKey = false
	}
	return out
}

// rowSecurity compares two databases, since a table with policies has it
// without asking.
func (c *comparison) rowSecurity(live, built *schema.Schema) {
	words := map[bool]string{true: "on", false: "off"}
	for i := range live.Tables {
		g := &live.Tables[i]
		if w := built.Table(g.Ref()); w != nil && g.RLS != w.RLS {
			c.add("row level security", g.Ref().String(), g.Ref(), words[g.RLS], words[w.RLS])
		}
	}
}

// views compares what views are made of; their columns follow from that.
func (c *comparison) views(got, want *schema.Schema) {
	pairUp(c, "view", schema.Ref{}, bare(got.Views), bare(want.Views), func(v *schema.View) string { return v.Ref().String() }, viewText)
}

func bare(views []schema.View) []schema.View {
	out := slices.Clone(views)
	for i := range out {
		out[i].Columns = nil
	}
	return out
}

// join lays the two comparisons side by side.
func join(fromSnapshot, fromFiles []pairing, since map[key]introduction, o *Outcome) []Difference {
	rows := []Difference{}
	place := map[key]int{}
	row := func(p pairing) *Difference {
		at, known := place[p.key]
		if !known {
			at = len(rows)
			place[p.key] = at
			rows = append(rows, Difference{Kind: p.Kind, Object: p.Object, Database: p.database, Snapshot: p.database, SchemaFiles: p.database, Table: p.table})
		}
		return &rows[at]
	}
	for _, p := range fromSnapshot {
		d := row(p)
		d.Snapshot, d.SnapshotDiffers = p.wanted, true
		d.Since, d.SinceFrom = since[p.key].tag, since[p.key].from
	}
	for _, p := range fromFiles {
		d := row(p)
		d.SchemaFiles, d.SchemaFilesDiffer = p.wanted, true
	}
	for i := range rows {
		if !o.Snapshot {
			rows[i].Snapshot = ""
		}
		if !o.SchemaFiles {
			rows[i].SchemaFiles = ""
		}
	}
	return rows
}

// oneLine is text without line breaks and runs of white space.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
