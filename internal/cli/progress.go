package cli

import (
	"fmt"
	"time"
)

// quiet is how long work may take before it is talked about.
const quiet = time.Second

// progress is the line on standard error that says what is being waited for.
// A nil progress shows nothing.
type progress struct {
	streams *Streams
	text    string
	since   time.Time
	shown   bool
	stop    chan struct{}
	stopped chan struct{}
}

// working shows text on the progress line, once it has been true for a while,
// until the returned function is called.
func (s *Streams) working(format string, args ...any) (done func()) {
	text := fmt.Sprintf(format, args...)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.errTerminal || s.dumb {
		return func() {}
	}
	if running := s.progress; running != nil { // work inside work: the inner one is shown
		outer := running.text
		running.text = text
		return func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			running.text = outer
		}
	}
	p := &progress{streams: s, text: text, since: time.Now(), stop: make(chan struct{}), stopped: make(chan struct{})}
	s.progress = p
	go p.run()
	return p.done
}

func (p *progress) run() {
	defer close(p.stopped)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-tick.C:
			p.streams.mu.Lock()
			if p.streams.progress == p { // else it has ended since the tick
				p.draw()
			}
			p.streams.mu.Unlock()
		}
	}
}

// draw writes the line. The lock of the streams is held.
func (p *progress) draw() {
	waited := time.Since(p.since)
	if waited < quiet {
		return
	}
	line := fmt.Sprintf("%s … %d s", p.text, int(waited.Seconds()))
	line = fit(line, max(0, p.streams.errWidth()-1))
	fmt.Fprintf(p.streams.Err, "\r%s\x1b[K", p.streams.errPaint().faint(line))
	p.shown = true
}

// clear takes the line away; the next tick draws it again. The lock of the
// streams is held.
func (p *progress) clear() {
	if p != nil && p.shown {
		fmt.Fprint(p.streams.Err, "\r\x1b[K")
		p.shown = false
	}
}

func (p *progress) done() {
	p.streams.mu.Lock()
	if p.streams.progress != p {
		p.streams.mu.Unlock()
		return
	}
	p.clear()
	p.streams.progress = nil
	p.streams.mu.Unlock()
	close(p.stop)
	<-p.stopped
}
