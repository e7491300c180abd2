package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/merge"
	"github.com/skein-db/skein/internal/resolve"
	"github.com/skein-db/skein/internal/settle"
)

// placeText is the first line: what git is in the middle of, and which side is
// upstream.
func placeText(o operationObject, p paint) string {
	what := map[string]string{
		"merge": "in a merge", "rebase": "in a rebase", "cherry-pick": "in a cherry-pick", "revert": "in a revert",
		"stash": "in a stash pop", "merged": "the last commit is a merge", "rebased": "the last rebase left commits that are no history", "behind": "before the branches meet",
	}[o.Doing]
	if o.Step > 0 && o.Steps > 1 {
		what += fmt.Sprintf(", commit %d of %d", o.Step, o.Steps)
	}
	if o.Doing == "ahead" {
		return fmt.Sprintf("git joins nothing, but this branch's migrations are no sound history: upstream %s stays as it is, because %s, and they come behind it\n", p.bold(shortID(o.Upstream)), o.Why)
	}
	side := map[string]string{"ours": "this side (ours)", "theirs": "the other side (theirs)"}[o.Side]
	if o.Doing == "behind" {
		side = "it"
		return fmt.Sprintf("%s: %s stays as it is, this branch's migrations come behind %s\n", what, p.bold(shortID(o.Upstream)), side)
	}
	return fmt.Sprintf("%s: %s stays as it is, upstream %s, because %s\n", what, side, p.bold(shortID(o.Upstream)), o.Why)
}

// brokenText tells what is wrong with a branch by itself.
func brokenText(broken []brokenObject, p paint) string {
	var b strings.Builder
	for i, f := range broken {
		if i == mostBroken {
			fmt.Fprintf(&b, "  and %d more: skein check\n", len(broken)-i)
			break
		}
		fmt.Fprintf(&b, "  %s %s\n", p.yellow(f.Message), p.faint("["+f.Code+"]"))
	}
	return b.String()
}

// mostBroken is how many findings are told before the plan.
const mostBroken = 5

func shortID(id string) string { return id[:min(10, len(id))] }

// movesText lists what becomes of the local migrations, with a diff for those
// whose SQL changes.
func movesText(moves []moveObject, p paint) string {
	var b strings.Builder
	width := 0
	for _, m := range moves {
		width = max(width, len(m.From))
	}
	for _, m := range moves {
		to := "→ " + p.bold(m.To)
		switch resolve.Fate(m.Fate) {
		case resolve.Gone:
			to = "goes: upstream does all of it"
		case resolve.Same:
			to = "is upstream's " + m.To
		case resolve.Rewritten, resolve.Emptied:
			to += "  " + p.yellow(verdictCounts(m.Statements))
		default:
			if m.From == m.To {
				to = "stays"
			}
			if resolve.Fate(m.Fate) == resolve.Stays {
				to = "stays, as databases have run it: skein generate writes what undoes it"
			}
		}
		fmt.Fprintf(&b, "  %-*s %s\n", width, m.From, to)
		for _, s := range m.Statements {
			b.WriteString(statementText(s, p))
		}
	}
	return b.String()
}

func verdictCounts(statements []toldStatement) string {
	var parts []string
	for _, v := range []resolve.Verdict{resolve.Kept, resolve.Handwritten, resolve.Regenerated, resolve.Added, resolve.Dropped} {
		n := 0
		for _, s := range statements {
			if s.Verdict == string(v) {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v))
		}
	}
	return strings.Join(parts, ", ")
}

// statementText is the part of a diff that a statement makes.
func statementText(s toldStatement, p paint) string {
	switch resolve.Verdict(s.Verdict) {
	case resolve.Kept:
		return "      " + p.faint(oneLine(s.Old)) + "\n"
	case resolve.Handwritten:
		return "      " + p.faint(oneLine(s.Old)+"  (by hand)") + "\n"
	}
	var b strings.Builder
	if s.Old != "" {
		b.WriteString(p.red(indent(strings.TrimSpace(s.Old), "    - ")))
	}
	if s.New != "" {
		b.WriteString(p.green(indent(strings.TrimSpace(s.New), "    + ")))
	}
	return b.String()
}

// problemsText tells each problem with both versions and what settles it.
func problemsText(problems []problemObject, p paint) string {
	var b strings.Builder
	for _, o := range problems {
		fmt.Fprintf(&b, "%s %s\n", p.red("disagreement:"), p.bold(problemLine(o)))
		if o.Statement != "" {
			b.WriteString(indent(o.Statement, "    "))
		}
		sides := []struct {
			name string
			v    versionObject
		}{{"upstream", o.Upstream}, {"local", o.Local}}
		for _, s := range sides {
			if s.v == (versionObject{}) {
				continue
			}
			text := s.v.Version
			if text == "" {
				text = sideless(o, s.name)
			}
			fmt.Fprintf(&b, "  %-9s %s%s\n", s.name, text, p.faint(madeBy(s.v)))
		}
		if len(o.Take) == 0 {
			b.WriteString("  " + remedy(o) + "\n")
		}
		for _, take := range o.Take {
			fmt.Fprintf(&b, "  --take %s\n", p.cyan(diag.ShellQuote(take)))
		}
	}
	return b.String()
}

// sideless is what a side without a version of its own did.
func sideless(o problemObject, side string) string {
	if o.DroppedBy == side {
		if o.Uses != "" {
			return "drops " + o.Uses
		}
		return "drops it"
	}
	if o.Kind == "set-twice" {
		return "drops it"
	}
	if o.Kind == "landed-changed" {
		return "changes or removes it"
	}
	return "uses it"
}

