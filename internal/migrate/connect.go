package migrate

import (
	"context"
	"errors"
	"net"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/address"
)

// Connect opens a connection for Status, Plan and Apply, as address.Connect
// does for a URL.
func Connect(ctx context.Context, url string) (*pgx.Conn, error) {
	return address.Connect(ctx, address.Address{URL: url})
}

// ParseURL is the part of Connect that touches no network.
func ParseURL(url string) (*pgx.ConnConfig, error) {
	return address.Parse(address.Address{URL: url})
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}
