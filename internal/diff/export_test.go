package diff

import (
	"testing"

	"github.com/skein-db/skein/internal/schema"
)

// What the tests that run SQL share with the others. They are a package of
// their own because they read the result with catalog, which imports this one.

type RecordedCase struct {
	ID       string
	From, To *schema.Schema
	Ask      Resolver
}

func RecordedCases(t *testing.T, file string) []RecordedCase {
	var out []RecordedCase
	for _, rc := range readCases(t, shared(t, file)) {
		out = append(out, RecordedCase{rc.ID, decodeCase(t, rc.From), decodeCase(t, rc.To), rc.resolver(t)})
	}
	return out
}

type DefectCase struct {
	Name          string
	Defect        *Defect
	From, To      *schema.Schema
	Setup, Rows   string // SQL before From's, and after it
	Kit           string // why drizzle-kit's text is wrong: an error of PostgreSQL, "crashes", or what it loses
	Query, Result string // what is to be there afterwards, beside the schema
	Text          string // drizzle-kit's, from testdata/defects.txt
	resolver      func() Resolver
}

func (c DefectCase) Ask() Resolver { return c.resolver() }

func DefectCases(t *testing.T) []DefectCase {
	texts := readSections(t, defectsFile)
	var out []DefectCase
	for _, d := range defectCases {
		d := d
		text, ok := texts[d.name]
		if !ok {
			t.Errorf("%s has no text of drizzle-kit's in %s", d.name, defectsFile)
		}
		out = append(out, DefectCase{d.name, d.defect, d.from, d.to, d.setup, d.rows, d.kit, d.query, d.result, text, d.resolver})
	}
	return out
}
