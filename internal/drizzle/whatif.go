package drizzle

import (
	"context"
	"maps"
	"slices"
	"strings"
)

// mostRuns bounds how often a schema is evaluated again to see whether its
// snapshot depends on what is not known.
const mostRuns = 60

// whatIf finds the sites whose decision changes the snapshot, by taking the
// other ones. Sites that do not matter, nearly all, cost a run each where there
// are few, and far less than one where there are many.
func (e *evaluation) whatIf(ctx context.Context) (matter []string, err error) {
	t := trial{evaluation: e, ctx: ctx, tried: map[string]bool{}}
	nature, unknown := t.split(e.base.Sites)
	for _, group := range append([][]string{nature}, groups(unknown)...) {
		if t.differs(group) {
			matter = append(matter, t.which(group)...)
		}
	}
	slices.Sort(matter)
	return slices.Compact(matter), t.err
}

// trial counts the runs of one whatIf.
type trial struct {
	*evaluation
	ctx   context.Context
	runs  int
	tried map[string]bool // sites that are not in the base
	// values are those of environment variables that a plan can ask for.
	values map[string][]string
	err    error
}

// split sorts sites into those of the environment, the clock and the like, and
// those of stand-ins.
func (t *trial) split(sites map[string]site) (nature, unknown []string) {
	var idle map[string]bool
	for key, s := range sites {
		if s.Kind == "environment" && idle == nil {
			idle, _ = idleVariables(t.script.code)
		}
		if s.Options < 2 || s.Kind == "environment" && idle[strings.TrimPrefix(s.Specifier, environmentPrefix)] {
			continue
		}
		if isNature(s.Kind) {
			nature = append(nature, key)
		} else {
			unknown = append(unknown, key)
		}
	}
	slices.Sort(nature)
	slices.Sort(unknown)
	return nature, unknown
}

func isNature(kind string) bool { return kind == "environment" || kind == "clock" || kind == "random" }

// groups returns the sets of sites to decide otherwise together: each alone
// where there are few, else all together, and for each bit of their number
// those that have it and those that have not, so that any two are at some time
// decided differently from each other.
func groups(sites []string) [][]string {
	const few = 8
	if len(sites) <= few {
		var out [][]string
		for _, s := range sites {
			out = append(out, []string{s})
		}
		return out
	}
	out := [][]string{sites}
	for bit := 1; bit < len(sites); bit <<= 1 {
		var with, without []string
		for i, s := range sites {
			if i&bit != 0 {
				with = append(with, s)
			} else {
				without = append(without, s)
			}
		}
		out = append(out, with, without)
	}
	return out
}

// differs reports whether the snapshot changes when all of the sites decide
// otherwise. A run that fails says nothing about a group, so its sites are tried
// one by one; of a single site it says that the project never goes there.
func (t *trial) differs(sites []string) bool {
	if len(sites) == 0 || t.err != nil {
		return false
	}
	if len(sites) == 1 {
		return t.oneDiffers(sites[0])
	}
	plan := map[string]int{}
	for _, s := range sites {
		plan[s] = t.other(s, 1)
	}
	out := t.run(plan)
	if out == nil {
		return slices.ContainsFunc(sites, t.oneDiffers)
	}
	return out.text != t.base.text
}

// oneDiffers tries every other option of a site, and of the sites that are only
// met because of it.
func (t *trial) oneDiffers(key string) bool {
	return t.siteDiffers(nil, key, t.base.Sites[key], deepest)
}

// deepest is how many decisions that follow from each other are tried.
const deepest = 3

func (t *trial) siteDiffers(plan map[string]int, key string, s site, depth int) bool {
	for option := 1; option < s.Options; option++ {
		next := maps.Clone(plan)
		if next == nil {
			next = map[string]int{}
		}
		next[key] = t.other(key, option)
		out := t.run(next)
		switch {
		case out == nil && t.err == nil && t.inORM(s):
			return true // what drizzle cannot go on with, it needs
		case out == nil:
			continue
		case out.text != t.base.text:
			return true
		case depth == 0:
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(out.Sites)) {
			follows := out.Sites[key]
			if _, known := t.base.Sites[key]; known || follows.Options < 2 || t.tried[key] {
				continue
			}
			t.tried[key] = true
			if t.siteDiffers(next, key, follows, depth-1) {
				return true
			}
		}
	}
	return false
}

// other returns the option-th option of a site that the base did not take.
func (t *trial) other(key string, option int) int {
	if option <= t.plan[key] {
		return option - 1
	}
	return option
}

// which returns those of a group that matter by themselves, all if none does.
func (t *trial) which(sites []string) []string {
	var out []string
	for _, s := range sites {
		if t.oneDiffers(s) {
			out = append(out, s)
		}
	}
	if out == nil {
		return sites
	}
	return out
}

func (t *trial) run(plan map[string]int) *outcome {
	if t.err != nil {
		return nil
	}
	if t.runs++; t.runs > t.mostRuns {
		t.err = errUndecided
		return nil
	}
	out, err := t.again(t.ctx, plan, t.values)
	if err != nil {
		t.err = err
	}
	return out
}

// recover looks for decisions that avoid the exception of the base, if it has
// one: projects check what packages and the environment give them (if
// (result.error) throw …), and neither a stand-in nor an unset variable passes
// every check. It begins with the decision that was made last and goes on from
// whatever gets further. Where it succeeds the new run is the base; whether the
// snapshot depends on the decisions is for whatIf to see.
func (e *evaluation) recover(ctx context.Context) error {
	const most = 60
	plan, out := map[string]int{}, e.base
	tried := map[string]bool{}
	for range most {
		if out.State != "threw" {
			return nil
		}
		key := e.lastDecision(out, tried)
		if key == "" {
			return nil
		}
		tried[key] = true
		next := maps.Clone(plan)
		next[key] = 1
		result, err := e.engine.run(ctx, next)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			continue
		case result.State == "done":
			e.base, e.plan = result, next
			return nil
		case len(result.Sites) > len(out.Sites):
			plan, out = next, result
		}
	}
	return nil
}

// lastDecision returns the decision that the project's code met last before an
// exception, apart from those that were tried. What drizzle itself decides is
// not to be avoided: it is how a value comes to be in the snapshot. Nor is an
// exception of the engine, which says that a stand-in does not pass for the real
// thing, and not that a check failed.
func (e *evaluation) lastDecision(out *outcome, tried map[string]bool) string {
	last := ""
	for key, s := range out.Sites {
		if tried[key] || s.Options < 2 {
			continue
		}
		if s.Kind != "environment" && (s.Place < 0 || e.inORM(s) || !out.Error.Thrown) {
			continue
		}
		if last == "" || s.Order > out.Sites[last].Order {
			last = key
		}
	}
	return last
}

// placeholders returns the environment variables whose placeholder is in a
// text.
func placeholders(sites map[string]site, text string) []string {
	var out []string
	for key, s := range sites {
		if name, ok := strings.CutPrefix(s.Specifier, environmentPrefix); ok && s.Kind == "environment" && strings.Contains(text, "skein"+name) {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out
}

const environmentPrefix = "process.env."
