package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"

	"github.com/skein-db/skein/internal/address"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/inspect"
	"github.com/skein-db/skein/internal/studio"
	"github.com/skein-db/skein/internal/studio/page"
)

type studioOptions struct {
	target targetFlags
	port   int
	host   string
	write  bool
	yes    bool
	noOpen bool
	demo   bool
	table  string
	page   string // that shows the table; set by options
}

// studioResult is the JSON object of skein studio, printed when it is ready.
type studioResult struct {
	Status   string `json:"status"` // "ready"
	URL      string `json:"url"`    // lets in who opens it
	Database string `json:"database"`
	Write    bool   `json:"write"`
}

// studioFiles are the page's; tests of the command put their own there.
var studioFiles = page.Files()

// studioPort is where the page is unless --port says otherwise: drizzle-kit
// studio's.
const studioPort = 4983

func newStudio(a *app) *cobra.Command {
	o := &studioOptions{}
	cmd := &cobra.Command{
		Use:   "studio [flags] [table]",
		Short: "look at data, schema and history in the browser",
		Long: `Opens a page on the database: its tables with their rows, an SQL editor, the schema as a diagram, and
the migrations with what each changed. The page comes out of this program and needs nothing else: it
works offline, in a container and behind a port-forward. It ends with Ctrl-C.

Nothing can be changed unless --write is given. The page is for this machine only, and only for who
has the link that is printed. With --host others can open it, who know the passphrase that you choose;
without a terminal it comes from SKEIN_STUDIO_PASSPHRASE. docs/studio.md tells how that is kept.

--demo shows an example: a shop with 42 tables on a throwaway PostgreSQL, which is gone afterwards.

` + urlOrder,
		Example: `  skein studio
  skein studio users
  skein studio --demo --write                  an example to try everything on
  skein studio --kube prod/db/postgres-0 --kube-secret pg-app
  skein studio --write --url "$STAGING_URL"`,
		GroupID: groupLook,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage("the page opens on one table, and shows the others too", "`skein studio` takes one table, got %q too", args[1])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.table = strings.Join(args, "")
			return runStudio(cmd.Context(), a, o)
		},
	}
	o.target.add(cmd)
	flags := cmd.Flags()
	flags.IntVar(&o.port, "port", 0, fmt.Sprintf("`port` of the page (default: %d, or the next that is free)", studioPort))
	flags.StringVar(&o.host, "host", "", "`address` or name to listen on (default: this machine's loopback); needs a passphrase")
	flags.BoolVar(&o.write, "write", false, "let the page change rows and apply migrations")
	flags.BoolVarP(&o.yes, "yes", "y", false, "with --write: do not ask about a database that is not on this machine")
	flags.BoolVar(&o.demo, "demo", false, "show an example on a throwaway PostgreSQL")
	flags.BoolVar(&o.noOpen, "no-open", false, "print the link and open no browser")
	a.addFormat(cmd)
	return cmd
}

func runStudio(ctx context.Context, a *app, o *studioOptions) error {
	if !page.Built(studioFiles) {
		return usage("run `make build` in a checkout of Skein and use bin/skein", "the studio's page is not in this program")
	}
	access, err := o.access(ctx, a)
	if err != nil {
		return err
	}
	if o.demo {
		leave, err := o.startDemo(ctx, a)
		if err != nil {
			return err
		}
		defer leave()
	}
	options, err := o.options(ctx, a)
	if err != nil {
		return err
	}
	if err := o.approve(ctx, a, options); err != nil {
		return err
	}
	listener, err := listenStudio(ctx, orElse(o.host, loopback), o.port)
	if err != nil {
		return err
	}
	defer listener.Close()
	options.Access = *access
	server, err := studio.New(*options)
	if err != nil {
		return err
	}
	defer server.Close()
	a.announceStudio(o, options, server, listener.Addr().(*net.TCPAddr).Port)
	return server.Serve(ctx, listener)
}

// approve returns nil when the page may change the database: one that is not on
// this machine takes a yes.
func (o *studioOptions) approve(ctx context.Context, a *app, options *studio.Options) error {
	if !o.write || o.yes || options.Database.Local {
		return nil
	}
	if !a.canAsk() {
		return &diag.Error{Kind: diag.Refused, Message: options.Database.Place + " is not on this machine: --write needs a yes, and there is no terminal to ask on", Hint: "pass --yes too, or leave out --write"}
	}
	yes, err := a.confirm(ctx, "Let the page change "+options.Database.Place+"?")
	if err == nil && !yes {
		a.note("nothing was started\n")
		err = exitCode(exitRefused)
	}
	return err
}

// options finds out what the page is about, and connects once, so that a
// database that cannot be reached is told here and not in the page.
func (o *studioOptions) options(ctx context.Context, a *app) (*studio.Options, error) {
	p, err := o.target.project(ctx, a)
	if err != nil && (o.target.config != "" || configHere()) {
		return nil, err
	}
	at, err := o.target.reach.address(ctx, a, p)
	if err != nil {
		return nil, err
	}
	db, err := a.connect(ctx, at)
	if err != nil {
		return nil, err
	}
	defer db.close()
	options := &studio.Options{
		Connect: func(ctx context.Context) (*pgx.Conn, error) {
			conn, err := address.Connect(ctx, at)
			if err != nil {
				return nil, a.toldOf(ctx, err, (*route).latest)
			}
			return conn, nil
		},
		Database: studio.Database{
			Name: address.Database(db.Config()), Host: db.Config().Host, Port: db.Config().Port, User: db.Config().User,
			Local: len(a.routes) == 0 && isLocal(db.Config().Host), Place: db.name,
		},
		Write: o.write, Version: buildVersion().Version, Files: studioFiles, Hide: a.hide,
	}
	if len(a.routes) > 0 {
		options.Database.Kube = &studio.Kube{Place: a.routes[0].found.String()}
	}
	if o.table != "" {
		if o.page, err = tablePage(ctx, db, o.table); err != nil {
			return nil, err
		}
	}
	if p != nil {
		if options.Project, err = a.studioProject(p, majorOf(db.PgConn().ParameterStatus("server_version"))); err != nil {
			return nil, err
		}
	}
	options.Memory = stateDir(a.environ, "studio")
	return options, nil
}

