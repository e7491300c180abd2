package replay

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
)

// facts are the introductions found earlier in this folder. What was found
// between two numbers of migrations depends on nothing after them, so it goes
// on to hold while the history grows.
type facts struct {
	*prover
	name string
	list []fact
	runs []string // by number of migrations, what the SQL up to there comes to
}

// fact is that a difference is not there after Lo migrations and is after Hi.
type fact struct {
	Key    key
	Lo, Hi int
	Proof  string // of what that was seen from
}

func (p *prover) knownFacts() *facts {
	f := &facts{prover: p, name: keyOf("since", program(), p.found.Digest, p.history.Dir), runs: []string{""}}
	p.store.get(f.name, &f.list)
	for _, m := range p.history.Migrations {
		f.runs = append(f.runs, keyOf("", f.runs[len(f.runs)-1], m.Entry.Tag, m.SQL))
	}
	return f
}

// holds returns the introduction of a difference, if one is known whose files
// are still what they were.
func (f *facts) holds(k key) (introduction, bool) {
	for _, known := range f.list {
		if known.Key != k || known.Hi >= len(f.runs) || known.Proof != f.proof(known.Lo, known.Hi) {
			continue
		}
		i := introduction{tag: f.history.Migrations[known.Hi-1].Entry.Tag, lo: known.Lo, hi: known.Hi}
		if known.Hi-known.Lo > 1 {
			i.from = f.history.Migrations[known.Lo].Entry.Tag
		}
		return i, true
	}
	return introduction{}, false
}

// keep stores what is known now in place of what was.
func (f *facts) keep(found map[key]introduction) {
	f.list = nil
	for k, i := range found {
		f.list = append(f.list, fact{Key: k, Lo: i.lo, Hi: i.hi, Proof: f.proof(i.lo, i.hi)})
	}
	f.store.put(f.name, f.list)
}

// proof is of the SQL and the snapshots that were compared. After the last
// migration that is the last snapshot, whichever file it is in.
func (f *facts) proof(lo, hi int) string {
	before, after := "", ""
	if lo > 0 {
		before = sumOf(f.history.Migrations[lo-1].SnapshotFile)
	}
	if after = sumOf(f.history.Migrations[hi-1].SnapshotFile); hi == len(f.history.Migrations) {
		after = sumOf(f.history.LastSnapshotFile())
	}
	return keyOf("", f.runs[hi], before, after)
}

func sumOf(file string) string {
	data, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
