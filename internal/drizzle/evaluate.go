package drizzle

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"strings"

	"github.com/skein-db/skein/internal/diag"
)

// evaluation is a bundle in an engine.
type evaluation struct {
	*bundler
	what     string // "schema" or "config", for messages
	entry    string
	settings settings
	script   *script
	places   []decision // of a rewritten bundle
	engine   *engine
	base     *outcome
	plan     map[string]int // of base
	mostRuns int            // of whatIf
	attempts map[string]*outcome
	// unchecked says why decisions on stand-ins could not be noticed.
	unchecked error
}

// evaluate builds the bundle and runs it once. The outcome may be an exception
// of the program; the error is one of building, or of the limits.
func (b *bundler) evaluate(ctx context.Context, what, entry string, s settings) (*evaluation, error) {
	script, err := b.build(entry, false)
	if err != nil {
		return nil, err
	}
	e := &evaluation{bundler: b, what: what, entry: entry, settings: s, script: script, mostRuns: mostRuns}
	how := asItIs
	if strings.Contains(script.code, "__skein.unknown(") {
		how = whereSeen
	}
	for {
		if err := e.start(ctx, how); err != nil {
			return nil, err
		}
		switch {
		case e.unchecked != nil:
			return e, nil
		case how == asItIs && (len(e.base.Touched) > 0 || e.readsEnvironment()): // what a browser has, for example
			how = whereSeen
		case how == whereSeen && e.base.Handed:
			how = everywhere
		default:
			return e, nil
		}
		e.close()
	}
}

// rewriting says which code of a bundle is to notice stand-ins: none, the
// modules that can see one, or, where they hand one on, all.
type rewriting int

const (
	asItIs rewriting = iota
	whereSeen
	everywhere
)

// start loads the bundle into a new engine and runs it.
func (e *evaluation) start(ctx context.Context, how rewriting) error {
	code := e.script.code
	e.places = nil
	e.settings.Watch = how != asItIs
	if e.settings.Watch {
		rewritten, places, err := rewrite(split(code), how == everywhere)
		if err != nil { // syntax newer than the parser
			e.unchecked, e.settings.Watch = err, false
		} else {
			code, e.places = rewritten, places
		}
	}
	var err error
	if e.engine, err = newEngine(e.settings); err != nil {
		return fmt.Errorf("starting the JavaScript engine: %w", err)
	}
	if err = e.engine.load(ctx, code); err == nil {
		e.base, err = e.engine.run(ctx, nil)
	}
	if err != nil {
		e.close()
		return e.limitError(ctx, err)
	}
	return nil
}

// close gives the engine back.
func (e *evaluation) close() {
	if e.engine != nil {
		e.engine.close()
		e.engine = nil
	}
}

// inORM reports whether a decision is one of drizzle's own code.
func (e *evaluation) inORM(s site) bool {
	return s.Place >= 0 && s.Place < len(e.places) && e.places[s.Place].orm
}

// again runs the program once more with another plan. An exception, or running
// into a limit, gives a nil outcome: the project works, so whatever does not is
// not what happens.
func (e *evaluation) again(ctx context.Context, plan map[string]int, values map[string][]string) (*outcome, error) {
	out, err := e.attempt(ctx, plan, values)
	if err != nil || out == nil || out.State != "done" {
		return nil, err
	}
	return out, nil
}

// attempt is again for those who also want to know of exceptions. The outcome
// is nil only where a limit was in the way.
func (e *evaluation) attempt(ctx context.Context, plan map[string]int, values map[string][]string) (*outcome, error) {
	merged := map[string]int{}
	maps.Copy(merged, e.plan)
	maps.Copy(merged, plan)
	key := fmt.Sprint(merged, values) // maps print sorted
	if out, known := e.attempts[key]; known {
		return out, nil
	}
	out, err := e.engine.runWith(ctx, merged, values)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		out = nil
	}
	if e.attempts == nil {
		e.attempts = map[string]*outcome{}
	}
	e.attempts[key] = out
	return out, nil
}

// limitError explains a run that did not come to an end of its own.
func (e *evaluation) limitError(ctx context.Context, err error) error {
	d := &diag.Error{Kind: diag.Usage, Err: err}
	switch {
	case errors.Is(err, errTime):
		d.Message = fmt.Sprintf("evaluating the %s took longer than %v", e.what, e.settings.limit())
		d.Hint = "look for a loop that does not end"
	case errors.Is(err, errMemory):
		d.Message = fmt.Sprintf("evaluating the %s took more than %d MB of memory", e.what, memoryLimit>>20)
		d.Hint = "look for a list or a text that grows without end"
	case errors.Is(err, errPending):
		d.Message = "the " + e.what + " waits, with a top-level await, for something that never comes"
		d.Hint = "there is no network, no files and no timers here; take the await out of what the " + e.what + " imports"
	default:
		return err
	}
	at, ok := e.stopped(ctx)
	if !ok && errors.Is(err, errPending) {
		at, ok = e.mention("await")
	}
	if !ok {
		return d
	}
	p := e.at(at, d.Message, d.Hint)
	p.Err = err
	return p
}

// stopped returns where the program was when it ran into a limit.
func (e *evaluation) stopped(ctx context.Context) (place, bool) {
	var t *thrown
	if e.places == nil && e.base != nil {
		t = e.base.Error
	} else {
		t = e.plain(ctx)
	}
	if t == nil {
		return place{}, false
	}
	return e.locate(e.mapped(), frames(t.Stack))
}

// plain runs the bundle without rewriting it, so that the source map knows its
// positions, and returns what it throws, nil for nothing.
func (e *evaluation) plain(ctx context.Context) *thrown {
	s := e.settings
	s.Watch = false
	engine, err := newEngine(s)
	if err != nil {
		return nil
	}
	defer engine.close()
	engine.limit = s.limit() / 5 // it is known to fail
	if engine.load(ctx, e.script.code) != nil {
		return nil
	}
	out, _ := engine.run(ctx, e.plan)
	if out == nil {
		return nil
	}
	return out.Error
}

// mapped returns the source map of the bundle, which is built again for it.
func (e *evaluation) mapped() *sourceMap {
	script, err := e.build(e.entry, true)
	if err != nil || len(script.sourceMap) == 0 {
		return &sourceMap{}
	}
	return parseSourceMap(script.sourceMap)
}

// explain turns an exception of the program into an error with its place.
func (e *evaluation) explain(ctx context.Context, t *thrown) *diag.Error {
	if t.Skein != nil {
		d := &diag.Error{Kind: diag.Usage, File: t.Skein.File, Message: t.Skein.Message, Hint: t.Skein.Hint}
		if t.Skein.File != "" {
			if file := filepath.Join(e.dir, filepath.FromSlash(t.Skein.File)); e.inputs[file] {
				d.File = e.show(file)
			}
		}
		return d
	}
	message := t.Message
	if t.Name != "" {
		message = strings.TrimSuffix(t.Name+": "+t.Message, ": ")
	}
	message = strings.TrimSuffix(message, ".")
	stack := t.Stack
	if e.places != nil {
		if p := e.plain(ctx); p != nil {
			stack = p.Stack
		}
	}
	hint := "the exception comes from the " + e.what + " itself; mend it at this place"
	if at, ok := e.locate(e.mapped(), frames(stack)); ok {
		return e.at(at, message, hint)
	}
	return &diag.Error{Kind: diag.Usage, Message: "the " + e.what + " threw " + message,
		Hint: "throw an Error, whose place can be shown, or evaluate the files one by one to find it"}
}
