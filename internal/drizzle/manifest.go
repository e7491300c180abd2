package drizzle

import (
	"bytes"
	"io"
	"path/filepath"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// manifest is what resolving an import needs of a package.json.
type manifest struct {
	dir              string
	name, version    string
	main, module     string
	exports, imports *jsonValue
	workspaces       []string
	pure             bool            // "sideEffects" is false
	needs            map[string]bool // packages named in any kind of dependencies
}

// manifest reads the package.json in a folder. It is nil where there is none
// that can be understood.
func (r *resolver) manifest(dir string) *manifest {
	r.mu.Lock()
	defer r.mu.Unlock()
	if m, ok := r.manifests[dir]; ok {
		return m
	}
	m := readManifest(r.disk, dir)
	r.manifests[dir] = m
	return m
}

func readManifest(d *disk, dir string) *manifest {
	file := filepath.Join(dir, "package.json")
	if !d.isFile(file) {
		return nil
	}
	data, err := d.read(file)
	if err != nil {
		return nil
	}
	doc, err := parseJSON(data)
	if err != nil {
		return nil
	}
	m := &manifest{
		dir:  dir,
		name: doc.get("name").text(), version: doc.get("version").text(),
		main: doc.get("main").text(), module: doc.get("module").text(),
		exports: doc.get("exports"), imports: doc.get("imports"),
		needs: map[string]bool{},
	}
	if v := doc.get("sideEffects"); v != nil {
		m.pure = v.kind == jsontext.KindFalse
	}
	workspaces := doc.get("workspaces")
	if p := workspaces.get("packages"); p != nil { // yarn's long form
		workspaces = p
	}
	m.workspaces = workspaces.texts()
	for _, kind := range []string{"dependencies", "peerDependencies", "optionalDependencies"} {
		if deps := doc.get(kind); deps != nil {
			for _, name := range deps.keys {
				m.needs[name] = true
			}
		}
	}
	return m
}

// jsonValue is a JSON value whose objects keep the order of their names, which
// decides which condition of "exports" wins. A nil *jsonValue is an absent one.
type jsonValue struct {
	kind   jsontext.Kind
	str    string       // of a string
	number string       // of a number, as written
	keys   []string     // of an object
	values []*jsonValue // of an object or array
}

// parseJSON reads one JSON value. Of a name given twice the last wins.
func parseJSON(data []byte) (*jsonValue, error) {
	dec := jsontext.NewDecoder(bytes.NewReader(data), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	v, err := decodeJSON(dec)
	if err != nil {
		return nil, err
	}
	if _, err := dec.ReadToken(); err != io.EOF {
		return nil, err
	}
	return v, nil
}

func decodeJSON(dec *jsontext.Decoder) (*jsonValue, error) {
	tok, err := dec.ReadToken()
	if err != nil {
		return nil, err
	}
	v := &jsonValue{kind: tok.Kind()}
	switch v.kind {
	case jsontext.KindString:
		v.str = tok.String()
	case jsontext.KindNumber:
		v.number = tok.String()
	case jsontext.KindBeginObject, jsontext.KindBeginArray:
		for dec.PeekKind() != jsontext.KindEndObject && dec.PeekKind() != jsontext.KindEndArray {
			if v.kind == jsontext.KindBeginObject {
				name, err := dec.ReadToken()
				if err != nil {
					return nil, err
				}
				v.keys = append(v.keys, name.String())
			}
			item, err := decodeJSON(dec)
			if err != nil {
				return nil, err
			}
			v.values = append(v.values, item)
		}
		_, err = dec.ReadToken()
	}
	return v, err
}

// get returns a member of an object.
func (v *jsonValue) get(name string) *jsonValue {
	if v == nil {
		return nil
	}
	for i := len(v.keys) - 1; i >= 0; i-- {
		if v.keys[i] == name {
			return v.values[i]
		}
	}
	return nil
}

// text returns a string's value, "" for anything else.
func (v *jsonValue) text() string {
	if v == nil {
		return ""
	}
	return v.str
}

// texts returns the strings of an array, or the one string.
func (v *jsonValue) texts() []string {
	switch {
	case v == nil:
		return nil
	case v.kind == jsontext.KindString:
		return []string{v.str}
	case v.kind != jsontext.KindBeginArray:
		return nil
	}
	var out []string
	for _, item := range v.values {
		if item.kind == jsontext.KindString {
			out = append(out, item.str)
		}
	}
	return out
}

// isMap reports whether "exports" lists subpaths, and not conditions.
func (v *jsonValue) isMap() bool {
	return v != nil && v.kind == jsontext.KindBeginObject && len(v.keys) > 0 &&
		(strings.HasPrefix(v.keys[0], ".") || strings.HasPrefix(v.keys[0], "#"))
}

// targets returns the files that "exports" or "imports" names for a key ("."
// or "./sub" or "#name"), best first, as Node's algorithm finds them:
// https://nodejs.org/api/esm.html#resolution-algorithm-specification. Node
// stops at the first; the others serve where the first was never built.
// blocked says that the package forbids the key.
func (v *jsonValue) targets(key string, accept func(condition string) bool) (files []string, blocked bool) {
	if v == nil {
		return nil, false
	}
	if !v.isMap() {
		if key != "." {
			return nil, true
		}
		return v.pick("", accept)
	}
	if exact := v.get(key); exact != nil && !strings.Contains(key, "*") {
		return exact.pick("", accept)
	}
	best, star := "", ""
	for _, k := range v.keys {
		before, after, pattern := strings.Cut(k, "*")
		if pattern && len(key) >= len(before)+len(after) && strings.HasPrefix(key, before) && strings.HasSuffix(key, after) &&
			(best == "" || len(before) > strings.Index(best, "*")) {
			best, star = k, key[len(before):len(key)-len(after)]
		}
	}
	if best == "" {
		return nil, true
	}
	return v.get(best).pick(star, accept)
}

// pick walks conditions and fallback arrays.
func (v *jsonValue) pick(star string, accept func(string) bool) (files []string, blocked bool) {
	switch v.kind {
	case jsontext.KindString:
		return []string{strings.ReplaceAll(v.str, "*", star)}, false
	case jsontext.KindNull:
		return nil, true
	case jsontext.KindBeginObject, jsontext.KindBeginArray:
		for i, item := range v.values {
			if v.keys != nil && !accept(v.keys[i]) {
				continue
			}
			more, stop := item.pick(star, accept)
			files = append(files, more...)
			if stop {
				return files, len(files) == 0
			}
		}
	}
	return files, false
}
