package history

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/skein-db/skein/internal/diag"
)

// Change is a file of the folder that is to be written, replaced or removed.
type Change struct {
	Path string // relative to the folder, with slashes
	Was  []byte // the content as it was read; nil where there must be no such file
	Is   []byte // the content to be; nil removes the file
}

// Replace makes all changes to the folder, and gives it another journal where
// that is not nil. Killed at any point, the folder is as before or as after, as
// with Append. What is being written, a tag or a few words, is for messages
// about an interruption. Replace refuses when the journal or a file of the
// changes is not as it was read; then, and mostly with other errors, nothing
// has changed. h is as it was when it was opened. Errors are of type
// *diag.Error.
func (h *History) Replace(what string, journal []byte, changes ...Change) error {
	unlock, err := lock(h.Dir)
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := finish(h.Dir); err != nil {
		return err
	}
	if err := h.stillSame(); err != nil {
		return err
	}
	var outputs, removals []output
	for _, c := range changes {
		if err := c.check(h.Dir); err != nil {
			return err
		}
		out := output{path: filepath.FromSlash(c.Path), data: c.Is, replaces: c.Was}
		if c.Is == nil {
			removals = append(removals, out)
		} else {
			outputs = append(outputs, out)
		}
	}
	if journal != nil {
		if err := onlyRegular(h.JournalFile()); err != nil {
			return err
		}
		outputs = append(outputs, output{path: filepath.Join("meta", "_journal.json"), data: journal, replaces: h.journalBytes})
	}
	if outputs = append(outputs, removals...); len(outputs) == 0 {
		return sweep(h.Dir) // what a killed writer left behind goes all the same
	}
	return write(h.Dir, what, outputs)
}

// check holds that the file is as it was read.
func (c Change) check(dir string) error {
	local := filepath.FromSlash(c.Path)
	if !filepath.IsLocal(local) || c.Was == nil && c.Is == nil {
		return &diag.Error{Kind: diag.Bug, Message: fmt.Sprintf("no change to a file of the folder: %q", c.Path)}
	}
	path := filepath.Join(dir, local)
	if err := onlyRegular(path); err != nil {
		return err
	}
	now, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		now, err = nil, nil
	}
	if err != nil {
		return fileError(err)
	}
	if (now == nil) != (c.Was == nil) || !bytes.Equal(now, c.Was) {
		return &diag.Error{
			Kind: diag.Usage, File: path,
			Message: "the file changed on disk since it was read; nothing was written",
			Hint:    "run the command again, so that it starts from the folder as it is now",
		}
	}
	return nil
}

// onlyRegular refuses links and the like, whose place a file would take.
func onlyRegular(path string) error {
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return &diag.Error{
			Kind: diag.Usage, File: path, Message: "this is not a regular file, and is not replaced",
			Hint: "put the file itself into the folder",
		}
	}
	return nil
}
