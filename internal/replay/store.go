package replay

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/skein-db/skein/internal/filefacts"
	"github.com/skein-db/skein/internal/schema"
)

// store keeps what PostgreSQL said, each answer under a key made of all that it
// depends on, so that an entry never goes out of date. It is data and never
// code, and it is checked against damage; a store that cannot be used is as
// good as an empty one. Failures are not kept: what a person changes next may
// be the machine.
type store struct {
	dir string // "" for no store
}

const (
	storeFormat = "skein proof 1\n"
	// mostEntries bounds the folder; the oldest go first. A state of a large
	// schema takes half a megabyte.
	mostEntries = 48
)

func newStore(dir string) *store { return &store{dir: dir} }

func (s *store) file(key string) string { return filepath.Join(s.dir, key) }

func (s *store) has(key string) bool {
	if s.dir == "" {
		return false
	}
	_, err := os.Stat(s.file(key))
	return err == nil
}

// get fills in what is kept under the key.
func (s *store) get(key string, into any) bool {
	if s.dir == "" {
		return false
	}
	data, err := os.ReadFile(s.file(key))
	if err != nil {
		return false
	}
	rest, ok := bytes.CutPrefix(data, []byte(storeFormat))
	sum, body, cut := bytes.Cut(rest, []byte("\n"))
	if real := sha256.Sum256(body); !ok || !cut || string(sum) != hex.EncodeToString(real[:]) {
		return false
	}
	return json.Unmarshal(body, into) == nil
}

// put keeps a value. It is best effort: failing to write a cache is no failure.
func (s *store) put(key string, value any) {
	if s.dir == "" || os.MkdirAll(s.dir, 0o700) != nil {
		return
	}
	body := digestible(value)
	sum := sha256.Sum256(body)
	filefacts.Replace(s.file(key), append([]byte(storeFormat+hex.EncodeToString(sum[:])+"\n"), body...))
	s.thin()
}

// thin removes the oldest entries, and what killed writers left among them.
func (s *store) thin() {
	entries, err := os.ReadDir(s.dir)
	if err != nil || len(entries) <= mostEntries {
		return
	}
	age := func(e os.DirEntry) int64 {
		info, err := e.Info()
		if err != nil {
			return 0 // gone already
		}
		return info.ModTime().UnixNano()
	}
	slices.SortFunc(entries, func(a, b os.DirEntry) int { return int(age(a)/1e6 - age(b)/1e6) })
	for _, e := range entries[:len(entries)-mostEntries] {
		_ = os.Remove(s.file(e.Name())) // another process may have been faster
	}
}

// program changes with this executable: with how migrations are run, read and
// compared.
var program = sync.OnceValue(func() string {
	exe, err := os.Executable()
	if err != nil {
		return ""
	}
	info, err := os.Stat(exe)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%d %s", info.Size(), info.ModTime().UTC())
})

// keyOf makes a key; parts cannot run into each other.
func keyOf(kind string, parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		write(h, part)
	}
	return kind + "-" + hex.EncodeToString(h.Sum(nil)[:16])
}

func write(h hash.Hash, part string) {
	fmt.Fprintf(h, "%d:", len(part))
	_, _ = io.WriteString(h, part) // a hash never fails
}

// runKey is of what the database after the last migration depends on.
func (p *prover) runKey() string {
	if p.key == "" {
		reading := p.reading()
		parts := []string{program(), p.found.Digest, strings.Join(reading.Roles, "\n"), strings.Join(p.lentRoles(), "\n"), fmt.Sprint(reading.Linked)}
		for _, m := range p.history.Migrations {
			parts = append(parts, m.Entry.Tag, m.SQL)
		}
		p.key = keyOf("run", parts...)
	}
	return p.key
}

// builtKey is of what a wanted schema is built from: it may use functions of
// the history's.
func (p *prover) builtKey(want *schema.Schema) string {
	return keyOf("built", p.runKey(), string(digestible(want)))
}
