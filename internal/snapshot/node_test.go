package snapshot

import (
	"encoding/json"
	"testing"
)

// TestLikeJavaScript compares with JSON.stringify(JSON.parse(in), null, 2) as
// Node.js printed it.
func TestLikeJavaScript(t *testing.T) {
	var cases []struct{ In, Out string }
	if err := json.Unmarshal(golden(t, "javascript/values.json"), &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		n, err := parse([]byte(c.In))
		if err != nil {
			t.Errorf("%s: %v", c.In, err)
			continue
		}
		if got := string(n.stringify()); got != c.Out {
			t.Errorf("%s\ngot  %s\nwant %s", c.In, got, c.Out)
		}
	}
}

func TestSlabsAreUsedAgain(t *testing.T) {
	var p parser
	data := golden(t, "start.json")
	for range 3 {
		n, err := p.parse(data)
		if err != nil {
			t.Fatal(err)
		}
		if string(n.stringify()) != string(data) {
			t.Fatal("a parser that is used again reads something else")
		}
		p.reset()
	}
	allocs := testing.AllocsPerRun(10, func() {
		_, _ = p.parse(data)
		p.reset()
	})
	if allocs > 10 {
		t.Errorf("%v allocations for a document", allocs)
	}
}
