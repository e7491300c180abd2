package js

import "strings"

// modules maps each public specifier to the source that stands for it.
var modules = specifiers()

func specifiers() map[string]string {
	all := map[string]string{
		"drizzle-orm":          "orm/index",
		"drizzle-orm/pg-core":  "pg/index",
		"drizzle-orm/casing":   "orm/casing",
		"drizzle-orm/neon":     "presets/neon",
		"drizzle-orm/supabase": "presets/supabase",
	}
	// Files of drizzle-orm whose names "drizzle-orm" exports as well.
	for _, file := range []string{
		"alias", "column", "column-builder", "entity", "errors", "expressions", "logger", "operations", "query-promise",
		"relations", "sql", "subquery", "table", "utils", "view-common",
	} {
		all["drizzle-orm/"+file] = "orm/index"
	}
	for _, driver := range []string{
		"aws-data-api/pg", "bun-sql", "neon-http", "neon-serverless", "node-postgres", "pg-proxy", "pglite", "postgres-js",
		"prisma/pg", "vercel-postgres", "xata-http", "migrator",
	} {
		all["drizzle-orm/"+driver] = "presets/driver"
	}
	return all
}

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
