package drizzle

import (
	"slices"

	"github.com/tdewolff/parse/v2/js"
)

// The statements, declarations and patterns around the expressions that
// rewrite.go is about.

func (w *rewriter) statements(list []js.IStmt) {
	for i := range list {
		w.statement(list[i])
	}
}

func (w *rewriter) statement(s js.IStmt) {
	switch n := s.(type) {
	case *js.BlockStmt:
		w.statements(n.List)
	case *js.ExprStmt:
		n.Value = w.value(n.Value)
	case *js.IfStmt:
		n.Cond = w.condition(n.Cond)
		w.statement(n.Body)
		if n.Else != nil {
			w.statement(n.Else)
		}
	case *js.DoWhileStmt:
		w.statement(n.Body)
		n.Cond = w.condition(n.Cond)
	case *js.WhileStmt:
		n.Cond = w.condition(n.Cond)
		w.statement(n.Body)
	case *js.ForStmt:
		n.Init = w.value(n.Init)
		n.Cond = w.condition(n.Cond)
		n.Post = w.value(n.Post)
		w.statements(n.Body.List)
	case *js.ForInStmt:
		n.Init = w.loopVariable(n.Init)
		n.Value = w.value(n.Value)
		w.statements(n.Body.List)
	case *js.ForOfStmt:
		n.Init = w.loopVariable(n.Init)
		n.Value = w.value(n.Value)
		if d, ok := n.Init.(*js.VarDecl); ok && len(d.List) == 1 && isTuple(d.List[0].Binding) && !n.Await {
			n.Value = call("tuples", n.Value)
		}
		n.Value = w.used(n.Value)
		w.statements(n.Body.List)
	case *js.SwitchStmt:
		w.switchOver(n)
	case *js.ReturnStmt:
		n.Value = w.handed("result", w.value(n.Value), true)
	case *js.ThrowStmt:
		n.Value = call("thrown", w.value(n.Value))
	case *js.LabelledStmt:
		w.statement(n.Value)
	case *js.TryStmt:
		w.statements(n.Body.List)
		if n.Binding != nil {
			w.binding(n.Binding)
		}
		if n.Catch != nil {
			w.statements(n.Catch.List)
		}
		if n.Finally != nil {
			w.statements(n.Finally.List)
		}
	case *js.VarDecl:
		w.declaration(n)
	case *js.FuncDecl:
		w.reference(n)
	case *js.ClassDecl:
		w.class(n)
	}
}

// loopVariable rewrites what a for-in or for-of loop assigns to.
func (w *rewriter) loopVariable(e js.IExpr) js.IExpr {
	if n, ok := e.(*js.VarDecl); ok {
		w.declaration(n)
		return n
	}
	return w.target(e)
}

// switchOver hands the cases that are written as literals to the call, so that
// each of them can be tried.
func (w *rewriter) switchOver(n *js.SwitchStmt) {
	at := w.place()
	cases := &js.ArrayExpr{}
	for _, c := range n.List {
		if literal, ok := c.Cond.(*js.LiteralExpr); ok {
			cases.List = append(cases.List, js.Element{Value: literal})
		}
	}
	n.Init = call("branch", at, w.value(n.Init), cases)
	for i := range n.List {
		if n.List[i].Cond != nil {
			n.List[i].Cond = w.value(n.List[i].Cond)
		}
		w.statements(n.List[i].List)
	}
}

func (w *rewriter) declaration(n *js.VarDecl) {
	for i := range n.List {
		w.element(&n.List[i])
	}
}

func (w *rewriter) element(n *js.BindingElement) {
	if n.Binding != nil {
		w.binding(n.Binding)
	}
	n.Default = w.value(n.Default)
	if n.Default != nil && isTuple(n.Binding) {
		n.Default = call("tuple", n.Default)
	}
}

// isTuple reports whether a pattern takes a fixed number of elements.
func isTuple(b js.IBinding) bool {
	n, ok := b.(*js.BindingArray)
	return ok && n.Rest == nil
}

func (w *rewriter) binding(b js.IBinding) {
	switch n := b.(type) {
	case *js.BindingArray:
		for i := range n.List {
			w.element(&n.List[i])
		}
		if n.Rest != nil {
			w.binding(n.Rest)
		}
	case *js.BindingObject:
		for i := range n.List {
			if n.List[i].Key != nil {
				w.propertyName(n.List[i].Key)
			}
			w.element(&n.List[i].Value)
		}
	}
}

func (w *rewriter) params(n *js.Params) {
	for i := range n.List {
		w.element(&n.List[i])
	}
	if n.Rest != nil {
		w.binding(n.Rest)
	}
}

func (w *rewriter) method(n *js.MethodDecl) {
	w.propertyName(&n.Name.PropertyName)
	w.params(&n.Params)
	w.statements(n.Body.List)
}

func (w *rewriter) class(n *js.ClassDecl) {
	if n.Extends != nil {
		w.reference(n.Extends)
	}
	for i := range n.List {
		switch e := &n.List[i]; {
		case e.StaticBlock != nil:
			w.statements(e.StaticBlock.List)
		case e.Method != nil:
			w.method(e.Method)
		default:
			w.propertyName(&e.Name.PropertyName)
			e.Init = w.value(e.Init)
		}
	}
}

func isSuper(e js.IExpr) bool {
	n, ok := e.(*js.LiteralExpr)
	return ok && n.TokenType == js.SuperToken
}

// isHelper reports whether a function is one of esbuild's that make namespace
// objects: they list names and pass modules on, and decide nothing.
func isHelper(e js.IExpr) bool {
	v, ok := e.(*js.Var)
	return ok && slices.Contains([]string{"__export", "__toESM", "__toCommonJS", "__reExport"}, string(v.Data))
}

func isMember(e js.IExpr) bool {
	switch e.(type) {
	case *js.DotExpr, *js.IndexExpr:
		return true
	}
	return false
}

// isPlain reports whether an expression can follow new without parentheses.
func isPlain(e js.IExpr) bool {
	switch n := e.(type) {
	case *js.Var, *js.LiteralExpr, *js.GroupExpr:
		return true
	case *js.DotExpr:
		return isPlain(n.X)
	}
	return false
}

func isPrivate(e js.IExpr) bool {
	v, ok := e.(*js.Var)
	return ok && len(v.Data) > 0 && v.Data[0] == '#'
}

// isTruth reports whether an expression is true or false by itself, so that it
// need not be tested.
func isTruth(e js.IExpr) bool {
	switch n := e.(type) {
	case *js.BinaryExpr:
		switch n.Op {
		case js.EqEqToken, js.NotEqToken, js.EqEqEqToken, js.NotEqEqToken, js.InToken, js.InstanceofToken,
			js.LtToken, js.LtEqToken, js.GtToken, js.GtEqToken:
			return true
		}
	case *js.UnaryExpr:
		return n.Op == js.NotToken
	case *js.GroupExpr:
		return isTruth(n.X)
	}
	return false
}

func isAssignment(op js.TokenType) bool {
	switch op {
	case js.EqToken, js.AddEqToken, js.SubEqToken, js.MulEqToken, js.DivEqToken, js.ModEqToken, js.ExpEqToken,
		js.LtLtEqToken, js.GtGtEqToken, js.GtGtGtEqToken, js.BitAndEqToken, js.BitOrEqToken, js.BitXorEqToken,
		js.AndEqToken, js.OrEqToken, js.NullishEqToken:
		return true
	}
	return false
}
