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
