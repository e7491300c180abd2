package resolve

import (
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
)

// document is a snapshot file that is read when it is asked for: a history has
// hundreds, megabytes each in the end, and few of them matter.
type document struct {
	file, id string // its path in the folder, and the id of its content
	of       string // whose state it is from, for errors
	read     Read

	data             []byte // nil until it is read
	known            bool   // the two ids are
	own, parent      string
	decoded          *snapshot.Snapshot
	notRead, decline error
}

// content reads the file, once.
func (d *document) content() ([]byte, error) {
	if d.data == nil && d.notRead == nil {
		var found [][]byte
		if found, d.notRead = d.read(d.id); d.notRead == nil {
			d.data = found[0]
		}
	}
	return d.data, d.notRead
}

// ids returns the snapshot's own id and its parent's, read off the head of the
// file, "" where there is none to be found.
func (d *document) ids() (own, parent string) {
	if !d.known {
		d.known = true
		if data, err := d.content(); err == nil {
			d.own, d.parent = snapshot.IDs(data)
		}
		if d.decoded == nil {
			d.data = nil // many are asked for their ids, and few for more
		}
	}
	return d.own, d.parent
}

// snapshot decodes the file, once.
func (d *document) snapshot() (*snapshot.Snapshot, error) {
	if d.decoded == nil && d.decline == nil {
		data, err := d.content()
		if err == nil {
			d.decoded, err = snapshot.Decode(d.file, data)
		}
		if err != nil {
			d.decline = of(d.of, err)
		} else {
			d.data, d.known, d.own, d.parent = nil, true, d.decoded.ID, d.decoded.PrevID
		}
	}
	return d.decoded, d.decline
}

// schema is the schema of a document, an empty one of none.
func (d *document) schema() (*schema.Schema, error) {
	if d == nil {
		return &schema.Schema{}, nil
	}
	s, err := d.snapshot()
	if err != nil {
		return nil, err
	}
	return &s.Schema, nil
}

// of says whose file an error is about.
func of(name string, err error) error {
	return &diag.Error{
		Kind: diag.Usage, Message: "the migrations of " + name + " cannot be read", Detail: err.Error(), Err: err,
		Hint: "mend that commit's files first; skein check on it tells more",
	}
}
