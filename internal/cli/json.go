package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// printJSON writes the one object of a command that was asked for JSON.
func (s *Streams) printJSON(v any) { s.print("%s", jsonBytes(v)) }

func jsonBytes(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		panic(fmt.Sprintf("encoding %T: %v", v, err))
	}
	return b.Bytes()
}
