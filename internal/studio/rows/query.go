package rows

import (
	"strconv"
	"strings"

	"github.com/skein-db/skein/internal/sqltext"
)

// statement is SQL that is being written, with its parameters.
type statement struct {
	text strings.Builder
	args []*string
}

// arg adds a parameter and returns how it stands in the SQL.
func (s *statement) arg(value, cast string) string {
	s.args = append(s.args, &value)
	return "$" + strconv.Itoa(len(s.args)) + "::" + cast
}

func (s *statement) write(parts ...string) {
	for _, p := range parts {
		s.text.WriteString(p)
	}
}

// Literal is SQL with its parameters written out, for people to read and to
// run elsewhere.
func Literal(sql string, args []*string) string {
	var b strings.Builder
	for i := 0; i < len(sql); {
		switch c := sql[i]; {
		case c == '\'' || c == '"':
			end := quotedEnd(sql, i)
			b.WriteString(sql[i:end])
			i = end
		case c == '$':
			n, end := 0, i+1
			for end < len(sql) && '0' <= sql[end] && sql[end] <= '9' {
				n, end = n*10+int(sql[end]-'0'), end+1
			}
			if n == 0 || n > len(args) {
				b.WriteByte(c)
				i++
				continue
			}
			b.WriteString(literal(args[n-1]))
			i = end
		default:
			b.WriteByte(c)
			i++
		}
	}
	return b.String()
}

// quotedEnd is where the string or name that starts at an offset ends.
func quotedEnd(sql string, start int) int {
	for i := start + 1; i < len(sql); i++ {
		if sql[i] == sql[start] {
			return i + 1 // a doubled quote starts the next piece, which ends the same way
		}
	}
	return len(sql)
}

func literal(value *string) string {
	if value == nil {
		return "NULL"
	}
	return sqltext.QuoteLiteral(*value)
}
