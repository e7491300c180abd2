package check

import "slices"

// What --fix may change is decided here, for the rules that say "fixable" and
// for Fix alike.

// restampable reports whether the when of the i-th entry may be changed: no
// database can have run a migration that is not on the base. Where the base is
// not known, only what a merge leaves behind is mended: wrong entries at the
// end of the journal, with none in order after them.
func (f *facts) restampable(i int) bool {
	wrong := f.wrongWhens()
	if !wrong[i] {
		return false
	}
	landed := f.knownLanded()
	for later := i; later < len(f.history.Migrations); later++ {
		if landed == nil && !wrong[later] || landed[f.history.Migrations[later].Entry.Tag] {
			return false
		}
	}
	return true
}

// knownLanded returns the tags of the migrations on the base, nil where the
// base is not known.
func (f *facts) knownLanded() map[string]bool {
	if f.in.Landed == nil && f.compared() {
		return f.landed
	}
	return f.in.Landed
}

// wrongWhens are the entries that a rule about when complains of.
func (f *facts) wrongWhens() map[int]bool {
	wrong := map[int]bool{}
	for i, newest := range f.inverted() {
		// A pair that the team has looked at stays as it is.
		wrong[i] = !f.excepted(f.history.Migrations[i].Entry.Tag, newest.Tag)
	}
	limit := f.now.Add(clockSkew).UnixMilli()
	for i, m := range f.history.Migrations {
		if absurd(m.Entry.When) || m.Entry.When > limit {
			wrong[i] = true
		}
	}
	return wrong
}

// snapshotMendable reports whether the i-th entry's missing snapshot can only
// be the one before it with new ids: it is the last, the snapshots up to it are
// whole, and its SQL changes no schema, or the schema files say that it did not.
func (f *facts) snapshotMendable(i int) bool {
	h := f.history
	m := h.Migrations[i]
	if i != len(h.Migrations)-1 || m.HasSnapshot || !m.HasSQL || h.JournalError != nil || h.Interrupted != "" {
		return false
	}
	if len(h.OrphanSnapshots) > 0 || tagPrefix(m.Entry.Tag) == "" || len(f.chain()) < len(f.snapshots) {
		return false
	}
	before := slices.ContainsFunc(f.snapshots, func(s snapshotFile) bool { return s.path >= m.SnapshotFile })
	if before || i > 0 && !h.Migrations[i-1].HasSnapshot {
		return false
	}
	return dataOnly(m.SQL) || f.in.Desired != nil && len(schemaHeld(f)) == 0
}
