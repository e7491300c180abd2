package diff

// maxName is the length of names in bytes: PostgreSQL cuts longer ones
// (https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS).
const maxName = 63

// wholeChars cuts a text to at most n bytes without cutting a character.
func wholeChars(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}
