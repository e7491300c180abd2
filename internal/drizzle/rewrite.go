package drizzle

import (
	"bytes"
	"slices"
	"strconv"
	"unsafe"

	"github.com/tdewolff/parse/v2/js"
)

// rewrite returns the chunks as one text, in which every operator that decides
// something is replaced by a call that notices stand-ins (sandbox/decide.js).
// The first argument of such a call is an index into places.
//
// It works on what esbuild printed, with logical assignment, optional chaining
// and ?? already lowered to conditions.
//
// With all false, only chunks that can see a stand-in are rewritten. They also
// report when they hand one to other code, in which case all has to be true.
func rewrite(chunks []chunk, all bool) (code string, places []decision, err error) {
	if !all {
		if err := taint(chunks); err != nil {
			return "", nil, err
		}
	}
	var out bytes.Buffer
	for i, c := range chunks {
		if i == 0 || !all && !c.tainted {
			out.WriteString(c.text)
			continue
		}
		if c.tree == nil {
			if err := chunks[i].parse(); err != nil {
				return "", nil, err
			}
			c = chunks[i]
		}
		w := &rewriter{source: c.source, start: c.start, places: places, watch: !all, orm: c.isORM()}
		w.statements(c.tree.List)
		w.settle(len(c.source) - 1)
		places = w.places
		c.tree.JS(&out)
		out.WriteByte('\n')
		chunks[i].tree = nil // it is not what was parsed any more
	}
	return out.String(), places, nil
}

// decision is a place where code decides something.
type decision struct {
	offset int  // in the original text
	orm    bool // in drizzle-orm, or in the serializer
}

type rewriter struct {
	source []byte
	start  int // of source in the original text
	places []decision
	open   []int // places whose offset is that of the next literal
	watch  bool  // report what is handed to other code
	orm    bool  // report what is used, since drizzle uses nothing in vain
}

// place returns the index of a new place. Syntax nodes hold no positions, only
// the literals in them do, so the place is that of the first literal or property
// name from here on.
func (w *rewriter) place() js.IExpr {
	w.open = append(w.open, len(w.places))
	w.places = append(w.places, decision{orm: w.orm})
	return &js.LiteralExpr{TokenType: js.IntegerToken, Data: strconv.AppendInt(nil, int64(len(w.places)-1), 10)}
}

// seen notes where a literal stands in the source.
func (w *rewriter) seen(data []byte) {
	if len(w.open) == 0 || len(data) == 0 {
		return
	}
	at := uintptr(unsafe.Pointer(unsafe.SliceData(data))) - uintptr(unsafe.Pointer(unsafe.SliceData(w.source)))
	if at < uintptr(len(w.source)) { // keywords are not part of the source
		w.settle(int(at))
	}
}

func (w *rewriter) settle(offset int) {
	for _, i := range w.open {
		w.places[i].offset = w.start + offset
	}
	w.open = w.open[:0]
}

func call(function string, args ...js.IExpr) js.IExpr {
	list := make([]js.Arg, len(args))
	for i, a := range args {
		if _, comma := a.(*js.CommaExpr); comma {
			a = &js.GroupExpr{X: a}
		}
		list[i].Value = a
	}
	return &js.CallExpr{X: name("__skein_" + function), Args: js.Args{List: list}}
}

func name(s string) js.IExpr { return &js.LiteralExpr{TokenType: js.IdentifierToken, Data: []byte(s)} }

// value rewrites an expression whose value is used.
func (w *rewriter) value(e js.IExpr) js.IExpr {
	switch n := e.(type) {
	case nil:
		return nil
	case *js.BinaryExpr:
		return w.binary(n)
	case *js.CondExpr:
		n.Cond = w.condition(n.Cond)
		n.X, n.Y = w.value(n.X), w.value(n.Y)
	case *js.UnaryExpr:
		return w.unary(n)
	case *js.DotExpr:
		w.reference(n)
		if y, ok := n.Y.(js.LiteralExpr); ok && string(y.Data) == "length" && !isSuper(n.X) {
			return call("length", n.X)
		}
	case *js.IndexExpr:
		w.reference(n)
		if _, literal := n.Y.(*js.LiteralExpr); !literal && !isSuper(n.X) {
			return call("index", n.X, n.Y)
		}
	case *js.CallExpr:
		w.reference(n)
		if w.watch && !isHelper(n.X) && !isSuper(n.X) {
			return call("taken", n)
		}
	default:
		w.reference(e)
	}
	return e
}

