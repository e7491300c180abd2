package drizzle

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestLoadConfig reads the configs in testdata/config. An archive's comment
// says what it shows and, in lines of the form "key: value", how to read it:
//
//	config: the file, found where not given
//	dir: the working directory in the archive
//	env: NAME=value
//
// The file want holds what comes out.
func TestLoadConfig(t *testing.T) {
	files, err := filepath.Glob("testdata/config/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no configs: ", err)
	}
	for i := range files {
		files[i], _ = filepath.Abs(files[i])
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dir := unpack(t, archive)
			cwd, config := dir, ""
			var environ []string
			for line := range strings.Lines(string(archive.Comment)) {
				key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
				switch key {
				case "config":
					config = value
				case "dir":
					cwd = filepath.Join(dir, value)
				case "env":
					environ = append(environ, value)
				}
			}
			t.Chdir(cwd)
			if config == "" {
				if config, err = FindConfig("."); err != nil {
					t.Fatal(err)
				}
			}
			c, err := LoadConfig(context.Background(), config, environ)
			checkWant(t, file, archive, strings.ReplaceAll(renderConfig(c, err), dir, "DIR"))
		})
	}
}

func renderConfig(c *Config, err error) string {
	if err != nil {
		return "error\n" + err.Error() + "\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "schema %q\nout %q\n", c.Schema, c.Out)
	if !c.Breakpoints || c.Casing != "" || c.Strict || c.Verbose {
		fmt.Fprintf(&b, "breakpoints %v casing %q strict %v verbose %v\n", c.Breakpoints, c.Casing, c.Strict, c.Verbose)
	}
	fmt.Fprintf(&b, "migrations %s.%s %q\n", c.MigrationsSchema, c.MigrationsTable, c.Prefix)
	fmt.Fprintf(&b, "filter %q %q\n", c.SchemaFilter, c.TablesFilter)
	if c.URLError != nil {
		fmt.Fprintf(&b, "no url\n%v\n", c.URLError)
	} else {
		fmt.Fprintf(&b, "url %s\n", c.URL)
	}
	return b.String()
}

func TestFindConfig(t *testing.T) {
	dir := t.TempDir()
	if _, err := FindConfig(dir); err == nil || !strings.Contains(err.Error(), "skein init") {
		t.Fatalf("got %v", err)
	}
	for _, name := range []string{"drizzle.config.mjs", "drizzle.config.json", "drizzle.config.js", "drizzle.config.ts"} {
		write(t, filepath.Join(dir, name), "")
		if got, err := FindConfig(dir); err != nil || got != filepath.Join(dir, name) {
			t.Fatalf("got %q and %v, want %s", got, err, name)
		}
	}
}
