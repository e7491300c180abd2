package studio

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/studio/query"
	"github.com/skein-db/skein/internal/studio/rows"
)

type runRequest struct {
	ID        string `json:"id"`
	SQL       string `json:"sql"`
	Write     bool   `json:"write"`
	TimeoutMS *int64 `json:"timeoutMs"`
	MaxRows   int    `json:"maxRows"`
}

// What of a run holds where the page does not say otherwise, and how far that
// goes.
const (
	sqlTimeout  = time.Minute
	sqlMaxRows  = 1000
	mostMaxRows = 50_000
)

func (a *runRequest) options() query.Options {
	o := query.Options{Write: a.Write, Timeout: sqlTimeout, MaxRows: sqlMaxRows}
	if a.TimeoutMS != nil {
		o.Timeout = time.Duration(max(0, *a.TimeoutMS)) * time.Millisecond
	}
	if a.MaxRows > 0 {
		o.MaxRows = min(a.MaxRows, mostMaxRows)
	}
	return o
}

// runSQL runs what a person wrote and streams what comes of it.
func (s *Server) runSQL(w http.ResponseWriter, r *http.Request) error {
	var ask runRequest
	if err := body(r, &ask); err != nil {
		return err
	}
	ctx, conn, end, err := s.editing(r, ask.ID, ask.Write)
	if err != nil {
		return err
	}
	defer end()
	out := newStream(w)
	began := time.Now()
	err = query.Run(ctx, conn, s.types, ask.SQL, ask.options(), func(e query.Event) error {
		return out.send(s.sqlEvent(ctx, ask.SQL, e))
	})
	if err != nil && r.Context().Err() == nil { // before the first statement
		if out.send(s.sqlEvent(ctx, ask.SQL, query.Failed{Err: err, Offset: -1})) == nil {
			_ = out.send(s.sqlEvent(ctx, ask.SQL, query.Ended{Took: time.Since(began)})) // the page may have gone
		}
	}
	return nil
}

// editing begins what the editor wants to run: under a name, so that it can be
// canceled, and on a connection of its own, which package query closes.
func (s *Server) editing(r *http.Request, id string, write bool) (ctx context.Context, conn *pgx.Conn, end func(), err error) {
	if write && !s.options.Write {
		return nil, nil, nil, errReadOnly()
	}
	if ctx, end, err = s.queries.start(r.Context(), id); err != nil {
		return nil, nil, nil, err
	}
	if conn, err = s.options.Connect(ctx); err != nil {
		end()
		return nil, nil, nil, err
	}
	return ctx, conn, end, nil
}

func errReadOnly() error {
	return withStatus(http.StatusForbidden, "nothing can be changed: the studio was started without --write", "start it with --write")
}

// The lines of a run.
type (
	statementLine struct {
		Type  string `json:"type"` // "statement"
		Index int    `json:"index"`
		SQL   string `json:"sql"`
		Start int    `json:"start"` // in the text, in UTF-16 units
		End   int    `json:"end"`
	}
	columnsLine struct {
		Type    string         `json:"type"` // "columns"
		Index   int            `json:"index"`
		Columns []query.Column `json:"columns"`
	}
	rowsLine struct {
		Type  string        `json:"type"` // "rows"
		Index int           `json:"index"`
		Rows  [][]rows.Cell `json:"rows"`
	}
	noticeLine struct {
		Type     string `json:"type"` // "notice"
		Index    int    `json:"index"`
		Severity string `json:"severity"`
		Message  string `json:"message"`
		Detail   string `json:"detail,omitempty"`
		Hint     string `json:"hint,omitempty"`
	}
	doneLine struct {
		Type    string  `json:"type"` // "done"
		Index   int     `json:"index"`
		Command string  `json:"command"`
		Rows    int     `json:"rows"`
		More    bool    `json:"more"`
		MS      float64 `json:"ms"`
	}
	errorLine struct {
		Type     string   `json:"type"` // "error"
		Index    int      `json:"index"`
		Canceled bool     `json:"canceled,omitempty"`
		Error    *failure `json:"error"`
	}
	endLine struct {
		Type      string  `json:"type"` // "end"
		MS        float64 `json:"ms"`
		Committed bool    `json:"committed"`
	}
)

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func (s *Server) sqlEvent(ctx context.Context, text string, event query.Event) any {
	switch e := event.(type) {
	case query.Begun:
		return statementLine{"statement", e.Index, e.SQL, e.Start, e.End}
	case query.Columns:
		return columnsLine{"columns", e.Index, e.Columns}
	case query.Rows:
		return rowsLine{"rows", e.Index, e.Rows}
	case query.Notice:
		hide := s.options.Hide.Hide
		return noticeLine{"notice", e.Index, e.Severity, hide(e.Message), hide(e.Detail), hide(e.Hint)}
	case query.Done:
		return doneLine{"done", e.Index, e.Command, e.Rows, e.More, milliseconds(e.Took)}
	case query.Ended:
		return endLine{"end", milliseconds(e.Took), e.Committed}
	case query.Failed:
		return s.sqlFailure(ctx, text, e)
	}
	panic("an event without a line")
}

func (s *Server) sqlFailure(ctx context.Context, text string, e query.Failed) errorLine {
	line := errorLine{Type: "error", Index: e.Index}
	if errors.Is(context.Cause(ctx), errCanceled) {
		line.Canceled, line.Error = true, &failure{What: "canceled"}
		return line
	}
	_, line.Error = s.failureOf(e.Err)
	if e.Offset >= 0 {
		line.Error.Line, line.Error.Column = diag.LineColumn([]byte(text), e.Offset)
	}
	return line
}

// explain answers with the plan of one statement. With analyze it is run, and
// rolled back.
func (s *Server) explain(w http.ResponseWriter, r *http.Request) error {
	var ask struct {
		ID      string `json:"id"`
		SQL     string `json:"sql"`
		Analyze bool   `json:"analyze"`
		Write   bool   `json:"write"`
	}
	if err := body(r, &ask); err != nil {
		return err
	}
	ctx, conn, end, err := s.editing(r, ask.ID, ask.Write)
	if err != nil {
		return err
	}
	defer end()
	began := time.Now()
	plan, err := query.Explain(ctx, conn, ask.SQL, ask.Analyze, query.Options{Write: ask.Write, Timeout: sqlTimeout})
	if err != nil {
		if errors.Is(context.Cause(ctx), errCanceled) {
			return withStatus(http.StatusConflict, "canceled", "")
		}
		return err
	}
	return s.ok(w, struct {
		Plan json.RawMessage `json:"plan"`
		Text string          `json:"text"`
		MS   float64         `json:"ms"`
	}{plan.JSON, plan.Text, milliseconds(time.Since(began))})
}
