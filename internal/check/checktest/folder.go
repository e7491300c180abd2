package checktest

import (
	"strings"

	"github.com/skein-db/skein/internal/snapshot"
)

// sound are folders with nothing wrong, whatever they look like.
var sound = []Case{
	{Name: "sound", Break: func(*Folder) {}},
	{Name: "an empty journal", Break: func(f *Folder) {
		f.empty()
		f.Write(Journal, `{"version":"7","dialect":"postgresql","entries":[]}`)
	}},
	{Name: "other files beside", Break: func(f *Folder) {
		f.Write("0002_three.test.ts", "")
		f.Write("README.md", "")
		f.Write("relations.ts", "")
		f.Write("meta/_notes.txt", "")
	}},
	{Name: "the schema as in the last snapshot", Break: func(*Folder) {}, Schema: usersTS(`id: integer("id"), name: integer("name")`)},
	{Name: "headings in texts and comments", Break: func(f *Folder) {
		f.Write("0002_three.sql", "/*\nFill\n=======\n*/\nINSERT INTO \"users\" (\"name\") VALUES (length('a\n=======\n')), (length($x$b\n|||||||\n$x$));")
	}},
	{Name: "Windows line ends that git keeps", Break: func(f *Folder) {
		f.Write("0001_two.sql", "ALTER TABLE \"users\"\r\nADD COLUMN \"name\" integer;\r\n")
		f.Write(".gitattributes", "* text=auto\n*.sql -text\n")
	}},
	{Name: "empty on purpose", Break: func(f *Folder) { f.Write("0002_three.sql", "-- done by hand in March\n") }},
	{Name: "a journal as formatters leave it", Break: func(f *Folder) {
		f.Write(Journal, strings.ReplaceAll(f.Read(Journal), "  ", "\t")+"\n")
	}},
	{Name: "a first snapshot that names no parent", Break: func(f *Folder) { f.Edit(First, snapshot.OriginID, "") }},
	{Name: "hand-made counters for times", Break: func(f *Folder) {
		f.Edit(Journal, "1700000001000", "1", "1700000002000", "2", "1700000003000", "3")
	}},
}

// empty removes what is in the folder.
func (f *Folder) empty() {
	f.Helper()
	for _, name := range []string{"0000_one.sql", "0001_two.sql", "0002_three.sql", First, Second, Third, Journal} {
		f.Remove(name)
	}
}

func usersTS(columns string) string {
	return "import { integer, pgTable } from \"drizzle-orm/pg-core\";\n\nexport const users = pgTable(\"users\", { " + columns + " });\n"
}

