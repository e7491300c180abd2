package drizzle

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/evanw/esbuild/pkg/api"
)

func TestSourceMap(t *testing.T) {
	source := "type T = 1;\nexport const x: T = 1;\n\nfunction f(a: number) { throw new Error(`${a}`) }\nf(x);\n"
	out := api.Transform(source, api.TransformOptions{Loader: api.LoaderTS, Sourcemap: api.SourceMapExternal, Sourcefile: "a.ts"})
	m := parseSourceMap(out.Map)
	for i, line := range strings.Split(string(out.Code), "\n") {
		column := strings.Index(line, "throw")
		if column < 0 {
			continue
		}
		if file, l, c, ok := m.find(i, column); !ok || file != "a.ts" || l != 3 || c != 24 {
			t.Errorf("got %s:%d:%d %v, want a.ts:3:24", file, l, c, ok)
		}
	}
	for _, p := range [][2]int{{-1, 0}, {1000, 0}, {0, -1}} {
		if _, _, _, ok := m.find(p[0], p[1]); ok {
			t.Errorf("found %v", p)
		}
	}
}

func FuzzSourceMap(f *testing.F) {
	f.Add([]byte(`{"version":3,"sources":["a.ts"],"mappings":"AAAA,CAAC;AACD"}`), 0, 1)
	f.Add([]byte(`{"sources":["a"],"mappings":"ggggggggggggggggB,+/"}`), 0, 0)
	f.Fuzz(func(t *testing.T, data []byte, line, column int) {
		if file, l, c, ok := parseSourceMap(data).find(line, column); ok && (l < 0 || c < 0 || file == "" && !strings.Contains(string(data), `""`)) {
			t.Fatalf("%q %d %d", file, l, c)
		}
	})
}

func TestVLQ(t *testing.T) {
	for text, want := range map[string][]int{"A": {0}, "C": {1}, "D": {-1}, "gB": {16}, "AAgBC": {0, 0, 16, 1}} {
		got, ok := decodeVLQ(text)
		if !ok || len(got) != len(want) {
			t.Fatalf("%s: got %v", text, got)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s: got %v, want %v", text, got, want)
			}
		}
	}
	for _, text := range []string{"g", "!", "gggggggggggggggA"} {
		if got, ok := decodeVLQ(text); ok {
			t.Errorf("%s: got %v, want none", text, got)
		}
	}
}

func FuzzExcerpt(f *testing.F) {
	f.Add([]byte("a\n\tb😀c\r\n"), 2, 3)
	f.Add([]byte(strings.Repeat("x", 500)), 1, 400)
	f.Fuzz(func(t *testing.T, data []byte, line, column int) {
		if line > 1000 {
			return
		}
		text := excerpt(data, line, column)
		if text != "" && (strings.Count(text, "\n") != 1 || !strings.HasSuffix(text, "^")) {
			t.Fatalf("%q", text)
		}
	})
}

// FuzzResolve writes a tsconfig.json and a package.json and resolves what they
// speak of.
func FuzzResolve(f *testing.F) {
	f.Add(`{"compilerOptions":{"paths":{"@/*":["./*"],"x":["a"]},"baseUrl":"."},"extends":["./tsconfig.json","p"]}`,
		`{"name":"self","exports":{".":"./a.ts","./*":{"import":["./*.ts"],"x":null}},"imports":{"#*":"./*.ts","#a":"#a"},"main":".","workspaces":["*"]}`, "@/a")
	f.Add(`// c`, `{"exports":{"./*/x/*":"./**"}}`, "self/a")
	f.Add(`{"references":[{"path":"."}]}`, `[]`, "#a")
	f.Fuzz(func(t *testing.T, config, manifest, specifier string) {
		if strings.ContainsRune(specifier, 0) || len(specifier) > 200 {
			return
		}
		dir := t.TempDir()
		for name, text := range map[string]string{"tsconfig.json": config, "package.json": manifest, "a.ts": "", "pnpm-workspace.yaml": "packages: ['*']", "sub/package.json": manifest} {
			path := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		r := newResolver(newDisk(), dir)
		for _, s := range []string{specifier, "self", "self/a", "#a", "@/a", "./" + specifier} {
			got := r.resolve(s, dir)
			if set := count(got.file != "", got.source != "", got.unknown != ""); set != 1 && s != "" {
				t.Fatalf("%q: %+v", s, got)
			}
		}
	})
}

func count(of ...bool) (n int) {
	for _, b := range of {
		if b {
			n++
		}
	}
	return n
}

func FuzzYAML(f *testing.F) {
	f.Add("packages:\n  - a/*\n  - '!b'\n")
	f.Add("packages: {a: b}\n*x: &x")
	f.Fuzz(func(t *testing.T, text string) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "pnpm-workspace.yaml"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		newResolver(newDisk(), dir).workspace()
	})
}

