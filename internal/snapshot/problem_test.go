package snapshot

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/skein-db/skein/internal/diag"
)

const emptySnapshot = `{
  "id": "a",
  "prevId": "00000000-0000-0000-0000-000000000000",
  "version": "7",
  "dialect": "postgresql",
  "tables": {},
  "enums": {},
  "schemas": {},
  "_meta": {
    "columns": {},
    "schemas": {},
    "tables": {}
  }
}`

func TestSnapshotErrors(t *testing.T) {
	with := func(old, new string) string {
		if !strings.Contains(emptySnapshot, old) {
			t.Fatal("no such text:", old)
		}
		return strings.Replace(emptySnapshot, old, new, 1)
	}
	table := func(members string) string {
		return with(`"tables": {}`, `"tables": {"public.t": {"name": "t", "schema": "", "columns": {}, "indexes": {},
      "foreignKeys": {}, "compositePrimaryKeys": {}`+members+`}}`)
	}
	for _, c := range []struct {
		name, in, at, message string
		reason                error
	}{
		{"empty", "", "1:1", "the snapshot file is empty", ErrSyntax},
		{"blank", " \n\n", "1:1", "the snapshot file is empty", ErrSyntax},
		{"byte order mark", "\ufeff" + emptySnapshot, "1:1", "the snapshot starts with a byte order mark, which drizzle-kit cannot read", ErrSyntax},
		{"not UTF-8", with(`"a"`, "\"é\xff\""), "2:11", "the snapshot is not UTF-8 text", ErrSyntax},
		{"cut off", emptySnapshot[:40], "3:26", "the snapshot ends in the middle: it is cut off", ErrSyntax},
		{"cut off in a literal", `{"a": tru`, "1:10", "the snapshot ends in the middle: it is cut off", ErrSyntax},
		{"comma missing", with(`"a",`, `"a"`), "3:3", `the snapshot is not valid JSON: invalid character '"' after object value (expecting ',' or '}')`, ErrSyntax},
		{"key twice", with(`"enums"`, `"tables"`), "7:3", `the snapshot has the key "tables" twice in one object`, ErrSyntax},
		{"text after", emptySnapshot + "\n{}", "15:1", "the snapshot is not valid JSON: text after the end of the document", ErrSyntax},
		{"not an object", "[]", "1:1", "the snapshot is malformed: an array where an object belongs", ErrMalformed},
		{"conflict", with(`  "id": "a",`, "<<<<<<< HEAD\n  \"id\": \"a\",\n=======\n  \"id\": \"b\",\n>>>>>>> theirs"), "2:1",
			"the snapshot has git conflict markers; the merge that wrote it is not resolved", ErrConflict},
		{"conflict at the start", "<<<<<<< HEAD\n{}", "1:1", "the snapshot has git conflict markers; the merge that wrote it is not resolved", ErrConflict},
		{"no version", with(`  "version": "7",`+"\n", ""), "1:1", `the snapshot is malformed: "version" is missing`, ErrMalformed},
		{"newer version", with(`"7"`, `"8"`), "4:14", `snapshot version "8" is not known here: 5, 6 and 7 are`, ErrVersion},
		{"version as a number", with(`"7"`, `7`), "4:14", `snapshot version 7 is not known here: 5, 6 and 7 are`, ErrVersion},
		{"version as an object", with(`"7"`, `{}`), "4:14", `snapshot version an object is not known here: 5, 6 and 7 are`, ErrVersion},
		{"dialect", with(`"postgresql"`, `"mysql"`), "5:14", `the snapshot's dialect is "mysql", not "postgresql"`, ErrDialect},
		{"id is missing", with(`  "id": "a",`+"\n", ""), "1:1", `the snapshot is malformed: "id" is missing`, ErrMalformed},
		{"table is a number", with(`"tables": {}`, `"tables": {"public.t": 1}`), "6:26", "the snapshot is malformed: a number where an object belongs in tables.public.t", ErrMalformed},
		{"unknown key", table(`, "triggers": {}`), "7:54", `the snapshot is malformed: "triggers" is a key no snapshot has there in tables.public.t`, ErrMalformed},
		{"wrong word", table(`, "policies": {"p": {"name": "p", "for": "EVERY"}}`), "7:93",
			`the snapshot is malformed: "EVERY" is not one of ALL, SELECT, INSERT, UPDATE, DELETE in tables.public.t.policies.p.for`, ErrMalformed},
		{"in a list", table(`, "uniqueConstraints": {"u": {"name": "u", "nullsNotDistinct": true, "columns": ["a", 1]}}`), "7:138",
			"the snapshot is malformed: a number where a string belongs in tables.public.t.uniqueConstraints.u.columns[1]", ErrMalformed},
		{"null for a string", table(`, "checkConstraints": {"c": {"name": "c", "value": null}}`), "7:103",
			"the snapshot is malformed: null where a string belongs in tables.public.t.checkConstraints.c.value", ErrMalformed},
		{"one name twice", table(`, "checkConstraints": {"c": {"name": "c", "value": "1"}, "d": {"name": "c", "value": "2"}}`), "7:109",
			`the snapshot is malformed: a second one named "c" in tables.public.t.checkConstraints`, ErrMalformed},
		{"enum of version 5 as a list", `{"id": "a", "prevId": "b", "version": "5", "dialect": "pg", "tables": {}, "schemas": {}, "_meta": {"columns": {}, "schemas": {}, "tables": {}},
  "enums": {"e": {"name": "e", "values": ["a"]}}}`, "2:42", "the snapshot is malformed: an array where an object belongs in enums.e.values", ErrMalformed},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Decode("meta/0001_snapshot.json", []byte(c.in))
			wantProblem(t, err, "meta/0001_snapshot.json:"+c.at, c.message, c.reason)
			if _, scanned := Scan("meta/0001_snapshot.json", []byte(c.in)); scanned == nil && c.name != "one name twice" {
				t.Error("Scan lets it pass")
			}
		})
	}
}

