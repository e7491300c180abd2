package drizzle

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/skein-db/skein/internal/drizzle/js"
	"github.com/skein-db/skein/internal/filefacts"
)

// store keeps the result of one load: of one folder, one list of patterns and
// one casing. An entry holds every question that was asked of the disk and its
// answer, and serves only if all of them have the same answer again. It is data
// and never code, and it is checked against damage; a store that cannot be used
// is as good as an empty one.
type store struct {
	file    string // "" for no cache
	program string
}

// entry is what a file of the store holds, in front of the body.
type entry struct {
	Program string             `json:"program"`
	Result  *result            `json:"result"`
	Files   map[string]string  `json:"files"` // hash of the content, "" where it cannot be read
	Dirs    map[string]dirNote `json:"dirs"`
}

// dirNote is what was asked about the names in a folder.
type dirNote struct {
	Asked map[string]string `json:"asked"`
	// Listing is the hash of all names, "" where only some were asked for.
	Listing string `json:"listing,omitempty"`
}

const storeFormat = "skein schema 1\n"

func newStore(o LoadOptions) *store {
	if o.CacheDir == "" {
		return &store{}
	}
	key := sha256.New()
	for _, part := range append([]string{o.Dir, o.Casing}, o.Files...) {
		key.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	return &store{
		file:    filepath.Join(o.CacheDir, "schema-"+hex.EncodeToString(key.Sum(nil)[:16])),
		program: programID(),
	}
}

// programID changes with everything but files that the outcome of a load
// depends on: this program, and the time zone, which dates in a schema are
// printed by.
func programID() string {
	h := sha256.New()
	for _, part := range []string{js.Digest(), unknownJS, decideJS, globalsJS, textJS, runJS, firstJS, runtime.GOOS} {
		h.Write([]byte(part))
	}
	// The executable itself covers the Go code and the libraries; its size and
	// time are enough, since a false alarm costs one evaluation.
	if exe, err := os.Executable(); err == nil {
		if info, err := os.Stat(exe); err == nil {
			h.Write([]byte(strconv.FormatInt(info.Size(), 10) + " " + info.ModTime().UTC().String()))
		}
	}
	for year := 1970; year < 2040; year++ {
		for _, month := range []time.Month{time.January, time.April, time.July, time.October} {
			_, offset := time.Date(year, month, 1, 0, 0, 0, 0, time.Local).Zone()
			h.Write([]byte(strconv.Itoa(offset)))
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// get returns the stored result if it still holds.
func (s *store) get() (*result, bool) {
	if s.file == "" {
		return nil, false
	}
	data, err := os.ReadFile(s.file)
	if err != nil {
		return nil, false
	}
	e, ok := decodeEntry(data)
	if !ok || e.Program != s.program || !e.holds() {
		return nil, false
	}
	return e.Result, true
}

// put stores a result. It is best effort: failing to write a cache is no
// failure.
func (s *store) put(r *result, d *disk) {
	if s.file == "" {
		return
	}
	e := entry{Program: s.program, Result: r, Files: map[string]string{}, Dirs: map[string]dirNote{}}
	for path, f := range d.files {
		e.Files[path] = f.hash()
	}
	for path, l := range d.dirs {
		note := dirNote{Asked: l.asked}
		if l.listed {
			note.Listing = l.hash()
		}
		e.Dirs[path] = note
	}
	if err := os.MkdirAll(filepath.Dir(s.file), 0o700); err != nil {
		return
	}
	filefacts.Replace(s.file, e.encode())
}

// encode writes the format line, the hash of the rest, a line of JSON, and the
// body.
func (e *entry) encode() []byte {
	head, err := json.Marshal(e)
	if err != nil {
		panic(err) // strings and maps of strings
	}
	rest := append(append(head, '\n'), e.Result.Body...)
	sum := sha256.Sum256(rest)
	return append([]byte(storeFormat+hex.EncodeToString(sum[:])+"\n"), rest...)
}

func decodeEntry(data []byte) (*entry, bool) {
	rest, ok := bytes.CutPrefix(data, []byte(storeFormat))
	if !ok {
		return nil, false
	}
	sum, rest, ok := bytes.Cut(rest, []byte("\n"))
	if !ok {
		return nil, false
	}
	if real := sha256.Sum256(rest); string(sum) != hex.EncodeToString(real[:]) {
		return nil, false
	}
	head, body, ok := bytes.Cut(rest, []byte("\n"))
	if !ok {
		return nil, false
	}
	var e entry
	if json.Unmarshal(head, &e) != nil || e.Result == nil {
		return nil, false
	}
	e.Result.Body = body
	return &e, true
}

// holds asks every question again.
func (e *entry) holds() bool {
	d := newDisk()
	for path, note := range e.Dirs {
		for name, answer := range note.Asked {
			if d.answer(filepath.Join(path, name)) != answer {
				return false
			}
		}
		if note.Listing != "" && d.dir(path).hash() != note.Listing {
			return false
		}
	}
	return e.filesHold()
}

// filesHold reads the files again, on as many processors as there are.
func (e *entry) filesHold() bool {
	paths := make(chan string, len(e.Files))
	for path := range e.Files {
		paths <- path
	}
	close(paths)
	var wg sync.WaitGroup
	results := make([]bool, max(1, runtime.GOMAXPROCS(0)))
	for i := range results {
		wg.Go(func() {
			for path := range paths {
				if hashFile(path) != e.Files[path] {
					return
				}
			}
			results[i] = true
		})
	}
	wg.Wait()
	for _, ok := range results {
		if !ok {
			return false
		}
	}
	return true
}

// hashFile returns what (*fileAnswer).hash would.
func hashFile(path string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
			return ""
		}
		return "unreadable"
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func (f *fileAnswer) hash() string {
	if f.err != nil {
		return ""
	}
	return hex.EncodeToString(f.sum[:])
}

// hash is that of all names in a folder.
func (l *dirAnswer) hash() string {
	h := sha256.New()
	for _, name := range sortedNames(l.entries) {
		h.Write([]byte(name + "\x00"))
	}
	return hex.EncodeToString(h.Sum(nil))
}

func sortedNames(entries map[string]fs.DirEntry) []string {
	names := make([]string, 0, len(entries))
	for name := range entries {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
