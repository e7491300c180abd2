package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/catalog"
	"github.com/skein-db/skein/internal/sqltree"
)

// childVariable makes this program do one piece of work in a process of its
// own, so that it is measured like any other program.
const childVariable = "SKEIN_BENCH_CHILD"

// child returns the command for a piece of work; see runChild.
func child(ctx context.Context, work, dir string, args ...string) *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		self = os.Args[0]
	}
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), childVariable+"="+work)
	return cmd
}

func runChild(ctx context.Context, work string, args []string) error {
	switch work {
	case "bundle":
		return bundle(args)
	case "psql":
		return startAndRun(ctx, args)
	case "parse":
		return parseFiles(args[0])
	case "sql":
		return parseSQL(args[0])
	case "catalog":
		return readCatalog(ctx, args[0])
	}
	return fmt.Errorf("unknown child %q", work)
}

// bundle does with esbuild what has to be done to schema files before they can
// be evaluated, and nothing else. Packages stay outside.
func bundle(entries []string) error {
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	result := api.Build(api.BuildOptions{
		EntryPoints: entries, AbsWorkingDir: dir, Outdir: "out", Bundle: true, Write: false,
		Format: api.FormatESModule, Platform: api.PlatformNode, Target: api.ES2023,
		Packages: api.PackagesExternal, LogLevel: api.LogLevelSilent,
	})
	if len(result.Errors) > 0 {
		return fmt.Errorf("esbuild: %s", result.Errors[0].Text)
	}
	size := 0
	for _, f := range result.OutputFiles {
		size += len(f.Contents)
	}
	fmt.Printf("bundled %d files into %d bytes\n", len(entries), size)
	return nil
}

// parseFiles reads the files of a migrations folder and sees that JSON is JSON,
// and does nothing else.
func parseFiles(folder string) error {
	files, size := 0, 0
	for _, pattern := range []string{"*.sql", "meta/*.json"} {
		paths, err := filepath.Glob(filepath.Join(folder, pattern))
		if err != nil {
			return err
		}
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if filepath.Ext(path) == ".json" {
				if err := jsontext.NewDecoder(bytes.NewBuffer(data)).SkipValue(); err != nil {
					return fmt.Errorf("%s: %w", path, err)
				}
			}
			files, size = files+1, size+len(data)
		}
	}
	fmt.Printf("parsed %d files, %d bytes\n", files, size)
	return nil
}

// parseSQL parses the statements of a file as PostgreSQL does.
func parseSQL(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	statements, err := sqltree.Parse(string(text))
	fmt.Printf("parsed %d statements\n", len(statements))
	return err
}

// readCatalog connects and reads everything.
func readCatalog(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	s, err := catalog.Read(ctx, conn, catalog.Options{})
	if err != nil {
		return err
	}
	fmt.Printf("read %d tables\n", len(s.Tables))
	return nil
}
