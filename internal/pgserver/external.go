package pgserver

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/diag"
)

// externalPrefix begins the name of every database that Skein makes on a
// server of somebody else. The rest is the time in seconds and a random word.
const externalPrefix = "skein_tmp_"

// abandonedAfter is when a database of ours with nobody in it counts as left
// behind by a run that was killed.
const abandonedAfter = 24 * time.Hour

// external is a server that the user named. Only databases of this run's
// making are ever dropped, and those that a killed run left more than a day
// ago.
type external struct {
	config *pgx.ConnConfig
	log    func(string)
	stamp  string // begins the names of this run's databases
	ended  chan struct{}

	mu      sync.Mutex
	stopped bool
}

func startExternal(ctx context.Context, rawURL string, o Options) (*Server, error) {
	base, err := url.Parse(rawURL)
	if err != nil || (base.Scheme != "postgres" && base.Scheme != "postgresql") {
		return nil, &diag.Error{Kind: diag.Usage, Message: EnvURL + " is not a PostgreSQL URL",
			Hint: "write it as postgres://user:password@host:port/database"}
	}
	config, err := pgx.ParseConfig(rawURL)
	if err != nil {
		return nil, &diag.Error{Kind: diag.Usage, Message: EnvURL + " is not a PostgreSQL URL", Err: err,
			Hint: "write it as postgres://user:password@host:port/database"}
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, &diag.Error{Kind: diag.Database, Message: "cannot connect to the server in " + EnvURL + ": " + firstLine(err.Error()), Err: err,
			Hint: "start that server, or unset " + EnvURL + " to let skein start one of its own"}
	}
	e := &external{config: config, log: o.Log, ended: make(chan struct{}),
		stamp: externalPrefix + strconv.FormatInt(time.Now().Unix(), 10) + "_" + strings.ToLower(rand.Text()[:8])}
	version, major := parseVersion(conn.PgConn().ParameterStatus("server_version"))
	s := &Server{source: EnvURL, major: major, version: version, address: address{base: base}, run: e, log: o.Log, admin: conn}
	if err := e.admit(ctx, conn, s, o); err != nil {
		_ = conn.Close(ctx)
		return nil, err
	}
	return s, nil
}

// admit checks that the server serves and sweeps what killed runs left there.
func (e *external) admit(ctx context.Context, conn *pgx.Conn, s *Server, o Options) error {
	if o.Version != 0 && s.major != o.Version {
		return &diag.Error{Kind: diag.Usage, Message: fmt.Sprintf("the server in %s is PostgreSQL %s, but %d is wanted", EnvURL, s.version, o.Version),
			Hint: "name a server of that version, or unset " + EnvURL}
	}
	var may bool
	if err := conn.QueryRow(ctx, "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user").Scan(&may); err != nil {
		return s.explain("looking at the account", err)
	}
	if !may {
		return &diag.Error{Kind: diag.Database, Message: fmt.Sprintf("the account %q in %s may not create databases", e.config.User, EnvURL),
			Hint: fmt.Sprintf("as an administrator run: ALTER ROLE %s CREATEDB", quote(e.config.User))}
	}
	e.sweep(ctx, conn)
	return s.verifyExtensions(ctx, o.Extensions, "")
}

// sweep drops what killed runs left. Failing is fine: somebody else may be
// sweeping too.
func (e *external) sweep(ctx context.Context, conn *pgx.Conn) {
	rows, err := conn.Query(ctx, `SELECT datname FROM pg_database d
		WHERE starts_with(datname, '`+externalPrefix+`') AND pg_has_role(datdba, 'MEMBER')
		AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid)`)
	if err != nil {
		return
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return
	}
	for _, name := range names {
		made, _, _ := strings.Cut(strings.TrimPrefix(name, externalPrefix), "_")
		seconds, err := strconv.ParseInt(made, 10, 64)
		if err == nil && time.Since(time.Unix(seconds, 0)) > abandonedAfter {
			_, _ = conn.Exec(ctx, "DROP DATABASE IF EXISTS "+quote(name))
		}
	}
}

// stop drops this run's databases.
func (e *external) stop() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopped {
		return nil
	}
	e.stopped = true
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, e.config)
	if err != nil {
		return fmt.Errorf("connecting to drop the throwaway databases: %w", err)
	}
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, "SELECT datname FROM pg_database WHERE starts_with(datname, '"+e.stamp+"')")
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	for _, name := range names {
		if _, dropErr := conn.Exec(ctx, "DROP DATABASE IF EXISTS "+quote(name)+" WITH (FORCE)"); dropErr != nil {
			err = dropErr
		}
	}
	return err
}

func (e *external) done() <-chan struct{} { return e.ended }

func (e *external) logTail() string { return "" }

// ownCluster says whether the whole server is ours.
func (s *Server) ownCluster() bool { _, ok := s.run.(*external); return !ok }

// template is the database that new ones are copied from.
func (s *Server) template() string {
	if s.ownCluster() {
		return emptyDatabase
	}
	return "template0" // whatever the owner put into template1 is not ours to copy
}

// databaseNamed returns the name of the n-th database of this run.
func (s *Server) databaseNamed(n int) string {
	if e, ok := s.run.(*external); ok {
		return e.stamp + "_" + itoa(n)
	}
	return "db" + itoa(n)
}

// adminURL is where Skein's own connection goes.
func (s *Server) adminURL() string {
	switch {
	case s.address.base != nil:
		return s.address.base.String()
	case s.address.socketDir != "":
		return s.address.socketURL(s.home)
	}
	return s.address.url(s.home)
}
