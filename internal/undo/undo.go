// Package undo keeps what a command is about to change in a work tree and in
// git's index, so that it can be put back exactly: after the command failed,
// was killed, or was not what somebody wanted.
//
// The copies lie in git's own folder, where nothing commits or cleans them. The
// record that names them is written last and removed first, so there is either
// none or a whole one. It belongs to what git was in the middle of when it was
// made: once that has moved on there is nothing to put back.
package undo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/gofrs/flock"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/gitrepo"
)

// Store is the place of one record. It is locked until Close.
type Store struct {
	repo    *gitrepo.Repo
	dir     string
	command string
	lock    *flock.Flock
	record  *record // nil for none
}

// record is the content of record.json.
type record struct {
	Version   int              `json:"version"`
	Operation string           `json:"operation"`
	Done      bool             `json:"done"` // the command came to its end
	Files     []file           `json:"files"`
	Index     []gitrepo.Staged `json:"index"`
	Notes     json.RawMessage  `json:"notes,omitempty"`
}

// file is one of the work tree before and after.
type file struct {
	Path string      `json:"path"`           // as gitrepo names it
	Copy string      `json:"copy,omitempty"` // in the store; "" where there was no file
	Mode fs.FileMode `json:"mode,omitempty"`
	Was  string      `json:"was,omitempty"` // SHA-256 of the content
	// Will are the SHA-256 of what the command, in one run or several, makes of
	// it; "" for none, or anything.
	Will []string `json:"will"`
}

// anything is what a file may become that a command of the user's writes.
const anything = "anything"

const version = 1

// Change is what a command will do to a file.
type Change struct {
	Path string // as gitrepo names it
	Data []byte // nil removes it
	Any  bool   // its content is not known beforehand
}

