package cli

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// documented is docs/json.md: for each object the paths of its fields, such as
// "findings[].file", and which of them may be absent.
type documented struct {
	objects map[string]map[string]bool // optional or not

	mu   sync.Mutex
	seen map[string]bool
}

var jsonPage = sync.OnceValue(func() *documented {
	text, err := os.ReadFile("../../docs/json.md")
	if err != nil {
		panic(err)
	}
	d := &documented{objects: map[string]map[string]bool{}, seen: map[string]bool{}}
	row := regexp.MustCompile("(?m)^\\| `([^`]+)` \\|[^|]*\\| *(\\*optional\\*)?")
	for _, section := range strings.Split(string(text), "\n## ")[1:] {
		name, body, _ := strings.Cut(section, "\n")
		fields := map[string]bool{}
		for _, m := range row.FindAllStringSubmatch(body, -1) {
			fields[m[1]] = m[2] != ""
		}
		d.objects[name] = fields
	}
	return d
})

// compare returns what an object has and the page has not, and the reverse.
func (d *documented) compare(name string, value map[string]any) []string {
	fields, ok := d.objects[name]
	if !ok {
		return []string{"there is no such section"}
	}
	var problems []string
	d.mu.Lock()
	defer d.mu.Unlock()
	d.walk(name, fields, "", value, &problems)
	return problems
}

func (d *documented) walk(name string, fields map[string]bool, at string, value any, problems *[]string) {
	switch v := value.(type) {
	case []any:
		for _, element := range v {
			d.walk(name, fields, at+"[]", element, problems)
		}
	case map[string]any:
		prefix := at
		if at != "" {
			prefix += "."
		}
		for key, field := range v {
			path := prefix + key
			if _, ok := fields[path]; !ok {
				*problems = append(*problems, path+" is not documented")
			}
			d.seen[name+" "+path] = true
			d.walk(name, fields, path, field, problems)
		}
		for path, optional := range fields {
			key, ok := strings.CutPrefix(path, prefix)
			if _, has := v[key]; ok && !optional && !has && !strings.ContainsAny(key, ".[") {
				*problems = append(*problems, path+" is missing")
			}
		}
	}
}

// unseen returns the documented fields that no object had.
func (d *documented) unseen() []string {
	var paths []string
	for name, fields := range d.objects {
		for path := range fields {
			if !d.seen[name+" "+path] {
				paths = append(paths, fmt.Sprintf("%s: %s", name, path))
			}
		}
	}
	slices.Sort(paths)
	return paths
}