// reference rewrites what is inside an expression that has to stay what it is:
// something assigned to, deleted, or called as a method.
func (w *rewriter) reference(e js.IExpr) {
	switch n := e.(type) {
	case *js.LiteralExpr:
		w.seen(n.Data)
	case *js.DotExpr:
		n.X = w.value(n.X)
		if y, ok := n.Y.(js.LiteralExpr); ok {
			w.seen(y.Data)
		}
	case *js.IndexExpr:
		n.X, n.Y = w.value(n.X), w.value(n.Y)
	case *js.GroupExpr:
		if isMember(n.X) {
			w.reference(n.X)
		} else {
			n.X = w.value(n.X)
		}
	case *js.CallExpr:
		if isHelper(n.X) {
			return
		}
		n.X = w.callee(n.X)
		w.arguments(&n.Args)
	case *js.NewExpr:
		if n.X = w.callee(n.X); !isPlain(n.X) {
			n.X = &js.GroupExpr{X: n.X} // a call must not take the arguments of new
		}
		if n.Args != nil {
			w.arguments(n.Args)
		}
	case *js.TemplateExpr:
		if n.Tag != nil {
			n.Tag = w.callee(n.Tag)
		}
		for i := range n.List {
			w.seen(n.List[i].Value)
			n.List[i].Expr = w.handed("argument", w.value(n.List[i].Expr), n.Tag != nil)
		}
		w.seen(n.Tail)
	case *js.ArrayExpr:
		for i := range n.List {
			n.List[i].Value = w.value(n.List[i].Value)
			if n.List[i].Spread {
				n.List[i].Value = w.used(n.List[i].Value)
			}
		}
	case *js.ObjectExpr:
		for i := range n.List {
			w.property(&n.List[i], w.value)
			if n.List[i].Spread {
				n.List[i].Value = w.used(n.List[i].Value)
			}
		}
	case *js.YieldExpr:
		n.X = w.value(n.X)
	case *js.CommaExpr:
		for i := range n.List {
			n.List[i] = w.value(n.List[i])
		}
	case *js.ArrowFunc:
		w.params(&n.Params)
		w.statements(n.Body.List)
	case *js.FuncDecl:
		w.params(&n.Params)
		w.statements(n.Body.List)
	case *js.MethodDecl:
		w.method(n)
	case *js.ClassDecl:
		w.class(n)
	case *js.VarDecl:
		w.declaration(n)
	}
}

// callee rewrites a function that is called; it keeps its object.
func (w *rewriter) callee(e js.IExpr) js.IExpr {
	w.reference(e)
	switch n := e.(type) {
	case *js.DotExpr:
		n.X = w.used(n.X)
	case *js.IndexExpr:
		n.X = w.used(n.X)
		if _, literal := n.Y.(*js.LiteralExpr); !literal {
			if v, ok := n.X.(*js.Var); ok {
				n.Y = call("key", n.Y, v)
			} else {
				n.Y = call("key", n.Y)
			}
		}
	}
	return e
}

// used reports an object whose method drizzle calls, or that it loops over.
func (w *rewriter) used(e js.IExpr) js.IExpr {
	if !w.orm {
		return e
	}
	switch n := e.(type) {
	case *js.LiteralExpr, *js.ArrayExpr, *js.TemplateExpr: // this and super are literals
		return n
	}
	return call("used", e)
}

// target rewrites the left side of an assignment, patterns included.
func (w *rewriter) target(e js.IExpr) js.IExpr {
	switch n := e.(type) {
	case *js.ArrayExpr:
		for i := range n.List {
			n.List[i].Value = w.targetWithDefault(n.List[i].Value)
		}
	case *js.ObjectExpr:
		for i := range n.List {
			w.property(&n.List[i], w.targetWithDefault)
		}
	case *js.GroupExpr:
		n.X = w.target(n.X)
	default:
		w.reference(e)
	}
	return e
}

func (w *rewriter) targetWithDefault(e js.IExpr) js.IExpr {
	if n, ok := e.(*js.BinaryExpr); ok && n.Op == js.EqToken {
		n.X, n.Y = w.target(n.X), w.value(n.Y)
		return n
	}
	if e == nil {
		return nil
	}
	return w.target(e)
}

// comparisons and computations say what is called in place of an operator.
var (
	comparisons  = map[js.TokenType]string{js.LtToken: "less", js.LtEqToken: "most", js.GtToken: "more", js.GtEqToken: "least"}
	computations = map[js.TokenType]string{
		js.SubToken: "minus", js.MulToken: "times", js.DivToken: "over", js.ModToken: "rest", js.ExpToken: "power",
		js.BitAndToken: "bitAnd", js.BitOrToken: "bitOr", js.BitXorToken: "bitXor",
		js.LtLtToken: "left", js.GtGtToken: "right", js.GtGtGtToken: "zeros",
		js.NegToken: "negated", js.PosToken: "number", js.BitNotToken: "inverse",
	}
)

