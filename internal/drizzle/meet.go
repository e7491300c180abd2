package drizzle

import (
	"context"
	"path/filepath"
	"strings"
)

// meet loads for real, in the next round, what is needed and can be had, and
// reports whether there was anything new. What cannot be had is an error, unless
// it is only suspected to be needed.
func (e *evaluation) meet(needs []need) (more bool, err error) {
	for _, soft := range []bool{false, true} {
		for _, n := range needs {
			if n.soft == soft && e.canLoad(n.target) {
				e.wanted[n.target.pkg] = true
				more = true
				if soft {
					break // one at a time, as one may fail
				}
			}
		}
		if more {
			return true, nil
		}
		for _, n := range needs {
			if !soft && !n.soft {
				return false, e.error(n)
			}
		}
	}
	return false, nil
}

// canLoad reports whether a stand-in's package is there and was not loaded yet.
func (b *bundler) canLoad(t target) bool {
	_, failed := b.failed[t.pkg]
	return t.found && !b.wanted[t.pkg] && !failed
}

// retry looks for something to do differently after an exception, and reports
// whether it found any. If the exception comes from a package that was loaded for
// real, that is to load what it imports, too, or else to leave it alone. If not,
// it is to load what was used, the last first.
func (e *evaluation) retry(ctx context.Context) bool {
	pkg := e.thrower(ctx)
	const few = 3 // packages that are tried one by one
	all := len(e.wanted) >= few
	found := false
	for i := len(e.base.Touched) - 1; i >= 0; i-- {
		o := e.base.Touched[i]
		if t := e.target(o); e.canLoad(t) && (pkg == "" || packageOf(o.Importer) == pkg) {
			e.wanted[t.pkg] = true
			found = true
			if !all {
				return true
			}
		}
	}
	if !found && pkg != "" {
		delete(e.wanted, pkg)
		e.failed[pkg] = strings.TrimPrefix(e.base.Error.Name+": "+e.base.Error.Message, ": ")
		return true
	}
	return found
}

// thrower returns the package loaded for real in whose code the exception
// arose, "" where it arose elsewhere.
func (e *evaluation) thrower(ctx context.Context) string {
	if len(e.wanted) == 0 {
		return ""
	}
	stack := e.base.Error.Stack
	if e.places != nil {
		if t := e.plain(ctx); t != nil {
			stack = t.Stack
		}
	}
	m := e.mapped()
	for _, f := range frames(stack) {
		source, _, _, ok := m.find(f.line, f.column)
		if !ok {
			continue
		}
		if pkg := packageOf(filepath.Join(e.dir, filepath.FromSlash(source))); e.wanted[pkg] {
			return pkg
		}
	}
	return ""
}

// packageOf returns the name of the installed package that a file is in, "" for
// any other file.
func packageOf(path string) string {
	path = filepath.ToSlash(path)
	const modules = "/node_modules/"
	i := strings.LastIndex(path, modules)
	if i < 0 {
		return ""
	}
	pkg, _ := splitPackage(path[i+len(modules):])
	return pkg
}