func FuzzPattern(f *testing.F) {
	for _, s := range []string{"src/*.ts", "**/@(a|b).ts", "!(x)", "[", "{a,b", "a/../../**", "/", "", "\\", "+(a)", "?(a)b", "src/!(a|b)*.ts"} {
		f.Add(s)
	}
	dir := f.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.ts"), nil, 0o644); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, pattern string) {
		if strings.ContainsRune(pattern, 0) || strings.Contains(pattern, "..") || strings.HasPrefix(pattern, "/") {
			return // it may name the whole disk
		}
		files, _, err := sources(newDisk(), dir, []string{pattern})
		if err == nil && len(files) > 1 {
			t.Fatalf("%q: %v", pattern, files)
		}
	})
}

func FuzzStarExports(f *testing.F) {
	f.Add("export * from './a'; export const {a, b: [c, ...d]} = f(), e = 1; export default class X {}")
	f.Add("export * as 'x-y' from \"z\"; export { a as default, b as 'c' }; export function* g() {}")
	f.Fuzz(func(t *testing.T, source string) {
		starExports("a.ts", []byte(source))
	})
}

func TestStarExports(t *testing.T) {
	own, stars, ok := starExports("a.ts", []byte(`
		export * from "./a"; export * as ns from "./b"; export { x, y as z, w as "a-b" } from "c";
		export const { k, l: [m, ...n], ...o } = f(), p = 1; export class C {} export function fn() {}
		export type * from "./types"; export type T = 1; export interface I {} export enum E { a }
		export default class D {}
		export * from './d.js';`))
	if got, want := strings.Join(own, " "), "C E a-b default fn k m n ns o p x z"; !ok || got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := strings.Join(stars, " "); got != "./a ./d.js" {
		t.Errorf("stars %s", got)
	}
}

func TestTooDeep(t *testing.T) {
	pad := strings.Repeat("// a line of text\n", smallFile/10)
	for name, c := range map[string]struct {
		source string
		deep   bool
	}{
		"code":            {pad + strings.Repeat("f([{ a: (1 + 2) }]);\n", 10_000), false},
		"brackets":        {pad + strings.Repeat("[", mostLevels+1), true},
		"parentheses":     {pad + strings.Repeat("( ", mostLevels+1), true},
		"templates":       {pad + strings.Repeat("`${", mostLevels+1), true},
		"in a string":     {pad + "x = '" + strings.Repeat("[", mostLevels+1) + "'", false},
		"in a comment":    {pad + "/* " + strings.Repeat("[", mostLevels+1) + " */", false},
		"negations":       {pad + strings.Repeat("!", mostInARow+1), true},
		"news":            {pad + strings.Repeat("new ", mostInARow+2), true},
		"arrows":          {pad + strings.Repeat("x=>", mostInARow+1), true},
		"a long union":    {pad + "type T = " + strings.Repeat("\n  | \"name\"", 100_000), false},
		"a long sum":      {pad + "const s = " + strings.Repeat("\"x\" +\n", 40_000) + "1", false},
		"a long list":     {pad + "[" + strings.Repeat("-1, ", 200_000) + "]", false},
		"an open comment": {pad + "/*", false},
		"an open string":  {pad + "'", false},
	} {
		if got := tooDeep([]byte(c.source)); got != c.deep {
			t.Errorf("%s: got %v, want %v", name, got, c.deep)
		}
	}
}

func FuzzTooDeep(f *testing.F) {
	f.Add("`${'", "/*/", "\\")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		tooDeep([]byte(strings.Repeat(a+b+c+" ", 1+smallFile/max(1, len(a+b+c)))))
	})
}

func TestParseEnv(t *testing.T) {
	got, err := ParseEnv("\ufeffA=1\nexport B = 'single $A'\nC=\"a\\nb ${A}\" # comment\nD=pa$$word\\#1\n\n# E=2\nF=\n")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"A": "1", "B": "single $A", "C": "a\nb ${A}", "F": ""} {
		if got[name] != want {
			t.Errorf("%s: got %q, want %q", name, got[name], want)
		}
	}
	if !strings.HasPrefix(got["D"], "pa$$word") {
		t.Errorf("D: got %q", got["D"])
	}
}

func FuzzParseEnv(f *testing.F) {
	f.Add("A=1\nB='x\n")
	f.Fuzz(func(t *testing.T, text string) { _, _ = ParseEnv(text) })
}

func FuzzConfigJSON(f *testing.F) {
	f.Add(`{"dialect":"postgresql","schema":["a"],"dbCredentials":{"host":"h","port":"5","database":"d","ssl":{"rejectUnauthorized":false}}}`)
	f.Add(`{"dialect":"mysql"}`)
	f.Add(`{"dialect":"postgresql","entities":{"roles":{"provider":1}},"migrations":[],"dbCredentials":{"url":1}}`)
	f.Fuzz(func(t *testing.T, text string) {
		l := &configLoader{shown: "drizzle.config.json", source: []byte(text)}
		c, err := l.fromJSON()
		if err == nil && (c.URL == "") == (c.URLError == nil) {
			t.Fatalf("url %q, error %v", c.URL, c.URLError)
		}
		if err != nil && !utf8.ValidString(text) {
			return
		}
	})
}
