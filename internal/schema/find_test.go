package schema

import "testing"

func sample() *Schema {
	using := "true"
	return &Schema{
		Enums: []Enum{{Schema: Public, Name: "mood", Values: []string{"ok", "sad"}}},
		Tables: []Table{{
			Schema: Public, Name: "users",
			Columns: []Column{
				{Name: "id", Type: "integer", PrimaryKey: true, NotNull: true, Identity: &Identity{Type: "always"}},
				{Name: "n", Type: "integer", Default: &Scalar{Kind: Number, Text: "1"}},
			},
			Policies: []Policy{{Name: "p", To: []string{"public"}, Using: &using}},
		}},
	}
}

func TestCloneIsDeep(t *testing.T) {
	a := sample()
	b := a.Clone()
	if !Equal(a, b) {
		t.Fatal("a clone differs from its original")
	}
	b.Enums[0].Values[0] = "changed"
	b.Tables[0].Columns[1].Default.Text = "2"
	*b.Tables[0].Policies[0].Using = "false"
	if !Equal(a, sample()) {
		t.Fatal("changing a clone changed its original")
	}
	if Equal(a, b) {
		t.Fatal("Equal does not see a changed value")
	}
}

func TestEqualTreatsNilAndEmptyAlike(t *testing.T) {
	if !Equal(&Schema{}, &Schema{Tables: []Table{}}) {
		t.Fatal("an empty slice differs from nil")
	}
}

func TestFind(t *testing.T) {
	s := sample()
	if s.Table(Ref{Public, "users"}).Column("n") == nil {
		t.Fatal("users.n not found")
	}
	if s.Table(Ref{"other", "users"}) != nil {
		t.Fatal("found a table of another schema")
	}
	if got := (Ref{"auth", "users"}).String(); got != "auth.users" {
		t.Fatal(got)
	}
}
