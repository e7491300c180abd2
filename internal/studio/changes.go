package studio

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/skein-db/skein/internal/studio/edit"
	"github.com/skein-db/skein/internal/studio/pool"
	"github.com/skein-db/skein/internal/studio/rows"
)

// writeTimeout bounds each statement of a commit.
const writeTimeout = 30 * time.Second

type changesRequest struct {
	Changes []edit.Change `json:"changes"`
	Digest  string        `json:"digest"`
}

// previewChanges answers with the SQL of changes. It may be asked for without
// leave to write.
func (s *Server) previewChanges(w http.ResponseWriter, r *http.Request) error {
	var ask changesRequest
	if err := body(r, &ask); err != nil {
		return err
	}
	var preview *edit.Preview
	err := s.pool.Read(r.Context(), readTimeout, func(tx *pool.Tx) error {
		shapes, err := edit.Shapes(r.Context(), tx, ask.Changes)
		if err == nil {
			preview, err = edit.Of(ask.Changes, shapes)
		}
		return err
	})
	if err != nil {
		return s.refuseChange(w, err)
	}
	return s.ok(w, preview)
}

type committedAnswer struct {
	Committed bool           `json:"committed"`
	Rows      []edit.Written `json:"rows"`
}

// commitChanges runs what was previewed. Once it has begun it is not given up
// because the page went away: the person would not know what became of it.
func (s *Server) commitChanges(w http.ResponseWriter, r *http.Request) error {
	var ask changesRequest
	if err := body(r, &ask); err != nil {
		return err
	}
	ctx := context.WithoutCancel(r.Context())
	var shapes map[rows.Ref]*rows.Shape
	answer := committedAnswer{Committed: true}
	err := s.pool.Write(ctx, writeTimeout, func(tx *pool.Tx) (err error) {
		if shapes, err = edit.Shapes(ctx, tx, ask.Changes); err != nil {
			return err
		}
		preview, err := edit.Of(ask.Changes, shapes)
		if err != nil {
			return err
		}
		if preview.Digest != ask.Digest {
			return withStatus(http.StatusConflict, "these are not the changes that were shown", "look at the SQL again, then commit")
		}
		answer.Rows, err = edit.Apply(ctx, tx, ask.Changes, shapes, preview)
		return err
	})
	if err == nil {
		return s.ok(w, answer)
	}
	var failed *edit.Failure
	if errors.As(err, &failed) {
		failed.Blame(ctx, func(look func(*pool.Tx) error) error { return s.pool.Read(ctx, readTimeout, look) }, ask.Changes, shapes)
	}
	return s.refuseChange(w, err)
}

// conflictAnswer is the answer when rows have changed meanwhile.
type conflictAnswer struct {
	Error     *failure        `json:"error"`
	Conflicts []edit.Conflict `json:"conflicts"`
}

// changeAnswer is the answer when one change failed.
type changeAnswer struct {
	Error  *failure `json:"error"`
	Change int      `json:"change"`
	Column string   `json:"column,omitempty"`
}

func (s *Server) refuseChange(w http.ResponseWriter, err error) error {
	var conflicts *edit.Conflicts
	var failed *edit.Failure
	switch {
	case errors.As(err, &conflicts):
		s.answer(w, http.StatusConflict, conflictAnswer{&failure{
			What: "rows have changed since they were read; nothing was written", Next: "look at what they are now, and keep or drop your changes",
		}, conflicts.All})
		return nil
	case errors.As(err, &failed):
		status, f := s.failureOf(failed.Err)
		if status < http.StatusInternalServerError {
			status = http.StatusUnprocessableEntity
		}
		if inner := (*edit.Failure)(nil); errors.As(failed.Err, &inner) && failed.Column == "" {
			failed.Column = inner.Column
		}
		s.answer(w, status, changeAnswer{f, failed.Change, failed.Column})
		return nil
	}
	return err
}
