package cli

import (
	"context"
	"strconv"
	"strings"

	"github.com/skein-db/skein/internal/address"
	"github.com/skein-db/skein/internal/catalog"
	"github.com/skein-db/skein/internal/pgserver"
)

// sameSpelling makes a database and something that is not one comparable. A
// database keeps expressions in PostgreSQL's words; so the other side is built
// on a throwaway server, and where the two say the same the file's words are
// put into the database's side (see package catalog).
func (a *app) sameSpelling(ctx context.Context, from, to *side) error {
	live, want := from, to
	if to.kind == sideDatabase {
		live, want = to, from
	}
	if live.kind != sideDatabase || want.kind == sideDatabase || want.kind == sideEmpty {
		return nil
	}
	server, url, err := a.throwaway(ctx, pgserver.Options{Version: live.major, Extensions: catalog.Extensions(want.schema)})
	if err != nil {
		return err
	}
	defer server.Stop()
	scratch, err := a.connect(ctx, address.Address{URL: url})
	if err != nil {
		return err
	}
	defer scratch.close()
	defer a.working("building %s on a throwaway PostgreSQL", want.name)()
	built, err := catalog.Canonical(ctx, scratch.Conn, want.schema, live.schema, catalog.Options{})
	if err != nil {
		return err
	}
	live.schema = catalog.Respell(live.schema, built, want.schema)
	return nil
}

// majorOf reads the major version out of a server_version such as "15.20
// (Debian 15.20-0+deb12u1)"; 0 where there is none.
func majorOf(version string) int {
	digits, _, _ := strings.Cut(version, ".")
	major, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return major
}
