package studio

import (
	"context"
	"errors"
	"net/http"
	"sync"
)

// errCanceled is why something ended that a person stopped.
var errCanceled = errors.New("canceled")

// running is what can be canceled by the id that the page gave it.
type running struct {
	mu  sync.Mutex
	all map[string]context.CancelCauseFunc
}

// mostRunning bounds what runs at a time: each has a connection of its own.
const mostRunning = 4

// start makes something known. end has to be called.
func (r *running) start(ctx context.Context, id string) (context.Context, func(), error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case id == "" || len(id) > 100:
		return nil, nil, withStatus(http.StatusBadRequest, "what is run has to have an id", "docs/studio-api.md describes the call")
	case r.all[id] != nil:
		return nil, nil, withStatus(http.StatusConflict, "something runs by this id already", "cancel it, or wait until it has ended")
	case len(r.all) >= mostRunning:
		return nil, nil, withStatus(http.StatusTooManyRequests, "too much runs at the same time", "wait until something has ended, or cancel it")
	}
	if r.all == nil {
		r.all = map[string]context.CancelCauseFunc{}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	r.all[id] = cancel
	return ctx, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.all, id)
		cancel(nil)
	}, nil
}

func (r *running) cancel(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	cancel := r.all[id]
	if cancel != nil {
		cancel(errCanceled)
	}
	return cancel != nil
}

// one is the id of something that runs, "" for nothing.
func (r *running) one() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id := range r.all {
		return id
	}
	return ""
}

func (r *running) handle(s *Server) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, req *http.Request) error {
		var ask struct {
			ID string `json:"id"`
		}
		if err := body(req, &ask); err != nil {
			return err
		}
		return s.ok(w, map[string]bool{"canceled": r.cancel(ask.ID)})
	}
}