// tablePage is the path of the page that shows a table or view.
func tablePage(ctx context.Context, db *database, name string) (string, error) {
	var found inspect.Name
	err := inspect.Read(ctx, db.Conn, func(read *inspect.Reader) error {
		names, err := read.Names(ctx)
		if err != nil {
			return err
		}
		names = slices.DeleteFunc(names, func(n inspect.Name) bool { return n.Kind == inspect.Sequence || n.Kind == inspect.Enum })
		found, err = oneName(db.name, name, names)
		return err
	})
	if err != nil {
		return "", err
	}
	return "/data/" + url.PathEscape(found.Schema) + "/" + url.PathEscape(found.Name), nil
}

// isLocal says whether a server is on this machine.
func isLocal(host string) bool {
	if strings.HasPrefix(host, "/") || strings.HasPrefix(host, "@") || host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// loopback is where the page is unless --host says otherwise.
const loopback = "127.0.0.1"

// nextPorts is how many ports are tried when nobody asked for one.
const nextPorts = 20

func listenStudio(ctx context.Context, host string, port int) (net.Listener, error) {
	var config net.ListenConfig
	last := port
	if port == 0 {
		port, last = studioPort, studioPort+nextPorts
	}
	for {
		l, err := config.Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
		switch {
		case err == nil:
			return l, nil
		case errors.Is(err, syscall.EADDRINUSE) && port < last:
			port++
			continue
		}
		return nil, &diag.Error{Kind: diag.Usage, Message: fmt.Sprintf("cannot listen on port %d of %s", port, host), Detail: err.Error(), Hint: "another program may have the port, perhaps another studio: pass --port with another number", Err: err}
	}
}

// shortestPassphrase is in characters. Who guesses is slowed down, see package
// studio.
const shortestPassphrase = 12

// access says who gets in. Beyond loopback that takes a passphrase.
func (o *studioOptions) access(ctx context.Context, a *app) (*studio.Access, error) {
	if o.host == "" || isLocal(o.host) && !strings.HasPrefix(o.host, "/") {
		return &studio.Access{}, nil
	}
	access := &studio.Access{Anywhere: true}
	if net.ParseIP(o.host) == nil {
		access.Names = []string{o.host}
	}
	if name, err := os.Hostname(); err == nil {
		access.Names = append(access.Names, name)
	}
	access.Passphrase = lastValue(a.environ, "SKEIN_STUDIO_PASSPHRASE")
	if access.Passphrase == "" {
		if !a.canAsk() {
			return nil, usage("set SKEIN_STUDIO_PASSPHRASE", "--host lets others in, and needs a passphrase")
		}
		var err error
		if access.Passphrase, err = a.askSecret(ctx, "A passphrase for who opens the page: "); err != nil {
			return nil, err
		}
	}
	if utf8.RuneCountInString(access.Passphrase) < shortestPassphrase {
		return nil, usage(fmt.Sprintf("choose at least %d characters: a few words are good", shortestPassphrase), "the passphrase is too short")
	}
	a.hide.Add(access.Passphrase)
	a.warn("the page goes over the network as plain HTTP: who can listen there reads it, the passphrase too. Put it behind TLS, or forward the port with ssh instead of --host")
	return access, nil
}

// announceStudio prints the link, and opens it where a person is.
func (a *app) announceStudio(o *studioOptions, options *studio.Options, server *studio.Server, port int) {
	to := ""
	if o.page != "" {
		to = "&to=" + url.QueryEscape(o.page)
	}
	base := "http://" + net.JoinHostPort(o.shownHost(), strconv.Itoa(port))
	link := base + server.Link() + to
	if options.Access.Passphrase != "" { // others are to come in by the passphrase alone
		link = base + o.page
	}
	if a.json {
		a.printJSON(studioResult{Status: "ready", URL: link, Database: options.Database.Place, Write: o.write})
	} else {
		a.print("%s\n", link)
		what := "nothing can be changed (--write lets you)"
		if o.write {
			what = "the page can change it"
		}
		a.note("skein studio shows %s; %s; Ctrl-C ends it\n", options.Database.Place, what)
	}
	if !o.noOpen && !a.json && a.outTerminal {
		openBrowser(a.environ, base+server.Ticket()+to)
	}
}

// shownHost is what stands in the link: a name of this machine where the page
// is listened for on every address.
func (o *studioOptions) shownHost() string {
	ip := net.ParseIP(o.host)
	switch {
	case o.host == "":
		return loopback
	case ip != nil && ip.IsUnspecified():
		if name, err := os.Hostname(); err == nil {
			return name
		}
		return loopback
	}
	return o.host
}
