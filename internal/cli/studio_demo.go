package cli

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/skein-db/skein/examples/shop"
	"github.com/skein-db/skein/internal/address"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/migrate"
	"github.com/skein-db/skein/internal/pgserver"
)

// startDemo makes the example: its project in a temporary folder, which becomes
// the working directory, and its database on a throwaway server, with rows, and
// with its last migration still to be applied.
func (o *studioOptions) startDemo(ctx context.Context, a *app) (leave func(), err error) {
	if o.target.reach.url+o.target.reach.kube+o.target.reach.name+o.target.config+o.target.out != "" {
		return nil, usage("leave out the other flags", "--demo brings its own database and project")
	}
	server, url, err := a.throwaway(ctx, pgserver.Options{Listen: true, Extensions: []string{"pg_trgm"}})
	if err != nil {
		return nil, err
	}
	_, leaveFolder, err := enterTemporary()
	if err != nil {
		server.Stop()
		return nil, err
	}
	leave = func() {
		leaveFolder()
		server.Stop()
	}
	if err := a.fillDemo(ctx, url); err != nil {
		leave()
		return nil, err
	}
	a.environ = append(a.environ, "SHOP_DATABASE_URL="+url)
	return leave, nil
}

func (a *app) fillDemo(ctx context.Context, url string) error {
	defer a.working("filling a shop with goods")()
	if err := writeTree(shop.Files, "."); err != nil {
		return err
	}
	db, err := a.connect(ctx, address.Address{URL: url})
	if err != nil {
		return err
	}
	defer db.close()
	h, err := history.Open("drizzle")
	if err != nil {
		return err
	}
	h.Migrations = h.Migrations[:len(h.Migrations)-1]
	plan, err := migrate.Plan(ctx, db.Conn, h, migrate.Target{})
	if err != nil {
		return err
	}
	if _, err := migrate.Apply(ctx, db.Conn, plan, migrate.Options{}); err != nil {
		return err
	}
	rows, err := shop.Files.ReadFile("rows.sql")
	if err != nil {
		return demoFailed(err)
	}
	if _, err := db.Exec(ctx, string(rows)); err != nil {
		return demoFailed(err)
	}
	if _, err := db.Exec(ctx, "ANALYZE"); err != nil { // for estimates, which autovacuum would make later
		return demoFailed(err)
	}
	return nil
}

// writeTree writes the files of a program into a folder.
func writeTree(from fs.FS, dir string) error {
	return fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(name))
		if d.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		data, err := fs.ReadFile(from, name)
		if err == nil {
			err = os.WriteFile(to, data, 0o644)
		}
		if err != nil {
			return &diag.Error{Kind: diag.Usage, File: to, Message: "cannot be written: " + err.Error(), Hint: "check its permissions, or set TMPDIR to another folder", Err: err}
		}
		return nil
	})
}
