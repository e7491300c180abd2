package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/drizzle"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/migrate"
)

// targetFlags name the database and the migrations of migrate and status.
type targetFlags struct {
	config string
	url    string
	out    string
}

// urlOrder is the help on where the URL comes from.
const urlOrder = `The database is the one of --url, else of the config's dbCredentials, else of DATABASE_URL (the file
.env counts). Without a config, --out names the migrations folder.`

func (f *targetFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.config, "config", "", configUsage)
	flags.StringVar(&f.url, "url", "", "`URL` of the database")
	flags.StringVar(&f.out, "out", "", "migrations `folder` (default: the config's)")
}

// open reads the migrations and connects to the database. The caller closes
// the database.
func (f *targetFlags) open(ctx context.Context, a *app) (*history.History, *database, migrate.Target, error) {
	p, err := f.project(ctx, a)
	if err != nil {
		return nil, nil, migrate.Target{}, err
	}
	target := migrate.Target{Schema: p.MigrationsSchema, Table: p.MigrationsTable}
	h, err := a.openHistory(p.Out)
	if err != nil {
		return nil, nil, target, err
	}
	if len(h.Migrations) == 0 {
		return nil, nil, target, &diag.Error{
			Kind: diag.Usage, File: p.Out, Message: "there are no migrations here",
			Hint: "`skein generate` writes the first one; --out names another folder",
		}
	}
	url, err := f.databaseURL(a, p)
	if err != nil {
		return nil, nil, target, err
	}
	db, err := a.connect(ctx, url)
	return h, db, target, err
}

// project reads the config. There need not be one where --out says where the
// migrations are, for example in a container that has nothing else.
func (f *targetFlags) project(ctx context.Context, a *app) (*project, error) {
	p, err := a.loadConfig(ctx, f.config)
	if err != nil {
		if _, none := drizzle.FindConfig("."); f.config == "" && f.out != "" && none != nil {
			return &project{flags: true, Config: &drizzle.Config{Out: f.out}}, nil
		}
		return nil, err
	}
	if f.out != "" {
		p.Out = f.out
	}
	return p, nil
}

func (f *targetFlags) databaseURL(a *app, p *project) (string, error) {
	if f.url != "" {
		return f.url, nil
	}
	if p.URL != "" {
		return p.URL, nil
	}
	if url, err := a.databaseVariable(); url != "" || err != nil {
		return url, err
	}
	e := usage("pass --url, set dbCredentials.url in the config, or set DATABASE_URL", "no database is named")
	e.File = p.File
	var why *diag.Error
	if errors.As(p.URLError, &why) {
		e.Detail = why.Error()
	} else if p.URLError != nil {
		e.Detail = p.URLError.Error()
	}
	return "", e
}
