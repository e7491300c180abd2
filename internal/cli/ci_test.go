package cli

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestRecipesForCI: every file and snippet that we tell people to copy parses,
// and every skein command in it exists with its flags.
func TestRecipesForCI(t *testing.T) {
	seen := 0
	for _, snippet := range slices.Concat(
		[]snippet{whole(t, "../../.pre-commit-hooks.yaml", "yaml"), whole(t, "../../docs/github-workflow.yml", "yaml")},
		fencesIn(t, "../../docs/ci.md"),
	) {
		texts := []string{snippet.text}
		if snippet.language == "yaml" {
			var value any
			if err := yaml.Unmarshal([]byte(snippet.text), &value); err != nil {
				t.Errorf("%s: %v", snippet.name, err)
				continue
			}
			texts = stringsIn(value)
		}
		for _, text := range texts {
			for line := range strings.Lines(text) {
				if args := skeinCommand(line); args != nil {
					seen++
					if err := understood(args); err != nil {
						t.Errorf("%s: %s: %v", snippet.name, strings.TrimSpace(line), err)
					}
				}
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d commands were found", seen)
	}
	for _, wrong := range []string{"skein chekc", "skein check --fromat github", "skein check --format xml", "skein explain no-such-code"} {
		if understood(skeinCommand(wrong)) == nil {
			t.Errorf("%s is taken for right", wrong)
		}
	}
}

// TestPreCommitHooks holds the hooks to what pre-commit asks of a definition.
func TestPreCommitHooks(t *testing.T) {
	var hooks []struct {
		ID, Name, Entry, Language, Files string
		PassFilenames                    *bool `yaml:"pass_filenames"`
	}
	text := whole(t, "../../.pre-commit-hooks.yaml", "yaml").text
	if err := yaml.Unmarshal([]byte(text), &hooks); err != nil {
		t.Fatal(err)
	}
	for _, h := range hooks {
		if h.ID == "" || h.Name == "" || !slices.Contains([]string{"golang", "system"}, h.Language) || skeinCommand(h.Entry) == nil {
			t.Errorf("%+v", h)
		}
		if h.PassFilenames == nil || *h.PassFilenames {
			t.Errorf("%s would be given files, which check does not take", h.ID)
		}
		files := regexp.MustCompile(h.Files)
		for path, want := range map[string]bool{
			"drizzle/0001_x.sql": true, "app/drizzle/meta/_journal.json": true, "drizzle/meta/0001_snapshot.json": true,
			"src/schema.ts": true, "src/schema.mts": true, "drizzle.config.json": true, "README.md": false, "package.json": false, "main.go": false,
		} {
			if files.MatchString(path) != want {
				t.Errorf("%s: %s matches: %v", h.ID, path, !want)
			}
		}
	}
	if len(hooks) != 2 {
		t.Errorf("%d hooks", len(hooks))
	}
}

// TestWorkflow: pinned versions and no more rights than are said.
func TestWorkflow(t *testing.T) {
	var workflow struct {
		Permissions map[string]string
		Jobs        map[string]struct {
			Permissions map[string]string
			Steps       []struct{ Uses, Run string }
		}
	}
	if err := yaml.Unmarshal([]byte(whole(t, "../../docs/github-workflow.yml", "yaml").text), &workflow); err != nil {
		t.Fatal(err)
	}
	if workflow.Permissions == nil || len(workflow.Permissions) > 0 {
		t.Errorf("rights of the workflow: %v", workflow.Permissions)
	}
	for name, job := range workflow.Jobs {
		if got := fmt.Sprint(job.Permissions); got != "map[contents:read security-events:write]" {
			t.Errorf("rights of %s: %s", name, got)
		}
		for _, step := range job.Steps {
			if step.Uses != "" && !regexp.MustCompile(`^[\w-]+/[\w/-]+@v\d+$`).MatchString(step.Uses) {
				t.Errorf("%s is not pinned to a major version", step.Uses)
			}
		}
	}
}

type snippet struct{ name, language, text string }

func whole(t *testing.T, file, language string) snippet {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return snippet{file, language, string(text)}
}

// fencesIn returns the blocks of code in a page of Markdown.
func fencesIn(t *testing.T, file string) []snippet {
	var out []snippet
	for _, m := range regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$").FindAllStringSubmatch(whole(t, file, "").text, -1) {
		out = append(out, snippet{fmt.Sprintf("%s, block %d", file, len(out)+1), m[1], m[2]})
	}
	if len(out) == 0 {
		t.Fatalf("%s has no blocks", file)
	}
	return out
}

// stringsIn returns every string in a YAML value.
func stringsIn(value any) []string {
	var out []string
	switch v := value.(type) {
	case string:
		out = append(out, v)
	case []any:
		for _, element := range v {
			out = append(out, stringsIn(element)...)
		}
	case map[string]any:
		for _, field := range v {
			out = append(out, stringsIn(field)...)
		}
	}
	return out
}

// skeinCommand returns the words after skein where a line runs it, also inside
// quotes or after another command.
func skeinCommand(line string) []string {
	line, _, _ = strings.Cut(line, " #")
	m := regexp.MustCompile(`(?:^|&& |")skein ([a-z][^"&>|]*)`).FindStringSubmatch(strings.TrimSpace(line))
	if m == nil {
		return nil
	}
	return strings.Fields(m[1])
}

// understood parses a command line without running it.
func understood(args []string) error {
	root := testRoot()
	if err := knownCommand(root, args); err != nil {
		return err
	}
	cmd, rest, err := root.Find(args)
	if err != nil {
		return err
	}
	if err := cmd.ParseFlags(rest); err != nil {
		return err
	}
	if cmd.Name() == "explain" {
		for _, code := range cmd.Flags().Args() {
			if _, ok := ruleOf(code); !ok {
				return unknownRule(code)
			}
		}
		return nil
	}
	return cmd.ValidateArgs(cmd.Flags().Args())
}
