package studio

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/secret"
	"github.com/skein-db/skein/internal/studio/pool"
	"github.com/skein-db/skein/internal/studio/query"
)

// Options say what the page is about.
type Options struct {
	// Connect opens a connection to the database.
	Connect pool.Connect
	// Database says where that is.
	Database Database
	// Project is what the page knows of migrations, or nil.
	Project *Project
	// Write lets rows be changed and migrations be applied.
	Write bool
	// Version is the program's.
	Version string
	// Files are the page's, with an index.html.
	Files fs.FS
	// Hide takes passwords out of what is answered.
	Hide *secret.Set
	// Access says who gets in.
	Access Access
	// Memory is the folder for what the page wants kept; "" keeps nothing.
	Memory string
}

// Database is where the database is, without a password.
type Database struct {
	Name  string `json:"database"`
	Host  string `json:"host"`
	Port  uint16 `json:"port"`
	User  string `json:"user"`
	Local bool   `json:"local"`
	// Place is how messages name it.
	Place string `json:"-"`
	// Kube is its place in Kubernetes, nil elsewhere.
	Kube *Kube `json:"kube,omitempty"`
}

// Kube is a database's place in Kubernetes.
type Kube struct {
	Place string `json:"place"`
}

// Server answers the page.
type Server struct {
	options Options
	pool    *pool.Pool
	guard   *guard
	facts   facts
	types   *query.Types
	queries running

	findings findings
	applying running
	// life ends with the server, and with it what goes on without a page.
	life context.Context
	end  context.CancelFunc
}

// New makes a server; Close ends what it holds.
func New(options Options) (*Server, error) {
	guard, err := newGuard(options.Access)
	if err != nil {
		return nil, err
	}
	if options.Hide == nil {
		options.Hide = &secret.Set{}
	}
	connections := pool.New(options.Connect)
	life, end := context.WithCancel(context.Background())
	return &Server{options: options, pool: connections, guard: guard, types: query.NewTypes(connections), life: life, end: end}, nil
}

// Close ends what is being applied and closes the connections to the database.
func (s *Server) Close() {
	s.end()
	s.pool.Close()
}

func closeConn(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_ = conn.Close(ctx) // nothing is lost with it
}

// Timeouts of the server. Answers have none of their own: an export may take
// long, and each statement of it is bounded in the database.
const (
	headerTimeout = 10 * time.Second
	idleTimeout   = 2 * time.Minute
	bodyTimeout   = 30 * time.Second
	endTimeout    = 3 * time.Second
)

// Serve answers on a listener until ctx ends; then what is being answered is
// ended too.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	running, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	server := &http.Server{
		Handler: s.Handler(), ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: 64 << 10,
		BaseContext: func(net.Listener) context.Context { return running },
	}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTimeout)
		defer cancel()
		end() // queries are cancelled, and streams with them
		s.end()
		stopped <- server.Shutdown(bounded)
	})
	defer stop()
	err := server.Serve(l)
	if errors.Is(err, http.ErrServerClosed) {
		<-stopped
		_ = server.Close()
		return nil
	}
	return err
}

// Handler answers every request.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, e := range s.endpoints() {
		mux.Handle(e.pattern, s.api(e))
	}
	mux.Handle("/api/", s.api(endpoint{handle: s.noEndpoint}))
	mux.Handle("GET "+openPath, http.HandlerFunc(s.open))
	mux.Handle("POST "+loginPath, http.HandlerFunc(s.login))
	mux.Handle("/", http.HandlerFunc(s.file))
	return s.guard.wrap(mux)
}

// endpoint is one call of the API.
type endpoint struct {
	pattern string // as http.ServeMux has it
	handle  func(http.ResponseWriter, *http.Request) error
	write   bool // is refused unless writing is on
}

func (s *Server) endpoints() []endpoint {
	return []endpoint{
		{pattern: "GET /api/session", handle: s.session},
		{pattern: "GET /api/objects", handle: s.objects},
		{pattern: "GET /api/table", handle: s.table},
		{pattern: "POST /api/rows", handle: s.rows},
		{pattern: "POST /api/count", handle: s.count},
		{pattern: "POST /api/cell", handle: s.cell},
		{pattern: "GET /api/cell/raw", handle: s.rawCell},
		{pattern: "POST /api/peek", handle: s.peek},
		{pattern: "POST /api/backlinks", handle: s.backlinks},
		{pattern: "GET /api/export", handle: s.export},
		{pattern: "POST /api/changes/preview", handle: s.previewChanges},
		{pattern: "POST /api/changes/commit", handle: s.commitChanges, write: true},
		{pattern: "POST /api/sql/run", handle: s.runSQL},
		{pattern: "POST /api/sql/cancel", handle: s.queries.handle(s)},
		{pattern: "POST /api/sql/explain", handle: s.explain},
		{pattern: "GET /api/completion", handle: s.completion},
		{pattern: "GET /api/schema", handle: s.graph},
		{pattern: "GET /api/schema/points", handle: s.points},
		{pattern: "GET /api/schema/difference", handle: s.difference},
		{pattern: "GET /api/history", handle: s.history},
		{pattern: "GET /api/history/{tag}", handle: s.migration},
		{pattern: "GET /api/plan", handle: s.plan},
		{pattern: "POST /api/apply", handle: s.apply, write: true},
		{pattern: "POST /api/apply/cancel", handle: s.applying.handle(s)},
		{pattern: "GET /api/memory/{key}", handle: s.recall},
		{pattern: "PUT /api/memory/{key}", handle: s.remember},
	}
}
