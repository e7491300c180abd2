package sqltext

import "strings"

// Names returns the names in SQL, as PostgreSQL folds them: quoted ones as
// they are, others in lower case, key words among them. Strings and comments
// have none.
func Names(sql string) []string {
	var out []string
	for l := (lexer{text: sql}); ; {
		switch kind, text := l.next(); {
		case kind == end:
			return out
		case kind == word:
			out = append(out, strings.ToLower(text))
		case kind == quoted && len(text) > 2 && text[0] == '"':
			out = append(out, strings.ReplaceAll(text[1:len(text)-1], `""`, `"`))
		}
	}
}
