package effect

// Level is the level of a lock on a table.
// https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES
type Level uint8

// The levels, weakest first.
const (
	NoLock Level = iota
	AccessShare
	RowShare
	RowExclusive
	ShareUpdateExclusive
	Share
	ShareRowExclusive
	Exclusive
	AccessExclusive
)

var levelNames = [...]string{
	"", "ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE",
}

// String returns the level as PostgreSQL's documentation writes it.
func (l Level) String() string { return levelNames[l] }

// conflicts has a bit for each level that a level conflicts with.
// https://www.postgresql.org/docs/current/explicit-locking.html#TABLE-LOCK-COMPATIBILITY
var conflicts = [...]uint16{
	AccessShare:          1 << AccessExclusive,
	RowShare:             1<<Exclusive | 1<<AccessExclusive,
	RowExclusive:         1<<Share | 1<<ShareRowExclusive | 1<<Exclusive | 1<<AccessExclusive,
	ShareUpdateExclusive: 1<<ShareUpdateExclusive | 1<<Share | 1<<ShareRowExclusive | 1<<Exclusive | 1<<AccessExclusive,
	Share:                1<<RowExclusive | 1<<ShareUpdateExclusive | 1<<ShareRowExclusive | 1<<Exclusive | 1<<AccessExclusive,
	ShareRowExclusive:    1<<RowExclusive | 1<<ShareUpdateExclusive | 1<<Share | 1<<ShareRowExclusive | 1<<Exclusive | 1<<AccessExclusive,
	Exclusive:            1<<RowShare | 1<<RowExclusive | 1<<ShareUpdateExclusive | 1<<Share | 1<<ShareRowExclusive | 1<<Exclusive | 1<<AccessExclusive,
	AccessExclusive:      1<<AccessShare | 1<<RowShare | 1<<RowExclusive | 1<<ShareUpdateExclusive | 1<<Share | 1<<ShareRowExclusive | 1<<Exclusive | 1<<AccessExclusive,
}

// Conflicts reports whether two transactions cannot hold the two levels on one
// table at once.
func (l Level) Conflicts(o Level) bool { return l != NoLock && conflicts[l]&(1<<o) != 0 }

// BlocksReads reports whether a SELECT waits for the lock.
func (l Level) BlocksReads() bool { return l.Conflicts(AccessShare) }

// BlocksWrites reports whether INSERT, UPDATE and DELETE wait for the lock.
func (l Level) BlocksWrites() bool { return l.Conflicts(RowExclusive) }

// levelOf is the level that LOCK TABLE names in lower case.
func levelOf(mode string) Level {
	for level, name := range levelNames {
		if equalFold(name, mode) {
			return Level(level)
		}
	}
	return NoLock
}
