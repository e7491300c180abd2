// Package config holds skein.yaml: what a team decides about its migrations
// that drizzle.config has no key for.
//
// Every key is optional, and so is the file. A key that is not known is an
// error, because one that is misspelt would be a rule that silently does not
// hold. docs/config.md describes the keys.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/skein-db/skein/internal/diag"
)

// Name is what the file is called.
const Name = "skein.yaml"

// Config is what a skein.yaml says. The zero value is that of no file.
type Config struct {
	File string // its path, "" where there is none
	// Upstream is the branch that work is merged into, such as "origin/main";
	// "" leaves it to the repository.
	Upstream  string
	Check     Check
	Migrate   Migrate
	Generated []Generated
	Databases []Database // in the order of the file
}

// Migrate is what skein migrate is told. What is zero leaves it to the
// database, or to what migrate does by itself; flags come before it.
type Migrate struct {
	Refuse           Refuse
	LockTimeout      time.Duration // below 0 for no bound
	LockRetries      int           // below 0 for never
	StatementTimeout time.Duration
	Wait             time.Duration // for another runner
}

// Refuse says what a plan may not do without being allowed to. What is zero
// refuses nothing.
type Refuse struct {
	// Rows and Size, in bytes with indexes, are of tables of which reads or
	// writes are blocked while the statement works.
	Rows, Size int64
	Time       time.Duration // for which reads or writes are blocked, as estimated
	Rewrite    bool          // of a table with rows
	Waits      bool          // for somebody who has a lock when the plan is made
}

// Check is what skein check is told.
type Check struct {
	// Base is the revision whose migrations have landed, "none" for not to look,
	// "" for the upstream.
	Base  string
	Order []Exception
	// Accept has the differences between the database that the migrations make
	// and what is said of it that the team lives with.
	Accept []Acceptance
	Rules  []Rule
	// Postgres is the major version of the throwaway server; 0 leaves it to
	// what is there.
	Postgres int
}

// Exception is a pair of migrations whose times are the wrong way round, and
// which a person has looked at.
type Exception struct {
	Older, Newer string // tags: Older comes later in the journal and has the older time
	Reason       string
	Line         int // in the file
}

// Acceptance is a difference that a person has looked at and lets be.
type Acceptance struct {
	Code   string // DriftSnapshot or DriftSchema
	Object string // its kind and name: "column users.email"
	// Database is what the object has to be in the database that the migrations
	// make; "" for whatever it is.
	Database string
	Reason   string
	Line     int // in the file
}

// The codes whose findings are made of differences, which can be accepted.
const (
	DriftSnapshot = "drift-snapshot"
	DriftSchema   = "drift-schema"
)

// Rule is what becomes of the findings of a code.
type Rule struct {
	Code  string
	Level Level
	Line  int // in the file
}

// Level is what becomes of findings.
type Level string

// The levels.
const (
	Error   Level = "error"
	Warning Level = "warning"
	Off     Level = "off"
)

// Generated is files that a command makes out of the schema.
type Generated struct {
	Paths []string // patterns, relative to the folder of the file
	Run   string   // a command line, run in the folder of the file
	Line  int
}

// BaseRevision is what Check.Base or else Upstream says.
func (c *Config) BaseRevision() string {
	if c.Check.Base != "" {
		return c.Check.Base
	}
	return c.Upstream
}

// Known returns an error of type *diag.Error where Check.Rules has a code that is
// not among those there are.
func (c *Config) Known(codes []string) error {
	for _, r := range c.Check.Rules {
		if slices.Contains(codes, r.Code) {
			continue
		}
		hint := "skein explain lists the codes"
		if near := diag.Nearest(r.Code, codes); near != "" {
			hint = "did you mean " + near + "?"
		}
		return &diag.Error{Kind: diag.Usage, File: c.File, Line: r.Line, Message: fmt.Sprintf("check.rules: no finding has the code %q", r.Code), Hint: hint}
	}
	return nil
}

// Find returns the path of the nearest skein.yaml in a folder and those above
// it, up to the top of the repository that the folder is in; "" where there is
// none. Outside of a repository only the folder itself is looked at.
func Find(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	top := repositoryTop(abs)
	for up := dir; ; up, abs = filepath.Join(up, ".."), filepath.Dir(abs) {
		file := filepath.Join(up, Name)
		if info, err := os.Stat(file); err == nil && !info.IsDir() {
			return file, nil
		}
		if other := filepath.Join(up, "skein.yml"); isFile(other) {
			return "", &diag.Error{
				Kind: diag.Usage, File: other, Message: "the file is not read, because it has to be called " + Name,
				Hint: "rename it",
			}
		}
		if abs == top || abs == filepath.Dir(abs) {
			return "", nil
		}
	}
}

func isFile(file string) bool {
	info, err := os.Stat(file)
	return err == nil && !info.IsDir()
}

// repositoryTop returns the folder with .git, which is a file in worktrees and
// submodules, or the folder itself where there is none above it.
func repositoryTop(abs string) string {
	for dir := abs; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return abs
		}
	}
}

// Load finds the file that holds for a folder and reads it. Without one the
// Config is empty. What is wrong with the file is an error of type *diag.Error.
func Load(dir string) (*Config, error) {
	file, err := Find(dir)
	if err != nil || file == "" {
		return &Config{}, err
	}
	data, err := os.ReadFile(file)
	if err != nil {
		why := err
		var path *fs.PathError
		if errors.As(err, &path) {
			why = path.Err
		}
		return nil, &diag.Error{Kind: diag.Usage, File: file, Message: "cannot read the file: " + why.Error(),
			Hint: "check who owns it, or remove it", Err: err}
	}
	return Parse(file, data)
}
