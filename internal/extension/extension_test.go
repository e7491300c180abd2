package extension

import "testing"

func TestInstallHint(t *testing.T) {
	for _, c := range []struct {
		name     string
		major    int
		packager string
		want     string
	}{
		{"vector", 15, "debian", "apt install postgresql-15-pgvector"},
		{"vector", 17, "homebrew", "brew install pgvector"},
		{"vector", 16, "pgdg", "dnf install pgvector_16"},
		{"vector", 18, "npm", "apt install postgresql-18-pgvector, or dnf install pgvector_18, or brew install pgvector, or apk add postgresql-pgvector"},
		{"postgis_topology", 15, "debian", "apt install postgresql-15-postgis-3"},
		{"pg_trgm", 15, "debian", "apt install postgresql-15"},
		{"pg_trgm", 16, "pgdg", "dnf install postgresql16-contrib"},
		{"citext", 16, "", "install citext, which is in PostgreSQL's contrib collection"},
		{"made_up", 15, "debian", "install the extension made_up for PostgreSQL 15"},
	} {
		if got := InstallHint(c.name, c.major, c.packager); got != c.want {
			t.Errorf("%s on %s: %q, want %q", c.name, c.packager, got, c.want)
		}
	}
}
