package studio

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/skein-db/skein/internal/studio/pool"
)

// readTimeout bounds each statement that the page's reading runs.
const readTimeout = 20 * time.Second

// facts are what does not change while the server runs, read once.
type facts struct {
	mu       sync.Mutex
	known    bool
	server   string
	timezone string
	user     string
}

type sessionAnswer struct {
	Database
	Server             string         `json:"server"`
	Write              bool           `json:"write"`
	WriteWhy           string         `json:"writeWhy"`
	Version            string         `json:"version"`
	Project            *projectAnswer `json:"project"`
	Timezone           string         `json:"timezone"`
	StatementTimeoutMS int64          `json:"statementTimeoutMs"`
}

type projectAnswer struct {
	Config string `json:"config"`
	Folder string `json:"folder"`
	Schema string `json:"schema"`
	Table  string `json:"table"`
}

func (s *Server) session(w http.ResponseWriter, r *http.Request) error {
	if err := s.facts.read(r.Context(), s.pool); err != nil {
		return err
	}
	a := sessionAnswer{
		Database: s.options.Database, Server: s.facts.server, Timezone: s.facts.timezone, Version: s.options.Version,
		Write: s.options.Write, WriteWhy: "start with --write to edit", StatementTimeoutMS: readTimeout.Milliseconds(),
	}
	if a.Write {
		a.WriteWhy = "started with --write"
	}
	if a.User == "" {
		a.User = s.facts.user
	}
	if p := s.options.Project; p != nil {
		a.Project = &projectAnswer{p.Config, p.Folder, p.Target.Schema, p.Target.Table}
	}
	return s.ok(w, a)
}

func (f *facts) read(ctx context.Context, p *pool.Pool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.known {
		return nil
	}
	return p.Read(ctx, readTimeout, func(tx *pool.Tx) error {
		row, err := tx.Row(ctx, "select current_setting('server_version'), current_setting('timezone'), current_user")
		if err == nil {
			f.server, f.timezone, f.user, f.known = *row[0], *row[1], *row[2], true
		}
		return err
	})
}
