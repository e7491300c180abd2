package checktest

import (
	"fmt"
	"strings"

	"github.com/skein-db/skein/internal/snapshot"
)

// snapshots are damaged ones.
var snapshots = []Case{
	{Name: "snapshot missing", Break: func(f *Folder) { f.Remove(Second) },
		Want: []string{"error snapshot-parent-missing meta/0002_snapshot.json:3 the snapshot's parent does not exist: no snapshot has the id id-1",
			"error snapshot-missing meta/_journal.json:16 entry 0001_two has no snapshot meta/0001_snapshot.json"}},
	{Name: "last snapshot missing", Break: func(f *Folder) { f.Remove(Third) },
		Want: []string{"error snapshot-missing meta/_journal.json:23 entry 0002_three has no snapshot"}},
	{Name: "snapshot that no entry names", Break: func(f *Folder) {
		f.Write("meta/0003_snapshot.json", strings.NewReplacer("id-2", "id-3", "id-1", "id-2").Replace(f.Read(Third)))
	}, Want: []string{"error snapshot-orphan meta/0003_snapshot.json:0 no journal entry names this snapshot"}},
	{Name: "snapshot with another number than its tag", Break: func(f *Folder) { f.Rename(Third, "meta/0003_snapshot.json") },
		Want: []string{"error snapshot-orphan meta/0003_snapshot.json:0 no journal entry names this snapshot",
			"error snapshot-missing meta/_journal.json:23 entry 0002_three has no snapshot meta/0002_snapshot.json"}},
	{Name: "snapshot cut off", Kit: KitStops, Break: func(f *Folder) { f.Write(Second, f.Read(Second)[:100]) },
		Want: []string{"error snapshot-unreadable meta/0001_snapshot.json:7 the snapshot ends in the middle"}},
	{Name: "snapshot empty", Kit: KitStops, Break: func(f *Folder) { f.Write(Second, "") },
		Want: []string{"error snapshot-unreadable meta/0001_snapshot.json:1 the snapshot file is empty"}},
	{Name: "snapshot with a byte order mark", Kit: KitStops, Break: func(f *Folder) { f.Write(Second, "\uFEFF"+f.Read(Second)) },
		Want: []string{"error snapshot-unreadable meta/0001_snapshot.json:1 the snapshot starts with a byte order mark"}},
	{Name: "snapshot in conflict", Kit: KitStops, Break: func(f *Folder) { f.Edit(Second, `  "id": "id-1",`, "<<<<<<< HEAD\n  \"id\": \"id-1\",") },
		Want: []string{"error conflict-markers meta/0001_snapshot.json:2 the snapshot has git conflict markers"}},
	{Name: "snapshot with two ids", Break: func(f *Folder) { f.Edit(Second, `  "id": "id-1",`, "  \"id\": \"id-1\",\n  \"id\": \"id-9\",") },
		Want: []string{`error snapshot-unreadable meta/0001_snapshot.json:3 the snapshot has the key "id" twice in one object`}},
	{Name: "snapshot with an unknown key", Kit: KitStops, Break: func(f *Folder) { f.Edit(Second, `"isRLSEnabled": false`, `"isRLSEnabled": false, "x": 1`) },
		Want: []string{`error snapshot-malformed meta/0001_snapshot.json:30 the snapshot is malformed: "x" is a key no snapshot has there in tables.public.users`}},
	{Name: "snapshot of a newer version", Kit: KitStops, Break: func(f *Folder) { f.Edit(Third, `"version": "7"`, `"version": "8"`) },
		Want: []string{`error snapshot-version meta/0002_snapshot.json:4 snapshot version "8" is not known here`}},
	{Name: "snapshot of another dialect", Kit: KitStops, Break: func(f *Folder) { f.Edit(Third, `postgresql`, `mysql`) },
		Want: []string{`error snapshot-dialect meta/0002_snapshot.json:5 the snapshot's dialect is "mysql"`}},
	{Name: "snapshots of an old version", Kit: KitStops, Break: func(f *Folder) {
		for i, name := range []string{First, Second} {
			f.Write(name, fmt.Sprintf(`{"version": "6", "dialect": "postgresql", "tables": {}, "enums": {}, "schemas": {},
"_meta": {"columns": {}, "schemas": {}, "tables": {}}, "id": "id-%d", "prevId": "%s"}`, i, []string{snapshot.OriginID, "id-0"}[i]))
		}
		f.Write("0002_three.sql", `CREATE TABLE "users" ("id" integer, "name" integer);`)
	}, Want: []string{"error snapshot-old meta/0000_snapshot.json:0 the snapshot is of version 6, and drizzle-kit 0.31 stops at anything older than 7; 1 more are old too"}},
	{Name: "custom migration with a snapshot from another branch", Break: func(f *Folder) { f.Edit(Third, `"name": "name"`, `"name": "nick"`, `"name": {`, `"nick": {`) },
		Want: []string{"error snapshot-unexplained meta/0002_snapshot.json:3 the snapshot differs from its parent, 0001_snapshot.json, although the SQL of 0002_three changes no schema"}},
	{Name: "SQL replaced by data", Break: func(f *Folder) { f.Write("0000_one.sql", "SELECT 1;") },
		Want: []string{"warning snapshot-unexplained meta/0000_snapshot.json:3 the snapshot differs from its parent, an empty schema, although"}},
	{Name: "the schema is ahead", Break: func(*Folder) {}, Schema: usersTS(`id: integer("id"), name: integer("name"), age: integer("age")`),
		Want: []string{"error schema-ahead ../schema.ts:0 the schema has a change that no migration holds"}},
}

