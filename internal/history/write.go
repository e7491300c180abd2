package history

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/diag"
)

// How a migration is written
//
// Three files change: the SQL file and the snapshot are new, the journal is
// replaced. No file system swaps three files at once, so Append does this,
// under a lock:
//
//  1. writes all three under temporary names in meta/ and syncs them. Nothing
//     can run out of space after this. The names begin with "_", which
//     drizzle-kit skips;
//  2. writes an intent file that lists the three renames, and renames it to
//     intentName. From here on the migration counts as written;
//  3. renames the SQL file, the snapshot, and last the journal;
//  4. removes the intent file.
//
// Replace does the same with other files. Those that it removes go between the
// journal and the intent file: until then the journal may name them.
//
// Killed before 2 the folder is as before: the temporary files are nobody's,
// and the next writer removes them. Killed after 2, the next Open carries the
// renames out, so Skein sees the folder as after.
//
// drizzle-orm's migrator goes by the journal alone and so sees before or
// after. drizzle-kit goes by the snapshots: a snapshot without its entry would
// make it say "no changes", an entry without its snapshot would make it
// generate the same change twice. The intent file guards that window: it lies
// where drizzle-kit looks for snapshots and is none, so that generate and check
// stop with its name and "data is malformed" until Skein has finished.

const (
	// intentName is also what drizzle-kit prints while the file is there.
	intentName = "unfinished-skein-write.json"
	tempPrefix = "_skein-"
)

// ours reports whether the name is one that a write in progress uses.
func ours(name string) bool { return name == intentName || strings.HasPrefix(name, tempPrefix) }

// intent is the content of the intent file. Paths are relative to the folder.
type intent struct {
	About   string   `json:"about"`
	Tag     string   `json:"tag"` // of the migration, or what else is written in words
	Renames []rename `json:"renames"`
}

// rename puts a file in place. Without From it removes one.
type rename struct {
	From   string `json:"from,omitempty"`
	To     string `json:"to"`
	SHA256 string `json:"sha256,omitempty"` // of the content
	// Replaces is the hash of the file that To may hold before; "" where there
	// must be none.
	Replaces string `json:"replaces,omitempty"`
}

// step is called before each step of a write; tests kill the process in it.
var step = func(name string) {}

// output is one file to be written.
type output struct {
	path     string // relative to the folder
	data     []byte // nil where the file is to be removed
	replaces []byte // the content to be replaced; nil where the file must be new
}

// write puts all outputs into the folder, or none. The caller holds the lock.
func write(dir, tag string, outputs []output) (err error) {
	meta := filepath.Join(dir, "meta")
	in := intent{
		About: "skein was interrupted while it wrote this; the next skein command finishes it",
		Tag:   tag,
	}
	var temps []string
	defer func() {
		// An intent that could not be taken back still needs them.
		if err != nil && !exists(filepath.Join(meta, intentName)) {
			for _, temp := range temps {
				_ = os.Remove(temp)
			}
		}
	}()
	for _, out := range outputs {
		if out.data == nil {
			in.Renames = append(in.Renames, rename{To: filepath.ToSlash(out.path), Replaces: hash(out.replaces)})
			continue
		}
		step("temporary file for " + out.path)
		temp, err := writeTemp(meta, out.data, modeOf(filepath.Join(dir, out.path)))
		if err != nil {
			return err
		}
		temps = append(temps, temp)
		r := rename{From: filepath.ToSlash(filepath.Join("meta", filepath.Base(temp))), To: filepath.ToSlash(out.path), SHA256: hash(out.data)}
		if out.replaces != nil {
			r.Replaces = hash(out.replaces)
		}
		in.Renames = append(in.Renames, r)
	}
	text, err := json.MarshalIndent(in, "", "  ")
	if err != nil {
		return err
	}
	step("temporary intent file")
	temp, err := writeTemp(meta, append(text, '\n'), 0o666)
	if err != nil {
		return err
	}
	temps = append(temps, temp)
	step("intent")
	if err := os.Rename(temp, filepath.Join(meta, intentName)); err != nil {
		return fileError(err)
	}
	syncDir(meta)
	if err := carryOut(dir, in); err != nil {
		return undo(dir, in, err)
	}
	return nil
}

// carryOut does the renames of an intent, those that are not done yet, and
// removes the intent file.
func carryOut(dir string, in intent) error {
	for _, r := range in.Renames {
		from, to := r.paths(dir)
		now, err := hashFile(to)
		if err != nil {
			return fileError(err)
		}
		if now == r.SHA256 {
			continue // done before the interruption
		}
		if now != r.Replaces {
			return stuck(in, to, dir, "the file has changed since")
		}
		if r.From == "" {
			step("removal of " + r.To)
			if err := os.Remove(to); err != nil {
				return fileError(err)
			}
			continue
		}
		if !exists(from) {
			return stuck(in, to, dir, "its files are gone")
		}
		step("rename of " + r.To)
		if err := os.Rename(from, to); err != nil {
			return fileError(err)
		}
	}
	syncDir(dir)
	syncDir(filepath.Join(dir, "meta"))
	step("removal of the intent")
	if err := os.Remove(filepath.Join(dir, "meta", intentName)); err != nil {
		return fileError(err)
	}
	syncDir(filepath.Join(dir, "meta"))
	step("end")
	return nil
}

