package skein_test

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"strings"

	"github.com/skein-db/skein"
)

// With all: in front, the journal is taken along although its name begins
// with "_".
//
//go:embed all:examples/service/drizzle
var migrations embed.FS

// A service migrates before it is ready.
func ExampleMigrate() {
	ctx := context.Background()
	pool := examplePool() // a *pgxpool.Pool on an empty database
	result, err := skein.Migrate(ctx, pool, migrations)
	if err != nil {
		log.Fatal(err)
	}
	for _, m := range result.Applied {
		fmt.Println("applied", m.Migration)
	}
	again, err := skein.Migrate(ctx, pool, migrations)
	fmt.Println("applied then:", len(again.Applied), err)
	// Output:
	// applied 0000_notes
	// applied 0001_pinned
	// applied 0002_welcome
	// applied then: 0 <nil>
}

// What is wrong with a statement can be read out of the error.
func ExampleMigrate_error() {
	folder, err := fs.Sub(migrations, "examples/service/drizzle")
	if err != nil {
		log.Fatal(err)
	}
	_, err = skein.Migrate(context.Background(), examplePoolWith("CREATE TABLE notes (title text)"), folder)
	var refused *skein.StatementError
	if errors.As(err, &refused) {
		fmt.Println("migration:", refused.Migration)
		fmt.Printf("place:     %s:%d\n", refused.File, refused.Line)
		fmt.Println("SQLSTATE: ", refused.SQLState)
	}
	first, _, _ := strings.Cut(err.Error(), "\n") // then come an excerpt with a caret, what is in the database, and a hint
	fmt.Println(first)
	// Output:
	// migration: 0000_notes
	// place:     0000_notes.sql:1
	// SQLSTATE:  42P07
	// 0000_notes.sql:1:1: relation "notes" already exists (SQLSTATE 42P07)
}

// Plan is the dry run.
func ExamplePlan() {
	steps, err := skein.Plan(context.Background(), examplePool(), migrations)
	if err != nil {
		log.Fatal(err)
	}
	for _, step := range steps {
		fmt.Println(step.Migration)
		for _, s := range step.Statements {
			first, _, _ := strings.Cut(s.SQL, "\n")
			fmt.Printf("  line %d, alone %t: %s\n", s.Line, s.Alone, first)
		}
	}
	// Output:
	// 0000_notes
	//   line 1, alone false: CREATE TABLE "notes" (
	// 0001_pinned
	//   line 1, alone false: ALTER TABLE "notes" ADD COLUMN "pinned" boolean DEFAULT false NOT NULL;
	//   line 2, alone true: CREATE INDEX CONCURRENTLY "notes_pinned" ON "notes" USING btree ("pinned");
	// 0002_welcome
	//   line 2, alone false: INSERT INTO "notes" ("text", "pinned") VALUES ('Welcome', true);
}

// A check that changes nothing, for a service that leaves migrating to a job of
// its own.
func ExampleStatus() {
	report, err := skein.Status(context.Background(), examplePool(), migrations)
	if err != nil {
		log.Fatal(err)
	}
	for _, m := range report.Pending() {
		fmt.Println(m.Migration, m.State)
	}
	// Output:
	// 0000_notes pending
	// 0001_pinned pending
	// 0002_welcome pending
}
