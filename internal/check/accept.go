package check

import (
	"fmt"

	"github.com/skein-db/skein/internal/config"
	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/replay"
)

// The codes of findings whose differences can be accepted one by one.
const (
	driftSnapshot = config.DriftSnapshot
	driftSchema   = config.DriftSchema
)

// driftCode is the code of the finding that a difference is part of.
func driftCode(d replay.Difference) string {
	if d.SnapshotDiffers {
		return driftSnapshot
	}
	return driftSchema
}

// acceptance is what the team has written about a difference, or nil.
func (f *facts) acceptance(d replay.Difference) *config.Acceptance {
	for i := range f.in.Team.Check.Accept {
		if a := &f.in.Team.Check.Accept[i]; accepts(a, d) {
			return a
		}
	}
	return nil
}

// accepts goes by the name of an object as the table of differences shows it,
// and by what it is in the database where the team has bound it to that.
func accepts(a *config.Acceptance, d replay.Difference) bool {
	return a.Code == driftCode(d) && a.Object == d.Kind+" "+d.Object && (a.Database == "" || a.Database == d.Database)
}

// acceptedDrift has a finding for each accepted difference, which the rules
// about drift leave out.
func acceptedDrift(f *facts) []finding.Accepted {
	out := []finding.Accepted{}
	if f.in.Proof == nil {
		return out
	}
	for _, d := range f.in.Proof.Differences {
		a := f.acceptance(d)
		if a == nil {
			continue
		}
		rows := []replay.Difference{d}
		if !d.SnapshotDiffers {
			out = append(out, finding.Accepted{Finding: f.schemaDrift(rows), Reason: a.Reason})
			continue
		}
		for _, m := range f.history.Migrations {
			if m.Entry.Tag == d.Since {
				out = append(out, finding.Accepted{Finding: f.snapshotDrift(m, rows), Reason: a.Reason})
			}
		}
	}
	return out
}

// acceptancesUsed finds acceptances that match nothing: they would hide the
// next accident with an object of that name. It is silent where it was not
// looked whether there are differences.
func acceptancesUsed(f *facts) []finding.Finding {
	var out []finding.Finding
	for i := range f.in.Team.Check.Accept {
		a := &f.in.Team.Check.Accept[i]
		if !f.driftLookedFor(a.Code) || f.acceptsSome(a) {
			continue
		}
		out = append(out, finding.Finding{
			Code: "accept-unused", Severity: finding.Warning, File: f.in.Team.File, Line: a.Line,
			Message: fmt.Sprintf("the acceptance of %s for %s matches no difference", a.Code, a.Object),
			Hint:    "remove it from check.accept; if the difference is there, write object and database as they stand in skein check --format json: the kind, a space, the name",
		})
	}
	return out
}

func (f *facts) acceptsSome(a *config.Acceptance) bool {
	for _, d := range f.in.Proof.Differences {
		if accepts(a, d) {
			return true
		}
	}
	return false
}

// driftLookedFor says whether what a code stands for would have been found.
func (f *facts) driftLookedFor(code string) bool {
	p := f.in.Proof
	if p == nil || !p.Ran || p.Failure != nil {
		return false
	}
	if code == driftSchema {
		return p.SchemaFiles && len(schemaHeld(f)) == 0
	}
	return p.Snapshot
}