// undo takes back an intent that this process could not carry out, so that an
// error leaves the folder as it was. Where a file was replaced or removed that
// cannot be: the intent stays, and the next command carries it out.
func undo(dir string, in intent, cause error) error {
	for _, r := range slices.Backward(in.Renames) {
		from, to := r.paths(dir)
		if r.From == "" {
			if exists(to) {
				continue // not done
			}
			return halfway(dir, in, cause)
		}
		if exists(from) {
			continue // not done
		}
		err := errors.New("it replaced a file")
		if r.Replaces == "" {
			err = os.Rename(to, from)
		}
		if err != nil {
			return halfway(dir, in, cause)
		}
	}
	if err := os.Remove(filepath.Join(dir, "meta", intentName)); err != nil {
		return halfway(dir, in, cause)
	}
	return cause
}

// halfway says that an error came too late to leave nothing behind.
func halfway(dir string, in intent, cause error) error {
	return &diag.Error{
		Kind: diag.Usage, File: filepath.Join(dir, "meta", intentName), Err: cause,
		Message: fmt.Sprintf("%s is not completely written", in.Tag),
		Detail:  cause.Error(),
		Hint:    "mend what the error says; the next skein command completes it",
	}
}

func (r rename) paths(dir string) (from, to string) {
	return filepath.Join(dir, filepath.FromSlash(r.From)), filepath.Join(dir, filepath.FromSlash(r.To))
}

// stuck says that an interrupted write cannot be finished because someone
// changed the folder since.
func stuck(in intent, file, dir, why string) error {
	return &diag.Error{
		Kind: diag.Usage, File: file,
		Message: fmt.Sprintf("the writing of %s was interrupted, and %s", in.Tag, why),
		Hint: fmt.Sprintf("restore the folder from version control, remove %s and run the command again",
			filepath.Join(dir, "meta", intentName)),
	}
}

// finishInterrupted completes what an interrupted write left, and returns the
// tag of the migration that it completed.
func finishInterrupted(dir string) (string, error) {
	unlock, err := lock(dir)
	if err != nil {
		return "", err
	}
	defer unlock()
	return finish(dir)
}

// finish is finishInterrupted under the lock. It also removes the temporary
// files of writers that were killed before their intent was in place.
func finish(dir string) (string, error) {
	file := filepath.Join(dir, "meta", intentName)
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return "", sweep(dir)
	}
	if err != nil {
		return "", fileError(err)
	}
	var in intent
	if err := json.Unmarshal(data, &in); err != nil || !in.sane() {
		return "", &diag.Error{
			Kind: diag.Usage, File: file, Err: err,
			Message: "the file says that a write was interrupted, but cannot be read",
			Hint:    "restore the folder from version control, remove this file and generate the migration again",
		}
	}
	if err := carryOut(dir, in); err != nil {
		return "", err
	}
	return in.Tag, sweep(dir)
}

// sane reports whether all paths stay inside the folder: the file may have
// come from anywhere.
func (in intent) sane() bool {
	for _, r := range in.Renames {
		removal := r.From == "" && r.SHA256 == "" && r.Replaces != ""
		temporary := filepath.IsLocal(filepath.FromSlash(r.From)) && strings.HasPrefix(r.From, "meta/"+tempPrefix)
		if !filepath.IsLocal(filepath.FromSlash(r.To)) || !removal && !temporary {
			return false
		}
	}
	return len(in.Renames) > 0
}

// sweep removes temporary files. Under the lock they are nobody's.
func sweep(dir string) error {
	if err := os.RemoveAll(filepath.Join(dir, tempPrefix+"meta")); err != nil {
		return fileError(err)
	}
	meta := filepath.Join(dir, "meta")
	entries, err := os.ReadDir(meta)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fileError(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), tempPrefix) {
			if err := os.Remove(filepath.Join(meta, e.Name())); err != nil {
				return fileError(err)
			}
		}
	}
	return nil
}

// writeTemp writes a new file with a temporary name and syncs it.
func writeTemp(dir string, data []byte, mode fs.FileMode) (path string, err error) {
	var f *os.File
	for try := 0; ; try++ {
		// Only one writer is at work here, so a name that is taken is an old one.
		path = filepath.Join(dir, fmt.Sprintf("%s%d-%d", tempPrefix, os.Getpid(), try))
		f, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if !errors.Is(err, fs.ErrExist) || try == 100 {
			break
		}
	}
	if err != nil {
		return "", cannotWrite(dir, err)
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err != nil {
		_ = os.Remove(path)
		return "", cannotWrite(dir, err)
	}
	return path, nil
}

// cannotWrite names the folder, since the temporary file means nothing to
// anyone.
func cannotWrite(dir string, err error) error {
	reason := err
	var path *fs.PathError
	if errors.As(err, &path) {
		reason = path.Err
	}
	return &diag.Error{
		Kind: diag.Usage, File: dir, Err: err,
		Message: fmt.Sprintf("cannot write here: %v; nothing was changed", reason),
		Hint:    "check that the disk has room and that you may write to the folder",
	}
}

// modeOf is the mode for a file that may exist already.
func modeOf(path string) fs.FileMode {
	if info, err := os.Stat(path); err == nil {
		return info.Mode().Perm()
	}
	return 0o666
}

// syncDir makes renames durable. Not every system can sync a folder, and a
// failure only matters when the machine loses power.
func syncDir(dir string) {
	if f, err := os.Open(dir); err == nil {
		_ = f.Sync()
		_ = f.Close()
	}
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// hashFile returns the hash of a file's content, "" for one that does not exist.
func hashFile(path string) (string, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return hash(data), err
}

// unchanged reports whether a file still has this content; nil stands for no file.
func unchanged(path string, data []byte) (bool, error) {
	now, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return data == nil, nil
	}
	return data != nil && bytes.Equal(now, data), err
}
