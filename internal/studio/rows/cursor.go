package rows

import (
	"encoding/base64"
	"encoding/json"
	"hash/fnv"
	"slices"
	"strconv"

	"github.com/skein-db/skein/internal/diag"
)

// cursor is a row's place in an order.
type cursor struct {
	Order  string    `json:"o"` // which order it is of
	Values []*string `json:"v"`
	// Where rows cannot be told apart, Skip is how many of those that are equal
	// to it have been read; or Take how many there still are to read.
	Skip int  `json:"s,omitempty"`
	Take *int `json:"t,omitempty"`
}

// longestCursor bounds the values of a cursor, in bytes.
const longestCursor = 16 << 10

// mark tells orders apart.
func (o *order) mark() string {
	h := fnv.New64a()
	for _, t := range o.terms {
		h.Write([]byte(t.sql + strconv.FormatBool(t.desc) + strconv.FormatBool(t.nullsFirst) + "\x00"))
	}
	return strconv.FormatUint(h.Sum64(), 36)
}

// text is the cursor as it is handed out; nil where its values are too long.
func (c *cursor) text() *string {
	size := 0
	for _, v := range c.Values {
		size += len(deref(v))
	}
	if size > longestCursor {
		return nil
	}
	data, err := json.Marshal(c)
	if err != nil {
		return nil // texts can always be written
	}
	text := base64.RawURLEncoding.EncodeToString(data)
	return &text
}

// read reads a cursor of the order.
func (o *order) read(text, mark string) (*cursor, error) {
	var c cursor
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(data, &c)
	}
	if err != nil || c.Order != mark || len(c.Values) != len(o.terms) || c.Skip < 0 || c.Take != nil && *c.Take < 0 {
		return nil, &diag.Error{Kind: diag.Usage, Message: "the place in the table is of another order of its rows", Hint: "load the first page again"}
	}
	for i, t := range o.terms {
		if c.Values[i] == nil && !t.nullable {
			return nil, &diag.Error{Kind: diag.Usage, Message: "the place in the table is none", Hint: "load the first page again"}
		}
	}
	return &c, nil
}

func sameTexts(a, b []*string) bool {
	return slices.EqualFunc(a, b, func(x, y *string) bool { return x == y || x != nil && y != nil && *x == *y })
}
