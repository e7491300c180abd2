package studio

import (
	"context"
	"sync"
	"time"

	"github.com/skein-db/skein/internal/finding"
)

// findings is what check says of a project. It looks at every file, which may
// take long, so that it runs beside what is asked and is remembered for a while.
type findings struct {
	mu      sync.Mutex
	running chan struct{} // closed when the check under way has ended; nil for none
	known   bool
	asked   time.Time
	took    time.Duration
	all     []finding.Finding
	err     error
}

const (
	// findingsTime is how long what was found counts as of now, unless it took
	// longer than that to find it.
	findingsTime = 5 * time.Second
	// findingsPatience is how long an answer waits for a check: most are done by
	// then.
	findingsPatience = time.Second
)

// get returns what was found last. done is false while a newer check runs, or
// the first.
func (f *findings) get(ctx, life context.Context, p *Project) (all []finding.Finding, done bool, err error) {
	if p.Check == nil {
		return nil, true, nil
	}
	if running := f.start(life, p); running != nil {
		select {
		case <-running:
		case <-time.After(findingsPatience):
		case <-ctx.Done():
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.all, f.running == nil, f.err
}

// start starts a check where what is known is too old. It returns what is closed
// when the check under way has ended, or nil.
func (f *findings) start(life context.Context, p *Project) <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.running != nil || f.known && time.Since(f.asked) < max(findingsTime, f.took) {
		return f.running
	}
	running := make(chan struct{})
	f.running = running
	go func() {
		began := time.Now()
		all, err := p.Check(life)
		f.mu.Lock()
		defer f.mu.Unlock()
		f.all, f.err, f.known, f.asked, f.took, f.running = all, err, true, time.Now(), time.Since(began), nil
		close(running)
	}()
	return running
}
