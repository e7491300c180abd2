package check

import (
	"bytes"
	"hash/maphash"
	"math/bits"
)

var outlineSeed = maphash.MakeSeed()

// outline is a number that two snapshots share if they say the same in
// drizzle-kit's layout, but for their ids and the order of keys: generate and
// generate --custom write keys in different orders. Each line counts with the
// lines it stands in, and within a list with its place. Other layouts have
// other numbers, and are compared with more effort.
func outline(text []byte) uint64 {
	var sum uint64
	var stack [40]struct {
		hash uint64
		list bool
		next uint64
	}
	for line := range bytes.Lines(text) {
		body := bytes.TrimLeft(line, " ")
		depth := (len(line)-len(body))/2 + 1
		body = bytes.TrimSuffix(bytes.TrimRight(body, "\r\n"), []byte(","))
		if len(body) == 0 {
			continue
		}
		if depth >= len(stack) {
			return 0
		}
		if depth == 2 && (bytes.HasPrefix(body, []byte(`"id":`)) || bytes.HasPrefix(body, []byte(`"prevId":`))) {
			continue
		}
		within := &stack[depth-1]
		hash := (maphash.Bytes(outlineSeed, body) ^ bits.RotateLeft64(within.hash, 23)) * 0x9E3779B97F4A7C15
		if within.list {
			within.next++
			hash += within.next * 0xC2B2AE3D27D4EB4F
		}
		sum += hash
		if last := body[len(body)-1]; last == '{' || last == '[' {
			stack[depth].hash, stack[depth].list, stack[depth].next = hash, last == '[', 0
		}
	}
	return sum
}
