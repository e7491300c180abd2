package cli

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/finding"
)

// TestRulesPage holds docs/rules.md to the catalogue.
func TestRulesPage(t *testing.T) {
	const file = "../../docs/rules.md"
	want := rulesPage()
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("docs/rules.md is not what the catalogue says; rewrite it with `go test ./internal/cli -run TestRulesPage -update`\n%s", diff)
	}
}

func rulesPage() string {
	var b strings.Builder
	b.WriteString("# Rules\n\nWhat `skein check` can find, by code. `skein explain CODE` says the same. This page is written from the program: `go test ./internal/cli -run TestRulesPage -update`.\n\n")
	b.WriteString("| code | severity | what is wrong |\n|---|---|---|\n")
	for _, r := range rules() {
		fmt.Fprintf(&b, "| [`%s`](#%s) | %s | %s |\n", r.Code, r.Code, r.Severity, strings.ReplaceAll(r.Title, "|", "\\|"))
	}
	for _, r := range rules() {
		fmt.Fprintf(&b, "\n## %s\n\n%s: %s.\n\n%s\n\n**The safe way.** %s\n", r.Code, r.Severity, r.Title, r.About, r.Fix)
		if r.Recipe != "" {
			fmt.Fprintf(&b, "\n```sql\n%s\n```\n", strings.TrimRight(r.Recipe, "\n"))
		}
		for _, address := range r.See {
			fmt.Fprintf(&b, "\nSee <%s>\n", address)
		}
	}
	return b.String()
}

