package js_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// The order of tables decides the order of SQL statements: files as they are
// given, and within a file exports by name.
func TestTablesComeInTheOrderOfFilesAndExports(t *testing.T) {
	dir := t.TempDir()
	var files []string
	for _, file := range []struct{ name, source string }{
		{"b.ts", `import { integer, pgTable } from "drizzle-orm/pg-core";
			export const z = pgTable("first", { id: integer() });
			export const B = pgTable("zeroth", { id: integer() });`},
		{"a.ts", `import { pgEnum, pgTable } from "drizzle-orm/pg-core";
			import { z } from "./b";
			export { z, B } from "./b"; // again, and later than in b.ts
			export const m = pgTable("third", {});
			export const a = pgTable("second", { z: pgEnum("hidden", ["x"])() });`},
	} {
		path := filepath.Join(dir, file.name)
		if err := os.WriteFile(path, []byte(file.source), 0o644); err != nil {
			t.Fatal(err)
		}
		files = append(files, path)
	}
	got, err := run(files, "", "")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"public.zeroth", "public.first", "public.second", "public.third"}
	if keys := keysOf(t, got.Schema, "tables"); !slices.Equal(keys, want) {
		t.Errorf("tables = %q, want %q", keys, want)
	}
	if len(got.Warnings) > 0 {
		t.Errorf("warnings = %q", got.Warnings)
	}
}

// keysOf returns the keys of a member of a JSON object, in order.
func keysOf(t *testing.T, text, member string) []string {
	t.Helper()
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &members); err != nil {
		t.Fatal(err)
	}
	var keys []string
	for rest := json.NewDecoder(bytes.NewReader(members[member])); ; {
		token, err := rest.Token()
		if err != nil {
			return keys
		}
		if key, ok := token.(string); ok {
			keys = append(keys, key)
			var skip json.RawMessage
			if err := rest.Decode(&skip); err != nil {
				t.Fatal(err)
			}
		}
	}
}
