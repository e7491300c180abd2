package skeinotel

import "testing"

func TestSummary(t *testing.T) {
	for sql, want := range map[string]string{
		`CREATE TABLE "users" (id int);`:                            "CREATE TABLE users",
		`CREATE TABLE IF NOT EXISTS "app"."users" ("id" int)`:       "CREATE TABLE app.users",
		"ALTER TABLE ONLY a.b ADD COLUMN c int":                     "ALTER TABLE a.b",
		"create unique index concurrently if not exists i on t (a)": "CREATE INDEX i",
		"CREATE INDEX ON t (a)":                                     "CREATE INDEX",
		"DROP INDEX CONCURRENTLY IF EXISTS i":                       "DROP INDEX i",
		`ALTER TYPE "public"."mood" ADD VALUE 'x'`:                  "ALTER TYPE public.mood",
		"CREATE OR REPLACE FUNCTION f() RETURNS int":                "CREATE FUNCTION f",
		"INSERT INTO t VALUES ('secret')":                           "INSERT t",
		"UPDATE t SET a = 'secret'":                                 "UPDATE t",
		"DELETE FROM t":                                             "DELETE t",
		"DO $$ BEGIN PERFORM 'secret'; END $$":                      "DO",
		"VACUUM;":                                                   "VACUUM",
		"CREATE":                                                    "CREATE",
		"-- nothing":                                                "EMPTY",
		`CREATE MATERIALIZED VIEW "a b" AS SELECT 1`:                "CREATE VIEW a b",
		"/* why */ CREATE EXTENSION IF NOT EXISTS vector -- for the embeddings": "CREATE EXTENSION vector",
	} {
		if got := join(summary(sql)); got != want {
			t.Errorf("%s: %q, want %q", sql, got, want)
		}
	}
}

// FuzzSummary: whatever the text, there is a summary, and the operation has no
// data in it.
func FuzzSummary(f *testing.F) {
	f.Add("CREATE TABLE t (id int)")
	f.Add("(")
	f.Add("create unique")
	f.Fuzz(func(t *testing.T, sql string) {
		if operation, about := summary(sql); operation == "" && about != "" {
			t.Errorf("%q is about %q", sql, about)
		}
	})
}
