package adopt

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/schema"
)

func table(name string, columns ...string) schema.Table {
	t := schema.Table{Schema: schema.Public, Name: name}
	for _, c := range columns {
		t.Columns = append(t.Columns, schema.Column{Name: c, Type: "text"})
	}
	return t
}

func TestEvidence(t *testing.T) {
	before := &schema.Schema{Tables: []schema.Table{table("users", "id", "name"), table("old", "id")}}
	after := &schema.Schema{
		Tables: []schema.Table{table("users", "id", "email"), table("posts", "id", "title")},
		Enums:  []schema.Enum{{Schema: schema.Public, Name: "mood", Values: []string{"ok"}}},
	}
	for _, c := range []struct {
		name string
		live *schema.Schema
		want Evidence
	}{
		{"it did not run", before, Evidence{
			Lacks: []string{"column users.email", "enum mood", "table posts"},
			Kept:  []string{"column users.name", "table old"}}},
		{"it ran", after, Evidence{Has: []string{"column users.email", "enum mood", "table posts"}}},
		{"half of it", &schema.Schema{Tables: []schema.Table{table("users", "id", "name", "email"), table("posts", "id")}}, Evidence{
			Lacks: []string{"column posts.title", "enum mood"}, Has: []string{"column users.email", "table posts"}, Kept: []string{"column users.name"}}},
	} {
		if diff := cmp.Diff(c.want, EvidenceOf(before, after, c.live)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
	if e := EvidenceOf(before, before, after); !e.Nothing || len(e.Lacks)+len(e.Has)+len(e.Kept) > 0 {
		t.Errorf("a custom migration: %+v", e)
	}
}

func TestUnseen(t *testing.T) {
	found := UnseenIn([]history.Migration{
		{SQL: "CREATE TABLE a (id int);"},
		{SQL: "CREATE TABLE b (id int);--> statement-breakpoint\nINSERT INTO b VALUES (1);\nCREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1; SELECT 2';"},
		{SQL: "-- nothing yet"},
		{SQL: "UPDATE a SET id = 2;"},
	})
	if len(found) != 2 || found[0].All || !found[1].All {
		t.Fatalf("%+v", found)
	}
	want := []Statement{{SQL: "INSERT INTO b VALUES (1);", Line: 2, Rows: true}, {SQL: "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1; SELECT 2';", Line: 3}}
	if diff := cmp.Diff(want, found[0].Statements); diff != "" {
		t.Error(diff)
	}
}
