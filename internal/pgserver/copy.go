package pgserver

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// copyWorkers copy the files of a cluster side by side: there are hundreds of
// small ones, and most of the time goes to waiting for the file system.
const copyWorkers = 4

// copyTree copies a cluster's folder to a new place and gives every file to
// the account. A cluster holds folders and plain files only.
func copyTree(from, to string, who account) error {
	files := make(chan string, 64)
	errs := make(chan error, copyWorkers)
	var workers sync.WaitGroup
	for range copyWorkers {
		workers.Go(func() {
			buf := make([]byte, 256<<10)
			var first error
			for rel := range files {
				if first == nil { // after a failure only drain
					first = copyFile(filepath.Join(from, rel), filepath.Join(to, rel), who, buf)
				}
			}
			errs <- first
		})
	}
	walkErr := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			target := filepath.Join(to, rel)
			if err := os.Mkdir(target, 0o700); err != nil {
				return err
			}
			return who.own(target)
		}
		files <- rel
		return nil
	})
	close(files)
	workers.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			return err
		}
	}
	return walkErr
}

func copyFile(from, to string, who account, buf []byte) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	// A plain read and write loop: the files are small, and the shortcuts of
	// io.Copy cost more calls than they save.
	_, err = io.CopyBuffer(struct{ io.Writer }{out}, struct{ io.Reader }{in}, buf)
	if closeErr := out.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return who.own(to)
}
