package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// proxy stands between a program and the server and notes when the program
// first connects, so that the time from there to its end can be told from
// outside. What it adds is a local hop per message, the same for everybody.
type proxy struct {
	listener net.Listener
	network  string // of the server
	address  string
	user     string

	mu    sync.Mutex
	first time.Time
}

// newProxy starts a proxy to the server that the URL of one of its databases
// names. It ends when ctx does.
func newProxy(ctx context.Context, databaseURL string) (*proxy, error) {
	config, err := pgconn.ParseConfig(databaseURL)
	if err != nil {
		return nil, err
	}
	p := &proxy{user: config.User}
	p.network, p.address = pgconn.NetworkAddress(config.Host, config.Port)
	if p.listener, err = net.Listen("tcp4", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { p.listener.Close() })
	go p.serve()
	return p, nil
}

// url returns the URL under which a database is reached through the proxy.
func (p *proxy) url(databaseURL string) (string, error) {
	config, err := pgconn.ParseConfig(databaseURL)
	if err != nil {
		return "", err
	}
	user := url.User(p.user)
	if config.Password != "" {
		user = url.UserPassword(p.user, config.Password)
	}
	port := p.listener.Addr().(*net.TCPAddr).Port
	u := url.URL{Scheme: "postgres", User: user, Host: "127.0.0.1:" + strconv.Itoa(port), Path: "/" + config.Database, RawQuery: "sslmode=disable"}
	return u.String(), nil
}

// reset forgets the first connection.
func (p *proxy) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.first = time.Time{}
}

// since returns the time from the first connection after reset to the moment.
func (p *proxy) since(moment time.Time) (time.Duration, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.first.IsZero() {
		return 0, errors.New("it never connected")
	}
	return moment.Sub(p.first), nil
}

func (p *proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		now := time.Now()
		p.mu.Lock()
		if p.first.IsZero() {
			p.first = now
		}
		p.mu.Unlock()
		go p.forward(client)
	}
}

func (p *proxy) forward(client net.Conn) {
	defer client.Close()
	server, err := net.Dial(p.network, p.address)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		_, _ = io.Copy(server, client) // ends when either side does
		server.Close()
	}()
	_, _ = io.Copy(client, server)
}
