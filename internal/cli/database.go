package cli

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/address"
)

// database is a connection and how to name it in messages.
type database struct {
	*pgx.Conn
	name string // without user and password
}

// connect opens the database at an address. Errors name the place and never
// the password.
func (a *app) connect(ctx context.Context, at address.Address) (*database, error) {
	config, err := address.Parse(at)
	if err != nil {
		return nil, err
	}
	a.hide.Add(config.Password)
	a.hide.Show(config.User, address.Database(config), config.Host)
	name := at.Place(config)
	defer a.working("connecting to %s", name)()
	conn, err := address.Connect(ctx, at)
	if err != nil {
		return nil, err
	}
	return &database{Conn: conn, name: name}, nil
}

// close ends the connection, also when the command has been interrupted.
func (d *database) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_ = d.Conn.Close(ctx) // there is nothing to lose on a connection that is not used any more
}
