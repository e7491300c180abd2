package drizzle

import (
	"embed"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/joho/godotenv"
	"modernc.org/quickjs"
)

//go:embed sandbox/modules
var moduleFiles embed.FS

// Modules that have a source of our own: those of pure computation, and for a
// config those by which configs find their settings.
var (
	pureModules = moduleSources(map[string][]string{
		"path.js":    {"path", "path/posix", "node:path", "node:path/posix"},
		"url.js":     {"url", "node:url"},
		"process.js": {"process", "node:process"},
	})
	configModules = moduleSources(map[string][]string{
		"drizzle-kit.js":   {"drizzle-kit"},
		"dotenv.js":        {"dotenv", "@dotenvx/dotenvx"},
		"dotenv-config.js": {"dotenv/config", "@dotenvx/dotenvx/config"},
		"next-env.js":      {"@next/env"},
		"fs.cjs":           {"fs", "node:fs"},
	})
)

// moduleSources returns the sources of embedded files by specifier.
func moduleSources(files map[string][]string) map[string]string {
	out := map[string]string{}
	for file, specifiers := range files {
		source, err := moduleFiles.ReadFile("sandbox/modules/" + file)
		if err != nil {
			panic(err) // the files are part of the program
		}
		for _, specifier := range specifiers {
			out[specifier] = string(source)
		}
	}
	return out
}

// hasEffects reports whether a module of ours is imported for what it does.
func hasEffects(specifier string) bool {
	return specifier == firstSpecifier || strings.HasSuffix(specifier, "/config")
}

// ParseEnv reads the text of a .env file: names and values, without expanding
// variables in values, as dotenv does not either.
func ParseEnv(text string) (map[string]string, error) {
	// The parser expands $NAME; passwords with a dollar would be damaged.
	const dollar = "\ue000"
	values, err := godotenv.Unmarshal(strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "$", dollar))
	if err != nil {
		return nil, err
	}
	for name, value := range values {
		values[name] = strings.ReplaceAll(value, dollar, "$")
	}
	return values, nil
}

// withEnvFile returns the environment with .env of the working directory under
// it.
func (l *configLoader) withEnvFile(environ []string) map[string]string {
	values := map[string]string{}
	if data, err := os.ReadFile(filepath.Join(l.cwd, ".env")); err == nil {
		if parsed, err := ParseEnv(string(data)); err == nil {
			values = parsed
		}
	}
	for _, entry := range environ {
		if name, value, ok := strings.Cut(entry, "="); ok && name != "" {
			values[name] = value
		}
	}
	return values
}

func (l *configLoader) settings() settings {
	return settings{Dir: l.cwd, OS: runtime.GOOS, Env: l.environment, Host: map[string]quickjs.HostFunc{
		"__skein_read":              func(args []any) (any, error) { return l.read(argument(args)), nil },
		"__skein_environment":       func(args []any) (any, error) { return l.envFile(argument(args)), nil },
		"__skein_parse_environment": func(args []any) (any, error) { return envJSON([]byte(argument(args))), nil },
	}}
}

func argument(args []any) string {
	if len(args) == 0 {
		return ""
	}
	s, _ := args[0].(string)
	return s
}

// read returns the text of a file in the project, nil for any other.
func (l *configLoader) read(path string) any {
	if !filepath.IsAbs(path) {
		return nil // a path that is not known, for one
	}
	path = l.disk.real(filepath.Clean(filepath.FromSlash(path)))
	if rel, err := filepath.Rel(l.root(), path); err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return nil
	}
	data, err := l.disk.read(path)
	if err != nil {
		return nil
	}
	return string(data)
}

// root is the folder of the repository that the config is in, else the config's
// own.
func (l *configLoader) root() string {
	for dir := filepath.Dir(l.path); ; dir = filepath.Dir(dir) {
		if l.disk.answer(filepath.Join(dir, ".git")) != noEntry || l.disk.isFile(filepath.Join(dir, "pnpm-workspace.yaml")) {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return filepath.Dir(l.path)
		}
	}
}

// envFile returns the values of a .env file as JSON. Such a file may be
// anywhere, since settings for several projects often lie above them, but it
// has to be called what such files are called.
func (l *configLoader) envFile(path string) string {
	name := filepath.Base(path)
	if !strings.HasPrefix(name, ".env") && !strings.HasSuffix(name, ".env") {
		if text, ok := l.read(path).(string); ok {
			return envJSON([]byte(text))
		}
		return "null"
	}
	data, err := l.disk.read(filepath.Clean(filepath.FromSlash(path)))
	if err != nil {
		return "null"
	}
	return envJSON(data)
}

func envJSON(data []byte) string {
	values, err := ParseEnv(string(data))
	if err != nil {
		values = map[string]string{}
	}
	out, err := json.Marshal(values)
	if err != nil {
		return "{}"
	}
	return string(out)
}
