package diff

import "github.com/skein-db/skein/internal/schema"

// emitInOrder emits the changes of a column that PostgreSQL takes only in
// another order than drizzle-kit's, or only as a new column, and says whether
// it did.
func (c *computer) emitInOrder(p *tablePair, d *columnChange, emit func(string, *columnChange)) bool {
	object := "column " + p.new.Ref().String() + "." + d.new.Name
	if c.remade(d) {
		c.disturb(p, d, remade)
		if !d.generated || d.typ || d.def || d.identity {
			c.mends(defectGeneratedLoss, object)
		} else if d.notNull {
			emit(pick(d.new.NotNull, SetNotNull, DropNotNull), d)
		}
		kind := AlterGenerated
		if d.old.Generated == nil {
			kind = SetGenerated
		}
		emit(kind, d)
		return true
	}
	if d.typ {
		c.disturb(p, d, retyped)
	}
	offGenerated := d.generated && d.new.Generated == nil && (d.def || d.identity || d.typ)
	offIdentity := d.identity && d.new.Identity == nil
	_, serial := serialBase(d.new)
	nullable := offIdentity && !d.new.NotNull && !d.new.PrimaryKey
	first := offIdentity && (d.def && d.new.Default != nil || serial && d.typ)
	if !offGenerated && !first && !(nullable && c.mode == Correct) {
		if nullable {
			c.mends(defectKeyNotNull, object)
		}
		return false
	}
	ref := p.new.Ref()
	if offGenerated {
		c.mends(defectColumnOrder, object)
		emit(DropGenerated, d)
	}
	if offIdentity {
		if first {
			c.mends(defectColumnOrder, object)
		}
		emit(DropIdentity, d)
	}
	if nullable && c.mends(defectKeyNotNull, object) {
		emit(DropNotNull, d)
	}
	if d.typ {
		emit(SetColumnType, d)
	}
	c.emitDefault(ref, d, emit)
	if d.notNull && !nullable {
		emit(pick(d.new.NotNull, SetNotNull, DropNotNull), d)
	}
	if !offIdentity {
		c.emitIdentity(ref, d, emit)
	}
	return true
}

// remade says whether a column has to be made anew: a generated one before
// PostgreSQL 17, for another expression or a type that its values do not turn
// into by themselves
// (https://www.postgresql.org/docs/current/sql-altertable.html, SET EXPRESSION).
func (c *computer) remade(d *columnChange) bool {
	if d.new.Generated == nil {
		return false
	}
	return d.generated || d.typ && !typeOf(c.renamedType(d.old)).assignable(typeOf(d.new))
}

// bounds are numbers that a sequence has to keep.
type bounds struct{ min, max, start int64 }

// boundsOf reads them; false where they are not numbers.
func boundsOf(o schema.SequenceOptions) (b bounds, ok bool) {
	for _, n := range []struct {
		to   *int64
		text string
	}{{&b.min, o.Min}, {&b.max, o.Max}, {&b.start, o.Start}} {
		v, err := parseInt(n.text)
		if err != nil {
			return b, false
		}
		*n.to = v
	}
	return b, true
}

func (b bounds) hold() bool { return b.min < b.max && b.min <= b.start && b.start <= b.max }

// within returns what lets a sequence stay where it is, or come as near as the
// new bounds allow: a statement before the change, or RESTART in it where the
// old and new bounds have nothing in common. Both are empty where a sequence
// that was never used fits.
func within(sequence string, old, new schema.SequenceOptions) (before, restart string) {
	a, okA := boundsOf(old)
	b, okB := boundsOf(new)
	switch {
	case !okA || !okB || b.min <= a.start && a.start <= b.max:
		return "", ""
	case b.min > a.max || b.max < a.min:
		return "", " RESTART"
	}
	return "SELECT setval(" + literal(sequence) + ", GREATEST(LEAST(last_value, " + new.Max + "), " + new.Min + "), is_called) FROM " + sequence + ";", ""
}
