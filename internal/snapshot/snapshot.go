// Package snapshot reads and writes the two JSON files of drizzle's migrations
// folder: meta/_journal.json, the list of migrations, and
// meta/NNNN_snapshot.json, the whole schema after each of them.
//
// Other tools read and write the same files, and people review them, so what
// was read is written back byte for byte, and what is new is laid out as
// drizzle-kit 0.31 does. Everything is read into an ordered document first
// (node), which is checked against drizzle-kit's declared shapes before a
// Schema is made of it.
package snapshot

import (
	"slices"
	"sync"

	"github.com/skein-db/skein/internal/schema"
)

// OriginID is the prevId of the first snapshot of a history.
const OriginID = "00000000-0000-0000-0000-000000000000"

// CurrentVersion is the version that New writes.
const CurrentVersion = 7

// Snapshot is one snapshot file.
type Snapshot struct {
	ID, PrevID string
	Version    int // as found in the file: 5, 6 or 7
	// Schema is what the file says, upgraded to the current version and in the
	// order that Declared gives. Changing it does not change what Encode
	// writes; New makes a snapshot of a Schema.
	Schema schema.Schema

	raw []byte // the file as read; nil for a snapshot made here
	doc node   // the document, as read and upgraded to the current version
}

// Decode reads a snapshot of version 5, 6 or 7. The file's name is only used
// in errors, which are of type *diag.Error. data must not be changed afterwards.
func Decode(file string, data []byte) (*Snapshot, error) {
	version, err := new(fitter).snapshot(file, data)
	if err != nil {
		return nil, err
	}
	doc, err := parse(data)
	if err != nil {
		return nil, syntaxError(file, "snapshot", data, err)
	}
	if m := sameNames(&doc); m != nil {
		return nil, malformed(file, "snapshot", data, m)
	}
	doc = upgrade(doc, version)
	s := &Snapshot{
		ID: str(&doc, "id"), PrevID: str(&doc, "prevId"), Version: version,
		raw: data, doc: doc,
	}
	s.Schema = readSchema(&doc)
	inDeclaredOrder(&s.Schema)
	return s, nil
}

// Scan validates a snapshot as Decode does, but for two objects of one name,
// and reads no more than its head. It keeps nothing of data.
func Scan(file string, data []byte) (Head, error) {
	f := fitters.Get().(*fitter)
	defer fitters.Put(f)
	version, err := f.snapshot(file, data)
	if err != nil {
		return Head{}, err
	}
	h := f.head(data)
	f.data = nil
	return h.read(data, version), nil
}

var fitters = sync.Pool{New: func() any { return new(fitter) }}

// snapshot validates a snapshot and returns its version.
func (f *fitter) snapshot(file string, data []byte) (int, error) {
	h := f.head(data)
	version, err := h.version(file, data)
	if err != nil {
		return 0, err
	}
	return version, f.fitFile(file, "snapshot", data, shapeOf(version))
}

// Encode returns the file's bytes: those that were read, or for a snapshot
// made here those that drizzle-kit would write, whatever was done to the
// exported fields. An older version stays one; see Upgraded.
func (s *Snapshot) Encode() []byte {
	if s.raw != nil {
		return slices.Clone(s.raw)
	}
	return s.doc.stringify()
}

// Upgraded returns the snapshot in the current version, as `drizzle-kit up`
// writes it; a current one is returned as it is.
func (s *Snapshot) Upgraded() *Snapshot {
	if s.Version == CurrentVersion {
		return s
	}
	up := *s
	up.Version, up.raw = CurrentVersion, nil
	return &up
}

// New makes a snapshot of a Schema in the layout of drizzle-kit 0.31.
func New(id, prevID string, s *schema.Schema) *Snapshot {
	doc := object()
	doc.add("id", text(id))
	doc.add("prevId", text(prevID))
	buildBody(&doc, s)
	return &Snapshot{ID: id, PrevID: prevID, Version: CurrentVersion, doc: doc, Schema: *Declared(s)}
}

// WithIDs returns the snapshot that follows this one with no change to the
// schema, as `drizzle-kit generate --custom` writes it: the same content in
// the order in which drizzle-kit declares its keys, with new ids.
func (s *Snapshot) WithIDs(id, prevID string) *Snapshot {
	doc := object()
	doc.add("id", text(id))
	doc.add("prevId", text(prevID))
	body := snapshotShape.ordered(s.doc)
	for _, kid := range body.kids {
		switch key := kid.key(); key {
		case "id", "prevId":
		case "_meta":
			doc.add(key, emptyMeta())
		default:
			doc.add(key, kid)
		}
	}
	return &Snapshot{ID: id, PrevID: prevID, Version: CurrentVersion, doc: doc, Schema: *s.Schema.Clone()}
}

// DecodeSchemaJSON reads a snapshot that has no ids yet, as the evaluator of
// schema files emits it. Options of views keep the order in which they were
// written, which a new snapshot file has too; see Declared.
func DecodeSchemaJSON(file string, data []byte) (*schema.Schema, error) {
	if err := new(fitter).fitFile(file, "schema", data, bodyShape); err != nil {
		return nil, err
	}
	doc, err := parse(data)
	if err != nil {
		return nil, syntaxError(file, "schema", data, err)
	}
	if m := sameNames(&doc); m != nil {
		return nil, malformed(file, "schema", data, m)
	}
	s := readSchema(&doc)
	return &s, nil
}

// bodyShape is what DecodeSchemaJSON takes: _meta may be left out.
var bodyShape = func() *shape {
	fields := bodyFields()
	for i := range fields {
		if fields[i].name == "_meta" {
			fields[i].optional = true
		}
	}
	return loose(fields...)
}()