func problemLine(o problemObject) string {
	switch o.Kind {
	case "set-twice":
		what := o.Object
		if o.Attribute != "" {
			what += ", " + o.Attribute
		}
		return what + ": both sides changed it"
	case "uses-dropped":
		return fmt.Sprintf("%s uses %s, which the other side dropped or renamed", o.Object, o.Uses)
	case "statement-uses-dropped":
		return fmt.Sprintf("a statement written by hand uses %s, which the other side dropped or renamed", o.Object)
	case "landed-changed":
		return o.Migration + " has landed on upstream, and is changed here"
	}
	return o.Migration + ": a generated statement was changed by hand, and would have to be another one now"
}

// remedy says what to do where no flag settles it.
func remedy(o problemObject) string {
	if o.Kind == "landed-changed" {
		return "put the file back as it is on upstream, and write a new migration for the change"
	}
	return "change the migration on its branch, then merge or rebase again"
}

func madeBy(v versionObject) string {
	text := ""
	if v.Migration != "" {
		text += "  " + v.Migration
	}
	if v.Author != "" {
		text += fmt.Sprintf("  %s, %s: %s", v.Author, v.Date, v.Subject)
	}
	return text
}

// problemTitle is a problem as a question.
func problemTitle(p *resolve.Problem) string {
	o := problemObject{Kind: problemKind(p), Migration: p.Migration, Object: p.Object().String()}
	if d := p.Disagreement; d != nil {
		o.Attribute = d.Attribute
		if d.Uses != nil {
			o.Uses = d.Uses.String()
		}
	}
	return problemLine(o)
}

// takeText is an answer to problemTitle.
func takeText(p *resolve.Problem, side merge.Side) string {
	text := "take " + string(side)
	d := p.Disagreement
	if d == nil {
		return text + ": what is dropped stays dropped"
	}
	version := d.Upstream
	if side == merge.Local {
		version = d.Local
	}
	if version == "" {
		version = "dropped"
	}
	return text + ": " + oneLine(version)
}

// schemaText tells how the schema files stand to the outcome.
func schemaText(s *resolveStep, p paint) string {
	switch settle.SchemaState(s.Schema.State) {
	case settle.Same:
		return "the schema files say what the last snapshot says\n"
	case settle.Different:
		return p.yellow("the schema files say something else than the migrations lead to:") + "\n" + indent(strings.Join(s.Schema.Statements, "\n"), "  ")
	case settle.Unfinished:
		return p.yellow("the schema files cannot be read until their conflicts are ended") + "\n"
	case settle.Unreadable:
		return p.yellow("the schema files cannot be read:") + "\n" + indent(s.Schema.Error, "  ")
	}
	return ""
}

// untoldText warns of migrations whose new snapshots may lack what they make.
func untoldText(s *resolveStep, p paint) string {
	if len(s.Untold) == 0 {
		return ""
	}
	what := "its SQL has statements that a snapshot has to tell of, and no schema file tells of them"
	next := "have the schema files say what it does, then run skein resolve again"
	if settle.SchemaState(s.Schema.State) == settle.Different {
		next = "if that is what it does, do not generate it again: remove the migration and skein generate it in its place"
	}
	return p.yellow(strings.Join(s.Untold, ", ")+" came without a snapshot:") + " " + what + ";\n  " + next + "\n"
}

// doneText tells what was written, and what is left.
func doneText(s *resolveStep, p paint) string {
	var b strings.Builder
	fmt.Fprintf(&b, "staged %s; ", count(len(s.Staged), "file"))
	switch {
	case s.Proof.Replayed:
		fmt.Fprintf(&b, "the history is sound: run on PostgreSQL %s, it makes what the last snapshot says\n", s.Proof.Version)
	case s.Proof.Reason != "" && s.Proof.Reason != turnedOff:
		fmt.Fprintf(&b, "the history is sound, as far as can be told without running it: %s\n", s.Proof.Reason)
	default:
		b.WriteString("the history is sound\n")
	}
	b.WriteString(schemaText(s, p))
	b.WriteString(untoldText(s, p))
	for _, g := range s.Generated {
		fmt.Fprintf(&b, "%s %s (%s); mend that, then in %s: %s, and git add what it makes\n", p.yellow("failed:"), g.Run, g.Error, g.Dir, g.Run)
	}
	if len(s.Unmerged) > 0 {
		b.WriteString("for you to finish:\n")
		for _, path := range s.Unmerged {
			b.WriteString("  " + p.bold(path) + "\n")
		}
	}
	return b.String()
}

// nextText is the last line.
func nextText(s *resolveStep, next []string, p paint) string {
	quoted := slices.Clone(next)
	for i := range quoted {
		quoted[i] = diag.ShellQuote(quoted[i])
	}
	command := p.bold("git " + strings.Join(quoted, " "))
	switch {
	case len(next) == 0 && s.Operation.Doing == "behind":
		return "next: commit this, then merge or rebase; skein resolve --abort takes it back\n"
	case s.Operation.Doing == "ahead" && len(s.Unmerged) == 0 && !slices.Contains(next, "--amend"):
		return "next: " + command + ", which comes on top of the branch's commits and leaves them as they are; skein resolve --abort takes it back\n"
	case len(next) == 0:
		return "skein resolve --abort takes it back\n"
	case len(s.Unmerged) > 0:
		return "next: finish " + filesText(len(s.Unmerged)) + ", git add, " + command + "\n"
	}
	return "next: " + command + "\n"
}

func filesText(n int) string {
	if n == 1 {
		return "that file"
	}
	return "those files"
}
