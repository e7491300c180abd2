package studio

import (
	"encoding/json"
	"net/http"
	"time"
)

// stream writes JSON values a line each, as they come.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func newStream(w http.ResponseWriter) *stream {
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Header().Set("X-Accel-Buffering", "no") // for a proxy that would keep lines back
	return &stream{w, http.NewResponseController(w)}
}

// lineTimeout is how long a page may take to read a line.
const lineTimeout = time.Minute

// send writes one line and does not wait for more to send it.
func (s *stream) send(v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_ = s.control.SetWriteDeadline(time.Now().Add(lineTimeout))
	if _, err := s.w.Write(append(line, '\n')); err != nil {
		return err
	}
	return s.control.Flush()
}
