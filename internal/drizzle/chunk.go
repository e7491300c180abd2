package drizzle

import (
	"slices"
	"strings"

	"github.com/tdewolff/parse/v2"
	syntax "github.com/tdewolff/parse/v2/js"
)

// chunk is the part of a bundle that comes from one module. The first chunk
// comes from none: it holds esbuild's helpers, which know how to treat
// stand-ins, since these are made for them.
type chunk struct {
	name    string // as esbuild's comment has it: "src/a.ts", "skein:entry"
	text    string
	start   int // offset in the bundle
	tainted bool
	source  []byte // what tree was parsed from, and points into
	tree    *syntax.AST
}

// split cuts a bundle at the comments that name modules. esbuild keeps no other
// comment at the beginning of a line.
func split(code string) []chunk {
	const mark = "// "
	chunks := []chunk{{}}
	for start := 0; start < len(code); {
		end := strings.IndexByte(code[start:], '\n') + 1
		if end == 0 {
			end = len(code) - start
		}
		line := code[start : start+end]
		if name, ok := strings.CutPrefix(line, mark); ok {
			chunks = append(chunks, chunk{name: strings.TrimSpace(name), start: start})
		}
		last := &chunks[len(chunks)-1]
		last.text = code[last.start : start+end]
		start += end
	}
	return chunks
}

// join is the opposite of split.
func join(chunks []chunk) string {
	var b strings.Builder
	for _, c := range chunks {
		b.WriteString(c.text)
	}
	return b.String()
}

func (c *chunk) parse() error {
	c.source = append(make([]byte, 0, len(c.text)+1), c.text...)
	tree, err := syntax.Parse(parse.NewInputBytes(c.source), syntax.Options{})
	c.tree = tree
	return err
}

// isUnknown reports whether a chunk makes a stand-in, and does nothing else.
func (c *chunk) isUnknown() bool { return strings.Contains(c.text, "__skein.unknown(") }

// isORM reports whether a chunk is part of drizzle-orm or of Skein.
func (c *chunk) isORM() bool {
	return strings.HasPrefix(c.name, sourceSpace+":") || strings.Contains(c.name, "node_modules/drizzle-orm/")
}

// taint marks the chunks whose code can see a stand-in: it refers to one, or to
// something that such a chunk declares. esbuild gives every name at the top of
// the bundle to one chunk only, so names are enough to follow.
func taint(chunks []chunk) error {
	globals := missingGlobals
	if _, read := idleVariables(join(chunks)); read {
		globals = append([]string{"process"}, globals...)
	}
	declaredBy := map[string]int{}
	for i := range chunks {
		c := &chunks[i]
		if i == 0 || c.isORM() && !c.isUnknown() {
			continue
		}
		if err := c.parse(); err != nil {
			return err
		}
		for _, v := range c.tree.Declared {
			declaredBy[string(v.Data)] = i
		}
		c.tainted = c.isUnknown()
	}
	for changed := true; changed; {
		changed = false
		for i := range chunks {
			c := &chunks[i]
			if c.tree == nil || c.tainted {
				continue
			}
			for _, v := range c.tree.Undeclared {
				if j, ok := declaredBy[string(v.Data)]; ok && chunks[j].tainted || slices.Contains(globals, string(v.Data)) {
					c.tainted, changed = true, true
					break
				}
			}
		}
	}
	for i := range chunks {
		if chunks[i].isUnknown() {
			chunks[i].tainted = false // there is nothing to rewrite in it
		}
	}
	return nil
}
