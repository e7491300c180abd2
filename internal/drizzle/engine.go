package drizzle

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"modernc.org/quickjs"
)

// Limits of one evaluation. A large real schema takes a hundredth of either.
const (
	timeLimit   = 10 * time.Second
	memoryLimit = 512 << 20 // bytes
	// collectAt is how much is allocated before circles of garbage are looked
	// for. Nearly all of a schema lives to the end, so looking early is in vain.
	collectAt = 32 << 20
)

// Ways for an evaluation to end that are no fault of what it evaluates alone.
var (
	errTime    = errors.New("out of time")
	errMemory  = errors.New("out of memory")
	errPending = errors.New("never finished")
	// errUndecided says that there was more to try than is reasonable.
	errUndecided = errors.New("too many decisions")
)

var (
	//go:embed sandbox/unknown.js
	unknownJS string
	//go:embed sandbox/decide.js
	decideJS string
	//go:embed sandbox/globals.js
	globalsJS string
	//go:embed sandbox/text.js
	textJS string
	//go:embed sandbox/run.js
	runJS string
	//go:embed sandbox/config.js
	configJS string
)

// engine is a JavaScript engine with nothing of the machine in it but what the
// settings name.
type engine struct {
	vm      *quickjs.VM
	overran bool // or closed: of no more use
	limit   time.Duration
}

// settings are what a program may know of its surroundings.
type settings struct {
	Dir string            `json:"cwd"`
	Env map[string]string `json:"env"` // empty where it may not know
	OS  string            `json:"platform"`
	// Watch notices decisions on stand-ins; the code has to be rewritten for it.
	Watch bool `json:"watch"`
	// Missing names the globals that are stood in for.
	Missing []string `json:"missing"`
	// Limit is how long one call may take, timeLimit where it is zero.
	Limit time.Duration `json:"-"`
	// Host holds the functions of the host that the program may call.
	Host map[string]quickjs.HostFunc `json:"-"`
}

func (s settings) limit() time.Duration {
	if s.Limit == 0 {
		return timeLimit
	}
	return s.Limit
}

// missingGlobals are what a browser or a server has and the sandbox has not.
var missingGlobals = strings.Fields(`
	AbortController AbortSignal Blob BroadcastChannel Buffer CompressionStream
	CustomEvent DOMException DecompressionStream Event EventSource EventTarget
	File FormData Headers Intl MessageChannel MessageEvent MessagePort
	ReadableStream Request Response TransformStream WebAssembly WebSocket
	WritableStream fetch`)

func newEngine(s settings) (*engine, error) {
	vm, err := quickjs.NewVM()
	if err != nil {
		return nil, err
	}
	e := &engine{vm: vm, limit: s.limit()}
	vm.SetMemoryLimit(memoryLimit)
	vm.SetGCThreshold(collectAt)
	for name, f := range s.Host {
		if err := vm.RegisterHostFunc(name, f); err != nil {
			vm.Close()
			return nil, err
		}
	}
	if err := e.prepare(s); err != nil {
		vm.Close()
		return nil, err
	}
	return e, nil
}

// prepare loads the sandbox. It goes through eval, so that its functions are
// told from the program's in a stack trace, where they have another file.
func (e *engine) prepare(s settings) error {
	s.Missing = missingGlobals
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	source := strings.Join([]string{"(() => {\"use strict\";", unknownJS, decideJS, globalsJS, textJS, runJS, configJS,
		"const settings = ", string(text), ";",
		"define('process', makeProcess(settings));",
		"standInFor(settings.missing);",
		"if (settings.watch) { watchBuiltins(); watchText(); }",
		"Object.defineProperty(globalThis, '__skein', { value: { unknown, reExport, decide, start, outcome, loaded, configured,",
		"text: () => run.outcome.text ?? '', tableMakers: (list) => { tableMakers = list; },",
		"program: (f) => { program = f; } } });",
		"})()"}, "\n")
	_, err = e.vm.Call("eval", source)
	return err
}

// load makes code the program: the body of an async function, whose first line
// is the second of what the engine sees.
func (e *engine) load(ctx context.Context, code string) error {
	_, err := e.do(ctx, func() (any, error) { return e.vm.Eval(programStart+code+programEnd, quickjs.EvalGlobal) })
	return err
}

// The program is a function within one that names what rewritten code calls.
var programStart = "__skein.program((({" + helperNames() + "}) => async function () { \"use strict\";\n"

const (
	programEnd   = "\n})(__skein.decide));undefined"
	programLines = 1 // before the code
)

// helpers are the functions of sandbox/decide.js.
var helpers = strings.Fields(`test same like kind instance member index length branch tuple tuples argument result taken kept used key thrown
	less most more least minus times over rest power bitAnd bitOr bitXor left right zeros negated number inverse`)

func helperNames() string {
	names := make([]string, len(helpers))
	for i, name := range helpers {
		names[i] = name + ": __skein_" + name
	}
	return strings.Join(names, ", ")
}

