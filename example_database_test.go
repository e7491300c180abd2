package skein_test

import (
	"context"
	"flag"
	"log"
	"os"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/skein-db/skein/internal/pgserver"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
)

// TestMain leaves the examples out where tests without PostgreSQL are asked
// for: an example cannot skip itself.
func TestMain(m *testing.M) {
	flag.Parse()
	if run := flag.Lookup("test.run"); os.Getenv(pgtest.EnvSkip) != "" && run.Value.String() == "" {
		_ = run.Value.Set("^Test")
	}
	os.Exit(m.Run())
}

// exampleServer is one throwaway server for all examples; it ends with the
// process.
var exampleServer = sync.OnceValues(func() (*pgserver.Server, error) {
	return pgserver.Start(context.Background(), pgserver.Options{})
})

// examplePool is a pool on an empty database.
func examplePool() *pgxpool.Pool {
	server, err := exampleServer()
	if err != nil {
		log.Fatal(err)
	}
	url, err := server.CreateDatabase(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	pool, err := pgxpool.New(context.Background(), url)
	if err != nil {
		log.Fatal(err)
	}
	return pool
}

// examplePoolWith is a pool on a database that has something.
func examplePoolWith(sql string) *pgxpool.Pool {
	pool := examplePool()
	if _, err := pool.Exec(context.Background(), sql); err != nil {
		log.Fatal(err)
	}
	return pool
}
