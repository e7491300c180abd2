// Service is a small HTTP service that carries its migrations in itself and
// applies them when it starts. Any number of replicas may start at once on the
// same database: one migrates, the others wait and find the work done.
package main

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/skein-db/skein"
)

// The journal is named, because go:embed leaves out names that begin with "_"
// where it is given a folder. The snapshots are not needed to migrate.
//
//go:embed drizzle/*.sql drizzle/meta/_journal.json
var migrations embed.FS

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	logger := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	if err := serve(ctx, logger); err != nil {
		logger.Error("the service ends", "error", err)
		os.Exit(1)
	}
}

// serve answers from the start, so that whoever looks after the process sees
// it alive while it migrates, and is ready when the database is.
func serve(ctx context.Context, logger *slog.Logger) error {
	pool, err := pgxpool.New(ctx, os.Getenv("DATABASE_URL"))
	if err != nil {
		return err
	}
	defer pool.Close()
	listener, err := net.Listen("tcp", listen())
	if err != nil {
		return err
	}
	logger.Info("listening", "address", listener.Addr().String())
	s := &service{pool: pool}
	server := &http.Server{Handler: s.routes(), ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	defer server.Close()

	if _, err := skein.Migrate(ctx, pool, migrations, skein.WithLogger(logger)); err != nil {
		return err
	}
	s.ready.Store(true)
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	s.ready.Store(false)
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return server.Shutdown(ending)
}

func listen() string {
	if address := os.Getenv("LISTEN"); address != "" {
		return address
	}
	return "localhost:8080"
}

type service struct {
	pool  *pgxpool.Pool
	ready atomic.Bool
}

func (s *service) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if !s.ready.Load() {
			http.Error(w, "the database is being migrated", http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /notes", s.whenReady(s.list))
	mux.HandleFunc("POST /notes", s.whenReady(s.add))
	return mux
}

// whenReady keeps requests away from a database that is not migrated yet.
func (s *service) whenReady(answer func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !s.ready.Load() {
			http.Error(w, "not ready", http.StatusServiceUnavailable)
			return
		}
		if err := answer(w, r); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	}
}

type note struct {
	ID     int64  `json:"id"`
	Text   string `json:"text"`
	Pinned bool   `json:"pinned"`
}

func (s *service) list(w http.ResponseWriter, r *http.Request) error {
	rows, err := s.pool.Query(r.Context(), "SELECT id, text, pinned FROM notes ORDER BY pinned DESC, id")
	if err != nil {
		return err
	}
	notes, err := pgx.CollectRows(rows, pgx.RowToStructByPos[note])
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(notes)
}

func (s *service) add(w http.ResponseWriter, r *http.Request) error {
	text := r.FormValue("text")
	if text == "" {
		return errors.New("a note needs a text")
	}
	_, err := s.pool.Exec(r.Context(), "INSERT INTO notes (text) VALUES ($1)", text)
	if err == nil {
		w.WriteHeader(http.StatusCreated)
	}
	return err
}
