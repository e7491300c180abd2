package sqltree

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"sync"
	_ "unsafe" // for go:linkname

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
	_ "github.com/wasilibs/go-pgquery/parser" // carries the WebAssembly module
	"github.com/wasilibs/wazero-helpers/allocator"
)

// How the parser is started
//
// go-pgquery compiles its WebAssembly to machine code whenever it starts,
// which takes two seconds of a processor; its API offers nothing else. To look
// at one migration that is four fifths waste: an interpreter is ready in a
// fifth of the time, though it then reads only some 100 kB a second. So the
// module is run here, by the interpreter for a little SQL and compiled for a
// lot. Both come from the same file inside go-pgquery, which is reached by
// linkname; should a new version move it, the build fails and says so.

//go:linkname libPGQuery github.com/wasilibs/go-pgquery/internal/wasm.LibPGQuery
var libPGQuery []byte

// The host functions that the module imports beside WASI's.
//
//go:linkname instantiateThreads github.com/wasilibs/go-pgquery/internal/wasix32v1.MustInstantiate
func instantiateThreads(ctx context.Context, r wazero.Runtime)

//go:linkname threadContext github.com/wasilibs/go-pgquery/internal/wasix32v1.BackgroundContext
func threadContext() context.Context

// compileFrom is how many bytes of SQL make compiling the faster way.
const compileFrom = 150 << 10

// machine is the module in one form, and its instances that are not in use.
type machine struct {
	config func() wazero.RuntimeConfig

	mu      sync.Mutex // guards the fields below
	runtime wazero.Runtime
	code    wazero.CompiledModule
	ready   []*engine
}

var (
	interpreter = machine{config: wazero.NewRuntimeConfigInterpreter}
	compiler    = machine{config: wazero.NewRuntimeConfig}
)

// engine is an instance of the module, a parser for one goroutine at a time.
type engine struct {
	module api.Module
	memory api.Memory
}

// suited returns the machine for so many bytes of SQL.
func suited(size int, compile bool) *machine {
	compiler.mu.Lock()
	started := compiler.code != nil
	compiler.mu.Unlock()
	if compile || started || size >= compileFrom {
		return &compiler
	}
	return &interpreter
}

func (m *machine) take() (*engine, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if n := len(m.ready); n > 0 {
		e := m.ready[n-1]
		m.ready = m.ready[:n-1]
		return e, nil
	}
	return m.start()
}

func (m *machine) put(e *engine) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ready = append(m.ready, e)
}

// start makes an instance. The caller holds the lock.
func (m *machine) start() (e *engine, err error) {
	defer func() {
		if p := recover(); p != nil { // the host functions of WASI panic instead of failing
			err = fmt.Errorf("the SQL parser cannot be started: %v", p)
		}
	}()
	ctx := experimental.WithCompilationWorkers(context.Background(), runtime.GOMAXPROCS(0))
	if m.code == nil {
		m.runtime = wazero.NewRuntimeWithConfig(ctx, m.config().WithCoreFeatures(api.CoreFeaturesV2|experimental.CoreFeaturesThreads))
		wasi_snapshot_preview1.MustInstantiate(ctx, m.runtime)
		instantiateThreads(ctx, m.runtime)
		if m.code, err = m.runtime.CompileModule(ctx, libPGQuery); err != nil {
			return nil, err
		}
	}
	memory := experimental.WithMemoryAllocator(ctx, allocator.NewNonMoving())
	module, err := m.runtime.InstantiateModule(memory, m.code,
		wazero.NewModuleConfig().WithName("").WithSysNanotime().WithStartFunctions("_initialize"))
	if err != nil {
		return nil, err
	}
	e = &engine{module: module, memory: module.Memory()}
	e.call("pg_query_init")
	return e, nil
}

// gaveUpError says that the parser failed on a text without an answer.
type gaveUpError struct{ reason any }

