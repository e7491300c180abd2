package query

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/studio/pool"
	"github.com/skein-db/skein/internal/studio/rows"
)

// Options say how a text is run.
type Options struct {
	Write   bool          // otherwise in a read-only transaction
	Timeout time.Duration // of each statement; 0 for none
	MaxRows int           // of each result
}

// Event is what comes of a run, one after the other: one of the types below.
type Event interface{ event() }

// Begun is sent before a statement is run.
type Begun struct {
	Index      int
	SQL        string
	Start, End int // in UTF-16 units
}

// Columns are sent before the rows of a statement that has any.
type Columns struct {
	Index   int
	Columns []Column
}

// Rows are some of a statement's rows.
type Rows struct {
	Index int
	Rows  [][]rows.Cell
}

// Notice is what PostgreSQL says without failing.
type Notice struct {
	Index                           int
	Severity, Message, Detail, Hint string
}

// Done is sent when a statement has ended.
type Done struct {
	Index   int
	Command string // PostgreSQL's tag: "SELECT 5"
	Rows    int    // that were sent
	More    bool   // there are others
	Took    time.Duration
}

// Failed is sent when a statement has failed; none after it is run. Offset is
// where in the text, in bytes, or -1.
type Failed struct {
	Index  int
	Err    error
	Offset int
}

// Ended is the last event.
type Ended struct {
	Took      time.Duration
	Committed bool // what was written is in the database
}

func (Begun) event()   {}
func (Columns) event() {}
func (Rows) event()    {}
func (Notice) event()  {}
func (Done) event()    {}
func (Failed) event()  {}
func (Ended) event()   {}

// run is one run.
type run struct {
	conn  *pgx.Conn
	types *Types
	o     Options
	send  func(Event) error
}

// errFailed ends a run of which the failure has been told.
var errFailed = errors.New("a statement failed")

// Run runs the statements of a text on a connection that is closed afterwards:
// nothing of what was set in it stays. When ctx ends, the running statement is
// cancelled. The error is that of send, or of what came before the first
// statement.
func Run(ctx context.Context, conn *pgx.Conn, types *Types, text string, o Options, send func(Event) error) error {
	defer discard(conn)
	began := time.Now()
	r := &run{conn, types, o, send}
	committed, err := r.all(ctx, Split(text))
	if err != nil && !errors.Is(err, errFailed) {
		return err
	}
	return send(Ended{time.Since(began), committed})
}

func discard(conn *pgx.Conn) {
	bounded, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_ = conn.Close(bounded) // what was not committed is rolled back with it
}

// all runs the statements, in one transaction unless the text has its own. One
// statement alone that may write needs none, and some take none.
func (r *run) all(ctx context.Context, statements []Statement) (committed bool, err error) {
	own := false
	for i, s := range statements {
		own = own || s.controls()
		if what := s.writes(); what != "" && !r.o.Write {
			return false, r.refuse(i, s, what)
		}
	}
	single := r.o.Write && (own || len(statements) == 1)
	if !single {
		if err := r.begin(ctx); err != nil {
			return false, err
		}
	}
	for i, s := range statements {
		if err := r.one(ctx, i, s); err != nil {
			return false, err
		}
	}
	switch {
	case !r.o.Write:
		return false, nil
	case r.conn.PgConn().TxStatus() == 'I':
		return true, nil
	case single:
		return false, r.send(Notice{Index: len(statements) - 1, Severity: "WARNING", Message: "the transaction was left open; it was rolled back"})
	}
	if err := exec(ctx, r.conn, "commit"); err != nil {
		return false, r.fail(len(statements)-1, err, -1)
	}
	return true, nil
}

func (r *run) refuse(i int, s Statement, what string) error {
	if err := r.send(Begun{i, s.SQL, s.Start, s.End}); err != nil {
		return err
	}
	return r.fail(i, &diag.Error{
		Kind: diag.Usage, Message: what + " is not run in a read-only transaction; nothing was run",
		Hint: "switch writing on for it, which needs `skein studio --write`",
	}, s.offset)
}

func (r *run) fail(i int, err error, offset int) error {
	if err := r.send(Failed{i, err, offset}); err != nil {
		return err
	}
	return errFailed
}

// begin opens the transaction. A read-only one has looked at data before
// anything else runs, so that the server keeps it read-only.
func (r *run) begin(ctx context.Context) error {
	how := "read write"
	if !r.o.Write {
		how = "read only"
	}
	start := "begin isolation level read committed " + how + "; " + strings.Join(pool.Settings, "; ") + "; set local client_min_messages = 'notice'; set local statement_timeout = " +
		strconv.FormatInt(r.o.Timeout.Milliseconds(), 10) + "; set local lock_timeout = 0; select 1"
	return exec(ctx, r.conn, start)
}

func exec(ctx context.Context, conn *pgx.Conn, sql string) error {
	return conn.PgConn().Exec(ctx, sql).Close()
}

func (r *run) one(ctx context.Context, i int, s Statement) error {
	if err := r.send(Begun{i, s.SQL, s.Start, s.End}); err != nil {
		return err
	}
	began := time.Now()
	var columns []Column
	p := &portal{
		conn: r.conn.PgConn(), most: r.o.MaxRows,
		onNotice: func(n *pgconn.Notice) {
			_ = r.send(Notice{i, n.Severity, n.Message, n.Detail, n.Hint}) // the next send tells
		},
		fields: func(fields []pgproto3.FieldDescription) error {
			columns = r.types.name(ctx, fields)
			return r.send(Columns{i, columns})
		},
		rows: func(batch [][]*string) error { return r.send(Rows{i, cells(columns, batch)}) },
	}
	bounded, cancel := ctx, func() {}
	if r.o.Timeout > 0 { // also where no transaction has the setting
		bounded, cancel = context.WithTimeout(ctx, r.o.Timeout+time.Second)
	}
	defer cancel()
	err := p.run(bounded, s.SQL)
	var pg *pgconn.PgError
	switch {
	case err == nil:
		return r.send(Done{i, p.tag, min(p.read, p.most), p.more, time.Since(began)})
	case errors.As(err, &pg) && pg.Position > 0:
		return r.fail(i, err, s.offset+byteOffset(s.SQL, int(pg.Position)))
	}
	return r.fail(i, err, -1)
}

// byteOffset is where the n-th character begins, from 1.
func byteOffset(text string, n int) int {
	for i := range text {
		if n--; n == 0 {
			return i
		}
	}
	return len(text)
}

func cells(columns []Column, batch [][]*string) [][]rows.Cell {
	out := make([][]rows.Cell, len(batch))
	for i, row := range batch {
		out[i] = make([]rows.Cell, len(row))
		for j, value := range row {
			if value != nil && columns[j].Kind == rows.Bool { // as a cast to text spells it
				value = map[string]*string{"t": &yes, "f": &no}[*value]
			}
			out[i][j] = rows.Cut(value)
		}
	}
	return out
}

var yes, no = "true", "false"
