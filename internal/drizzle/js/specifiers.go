package js

import "strings"

// modules maps each public specifier to the source that stands for it.
var modules = map[string]string{}

// public returns the source that stands for a public specifier: the one it is
// listed with, or the one of the nearest folder above it, since a file within
// drizzle-orm/pg-core exports a part of what drizzle-orm/pg-core exports.
func public(specifier string) (name string, ok bool) {
	for {
		if name, ok = modules[specifier]; ok {
			return name, true
		}
		i := strings.LastIndexByte(specifier, '/')
		if i < 0 || specifier[:i] == "drizzle-orm" {
			return "", false
		}
		specifier = specifier[:i]
	}
}
