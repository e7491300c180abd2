package migrate

import (
	"fmt"
	"strings"

	"github.com/skein-db/skein/internal/diag"
)

// failure is why a migration did not go through and what became of it.
type failure struct {
	*diag.Error
	fate     fate
	again    bool // it was a matter of the moment: it may be tried again
	blockers []Blocker
	moved    bool // nothing failed: another runner was faster
}

// fate is what became of a migration that failed.
type fate uint8

const (
	fateRolledBack fate = iota // the server has confirmed it
	fateWithdrawn              // the connection is gone, the server rolls back by itself
	fateUnknown                // the connection went while the server committed
	fateBroken                 // parts of it are committed
	fateFailed                 // of a statement that runs on its own: the server has said so
	fateUnsure                 // such a statement was running when the connection went
)

// standing says what is in the database now and what is not.
func (r *runner) standing(s *Step, f *failure, after int) string {
	way := r.plan.way()
	tag, what := s.Migration.Entry.Tag, s.name()
	if s.done > 0 {
		what = fmt.Sprintf(way.part+"; the rest of it", tag, s.lastLine(s.done))
	}
	var text string
	switch f.fate {
	case fateRolledBack:
		text = what + " was rolled back"
	case fateWithdrawn:
		text = what + " was not committed, PostgreSQL rolls it back when it notices that the connection is gone"
	case fateUnknown:
		text = what + " may be committed or not"
	case fateFailed:
		text = what + " was not run"
	case fateUnsure:
		text = what + " may be done or not, the next run goes by what the catalog shows"
	case fateBroken:
		text = fmt.Sprintf(way.broken, tag)
	}
	switch n := len(r.done.Migrations); n {
	case 0:
		text += "; no other migration was run"
	case 1:
		text += fmt.Sprintf("; %s before it is %s", r.done.Migrations[0].Tag, way.done)
	default:
		text += fmt.Sprintf("; the %d migrations before it (%s to %s) are %s", n, r.done.Migrations[0].Tag, r.done.Migrations[n-1].Tag, way.done)
	}
	switch after {
	case 0:
	case 1:
		text += ", the one after it was not run"
	default:
		text += fmt.Sprintf(", the %d after it were not run", after)
	}
	return text
}

// undone ends the transaction of a migration that must not be committed.
func (r *runner) undone(e *diag.Error) *failure {
	r.begun, r.fresh = false, true
	if err := r.wire.rollback(); err != nil {
		e.Detail = lines(e.Detail, "and then the connection was lost: "+lostReason(err))
		return &failure{Error: e, fate: fateWithdrawn}
	}
	return &failure{Error: e, fate: fateRolledBack}
}

// refused is the failure when PostgreSQL says no.
func (r *runner) refused(e *diag.Error) *failure {
	if e.Hint == "" {
		e.Hint = r.plan.way().mend
	}
	e.Hint = strings.TrimSuffix(e.Hint, ".") + ", " + r.plan.way().again // PostgreSQL's hints are sentences
	f := r.undone(e)
	f.again = f.fate == fateRolledBack && isCode(e.Err, codeLockTimeout, codeDeadlock, codeSerialization)
	if f.again {
		f.blockers = r.watcher.last
	}
	return f
}

// stopped is the failure when the caller gave up and no statement was cut
// short by that.
func (r *runner) stopped(s *Step, cause error) *failure {
	return r.undone(&diag.Error{Kind: diag.Database, Err: cause, File: s.Migration.File,
		Message: givenUp(cause) + " before " + s.name() + " was committed", Hint: r.plan.way().goesOn})
}

// interrupted is the failure of a statement that was cancelled because the
// caller gave up.
func (r *runner) interrupted(s *Step, p piece, completed int, cause error) *failure {
	e := atStatement(s, p, completed)
	e.Message, e.Err, e.Hint = givenUp(cause)+" while this statement was running", cause, r.plan.way().goesOn
	return r.undone(e)
}

// brokenOff is the failure when a piece has no answer because the connection
// is gone. The server answers for a piece when all of it is done.
func (r *runner) brokenOff(s *Step, p piece, err error) *failure {
	which := "this statement"
	if len(p.statements) > 1 {
		which = "this statement or one after it"
	}
	e := atStatement(s, p, 0)
	e.Message, e.Err = "the connection to the database was lost while "+which+" was running", err
	e.Detail = lines(e.Detail, lostReason(err))
	e.Hint = "when the database can be reached again, " + r.plan.way().goesOn
	return &failure{Error: e, fate: fateWithdrawn}
}

// commitBroken is the failure when COMMIT has no answer. It may have been
// carried out all the same.
func (r *runner) commitBroken(s *Step, err error) *failure {
	return &failure{fate: fateUnknown, Error: &diag.Error{Kind: diag.Database, File: s.Migration.File, Err: err,
		Message: "the connection to the database was lost while " + s.name() + " was being committed",
		Detail:  lostReason(err),
		Hint:    "when the database can be reached again, `skein status` shows whether it is recorded; `" + r.plan.way().command + "` goes on right in either case, it goes by the same record",
	}}
}

// transactionEnded is the failure when a piece ended the migration's
// transaction although nothing in its text says so. What was run is committed.
func (r *runner) transactionEnded(s *Step, p piece, a answer) *failure {
	e := atStatement(s, p, a.commands)
	e.Message = "this part of the file ended the migration's transaction"
	if a.err != nil {
		e = r.statementError(s, p, a)
	}
	e.Hint = lines(e.Hint, "what the migration did before is committed: undo it by hand, take COMMIT and ROLLBACK out of the file, "+r.plan.way().again)
	return &failure{Error: e, fate: fateBroken}
}

// atStatement is an error without a message at the statement of the piece
// behind those that were completed.
func atStatement(s *Step, p piece, completed int) *diag.Error {
	at := p.locate(completed, 0, "")
	e := &diag.Error{Kind: diag.Database, File: s.Migration.File, Detail: diag.Excerpt(s.Migration.SQL, at.start, at.at, at.end)}
	e.Line, e.Column = diag.Position(s.Migration.SQL, at.at)
	return e
}
