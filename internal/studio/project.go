package studio

import (
	"context"
	"net/http"

	"github.com/skein-db/skein/internal/catalog"
	"github.com/skein-db/skein/internal/config"
	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/migrate"
	"github.com/skein-db/skein/internal/schema"
)

// Project is what the page knows of migrations. The functions are asked each
// time: files change while the page is open.
type Project struct {
	Config string // the config file, "" where there is none
	Folder string // of migrations
	Target migrate.Target
	// Team is what skein.yaml says of a plan and its run; nil for nothing.
	Team func() (config.Migrate, error)
	// Filter says which part of the database is the project's.
	Filter catalog.Options
	// Schema reads the schema files; nil where none are known.
	Schema func(context.Context) (*schema.Schema, error)
	// Check finds what is wrong in the folder, as `skein check` does without its
	// proof; nil leaves that out.
	Check func(context.Context) ([]finding.Finding, error)
	// Respell returns a database's schema in the words of want wherever the two
	// agree; nil leaves the words as they are. See package catalog.
	Respell func(ctx context.Context, live, want *schema.Schema) (*schema.Schema, error)
}

// project is the project, or an error that says what to do for one.
func (s *Server) project() (*Project, error) {
	if s.options.Project == nil {
		return nil, withStatus(http.StatusNotFound, "the studio knows of no migrations", "start it in the folder of a drizzle.config, or pass --config or --out")
	}
	return s.options.Project, nil
}

// survey reads the migrations folder and changes nothing in it.
func (p *Project) survey() (*history.History, error) {
	h, err := history.Survey(p.Folder)
	if err == nil {
		err = h.JournalError
	}
	return h, err
}

func (p *Project) team() (config.Migrate, error) {
	if p.Team == nil {
		return config.Migrate{}, nil
	}
	return p.Team()
}

// entry is the place of a migration in a history.
func entry(h *history.History, tag string) (int, error) {
	for i, m := range h.Migrations {
		if m.Entry.Tag == tag {
			return i, nil
		}
	}
	return 0, withStatus(http.StatusNotFound, "there is no migration "+tag, "it may have been renamed or removed: reload the history")
}
