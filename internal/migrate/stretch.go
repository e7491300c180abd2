package migrate

// Stretch is what of a migration's file is done at once: in a transaction, or
// alone.
type Stretch struct {
	Start, End int // bytes of the file
	Alone      bool
}

// Stretches returns what a run would do of the migration, in order. What an
// earlier run has done is not among it.
func (s *Step) Stretches() []Stretch {
	var out []Stretch
	start := 0
	for i, p := range s.parts {
		if i >= s.done {
			out = append(out, Stretch{Start: start, End: p.end, Alone: p.outside != ""})
		}
		start = p.end
	}
	return out
}

// Whole reports whether all of the plan is one transaction.
func (p *Pending) Whole() bool { return p.whole }
