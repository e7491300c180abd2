package cli

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/skein-db/skein/internal/diag"
)

// The groups of the command list.
const (
	groupMain  = "main"
	groupLook  = "look"
	groupOther = "other"
)

func newRoot(a *app) *cobra.Command {
	cobra.EnableCommandSorting = false // the order below is the order of use
	root := &cobra.Command{
		Use:   "skein",
		Short: "from schema.ts to the database",
		Long: `Skein turns a Drizzle schema into migrations and brings them to PostgreSQL.
It reads the drizzle.config and the migrations folder that drizzle-kit uses, and needs no Node.js.`,
		Example: `  skein init                    start here
  skein generate                write a migration for what changed in the schema
  skein check                   look for what is wrong in the migrations folder
  skein resolve                 make one history of two that met in a merge or rebase
  skein migrate                 bring a database up to date
  skein demo                    watch all of it happen on a throwaway PostgreSQL`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if version, _ := cmd.Flags().GetBool("version"); version {
				a.print("skein %s\n", buildVersion().Version)
				return nil
			}
			return cmd.Help()
		},
	}
	root.AddGroup(
		&cobra.Group{ID: groupMain, Title: "The main job"},
		&cobra.Group{ID: groupLook, Title: "Looking and trying"},
		&cobra.Group{ID: groupOther, Title: "Other"},
	)
	root.Flags().BoolP("version", "v", false, "print the version")
	root.PersistentFlags().Var(newChoice((*string)(&a.color), "auto", "always", "never"), "color", "colour the output: auto, always or never")
	root.PersistentFlags().BoolP("help", "h", false, "show help")
	root.SetFlagErrorFunc(flagError)
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { a.print("%s", helpText(cmd, a.outPaint())) })
	root.SetUsageFunc(func(cmd *cobra.Command) error { a.note("%s", helpText(cmd, a.errPaint())); return nil })
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetHelpCommand(newHelp(a))

	root.SuggestionsMinimumDistance = 2
	root.AddCommand(
		newInit(a), newGenerate(a), newCheck(a), newLint(a), newResolve(a), newGit(a), newPlan(a), newMigrate(a), newStatus(a),
		newDown(a), newMark(a), newBaseline(a),
		newExplain(a), newDiff(a), newPsql(a), newInspect(a), newStudio(a), newDev(a), newDemo(a), newVersion(a), newCompletion(a),
	)
	root.AddCommand(helpTopics()...)
	root.InitDefaultHelpCmd()
	for _, cmd := range root.Commands() {
		cmd.Flags().SortFlags = false
	}
	return root
}

// absent says what to do instead of a command that drizzle-kit has and skein
// has not.
var absent = map[string]string{
	"push":       "write a migration with `skein generate` and apply it with `skein migrate`",
	"pull":       "use `drizzle-kit pull` for now; the files it writes are read by skein",
	"introspect": "use `drizzle-kit pull` for now; the files it writes are read by skein",
	"drop":       "use `drizzle-kit drop` for now, or revert the commit that added the migration",
	"export":     "`skein diff --from empty --to drizzle.config.ts` prints the same SQL",
	"up":         "there is nothing to do: skein reads the older snapshot formats as they are",
}

// knownCommand returns an error when args begin with a word that is no command;
// found out by cobra, it would come after complaints about that command's flags.
func knownCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") || strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		return nil
	}
	if cmd, _, err := root.Find(args); err == nil && cmd != root {
		return nil
	}
	return unknownCommand(root, args[0])
}

func unknownCommand(root *cobra.Command, name string) error {
	plain, _, _ := strings.Cut(name, ":") // generate:pg, as drizzle-kit once spelled it
	if instead, ok := absent[plain]; ok {
		return usage(instead, "skein has no %q command yet", name)
	}
	if sub, _, err := root.Find([]string{plain}); err == nil && sub != root && plain != name {
		return usage("use `skein "+plain+"`", "unknown command %q", name)
	}
	hint := "`skein --help` lists the commands"
	if near := root.SuggestionsFor(name); len(near) > 0 {
		hint = "did you mean `skein " + strings.Join(near, "` or `skein ") + "`?"
	}
	return usage(hint, "unknown command %q", name)
}

// flagError puts cobra's errors about flags into our shape.
func flagError(cmd *cobra.Command, err error) error {
	hint := "`" + cmd.CommandPath() + " --help` lists the flags"
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		if near := nearestFlag(cmd, unknown.GetSpecifiedName()); near != "" {
			hint = "did you mean --" + near + "?"
		}
	}
	return usage(hint, "%s", strings.TrimSuffix(err.Error(), "."))
}

// nearestFlag returns the flag of cmd that name is most likely meant to be, or "".
func nearestFlag(cmd *cobra.Command, name string) string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	return diag.Nearest(name, names)
}

// noArgs refuses arguments; commands that take none use it so that a
// forgotten dash is told.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage("`"+cmd.CommandPath()+" --help` shows how it is used", "`%s` takes no arguments, got %q", cmd.CommandPath(), args[0])
	}
	return nil
}

// choice is a flag that takes one of a few words, "" until it is given.
type choice struct {
	value *string
	words []string
}

// newChoice makes a flag for value whose default is the first word.
func newChoice(value *string, words ...string) *choice {
	*value = words[0]
	return &choice{value, words}
}

func (c *choice) String() string { return *c.value }
func (c *choice) Type() string   { return strings.Join(c.words, "|") }

func (c *choice) Set(word string) error {
	if !slices.Contains(c.words, word) {
		return errors.New("must be one of " + strings.Join(c.words, ", "))
	}
	*c.value = word
	return nil
}

// addFormat gives cmd the flag --format.
func (a *app) addFormat(cmd *cobra.Command) {
	format := ""
	cmd.Flags().Var(newChoice(&format, "text", "json"), "format", "print text or one JSON object")
}