// chain are snapshots that do not follow each other in one line.
var chain = []Case{
	{Name: "two with one parent", Kit: KitStops, Break: func(f *Folder) { f.Edit(Third, `"prevId": "id-1"`, `"prevId": "id-0"`) },
		Want: []string{"error snapshot-collision meta/0002_snapshot.json:3 the snapshot and 0001_snapshot.json have one parent"}},
	{Name: "two first snapshots", Kit: KitStops, Break: func(f *Folder) { f.Edit(Second, `"prevId": "id-0"`, `"prevId": "`+snapshot.OriginID+`"`) },
		Want: []string{"error snapshot-collision meta/0001_snapshot.json:3 the snapshot and 0000_snapshot.json have one parent"}},
	{Name: "snapshot copied", Kit: KitStops, Break: func(f *Folder) { f.Write(Third, f.Read(Second)) },
		Want: []string{"error snapshot-id-duplicate meta/0002_snapshot.json:2 the snapshot has the same id as 0001_snapshot.json"}},
	{Name: "parent's id edited", Break: func(f *Folder) { f.Edit(First, "id-0", "other") },
		Want: []string{"error snapshot-parent-missing meta/0001_snapshot.json:3 the snapshot's parent does not exist"}},
	{Name: "first snapshot with a parent", Break: func(f *Folder) { f.Edit(First, snapshot.OriginID, "squashed") },
		Want: []string{"error snapshot-parent-missing meta/0000_snapshot.json:3 the snapshot's parent does not exist: no snapshot has the id squashed"}},
	{Name: "snapshots swapped", Break: func(f *Folder) {
		a, b := f.Read(First), f.Read(Second)
		f.Write(First, b)
		f.Write(Second, a)
	}, Want: []string{"error snapshot-parent-later meta/0000_snapshot.json:3 the snapshot's parent is 0001_snapshot.json, which comes after it"}},
	{Name: "its own parent", Break: func(f *Folder) { f.Edit(Third, `"prevId": "id-1"`, `"prevId": "id-2"`) },
		Want: []string{"error snapshot-parent-later meta/0002_snapshot.json:3 the snapshot is its own parent"}},
}
