package migrate

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

const (
	pauseFirst = 500 * time.Millisecond
	pauseLast  = 15 * time.Second
)

// patiently tries again what ended for want of a lock. Between two attempts
// nothing is held, so that those who queued behind the first one get through.
func (r *runner) patiently(ctx context.Context, s *Step, try func() *failure) *failure {
	start := time.Now()
	most := r.o.LockRetries
	if most == 0 {
		most = DefaultLockRetries
	}
	for n := 1; ; n++ {
		f := try()
		if f == nil || !f.again {
			return f
		}
		if n > most {
			f.Detail = lines(f.Detail, gaveUp(n, time.Since(start), f.blockers))
			return f
		}
		pause := r.o.pause(n)
		r.tell(Retry{Tag: s.Migration.Entry.Tag, Reason: f.Message, Number: n, Max: most, Pause: pause, Blockers: f.blockers})
		select {
		case <-ctx.Done():
			return r.stopped(s, context.Cause(ctx))
		case <-time.After(pause):
		}
	}
}

// pause is the time before the n-th retry: longer each time, and never the
// same for two who are in each other's way.
func (o Options) pause(n int) time.Duration {
	longest := min(pauseFirst<<min(n-1, 10), pauseLast)
	if o.pauseLast > 0 {
		longest = min(longest, o.pauseLast)
	}
	return longest/2 + rand.N(longest/2)
}

func gaveUp(attempts int, took time.Duration, blockers []Blocker) string {
	text := ""
	if attempts > 1 {
		text = fmt.Sprintf("tried %d times in %.1f s", attempts, took.Seconds())
	}
	for _, b := range blockers {
		text = lines(text, "in the way: "+b.String())
	}
	return text
}

// watching looks at whom the migration's statement waits for, until the
// function it returns is called.
func (r *runner) watching(s *Step) (end func()) {
	first := time.Duration(0)
	if t := r.o.LockTimeout; t > 0 {
		first = min(watchFirst, t/2)
	}
	return r.watcher.watching(r.pid, s.Migration.Entry.Tag, first)
}
