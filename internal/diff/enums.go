package diff

import (
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/schema"
)

// enumValue is a value that an enum gains; before is the value it stands in
// front of, "" at the end.
type enumValue struct{ value, before string }

// enumUse is a column whose type is an enum that is made anew: it is text in
// the meantime.
type enumUse struct {
	table  schema.Ref // under its new name
	name   string     // of the column, the new one
	column *schema.Column
	// old is the column before, nil where that does not count: in a new table,
	// and in Exact mode.
	old *schema.Column
	// leaves says that the column is not of the enum afterwards.
	leaves bool
}

// enums decides about enumerated types.
func (c *computer) enums() error {
	was := func(e *schema.Enum) schema.Ref { return c.follow(e.Ref()) }
	m, err := match(c.answer, Question{Kind: KindEnum}, c.from.Enums, c.to.Enums, was, (*schema.Enum).Ref)
	if err != nil {
		return err
	}
	for _, e := range m.created {
		c.add(createEnums, Change{Kind: CreateEnum, Object: e.Ref().String(), New: e})
	}
	for _, p := range m.renamed {
		old := was(p.old)
		c.enumSeen[old] = p.new.Ref()
		if old.Schema != p.new.Schema {
			c.add(moveEnums, Change{Kind: MoveEnum, Object: old.String(), Old: p.old, New: p.new, was: old})
			old.Schema = p.new.Schema
		}
		if old.Name != p.new.Name {
			c.add(renameEnums, Change{Kind: RenameEnum, Object: old.String(), Old: p.old, New: p.new, was: old})
		}
	}
	for i := range c.from.Enums {
		c.oldEnums[c.from.Enums[i].Ref()] = true
	}
	for i := range c.to.Enums {
		c.newEnums[c.to.Enums[i].Ref()] = true
	}
	for _, p := range m.pairs {
		if p.old.Ref() != p.new.Ref() {
			c.enumNow[p.old.Ref()] = p.new.Ref()
		}
		if slices.Equal(p.old.Values, p.new.Values) {
			continue
		}
		if !onlyMoved(was(p.old), p.new.Ref()) || c.mends(defectLostWithMove, "enum "+p.new.Ref().String()) {
			c.alterEnum(p)
		}
	}
	for _, e := range m.deleted {
		c.add(dropEnums, Change{Kind: DropEnum, Object: e.Ref().String(), Old: e, was: was(e)})
	}
	c.findEnumUses()
	return nil
}

// alterEnum adds values in place where the old ones keep their order, and else
// has the type made anew: PostgreSQL can neither drop nor move a value.
func (c *computer) alterEnum(p pair[schema.Enum]) {
	added, ok := addedValues(p.old.Values, p.new.Values)
	if !ok {
		c.recreated[p.new.Ref()] = true
		c.add(recreateEnums, Change{Kind: RecreateEnum, Object: p.new.Ref().String(), Old: p.old, New: p.new})
		return
	}
	for _, v := range added {
		if strings.Contains(v.value+v.before, "'") {
			c.mends(defectEnumQuote, "enum "+p.new.Ref().String())
		}
		c.add(addEnumValues, Change{Kind: AddEnumValue, Object: p.new.Ref().String(), Old: p.old, New: p.new, value: v})
	}
}

// addedValues returns the values that new has more than old, or false where
// old's values are not all in new in the same order.
func addedValues(old, new []string) (added []enumValue, ok bool) {
	kept := 0
	for _, v := range new {
		if kept < len(old) && v == old[kept] {
			for i := len(added) - 1; i >= 0 && added[i].before == ""; i-- {
				added[i].before = v
			}
			kept++
			continue
		}
		added = append(added, enumValue{value: v})
	}
	return added, kept == len(old)
}

// findEnumUses gives each enum to be made anew the columns to be rewritten.
func (c *computer) findEnumUses() {
	if len(c.recreated) == 0 {
		return
	}
	uses := map[schema.Ref][]enumUse{}
	for i := range c.to.Tables {
		t := &c.to.Tables[i]
		for j := range t.Columns {
			if r, ok := enumOf(&t.Columns[j]); ok && c.recreated[r] {
				uses[r] = append(uses[r], enumUse{table: t.Ref(), name: t.Columns[j].Name, column: &t.Columns[j]})
			}
		}
	}
	for i := range c.groups[recreateEnums] {
		change := &c.groups[recreateEnums][i]
		change.uses = uses[change.New.(*schema.Enum).Ref()]
	}
}

// enumOf returns the enum that is the column's type, or the type of its
// elements.
func enumOf(col *schema.Column) (schema.Ref, bool) {
	if col.TypeSchema == "" {
		return schema.Ref{}, false
	}
	base, _ := splitArray(col.Type)
	return schema.Ref{Schema: col.TypeSchema, Name: base}, true
}

// known says whether the column's type is one of the enums of its side. The
// type of a column may be an enum that the schema files do not export.
func (c *computer) known(col *schema.Column, enums map[schema.Ref]bool) bool {
	r, ok := enumOf(col)
	return ok && enums[r]
}

// splitArray cuts a type into the element type and its array suffix, such as
// "[3][]" or "".
func splitArray(typ string) (base, suffix string) {
	end := len(typ)
	for end > 0 && typ[end-1] == ']' {
		open := strings.LastIndexByte(typ[:end], '[')
		if open < 0 || strings.Trim(typ[open+1:end-1], "0123456789") != "" {
			break
		}
		end = open
	}
	return typ[:end], typ[end:]
}
