package catalog

import (
	"fmt"

	"github.com/skein-db/skein/internal/schema"
)

// assembly is a Result in the making.
type assembly struct {
	options   Options
	answers   *answers
	result    Result
	tables    map[oid]*schema.Table
	views     map[oid]*schema.View
	sequences map[column][]*sequence // by the column that owns them
	// columnNames are those of all tables and views, also of the unwanted.
	columnNames map[column]string
	err         error // of reading an array, which the server never sends malformed
}

// column names a column in the catalog.
type column struct {
	table oid
	num   int
}

// assemble turns rows into a Result.
func assemble(got *answers, o Options) (*Result, error) {
	a := &assembly{
		options: o, answers: got,
		tables:      map[oid]*schema.Table{},
		views:       map[oid]*schema.View{},
		sequences:   map[column][]*sequence{},
		columnNames: make(map[column]string, len(got.rows[askColumns])),
	}
	sequences := a.readSequences()
	a.readEnums()
	a.readRoles()
	a.readTables()
	a.readViews()
	a.readColumns()
	a.readConstraints()
	a.readIndexes()
	a.readPolicies()
	a.addSequences(sequences)
	for _, t := range a.tables {
		a.result.Schema.Tables = append(a.result.Schema.Tables, *t)
	}
	a.addViews()
	a.readSchemas()
	sortAll(&a.result.Schema)
	sortNotes(a.result.Notes)
	if a.err != nil {
		return nil, databaseError(a.err)
	}
	return &a.result, nil
}

// list reads an array column and remembers the first failure.
func (a *assembly) list(r row, i int) []string {
	out, err := r.list(i)
	if err != nil && a.err == nil {
		a.err = err
	}
	return out
}

// note adds a Note.
func (a *assembly) note(object schema.Ref, part, text string) {
	name := object.Schema + "." + object.Name
	if part != "" {
		name += "." + part
	}
	a.result.Notes = append(a.result.Notes, Note{Object: name, Text: text})
}

// wanted reports whether the options ask for the table or view.
func (a *assembly) wanted(r schema.Ref) bool {
	m := a.options.Migrations
	own := r == m || r == schema.Ref{Schema: m.Schema, Name: logTable}
	return !own && (a.options.Tables == nil || a.options.Tables(r))
}

// readSchemas lists the schemas. It comes last: the one of the migrations
// table counts only if something else was found in it.
func (a *assembly) readSchemas() {
	s := &a.result.Schema
	used := map[string]bool{}
	for _, e := range s.Enums {
		used[e.Schema] = true
	}
	for _, q := range s.Sequences {
		used[q.Schema] = true
	}
	for _, t := range s.Tables {
		used[t.Schema] = true
	}
	for _, v := range s.Views {
		used[v.Schema] = true
	}
	for _, r := range a.answers.rows[askSchemas] {
		name := r.text(0)
		if name == schema.Public || (name == a.options.Migrations.Schema && !used[name]) {
			continue
		}
		s.Schemas = append(s.Schemas, name)
	}
}

func (a *assembly) readEnums() {
	for _, r := range a.answers.rows[askEnums] {
		a.result.Schema.Enums = append(a.result.Schema.Enums,
			schema.Enum{Schema: r.text(0), Name: r.text(1), Values: a.list(r, 2)})
	}
}

func (a *assembly) readRoles() {
	for _, r := range a.answers.rows[askRoles] {
		a.result.Schema.Roles = append(a.result.Schema.Roles,
			schema.Role{Name: r.text(0), CreateDB: r.yes(1), CreateRole: r.yes(2), Inherit: r.yes(3)})
	}
}

func (a *assembly) readTables() {
	for _, r := range a.answers.rows[askTables] {
		t := &schema.Table{Schema: r.text(1), Name: r.text(2), RLS: r.yes(3)}
		if !a.wanted(t.Ref()) {
			continue
		}
		a.tables[r.oid(0)] = t
		for _, name := range a.list(r, 4) {
			a.note(t.Ref(), name, "is an exclusion constraint, which is not read")
		}
	}
}

// columnsOf returns where the columns of a table or view go, or nil.
func (a *assembly) columnsOf(id oid) *[]schema.Column {
	if t := a.tables[id]; t != nil {
		return &t.Columns
	}
	if v := a.views[id]; v != nil {
		return &v.Columns
	}
	return nil
}

func (a *assembly) readColumns() {
	for _, r := range a.answers.rows[askColumns] {
		id := column{r.oid(0), r.number(1)}
		a.columnNames[id] = r.text(2)
		into := a.columnsOf(id.table)
		if into == nil {
			continue
		}
		t := columnType{
			dims: r.number(6), schema: r.text(7), name: r.text(8), kind: r.letter(9),
			extension: r.yes(10), full: r.text(11), plain: r.text(12),
		}
		c := schema.Column{Name: a.columnNames[id], NotNull: r.yes(3)}
		c.Type, c.TypeSchema = t.spell()
		identity, generated, expr := r.letter(4), r.letter(5), r.optional(13)
		owned := a.sequences[id]
		switch {
		case identity != 0:
			c.Identity = identityOf(identity, owned)
		case expr == nil:
		case generated != 0:
			c.Generated = &schema.Generated{As: unwrap(*expr), Type: "stored"}
			if generated == 'v' {
				c.Generated.Type = "virtual"
			}
		case isSerial(*expr, &c, owned):
			c.Type = serials[c.Type]
		default:
			c.Default = spellDefault(*expr, t)
		}
		if !r.null(14) {
			a.note(a.tables[id.table].Ref(), c.Name, "has the collation "+r.text(14)+", which is not read")
		}
		*into = append(*into, c)
	}
}

// identityOf describes an identity column; PostgreSQL keeps exactly one
// sequence for it.
func identityOf(letter byte, owned []*sequence) *schema.Identity {
	id := &schema.Identity{Type: "byDefault"}
	if letter == 'a' {
		id.Type = "always"
	}
	for _, s := range owned {
		if s.identity {
			s.used = true
			id.Name, id.Schema, id.SequenceOptions = s.Name, s.Schema, s.SequenceOptions
		}
	}
	return id
}

// isSerial reports whether the column is what "serial" makes: an integer that
// defaults to the next value of a sequence which goes when the column goes.
// The sequence's options are not looked at.
func isSerial(expr string, c *schema.Column, owned []*sequence) bool {
	if serials[c.Type] == "" {
		return false
	}
	for _, s := range owned {
		if !s.identity && expr == "nextval("+s.literal+"::regclass)" {
			s.used = true
			return true
		}
	}
	return false
}

// checkKind reports a constraint type that the query does not ask for.
func (a *assembly) checkKind(kind byte) {
	if a.err == nil {
		a.err = fmt.Errorf("unknown constraint type %q", kind)
	}
}
