package diff

import (
	"strings"

	"github.com/skein-db/skein/internal/schema"
)

// columnChange is what differs between the two forms of a column.
type columnChange struct {
	old, new             *schema.Column
	typ, def, notNull    bool
	primaryKey, identity bool
	generated            bool
	// recreated says that the column's type is an enum that is made anew, so
	// that its default is set there.
	recreated bool
}

func (d *columnChange) any() bool {
	return d.typ || d.def || d.notNull || d.primaryKey || d.identity || d.generated
}

// matchColumns decides which columns are new, gone and renamed.
func (c *computer) matchColumns() error {
	ref := func(col *schema.Column) schema.Ref { return schema.Ref{Name: col.Name} }
	for _, p := range c.tables {
		now, was := p.new.Ref(), p.was
		var err error
		p.columns, err = match(c.answersFor(p), Question{Kind: KindColumn, Table: &now, OldTable: &was}, p.old.Columns, p.new.Columns, ref, ref)
		if err != nil {
			return err
		}
	}
	return nil
}

// alterColumns emits what happens to a table's columns.
func (c *computer) alterColumns(p *tablePair) {
	ref := p.new.Ref()
	for _, r := range p.columns.renamed {
		c.add(renameColumns, c.part(RenameColumn, ref, r.old.Name, r.old, r.new))
	}
	for _, col := range p.columns.created {
		change := c.part(AddColumn, ref, col.Name, nil, col)
		change.table = p.new
		c.add(addColumns, change)
	}
	for _, col := range p.columns.deleted {
		c.add(dropColumns, c.part(DropColumn, ref, col.Name, col, nil))
	}
	if p.old.Ref() != p.new.Ref() && !p.onlyMoved() && c.columnsTouched(p) {
		c.mends(defectAlterInRenamed, "table "+ref.String())
	}
	var changes []columnChange
	for _, both := range p.columns.pairs {
		if d := c.compareColumn(p, both); d.any() {
			changes = append(changes, d)
		}
	}
	if len(changes) > 0 {
		c.emitColumnChanges(p, changes)
	}
}

// compareColumn finds the differences of a column that both sides have, and
// notes those that drizzle-kit does not see.
func (c *computer) compareColumn(p *tablePair, both pair[schema.Column]) columnChange {
	old, new := both.old, both.new
	d := columnChange{
		old: old, new: new,
		def:        !equalPointers(old.Default, new.Default),
		notNull:    old.NotNull != new.NotNull,
		primaryKey: old.PrimaryKey != new.PrimaryKey,
		identity:   identityChanged(old.Identity, new.Identity),
		generated:  !equalPointers(old.Generated, new.Generated),
	}
	object := "column " + p.new.Ref().String() + "." + new.Name
	if identityRenamed(old.Identity, new.Identity) {
		d.identity = c.mends(defectIdentityName, object) || d.identity
	}
	typ, _ := c.followType(old)
	none := columnChange{old: old, new: new}
	switch {
	case old.Name != new.Name:
		d.typ = !c.sameType(old, new)
		if d.any() && !c.mends(defectLostWithColumnRename, object) {
			return none
		}
	case p.onlyMoved():
		d.typ = !c.sameType(old, new)
	case typ == new.Type:
		d.typ = !c.sameType(old, new) && c.mends(defectTypeSchema, object)
	case withoutSpace(typ) == withoutSpace(new.Type):
		if d.any() && !c.mends(defectTypeSpace, object) {
			return none
		}
	default:
		d.typ = true
	}
	if r, ok := enumOf(new); ok {
		d.recreated = c.recreated[r]
	}
	return d
}

// followType returns the column's type after the renames of enums, where
// drizzle-kit sees them: not in arrays, and not where the schema is renamed.
func (c *computer) followType(col *schema.Column) (typ, typeSchema string) {
	if col.TypeSchema != "" {
		if now, ok := c.enumSeen[schema.Ref{Schema: col.TypeSchema, Name: col.Type}]; ok {
			return now.Name, now.Schema
		}
	}
	return col.Type, col.TypeSchema
}

// sameType says whether two columns have the same type in the database, once
// enums are renamed.
func (c *computer) sameType(old, new *schema.Column) bool {
	a, isEnum := enumOf(old)
	b, areEnum := enumOf(new)
	if !isEnum || !areEnum {
		return isEnum == areEnum && withoutSpace(old.Type) == withoutSpace(new.Type)
	}
	if now, ok := c.enumNow[a]; ok {
		a = now
	}
	_, suffix := splitArray(old.Type)
	_, now := splitArray(new.Type)
	return a == b && suffix == now
}

