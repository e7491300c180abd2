package cli

import (
	"context"
	"os"
	"slices"
	"testing"

	"github.com/skein-db/skein/internal/gitrepo/gittest"
)

// TestTakeIsRecalled holds that answers hold for the steps that follow, also
// those about objects whose names have spaces.
func TestTakeIsRecalled(t *testing.T) {
	ctx := context.Background()
	r := gittest.New(t)
	if err := os.MkdirAll(r.Path(".git/sequencer"), 0o777); err != nil {
		t.Fatal(err)
	}
	want := []string{`local:own rows on "auth"."users"`, "upstream"}
	var given, later takeFlags
	for _, value := range want {
		if err := given.Set(value); err != nil {
			t.Fatal(err)
		}
	}
	if err := given.remember(ctx, r.Dir); err != nil {
		t.Fatal(err)
	}
	if err := later.recall(ctx, r.Dir); err != nil || !slices.Equal(later.raw, want) {
		t.Errorf("%q, %v", later.raw, err)
	}
}
