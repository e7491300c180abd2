package cli

import (
	"github.com/spf13/cobra"
)

func newCompletion(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "completion <bash|zsh|fish|powershell>",
		Short: "print a script that completes skein in a shell",
		Long:  "Prints a script that lets a shell complete the commands and flags of skein.",
		Example: `  source <(skein completion bash)                               for this shell
  skein completion bash > /etc/bash_completion.d/skein          for every bash
  skein completion zsh > "${fpath[1]}/_skein"                   zsh
  skein completion fish > ~/.config/fish/completions/skein.fish fish
  skein completion powershell | Out-String | Invoke-Expression  PowerShell`,
		GroupID:   groupOther,
		ValidArgs: []string{"bash", "zsh", "fish", "powershell"},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("for example `skein completion bash`", "which shell: bash, zsh, fish or powershell?")
			}
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(a.Out, true)
			case "zsh":
				return root.GenZshCompletion(a.Out)
			case "fish":
				return root.GenFishCompletion(a.Out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(a.Out)
			}
			return usage("skein knows bash, zsh, fish and powershell", "unknown shell %q", args[0])
		},
	}
}