// withoutSpace writes "timestamp (3)" as "timestamp(3)": to drizzle-kit, and
// to PostgreSQL, they are the same.
func withoutSpace(typ string) string { return strings.ReplaceAll(typ, " (", "(") }

func equalPointers[T comparable](a, b *T) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// identityChanged says whether statements are needed. There is none for
// another name of the sequence.
func identityChanged(a, b *schema.Identity) bool {
	if a == nil || b == nil {
		return a != b
	}
	return a.Type != b.Type || a.SequenceOptions != b.SequenceOptions
}

// emitColumnChanges emits the changes of one table's columns in drizzle-kit's
// order: keys of the table first, then column by column.
func (c *computer) emitColumnChanges(p *tablePair, changes []columnChange) {
	ref := p.new.Ref()
	emit := func(kind string, d *columnChange) {
		change := c.part(kind, ref, d.new.Name, d.old, d.new)
		change.table, change.oldTable = p.new, p.old
		c.add(alterColumns, change)
	}
	for i := range changes {
		if d := &changes[i]; d.primaryKey && !d.new.PrimaryKey {
			c.mends(defectDropPrimaryKey, "table "+ref.String())
			emit(DropPrimaryKey, d)
		}
	}
	for i := range changes {
		if d := &changes[i]; d.primaryKey && d.new.PrimaryKey {
			emit(SetPrimaryKey, d)
		}
	}
	var identityOn, identityOff int
	for i := range changes {
		d := &changes[i]
		if d.identity && d.old.Identity == nil {
			identityOn++
		}
		if d.identity && d.new.Identity == nil {
			identityOff++
		}
	}
	for i := range changes {
		d := &changes[i]
		if c.mode > Exact && c.emitInOrder(p, d, emit) {
			continue
		}
		if d.typ {
			emit(SetColumnType, d)
		}
		c.emitDefault(ref, d, emit)
		c.emitNotNull(ref, d, identityOn, identityOff, emit)
		c.emitIdentity(ref, d, emit)
		switch {
		case !d.generated:
		case d.old.Generated == nil:
			emit(SetGenerated, d)
		case d.new.Generated == nil:
			emit(DropGenerated, d)
		default:
			emit(AlterGenerated, d)
		}
	}
}

// emitDefault sets or drops a default. One that the change of type, or the
// rebuilding of the enum, sets already is not set again.
func (c *computer) emitDefault(ref schema.Ref, d *columnChange, emit func(string, *columnChange)) {
	switch {
	case !d.def:
	case d.new.Default == nil && c.mode > Exact && d.typ && isSerial(d.new):
		// The change of type has put the sequence's default in its place.
	case d.new.Default == nil:
		emit(DropDefault, d)
	case !d.typ && !d.recreated:
		emit(SetDefault, d)
	case !truthy(d.new.Default) && c.mends(defectFalsyDefault, "column "+ref.String()+"."+d.new.Name):
		emit(SetDefault, d)
	}
}

// emitNotNull sets or drops NOT NULL. An identity column is NOT NULL by
// itself; drizzle-kit draws from that that no other column of the table needs
// the change either.
func (c *computer) emitNotNull(ref schema.Ref, d *columnChange, identityOn, identityOff int, emit func(string, *columnChange)) {
	if !d.notNull {
		return
	}
	kind, elsewhere, own := DropNotNull, identityOff, d.identity && d.new.Identity == nil
	if d.new.NotNull {
		kind, elsewhere, own = SetNotNull, identityOn, d.identity && d.old.Identity == nil
	}
	if own || elsewhere > 0 && !c.mends(defectNotNullNextToIdentity, "column "+ref.String()+"."+d.new.Name) {
		return
	}
	emit(kind, d)
}

func (c *computer) emitIdentity(ref schema.Ref, d *columnChange, emit func(string, *columnChange)) {
	switch {
	case !d.identity:
	case d.old.Identity == nil:
		if !d.old.NotNull && !d.old.PrimaryKey && !d.new.PrimaryKey && c.mends(defectIdentityNullable, "column "+ref.String()+"."+d.new.Name) {
			emit(SetNotNull, d)
		}
		emit(SetIdentity, d)
	case d.new.Identity == nil:
		emit(DropIdentity, d)
	default:
		emit(AlterIdentity, d)
	}
}
