package pgserver

import (
	"crypto/rand"
	"net"
	"net/url"
	"strconv"
)

// defaultPort names the socket file; with a folder per server any number does.
const defaultPort = 5432

// address is how to reach a server.
type address struct {
	socketDir string // "" where Unix sockets are not used
	tcp       bool
	port      int
	password  string // for TCP; on the socket the folder's mode is the lock
	base      *url.URL
}

// newAddress picks the address of a new server in its own folder.
func newAddress(dir string, listen bool) (address, error) {
	a := address{socketDir: dir, port: defaultPort}
	if !socketsWork {
		a.socketDir, listen = "", true
	}
	if listen {
		port, err := FreePort()
		if err != nil {
			return address{}, err
		}
		a.tcp, a.port, a.password = true, port, rand.Text()
	}
	return a, nil
}

// FreePort asks the system for a port of loopback that nobody uses. Somebody else
// could take it before a server does; that then fails to start and says so.
func FreePort() (int, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// url returns the connection URL of a database. It carries everything that a
// PG* variable could change, so that it means the same everywhere.
func (a address) url(database string) string {
	if a.base != nil {
		u := *a.base
		u.Path = "/" + database
		return u.String()
	}
	if a.tcp {
		u := url.URL{Scheme: "postgres", User: url.UserPassword(superuser, a.password),
			Host: "127.0.0.1:" + strconv.Itoa(a.port), Path: "/" + database, RawQuery: "sslmode=disable"}
		return u.String()
	}
	return a.socketURL(database)
}

func (a address) socketURL(database string) string {
	query := url.Values{"host": {a.socketDir}, "port": {strconv.Itoa(a.port)}}
	return "postgres://" + superuser + "@/" + url.PathEscape(database) + "?" + query.Encode()
}

// URL returns the connection URL of a database of that name on the server; it
// does not make the database.
func (s *Server) URL(database string) string { return s.address.url(database) }
