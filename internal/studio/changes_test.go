package studio

import (
	"strings"
	"testing"
)

func writing(o *Options) { o.Write = true }

const bank = `
CREATE TABLE accounts (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, name varchar(10) NOT NULL, balance numeric CHECK (balance >= 0), more jsonb, at timestamptz DEFAULT '2026-01-01 00:00+00', "we""ird" float8);
CREATE UNIQUE INDEX ON accounts (name);
CREATE TABLE owners (account int REFERENCES accounts DEFERRABLE INITIALLY DEFERRED, note text);
CREATE TABLE notes (id text PRIMARY KEY, account int REFERENCES accounts DEFERRABLE INITIALLY DEFERRED);
INSERT INTO accounts (name, balance, more, "we""ird") VALUES ('ada', 10, '{"a":1}', 0.1), ('bob', 20, NULL, 'NaN');
`

// change previews and commits, and returns the status and the answer.
func (s *studioTest) change(changes ...object) (int, string) {
	s.Helper()
	var preview struct{ Digest string }
	s.get(&preview, "POST", "/api/changes/preview", object{"changes": changes})
	return s.ask("POST", "/api/changes/commit", object{"changes": changes, "digest": preview.Digest})
}

func account(kind string, key []string, before, after object) object {
	o := object{"kind": kind, "schema": "public", "name": "accounts", "before": before, "after": after}
	if key != nil {
		o["key"] = key
	}
	return o
}

func (s *studioTest) value(sql string) string {
	s.Helper()
	var v *string
	if err := s.db.QueryRow(s.Context(), sql).Scan(&v); err != nil {
		s.Fatal(err)
	}
	if v == nil {
		return "null"
	}
	return *v
}

func TestChanges(t *testing.T) {
	s := start(t, bank, writing)
	changes := []object{
		account("update", []string{"1"}, object{"name": "ada", `we"ird`: "0.1", "more": `{"a": 1}`}, object{"name": "it's", `we"ird`: "2.5", "more": `{"b": 2}`}),
		account("insert", nil, nil, object{"name": "eve", "balance": "12345678901234567890.5", "at": object{"default": true}}),
		account("delete", []string{"2"}, object{"balance": "20", `we"ird`: "NaN"}, nil),
	}
	var preview struct{ Script, Digest string }
	s.get(&preview, "POST", "/api/changes/preview", object{"changes": changes})
	want := `BEGIN;
UPDATE "public"."accounts" SET "name" = 'it''s', "more" = '{"b": 2}', "we""ird" = 2.5 WHERE "id" = 1;
INSERT INTO "public"."accounts" ("name", "balance", "at") VALUES ('eve', 12345678901234567890.5, DEFAULT);
DELETE FROM "public"."accounts" WHERE "id" = 2;
COMMIT;
`
	if preview.Script != want {
		t.Errorf("got %s", preview.Script)
	}
	s.refused(409, "POST", "/api/changes/commit", object{"changes": changes, "digest": "other"}, "not the changes that were shown")
	var done struct {
		Committed bool
		Rows      []struct {
			Change int
			Key    []string
			Row    []any
		}
	}
	s.get(&done, "POST", "/api/changes/commit", object{"changes": changes, "digest": preview.Digest})
	if !done.Committed || len(done.Rows) != 3 || done.Rows[1].Key[0] != "3" || done.Rows[1].Row[2] != "12345678901234567890.5" || done.Rows[2].Row != nil {
		t.Errorf("got %+v", done)
	}
	if got := s.value("SELECT string_agg(name, ',' ORDER BY id) FROM accounts"); got != "it's,eve" {
		t.Errorf("rows: %s", got)
	}
}

func TestChangesConflict(t *testing.T) {
	s := start(t, bank, writing)
	changes := []object{
		account("insert", nil, nil, object{"name": "new"}),
		account("update", []string{"1"}, object{"balance": "11", "name": "ada"}, object{"balance": "12", "name": "x"}),
		account("delete", []string{"77"}, nil, nil),
	}
	status, text := s.change(changes...)
	for _, part := range []string{`"conflicts":[{"change":1,"gone":false,"columns":[{"name":"balance","before":"11","now":"10"}]},{"change":2,"gone":true,"columns":[]}]`, "nothing was written"} {
		if status != 409 || !strings.Contains(text, part) {
			t.Errorf("%d %s: no %s", status, text, part)
		}
	}
	if got := s.value("SELECT count(*)::text FROM accounts WHERE name IN ('ada', 'bob')"); got != "2" {
		t.Errorf("something was written: %s", got)
	}
}

