package studio

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/diag"
)

// failure is an error as the page gets it.
type failure struct {
	What   string `json:"what"`
	Where  string `json:"where,omitempty"`
	Next   string `json:"next,omitempty"`
	Code   string `json:"code,omitempty"` // SQLSTATE
	Detail string `json:"detail,omitempty"`
	Hint   string `json:"hint,omitempty"` // PostgreSQL's own
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

// statusError is an error with the status of its answer.
type statusError struct {
	status int
	err    error
}

func (e *statusError) Error() string { return e.err.Error() }
func (e *statusError) Unwrap() error { return e.err }

func withStatus(status int, what, next string) error {
	return &statusError{status, &diag.Error{Kind: diag.Usage, Message: what, Hint: next}}
}

// failureOf puts an error into the page's shape, without passwords, and says
// with which status it is answered.
func (s *Server) failureOf(err error) (int, *failure) {
	f := &failure{What: err.Error()}
	status := http.StatusInternalServerError
	var known *diag.Error
	var pg *pgconn.PgError
	switch {
	case errors.As(err, &known):
		f.What, f.Where, f.Detail, f.Next = known.Message, known.Position(), known.Detail, known.Hint
		f.Line, f.Column = known.Line, known.Column
		status = map[diag.Kind]int{diag.Usage: http.StatusBadRequest, diag.Refused: http.StatusConflict, diag.Database: http.StatusServiceUnavailable}[known.Kind]
		if status == 0 {
			status = http.StatusInternalServerError
		}
		if errors.As(err, &pg) {
			f.Code, f.Hint = pg.Code, pg.Hint
			if known.Kind == diag.Database {
				status = statusOf(pg)
			}
		}
	case errors.As(err, &pg):
		f.What, f.Code, f.Detail, f.Hint = pg.Message, pg.Code, pg.Detail, pg.Hint
		status = statusOf(pg)
		f.Next = nextOf(pg)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), pgconn.SafeToRetry(err), lostConnection(err):
		f.What, f.Next = "the connection to the database was lost", "it is opened again with the next request"
		status = http.StatusServiceUnavailable
	default:
		f.What, f.Next = "this is a bug in skein: "+err.Error(), "please report it with what you did"
	}
	var chosen *statusError
	if errors.As(err, &chosen) {
		status = chosen.status
	}
	for _, text := range []*string{&f.What, &f.Where, &f.Next, &f.Detail, &f.Hint} {
		*text = s.options.Hide.Hide(*text)
	}
	return status, f
}

func lostConnection(err error) bool {
	var closed interface{ Timeout() bool }
	return errors.As(err, &closed) || strings.Contains(err.Error(), "conn closed") || strings.Contains(err.Error(), "closed connection")
}

func statusOf(pg *pgconn.PgError) int {
	switch {
	case strings.HasPrefix(pg.Code, "08"), strings.HasPrefix(pg.Code, "57P"), strings.HasPrefix(pg.Code, "53"), strings.HasPrefix(pg.Code, "28"):
		return http.StatusServiceUnavailable
	case pg.Code == "42501":
		return http.StatusForbidden
	case pg.Code == "57014":
		return http.StatusGatewayTimeout
	}
	return http.StatusUnprocessableEntity
}

func nextOf(pg *pgconn.PgError) string {
	switch pg.Code {
	case "57014":
		return "it took longer than the statement timeout: narrow it down"
	case "55P03":
		return "somebody holds a lock on it: try again, or see pg_stat_activity"
	case "42501":
		return "the role of this connection may not do that"
	case "25006":
		return "switch writing on for it, which needs `skein studio --write`"
	case "42P01", "42703":
		return "it may have been renamed or dropped: reload"
	}
	return ""
}

// api is an endpoint behind what every one of them asks for.
func (s *Server) api(e endpoint) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer s.recovered(w, r)
		err := s.allowed(e, r)
		if err == nil {
			err = arrive(w, r, longestBody)
		}
		if err == nil {
			err = e.handle(w, r)
		}
		if err != nil {
			s.refuse(w, r, err)
		}
	})
}

// longestBody bounds what the page may send, in bytes.
const longestBody = 16 << 20

func (s *Server) allowed(e endpoint, r *http.Request) error {
	switch {
	case !ours(r):
		return withStatus(http.StatusForbidden, "this request was not made by the studio's own page", "")
	case !s.guard.knows(r):
		return withStatus(http.StatusUnauthorized, "you are not let in yet, or the studio was started again", "open the link that `skein studio` printed")
	case e.write && !s.options.Write:
		return withStatus(http.StatusForbidden, "nothing can be changed: the studio was started without --write", "start it with --write")
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); strings.TrimSpace(kind) != "application/json" {
			return withStatus(http.StatusUnsupportedMediaType, "the body has to be application/json", "")
		}
	}
	return nil
}

// arrive reads the body of a request as a whole, within a time: an answer may
// take longer than a page may take to ask.
func arrive(w http.ResponseWriter, r *http.Request, longest int64) error {
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(bodyTimeout)) // a real connection has one
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, longest))
	_ = control.SetReadDeadline(time.Time{})
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		return withStatus(http.StatusRequestEntityTooLarge, "this is too much for one request", "send less at a time")
	case err != nil:
		return withStatus(http.StatusBadRequest, "the request did not arrive as a whole: "+err.Error(), "try again")
	}
	r.Body = io.NopCloser(bytes.NewReader(data))
	return nil
}

func (s *Server) noEndpoint(_ http.ResponseWriter, r *http.Request) error {
	return withStatus(http.StatusNotFound, "there is no "+r.Method+" "+r.URL.Path, "docs/studio-api.md lists the calls")
}

// refuse answers with an error. Who went away is not answered.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return
	}
	status, f := s.failureOf(err)
	s.answer(w, status, map[string]*failure{"error": f})
}

func (s *Server) recovered(w http.ResponseWriter, r *http.Request) {
	cause := recover()
	if cause == nil {
		return
	}
	if cause == http.ErrAbortHandler {
		panic(cause)
	}
	slog.Error(s.options.Hide.Hide(fmt.Sprintf("bug in %s %s: %v\n%s", r.Method, r.URL.Path, cause, debug.Stack())))
	s.refuse(w, r, fmt.Errorf("%v", cause))
}

// answer writes JSON.
func (s *Server) answer(w http.ResponseWriter, status int, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(data) // who went away needs no answer
}

// ok answers with a value.
func (s *Server) ok(w http.ResponseWriter, v any) error {
	s.answer(w, http.StatusOK, v)
	return nil
}

// body reads the JSON that a request came with.
func body(r *http.Request, into any) error { return decode(r.Body, into) }

// linked reads the JSON that a link has as q.
func linked(r *http.Request, into any) error {
	return decode(strings.NewReader(r.URL.Query().Get("q")), into)
}

func decode(from io.Reader, into any) error {
	decoder := json.NewDecoder(from)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return withStatus(http.StatusBadRequest, "what was asked cannot be read: "+err.Error(), "docs/studio-api.md describes the call")
	}
	return nil
}
