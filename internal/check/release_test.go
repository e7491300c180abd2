package check

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/history"
)

// migrationsOf writes a folder of migrations: SQL, and a snapshot with the
// tables, which may be "".
func migrationsOf(t *testing.T, sql []string, tables []string) *history.History {
	t.Helper()
	dir := t.TempDir()
	var entries []string
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for i := range sql {
		tag := fmt.Sprintf("%04d_m", i)
		entries = append(entries, fmt.Sprintf(`{"idx":%d,"version":"7","when":%d,"tag":%q,"breakpoints":true}`, i, 1000+i, tag))
		write(tag+".sql", sql[i])
		if tables[i] != "" {
			write(fmt.Sprintf("meta/%04d_snapshot.json", i), fmt.Sprintf(
				`{"id":"%d","prevId":"0","version":"7","dialect":"postgresql","tables":{%s},"enums":{},"schemas":{},"sequences":{},"roles":{},"policies":{},"views":{},"_meta":{"columns":{},"schemas":{},"tables":{}}}`,
				i, tables[i]))
		}
	}
	write("meta/_journal.json", `{"version":"7","dialect":"postgresql","entries":[`+strings.Join(entries, ",")+`]}`)
	h, err := history.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// usersTable is a snapshot's table with a check on its column.
func usersTable(check string) string {
	checks := ""
	if check != "" {
		checks = fmt.Sprintf(`%q:{"name":%q,"value":"\"name\" IS NOT NULL"}`, check, check)
	}
	return `"public.users":{"name":"users","schema":"","columns":{"name":{"name":"name","type":"text","primaryKey":false,"notNull":false}},` +
		`"indexes":{},"foreignKeys":{},"compositePrimaryKeys":{},"uniqueConstraints":{},"policies":{},"checkConstraints":{` + checks + `},"isRLSEnabled":false}`
}

// TestLint shows what is known of the migrations before a release.
func TestLint(t *testing.T) {
	const create, open, validate, required = `CREATE TABLE "users" ("name" text);`,
		`ALTER TABLE "users" ADD CONSTRAINT "there" CHECK ("name" IS NOT NULL) NOT VALID;`,
		`ALTER TABLE "users" VALIDATE CONSTRAINT "there";`, `ALTER TABLE "users" ALTER COLUMN "name" SET NOT NULL;`
	plain, checked := usersTable(""), usersTable("there")
	for _, c := range []struct {
		name        string
		sql, tables []string
		landed      int
		all         bool
		want        []string
	}{
		{"a table of the release", []string{create, required}, []string{plain, plain}, 0, false, nil},
		{"a table that has landed", []string{create, required}, []string{plain, plain}, 1, false, []string{"0001_m set-not-null"}},
		{"each alone", []string{create, required}, []string{plain, plain}, 2, true, []string{"0001_m set-not-null"}},
		{"nothing new", []string{create, required}, []string{plain, plain}, 2, false, nil},
		{"a check of the schema files", []string{create, required}, []string{checked, checked}, 1, false, nil},
		{"a check by hand, validated now", []string{create, open, validate + required}, []string{plain, plain, plain}, 2, false, nil},
		{"a check by hand, validated before", []string{create, open, validate, required}, []string{plain, plain, plain, plain}, 3, false, nil},
		{"a check by hand, not validated", []string{create, open, required}, []string{plain, plain, plain}, 2, false, []string{"0002_m set-not-null"}},
		{"the snapshot calls it valid, and it is not", []string{create, open, required}, []string{plain, checked, checked}, 2, false, []string{"0002_m set-not-null"}},
		{"a check by hand that was dropped", []string{create, open, validate, `ALTER TABLE "users" DROP CONSTRAINT "there";`, required},
			[]string{plain, plain, plain, plain, plain}, 4, false, []string{"0004_m set-not-null"}},
		{"the snapshot before is missing", []string{create, `SELECT 1;`, required}, []string{plain, "", plain}, 2, false, []string{"0002_m set-not-null"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := migrationsOf(t, c.sql, c.tables)
			r := Release{All: c.all, Landed: map[string]bool{}}
			for _, m := range h.Migrations[:c.landed] {
				r.Landed[m.Entry.Tag] = true
			}
			result, err := Lint(context.Background(), h, r)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range result.Findings {
				got = append(got, f.Migration+" "+f.Code)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
