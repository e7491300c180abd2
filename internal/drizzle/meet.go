package drizzle

// meet loads for real, in the next round, what is needed and can be had, and
// reports whether there was anything new. What cannot be had is an error. In
// refused are packages that were tried on a suspicion and failed.
func (e *evaluation) meet(needs []need, refused map[string]bool) (more bool, err error) {
	for _, n := range needs {
		t := n.target
		if t.found && !e.wanted[t.pkg] && !refused[t.pkg] {
			e.wanted[t.pkg] = true
			if n.soft {
				e.suspects[t.pkg] = true
			}
			more = true
		}
	}
	if more {
		return true, nil
	}
	for _, n := range needs {
		if !n.soft {
			return false, e.error(n)
		}
	}
	return false, nil
}

// drop gives up the packages that were loaded on a suspicion, and reports
// whether there were any.
func (b *bundler) drop(refused map[string]bool) bool {
	dropped := len(b.suspects) > 0
	for pkg := range b.suspects {
		refused[pkg] = true
		delete(b.wanted, pkg)
	}
	clear(b.suspects)
	return dropped
}

// wantTouched loads for real, in the next round, every package whose stand-in
// was used before an exception, and reports whether there was one to load.
func (b *bundler) wantTouched(e *evaluation) bool {
	found := false
	for _, o := range e.base.Touched {
		if t := e.target(o); t.found && !b.wanted[t.pkg] {
			b.wanted[t.pkg] = true
			found = true
		}
	}
	return found
}
