package js

import (
	"strings"
	"testing"
)

func TestEverySpecifierHasASource(t *testing.T) {
	for _, specifier := range Specifiers() {
		if source, ok := Module(specifier); !ok || source == "" {
			t.Errorf("%s has no source", specifier)
		}
	}
	for _, unknown := range []string{"drizzle-orm/nothing", "zod", "skein:nothing", "skein:../js", ""} {
		if _, ok := Module(unknown); ok {
			t.Errorf("%q has a source", unknown)
		}
	}
}

func TestSerializerExportsSerialize(t *testing.T) {
	if !strings.Contains(Serializer(), "export function serialize(") {
		t.Error("the serializer does not export serialize")
	}
	if len(Digest()) != 64 {
		t.Errorf("Digest() = %q", Digest())
	}
}
