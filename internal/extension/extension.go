// Package extension knows which packages of which systems bring PostgreSQL's
// extensions, for the hint of an error about one that is not installed.
package extension

import (
	"fmt"
	"slices"
	"strings"
)

// ownExtensions come with PostgreSQL itself, though some systems put them into
// a package of their own. https://www.postgresql.org/docs/current/contrib.html
var ownExtensions = []string{
	"adminpack", "amcheck", "autoinc", "bloom", "btree_gin", "btree_gist", "citext", "cube", "dblink", "dict_int",
	"dict_xsyn", "earthdistance", "file_fdw", "fuzzystrmatch", "hstore", "insert_username", "intagg", "intarray",
	"isn", "lo", "ltree", "moddatetime", "old_snapshot", "pageinspect", "pg_buffercache", "pg_freespacemap",
	"pg_logicalinspect", "pg_prewarm", "pg_stat_statements", "pg_surgery", "pg_trgm", "pg_visibility",
	"pg_walinspect", "pgcrypto", "pgrowlocks", "pgstattuple", "plpgsql", "postgres_fdw", "refint", "seg", "sslinfo",
	"tablefunc", "tcn", "tsm_system_rows", "tsm_system_time", "unaccent", "uuid-ossp", "xml2",
}

// packages names the packages of extensions that are not called like the
// extension, by packager. %d is the major version.
var packages = map[string]map[string]string{
	"vector":       {"debian": "postgresql-%d-pgvector", "pgdg": "pgvector_%d", "homebrew": "pgvector", "alpine": "postgresql-pgvector"},
	"postgis":      {"debian": "postgresql-%d-postgis-3", "pgdg": "postgis36_%d", "homebrew": "postgis", "alpine": "postgis"},
	"pg_cron":      {"debian": "postgresql-%d-cron", "pgdg": "pg_cron_%d", "homebrew": "pg_cron", "alpine": "postgresql-pg_cron"},
	"pg_partman":   {"debian": "postgresql-%d-partman", "pgdg": "pg_partman_%d", "homebrew": "pg_partman"},
	"pgaudit":      {"debian": "postgresql-%d-pgaudit", "pgdg": "pgaudit_%d", "alpine": "postgresql-pgaudit"},
	"pgrouting":    {"debian": "postgresql-%d-pgrouting", "pgdg": "pgrouting_%d", "homebrew": "pgrouting"},
	"hll":          {"debian": "postgresql-%d-hll", "pgdg": "hll_%d"},
	"hypopg":       {"debian": "postgresql-%d-hypopg", "pgdg": "hypopg_%d", "alpine": "postgresql-hypopg"},
	"ip4r":         {"debian": "postgresql-%d-ip4r", "pgdg": "ip4r_%d"},
	"pgmq":         {"pgdg": "pgmq_%d"},
	"pgtap":        {"debian": "postgresql-%d-pgtap", "pgdg": "pgtap_%d"},
	"rum":          {"debian": "postgresql-%d-rum", "pgdg": "rum_%d"},
	"pg_uuidv7":    {"pgdg": "pg_uuidv7_%d"},
	"pg_repack":    {"debian": "postgresql-%d-repack", "pgdg": "pg_repack_%d"},
	"timescaledb":  {"debian": "timescaledb-2-postgresql-%d", "pgdg": "timescaledb-2-postgresql-%d", "homebrew": "timescaledb"},
	"pg_bigm":      {"pgdg": "pg_bigm_%d"},
	"pg_hint_plan": {"debian": "postgresql-%d-pg-hint-plan", "pgdg": "pg_hint_plan_%d"},
	"pg_ivm":       {"debian": "postgresql-%d-ivm", "pgdg": "pg_ivm_%d"},
}

// carriers are the extensions that another one brings along.
var carriers = map[string]string{
	"postgis_topology": "postgis", "postgis_raster": "postgis", "postgis_tiger_geocoder": "postgis", "address_standardizer": "postgis",
}

// installCommands install a package, by packager.
var installCommands = map[string]string{
	"debian": "apt install %s", "pgdg": "dnf install %s", "homebrew": "brew install %s", "alpine": "apk add %s",
}

// Own reports whether an extension comes with PostgreSQL itself.
func Own(name string) bool { return slices.Contains(ownExtensions, name) }

// InstallHint says what to install so that CREATE EXTENSION name works on a
// PostgreSQL of that major version. packager is the system that the server's
// programs come from ("debian", "pgdg", "homebrew", "alpine"), "" if unknown.
func InstallHint(name string, major int, packager string) string {
	if carrier, ok := carriers[name]; ok {
		name = carrier
	}
	if Own(name) {
		return contribHint(name, major, packager)
	}
	if command, ok := installCommands[packager]; ok {
		if p, ok := packages[name][packager]; ok {
			return fmt.Sprintf(command, withMajor(p, major))
		}
	}
	var known []string
	for _, system := range []string{"debian", "pgdg", "homebrew", "alpine"} {
		if p, ok := packages[name][system]; ok {
			known = append(known, fmt.Sprintf(installCommands[system], withMajor(p, major)))
		}
	}
	if len(known) > 0 {
		return strings.Join(known, ", or ")
	}
	return fmt.Sprintf("install the extension %s for PostgreSQL %d", name, major)
}

// contribHint is for what PostgreSQL's own contrib collection has.
func contribHint(name string, major int, packager string) string {
	switch packager {
	case "debian":
		return fmt.Sprintf("apt install postgresql-%d", major)
	case "pgdg":
		return fmt.Sprintf("dnf install postgresql%d-contrib", major)
	case "alpine":
		return fmt.Sprintf("apk add postgresql%d-contrib", major)
	}
	return fmt.Sprintf("install %s, which is in PostgreSQL's contrib collection", name)
}

func withMajor(pattern string, major int) string {
	if strings.Contains(pattern, "%d") {
		return fmt.Sprintf(pattern, major)
	}
	return pattern
}
