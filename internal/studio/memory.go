package studio

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
)

// longestMemory bounds what is kept by one key, in bytes.
const longestMemory = 1 << 20

// memoryKey is what keys are made of. No file name can be made of one that is
// not a file's in the folder.
var memoryKey = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// longestKey is no part of the pattern: every start of the program would pay for
// what eighty repetitions compile to.
const longestKey = 80

// memoryFile is where the page's words for this database are kept.
func (s *Server) memoryFile(r *http.Request) (string, error) {
	key := r.PathValue("key")
	if len(key) > longestKey || !memoryKey.MatchString(key) {
		return "", withStatus(http.StatusBadRequest, "a key is letters, digits, dots, dashes and underscores, 80 at most", "")
	}
	if s.options.Memory == "" {
		return "", nil
	}
	d := s.options.Database
	of := sha256.Sum256([]byte(d.Place + "\x00" + d.Name + "\x00" + d.User))
	return filepath.Join(s.options.Memory, hex.EncodeToString(of[:8]), key+".json"), nil
}

func (s *Server) recall(w http.ResponseWriter, r *http.Request) error {
	file, err := s.memoryFile(r)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(file)
	if file == "" || errors.Is(err, fs.ErrNotExist) {
		return s.ok(w, nil)
	}
	if err != nil {
		return withStatus(http.StatusInternalServerError, "what was kept cannot be read: "+err.Error(), "check the permissions of the folder")
	}
	if !json.Valid(data) {
		return s.ok(w, nil)
	}
	return s.ok(w, json.RawMessage(data))
}

func (s *Server) remember(w http.ResponseWriter, r *http.Request) error {
	file, err := s.memoryFile(r)
	if err != nil {
		return err
	}
	data, err := io.ReadAll(io.LimitReader(r.Body, longestMemory+1))
	switch {
	case err != nil:
		return err
	case len(data) > longestMemory:
		return withStatus(http.StatusRequestEntityTooLarge, "this is more than is kept by one key", "")
	case !json.Valid(data):
		return withStatus(http.StatusBadRequest, "what is kept has to be JSON", "")
	case file == "":
		return s.ok(w, map[string]bool{"kept": false})
	}
	if err := keep(file, data); err != nil {
		return withStatus(http.StatusInternalServerError, "this cannot be kept: "+err.Error(), "check the permissions of the folder")
	}
	return s.ok(w, map[string]bool{"kept": true})
}

// keep replaces a file as a whole.
func keep(file string, data []byte) error {
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	temporary, err := os.CreateTemp(dir, ".new-") // with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name()) // gone already when all went well
	if _, err := temporary.Write(data); err != nil {
		temporary.Close()
		return err
	}
	if err := temporary.Close(); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), file)
}