// Open opens the store of a command, named as in "skein resolve". It makes the
// store's folder, and refuses while another process has it open.
func Open(ctx context.Context, repo *gitrepo.Repo, command string) (*Store, error) {
	dir, err := repo.GitDir(ctx)
	if err != nil {
		return nil, err
	}
	s := &Store{repo: repo, dir: filepath.Join(dir, "skein", command), command: "skein " + command}
	if err := os.MkdirAll(s.dir, 0o777); err != nil {
		return nil, s.cannot(err)
	}
	s.lock = flock.New(filepath.Join(s.dir, "lock"))
	ok, err := s.lock.TryLock()
	if err != nil {
		return nil, s.cannot(err)
	}
	if !ok {
		return nil, &diag.Error{
			Kind: diag.Usage, File: repo.Top, Message: "another " + s.command + " is at work in this work tree",
			Hint: "wait for it to finish, or end it, then run this again",
		}
	}
	if s.record, err = s.read(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Close lets others open the store.
func (s *Store) Close() { _ = s.lock.Unlock() }

func (s *Store) recordFile() string { return filepath.Join(s.dir, "record.json") }

func (s *Store) read() (*record, error) {
	data, err := os.ReadFile(s.recordFile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, s.cannot(err)
	}
	r := &record{}
	if err := json.Unmarshal(data, r); err != nil || r.Version != version {
		return nil, &diag.Error{
			Kind: diag.Usage, File: s.recordFile(), Message: "the record of an earlier " + s.command + " cannot be read", Err: err,
			Hint: "a newer skein may have made it; remove the file to forget what was kept",
		}
	}
	return r, nil
}

func (s *Store) cannot(err error) error {
	return &diag.Error{
		Kind: diag.Usage, File: s.dir, Message: "what is about to change cannot be kept: " + err.Error(), Err: err,
		Hint: "check who owns git's folder and how much space there is",
	}
}

// Holds reports whether a command's store has a record of the operation. It
// neither waits nor writes.
func Holds(ctx context.Context, repo *gitrepo.Repo, command, operation string) (bool, error) {
	dir, err := repo.GitDir(ctx)
	if err != nil {
		return false, err
	}
	s := &Store{repo: repo, dir: filepath.Join(dir, "skein", command), command: "skein " + command}
	if s.record, err = s.read(); err != nil {
		return false, err
	}
	held, _ := s.Holds(operation)
	return held, nil
}

// Holds reports whether there is a record of the operation, and whether the
// command that made it came to its end.
func (s *Store) Holds(operation string) (held, done bool) {
	if s.record == nil || s.record.Operation != operation {
		return false, false
	}
	return true, s.record.Done
}

// Notes returns what was noted with the operation's record, nil for nothing.
func (s *Store) Notes(operation string) json.RawMessage {
	if held, _ := s.Holds(operation); !held {
		return nil
	}
	return s.record.Notes
}

// Keep copies what changes would overwrite, and the index entries of all paths.
// A record of the same operation is added to and keeps what it has: that is
// older. One of another operation goes. With an error the record is what it was.
func (s *Store) Keep(ctx context.Context, operation string, changes []Change, paths []string, notes any) error {
	err := s.keep(ctx, operation, changes, paths, notes)
	if err != nil {
		// What was gathered so far is no record: to put that back would lose
		// whatever is not in it.
		s.record, _ = s.read()
	}
	return err
}

func (s *Store) keep(ctx context.Context, operation string, changes []Change, paths []string, notes any) error {
	if s.record != nil && s.record.Operation != operation {
		if err := s.Drop(); err != nil {
			return err
		}
	}
	if s.record == nil {
		if err := s.clear(); err != nil {
			return err
		}
		s.record = &record{Version: version, Operation: operation}
	}
	r := s.record
	r.Done = false
	var err error
	if notes != nil {
		if r.Notes, err = json.Marshal(notes); err != nil {
			return err
		}
	}
	known := map[string]int{}
	for i, f := range r.Files {
		known[f.Path] = i
	}
	var fresh []string
	for _, c := range changes {
		i, ok := known[c.Path]
		if !ok {
			f, err := s.copy(c.Path, len(r.Files))
			if err != nil {
				return err
			}
			i = len(r.Files)
			r.Files, fresh = append(r.Files, f), append(fresh, c.Path)
			known[c.Path] = i
		}
		if will := willBe(c); !slices.Contains(r.Files[i].Will, will) {
			r.Files[i].Will = append(r.Files[i].Will, will)
		}
	}
	for _, path := range paths {
		if _, ok := known[path]; !ok { // only its index entry changes
			f, err := s.copy(path, len(r.Files))
			if err != nil {
				return err
			}
			known[path] = len(r.Files)
			r.Files, fresh = append(r.Files, f), append(fresh, path)
		}
	}
	entries, err := s.repo.Staged(ctx, fresh...)
	if err != nil {
		return err
	}
	r.Index = append(r.Index, entries...)
	return s.save()
}

// KeepNew adds files that there were not when Keep was called, so that putting
// back removes them.
func (s *Store) KeepNew(changes []Change) error {
	for _, c := range changes {
		known := func(f file) bool { return f.Path == c.Path }
		if !slices.ContainsFunc(s.record.Files, known) {
			s.record.Files = append(s.record.Files, file{Path: c.Path, Will: []string{willBe(c)}})
		}
	}
	return s.save()
}

func willBe(c Change) string {
	switch {
	case c.Any:
		return anything
	case c.Data == nil:
		return ""
	}
	return hash(c.Data)
}

// copy keeps a file of the work tree under a number.
func (s *Store) copy(path string, n int) (file, error) {
	f := file{Path: path}
	name := s.inTree(path)
	info, err := os.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		return f, s.cannot(err)
	}
	if !info.Mode().IsRegular() {
		return f, &diag.Error{Kind: diag.Usage, File: name, Message: "this is not a regular file, and is not replaced", Hint: "put the file itself there"}
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return f, s.cannot(err)
	}
	f.Copy, f.Mode, f.Was = fmt.Sprintf("copy-%d", n), info.Mode().Perm(), hash(data)
	if err := write(filepath.Join(s.dir, f.Copy), data, 0o666); err != nil {
		return f, s.cannot(err)
	}
	return f, nil
}

func (s *Store) inTree(path string) string {
	return filepath.Join(s.repo.Top, filepath.FromSlash(path))
}

// Done notes that the command came to its end. What was kept stays.
func (s *Store) Done() error {
	if s.record == nil {
		return nil
	}
	s.record.Done = true
	return s.save()
}

// save writes the record, so that it is either as before or as now.
func (s *Store) save() error {
	data, err := json.MarshalIndent(s.record, "", "  ")
	if err != nil {
		return err
	}
	if err := write(s.recordFile()+".new", append(data, '\n'), 0o666); err != nil {
		return s.cannot(err)
	}
	if err := os.Rename(s.recordFile()+".new", s.recordFile()); err != nil {
		return s.cannot(err)
	}
	if d, err := os.Open(s.dir); err == nil {
		_ = d.Sync() // not every file system can
		d.Close()
	}
	return nil
}

// Drop forgets what was kept.
func (s *Store) Drop() error {
	s.record = nil
	if err := os.Remove(s.recordFile()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return s.cannot(err)
	}
	return s.clear()
}

// clear removes copies that no record names.
func (s *Store) clear() error {
	copies, err := filepath.Glob(filepath.Join(s.dir, "copy-*"))
	if err != nil {
		return err
	}
	for _, name := range copies {
		if err := os.Remove(name); err != nil {
			return s.cannot(err)
		}
	}
	return nil
}

// PutBack makes the work tree and the index what they were, and forgets the
// record. A file that is neither as it was nor as the command left it has been
// worked on since: then nothing is put back, and the error names it.
func (s *Store) PutBack(ctx context.Context) error {
	if s.record == nil {
		return nil
	}
	var touched []string
	for _, f := range s.record.Files {
		now, err := s.hashOf(f.Path)
		if err != nil {
			return err
		}
		if now != f.Was && !slices.Contains(f.Will, now) && !slices.Contains(f.Will, anything) {
			touched = append(touched, f.Path)
		}
	}
	if len(touched) > 0 {
		slices.Sort(touched)
		return &diag.Error{
			Kind: diag.Usage, File: s.inTree(touched[0]),
			Message: "the file has been worked on since, and putting it back would lose that; nothing was put back",
			Hint:    "move it out of the way first" + others(len(touched)-1),
		}
	}
	var paths []string
	for _, f := range s.record.Files {
		paths = append(paths, f.Path)
		if err := s.restore(f); err != nil {
			return err
		}
	}
	if err := s.repo.Restage(ctx, paths, s.record.Index); err != nil {
		return err
	}
	return s.Drop()
}

func others(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", and %d others like it", n)
}

func (s *Store) hashOf(path string) (string, error) {
	data, err := os.ReadFile(s.inTree(path))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", s.cannot(err)
	}
	return hash(data), nil
}

// restore puts one file back by way of a temporary file beside it, whose name
// is always the same: a restore that was killed leaves nothing that the next
// one does not take.
func (s *Store) restore(f file) error {
	name := s.inTree(f.Path)
	if f.Copy == "" {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return s.cannot(err)
		}
		return nil
	}
	data, err := os.ReadFile(filepath.Join(s.dir, f.Copy))
	if err != nil {
		return s.cannot(err)
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return s.cannot(err)
	}
	if now, err := s.hashOf(f.Path); err == nil && now == f.Was {
		return nil
	}
	if err := write(name+".skein-undo", data, f.Mode); err != nil {
		return s.cannot(err)
	}
	if err := os.Rename(name+".skein-undo", name); err != nil {
		return s.cannot(err)
	}
	return nil
}

// write writes a file and makes sure that it is on disk.
func write(name string, data []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
