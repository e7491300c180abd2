package migrate

import (
	"regexp"
	"strings"
)

// A value that ALTER TYPE … ADD VALUE adds cannot be used before it is
// committed, unless, from PostgreSQL 17 on, the same transaction has created
// the type.
// https://www.postgresql.org/docs/current/sql-altertype.html
// https://www.postgresql.org/docs/16/sql-altertype.html
var (
	addedValue  = regexp.MustCompile(`(?is)^ALTER\s+TYPE\s+(.+?)\s+ADD\s+VALUE\s+(?:IF\s+NOT\s+EXISTS\s+)?('(?:[^']|'')*')`)
	createdType = regexp.MustCompile(`(?is)^CREATE\s+TYPE\s+(.+?)\s+AS\s+ENUM\b`)
)

// enums remembers which values a migration has added and not committed.
type enums struct {
	major   int             // of the server, 0 where it is not known
	created map[string]bool // types, in the part that is being cut
	added   []enumValue
}

type enumValue struct {
	literal string
	line    int
}

// typeName is a type's name as far as it tells two apart within a file.
func typeName(written string) string {
	name := strings.ReplaceAll(written, `"`, "")
	return strings.TrimPrefix(strings.Join(strings.Fields(name), ""), "public.")
}

// see notes what a statement adds.
func (e *enums) see(statement string, line int) {
	if m := createdType.FindStringSubmatch(statement); m != nil {
		if e.created == nil {
			e.created = map[string]bool{}
		}
		e.created[typeName(m[1])] = true
	}
	if m := addedValue.FindStringSubmatch(statement); m != nil && !(e.major >= 17 && e.created[typeName(m[1])]) {
		e.added = append(e.added, enumValue{literal: m[2], line: line})
	}
}

// usedBy returns the first value that the statement mentions. To place another
// new value beside it is no use of it.
func (e *enums) usedBy(statement string) (enumValue, bool) {
	if len(e.added) == 0 || addedValue.MatchString(statement) {
		return enumValue{}, false
	}
	for _, v := range e.added {
		if strings.Contains(statement, v.literal) || v.inArray(statement) {
			return v, true
		}
	}
	return enumValue{}, false
}

// inArray says whether the statement may have the value in an array literal,
// where it stands without quotes of its own, or with double ones.
// https://www.postgresql.org/docs/current/arrays.html#ARRAYS-INPUT
func (v enumValue) inArray(statement string) bool {
	bare := v.literal[1 : len(v.literal)-1]
	return strings.Contains(statement, "'{") && bare != "" && strings.Contains(statement, bare)
}
