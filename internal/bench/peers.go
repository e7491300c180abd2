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
	gooseVersion         = "v3.29.0"
	ternVersion          = "v2.3.4"
	golangMigrateVersion = "v4.20.1"
	pgwebVersion         = "v0.17.0"
)

// What goose and tern have written in a file that is to run in no transaction.
const (
	gooseAlone = "-- +goose NO TRANSACTION"
	ternAlone  = "---- tern: disable-tx ----"
)

// gooseProgram is pressly/goose, built with its PostgreSQL driver alone.
func (b *bench) gooseProgram(ctx context.Context) (string, error) {
	return b.install(ctx, "goose", "github.com/pressly/goose/v3/cmd/goose", gooseVersion,
		"no_clickhouse", "no_duckdb", "no_libsql", "no_mssql", "no_mysql", "no_spanner", "no_sqlite3", "no_vertica", "no_ydb")
}

func gooseText(pieces []string, alone bool) string {
	var text strings.Builder
	if alone {
		text.WriteString(gooseAlone + "\n")
	}
	text.WriteString("-- +goose Up\n")
	for _, p := range pieces {
		if sqltext.FirstCode(p) < len(p) {
			text.WriteString("-- +goose StatementBegin\n" + strings.TrimSpace(p) + "\n-- +goose StatementEnd\n")
		}
	}
	return text.String()
}

// ternProgram is jackc/tern.
func (b *bench) ternProgram(ctx context.Context) (string, error) {
	return b.install(ctx, "tern", "github.com/jackc/tern/v2", ternVersion)
}

// ternText writes a file, which is a template to tern.
func ternText(pieces []string, alone bool) string {
	text := strings.ReplaceAll(strings.Join(pieces, "\n"), "{{", `{{"{{"}}`)
	if alone {
		text = ternAlone + "\n" + text
	}
	return text
}

// goose applies the migrations with goose.
func (b *bench) goose(ctx context.Context, dir string, migrations []migration) *runner {
	r := &runner{name: "goose " + gooseVersion, proof: "successfully migrated database", nothing: "no migrations to run"}
	path, err := b.gooseProgram(ctx)
	if err == nil {
		err = writeNumbered(dir, migrations, func(m migration) string { return gooseText(m.pieces, false) })
	}
	if err != nil {
		r.missing = err.Error()
	}
	r.command = func(ctx context.Context, url string) *exec.Cmd {
		return program(ctx, dir, url, path, "-dir", ".", "postgres", url, "up")
	}
	return r
}

// tern applies the migrations with tern.
func (b *bench) tern(ctx context.Context, dir string, migrations []migration) *runner {
	r := &runner{name: "tern " + ternVersion, proof: fmt.Sprintf("%05d_", len(migrations))}
	path, err := b.ternProgram(ctx)
	if err == nil {
		err = writeNumbered(dir, migrations, func(m migration) string { return ternText(m.pieces, false) })
	}
	if err != nil {
		r.missing = err.Error()
	}
	r.command = func(ctx context.Context, url string) *exec.Cmd {
		return program(ctx, dir, url, path, "migrate", "--migrations", ".", "--conn-string", url)
	}
	return r
}

// psqlProgram is the psql beside the server's programs, else the one in the
// path, which on some systems is a script that looks for it.
func (b *bench) psqlProgram() (string, error) {
	path, err := exec.LookPath(filepath.Join(b.server.Source(), "psql"))
	if err != nil {
		path, err = exec.LookPath("psql")
	}
	return path, err
}

// psql sends the same statements in the same transactions, each with a row to
// remember it by, and decides nothing. Where nothing is left to do it reads
// the rows.
func (b *bench) psql(dir string, migrations []migration) *runner {
	r := &runner{name: "psql: the same transactions, or reading the table", floor: true, proof: "floor_done", nothing: fmt.Sprint(len(migrations))}
	path, err := b.psqlProgram()
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
		return program(ctx, dir, url, path, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "all.sql", url)
	}
	r.idle = func(ctx context.Context, url string) *exec.Cmd {
		return program(ctx, dir, url, path, "-X", "-q", "-At", "-c", "SELECT count(*) FROM floor_version", url)
	}
	return r
}