func (w *rewriter) binary(n *js.BinaryExpr) js.IExpr {
	switch n.Op {
	case js.EqEqEqToken, js.NotEqEqToken, js.EqEqToken, js.NotEqToken:
		function := "same"
		if n.Op == js.EqEqToken || n.Op == js.NotEqToken {
			function = "like"
		}
		at := w.place()
		e := call(function, at, w.value(n.X), w.value(n.Y))
		if n.Op == js.NotEqEqToken || n.Op == js.NotEqToken {
			return &js.UnaryExpr{Op: js.NotToken, X: e}
		}
		return e
	case js.AndToken, js.OrToken:
		n.X = w.condition(n.X)
		n.Y = w.value(n.Y)
	case js.InstanceofToken:
		at := w.place()
		return call("instance", at, w.value(n.X), w.value(n.Y))
	case js.InToken:
		if _, private := n.X.(*js.Var); private && isPrivate(n.X) {
			n.Y = w.value(n.Y)
			return n
		}
		at := w.place()
		return call("member", at, w.value(n.X), w.value(n.Y))
	default:
		if function, ok := comparisons[n.Op]; ok {
			at := w.place()
			return call(function, at, w.value(n.X), w.value(n.Y))
		}
		if function, ok := computations[n.Op]; ok {
			return call(function, w.value(n.X), w.value(n.Y))
		}
		if !isAssignment(n.Op) {
			n.X, n.Y = w.value(n.X), w.value(n.Y)
			return n
		}
		n.X = w.target(n.X)
		n.Y = w.handed("kept", w.value(n.Y), isMember(n.X))
		if list, ok := n.X.(*js.ArrayExpr); ok && n.Op == js.EqToken && !hasRest(list) {
			n.Y = call("tuple", n.Y)
		}
	}
	return n
}

// hasRest reports whether an array pattern takes all that is left.
func hasRest(list *js.ArrayExpr) bool {
	return slices.ContainsFunc(list.List, func(e js.Element) bool { return e.Spread })
}

func (w *rewriter) unary(n *js.UnaryExpr) js.IExpr {
	switch n.Op {
	case js.NotToken:
		n.X = w.condition(n.X)
	case js.TypeofToken:
		at := w.place()
		if v, ok := n.X.(*js.Var); ok {
			// A name that does not exist must not be evaluated; one that holds a
			// function does. Marked text is a string either way.
			function := &js.LiteralExpr{TokenType: js.StringToken, Data: []byte(`"function"`)}
			return &js.GroupExpr{X: &js.CondExpr{
				Cond: &js.BinaryExpr{Op: js.EqEqEqToken, X: n, Y: function},
				X:    call("kind", at, v),
				Y:    &js.UnaryExpr{Op: js.TypeofToken, X: v},
			}}
		}
		return call("kind", at, w.value(n.X))
	case js.DeleteToken, js.PreIncrToken, js.PreDecrToken, js.PostIncrToken, js.PostDecrToken:
		w.reference(n.X)
	case js.AwaitToken:
		n.X = w.value(n.X)
		if w.watch {
			return call("taken", n)
		}
	default:
		n.X = w.value(n.X)
		if function, ok := computations[n.Op]; ok {
			if _, literal := n.X.(*js.LiteralExpr); !literal {
				return call(function, n.X)
			}
		}
	}
	return n
}

// condition rewrites an expression of which only the truth matters, or of which
// the truth matters first.
func (w *rewriter) condition(e js.IExpr) js.IExpr {
	if e == nil || isTruth(e) {
		return w.value(e)
	}
	at := w.place()
	return call("test", at, w.value(e))
}

func (w *rewriter) arguments(args *js.Args) {
	for i := range args.List {
		args.List[i].Value = w.handed("argument", w.value(args.List[i].Value), true)
		if args.List[i].Rest {
			args.List[i].Value = w.used(args.List[i].Value)
		}
	}
}

// handed reports a value that other code gets to see.
func (w *rewriter) handed(how string, e js.IExpr, really bool) js.IExpr {
	switch e.(type) {
	case nil, *js.LiteralExpr, *js.ArrowFunc, *js.FuncDecl, *js.ClassDecl:
		return e
	}
	if !w.watch || !really {
		return e
	}
	return call(how, e)
}

func (w *rewriter) property(p *js.Property, value func(js.IExpr) js.IExpr) {
	if p.Name != nil {
		w.propertyName(p.Name)
	}
	p.Value = value(p.Value)
	p.Init = w.value(p.Init)
}

func (w *rewriter) propertyName(n *js.PropertyName) {
	w.seen(n.Literal.Data)
	if n.Computed != nil {
		n.Computed = w.value(n.Computed)
	}
}
