package gitrepo_test

import (
	"context"
	"strings"
	"testing"

	"github.com/skein-db/skein/internal/gitrepo"
	"github.com/skein-db/skein/internal/gitrepo/gittest"
)

func TestVersions(t *testing.T) {
	g := gittest.New(t)
	ctx := context.Background()
	repo, err := gitrepo.Find(ctx, g.Dir)
	if err != nil || repo == nil {
		t.Fatal(err)
	}
	if ids, err := repo.Versions(ctx, "m"); err != nil || len(ids) != 0 {
		t.Errorf("before the first commit: %v, %v", ids, err)
	}
	g.Write("m/a ö.sql", "one\n")
	g.Write("other", "elsewhere\n")
	g.Commit("first")
	g.Git("checkout", "-q", "-b", "side")
	g.Write("m/a ö.sql", "two\n")
	g.Commit("on a branch")
	g.Git("checkout", "-q", "-")
	g.Git("rm", "-q", "m/a ö.sql")
	g.Commit("removed")
	ids, err := repo.Versions(ctx, "m")
	if err != nil {
		t.Fatal(err)
	}
	contents, err := repo.Blobs(ctx, ids...)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, c := range contents {
		texts = append(texts, string(c))
	}
	if got := strings.Join(texts, ""); len(texts) != 2 || !strings.Contains(got, "one\n") || !strings.Contains(got, "two\n") {
		t.Errorf("got %q", texts)
	}
	g.Write("m/a ö.sql", "three\n")
	for i, text := range texts {
		got, err := repo.Diff(ctx, ids[i], "m/a ö.sql")
		if err != nil || got != "@@ -1 +1 @@\n-"+text+"+three\n" {
			t.Errorf("got %q, %v", got, err)
		}
	}
}
