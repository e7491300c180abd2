package js_test

import (
	"strings"
	"testing"

	"github.com/skein-db/skein/internal/drizzle/js"
)

func TestEverySpecifierHasASource(t *testing.T) {
	for _, specifier := range js.Specifiers() {
		if source, ok := js.Module(specifier); !ok || source == "" {
			t.Errorf("%s has no source", specifier)
		}
	}
	for _, unknown := range []string{"drizzle-orm/nothing", "drizzle-ormx", "zod", "skein:nothing", "skein:../js", ""} {
		if _, ok := js.Module(unknown); ok {
			t.Errorf("%q has a source", unknown)
		}
	}
}

func TestFilesWithinDrizzleAreThoseAboveThem(t *testing.T) {
	for below, above := range map[string]string{
		"drizzle-orm/pg-core/columns/text":          "drizzle-orm/pg-core",
		"drizzle-orm/sql/expressions/conditions":    "drizzle-orm",
		"drizzle-orm/node-postgres/migrator":        "drizzle-orm/postgres-js",
		"drizzle-orm/neon/rls":                      "drizzle-orm/neon",
		"drizzle-orm/pg-core/query-builders/select": "drizzle-orm/pg-core",
	} {
		got, ok := js.Module(below)
		want, _ := js.Module(above)
		if !ok || got != want {
			t.Errorf("%s is not %s", below, above)
		}
	}
}

func TestSerializerExportsSerialize(t *testing.T) {
	if !strings.Contains(js.Serializer(), "export function serialize(") {
		t.Error("the serializer does not export serialize")
	}
	if len(js.Digest()) != 64 {
		t.Errorf("Digest() = %q", js.Digest())
	}
}
