package studio

import (
	"bufio"
	"net/http"
	"sync"
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
	f := &file{w: w, control: http.NewResponseController(w), out: out, name: ask.Name + "." + ask.Format, kind: format.kind}
	const noTimeout = 0
	err := s.shaped(r.Context(), ask.Ref, noTimeout, func(tx *pool.Tx, shape *rows.Shape) error {
		f.to = format.new(out, shape.Ref)
		defer time.AfterFunc(exportShown, f.show).Stop()
		defer f.close()
		if err := rows.All(r.Context(), tx, shape, &ask.Request, f.begin, f.row); err != nil {
			return err
		}
		return f.end()
	})
	if err != nil && f.started {
		panic(http.ErrAbortHandler) // a file that is cut off must not look like a whole one
	}
	return err
}

// exportShown is when a browser is given the beginning of a file whose first
// rows have not come: only then does it show a download, which can be stopped.
// What a query says wrong until then is still told as an error.
const exportShown = time.Second

// file is the answer of an export.
type file struct {
	w          http.ResponseWriter
	control    *http.ResponseController
	out        *bufio.Writer
	to         writer
	name, kind string

	mu      sync.Mutex // between the rows and the time
	columns []*rows.Column
	started bool
	closed  bool
}

func (f *file) begin(columns []*rows.Column) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.columns = columns
}

// start is called under the lock.
func (f *file) start() {
	if f.started {
		return
	}
	f.started = true
	download(f.w, f.name, f.kind)
	f.to.begin(f.columns)
}

func (f *file) show() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed || f.columns == nil {
		return
	}
	f.start()
	_ = f.control.SetWriteDeadline(time.Now().Add(lineTimeout))
	if f.out.Flush() == nil {
		_ = f.control.Flush() // who has gone is noticed at the next row
	}
}

func (f *file) row(values [][]byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.start()
	if f.out.Available() < 4<<10 {
		_ = f.control.SetWriteDeadline(time.Now().Add(lineTimeout))
	}
	f.to.row(values)
	_, err := f.out.Write(nil) // what a write before has failed with
	return err
}

func (f *file) end() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.start() // no rows are a file too
	f.to.end()
	return f.out.Flush()
}

func (f *file) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
}