// folder are files that are missing, too many, or not what they should be.
var folder = []Case{
	{Name: "no journal", Kit: KitStops, Break: func(f *Folder) { f.Remove(Journal) },
		Want: []string{"error journal-unreadable meta/_journal.json:0 the journal is missing, although 0000_one.sql is there"}},
	{Name: "journal cut off", Kit: KitStops, Break: func(f *Folder) { f.Write(Journal, f.Read(Journal)[:60]) },
		Want: []string{"error journal-unreadable meta/_journal.json:4 the journal ends in the middle"}},
	{Name: "journal with a byte order mark", Kit: KitStops, Break: func(f *Folder) { f.Write(Journal, "\uFEFF"+f.Read(Journal)) },
		Want: []string{"error journal-unreadable meta/_journal.json:1 the journal starts with a byte order mark"}},
	{Name: "journal in conflict", Kit: KitStops, Break: func(f *Folder) { f.Edit(Journal, `  "entries": [`, "<<<<<<< HEAD\n  \"entries\": [") },
		Want: []string{"error conflict-markers meta/_journal.json:4 the journal has git conflict markers"}},
	{Name: "journal with a forgotten marker", Kit: KitStops, Break: func(f *Folder) { f.Edit(Journal, `  "entries": [`, "=======\n  \"entries\": [") },
		Want: []string{"error conflict-markers meta/_journal.json:4 the journal has git conflict markers"}},
	{Name: "journal of another version", Break: func(f *Folder) { f.Edit(Journal, `"version": "7",`+"\n  \"d", `"version": "8",`+"\n  \"d") },
		Want: []string{`error journal-version meta/_journal.json:2 journal version "8" is not known here`}},
	{Name: "journal of another dialect", Break: func(f *Folder) { f.Edit(Journal, "postgresql", "mysql") },
		Want: []string{`error journal-dialect meta/_journal.json:3 the journal's dialect is "mysql"`}},
	{Name: "entry without tag", Break: func(f *Folder) { f.Edit(Journal, `"tag": "0001_two"`, `"name": "0001_two"`) },
		Want: []string{`error journal-malformed meta/_journal.json:12 the journal is malformed: "tag" is missing in entries[1]`}},
	{Name: "journal on one line", Break: func(f *Folder) { f.Write(Journal, strings.ReplaceAll(f.Read(Journal), "\n", "")) },
		Want: []string{"warning journal-layout meta/_journal.json:0 the journal has several values on one line"}},
	{Name: "write interrupted", Kit: KitStops, Break: func(f *Folder) { f.Write("meta/unfinished-skein-write.json", "{}") },
		Want: []string{"error write-interrupted meta/unfinished-skein-write.json:0 skein was killed while it wrote a migration"}},

	{Name: "SQL file missing", Break: func(f *Folder) { f.Remove("0001_two.sql") },
		Want: []string{"error sql-missing meta/_journal.json:16 entry 0001_two has no SQL file 0001_two.sql"}},
	{Name: "SQL file renamed", Break: func(f *Folder) { f.Rename("0001_two.sql", "0001_deux.sql") },
		Want: []string{"error sql-orphan 0001_deux.sql:0 no journal entry names this SQL file, so no database ever runs it; its number is that of 0001_two",
			"error sql-missing meta/_journal.json:16 entry 0001_two has no SQL file"}},
	{Name: "SQL file in another case", Break: func(f *Folder) { f.Rename("0001_two.sql", "0001_Two.sql") },
		Want: []string{"error name-case 0001_Two.sql:0 the file's name is 0001_two.sql in another case"}},
	{Name: "two SQL files in two cases", Break: func(f *Folder) { f.Write("0001_TWO.sql", "SELECT 1;") },
		Want: []string{"error name-case 0001_TWO.sql:0 the file's name differs from 0001_two.sql in case alone"}},
	{Name: "hand-made SQL file", Break: func(f *Folder) { f.Write("0120_my_change.sql", "SELECT 1;") },
		Want: []string{"error sql-orphan 0120_my_change.sql:0 no journal entry names this SQL file, so no database ever runs it"}},
	{Name: "hand-made SQL file with a number that is taken", Break: func(f *Folder) { f.Write("0002_my_change.sql", "SELECT 1;") },
		Want: []string{"error sql-orphan 0002_my_change.sql:0 no journal entry names this SQL file, so no database ever runs it; its number is that of 0002_three"}},
	{Name: "SQL that is no migration", Break: func(f *Folder) { f.Write("seed.sql", "SELECT 1;") },
		Want: []string{"warning sql-orphan seed.sql:0 no journal entry names this SQL file"}},
	{Name: "entry removed", Break: func(f *Folder) { f.removeLastEntry() },
		Want: []string{"error sql-orphan 0002_three.sql:0 no journal entry", "error snapshot-orphan meta/0002_snapshot.json:0 no journal entry"}},
	{Name: "SQL file in conflict", Break: func(f *Folder) {
		f.Write("0002_three.sql", "SELECT 1;\n<<<<<<< HEAD\nSELECT 2;\n=======\nSELECT 3;\n>>>>>>> x\n")
	}, Want: []string{"error conflict-markers 0002_three.sql:2 the SQL file has git conflict markers"}},
	{Name: "SQL file with a forgotten marker", Break: func(f *Folder) {
		f.Write("0002_three.sql", "SELECT 'a''';\nSELECT 2;\n=======\nSELECT 3;\n")
	}, Want: []string{"error conflict-markers 0002_three.sql:3 the SQL file has git conflict markers"}},
	{Name: "SQL file with the marker of diff3", Break: func(f *Folder) {
		f.Write("0002_three.sql", "SELECT 1;\r\n||||||| base\r\nSELECT 3;\r\n")
		f.Write(".gitattributes", "*.sql -text\n")
	}, Want: []string{"error conflict-markers 0002_three.sql:2 the SQL file has git conflict markers"}},
	{Name: "function in conflict", Break: func(f *Folder) {
		f.Write("0002_three.sql", "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$\n<<<<<<< HEAD\nSELECT 2;\n$$;\n")
	}, Want: []string{"error conflict-markers 0002_three.sql:2 the SQL file has git conflict markers"}},
	{Name: "SQL file with a byte order mark", Break: func(f *Folder) { f.Write("0002_three.sql", "\uFEFFSELECT 1;") },
		Want: []string{"error sql-bom 0002_three.sql:1 the SQL file starts with a byte order mark"}},
	{Name: "SQL file with Windows line ends", Break: func(f *Folder) { f.Write("0002_three.sql", "SELECT\n1;\r\n") },
		Want: []string{"warning line-endings 0002_three.sql:2 0002_three.sql has Windows line ends, others have not"}},
	{Name: "all with Windows line ends", Break: func(f *Folder) {
		for _, name := range []string{"0000_one.sql", "0001_two.sql", "0002_three.sql"} {
			f.Write(name, f.Read(name)+"\r\n")
		}
		f.Write(".gitattributes", "*.sql text\n")
	}, Want: []string{"warning line-endings 0000_one.sql:1 all SQL files have Windows line ends"}},
	{Name: "SQL file empty", Break: func(f *Folder) { f.Write("0002_three.sql", "\n") },
		Want: []string{"warning sql-empty 0002_three.sql:0 the migration has no SQL"}},
	{Name: "custom migration not written", Break: func(f *Folder) {
		f.Write("0002_three.sql", "-- Custom SQL migration file, put your code below! --")
	}, Want: []string{"warning sql-empty 0002_three.sql:0 the migration has no SQL"}},
	{Name: "a backup in meta", Kit: KitStops, Break: func(f *Folder) { f.Write("meta/0002_snapshot.json.orig", f.Read(Third)) },
		Want: []string{"error meta-foreign meta/0002_snapshot.json.orig:0 drizzle-kit takes everything in meta for a snapshot"}},
	{Name: "a folder in meta", Kit: KitStops, Break: func(f *Folder) { f.Write("meta/old/0002_snapshot.json", f.Read(Third)) },
		Want: []string{"error meta-foreign meta/old:0 drizzle-kit takes everything in meta for a snapshot"}},
}

func (f *Folder) removeLastEntry() {
	f.Helper()
	f.Edit(Journal, ",\n    {\n      \"idx\": 2,\n      \"version\": \"7\",\n      \"when\": 1700000003000,\n      \"tag\": \"0002_three\",\n      \"breakpoints\": true\n    }", "")
}
