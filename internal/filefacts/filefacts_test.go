package filefacts

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// place is a folder with one file, and a cache folder.
type place struct {
	t                   *testing.T
	cache, folder, file string
}

func newPlace(t *testing.T) place {
	p := place{t: t, cache: filepath.Join(t.TempDir(), "cache"), folder: t.TempDir()}
	p.file = filepath.Join(p.folder, "a.json")
	p.write("one")
	return p
}

func (p place) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p place) write(text string) { p.t.Helper(); p.must(os.WriteFile(p.file, []byte(text), 0o666)) }

func (p place) open() *Store { return Open(p.cache, p.folder) }

// remember reads the file, keeps a fact about it and saves. The file then
// counts as one that was old when it was read.
func (p place) remember() Sum {
	p.t.Helper()
	s := p.open()
	var room bytes.Buffer
	sum, err := s.Read(p.file, &room)
	p.must(err)
	s.Keep("length", room.Len(), sum)
	r := s.files["a.json"]
	r.Looked += int64(time.Minute)
	s.files["a.json"] = r
	s.Save()
	return sum
}

// known reports whether the file and the fact about it are known.
func (p place) known() (file, fact bool) {
	s := p.open()
	sum, file := s.Sum(p.file)
	if !file {
		sum = SumOf([]byte("one"))
	}
	text, fact := s.Fact("length", sum)
	return file, fact && string(text) == "3"
}

func TestWhatIsRemembered(t *testing.T) {
	for _, c := range []struct {
		name       string
		between    func(p place)
		file, fact bool
	}{
		{"nothing happened", func(place) {}, true, true},
		{"the file was written, with the same size", func(p place) { p.write("two") }, false, true},
		{"and its time set back", func(p place) {
			info, err := os.Stat(p.file)
			p.must(err)
			p.write("two")
			p.must(os.Chtimes(p.file, info.ModTime(), info.ModTime()))
		}, false, true},
		{"another file took its place", func(p place) {
			p.must(os.WriteFile(p.file+".new", []byte("two"), 0o666))
			p.must(os.Rename(p.file+".new", p.file))
		}, false, true},
		{"the file was young when it was read", func(p place) {
			s := p.open()
			r := s.files["a.json"]
			r.Looked -= int64(time.Minute)
			s.files["a.json"], s.changed = r, true
			s.Save()
		}, false, true},
		{"the file is gone", func(p place) {
			p.must(os.Remove(p.file))
			s := p.open()
			s.changed = true
			s.Save()
		}, false, false},
		{"the store is damaged", func(p place) { p.spoil(func(text string) string { return strings.Replace(text, "3", "4", 1) }) }, false, false},
		{"the store is cut off", func(p place) { p.spoil(func(text string) string { return text[:len(text)/2] }) }, false, false},
		{"the store is empty", func(p place) { p.spoil(func(string) string { return "" }) }, false, false},
		{"the store is of another format", func(p place) {
			p.spoil(func(text string) string { return strings.Replace(text, "facts 1", "facts 9", 1) })
		}, false, false},
		{"the store is another program's", func(p place) {
			p.spoil(func(text string) string {
				c, ok := decode([]byte(text))
				if !ok {
					p.t.Fatal("not a store")
				}
				c.Program = "another"
				return string(c.encode())
			})
		}, true, false},
		{"the store is a folder", func(p place) {
			p.must(os.RemoveAll(p.cache))
			p.must(os.MkdirAll(p.open().file, 0o777))
			p.remember()
		}, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPlace(t)
			p.remember()
			c.between(p)
			if file, fact := p.known(); file != c.file || fact != c.fact {
				t.Errorf("file known: %v, fact known: %v", file, fact)
			}
			_ = os.Remove(p.open().file)
			p.write("one")
			p.remember()
			if file, fact := p.known(); c.name != "the store is a folder" && (!file || !fact) {
				t.Error("the store did not recover")
			}
		})
	}
}

// spoil changes the bytes of the store.
func (p place) spoil(change func(string) string) {
	p.t.Helper()
	file := p.open().file
	text, err := os.ReadFile(file)
	p.must(err)
	p.must(os.WriteFile(file, []byte(change(string(text))), 0o666))
}

// TestSaveOnlyWhatIsNew holds that a run that learns nothing writes nothing.
func TestSaveOnlyWhatIsNew(t *testing.T) {
	p := newPlace(t)
	p.remember()
	before, err := os.Stat(p.open().file)
	p.must(err)
	s := p.open()
	s.Sum(p.file)
	s.Fact("length", SumOf([]byte("one")))
	s.Save()
	after, err := os.Stat(s.file)
	p.must(err)
	if !os.SameFile(before, after) {
		t.Error("it was written again")
	}
	entries, err := os.ReadDir(p.cache)
	p.must(err)
	if len(entries) != 1 {
		t.Error("left behind:", entries)
	}
}

func TestNoStore(t *testing.T) {
	p := newPlace(t)
	s := Open("", p.folder)
	var room bytes.Buffer
	if sum, err := s.Read(p.file, &room); err != nil || sum != "" || room.String() != "one" {
		t.Error(sum, err)
	}
	s.Keep("length", 3, "")
	if _, ok := s.Fact("length", ""); ok {
		t.Error("a nil Store remembers")
	}
	if _, ok := s.Sum(p.file); ok {
		t.Error("a nil Store knows a file")
	}
	s.Save()
}