func (e *gaveUpError) Error() string { return fmt.Sprintf("the parser gave up: %v", e.reason) }

// broken makes an error of a panic out of the parser, such as that its stack
// is used up by an expression nested too deeply.
func broken(err *error) {
	if p := recover(); p != nil {
		*err = &gaveUpError{p}
	}
}

// call calls a function of the module. It panics where that fails.
func (e *engine) call(name string, args ...uint64) uint64 {
	results, err := e.module.ExportedFunction(name).Call(threadContext(), args...)
	if err != nil {
		panic(err)
	}
	if len(results) == 0 {
		return 0
	}
	return results[0]
}

// A question to the parser: its function, the one that frees the result, and
// the result's size in bytes: pointers to the answer in front and, at the end,
// to an error.
type question struct {
	ask, free string
	size      uint32
}

// https://github.com/pganalyze/libpg_query/blob/17-latest/pg_query.h
var (
	askTree    = question{"pg_query_parse", "pg_query_free_parse_result", 12}
	askPLpgSQL = question{"pg_query_parse_plpgsql", "pg_query_free_plpgsql_parse_result", 8}
)

// parserError is what PostgreSQL's parser says of a text.
type parserError struct {
	message  string
	position int // in characters from 1; 0 where there is none
}

func (e *parserError) Error() string { return e.message }

// answer asks the parser about a text and returns its answer in JSON; total is
// how much will be asked about in all, in bytes. The error is a *parserError,
// or says that the parser itself failed.
func answer(q question, text string, total int) (json []byte, err error) {
	// PostgreSQL's errors are jumps out of the C stack, which wazero's
	// interpreter does not survive; nor does it what PL/pgSQL's parser does.
	if q != askPLpgSQL {
		if json, err = try(q, text, total, false); err == nil || isParserError(err) {
			return json, err
		}
	}
	return try(q, text, total, true)
}

func try(q question, text string, total int, compile bool) (json []byte, err error) {
	m := suited(total, compile)
	e, err := m.take()
	if err != nil {
		return nil, err
	}
	json, err = e.answer(q, text)
	if err != nil && !isParserError(err) {
		_ = e.module.Close(context.Background()) // its memory may be in any state
		return nil, err
	}
	m.put(e)
	return json, err
}

func isParserError(err error) bool {
	var known *parserError
	return errors.As(err, &known)
}

func (e *engine) answer(q question, text string) (json []byte, err error) {
	defer broken(&err)
	input := e.call("malloc", uint64(len(text)+1))
	defer e.call("free", input)
	if !e.memory.Write(uint32(input), append([]byte(text), 0)) {
		return nil, errors.New("the parser has no memory for the text")
	}
	result := e.call("malloc", uint64(q.size))
	defer e.call("free", result)
	e.call(q.ask, result, input)
	defer e.call(q.free, result)
	if at := e.pointer(uint32(result) + q.size - 4); at != 0 {
		return nil, &parserError{message: string(e.text(e.pointer(at))), position: int(e.pointer(at + 16))}
	}
	return e.text(e.pointer(uint32(result))), nil
}

// pointer reads a pointer, or another number of four bytes.
func (e *engine) pointer(at uint32) uint32 {
	b, ok := e.memory.Read(at, 4)
	if !ok {
		panic("the parser points outside its memory")
	}
	return binary.LittleEndian.Uint32(b)
}

// text copies a C string.
func (e *engine) text(at uint32) []byte {
	if at == 0 {
		return nil
	}
	var out []byte
	for {
		// The rest of the memory may be smaller than a chunk.
		chunk, ok := e.memory.Read(at, min(1<<12, e.memory.Size()-at))
		if !ok || len(chunk) == 0 {
			panic("the parser's text has no end")
		}
		for i, b := range chunk {
			if b == 0 {
				return append(out, chunk[:i]...)
			}
		}
		out = append(out, chunk...)
		at += uint32(len(chunk))
	}
}
