package cli

import (
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

var update = flag.Bool("update", false, "rewrite expected files, then inspect the difference")

func testRoot() *cobra.Command {
	return newRoot(&app{Streams: &Streams{Out: io.Discard, Err: io.Discard}})
}

// TestCommandsPage holds docs/commands.md to what the program says of itself.
func TestCommandsPage(t *testing.T) {
	const file = "../../docs/commands.md"
	want := commandsPage(testRoot())
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
		t.Errorf("docs/commands.md is not what the help says; rewrite it with `go test ./internal/cli -run TestCommandsPage -update`\n%s", diff)
	}
}

func commandsPage(root *cobra.Command) string {
	var b strings.Builder
	b.WriteString("# Commands\n\nThis page is written from the help of the program: `go test ./internal/cli -run TestCommandsPage -update`.\n\n")
	for _, group := range root.Groups() {
		fmt.Fprintf(&b, "**%s**\n\n", group.Title)
		for _, cmd := range root.Commands() {
			if cmd.IsAvailableCommand() && cmd.GroupID == group.ID {
				fmt.Fprintf(&b, "- [`%s`](#%s): %s\n", cmd.Name(), cmd.Name(), cmd.Short)
			}
		}
		b.WriteString("\n")
	}
	for _, cmd := range root.Commands() {
		if cmd.IsAvailableCommand() {
			writeCommand(&b, cmd)
		}
	}
	b.WriteString("## Flags of every command\n\n" + flagTable(root.PersistentFlags()))
	for _, cmd := range root.Commands() {
		if cmd.IsAdditionalHelpTopicCommand() {
			fmt.Fprintf(&b, "\n## Topic: %s\n\n```text\n%s\n```\n", cmd.Name(), cmd.Long)
		}
	}
	return b.String()
}

func writeCommand(b *strings.Builder, cmd *cobra.Command) {
	fmt.Fprintf(b, "## %s\n\n```text\n%s\n\n%s\n```\n\n", cmd.Name(), cmd.UseLine(), cmd.Long)
	if cmd.Example != "" {
		fmt.Fprintf(b, "```sh\n%s\n```\n\n", regexp.MustCompile(`(?m)^  `).ReplaceAllString(cmd.Example, ""))
	}
	if table := flagTable(cmd.LocalNonPersistentFlags()); table != "" {
		b.WriteString(table + "\n")
	}
}

func flagTable(flags *pflag.FlagSet) string {
	var rows []string
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		value, text := pflag.UnquoteUsage(f)
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		if value != "" {
			name += " " + value
		}
		standard := ""
		if f.DefValue != "" && f.DefValue != "[]" && f.DefValue != "0" && f.DefValue != "false" {
			standard = "`" + f.DefValue + "`"
		}
		rows = append(rows, fmt.Sprintf("| `%s` | %s | %s |\n", strings.ReplaceAll(name, "|", "\\|"), text, standard))
	})
	if len(rows) == 0 {
		return ""
	}
	return "| flag | | default |\n|---|---|---|\n" + strings.Join(rows, "")
}
