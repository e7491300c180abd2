package radius

import (
	"strconv"
	"strings"
	"time"
)

// endLimit is how long the end of a transaction that only read may take.
const endLimit = 2 * time.Second

// row is a row of an answer, as PostgreSQL writes values.
type row [][]byte

func (r row) text(i int) string { return string(r[i]) }

func (r row) yes(i int) bool { return len(r[i]) == 1 && r[i][0] == 't' }

func (r row) number(i int) int64 {
	n, _ := strconv.ParseInt(string(r[i]), 10, 64) // null is 0
	return n
}

func (r row) float(i int) float64 {
	n, _ := strconv.ParseFloat(string(r[i]), 64)
	return n
}

func (r row) oid(i int) uint32 { return uint32(r.number(i)) }

func (r row) milliseconds(i int) time.Duration { return time.Duration(r.number(i)) * time.Millisecond }

// numbers reads an array of numbers, "{1,2}", or an int2vector, "1 2".
func (r row) numbers(i int) []int {
	var out []int
	for _, word := range strings.FieldsFunc(string(r[i]), func(c rune) bool { return c == '{' || c == '}' || c == ',' || c == ' ' }) {
		n, _ := strconv.Atoi(word)
		out = append(out, n)
	}
	return out
}
