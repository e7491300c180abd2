package replay_test

import (
	"context"
	"testing"

	"github.com/skein-db/skein/internal/replay"
	"github.com/skein-db/skein/internal/schema"
)

// TestStageBuildsWithTheHistorysFunctions builds one schema after the other that
// wants a function which the migrations make.
func TestStageBuildsWithTheHistorysFunctions(t *testing.T) {
	f := newFolder(t)
	numbered := users("name")
	numbered.Tables[0].Columns = append(numbered.Tables[0].Columns, schema.Column{Name: "no", Type: "integer", Default: &schema.Scalar{Kind: schema.String, Text: "next_no()"}})
	f.add("start", "CREATE FUNCTION next_no() RETURNS integer LANGUAGE sql AS 'SELECT 1';\n--> statement-breakpoint\n"+createUsers, users())
	f.add("name", addColumn("name"), users("name"))
	ctx := context.Background()
	stage, err := replay.Open(ctx, f.open().Migrations, nil, replay.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer stage.Close()
	if failure, err := stage.Forward(ctx, 2); failure != nil || err != nil {
		t.Fatal(failure, err)
	}
	live, err := stage.Read(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, columns := range [][]schema.Column{numbered.Tables[0].Columns, append(numbered.Tables[0].Columns, schema.Column{Name: "age", Type: "integer"})} {
		want := users()
		want.Tables[0].Columns = columns
		built, refused, err := stage.Build(ctx, want, &live.Schema)
		if refused != nil || err != nil {
			t.Fatal(refused, err)
		}
		if got := len(built.Tables[0].Columns); got != len(columns) {
			t.Errorf("%d columns were built, want %d", got, len(columns))
		}
	}
	if again, err := stage.Read(ctx); err != nil || len(again.Schema.Tables) != 1 {
		t.Error("the database is there no more: ", again, err)
	}
}
