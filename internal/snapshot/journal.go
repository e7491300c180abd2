package snapshot

import (
	"bytes"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/skein-db/skein/internal/diag"
)

// Journal is meta/_journal.json: the migrations in the order in which they run.
type Journal struct {
	Version, Dialect string
	Entries          []Entry

	raw  []byte // the file as read; nil for a journal made here
	doc  node
	read []Entry // as read, to tell whether anything changed
	from []node  // the nodes of read
}

// journalVersions are those that are read, with the dialect they go with.
var journalVersions = map[string]string{"5": "pg", "6": "postgresql", "7": "postgresql"}

// Entry is one migration of the journal.
type Entry struct {
	Idx         int
	Version     string
	When        int64 // milliseconds since 1970, UTC
	Tag         string
	Breakpoints bool
	// Was are the hashes, separated by spaces, of the SQL that the migration had
	// before skein resolve rewrote it: a developer's database may have run that.
	// The file has them as a list under wasKey, which drizzle-kit carries along.
	Was string
}

const wasKey = "skeinWas"

// Line returns the 1-based line of the named key of the i-th entry in the file
// that was read, or of the entry where it has no such key; 0 where the entry
// was not in the file.
func (j *Journal) Line(i int, key string) int {
	if i < 0 || i >= len(j.from) {
		return 0
	}
	at := j.from[i].off
	if kid := j.from[i].get(key); kid != nil {
		at = kid.at
	}
	line, _ := diag.LineColumn(j.raw, int(at))
	return line
}

// NewJournal returns the journal of an empty history.
func NewJournal() *Journal {
	doc := object()
	doc.add("version", text("7"))
	doc.add("dialect", text("postgresql"))
	doc.add("entries", array())
	return &Journal{Version: "7", Dialect: "postgresql", doc: doc}
}

var journalShape = loose(
	need("version", aString),
	need("dialect", aString),
	need("entries", arrayOf(loose(
		need("idx", aNumber),
		may("version", aString),
		need("when", aNumber),
		need("tag", aString),
		may("breakpoints", aBoolean),
	))),
)

// DecodeJournal reads a journal of version 5, 6 or 7. The file's name is only
// used in errors, which are of type *diag.Error. data must not be changed
// afterwards.
func DecodeJournal(file string, data []byte) (*Journal, error) {
	if err := new(fitter).fitFile(file, "journal", data, journalShape); err != nil {
		return nil, err
	}
	doc, err := parse(data)
	if err != nil {
		return nil, syntaxError(file, "journal", data, err)
	}
	if err := journalVersion(file, data, &doc); err != nil {
		return nil, err
	}
	j := &Journal{Version: str(&doc, "version"), Dialect: str(&doc, "dialect"), raw: data, doc: doc}
	j.from = doc.get("entries").kids
	for i := range j.from {
		e := &j.from[i]
		idx, err := integer(e.get("idx"))
		if err != nil {
			return nil, because(ErrMalformed, at(file, data, int(e.get("idx").off), "idx %s is not a whole number", e.get("idx").text))
		}
		when, err := integer(e.get("when"))
		if err != nil {
			return nil, because(ErrMalformed, at(file, data, int(e.get("when").off), "when %s is not a whole number of milliseconds", e.get("when").text))
		}
		j.Entries = append(j.Entries, Entry{
			Idx: int(idx), Version: str(e, "version"), When: when, Tag: str(e, "tag"), Breakpoints: is(e, "breakpoints"), Was: hashes(e.get(wasKey)),
		})
	}
	j.read = slices.Clone(j.Entries)
	return j, nil
}

// hashes reads the list under wasKey; whatever else is there says nothing.
func hashes(n *node) string {
	if n == nil {
		return ""
	}
	var out []string
	for i := range n.kids {
		if n.kind == '[' && n.kids[i].kind == '"' {
			out = append(out, n.kids[i].str())
		}
	}
	return strings.Join(out, " ")
}

// journalVersion checks the version and dialect. After `drizzle-kit up` a
// journal keeps its old version while the snapshots are of the current one.
func journalVersion(file string, data []byte, doc *node) error {
	v := doc.get("version")
	want, known := journalVersions[v.str()]
	if !known {
		return because(ErrVersion, at(file, data, int(v.off), "journal version %s is not known here: 5, 6 and 7 are", v.text))
	}
	if d := doc.get("dialect"); d.str() != want && d.str() != "postgresql" {
		return because(ErrDialect, at(file, data, int(d.off), "the journal's dialect is %s, not %q", d.text, "postgresql"))
	}
	return nil
}

func integer(n *node) (int64, error) { return strconv.ParseInt(canonicalNumber(n.text), 10, 64) }

// Append adds an entry at the end.
func (j *Journal) Append(e Entry) { j.Entries = append(j.Entries, e) }

// Encode returns the file's bytes: those that were read where nothing changed,
// else what drizzle-kit would write.
func (j *Journal) Encode() []byte {
	same := slices.Equal(j.Entries, j.read) && j.Version == str(&j.doc, "version") && j.Dialect == str(&j.doc, "dialect")
	if j.raw != nil && same {
		return slices.Clone(j.raw)
	}
	doc := node{kind: '{', kids: slices.Clone(j.doc.kids)}
	doc.set("version", text(j.Version))
	doc.set("dialect", text(j.Dialect))
	entries := array()
	for _, e := range j.Entries {
		entries.kids = append(entries.kids, j.entryNode(e))
	}
	doc.set("entries", entries)
	return doc.stringify()
}

// Canonical returns the file's bytes in drizzle-kit's layout, also where
// nothing changed.
func (j *Journal) Canonical() []byte {
	copied := *j
	copied.raw = nil
	return copied.Encode()
}

// Folded reports whether the file that was read has several values on one
// line, so that two branches that each add an entry change the same line. How
// lines are indented and end is left to the formatters of projects.
func (j *Journal) Folded() bool {
	if j.raw == nil || len(j.read) == 0 {
		return false // drizzle-kit itself writes an empty journal on one line
	}
	return !sameLines(j.raw, j.doc.stringify())
}

// sameLines compares texts but for white space around lines.
func sameLines(a, b []byte) bool {
	next, stop := iter.Pull(bytes.Lines(bytes.TrimSpace(b)))
	defer stop()
	for line := range bytes.Lines(bytes.TrimSpace(a)) {
		other, ok := next()
		if !ok || !bytes.Equal(bytes.TrimSpace(line), bytes.TrimSpace(other)) {
			return false
		}
	}
	_, more := next()
	return !more
}

// entryNode keeps the keys of an entry that was read, also those unknown here.
func (j *Journal) entryNode(e Entry) node {
	n := object()
	for i, old := range j.read {
		if old == e {
			return j.from[i]
		}
		if old.Tag == e.Tag {
			n.kids = slices.Clone(j.from[i].kids)
		}
	}
	n.set("idx", number(int64(e.Idx)))
	if e.Version != "" {
		n.set("version", text(e.Version))
	}
	n.set("when", number(e.When))
	n.set("tag", text(e.Tag))
	n.set("breakpoints", boolean(e.Breakpoints))
	if e.Was != "" {
		n.set(wasKey, texts(strings.Fields(e.Was)))
	}
	return n
}

func number(i int64) node { return node{kind: '0', text: strconv.FormatInt(i, 10)} }