func TestJournalErrors(t *testing.T) {
	entry := func(text string) string {
		return "{\"version\": \"7\", \"dialect\": \"postgresql\", \"entries\": [\n" + text + "]}"
	}
	for _, c := range []struct {
		name, in, at, message string
		reason                error
	}{
		{"empty", "", "1:1", "the journal file is empty", ErrSyntax},
		{"conflict", "{\n<<<<<<< HEAD\n", "2:1", "the journal has git conflict markers; the merge that wrote it is not resolved", ErrConflict},
		{"no entries", `{"version": "7", "dialect": "postgresql"}`, "1:1", `the journal is malformed: "entries" is missing`, ErrMalformed},
		{"version", `{"version": "9", "dialect": "postgresql", "entries": []}`, "1:13", `journal version "9" is not known here: 5, 6 and 7 are`, ErrVersion},
		{"dialect", `{"version": "7", "dialect": "sqlite", "entries": []}`, "1:29", `the journal's dialect is "sqlite", not "postgresql"`, ErrDialect},
		{"entry is a string", entry(`"a"`), "2:1", "the journal is malformed: a string where an object belongs in entries[0]", ErrMalformed},
		{"no tag", entry(`{"idx": 0, "when": 1}`), "2:1", `the journal is malformed: "tag" is missing in entries[0]`, ErrMalformed},
		{"idx", entry(`{"idx": 0.5, "when": 1, "tag": "a"}`), "2:9", "idx 0.5 is not a whole number", ErrMalformed},
		{"when", entry(`{"idx": 0, "when": 1e99, "tag": "a"}`), "2:20", "when 1e99 is not a whole number of milliseconds", ErrMalformed},
		{"second entry", entry("{\"idx\": 0, \"when\": 1, \"tag\": \"a\"},\n{\"idx\": 0, \"when\": \"1\", \"tag\": \"a\"}"), "3:20",
			"the journal is malformed: a string where a number belongs in entries[1].when", ErrMalformed},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := DecodeJournal("meta/_journal.json", []byte(c.in))
			wantProblem(t, err, "meta/_journal.json:"+c.at, c.message, c.reason)
		})
	}
}

func wantProblem(t *testing.T, err error, at, message string, reason error) {
	t.Helper()
	var d *diag.Error
	if !errors.As(err, &d) {
		t.Fatalf("not an error for a person: %v", err)
	}
	if d.Position() != at || d.Message != message {
		t.Errorf("got  %s: %s\nwant %s: %s", d.Position(), d.Message, at, message)
	}
	if d.Hint == "" || d.Kind != diag.Usage || !errors.Is(err, reason) {
		t.Errorf("hint %q, kind %d, reason %v", d.Hint, d.Kind, d.Err)
	}
}

func TestEveryCutIsAnErrorWithAPlace(t *testing.T) {
	data := golden(t, "start.json")
	for i := 0; i < len(data); i += 29 {
		_, err := Decode("s.json", data[:i])
		var d *diag.Error
		if !errors.As(err, &d) || d.Line == 0 {
			t.Fatalf("%d bytes: %v", i, err)
		}
		if want := bytes.Count(data[:i], []byte("\n")) + 1; i > 0 && d.Line != want {
			t.Fatalf("%d bytes: line %d, want %d: %v", i, d.Line, want, err)
		}
	}
}
