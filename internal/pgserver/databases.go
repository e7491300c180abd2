package pgserver

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/diag"
)

// emptyDatabase is the one that new databases of a server of our own are
// copied from. A throwaway cluster has no other, so Skein's own connection
// goes there too: a session may copy the database it is connected to as long
// as it is alone in it.
const emptyDatabase = "template1"

// peopleDatabase is where people and programs connect when they have not made
// a database yet.
const peopleDatabase = "postgres"

// CreateDatabase makes an empty database and returns its URL.
func (s *Server) CreateDatabase(ctx context.Context) (string, error) {
	return s.create(ctx, s.template())
}

// Clone makes a copy of a database, given by the URL that CreateDatabase or
// Clone returned, and returns the copy's URL. Nobody may be connected to the
// original.
func (s *Server) Clone(ctx context.Context, from string) (string, error) {
	name, err := databaseName(from)
	if err != nil {
		return "", err
	}
	return s.create(ctx, name)
}

// Drop removes a database that CreateDatabase or Clone made, ending the
// sessions in it.
func (s *Server) Drop(ctx context.Context, url string) error {
	name, err := databaseName(url)
	if err != nil {
		return err
	}
	return s.exec(ctx, "DROP DATABASE IF EXISTS "+quote(name)+" WITH (FORCE)")
}

func databaseName(url string) (string, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return "", &diag.Error{Kind: diag.Bug, Message: "not the URL of a throwaway database", Err: err}
	}
	return config.Database, nil
}

// create copies a database. On a cluster of our own the data lies in memory or
// is never synced, where copying files beats logging every page; on somebody's
// server the server's default decides.
// https://www.postgresql.org/docs/current/sql-createdatabase.html
func (s *Server) create(ctx context.Context, from string) (string, error) {
	s.mu.Lock()
	s.databases++
	name := s.databaseNamed(s.databases)
	s.mu.Unlock()
	statement := "CREATE DATABASE " + quote(name) + " TEMPLATE " + quote(from)
	if s.ownCluster() && s.major >= 15 {
		statement += " STRATEGY file_copy"
	}
	if err := s.exec(ctx, statement); err != nil {
		return "", err
	}
	return s.URL(name), nil
}

// exec runs a statement on Skein's own connection, which it opens if need be.
func (s *Server) exec(ctx context.Context, statement string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return &diag.Error{Kind: diag.Bug, Message: "the throwaway server has been stopped already"}
	}
	if err := s.connect(ctx); err != nil {
		return err
	}
	if s.home == emptyDatabase {
		defer s.disconnect() // else nobody could run a plain CREATE DATABASE
	}
	if _, err := s.admin.Exec(ctx, statement); err != nil {
		return s.explain(statement, err)
	}
	return nil
}

// disconnect closes the connection in s.admin. The caller holds the lock.
func (s *Server) disconnect() {
	if s.admin == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), adminCloseTimeout)
	defer cancel()
	_ = s.admin.Close(ctx) // what the server does not hear it finds out
	s.admin = nil
}

// connect opens the connection in s.admin. The caller holds the lock.
func (s *Server) connect(ctx context.Context) error {
	if s.admin != nil && !s.admin.IsClosed() {
		return nil
	}
	config, err := pgx.ParseConfig(s.adminURL())
	if err == nil {
		config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
		s.admin, err = pgx.ConnectConfig(ctx, config)
	}
	if err != nil {
		return s.explain("connecting", err)
	}
	return nil
}

// explain turns what PostgreSQL said into an error for people.
func (s *Server) explain(doing string, err error) error {
	e := &diag.Error{Kind: diag.Database, Err: err,
		Message: fmt.Sprintf("the throwaway PostgreSQL (%s) failed: %s", s.source, firstLine(err.Error())),
		Detail:  "while running: " + doing}
	var pg *pgconn.PgError
	switch {
	case errors.As(err, &pg):
		e.Hint = pg.Hint
		if pg.Code == "55006" { // object_in_use
			e.Hint = "close the connections to the database before it is copied"
		}
	default:
		if tail := s.LogTail(); tail != "" {
			e.Detail += "\n" + tail
		}
	}
	if e.Hint == "" {
		e.Hint = "run the command again; if it keeps failing, report it with the lines above"
	}
	return e
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }
