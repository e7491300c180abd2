package pgserver

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"sort"
	"strings"
	"time"
)

// oldest is the first major version with everything that Drizzle schemas use
// (generated columns came with 12).
const oldest = 12

// places are where the usual packages put the server programs, besides PATH.
var places = map[string][]string{
	"linux": {
		"/usr/lib/postgresql/*/bin",                       // Debian, Ubuntu
		"/usr/pgsql-*/bin",                                // PGDG packages for RHEL, Fedora
		"/usr/libexec/postgresql*",                        // Alpine
		"/usr/lib/postgresql*/bin",                        // SUSE, Gentoo
		"/opt/postgresql*/bin",                            //
		"/usr/local/pgsql/bin",                            // built from source
		"/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin", //
	},
	"darwin": {
		"/opt/homebrew/opt/postgresql@*/bin",
		"/usr/local/opt/postgresql@*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
		"/Library/PostgreSQL/*/bin", // EDB installer
		"/opt/local/lib/postgresql*/bin",
		"/usr/local/pgsql/bin",
	},
	"windows": {
		`C:\Program Files\PostgreSQL\*\bin`,
	},
}

// candidates returns the folders that might hold server programs, each once.
func candidates(ctx context.Context) []string {
	var dirs []string
	for _, program := range []string{"postgres", "initdb"} {
		if path, err := exec.LookPath(program); err == nil {
			dirs = append(dirs, programDir(path))
		}
	}
	if path, err := exec.LookPath("pg_config"); err == nil {
		if out, err := quickOutput(ctx, path, "--bindir"); err == nil {
			dirs = append(dirs, strings.TrimSpace(out))
		}
	}
	for _, pattern := range places[runtime.GOOS] {
		found, _ := filepath.Glob(pattern) // the patterns are constants
		sort.Sort(sort.Reverse(sort.StringSlice(found)))
		dirs = append(dirs, found...)
	}
	var unique []string
	for _, dir := range dirs {
		if !slices.Contains(unique, dir) {
			unique = append(unique, dir)
		}
	}
	return unique
}

// programDir returns the folder that a program found in PATH really lives in,
// if the server's other programs are there too: packages link single programs
// into /usr/bin, and what belongs to them is found from the real place.
func programDir(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		dir := filepath.Dir(real)
		if _, err := os.Stat(install{bin: dir}.program("initdb")); err == nil {
			return dir
		}
	}
	return filepath.Dir(path)
}

// findLocal returns the best local installation, and why each other one was
// passed over.
func findLocal(ctx context.Context, o Options, who account, dirs []string) (*install, []attempt) {
	var fit []install
	var tried []attempt
	for _, dir := range dirs {
		found, reason := inspect(ctx, dir, who)
		switch {
		case found == nil:
			if reason != "" {
				tried = append(tried, attempt{what: dir, reason: reason})
			}
			continue
		case found.major < oldest:
			reason = "is older than PostgreSQL " + itoa(oldest)
		case o.Version != 0 && found.major != o.Version:
			reason = "is not PostgreSQL " + itoa(o.Version)
		}
		absent := found.missing(o.Extensions)
		if reason == "" && len(absent) > 0 {
			reason = "lacks " + extensionList(absent)
		}
		if reason != "" {
			tried = append(tried, attempt{what: found.String(), reason: reason, install: found, absent: absent})
			continue
		}
		fit = append(fit, *found)
	}
	if len(fit) == 0 {
		return nil, tried
	}
	sort.SliceStable(fit, func(a, b int) bool { return fit[a].major > fit[b].major })
	return &fit[0], tried
}

// inspect says what is in a folder: nil and "" for a folder without server
// programs.
func inspect(ctx context.Context, dir string, who account) (*install, string) {
	found := install{bin: dir, source: dir}
	postgres := found.program("postgres")
	if _, err := os.Stat(postgres); err != nil {
		return nil, ""
	}
	if _, err := os.Stat(found.program("initdb")); err != nil {
		return nil, "has postgres but not initdb"
	}
	if why := who.cannotEnter(dir); why != "" {
		return nil, why
	}
	out, err := quickOutput(ctx, postgres, "--version")
	if err != nil {
		return nil, "postgres --version failed: " + firstLine(err.Error())
	}
	if found.version, found.major = parseVersion(out); found.major == 0 {
		return nil, "postgres --version said " + firstLine(out)
	}
	found.share = findShare(ctx, found)
	found.packager = packagerOf(dir)
	return &found, ""
}

// findShare returns the folder that holds extension/*.control: where the system's
// packages put it, which costs no process, else where the installation's own
// pg_config says, else next to the programs.
func findShare(ctx context.Context, i install) string {
	var guesses []string
	if strings.HasPrefix(i.bin, "/usr/lib") {
		guesses = []string{
			filepath.Join("/usr/share/postgresql", itoa(i.major)), // Debian
			"/usr/share/postgresql" + itoa(i.major),               // Alpine
		}
	}
	if share := firstShare(guesses); share != "" {
		return share
	}
	if out, err := quickOutput(ctx, i.program("pg_config"), "--sharedir"); err == nil {
		return strings.TrimSpace(out)
	}
	root := filepath.Dir(i.bin)
	return firstShare([]string{
		filepath.Join(root, "share", "postgresql"),
		filepath.Join(root, "share", "postgresql@"+itoa(i.major)), // Homebrew
		filepath.Join(root, "share"),
	})
}

// firstShare returns the first folder that has PostgreSQL's own extensions.
func firstShare(dirs []string) string {
	for _, dir := range dirs {
		if _, err := os.Stat(filepath.Join(dir, "extension", "plpgsql.control")); err == nil {
			return dir
		}
	}
	return ""
}

func packagerOf(dir string) string {
	switch {
	case strings.HasPrefix(dir, "/usr/lib/postgresql/"):
		return "debian"
	case strings.HasPrefix(dir, "/usr/pgsql-"):
		return "pgdg"
	case strings.HasPrefix(dir, "/usr/libexec/postgresql"):
		return "alpine"
	case strings.Contains(dir, "homebrew"), strings.Contains(dir, "linuxbrew"), strings.HasPrefix(dir, "/usr/local/opt/"), strings.Contains(dir, "/Cellar/"):
		return "homebrew"
	case strings.Contains(dir, "Postgres.app"):
		return "postgres.app"
	}
	return ""
}

// quickOutput runs a program that only prints something about itself.
func quickOutput(ctx context.Context, program string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = serverEnv()
	out, err := cmd.Output()
	return string(out), err
}
