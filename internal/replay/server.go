package replay

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/migrate"
	"github.com/skein-db/skein/internal/pgserver"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltext"
)

// prover is one proof under way. The server starts when it is first needed.
type prover struct {
	history *history.History
	options Options
	last    *schema.Schema // of the last snapshot, nil where there is none
	desired *schema.Schema // of the schema files, nil where they are left out
	found   *pgserver.Found
	store   *store
	key     string // see runKey
	scripts []history.Migration

	starting sync.Mutex
	server   *pgserver.Server
	replayed *database // with the whole history, nil until it was run
	scratch  *scratch
}

// database is a throwaway database and the one connection to it.
type database struct {
	url  string
	conn *pgx.Conn
}

// running returns the server, started on first use.
func (p *prover) running(ctx context.Context) (*pgserver.Server, error) {
	p.starting.Lock()
	defer p.starting.Unlock()
	if p.server == nil {
		p.options.Progress("starting PostgreSQL")
		server, err := pgserver.Start(ctx, p.options.Server)
		if err != nil {
			return nil, err
		}
		if server.Source() != p.found.Source {
			p.store = newStore("") // what was found does not start, so the keys are of another one
		}
		p.server = server
		if err := p.lendRoles(ctx); err != nil {
			return nil, err
		}
	}
	return p.server, nil
}

// lendRoles makes the roles that the history takes for granted.
func (p *prover) lendRoles(ctx context.Context) error {
	roles := p.lentRoles()
	if len(roles) == 0 {
		return nil
	}
	url, err := p.server.CreateDatabase(ctx)
	if err != nil {
		return err
	}
	d, err := open(ctx, url)
	if err != nil {
		return err
	}
	defer d.close()
	for _, role := range roles {
		if _, err := d.conn.Exec(ctx, "CREATE ROLE "+sqltext.QuoteIdent(role)); err != nil {
			return err
		}
	}
	return nil
}

// create makes an empty database and connects to it.
func (p *prover) create(ctx context.Context) (*database, error) {
	server, err := p.running(ctx)
	if err != nil {
		return nil, err
	}
	url, err := server.CreateDatabase(ctx)
	if err != nil {
		return nil, err
	}
	return open(ctx, url)
}

// clone copies a database. The connection to the original is closed for it.
func (p *prover) clone(ctx context.Context, d *database) (*database, error) {
	d.close()
	url, err := p.server.Clone(ctx, d.url)
	if err != nil {
		return nil, err
	}
	return open(ctx, url)
}

func open(ctx context.Context, url string) (*database, error) {
	conn, err := migrate.Connect(ctx, url)
	if err != nil {
		return nil, err
	}
	return &database{url: url, conn: conn}, nil
}

// closing bounds how long the end of a connection is waited for.
const closing = 2 * time.Second

func (d *database) close() {
	if d == nil || d.conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), closing)
	defer cancel()
	_ = d.conn.Close(ctx) // nothing is lost with it
	d.conn = nil
}

// drop removes a database; the server's end would do it too.
func (p *prover) drop(ctx context.Context, d *database) error {
	d.close()
	return p.server.Drop(ctx, d.url)
}

// ended says whether the server is gone.
func (p *prover) ended() bool {
	select {
	case <-p.server.Done():
		return true
	default:
		return false
	}
}

// stop ends the server, if there is one.
func (p *prover) stop() {
	p.replayed.close()
	if p.scratch != nil {
		p.scratch.empty.close()
		p.scratch.furnished.close()
	}
	if p.server != nil {
		_ = p.server.Stop() // its guard takes away what is left
	}
}
