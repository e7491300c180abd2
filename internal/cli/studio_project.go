package cli

import (
	"context"
	"os"
	"path/filepath"
	"runtime"

	"github.com/skein-db/skein/internal/check"
	"github.com/skein-db/skein/internal/config"
	"github.com/skein-db/skein/internal/filefacts"
	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/migrate"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
	"github.com/skein-db/skein/internal/studio"
)

// studioProject is what the studio is given to know of a project. major is the
// server's.
func (a *app) studioProject(p *project, major int) (*studio.Project, error) {
	out := &studio.Project{
		Config: p.File, Folder: p.Out, Target: migrate.Target{Schema: p.MigrationsSchema, Table: p.MigrationsTable},
		Team: func() (config.Migrate, error) {
			team, err := config.Load(filepath.Dir(p.File))
			if err != nil {
				return config.Migrate{}, err
			}
			return team.Migrate, nil
		},
		Check: func(ctx context.Context) ([]finding.Finding, error) { return a.folderFindings(ctx, p) },
		Respell: func(ctx context.Context, live, want *schema.Schema) (*schema.Schema, error) {
			from := &side{kind: sideDatabase, schema: live, major: major}
			err := a.sameSpelling(ctx, from, &side{kind: sideSnapshot, name: "the other schema", schema: want})
			return from.schema, err
		},
	}
	var err error
	if out.Filter, err = p.reading(); err != nil {
		return nil, err
	}
	if len(p.Schema) > 0 {
		out.Schema = func(ctx context.Context) (*schema.Schema, error) {
			loaded, err := a.loadSchema(ctx, p, false)
			if err != nil {
				return nil, err
			}
			return snapshot.Declared(loaded.Schema), nil
		}
	}
	return out, nil
}

// folderFindings is what `skein check --replay=off` finds.
func (a *app) folderFindings(ctx context.Context, p *project) ([]finding.Finding, error) {
	team, err := teamOf(p)
	if err != nil {
		return nil, err
	}
	in := check.Input{Dir: p.Out, Team: team, Known: filefacts.Open(a.userCache("facts"), p.Out)}
	if in.Base, err = check.FindBase(ctx, p.Out, check.BaseRequest{Revision: team.BaseRevision()}); err != nil {
		return nil, err
	}
	if err := a.wantedSchema(ctx, p, false, &in); err != nil {
		return nil, err
	}
	return check.Run(ctx, in)
}

// stateDir is the folder for what is kept from one run to the next and cannot
// be made again, or "" where there is none.
// https://specifications.freedesktop.org/basedir-spec/latest/
func stateDir(environ []string, room string) string {
	if dir := lastValue(environ, "XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "skein", room)
	}
	if runtime.GOOS != "darwin" && runtime.GOOS != "windows" {
		if home := lastValue(environ, "HOME"); home != "" {
			return filepath.Join(home, ".local", "state", "skein", room)
		}
		return ""
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "skein", room)
}
