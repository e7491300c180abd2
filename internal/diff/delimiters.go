package diff

import (
	"strings"

	"github.com/skein-db/skein/internal/schema"
)

// drizzle-kit flattens parts of a table into strings before it compares them,
// joined by ";" or, for policies and index keys, by "--" and commas. What
// contains its own delimiter comes out wrong, or not at all. Nothing is
// flattened here; these functions only say where the text departs.

func (c *computer) noteDelimiters(t *schema.Table) {
	cut := false
	for i := range t.Uniques {
		cut = cut || cutUnique(&t.Uniques[i])
	}
	for i := range t.PrimaryKeys {
		cut = cut || cutKey(&t.PrimaryKeys[i])
	}
	for i := range t.Checks {
		cut = cut || cutCheck(&t.Checks[i])
	}
	for i := range t.ForeignKeys {
		cut = cut || cutReference(&t.ForeignKeys[i])
	}
	for i := range t.Indexes {
		cut = cut || cutIndex(&t.Indexes[i])
	}
	if cut {
		c.mends(defectDelimiter, "table "+t.Ref().String())
	}
}

func (c *computer) noteDelimitersOfParts(p *tablePair) {
	d := &p.parts
	if anyCut(d.uniques, cutUnique) || anyCut(d.keys, cutKey) || anyCut(d.checks, cutCheck) ||
		anyCut(d.references, cutReference) || anyCut(d.indexes, cutIndex) {
		c.mends(defectDelimiter, "table "+p.new.Ref().String())
	}
}

func anyCut[T any](k keyed[T], cut func(*T) bool) bool {
	for _, list := range [][]*T{k.deleted, k.added, olds(k.both), news(k.both)} {
		for _, x := range list {
			if cut(x) {
				return true
			}
		}
	}
	return false
}

func hasAny(delimiters []string, texts ...string) bool {
	for _, t := range texts {
		for _, d := range delimiters {
			if strings.Contains(t, d) {
				return true
			}
		}
	}
	return false
}

var (
	semicolon  = []string{";"}
	listed     = []string{";", ","}
	dashes     = []string{"--"}
	indexParts = []string{";", "--", ",,"}
)

func cutUnique(u *schema.Unique) bool {
	return hasAny(semicolon, u.Name) || hasAny(listed, u.Columns...)
}

func cutKey(k *schema.PrimaryKey) bool {
	return hasAny(semicolon, k.Name) || hasAny(listed, k.Columns...)
}

func cutCheck(k *schema.Check) bool { return hasAny(semicolon, k.Name, k.Value) }

func cutReference(f *schema.ForeignKey) bool {
	return hasAny(semicolon, f.Name, f.ToSchema, f.ToTable) || hasAny(listed, f.Columns...) || hasAny(listed, f.ToColumns...)
}

func cutIndex(x *schema.Index) bool {
	for _, k := range x.Columns {
		if hasAny(indexParts, k.Expression, k.OpClass) {
			return true
		}
	}
	for _, o := range x.With {
		if hasAny(semicolon, o.Name, o.Value.Text) {
			return true
		}
	}
	return hasAny(semicolon, x.Name, x.Where, x.Method)
}

func cutPolicy(p *schema.Policy) bool {
	texts := append([]string{p.Name}, p.To...)
	for _, e := range []*string{p.Using, p.WithCheck} {
		if e != nil {
			texts = append(texts, *e)
		}
	}
	return hasAny(dashes, texts...)
}
