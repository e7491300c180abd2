//go:build unix

package pgserver_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/pgserver"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
)

func TestFindTellsWhatStartStarts(t *testing.T) {
	ctx := context.Background()
	server := pgtest.Start(t, pgserver.Options{Listen: true})
	found, err := pgserver.Find(ctx, pgserver.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if found.Source != server.Source() || found.Version != server.Version() || found.Major != server.Major() || found.Shared {
		t.Errorf("found %+v, started %s %s", found, server.Source(), server.Version())
	}
	again, err := pgserver.Find(ctx, pgserver.Options{})
	if err != nil || again.Digest != found.Digest {
		t.Errorf("another look gives another digest: %+v, %v", again, err)
	}

	t.Setenv(pgserver.EnvURL, server.URL("postgres"))
	named, err := pgserver.Find(ctx, pgserver.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !named.Shared || named.Source != pgserver.EnvURL || named.Version != server.Version() || named.Digest == "" {
		t.Errorf("found %+v", named)
	}
}

func TestFindNamesWhatIsMissing(t *testing.T) {
	skipIfTold(t)
	_, err := pgserver.Find(context.Background(), pgserver.Options{Extensions: []string{"no_such_extension"}, Offline: true})
	var told *diag.Error
	if !errors.As(err, &told) || !strings.Contains(told.Message, "no_such_extension") {
		t.Errorf("the error is %v", err)
	}
}

func TestHasExtension(t *testing.T) {
	server := pgtest.Server(t)
	for name, want := range map[string]bool{"plpgsql": true, "no_such_extension": false} {
		if has, err := server.HasExtension(context.Background(), name); err != nil || has != want {
			t.Errorf("%s: %v, %v", name, has, err)
		}
	}
}
