package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/skein-db/skein/internal/sqltext"
)

// The peers' versions.
const (
	gooseVersion = "v3.29.0"
	ternVersion  = "v2.3.4"
)

// goose is pressly/goose, built with its PostgreSQL driver alone.
func (b *bench) goose(ctx context.Context, dir string, migrations []migration, in starter) *runner {
	r := &runner{name: "goose " + gooseVersion, proof: "successfully migrated database", nothing: "no migrations to run"}
	program, err := b.install(ctx, "goose", "github.com/pressly/goose/v3/cmd/goose", gooseVersion,
		"no_clickhouse", "no_duckdb", "no_libsql", "no_mssql", "no_mysql", "no_spanner", "no_sqlite3", "no_vertica", "no_ydb")
	if err == nil {
		err = writeNumbered(dir, migrations, func(m migration) string {
			var text strings.Builder
			text.WriteString("-- +goose Up\n")
			for _, p := range m.pieces {
				if sqltext.FirstCode(p) < len(p) {
					text.WriteString("-- +goose StatementBegin\n" + strings.TrimSpace(p) + "\n-- +goose StatementEnd\n")
				}
			}
			return text.String()
		})
	}
	if err != nil {
		r.missing = err.Error()
	}
	r.command = func(ctx context.Context, url string) *exec.Cmd {
		return in(ctx, dir, url, program, "-dir", ".", "postgres", url, "up")
	}
	return r
}

// tern is jackc/tern. Its files are templates.
func (b *bench) tern(ctx context.Context, dir string, migrations []migration, in starter) *runner {
	r := &runner{name: "tern " + ternVersion, proof: fmt.Sprintf("%05d_", len(migrations))}
	program, err := b.install(ctx, "tern", "github.com/jackc/tern/v2", ternVersion)
	if err == nil {
		err = writeNumbered(dir, migrations, func(m migration) string {
			return strings.ReplaceAll(strings.Join(m.pieces, "\n"), "{{", `{{"{{"}}`)
		})
	}
	if err != nil {
		r.missing = err.Error()
	}
	r.command = func(ctx context.Context, url string) *exec.Cmd {
		return in(ctx, dir, url, program, "migrate", "--migrations", ".", "--conn-string", url)
	}
	return r
}

// psql sends the same statements in the same transactions, each with a row to
// remember it by, and decides nothing. Where nothing is left to do it reads
// the rows.
func (b *bench) psql(dir string, migrations []migration, in starter) *runner {
	r := &runner{name: "psql: the same transactions, or reading the table", floor: true, proof: "floor_done", nothing: fmt.Sprint(len(migrations))}
	// Beside the server's programs there is psql itself; what some systems have
	// in the path is a script that looks for it.
	program, err := exec.LookPath(filepath.Join(b.server.Source(), "psql"))
	if err != nil {
		program, err = exec.LookPath("psql")
	}
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	if err == nil {
		var text strings.Builder
		text.WriteString("CREATE TABLE floor_version (tag text PRIMARY KEY);\n")
		for _, m := range migrations {
			text.WriteString("BEGIN;\n")
			for _, p := range m.pieces {
				if sqltext.FirstCode(p) < len(p) {
					text.WriteString(strings.TrimRight(strings.TrimSpace(p), ";") + ";\n")
				}
			}
			fmt.Fprintf(&text, "INSERT INTO floor_version VALUES (%s);\nCOMMIT;\n", sqltext.QuoteLiteral(m.tag))
		}
		text.WriteString("\\echo floor_done\n")
		err = os.WriteFile(filepath.Join(dir, "all.sql"), []byte(text.String()), 0o644)
	}
	if err != nil {
		r.missing = err.Error()
	}
	r.command = func(ctx context.Context, url string) *exec.Cmd {
		return in(ctx, dir, url, program, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "all.sql", url)
	}
	r.idle = func(ctx context.Context, url string) *exec.Cmd {
		return in(ctx, dir, url, program, "-X", "-q", "-At", "-c", "SELECT count(*) FROM floor_version", url)
	}
	return r
}
