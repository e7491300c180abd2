package drizzle

import (
	"strings"

	"github.com/tdewolff/parse/v2/js"
)

// idleVariables returns the environment variables that a bundle reads only for
// constants nobody uses. Such constants come with the barrels that schema files
// import from, since a bundler cannot know that reading the environment has no
// effect; knowing it saves evaluating the schema again to see that they do not
// matter. others says that it reads, or may read, variables for more than that.
func idleVariables(code string) (idle map[string]bool, others bool) {
	const object = "process.env"
	if !onlyByName(code) {
		return nil, true
	}
	idle = map[string]bool{}
	busy := map[string]bool{}
	for i, c := range split(code) {
		if !strings.Contains(c.text, object) {
			continue
		}
		if i == 0 || c.parse() != nil {
			return nil, true
		}
		all := c.tree.BlockStmt
		for _, statement := range all.List {
			r := &reads{counts: map[string]int{}}
			js.Walk(r, statement)
			into := busy
			if r.idle(statement, code) {
				into = idle
			}
			for _, name := range r.variables {
				into[name] = true
			}
		}
	}
	for name := range busy {
		delete(idle, name)
	}
	return idle, len(busy) > 0
}

// reads looks at one statement.
type reads struct {
	variables []string       // environment variables
	effects   bool           // it may do something
	assigned  []string       // names it assigns to
	counts    map[string]int // of names
}

// Enter implements js.IVisitor.
func (r *reads) Enter(n js.INode) js.IVisitor {
	switch n := n.(type) {
	case *js.Var:
		r.counts[string(n.Data)]++
	case *js.DotExpr:
		if isEnvironment(n.X) {
			if y, ok := n.Y.(js.LiteralExpr); ok {
				r.variables = append(r.variables, string(y.Data))
				return nil
			}
		}
	case *js.CallExpr, *js.NewExpr, *js.YieldExpr, *js.ClassDecl:
		r.effects = true
	case *js.TemplateExpr:
		r.effects = r.effects || n.Tag != nil
	case *js.UnaryExpr:
		switch n.Op {
		case js.DeleteToken, js.PreIncrToken, js.PreDecrToken, js.PostIncrToken, js.PostDecrToken, js.AwaitToken:
			r.effects = true
		}
	case *js.BinaryExpr:
		if isAssignment(n.Op) {
			if v, ok := n.X.(*js.Var); ok {
				r.assigned = append(r.assigned, string(v.Data))
			} else {
				r.effects = true
			}
		}
	}
	return r
}

// Exit implements js.IVisitor.
func (r *reads) Exit(js.INode) {}

// idle reports whether a statement only declares a variable that is not
// mentioned anywhere else, and does nothing besides. What it assigns to are
// esbuild's temporary variables, declared once and used here only.
func (r *reads) idle(statement js.IStmt, code string) bool {
	d, ok := statement.(*js.VarDecl)
	if !ok || r.effects || len(d.List) != 1 {
		return false
	}
	v, ok := d.List[0].Binding.(*js.Var)
	if !ok || mentions(code, string(v.Data)) != 1 {
		return false
	}
	for _, name := range r.assigned {
		if mentions(code, name) != r.counts[name]+1 {
			return false
		}
	}
	return true
}

// isEnvironment reports whether an expression is process.env.
func isEnvironment(e js.IExpr) bool {
	n, ok := e.(*js.DotExpr)
	if !ok {
		return false
	}
	x, isVar := n.X.(*js.Var)
	y, isName := n.Y.(js.LiteralExpr)
	return isVar && isName && string(x.Data) == "process" && string(y.Data) == "env"
}

// onlyByName reports whether all that code does with process is to read members
// of it, and with process.env to read variables named there.
func onlyByName(code string) bool {
	for rest := code; ; {
		_, after, found := strings.Cut(rest, "process")
		if !found {
			return true
		}
		before := rest[:len(rest)-len(after)-len("process")]
		rest = after
		if before != "" && isNamePart(before[len(before)-1]) || after != "" && isNamePart(after[0]) {
			continue // part of a longer word
		}
		member, ok := strings.CutPrefix(after, ".")
		if !ok || member == "" || !isNamePart(member[0]) {
			return false
		}
		variable, ok := strings.CutPrefix(member, "env")
		if ok && (variable == "" || !isNamePart(variable[0])) {
			if len(variable) < 2 || variable[0] != '.' || !isNamePart(variable[1]) {
				return false
			}
		}
	}
}

// mentions counts how often a name stands in code, as a word.
func mentions(code, name string) int {
	count := 0
	for {
		i := strings.Index(code, name)
		if i < 0 {
			return count
		}
		end := i + len(name)
		if (i == 0 || !isNamePart(code[i-1])) && (end == len(code) || !isNamePart(code[end])) {
			count++
		}
		code = code[end:]
	}
}

func isNamePart(c byte) bool {
	return c == '_' || c == '$' || c >= 0x80 || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}
