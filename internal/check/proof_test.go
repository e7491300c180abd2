package check

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/config"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/replay"
)

// TestProof is what rules make of outcomes; package replay shows how these come
// about.
func TestProof(t *testing.T) {
	index := replay.Difference{Kind: "index", Object: "users.by_age", Database: "(age)", SnapshotDiffers: true, Since: "0001_two"}
	column := replay.Difference{Kind: "column", Object: "users.age", Database: "text", Snapshot: "integer", SnapshotDiffers: true, Since: "0002_three", SinceFrom: "0001_two"}
	unique := index
	unique.Database = "unique (age)"
	files := replay.Difference{Kind: "view", Object: "old", Database: "SELECT 1", Snapshot: "SELECT 1", SchemaFiles: "SELECT 2", SchemaFilesDiffer: true}
	refusal := &diag.Error{Kind: diag.Usage, Message: "PostgreSQL refuses it"}
	for name, c := range map[string]struct {
		in   Input
		want []string
	}{
		"none":  {Input{}, nil},
		"fine":  {Input{Proof: &replay.Outcome{Ran: true, Snapshot: true, SchemaFiles: true}}, nil},
		"index": {Input{Proof: &replay.Outcome{Differences: []replay.Difference{index}}}, []string{"warning drift-snapshot 0001_two"}},
		"unique": {Input{Proof: &replay.Outcome{Differences: []replay.Difference{index, unique}}},
			[]string{"error drift-snapshot 0001_two"}},
		"two migrations": {Input{Proof: &replay.Outcome{Differences: []replay.Difference{column, index}}},
			[]string{"warning drift-snapshot 0001_two", "error drift-snapshot 0002_three"}},
		"files": {Input{SchemaFile: "schema.ts", Desired: users("id"), Proof: &replay.Outcome{Differences: []replay.Difference{files}}},
			[]string{"error drift-schema "}},
		"files that are ahead": {Input{SchemaFile: "schema.ts", Desired: users("id", "age"), Proof: &replay.Outcome{Differences: []replay.Difference{files}}},
			[]string{"error schema-ahead "}},
		"failed": {Input{Proof: &replay.Outcome{Failure: &replay.Failure{Migration: "0001_two"}}},
			[]string{"error replay-failed 0001_two"}},
		"extension": {Input{Proof: &replay.Outcome{Failure: &replay.Failure{Migration: "0001_two", Extension: "vector"}}},
			[]string{"warning replay-extension-missing 0001_two"}},
		"extension, wanted": {Input{ProofWanted: true, Proof: &replay.Outcome{Failure: &replay.Failure{Migration: "0001_two", Extension: "vector"}}},
			[]string{"error replay-extension-missing 0001_two"}},
		"refused": {Input{Proof: &replay.Outcome{SnapshotErr: refusal, SchemaFilesErr: refusal}},
			[]string{"warning drift-unknown "}},
		"refused apart": {Input{Proof: &replay.Outcome{SnapshotErr: refusal, SchemaFilesErr: errors.New("another")}},
			[]string{"warning drift-unknown ", "warning drift-unknown "}},
	} {
		c.in.Dir = sound(t).dir
		found, err := Run(context.Background(), c.in)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range found {
			got = append(got, string(f.Severity)+" "+f.Code+" "+f.Migration)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestAcceptedDrift is what the team's acceptances make of differences.
func TestAcceptedDrift(t *testing.T) {
	age := replay.Difference{Kind: "column", Object: "users.age", Database: "text", Snapshot: "integer", SnapshotDiffers: true, Since: "0001_two"}
	index := replay.Difference{Kind: "index", Object: "users.by_age", Database: "(age)", SnapshotDiffers: true, Since: "0001_two"}
	view := replay.Difference{Kind: "view", Object: "old", Database: "SELECT 1", Snapshot: "SELECT 1", SchemaFiles: "SELECT 2", SchemaFilesDiffer: true}
	drift := func(object, database string) config.Acceptance {
		return config.Acceptance{Code: config.DriftSnapshot, Object: object, Database: database, Reason: "old", Line: 3}
	}
	schema := config.Acceptance{Code: config.DriftSchema, Object: "view old", Reason: "goes soon", Line: 4}
	both := []replay.Difference{age, index}
	for name, c := range map[string]struct {
		accept      []config.Acceptance
		differences []replay.Difference
		change      func(*replay.Outcome)
		want        string // findings, then what is accepted
	}{
		"none":              {nil, both, nil, "error drift-snapshot"},
		"the error":         {[]config.Acceptance{drift("column users.age", "")}, both, nil, "warning drift-snapshot, old: error drift-snapshot"},
		"all":               {[]config.Acceptance{drift("column users.age", "text"), drift("index users.by_age", "")}, both, nil, "old: error drift-snapshot, old: warning drift-snapshot"},
		"of the files":      {[]config.Acceptance{schema}, []replay.Difference{view}, nil, "goes soon: error drift-schema"},
		"another code":      {[]config.Acceptance{schema}, both, nil, "error drift-snapshot, warning accept-unused"},
		"it became another": {[]config.Acceptance{drift("column users.age", "bigint")}, []replay.Difference{age}, nil, "error drift-snapshot, warning accept-unused"},
		"another kind":      {[]config.Acceptance{drift("table users.age", "")}, []replay.Difference{age}, nil, "error drift-snapshot, warning accept-unused"},
		"it is gone":        {[]config.Acceptance{drift("column users.age", ""), schema}, nil, nil, "warning accept-unused, warning accept-unused"},
		"the proof broke off": {[]config.Acceptance{drift("column users.age", "")}, nil,
			func(o *replay.Outcome) { o.Failure = &replay.Failure{Migration: "0001_two"} }, "error replay-failed"},
		"not compared with the files": {[]config.Acceptance{schema}, nil, func(o *replay.Outcome) { o.SchemaFiles = false }, ""},
		"not run":                     {[]config.Acceptance{drift("column users.age", "")}, nil, func(o *replay.Outcome) { *o = replay.Outcome{} }, ""},
	} {
		outcome := &replay.Outcome{Ran: true, Snapshot: true, SchemaFiles: true, Differences: c.differences}
		if c.change != nil {
			c.change(outcome)
		}
		got, err := Examine(t.Context(), Input{
			Dir: sound(t).dir, SchemaFile: "schema.ts", Desired: users("id"), Proof: outcome,
			Team: &config.Config{File: "a/skein.yaml", Check: config.Check{Accept: c.accept}},
		})
		if err != nil {
			t.Fatal(err)
		}
		var said []string
		for _, f := range got.Findings {
			said = append(said, string(f.Severity)+" "+f.Code)
		}
		for _, f := range got.Accepted {
			said = append(said, f.Reason+": "+string(f.Severity)+" "+f.Code)
		}
		if text := strings.Join(said, ", "); text != c.want {
			t.Errorf("%s: %s, want %s", name, text, c.want)
		}
	}
}

func TestDifferencesTable(t *testing.T) {
	long := strings.Repeat("a", 40) + " then " + strings.Repeat("b", 40)
	got := differencesTable([]replay.Difference{
		{Kind: "column", Object: "users.größe", Database: "text", SchemaFiles: "text", SnapshotDiffers: true},
		{Kind: "check", Object: "users.odd", Database: long + "1", Snapshot: long + "2", SchemaFiles: long + "1", SnapshotDiffers: true},
	}, true)
	want := strings.Join([]string{
		"object              in the database                                            in the snapshot                                            in the schema files",
		"column users.größe  text                                                       –                                                          text",
		"check users.odd     …aaaaaaaaa then bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb1  …aaaaaaaaa then bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb2  …aaaaaaaaa then bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb1",
	}, "\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
