package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/skein-db/skein/internal/config"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/drizzle"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/migrate"
)

// targetFlags name the database and the migrations of migrate and status.
type targetFlags struct {
	config string
	out    string
	reach  reachFlags

	team *config.Config // what skein.yaml says; set by open
	p    *project       // likewise
}

// urlOrder is the help on where the database and the migrations come from.
const urlOrder = reachOrder + ` Without a config,
--out names the migrations folder.`

func (f *targetFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.config, "config", "", configUsage)
	f.reach.add(cmd)
	flags.StringVar(&f.out, "out", "", "migrations `folder` (default: the config's)")
}

// open reads the migrations and connects to the database. The caller closes
// the database.
func (f *targetFlags) open(ctx context.Context, a *app) (*history.History, *database, migrate.Target, error) {
	p, err := f.project(ctx, a)
	if err != nil {
		return nil, nil, migrate.Target{}, err
	}
	f.p = p
	if f.team, err = teamOf(p); err != nil {
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
	db, err := f.reach.connect(ctx, a, p)
	return h, db, target, err
}

// openStatus opens, and says how the database stands to the migrations.
func (f *targetFlags) openStatus(ctx context.Context, a *app) (*history.History, *database, *migrate.Report, error) {
	h, db, target, err := f.open(ctx, a)
	if err != nil {
		return nil, nil, nil, err
	}
	defer a.working("comparing with %s", db.name)()
	report, err := migrate.Status(ctx, db.Conn, h, target)
	if err != nil {
		db.close()
		return nil, nil, nil, err
	}
	return h, db, report, nil
}

// project reads the config. There need not be one where --out says where the
// migrations are, for example in a container that has nothing else.
func (f *targetFlags) project(ctx context.Context, a *app) (*project, error) {
	p, err := a.loadConfig(ctx, f.config)
	if err != nil {
		if f.config == "" && f.out != "" && !configHere() {
			return &project{flags: true, Config: &drizzle.Config{Out: f.out}}, nil
		}
		return nil, err
	}
	if f.out != "" {
		p.Out = f.out
	}
	return p, nil
}
