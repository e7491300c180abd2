package studio

import (
	"context"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/studio/pool"
	"github.com/skein-db/skein/internal/studio/rows"
)

// shaped runs work in a reading transaction with what a table looks like.
func (s *Server) shaped(ctx context.Context, name rows.Ref, timeout time.Duration, work func(*pool.Tx, *rows.Shape) error) error {
	return s.pool.Read(ctx, timeout, func(tx *pool.Tx) error {
		shape, err := rows.Of(ctx, tx, name)
		if err != nil {
			return err
		}
		return work(tx, shape)
	})
}

func (s *Server) rows(w http.ResponseWriter, r *http.Request) error {
	var ask rows.Request
	if err := body(r, &ask); err != nil {
		return err
	}
	var page *rows.Page
	err := s.shaped(r.Context(), ask.Ref, readTimeout, func(tx *pool.Tx, shape *rows.Shape) (err error) {
		page, err = rows.Read(r.Context(), tx, shape, &ask)
		return err
	})
	if err != nil {
		return err
	}
	return s.ok(w, page)
}

// countTime is how long rows are counted before the planner's estimate has to
// do.
const countTime = 2 * time.Second

func (s *Server) count(w http.ResponseWriter, r *http.Request) error {
	var ask struct {
		rows.Ref
		Filters []rows.Filter `json:"filters"`
	}
	if err := body(r, &ask); err != nil {
		return err
	}
	began := time.Now()
	c := rows.Count{Exact: true}
	err := s.shaped(r.Context(), ask.Ref, countTime, func(tx *pool.Tx, shape *rows.Shape) (err error) {
		c.Count, err = rows.CountRows(r.Context(), tx, shape, ask.Filters)
		return err
	})
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "57014" {
		c.Exact = false
		err = s.shaped(r.Context(), ask.Ref, readTimeout, func(tx *pool.Tx, shape *rows.Shape) (err error) {
			c.Count, err = rows.EstimateRows(r.Context(), tx, shape, ask.Filters)
			return err
		})
	}
	if err != nil {
		return err
	}
	c.MS = float64(time.Since(began).Microseconds()) / 1000
	return s.ok(w, c)
}

// cellRequest names one value.
type cellRequest struct {
	rows.Ref
	Key    []string `json:"key"`
	Column string   `json:"column"`
}

func (s *Server) cell(w http.ResponseWriter, r *http.Request) error {
	var ask cellRequest
	if err := body(r, &ask); err != nil {
		return err
	}
	var value *rows.Value
	err := s.shaped(r.Context(), ask.Ref, readTimeout, func(tx *pool.Tx, shape *rows.Shape) (err error) {
		value, err = rows.ReadValue(r.Context(), tx, shape, ask.Key, ask.Column)
		return err
	})
	if err != nil {
		return err
	}
	return s.ok(w, value)
}

// rawCell streams one value as a download: the bytes of a bytea, else the text.
func (s *Server) rawCell(w http.ResponseWriter, r *http.Request) error {
	var ask cellRequest
	if err := linked(r, &ask); err != nil {
		return err
	}
	started := false
	err := s.shaped(r.Context(), ask.Ref, readTimeout, func(tx *pool.Tx, shape *rows.Shape) error {
		there, err := rows.ReadChunks(r.Context(), tx, shape, ask.Key, ask.Column, func(chunk string, binary bool) error {
			if !started {
				started = true
				download(w, ask.Name+"."+ask.Column+map[bool]string{true: ".bin", false: ".txt"}[binary], map[bool]string{true: "application/octet-stream", false: "text/plain; charset=utf-8"}[binary])
			}
			data := []byte(chunk)
			if binary {
				var err error
				if data, err = hex.DecodeString(chunk); err != nil {
					return err
				}
			}
			_, err := w.Write(data)
			return err
		})
		if err == nil && !there {
			return withStatus(http.StatusNotFound, "the value is null", "there is nothing to download")
		}
		return err
	})
	if started && err != nil {
		panic(http.ErrAbortHandler) // a file that is cut off must not look like a whole one
	}
	if err == nil && !started {
		download(w, ask.Name+"."+ask.Column+".txt", "text/plain; charset=utf-8") // an empty value
	}
	return err
}

// download sets the headers of an answer that is saved as a file.
func download(w http.ResponseWriter, name, kind string) {
	var plain strings.Builder
	for _, c := range name {
		if c > ' ' && c < 127 && !strings.ContainsRune(`"\/:*?<>|;%`, c) {
			plain.WriteRune(c)
		} else {
			plain.WriteByte('_')
		}
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+plain.String()+`"`)
}

func (s *Server) peek(w http.ResponseWriter, r *http.Request) error {
	var ask struct {
		rows.Ref
		Columns []string `json:"columns"`
		Values  []string `json:"values"`
	}
	if err := body(r, &ask); err != nil {
		return err
	}
	var preview *rows.Preview
	err := s.shaped(r.Context(), ask.Ref, readTimeout, func(tx *pool.Tx, shape *rows.Shape) (err error) {
		preview, err = rows.Peek(r.Context(), tx, shape, ask.Columns, ask.Values)
		return err
	})
	if err != nil {
		return err
	}
	return s.ok(w, preview)
}

func (s *Server) backlinks(w http.ResponseWriter, r *http.Request) error {
	var ask struct {
		rows.Ref
		Key []string `json:"key"`
	}
	if err := body(r, &ask); err != nil {
		return err
	}
	var links []*rows.Link
	err := s.shaped(r.Context(), ask.Ref, readTimeout, func(tx *pool.Tx, shape *rows.Shape) (err error) {
		links, err = rows.Backlinks(r.Context(), tx, shape, ask.Key)
		return err
	})
	if err != nil {
		return err
	}
	return s.ok(w, map[string]any{"links": links})
}
