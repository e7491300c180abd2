package radius

import (
	"fmt"
	"math"
	"time"
)

// The speeds that times are reckoned from: a slow and a fast one. The slow
// ones are those of a small machine with a network volume, which moves 125 MB
// in a second where nobody pays for more; a rewrite gets less than half of
// that, since it reads, writes and logs.
// https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html
// The fast ones are those of a table in memory on a fast machine.
// BenchmarkSpeed measures them on a real server.
var (
	scanSpeed    = speed{60 * mega, 1500 * mega} // bytes of the table's own file in a second
	rewriteSpeed = speed{25 * mega, 250 * mega}  // bytes of the table
	buildSpeed   = speed{200e3, 4e6}             // rows, B-tree
	otherSpeed   = speed{20e3, 1e6}              // rows, other index methods
	lookupSpeed  = speed{100e3, 2e6}             // rows, looked up in another table
	changeSpeed  = speed{20e3, 500e3}            // rows
	bytesSpeed   = speed{20 * mega, 250 * mega}  // bytes of the table, where rows are not known
)

const mega = 1e6

// speed is so much in a second.
type speed struct{ slow, fast float64 }

// for a number of rows or bytes.
func (s speed) span(amount int64) Span {
	seconds := func(per float64) time.Duration {
		return time.Duration(float64(amount) / per * float64(time.Second))
	}
	return Span{seconds(s.fast), seconds(s.slow)}
}

// Span is an estimated time: at least and at most, roughly.
type Span struct{ From, To time.Duration }

func (s Span) plus(o Span) Span { return Span{s.From + o.From, s.To + o.To} }

// long is the time from which somebody notices.
const long = time.Second

// String says the time as a person would: "2 to 15 s".
func (s Span) String() string {
	switch {
	case s.To < long:
		return "under a second"
	case s.From < long:
		to, unit := rough(s.To)
		return "up to " + to + " " + unit
	}
	from, unit := rough(s.From)
	to, last := rough(s.To)
	switch {
	case unit != last:
		return from + " " + unit + " to " + to + " " + last
	case from == to:
		return "about " + to + " " + last
	}
	return from + " to " + to + " " + last
}

// rough is a time with one or two digits, and its unit.
func rough(d time.Duration) (number, unit string) {
	switch {
	case d < 90*time.Second:
		return digits(d.Seconds()), "s"
	case d < 90*time.Minute:
		return digits(d.Minutes()), "min"
	}
	return digits(d.Hours()), "h"
}

func digits(n float64) string {
	if n >= 20 {
		n = math.Round(n/5) * 5
	}
	return fmt.Sprintf("%.0f", n)
}
