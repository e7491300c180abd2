package diff

import "strings"

// What an expression or a query depends on is read off its words: names that
// stand in it, quoted or not. That finds too much rather than too little, for
// names that are built in strings are the only ones it does not see.

// word is a name, or one of the characters ".", ",", "*" and ")", in SQL.
type word struct {
	text string
	name bool
}

// words returns the names in SQL and these characters between them. Strings
// and comments have none.
func words(sql string) []word {
	var out []word
	for i := 0; i < len(sql); {
		ch := sql[i]
		switch {
		case ch == '\'':
			i = closing(sql, i+1, '\'')
		case ch == '"':
			end := closing(sql, i+1, '"')
			out = append(out, word{strings.ReplaceAll(strings.Trim(sql[i:end], `"`), `""`, `"`), true})
			i = end
		case strings.HasPrefix(sql[i:], "--"):
			i = indexFrom(sql, i, "\n")
		case strings.HasPrefix(sql[i:], "/*"):
			i = indexFrom(sql, i+2, "*/")
		case ch == '.' || ch == '*' || ch == ',' || ch == ')':
			out = append(out, word{string(ch), false})
			i++
		case ch == '_' || ch >= 0x80 || 'a' <= ch|0x20 && ch|0x20 <= 'z':
			end := i
			for end < len(sql) && (sql[end] == '_' || sql[end] == '$' || sql[end] >= 0x80 || '0' <= sql[end] && sql[end] <= '9' || 'a' <= sql[end]|0x20 && sql[end]|0x20 <= 'z') {
				end++
			}
			out = append(out, word{strings.ToLower(sql[i:end]), true})
			i = end
		default:
			i++
		}
	}
	return out
}

// closing returns the offset behind the quote that ends what starts at i.
func closing(sql string, i int, quote byte) int {
	for ; i < len(sql); i++ {
		if sql[i] != quote {
			continue
		}
		if i+1 == len(sql) || sql[i+1] != quote {
			return i + 1
		}
		i++
	}
	return i
}

func indexFrom(sql string, i int, end string) int {
	if at := strings.Index(sql[i:], end); at >= 0 {
		return i + at + len(end)
	}
	return len(sql)
}

// starBefore are the words behind which a star means all columns, and not a
// product or the rows that count(*) counts.
var starBefore = map[string]bool{"select": true, "distinct": true, "all": true, ".": true, ",": true}

func hasName(ws []word, name string) bool {
	for _, w := range ws {
		if w.name && w.text == name {
			return true
		}
	}
	return false
}

// Mentions reports whether SQL may use what has the name: a column of an
// expression's table, or whatever a query selects from.
func Mentions(sql, name string) bool { return hasName(words(sql), name) }

// UsesColumn reports whether a query may use the column of the table, by a star
// too. others says of a name whether another table has it.
func UsesColumn(query, table, column string, others func(string) bool) bool {
	return queryUses(words(query), table, column, others)
}

// SelectsAll reports whether a query may take all columns of the table, also
// those that it gets later.
func SelectsAll(query, table string) bool {
	ws := words(query)
	if !hasName(ws, table) {
		return false
	}
	for i, w := range ws {
		if w.text == "*" && !w.name && i > 0 && starBefore[ws[i-1].text] {
			return true
		}
	}
	return false
}

// onlyNull says whether an expression asks of a column no more than whether it
// is null, which goes with every type.
func onlyNull(ws []word, column string) bool {
	for i, w := range ws {
		if !w.name || w.text != column {
			continue
		}
		rest := ws[i+1:]
		if len(rest) > 2 && rest[1].text == "not" {
			rest = append([]word{rest[0]}, rest[2:]...)
		}
		if len(rest) < 2 || rest[0].text != "is" || rest[1].text != "null" {
			return false
		}
	}
	return true
}

// queryUses says whether a query may use the column of the table. others are
// the names of all other tables: a column qualified by one of them is not the
// one in question.
func queryUses(ws []word, table, column string, others func(string) bool) bool {
	if !hasName(ws, table) {
		return false
	}
	for i, w := range ws {
		star := w.text == "*" && !w.name && i > 0 && starBefore[ws[i-1].text]
		if !star && !(w.name && w.text == column) {
			continue
		}
		if i < 2 || ws[i-1].text != "." || ws[i-1].name {
			return true
		}
		if q := ws[i-2].text; q == table || !others(q) {
			return true
		}
	}
	return false
}
