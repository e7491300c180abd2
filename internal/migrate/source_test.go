package migrate

import "testing"

func TestByteOffset(t *testing.T) {
	for _, c := range []struct {
		query    string
		position int
		encoding string
		want     int
	}{
		{"abc", 1, "UTF8", 0}, {"äbc", 2, "UTF8", 2}, {"äbc", 2, "SQL_ASCII", 1}, {"ab", 9, "UTF8", 2}, {"ab", 9, "SQL_ASCII", 2},
	} {
		if got := byteOffset(c.query, c.position, c.encoding); got != c.want {
			t.Errorf("%+v: got %d", c, got)
		}
	}
}
