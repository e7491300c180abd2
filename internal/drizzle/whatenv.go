package drizzle

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// readsEnvironment reports whether the base read an environment variable for
// something that may be used.
func (e *evaluation) readsEnvironment() bool {
	var idle map[string]bool
	for _, s := range e.base.Sites {
		if s.Kind != "environment" {
			continue
		}
		if idle == nil {
			idle, _ = idleVariables(e.script.code)
		}
		if !idle[strings.TrimPrefix(s.Specifier, environmentPrefix)] {
			return true
		}
	}
	return false
}

// environmentNotes warns of environment variables that would make another
// snapshot if they had a value that the schema compares them with. Without a
// value of their own they are unset here, the same for everyone.
func (e *evaluation) environmentNotes(ctx context.Context) ([]string, error) {
	if e.places == nil || !e.readsEnvironment() {
		return nil, nil
	}
	compared, err := e.comparedValues(ctx)
	if err != nil {
		return nil, err
	}
	t := trial{evaluation: e, ctx: ctx}
	var notes []string
	// The first values of all variables at once, then the second ones, and so
	// on; one by one only where that makes a difference.
	for i := 0; ; i++ {
		round := map[string]string{}
		for name, values := range compared {
			if i < len(values) {
				round[name] = values[i]
			}
		}
		if len(round) == 0 || t.err != nil {
			slices.Sort(notes)
			return notes, t.err
		}
		if !t.valuesDiffer(round, true) {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(round)) {
			if t.valuesDiffer(map[string]string{name: round[name]}, false) {
				notes = append(notes, fmt.Sprintf("the snapshot would be another one if process.env.%s were %q; schema files are read without an environment",
					name, round[name]))
			}
		}
	}
}

// valuesDiffer reports whether the snapshot is another one with some variables
// set. failed is the answer where that cannot be evaluated.
func (t *trial) valuesDiffer(set map[string]string, failed bool) bool {
	plan := map[string]int{}
	t.values = map[string][]string{}
	for name, value := range set {
		plan[environmentSite(name)] = 2 // after unset and made up
		t.values[name] = []string{value}
	}
	out := t.run(plan)
	if out == nil {
		return failed
	}
	return out.text != t.base.text
}

// comparedValues makes up values for the variables and returns the texts that
// the program compares them with: for all at once, or, where it gives up then,
// for one after the other.
func (e *evaluation) comparedValues(ctx context.Context) (map[string][]string, error) {
	const most = 12 // variables that are tried alone
	all := map[string]int{}
	var sites []string
	for key, s := range e.base.Sites {
		if s.Kind == "environment" {
			all[key] = 1
			sites = append(sites, key)
		}
	}
	slices.Sort(sites)
	plans := []map[string]int{all}
	for _, key := range sites[:min(most, len(sites))] {
		plans = append(plans, map[string]int{key: 1})
	}
	compared := maps.Clone(e.base.Compared)
	if compared == nil {
		compared = map[string][]string{}
	}
	for _, plan := range plans {
		out, err := e.attempt(ctx, plan, nil)
		if err != nil {
			return nil, err
		}
		if out == nil {
			continue
		}
		for name, values := range out.Compared {
			for _, value := range values {
				if !slices.Contains(compared[name], value) {
					compared[name] = append(compared[name], value)
				}
			}
		}
		if out.State == "done" {
			break // it went all the way
		}
	}
	return compared, nil
}

func environmentSite(name string) string { return "environment " + environmentPrefix + name + " " }
