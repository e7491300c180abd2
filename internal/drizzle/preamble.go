package drizzle

import (
	"encoding/json"
	"net/url"
	"path/filepath"
	"strings"
)

// metaPrefix starts the names that stand for __dirname, __filename and
// import.meta. esbuild puts them in place of those that a file does not declare
// itself.
const metaPrefix = "__skein_"

// preamble declares what a module's text refers to of Node's names for where it
// is. It is on one line, so that positions in the first line move and no others.
func preamble(path, source string) string {
	var b strings.Builder
	declare := func(name, value string) {
		b.WriteString("var " + metaPrefix + name + " = " + value + ";")
	}
	if strings.Contains(source, "__dirname") {
		declare("dirname", quoteJS(filepath.Dir(path)))
	}
	if strings.Contains(source, "__filename") {
		declare("filename", quoteJS(path))
	}
	if strings.Contains(source, "import.meta") {
		declare("meta", "{url: "+quoteJS(fileURL(path))+", dirname: "+quoteJS(filepath.Dir(path))+
			", filename: "+quoteJS(path)+", env: {}, main: false}")
	}
	return b.String()
}

// fileURL returns a path as a file: URL.
func fileURL(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/…
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// quoteJS returns a string literal of JavaScript.
func quoteJS(s string) string { return literalJS(s) }

// listJS returns an array literal of JavaScript, also for a nil list.
func listJS[T any](list []T) string {
	if list == nil {
		return "[]"
	}
	return literalJS(list)
}

// literalJS writes a string, or a list of strings or numbers.
func literalJS(v any) string {
	out, err := json.Marshal(v)
	if err != nil {
		panic(err) // such values always have a JSON form
	}
	return string(out)
}
