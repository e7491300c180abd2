package studio

import (
	"bufio"
	"net/http"
	"time"

	"github.com/skein-db/skein/internal/studio/pool"
	"github.com/skein-db/skein/internal/studio/rows"
)

type exportRequest struct {
	rows.Request
	Format string `json:"format"`
}

// export streams all rows that the filters let through. Neither side ever has
// more than a row of them; a page that goes away ends the query.
func (s *Server) export(w http.ResponseWriter, r *http.Request) error {
	var ask exportRequest
	if err := linked(r, &ask); err != nil {
		return err
	}
	format, ok := formats[ask.Format]
	if !ok {
		return withStatus(http.StatusBadRequest, "the format has to be csv, json, ndjson or sql", "")
	}
	out := bufio.NewWriterSize(w, 64<<10)
	started := false
	const noTimeout = 0
	err := s.shaped(r.Context(), ask.Ref, noTimeout, func(tx *pool.Tx, shape *rows.Shape) error {
		to := format.new(out, shape.Ref)
		control := http.NewResponseController(w)
		begin := func(columns []*rows.Column) error {
			started = true
			download(w, ask.Name+"."+ask.Format, format.kind)
			to.begin(columns)
			return nil
		}
		err := rows.All(r.Context(), tx, shape, &ask.Request, begin, func(row [][]byte) error {
			if out.Available() < 4<<10 {
				_ = control.SetWriteDeadline(time.Now().Add(lineTimeout))
			}
			to.row(row)
			_, err := out.Write(nil) // what a write before has failed with
			return err
		})
		if err != nil {
			return err
		}
		to.end()
		return out.Flush()
	})
	if err != nil && started {
		panic(http.ErrAbortHandler) // a file that is cut off must not look like a whole one
	}
	return err
}