// outcome is what one evaluation came to.
type outcome struct {
	State    string          `json:"state"` // "done", "threw" or "pending"
	Error    *thrown         `json:"error"`
	Warnings []string        `json:"warnings"`
	Marked   []origin        `json:"marked"`   // stand-ins in the text
	Sites    map[string]site `json:"sites"`    // decisions on stand-ins and the like
	Touched  []origin        `json:"touched"`  // stand-ins that were used
	Makers   []origin        `json:"makers"`   // stand-ins that make tables
	Used     []origin        `json:"used"`     // stand-ins that drizzle uses
	Exported []exported      `json:"exported"` // stand-ins that are exported
	// Handed says that code which is not rewritten got to see a stand-in.
	Handed bool `json:"handed"`
	// Unset names the environment variables that were read and are not set, in
	// the order of reading.
	Unset []string `json:"unset"`
	// Compared holds, by variable, the texts that its value was compared with
	// where one was made up.
	Compared map[string][]string `json:"compared"`
	// Of a config: its dbCredentials, and the stand-ins in them.
	Credentials   string   `json:"credentials"`
	InCredentials []origin `json:"inCredentials"`
	text          string
}

// origin says where a stand-in came from.
type origin struct {
	Specifier string `json:"specifier"`
	Importer  string `json:"importer"` // absolute path, "" for a global
	Path      string `json:"path"`     // what was done to it, such as ".z.string()"
}

// site is a decision that was made on a stand-in, the clock, or the like.
type site struct {
	origin
	Kind    string `json:"kind"`
	Place   int    `json:"place"` // index into the places of a rewrite, or -1
	Order   int    `json:"order"` // of first being met
	Options int    `json:"options"`
}

// exported is a stand-in among a schema file's exports.
type exported struct {
	origin
	// Own says that it is one of the project's own values, picked by a stand-in.
	Own  bool   `json:"own"`
	File string `json:"file"`
	Name string `json:"name"`
}

// thrown is an exception.
type thrown struct {
	Name    string `json:"name"`
	Message string `json:"message"`
	Stack   string `json:"stack"`
	// Nothing says that null was thrown, as the engine does when there is no
	// memory left for an Error, and nobody else.
	Nothing bool `json:"nothing"`
	// Thrown says that rewritten code threw it, with a throw statement.
	Thrown bool `json:"thrown"`
	Skein  *struct {
		Message string `json:"message"`
		Hint    string `json:"hint"`
		File    string `json:"file"`
	} `json:"skein"`
}

// run evaluates the program. plan says which option to take at which site; the
// first is taken where it says nothing.
func (e *engine) run(ctx context.Context, plan map[string]int) (*outcome, error) {
	return e.runWith(ctx, plan, nil)
}

// runWith is run with values for environment variables: the options after the
// first two.
func (e *engine) runWith(ctx context.Context, plan map[string]int, values map[string][]string) (*outcome, error) {
	var out outcome
	_, err := e.do(ctx, func() (any, error) {
		if _, err := e.vm.Call("__skein.start", plan, values); err != nil {
			return nil, err
		}
		_, jobs := e.vm.ExecutePendingJobs()
		text, err := e.vm.Eval("__skein.outcome()", quickjs.EvalGlobal)
		if err != nil {
			return nil, err
		}
		s, _ := text.(string)
		if err := json.Unmarshal([]byte(s), &out); err != nil {
			return nil, err
		}
		if out.State == "pending" && jobs != nil {
			return nil, jobs
		}
		if out.State == "done" {
			text, err := e.vm.Eval("__skein.text()", quickjs.EvalGlobal)
			if err != nil {
				return nil, err
			}
			out.text, _ = text.(string)
		}
		return nil, nil
	})
	if err != nil {
		return nil, err
	}
	if t := out.Error; t != nil && t.Nothing && !t.Thrown {
		return &out, errMemory
	} else if t != nil && t.Name == "InternalError" {
		switch t.Message {
		case "interrupted":
			return &out, errTime
		case "out of memory":
			return &out, errMemory
		}
	}
	if out.State == "pending" {
		return &out, errPending
	}
	return &out, nil
}

// do calls into the engine within the limits. Some built-in functions loop
// without asking whether to stop; a call that overruns for that is left behind,
// and with it the engine, until the process ends.
func (e *engine) do(ctx context.Context, f func() (any, error)) (any, error) {
	if e.overran {
		return nil, errTime
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := e.vm.SetEvalTimeout(e.limit); err != nil {
		return nil, err
	}
	type answer struct {
		value any
		err   error
	}
	done := make(chan answer, 1)
	go func() {
		value, err := f()
		done <- answer{value, err}
	}()
	const grace = 500 * time.Millisecond
	timer := time.NewTimer(e.limit + grace)
	defer timer.Stop()
	select {
	case a := <-done:
		return a.value, engineError(a.err)
	case <-timer.C:
		e.overran = true
		return nil, errTime
	case <-ctx.Done():
		e.vm.Interrupt()
	}
	select {
	case <-done:
	case <-time.After(grace):
		e.overran = true
	}
	return nil, ctx.Err()
}

// engineError recognises the limits in an error of the engine.
func engineError(err error) error {
	var e *quickjs.Error
	if errors.As(err, &e) {
		switch {
		case strings.Contains(e.Message, "interrupted"):
			return errTime
		case strings.Contains(e.Message, "out of memory"):
			return errMemory
		}
	}
	return err
}

// close gives the engine's memory back, which takes a while and is not waited
// for: the process is often about to end.
func (e *engine) close() {
	if !e.overran {
		e.overran = true
		go e.vm.Close()
	}
}
