// Package filefacts remembers what was found out about the files of a folder,
// by their content, from one run to the next.
//
// A history grows at its end: hundreds of files that were looked at a hundred
// times are as they were. Whether a file is as it was is asked of the file
// system, as git does for its index: same size, times and inode. A file that
// changed within the moment in which it was read could change again and show
// nothing of it, so one that was young then is read once more. Facts belong to
// a content, not to a path, so that files that come and go with branches find
// theirs again.
//
// All is kept in one file for each folder. It is checked against damage, and
// one that is damaged, of another program or cannot be read or written is as
// good as none: nothing here returns an error for it.
package filefacts

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Sum stands for a content: its SHA-256 in hexadecimal.
type Sum string

// SumOf returns the sum of a content.
func SumOf(data []byte) Sum {
	sum := sha256.Sum256(data)
	return Sum(hex.EncodeToString(sum[:]))
}

// Store holds the facts of one folder. A nil Store remembers nothing. It may
// be used by several goroutines.
type Store struct {
	file, folder string

	mu      sync.Mutex
	files   map[string]record // by path relative to the folder
	facts   map[string]json.RawMessage
	asked   map[string]bool // files of this run
	used    map[string]bool // facts of this run
	changed bool
}

// record is a file as it was when it was read last.
type record struct {
	Stat   stat  `json:"stat"`
	Looked int64 `json:"looked"` // when, in nanoseconds since 1970
	Sum    Sum   `json:"sum"`
}

// stat is what changes when a file does. Zeros stand for what the system does
// not tell.
type stat struct {
	Size     int64  `json:"size"`
	Modified int64  `json:"mtime"` // nanoseconds since 1970
	Changed  int64  `json:"ctime"` // the same
	Inode    uint64 `json:"inode"`
}

// young is the age up to which a file's times may hide a change: file systems
// keep times in steps of up to two seconds.
const young = int64(2 * time.Second)

// holds reports whether a file with this stat surely has the recorded content.
func (r record) holds(now stat) bool {
	return r.Stat == now && max(now.Modified, now.Changed) < r.Looked-young
}

// content is what is kept on disk, after a line with the format and one with
// the hash of the rest.
type content struct {
	Program string                     `json:"program"`
	Files   map[string]record          `json:"files"`
	Facts   map[string]json.RawMessage `json:"facts"`
}

const format = "skein file facts 1\n"

// Open reads what is known of a folder from the cache folder. "" for that is
// the same as a nil Store.
func Open(cacheDir, folder string) *Store {
	if cacheDir == "" {
		return nil
	}
	abs, err := filepath.Abs(folder)
	if err != nil {
		return nil
	}
	s := &Store{
		file: filepath.Join(cacheDir, "facts-"+string(SumOf([]byte(abs)))[:32]), folder: abs,
		files: map[string]record{}, facts: map[string]json.RawMessage{},
		asked: map[string]bool{}, used: map[string]bool{},
	}
	data, err := os.ReadFile(s.file)
	if err != nil {
		return s
	}
	if c, ok := decode(data); ok {
		s.files = c.Files
		if c.Program == program() {
			s.facts = c.Facts
		}
	}
	return s
}

func (c *content) encode() []byte {
	rest, err := json.Marshal(c)
	if err != nil {
		panic(err) // facts are JSON that was made here or read
	}
	return append([]byte(format+string(SumOf(rest))+"\n"), rest...)
}

func decode(data []byte) (*content, bool) {
	sum, rest, _ := strings.Cut(strings.TrimPrefix(string(data), format), "\n")
	if !bytes.HasPrefix(data, []byte(format)) || Sum(sum) != SumOf([]byte(rest)) {
		return nil, false
	}
	c := &content{}
	if json.Unmarshal([]byte(rest), c) != nil || c.Files == nil || c.Facts == nil {
		return nil, false
	}
	return c, true
}

// program changes with this program, whose code makes the facts. Its size and
// time are enough: a false alarm costs one look at each file.
func program() string {
	exe, err := os.Executable()
	if err != nil {
		return ""
	}
	info, err := os.Stat(exe)
	if err != nil {
		return ""
	}
	return strconv.FormatInt(info.Size(), 10) + " " + strconv.FormatInt(info.ModTime().UnixNano(), 10)
}

// Sum returns the sum of a file that surely did not change since it was read
// last, without reading it.
func (s *Store) Sum(path string) (Sum, bool) {
	if s == nil {
		return "", false
	}
	name, ok := s.name(path)
	if !ok {
		return "", false
	}
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return "", false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[name] = true
	r, known := s.files[name]
	return r.Sum, known && r.holds(statOf(info))
}

// Read reads a file into room, which it empties first, and returns the sum of
// what it read; "" from a nil Store.
func (s *Store) Read(path string, room *bytes.Buffer) (Sum, error) {
	room.Reset()
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	looked := time.Now().UnixNano()
	if _, err := room.ReadFrom(f); err != nil || s == nil {
		return "", err
	}
	sum := SumOf(room.Bytes())
	// What is recorded is the file that was opened, as it is after reading. If
	// it changed meanwhile, it is younger than looked.
	info, err := f.Stat()
	name, inside := s.name(path)
	if err != nil || !inside || !info.Mode().IsRegular() {
		return sum, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[name] = record{Stat: statOf(info), Looked: looked, Sum: sum}
	s.asked[name], s.changed = true, true
	return sum, nil
}

// name is a path relative to the folder; ok where it lies within.
func (s *Store) name(path string) (name string, ok bool) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", false
	}
	name, err = filepath.Rel(s.folder, abs)
	return filepath.ToSlash(name), err == nil && filepath.IsLocal(name)
}

// Fact returns a fact about contents as JSON. The kind says which, and has to
// change when the rule does that finds it.
func (s *Store) Fact(kind string, of ...Sum) (json.RawMessage, bool) {
	if s == nil {
		return nil, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	fact, known := s.facts[key(kind, of)]
	if known {
		s.used[key(kind, of)] = true
	}
	return fact, known
}

// Keep remembers a fact about contents, a value that JSON can hold.
func (s *Store) Keep(kind string, fact any, of ...Sum) {
	if s == nil {
		return
	}
	text, err := json.Marshal(fact)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.facts[key(kind, of)] = text
	s.used[key(kind, of)], s.changed = true, true
}

func key(kind string, of []Sum) string {
	parts := []string{kind}
	for _, sum := range of {
		parts = append(parts, string(sum))
	}
	return strings.Join(parts, " ")
}

// Save writes what is known now, if it is more than before. What is known of
// files that are gone, and was not asked for in this run, is forgotten.
func (s *Store) Save() {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.changed {
		return
	}
	c := content{Program: program(), Files: map[string]record{}, Facts: map[string]json.RawMessage{}}
	there := map[string]bool{}
	for name, r := range s.files {
		if !s.asked[name] {
			if _, err := os.Lstat(filepath.Join(s.folder, filepath.FromSlash(name))); err != nil {
				continue
			}
		}
		c.Files[name] = r
		there[string(r.Sum)] = true
	}
	for key, fact := range s.facts {
		keep := true
		for _, sum := range strings.Split(key, " ")[1:] {
			keep = keep && there[sum]
		}
		if keep || s.used[key] {
			c.Facts[key] = fact
		}
	}
	if os.MkdirAll(filepath.Dir(s.file), 0o700) == nil {
		Replace(s.file, c.encode())
	}
	s.changed = false
}

// Replace puts a file of a cache in place as a whole, or leaves what was there.
// It need not outlive a power failure: a torn file does not match its hash.
func Replace(path string, data []byte) {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
}
