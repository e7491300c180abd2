package snapshot

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func journal(t *testing.T, data string) *Journal {
	t.Helper()
	j, err := DecodeJournal("_journal.json", []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func TestAppendIsWhatGenerateWrites(t *testing.T) {
	want := string(golden(t, "journal.json"))
	entries := journal(t, want).Entries
	if len(entries) != 2 {
		t.Fatal(entries)
	}
	for name, j := range map[string]*Journal{"new": NewJournal(), "read": journal(t, string(golden(t, "journal-empty.json")))} {
		for _, e := range entries {
			j.Append(e)
		}
		if diff := cmp.Diff(want, string(j.Encode())); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestNewJournalIsEmpty(t *testing.T) {
	back := journal(t, string(NewJournal().Encode()))
	if back.Version != "7" || back.Dialect != "postgresql" || len(back.Entries) != 0 {
		t.Errorf("%+v", back)
	}
}

func TestJournalKeepsWhatItDoesNotKnow(t *testing.T) {
	const before = `{
  "version": "7",
  "dialect": "postgresql",
  "note": {"b": 1, "a": [1.0]},
  "entries": [
    {"tag": "0000_a", "idx": 0, "when": 1, "author": "eve", "version": "7", "breakpoints": true},
    {"tag": "0001_b", "idx": 1,
      "when": 2, "author": "bob", "version": "7", "breakpoints": true}
  ]
}
`
	j := journal(t, before)
	if a, b, c := j.Line(0, ""), j.Line(1, "when"), j.Line(2, "tag"); a != 6 || b != 8 || c != 0 {
		t.Error(a, b, c)
	}
	if string(j.Encode()) != before {
		t.Error("an unchanged journal changed")
	}
	j.Entries[1].When = 3
	j.Append(Entry{Idx: 2, Version: "7", When: 4, Tag: "0002_c"})
	got := string(j.Encode())
	for _, want := range []string{"\"note\": {\n    \"b\": 1,\n    \"a\": [\n      1\n    ]\n  },", "\"author\": \"eve\"",
		"{\n      \"tag\": \"0001_b\",\n      \"idx\": 1,\n      \"when\": 3,\n      \"author\": \"bob\",", "\"breakpoints\": false\n    }\n  ]\n}"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}

func TestJournalNotesWhatAMigrationWas(t *testing.T) {
	j := NewJournal()
	j.Append(Entry{Idx: 0, Version: "7", When: 1, Tag: "0000_a", Was: "aa bb"})
	data := string(j.Encode())
	if !strings.Contains(data, `"skeinWas": [`) || journal(t, data).Entries[0].Was != "aa bb" {
		t.Error(data)
	}
	if e := journal(t, strings.ReplaceAll(data, `"aa"`, "1")).Entries[0]; e.Was != "bb" {
		t.Errorf("%q", e.Was)
	}
}
