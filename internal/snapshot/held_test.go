package snapshot

import "testing"

func TestTraceOf(t *testing.T) {
	for sql, want := range map[string]Trace{
		`CREATE TABLE "a" ("id" integer);`:                                       Held,
		`-- a note` + "\n" + `ALTER TABLE "a" ADD COLUMN "b" text;`:              Held,
		`CREATE UNIQUE INDEX CONCURRENTLY "i" ON "a" ("b");`:                     Held,
		`CREATE MATERIALIZED VIEW v AS SELECT 1;`:                                Held,
		`CREATE OR REPLACE VIEW v AS SELECT 1;`:                                  Held,
		`CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';`: Other,
		`CREATE TYPE "mood" AS ENUM('ok');`:                                      Held,
		`CREATE TYPE pair AS (a int, b int);`:                                    Other,
		`CREATE TABLE p PARTITION OF a DEFAULT;`:                                 Other,
		`ALTER TABLE a DISABLE TRIGGER ALL;`:                                     Other,
		`CREATE EXTENSION IF NOT EXISTS vector;`:                                 Other,
		`CREATE TRIGGER t BEFORE INSERT ON a EXECUTE FUNCTION f();`:              Other,
		`GRANT SELECT ON a TO b;`:                                                Other,
		`COMMENT ON TABLE a IS 'x';`:                                             Other,
		`INSERT INTO a VALUES (1);`:                                              Rows,
		`/* all */ UPDATE a SET b = 1;`:                                          Rows,
		`WITH x AS (DELETE FROM a RETURNING *) SELECT 1;`:                        Rows,
		`SELECT setval('s', 5);`:                                                 Rows,
		`SELECT 1;`:                                                              Nothing,
		`SET LOCAL lock_timeout = '1s';`:                                         Nothing,
		`-- nothing`:                                                             Nothing,
		"DO $$ BEGIN\n CREATE TYPE \"m\" AS ENUM('a');\nEXCEPTION\n WHEN duplicate_object THEN null;\nEND $$;":                                                     Held,
		"DO $$ BEGIN\n ALTER TABLE \"a\" ADD CONSTRAINT \"f\" FOREIGN KEY (\"b\") REFERENCES \"c\"(\"id\");\nEXCEPTION\n WHEN duplicate_object THEN null;\nEND $$": Held,
		"DO $$ BEGIN UPDATE a SET b = 1; END $$;":                                                        Rows,
		"DO $$ BEGIN\n INSERT INTO a VALUES (1);\nEXCEPTION\n WHEN duplicate_object THEN null;\nEND $$;": Rows,
	} {
		if got := TraceOf(sql); got != want {
			t.Errorf("%q: %d, want %d", sql, got, want)
		}
	}
}
