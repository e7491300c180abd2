package migrate

import "unicode/utf8"

// byteOffset turns PostgreSQL's error position into an offset in the query:
// it counts characters from 1, or bytes where the database has no encoding.
func byteOffset(query string, position int, serverEncoding string) int {
	if serverEncoding == "SQL_ASCII" {
		return min(position-1, len(query))
	}
	offset := 0
	for n := 1; n < position && offset < len(query); n++ {
		_, size := utf8.DecodeRuneInString(query[offset:])
		offset += size
	}
	return offset
}
