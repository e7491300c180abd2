package drizzle

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skein-db/skein/internal/schema"
)

// storeProject is a project in which a load depends on files of every kind.
var storeProject = map[string]string{
	"pnpm-workspace.yaml":                        "packages: [\"packages/*\"]\n",
	"app/tsconfig.json":                          `{"extends": "./tsconfig.base.json"}`,
	"app/tsconfig.base.json":                     `{"compilerOptions": {"paths": {"@/*": ["./lib/*"]}}}`,
	"app/schema/a.ts":                            "import { n } from '@/n';\nimport { m } from 'consts';\nimport { flag } from 'flags';\nimport { pgTable, integer } from 'drizzle-orm/pg-core';\nexport const a = pgTable('a', { n: integer().default(n), m: integer().default(m), f: integer().default(flag) });\n",
	"app/lib/n.ts":                               "export const n = 1;\n",
	"packages/consts/package.json":               `{"name": "consts", "main": "index.ts"}`,
	"packages/consts/index.ts":                   "export const m = 2;\n",
	"app/node_modules/flags/package.json":        `{"name": "flags", "version": "1.0.0"}`,
	"app/node_modules/flags/index.js":            "exports.flag = 3;\n",
	"app/node_modules/unrelated/package.json":    `{"name": "unrelated"}`,
	"app/node_modules/.pnpm/new/flags/index.js":  "exports.flag = 30;\n",
	"app/node_modules/.pnpm/new/flags/README.md": "",
}

// TestStore holds that a stored result serves exactly as long as evaluating
// again would give it.
func TestStore(t *testing.T) {
	for name, c := range map[string]struct {
		change func(t *testing.T, dir string)
		hit    bool
		check  func(s *schema.Schema) bool // of the new result
	}{
		"nothing": {func(*testing.T, string) {}, true, nil},
		"touched": {func(t *testing.T, dir string) {
			path := filepath.Join(dir, "app/schema/a.ts")
			data, _ := os.ReadFile(path)
			write(t, path, string(data))
		}, true, nil},
		"a file nobody reads": {put("app/lib/other.ts", "export const n = 100;"), true, nil},
		"another package":     {put("app/node_modules/other/package.json", "{}"), true, nil},
		"the schema":          {put("app/schema/a.ts", "import { pgTable } from 'drizzle-orm/pg-core';\nexport const z = pgTable('z', {});"), false, hasTable("z")},
		"a new schema file":   {put("app/schema/b.ts", "import { pgTable } from 'drizzle-orm/pg-core';\nexport const b = pgTable('b', {});"), false, hasTable("b")},
		"a new one, not a ts": {put("app/schema/notes.md", ""), false, nil},
		"a removed file": {func(t *testing.T, dir string) {
			os.Remove(filepath.Join(dir, "app/lib/n.ts"))
			write(t, filepath.Join(dir, "app/lib/n.tsx"), "export const n = 10;")
		}, false, hasDefault("n", "10")},
		"what is imported": {put("app/lib/n.ts", "export const n = 11;"), false, hasDefault("n", "11")},
		"what comes before it": {func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "app/lib/n"), "")
			os.Remove(filepath.Join(dir, "app/lib/n"))
			write(t, filepath.Join(dir, "app/node_modules/consts/index.js"), "exports.m = 22")
		}, false, hasDefault("m", "22")},
		"a base tsconfig": {func(t *testing.T, dir string) {
			put("app/lib2/n.ts", "export const n = 12;")(t, dir)
			put("app/tsconfig.base.json", `{"compilerOptions": {"paths": {"@/*": ["./lib2/*"]}}}`)(t, dir)
		}, false, hasDefault("n", "12")},
		"a nearer tsconfig": {func(t *testing.T, dir string) {
			put("app/lib3/n.ts", "export const n = 13;")(t, dir)
			put("app/schema/tsconfig.json", `{"compilerOptions": {"paths": {"@/*": ["../lib3/*"]}}}`)(t, dir)
		}, false, hasDefault("n", "13")},
		"the workspace": {func(t *testing.T, dir string) {
			put("other/consts/package.json", `{"name": "consts", "main": "i.ts"}`)(t, dir)
			put("other/consts/i.ts", "export const m = 21;")(t, dir)
			put("pnpm-workspace.yaml", "packages: ['other/*']")(t, dir)
		}, false, hasDefault("m", "21")},
		"a package's main": {func(t *testing.T, dir string) {
			put("packages/consts/two.ts", "export const m = 23;")(t, dir)
			put("packages/consts/package.json", `{"name": "consts", "main": "two.ts"}`)(t, dir)
		}, false, hasDefault("m", "23")},
		"an installed package": {put("app/node_modules/flags/index.js", "exports.flag = 31;"), false, hasDefault("f", "31")},
		"a link in its place": {func(t *testing.T, dir string) {
			path := filepath.Join(dir, "app/node_modules/flags")
			os.RemoveAll(path)
			link(t, path, ".pnpm/new/flags")
		}, false, hasDefault("f", "30")},
		"drizzle-orm": {put("app/node_modules/drizzle-orm/package.json", `{"name": "drizzle-orm", "version": "0.30.0"}`), false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, err := filepath.EvalSymlinks(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			for path, text := range storeProject {
				write(t, filepath.Join(dir, path), text)
			}
			o := LoadOptions{Dir: filepath.Join(dir, "app"), Files: []string{"schema"}, CacheDir: filepath.Join(dir, "cache")}
			first, err := Load(context.Background(), o)
			if err != nil || first.Cached || !hasDefault("f", "3")(first.Schema) {
				t.Fatalf("first: %v, cached %v", err, first != nil && first.Cached)
			}
			c.change(t, dir)
			second, err := Load(context.Background(), o)
			if err != nil {
				t.Fatal(err)
			}
			if second.Cached != c.hit {
				t.Errorf("cached %v, want %v", second.Cached, c.hit)
			}
			fresh, err := Load(context.Background(), LoadOptions{Dir: o.Dir, Files: o.Files})
			if err != nil {
				t.Fatal(err)
			}
			if !schema.Equal(second.Schema, fresh.Schema) || second.ORM != fresh.ORM || strings.Join(second.Sources, " ") != strings.Join(fresh.Sources, " ") ||
				strings.Join(second.Warnings, " ") != strings.Join(fresh.Warnings, " ") {
				t.Errorf("a stored result differs from a fresh one:\n%+v\n%+v", second, fresh)
			}
			if c.check != nil && !c.check(second.Schema) {
				t.Errorf("the change is not in the result: %+v", second.Schema.Tables)
			}
		})
	}
}

