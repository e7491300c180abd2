package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skein-db/skein/internal/check"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/lint"
)

// rules are the codes of all findings. A package that makes findings has its
// list joined here.
func rules() []finding.Rule {
	return slices.Concat(check.Rules, lint.Rules)
}

// codes are those of all rules.
func codes() []string {
	var out []string
	for _, r := range rules() {
		out = append(out, r.Code)
	}
	return out
}

func ruleOf(code string) (finding.Rule, bool) {
	all := rules()
	i := slices.IndexFunc(all, func(r finding.Rule) bool { return r.Code == code })
	if i < 0 {
		return finding.Rule{}, false
	}
	return all[i], true
}

// explainResult is the JSON object of skein explain.
type explainResult struct {
	Rules []finding.Rule `json:"rules"`
}

func newExplain(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain [CODE...]",
		Short: "say what the code of a finding means",
		Long: `Says what the rule behind a finding's code looks at, why it matters to a database that is in use, and
what the safe way is. Without a code, lists all codes. The same text is in docs/rules.md.`,
		Example: `  skein explain when-order
  skein explain
  skein explain --format json`,
		GroupID: groupLook,
		RunE:    func(_ *cobra.Command, codes []string) error { return explain(a, codes) },
		ValidArgsFunction: func(_ *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			var words []string
			for _, r := range rules() {
				words = append(words, r.Code+"\t"+r.Title)
			}
			return words, cobra.ShellCompDirectiveNoFileComp
		},
	}
	a.addFormat(cmd)
	return cmd
}

func explain(a *app, codes []string) error {
	asked := rules()
	if len(codes) > 0 {
		asked = nil
		for _, code := range codes {
			rule, ok := ruleOf(code)
			if !ok {
				return unknownRule(code)
			}
			asked = append(asked, rule)
		}
	}
	switch p := a.outPaint(); {
	case a.json:
		a.printJSON(explainResult{Rules: asked})
	case len(codes) == 0:
		var rows [][]string
		for _, r := range asked {
			rows = append(rows, []string{r.Code, severityText(r.Severity, p), r.Title})
		}
		a.print("%s\n`skein explain CODE` says more.\n", columnsText([]string{"code", "severity", "what is wrong"}, rows, p))
	default:
		var texts []string
		for _, r := range asked {
			texts = append(texts, ruleText(r, p))
		}
		a.print("%s", strings.Join(texts, "\n"))
	}
	return nil
}

func unknownRule(code string) error {
	hint := "`skein explain` lists the codes"
	if near := diag.Nearest(code, codes()); near != "" {
		hint = "did you mean `skein explain " + near + "`?"
	}
	return usage(hint, "no finding has the code %q", code)
}

func ruleText(r finding.Rule, p paint) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s\n%s\n", p.bold(r.Code), severityText(r.Severity, p), r.Title)
	paragraph := func(title, text string) {
		fmt.Fprintf(&b, "\n%s\n%s", p.bold(title), indent(text, "  "))
	}
	paragraph("Why it matters", strings.Join(wrap(r.About, helpWidth-4), "\n"))
	paragraph("The safe way", strings.Join(wrap(r.Fix, helpWidth-4), "\n"))
	if r.Recipe != "" {
		b.WriteString("\n" + indent(r.Recipe, "    "))
	}
	if len(r.See) > 0 {
		paragraph("See", strings.Join(r.See, "\n"))
	}
	return b.String()
}

func severityText(s finding.Severity, p paint) string {
	if s == finding.Warning {
		return p.yellow(string(s))
	}
	return p.red(string(s))
}