// TestChangesAtOnce changes a row while somebody else has it locked and changes
// it: what is compared is what is there when the lock is gone.
func TestChangesAtOnce(t *testing.T) {
	s := start(t, bank, writing)
	tx, err := s.db.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "UPDATE accounts SET balance = 99 WHERE id = 1"); err != nil {
		t.Fatal(err)
	}
	answer := make(chan string)
	go func() {
		_, text := s.change(account("update", []string{"1"}, object{"balance": "10"}, object{"balance": "12"}))
		answer <- text
	}()
	other, err := s.server.options.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close(t.Context())
	for waiting := false; !waiting; {
		if err := other.QueryRow(t.Context(), "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database())").Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if text := <-answer; !strings.Contains(text, `{"name":"balance","before":"10","now":"99"}`) {
		t.Errorf("got %s", text)
	}
}

func TestChangesErrors(t *testing.T) {
	s := start(t, bank+`CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
		CREATE TABLE kept (id int PRIMARY KEY, a int); INSERT INTO kept VALUES (1, 1);
		CREATE TRIGGER keep BEFORE UPDATE ON kept FOR EACH ROW EXECUTE FUNCTION keep();
		CREATE TABLE keyless (a int); CREATE VIEW seen AS SELECT 1 AS a; CREATE TABLE coded (id int PRIMARY KEY, code bit(4));`, writing)
	insert := func(after object) object { return account("insert", nil, nil, after) }
	for _, c := range []struct {
		name   string
		change object
		parts  []string
	}{
		{"not a number", insert(object{"name": "x", "balance": "much"}), []string{`"column":"balance"`, "22P02"}},
		{"too long", insert(object{"name": "much too long"}), []string{`"column":"name"`, "22001"}},
		{"too short", object{"kind": "insert", "schema": "public", "name": "coded", "after": object{"id": "1", "code": "10"}}, []string{`"column":"code"`, "22026"}},
		{"null", insert(object{"balance": "1"}), []string{`"column":"name"`, "23502"}},
		{"check", insert(object{"name": "x", "balance": "-1"}), []string{`"column":"balance"`, "23514"}},
		{"unique", insert(object{"name": "ada"}), []string{`"column":"name"`, "23505"}},
		{"identity", insert(object{"name": "y", "id": "7"}), []string{`"column":"id"`, "428C9"}},
		{"not JSON", insert(object{"name": "y", "more": "{"}), []string{`"column":"more"`, "22P02"}},
		{"deferred key", object{"kind": "insert", "schema": "public", "name": "notes", "after": object{"id": "a", "account": "99"}}, []string{`"column":"account"`, `"change":0`, "23503"}},
		{"no change by a trigger", object{"kind": "update", "schema": "public", "name": "kept", "key": []string{"1"}, "before": object{"a": "1"}, "after": object{"a": "2"}}, []string{"did not make the change", "trigger"}},
	} {
		if status, text := s.change(c.change); status != 422 {
			t.Errorf("%s: %d %s", c.name, status, text)
		} else {
			for _, part := range c.parts {
				if !strings.Contains(text, part) {
					t.Errorf("%s: no %s in %s", c.name, part, text)
				}
			}
		}
	}
	for name, change := range map[string]object{
		"no column":         insert(object{"nobody": "1"}),
		"nothing before":    account("update", []string{"1"}, nil, object{"name": "x"}),
		"no table":          {"kind": "insert", "schema": "public", "name": "nobody", "after": object{"a": "1"}},
		"a view":            {"kind": "insert", "schema": "public", "name": "seen", "after": object{"a": "1"}},
		"no key":            {"kind": "delete", "schema": "public", "name": "keyless", "key": []string{}},
		"no kind":           account("upsert", []string{"1"}, nil, nil),
		"a key that is not": account("delete", []string{"1", "2"}, nil, nil),
		"NUL":               insert(object{"name": "a\x00b"}),
	} {
		s.refused(422, "POST", "/api/changes/preview", object{"changes": []object{change}}, `"what":`)
		_ = name
	}
	if got := s.value("SELECT count(*)::text FROM accounts"); got != "2" {
		t.Errorf("something was written: %s", got)
	}
}

func TestChangesNeedWrite(t *testing.T) {
	s := start(t, bank)
	var preview struct{ Digest string }
	changes := []object{account("delete", []string{"1"}, nil, nil)}
	s.get(&preview, "POST", "/api/changes/preview", object{"changes": changes})
	s.refused(403, "POST", "/api/changes/commit", object{"changes": changes, "digest": preview.Digest}, "--write")
}
