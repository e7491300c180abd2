package radius

import (
	"github.com/skein-db/skein/internal/effect"
	"github.com/skein-db/skein/internal/sqltree"
)

// Plan is what is to be run.
type Plan struct {
	Migrations []Pending
	// Whole says that all of it is one transaction.
	Whole bool
	// Record is the table that records migrations. It is nobody else's.
	Record sqltree.Name
}

// Pending is a migration to be run.
type Pending struct {
	Tag, SQL string
	// Stretches are what is still to be done, in order. What is outside of them
	// has been done already.
	Stretches []Stretch
}

// Stretch is a part of a migration's text that is one transaction.
type Stretch struct{ Start, End int }

// Report is what a plan does to those who use the target.
type Report struct {
	// Empty says that the target has no tables that anybody could wait for.
	// Then nothing was looked at.
	Empty bool
	// Tables are those that were there and that the plan locks, by their names.
	Tables []*Table
	// Sessions are those that a statement would have to wait for now, and those
	// with a long transaction; the oldest transaction first.
	Sessions []*Session
	// Notes are about the target as a whole.
	Notes      []string
	Migrations []Migration // as in the plan
}

// Migration is a migration of a plan.
type Migration struct {
	Tag        string
	Statements []Statement // those that are to be run
}

// Statement is one statement of a migration.
type Statement struct {
	Line, Column int // 1-based, in the file
	SQL          string
	Title        string // in a few words: "ALTER TABLE users"
	Risk         Risk
	Locks        []Lock // on tables that were there; the strongest first
	Work         []Work // on tables that were there, and have rows
	Waits        []Wait // for whom it would wait now
	Notes        []string
	// Opaque says that the statement can do more than can be seen.
	Opaque bool
}

// Risk says how much a statement is in the way of others.
type Risk string

// The risks, least first.
const (
	// None: it touches nothing that is there.
	None Risk = "none"
	// Moment: it locks what is there, but does nothing that takes long.
	Moment Risk = "moment"
	// Busy: it works through rows, but nobody waits for long; or it cannot be
	// seen what it does.
	Busy Risk = "busy"
	// Blocking: others wait for it, for a second or longer; or it waits for
	// others, and whoever comes later queues behind it; or it will fail.
	Blocking Risk = "blocking"
)

// Lock is a lock on a table that was there.
type Lock struct {
	Table *Table
	Level effect.Level
	Maybe bool // it is not certain
	// Held is the time that the lock is kept: to the end of the transaction.
	Held Span
	// Had says that the transaction has the lock already.
	Had bool
	// Later says that what comes after the statement is most of the time.
	Later bool
}

// Kind is a kind of work.
type Kind string

// The kinds.
const (
	Rewrite Kind = "rewrite" // a new copy of the table is written, with all indexes
	Scan    Kind = "scan"    // the table is read
	Build   Kind = "build"   // an index is built
	Change  Kind = "change"  // rows are changed or deleted
)

// Work is work that takes longer the larger the table is.
type Work struct {
	Kind  Kind
	Table *Table
	Index string // of Build, "" where PostgreSQL makes the name up
	Level effect.Level
	Why   string
	Maybe bool
	Time  Span
	// Space is what it takes on the disk meanwhile, beyond what is there, in
	// bytes; 0 where that cannot be told.
	Space int64
	// All says, of Change, that no row is left out.
	All bool

	lookups     bool // of Scan: each row is looked up in another table
	update      bool // of Change
	otherMethod bool // of Build: the index is no B-tree
}

// blocks reports whether others wait while the work is done.
func (w *Work) blocks() bool {
	return w.Level.BlocksReads() || w.Level.BlocksWrites() || w.Kind == Change && w.All
}

// Table is a table or materialized view that was there.
type Table struct {
	Name    sqltree.Name
	Rows    int64 // estimated; -1 where the table was never analysed
	Bytes   int64 // with what is stored out of line, without indexes
	Heap    int64 // without what is stored out of line
	Indexes []Index
	// Partitions is how many partitions it has.
	Partitions int

	oid      uint32
	measured bool
	kind     sqltree.Kind
	triggers []trigger
	views    []viewColumn // that read its columns
}

// Index is an index of a table.
type Index struct {
	Name  string
	Bytes int64
	oid   uint32
	btree bool
}

// IndexBytes is the size of all indexes.
func (t *Table) IndexBytes() (sum int64) {
	for _, i := range t.Indexes {
		sum += i.Bytes
	}
	return sum
}

// Total is the size of the table with everything.
func (t *Table) Total() int64 { return t.Bytes + t.IndexBytes() }

type trigger struct {
	name string
	mask int // pg_trigger.tgtype
}

// viewColumn is a column that a view reads, by its name.
type viewColumn struct {
	view   sqltree.Name
	column string
}
