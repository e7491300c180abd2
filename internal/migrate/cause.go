package migrate

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Causes inside errors of this package, for callers that go by them.
var (
	// ErrChanged: the database is not as it was when the plan was made.
	ErrChanged = errors.New("the database has changed since the plan was made")
	// ErrInUse: something else goes on on the connection.
	ErrInUse = errors.New("the connection is in use")
)

// BusyError is the cause when another runner had the lock for too long.
type BusyError struct {
	Waited  time.Duration
	Holders []Holder // empty where they cannot be seen
}

func (e *BusyError) Error() string {
	return fmt.Sprintf("another runner has had the lock for %v", e.Waited)
}

// OrderError is the cause when a plan is not in strict order.
type OrderError struct {
	Tags []string // what is older than what is applied
}

func (e *OrderError) Error() string {
	return "older than what is applied: " + strings.Join(e.Tags, ", ")
}
