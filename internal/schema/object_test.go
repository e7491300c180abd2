package schema

import (
	"slices"
	"testing"
)

func TestObjects(t *testing.T) {
	s := sample()
	s.Schemas = []string{"audit"}
	s.Roles = []Role{{Name: "reader"}}
	s.Sequences = []Sequence{{Schema: "audit", Name: "numbers"}}
	s.Tables = append(s.Tables, Table{
		Schema: "audit", Name: "log",
		Columns:     []Column{{Name: "id"}},
		Indexes:     []Index{{Name: "i"}},
		ForeignKeys: []ForeignKey{{Name: "f", ToTable: "users"}},
		PrimaryKeys: []PrimaryKey{{Name: "k"}},
		Uniques:     []Unique{{Name: "u"}},
		Checks:      []Check{{Name: "c"}},
	})
	s.Policies = []LinkedPolicy{{Policy: Policy{Name: "p"}, On: `"auth"."users"`}}
	s.Views = []View{{Schema: Public, Name: "v"}}
	var got []string
	for _, h := range s.Objects() {
		got = append(got, h.String())
		if h.Part() && h.Table() != NameOf(Ref{}, s.Table(h.In)) {
			t.Errorf("%s is part of %s", h, h.Table())
		}
	}
	want := []string{
		"schema audit", "enum mood", "sequence audit.numbers", "role reader", "table users", "column users.id", "column users.n", "policy users.p",
		"table audit.log", "column audit.log.id", "index audit.log.i", "foreign key audit.log.f", "primary key audit.log.k",
		"unique constraint audit.log.u", "check audit.log.c", `policy p on "auth"."users"`, "view v",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if to := s.Tables[1].ForeignKeys[0].To(); to != (Ref{Public, "users"}) {
		t.Error(to)
	}
}
