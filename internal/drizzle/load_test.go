package drizzle

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/skein-db/skein/internal/schema"
)

var update = flag.Bool("update", false, "write the want parts of testdata again")

// TestLoad reads the projects in testdata/load. An archive's comment says what
// it shows and, in lines of the form "key: value", how to read it:
//
//	schema: patterns, separated by spaces
//	casing: snake_case
//	dir: the project's folder in the archive
//	link: name target
//
// The file want holds what comes out.
func TestLoad(t *testing.T) {
	files, err := filepath.Glob("testdata/load/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no projects: ", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dir := unpack(t, archive)
			o := LoadOptions{Dir: dir}
			for line := range strings.Lines(string(archive.Comment)) {
				key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
				switch key {
				case "schema":
					o.Files = strings.Fields(value)
				case "casing":
					o.Casing = value
				case "dir":
					o.Dir = filepath.Join(dir, value)
				case "link":
					name, target, _ := strings.Cut(value, " ")
					link(t, filepath.Join(dir, name), target)
				}
			}
			loaded, err := Load(context.Background(), o)
			got := strings.ReplaceAll(render(loaded, err), dir, "DIR")
			checkWant(t, file, archive, got)
		})
	}
}

// unpack writes the files of an archive, apart from want, to a new folder.
func unpack(t *testing.T, archive *txtar.Archive) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		if f.Name == "want" {
			continue
		}
		write(t, filepath.Join(dir, f.Name), string(f.Data))
	}
	return dir
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, path, target string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}

// checkWant compares with the want part of an archive, or writes it.
func checkWant(t *testing.T, file string, archive *txtar.Archive, got string) {
	t.Helper()
	want, found := "", false
	for i, f := range archive.Files {
		if f.Name != "want" {
			continue
		}
		want, found = string(f.Data), true
		if *update {
			archive.Files[i].Data = []byte(got)
		}
	}
	if *update {
		if !found {
			archive.Files = append(archive.Files, txtar.File{Name: "want", Data: []byte(got)})
		}
		if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// render shows what a load came to.
func render(l *Loaded, err error) string {
	var b strings.Builder
	if err != nil {
		return "error\n" + strings.TrimRight(err.Error(), "\n") + "\n"
	}
	for _, s := range l.Schema.Schemas {
		fmt.Fprintf(&b, "schema %s\n", s)
	}
	for _, e := range l.Schema.Enums {
		fmt.Fprintf(&b, "enum %s (%s)\n", e.Ref(), strings.Join(e.Values, ", "))
	}
	for i := range l.Schema.Tables {
		table(&b, &l.Schema.Tables[i])
	}
	for _, v := range l.Schema.Views {
		fmt.Fprintf(&b, "view %s", v.Ref())
		if v.Definition != nil {
			fmt.Fprintf(&b, " as %s", *v.Definition)
		}
		b.WriteString("\n")
	}
	for _, w := range l.Warnings {
		fmt.Fprintf(&b, "warning %s\n", w)
	}
	return b.String()
}

func table(b *strings.Builder, t *schema.Table) {
	fmt.Fprintf(b, "table %s (", t.Ref())
	for i, c := range t.Columns {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(b, "%s %s", c.Name, c.Type)
		if c.Default != nil {
			fmt.Fprintf(b, " = %s", c.Default.Text)
		}
	}
	b.WriteString(")\n")
	for _, k := range t.ForeignKeys {
		fmt.Fprintf(b, "  %s to %s\n", strings.Join(k.Columns, ","), schema.Ref{Schema: k.ToSchema, Name: k.ToTable})
	}
	for _, i := range t.Indexes {
		fmt.Fprintf(b, "  index %s\n", i.Name)
	}
	for _, c := range t.Checks {
		fmt.Fprintf(b, "  check %s\n", c.Value)
	}
}
