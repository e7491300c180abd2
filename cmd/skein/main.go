// Skein turns a Drizzle schema into migrations and brings them to PostgreSQL.
package main

import (
	"os"

	"github.com/skein-db/skein/internal/cli"
)

func main() { os.Exit(cli.Process()) }