func put(path, text string) func(*testing.T, string) {
	return func(t *testing.T, dir string) { write(t, filepath.Join(dir, path), text) }
}

func hasTable(name string) func(*schema.Schema) bool {
	return func(s *schema.Schema) bool { return s.Table(schema.Ref{Schema: schema.Public, Name: name}) != nil }
}

func hasDefault(column, text string) func(*schema.Schema) bool {
	return func(s *schema.Schema) bool {
		c := s.Tables[0].Column(column)
		return c != nil && c.Default != nil && c.Default.Text == text
	}
}

// TestStoreOptions holds that what is asked for is part of the key.
func TestStoreOptions(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.ts"), "import { pgTable, text } from 'drizzle-orm/pg-core';\nexport const a = pgTable('a', { someName: text() });")
	write(t, filepath.Join(dir, "b.ts"), "import { pgTable, text } from 'drizzle-orm/pg-core';\nexport const b = pgTable('b', { someName: text() });")
	cache := filepath.Join(dir, "cache")
	for range 2 {
		for _, c := range []struct {
			files  []string
			casing string
			want   string
		}{{[]string{"a.ts"}, "", "a.someName"}, {[]string{"a.ts"}, "snake_case", "a.some_name"}, {[]string{"b.ts"}, "", "b.someName"}, {[]string{"b.ts", "a.ts"}, "", "b.someName"}} {
			l, err := Load(context.Background(), LoadOptions{Dir: dir, Files: c.files, Casing: c.casing, CacheDir: cache})
			if err != nil {
				t.Fatal(err)
			}
			if got := l.Schema.Tables[0].Name + "." + l.Schema.Tables[0].Columns[0].Name; got != c.want {
				t.Errorf("%v %q: got %s, want %s", c.files, c.casing, got, c.want)
			}
		}
	}
	if entries, _ := os.ReadDir(cache); len(entries) != 4 {
		t.Errorf("%d entries, want 4", len(entries))
	}
}

// TestStoreDamaged holds that a damaged entry, or a folder that cannot be
// written, is as good as none.
func TestStoreDamaged(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.ts"), table1)
	o := LoadOptions{Dir: dir, Files: []string{"a.ts"}, CacheDir: filepath.Join(dir, "cache")}
	if _, err := Load(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(o.CacheDir, "*"))
	if len(files) != 1 {
		t.Fatalf("%d entries, want 1", len(files))
	}
	whole, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"empty": nil, "cut": whole[:len(whole)/2], "other": []byte("hello\n"), "longer": append(bytes.Clone(whole), 'x'),
		"changed": bytes.Replace(whole, []byte(`"integer"`), []byte(`"boolean"`), 1),
	} {
		if err := os.WriteFile(files[0], data, 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := Load(context.Background(), o)
		if err != nil || l.Cached || l.Schema.Tables[0].Columns[0].Type != "integer" {
			t.Errorf("%s: %v", name, err)
		}
		if l, err = Load(context.Background(), o); err != nil || !l.Cached {
			t.Errorf("%s: not mended: %v", name, err)
		}
	}
	write(t, filepath.Join(dir, "file"), "")
	o.CacheDir = filepath.Join(dir, "file", "below")
	if _, err := Load(context.Background(), o); err != nil {
		t.Errorf("a cache that cannot be written: %v", err)
	}
}

func FuzzDecodeEntry(f *testing.F) {
	e := entry{Program: "p", Result: &result{Body: []byte("{}"), ORM: "built in"}, Files: map[string]string{"/a": ""}}
	f.Add(e.encode())
	f.Add([]byte(storeFormat))
	f.Fuzz(func(t *testing.T, data []byte) {
		if e, ok := decodeEntry(data); ok && !bytes.Equal(e.encode(), data) {
			if again, ok := decodeEntry(e.encode()); !ok || !bytes.Equal(again.Result.Body, e.Result.Body) {
				t.Fatal("an entry does not survive writing")
			}
		}
	})
}
