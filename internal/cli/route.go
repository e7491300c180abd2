package cli

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/address"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/kube"
)

// route is the way to a database in Kubernetes. It stays open until the
// command has ended, so that what went wrong with it can still be told.
type route struct {
	kubectl *kube.Kubectl
	found   *kube.Found
	first   *kube.Forward

	mu  sync.Mutex // guards now
	now *kube.Forward
}

// openRoute finds a pod, reads how to log in, and forwards a port.
func (a *app) openRoute(ctx context.Context, place kube.Place, source kube.Source, from string) (address.Address, error) {
	k := &kube.Kubectl{Environ: a.environ, Hide: a.hide}
	asked, err := k.Resolve(ctx, &place)
	if err != nil {
		return address.Address{}, err
	}
	if asked {
		a.note("kubectl's current context is %s\n", place.Context)
	}
	defer a.working("finding %s in Kubernetes", place)()
	found, err := k.Find(ctx, place)
	if err != nil {
		return address.Address{}, err
	}
	access, err := k.Access(ctx, found, source)
	if err != nil {
		return address.Address{}, err
	}
	forward, err := k.Forward(ctx, found)
	if err != nil {
		return address.Address{}, err
	}
	r := &route{kubectl: k, found: found, first: forward, now: forward}
	a.routes = append(a.routes, r)
	return r.address(access, from), nil
}

// address is the server by its name inside of the cluster, for which its
// certificate may be made, reached through the forward.
func (r *route) address(access *kube.Access, from string) address.Address {
	u := url.URL{Scheme: "postgres", Host: net.JoinHostPort(r.found.Host(), strconv.Itoa(r.found.Port)), Path: "/" + access.Database, RawQuery: access.Query.Encode()}
	switch {
	case access.Password != "":
		u.User = url.UserPassword(access.User, access.Password)
	case access.User != "":
		u.User = url.User(access.User)
	}
	from = orElse(access.From, orElse(from, "--kube"))
	return address.Address{URL: u.String(), From: from, Dial: r.dial, Name: r.found.String() + " in Kubernetes"}
}

// dial connects through the forward. When it has ended, because its pod went
// away, the pod is looked for again: a run that lost its connection wants to
// know what became of its transaction.
func (r *route) dial(ctx context.Context) (net.Conn, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	select {
	case <-r.now.Done():
		if err := r.again(ctx); err != nil {
			return nil, err
		}
	default:
	}
	var d net.Dialer
	return d.DialContext(ctx, "tcp", r.now.Address())
}

func (r *route) again(ctx context.Context) error {
	found, err := r.kubectl.Find(ctx, r.found.Place)
	if err != nil {
		return err
	}
	forward, err := r.kubectl.Forward(ctx, found)
	if err != nil {
		return err
	}
	r.now.Close()
	r.now = forward
	return nil
}

func (r *route) close() {
	r.first.Close()
	r.now.Close()
}

// closeRoutes ends what forwards ports for us.
func (a *app) closeRoutes() {
	for _, r := range a.routes {
		r.close()
	}
	a.routes = nil
}

// begun is the forward that a command began with: what it was doing was lost
// with that one.
func (r *route) begun() *kube.Forward { return r.first }

// latest is the forward that is used now.
func (r *route) latest() *kube.Forward {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

// explain says what became of the pods when a connection to one was lost: of
// itself that is a bare "connection reset".
func (a *app) explain(ctx context.Context, err error, through func(*route) *kube.Forward) string {
	var pg *pgconn.PgError
	if len(a.routes) == 0 || errors.As(err, &pg) && !strings.HasPrefix(pg.Code, "57P") { // operator intervention
		return ""
	}
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	var said []string
	for _, r := range a.routes {
		if why := through(r).Diagnose(bounded); why != "" {
			said = append(said, why)
		}
	}
	return strings.Join(said, "\n")
}

// told is an error as it is shown: with what became of the way to the
// database, and without passwords.
func (a *app) told(ctx context.Context, err error) *diag.Error {
	return a.toldOf(ctx, err, (*route).begun)
}

// toldOf is told for what goes on when a forward has ended, and is to speak of
// another than the first.
func (a *app) toldOf(ctx context.Context, err error, through func(*route) *kube.Forward) *diag.Error {
	e := *asDiag(err)
	if e.Kind == diag.Database {
		if why := a.explain(ctx, err, through); why != "" {
			e.Detail = strings.TrimPrefix(e.Detail+"\n"+why, "\n")
		}
	}
	return a.hidden(&e)
}

// hidden is an error without passwords.
func (a *app) hidden(e *diag.Error) *diag.Error {
	out := *e
	for _, text := range []*string{&out.Message, &out.Detail, &out.Hint} {
		*text = a.hide.Hide(*text)
	}
	return &out
}
