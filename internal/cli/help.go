package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func newHelp(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "help [command or topic]",
		Short:   "explain a command or a topic",
		Long:    "Explains a command or a topic; without one, lists them.",
		GroupID: groupOther,
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			about, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(root, strings.Join(args, " "))
			}
			return about.Help()
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, sub := range cmd.Root().Commands() {
				if len(args) == 0 && (sub.IsAvailableCommand() || sub.IsAdditionalHelpTopicCommand()) {
					names = append(names, sub.Name()+"\t"+sub.Short)
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// helpText is the help of a command or topic.
func helpText(cmd *cobra.Command, p paint) string {
	if cmd.IsAdditionalHelpTopicCommand() {
		return cmd.Long + "\n"
	}
	var b strings.Builder
	b.WriteString(cmd.Long + "\n")
	section(&b, p, "Usage", "  "+usageLine(cmd)+"\n")
	for _, group := range cmd.Groups() {
		section(&b, p, group.Title, commandList(cmd, group.ID))
	}
	section(&b, p, "Flags", flagList(cmd.LocalNonPersistentFlags()))
	section(&b, p, "Flags of every command", flagList(cmd.Root().PersistentFlags()))
	section(&b, p, "Examples", strings.TrimRight(cmd.Example, "\n")+"\n")
	if !cmd.HasParent() {
		section(&b, p, "Topics", topicList(cmd))
		b.WriteString("\n`skein help <command or topic>` says more.\n")
	}
	return b.String()
}

func usageLine(cmd *cobra.Command) string {
	if cmd.HasAvailableSubCommands() {
		return cmd.CommandPath() + " <command> [flags]"
	}
	return cmd.UseLine()
}

func section(b *strings.Builder, p paint, title, body string) {
	if strings.TrimSpace(body) != "" {
		b.WriteString("\n" + p.bold(title) + "\n" + body)
	}
}

func commandList(parent *cobra.Command, group string) string {
	var b strings.Builder
	for _, cmd := range parent.Commands() {
		if cmd.IsAvailableCommand() && cmd.GroupID == group {
			fmt.Fprintf(&b, "  %-12s %s\n", cmd.Name(), cmd.Short)
		}
	}
	return b.String()
}

func topicList(root *cobra.Command) string {
	var b strings.Builder
	for _, cmd := range root.Commands() {
		if cmd.IsAdditionalHelpTopicCommand() {
			fmt.Fprintf(&b, "  %-12s %s\n", cmd.Name(), cmd.Short)
		}
	}
	return b.String()
}

// The layout of flags: what a flag does begins at flagColumn, and lines end
// before helpWidth.
const (
	flagColumn = 30
	helpWidth  = 100
)

func flagList(flags *pflag.FlagSet) string {
	var b strings.Builder
	flags.SortFlags = false // in the order in which the command declares them
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, text := pflag.UnquoteUsage(f)
		if f.DefValue != "" && f.Value.Type() != "bool" && f.DefValue != "[]" && f.DefValue != "0" {
			text += " (default " + f.DefValue + ")"
		}
		name := "      --" + f.Name
		if f.Shorthand != "" {
			name = "  -" + f.Shorthand + ", --" + f.Name
		}
		if value != "" {
			name += " " + value
		}
		lines := wrap(text, helpWidth-flagColumn)
		if len(name) > flagColumn-2 {
			lines = append([]string{""}, lines...)
		}
		for i, line := range lines {
			if i > 0 {
				name = ""
			}
			b.WriteString(strings.TrimRight(fmt.Sprintf("%-*s%s", flagColumn, name, line), " ") + "\n")
		}
	})
	return b.String()
}