func TestRulesAreWhole(t *testing.T) {
	code, seen := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`), map[string]bool{}
	for _, r := range rules() {
		if !code.MatchString(r.Code) || seen[r.Code] {
			t.Errorf("%q is no code, or there twice", r.Code)
		}
		seen[r.Code] = true
		if r.Severity != finding.Error && r.Severity != finding.Warning {
			t.Errorf("%s: severity %q", r.Code, r.Severity)
		}
		if r.Title == "" || strings.HasSuffix(r.Title, ".") || strings.Contains(r.Title, "\n") {
			t.Errorf("%s: title %q", r.Code, r.Title)
		}
		for _, text := range []string{r.About, r.Fix} {
			if !strings.HasSuffix(text, ".") {
				t.Errorf("%s: no whole sentences: %q", r.Code, text)
			}
		}
	}
}

// TestEveryCodeIsExplained looks at the source of every package that makes
// findings: each code has to be in the catalogue.
func TestEveryCodeIsExplained(t *testing.T) {
	used := map[string]string{}
	for _, dir := range findingPackages(t) {
		for code, place := range codesIn(t, dir) {
			used[code] = place
		}
	}
	if len(used) == 0 {
		t.Fatal("no code was found in the source")
	}
	for code, place := range used {
		if !explained(code) {
			t.Errorf("%s makes findings with the code %q, which is in no list Rules that cli's rules.go joins", place, code)
		}
	}
	for _, r := range rules() {
		_, whole := used[r.Code]
		ending := r.Code[max(0, strings.LastIndex(r.Code, "-")):]
		if !whole && used[ending] == "" {
			t.Errorf("no source makes findings with the code %q, or puts %q at the end of one", r.Code, ending)
		}
	}
}

// explained reports whether a code, or one with this ending, is in the catalogue.
func explained(code string) bool {
	_, ok := ruleOf(code)
	return ok || code[0] == '-' && slices.ContainsFunc(rules(), func(r finding.Rule) bool { return strings.HasSuffix(r.Code, code) })
}

// findingPackages are the folders below internal whose Go files name
// finding.Finding.
func findingPackages(t *testing.T) []string {
	var dirs []string
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		if entry.Name() == "testdata" || path == "../cli" || path == "../report" || path == "../finding" {
			return nil
		}
		files, err := filepath.Glob(filepath.Join(path, "*.go"))
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			if !strings.HasSuffix(file, "_test.go") && strings.Contains(string(text), "finding.Finding{") {
				dirs = append(dirs, path)
				break
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return dirs
}

// codesIn returns the codes in a package's source with a place for each: what
// stands as Code in a finding, what is passed as an argument named code or
// given to a variable of that name, and what is put at the end of a code ("-missing").
func codesIn(t *testing.T, dir string) map[string]string {
	set := token.NewFileSet()
	var files []*ast.File
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	r := &codeReader{constants: shared(t), takesCode: map[string]int{}}
	for _, file := range files {
		ast.Inspect(file, r.declare)
	}
	codes := map[string]string{}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			for _, code := range r.codes(n) {
				codes[code] = set.Position(n.Pos()).String()
			}
			return true
		})
	}
	return codes
}

// shared are the constants of package config, which skein.yaml is read by, as
// other packages write them.
func shared(t *testing.T) map[string]string {
	file, err := parser.ParseFile(token.NewFileSet(), "../config/config.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	r := &codeReader{constants: map[string]string{}, takesCode: map[string]int{}}
	ast.Inspect(file, r.declare)
	out := map[string]string{}
	for name, text := range r.constants {
		out["config."+name] = text
	}
	return out
}

// codeReader knows a package's constants and which parameter of its functions
// is a code.
type codeReader struct {
	constants map[string]string
	takesCode map[string]int
}

func (r *codeReader) declare(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ValueSpec:
		for i, name := range n.Names {
			if i < len(n.Values) {
				if text, ok := r.text(n.Values[i]); ok {
					r.constants[name.Name] = text
				}
			}
		}
	case *ast.FuncDecl:
		r.function(n.Name.Name, n.Type)
	case *ast.AssignStmt:
		if function, ok := n.Rhs[0].(*ast.FuncLit); ok {
			if name, ok := n.Lhs[0].(*ast.Ident); ok {
				r.function(name.Name, function.Type)
			}
		}
	}
	return true
}

func (r *codeReader) function(name string, of *ast.FuncType) {
	at := 0
	for _, field := range of.Params.List {
		for _, parameter := range field.Names {
			if parameter.Name == "code" {
				r.takesCode[name] = at
			}
			at++
		}
	}
}

func (r *codeReader) codes(n ast.Node) []string {
	var expressions []ast.Expr
	switch n := n.(type) {
	case *ast.CompositeLit:
		if selector, ok := n.Type.(*ast.SelectorExpr); !ok || selector.Sel.Name != "Finding" {
			// In []finding.Finding{{…}} the inner literals have no type of
			// their own; those of Rules have a Title.
			if n.Type != nil || keyed(n, "Title") != nil {
				return nil
			}
		}
		expressions = append(expressions, keyed(n, "Code"))
	case *ast.CallExpr:
		name, _ := n.Fun.(*ast.Ident)
		if method, ok := n.Fun.(*ast.SelectorExpr); ok {
			name = method.Sel
		}
		if name != nil {
			if at, takes := r.takesCode[name.Name]; takes && at < len(n.Args) {
				expressions = append(expressions, n.Args[at])
			}
		}
	case *ast.AssignStmt:
		if name, ok := n.Lhs[0].(*ast.Ident); ok && name.Name == "code" {
			expressions = append(expressions, n.Rhs[0])
		}
	case *ast.BasicLit:
		if text, ok := r.text(n); ok && regexp.MustCompile(`^-[a-z]+$`).MatchString(text) {
			return []string{text}
		}
	}
	var codes []string
	for _, e := range expressions {
		if text, ok := r.text(e); ok {
			codes = append(codes, text)
		}
	}
	return codes
}

func keyed(literal *ast.CompositeLit, key string) ast.Expr {
	for _, element := range literal.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			if name, ok := pair.Key.(*ast.Ident); ok && name.Name == key {
				return pair.Value
			}
		}
	}
	return nil
}

// text is the value of a string literal or of a constant of the package.
func (r *codeReader) text(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			text, err := strconv.Unquote(e.Value)
			return text, err == nil
		}
	case *ast.Ident:
		text, ok := r.constants[e.Name]
		return text, ok
	case *ast.SelectorExpr:
		if from, is := e.X.(*ast.Ident); is {
			text, ok := r.constants[from.Name+"."+e.Sel.Name]
			return text, ok
		}
	}
	return "", false
}
