package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/drizzle"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
)

// layout is a temporary folder that holds the source files of a commit.
type layout struct {
	*repo
	dir  string
	have map[string]string
}

// wanted are the files that a config or a schema may be made of. Snapshots are
// the bulk of many repositories and no part of either.
var (
	wanted   = regexp.MustCompile(`\.([cm]?[jt]sx?|json)$|(^|/)pnpm-workspace\.yaml$`)
	unwanted = regexp.MustCompile(`(^|/)meta/\d*_(snapshot|journal)\.json$`)
)

// move makes the folder what the commit has, writing what differs only.
func (l *layout) move(ctx context.Context, commit string) error {
	files, err := l.tree(ctx, commit, "")
	if err != nil {
		return err
	}
	for name := range l.have {
		if files[name] == "" {
			if err := os.Remove(filepath.Join(l.dir, name)); err != nil {
				return err
			}
			delete(l.have, name)
			for dir := path.Dir(name); dir != "." && os.Remove(filepath.Join(l.dir, dir)) == nil; {
				dir = path.Dir(dir) // it was the last file there
			}
		}
	}
	for name, id := range files {
		if l.have[name] == id || !wanted.MatchString(name) || unwanted.MatchString(name) {
			continue
		}
		data, err := l.blob(id)
		if err == errAbsent {
			continue
		} else if err != nil {
			return err
		}
		file := filepath.Join(l.dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			return err
		}
		l.have[name] = id
	}
	return nil
}

var configName = regexp.MustCompile(`(^|/)drizzle[^/]*\.config\.([cm]?[jt]s|json)$|(^|/)drizzle\.config\.[^/]*\.ts$`)

// project is a config, and the folder that its paths are relative to.
type project struct {
	dir string
	*drizzle.Config
}

// find looks for the config whose migrations folder is the one given. Which
// folder the config's paths start from is known to whoever runs drizzle-kit
// only: its own and those around it are tried.
func (l *layout) find(ctx context.Context, migrations string, env []string) (*project, error) {
	var configs []string
	for name := range l.have {
		if configName.MatchString(name) {
			configs = append(configs, name)
		}
	}
	slices.Sort(configs)
	err := fmt.Errorf("no config file")
	for _, name := range configs {
		config, problem := drizzle.LoadConfig(ctx, filepath.Join(l.dir, name), env)
		if problem != nil {
			err = problem
			continue
		}
		for dir := path.Dir(name); ; dir = path.Dir(dir) {
			if path.Join(dir, config.Out) == migrations && len(config.Schema) > 0 {
				return &project{filepath.Join(l.dir, dir), config}, nil
			}
			if dir == "." {
				break
			}
		}
		err = fmt.Errorf("no config names this folder")
	}
	return nil, err
}

// reading is what became of the schema files of one commit.
type reading struct {
	commit, tag string
	state       state
	reason      string
}

type state string

const (
	sameBytes  state = "equal"
	sameSchema state = "equal but for the layout" // of an older release, or of another program
	sameOrder  state = "equal but for the order"
	otherState state = "different"
	unreadable state = "not read"
)

// load lays out a commit and reads its schema files.
func (l *layout) load(ctx context.Context, commit, migrations string, env []string) (*schema.Schema, error) {
	if err := l.move(ctx, commit); err != nil {
		return nil, err
	}
	p, err := l.find(ctx, migrations, env)
	if err != nil {
		return nil, err
	}
	loaded, err := drizzle.Load(ctx, drizzle.LoadOptions{Dir: p.dir, Files: p.Schema, Casing: p.Casing})
	if err != nil {
		return nil, err
	}
	return loaded.Schema, nil
}

// read lays out a commit, reads its schema files and compares them with the
// snapshot of the last migration.
func (l *layout) read(ctx context.Context, m *migration, migrations string, env []string) (reading, error) {
	r := reading{commit: m.commit, tag: m.tag, state: unreadable}
	loaded, err := l.load(ctx, m.commit, migrations, env)
	if err != nil {
		r.reason = l.short(err)
		return r, ctx.Err()
	}
	made := snapshot.New(m.to.ID, m.to.PrevID, loaded).Encode()
	committed := bytes.TrimSuffix(m.toBytes, []byte("\n"))
	now := snapshot.New(m.to.ID, m.to.PrevID, &m.to.Schema).Encode() // where it is an older release's
	switch declared := snapshot.Declared(loaded); {
	case bytes.Equal(made, committed):
		r.state = sameBytes
	case schema.Equal(declared, &m.to.Schema) && m.custom() && bytes.Equal(m.from.WithIDs(m.to.ID, m.to.PrevID).Encode(), committed):
		r.state = sameBytes // drizzle-kit writes the snapshot before, laid out otherwise
	case schema.Equal(declared, &m.to.Schema):
		r.state, r.reason = sameSchema, layoutReason(made, m)
	case sameObjects(made, now):
		r.state, r.reason = sameOrder, firstLine(made, m.toBytes)
	default:
		r.state, r.reason = otherState, differences(&m.to.Schema, declared)
		if r.reason == "" {
			r.reason = "no statement; " + firstValue(made, now)
		}
	}
	return r, nil
}

// layoutReason says why a snapshot is laid out otherwise than drizzle-kit 0.31
// would.
func layoutReason(made []byte, m *migration) string {
	var a, b bytes.Buffer
	switch {
	case m.to.Version != snapshot.CurrentVersion:
		return fmt.Sprintf("version %d", m.to.Version)
	case json.Compact(&a, made) == nil && json.Compact(&b, m.toBytes) == nil && bytes.Equal(a.Bytes(), b.Bytes()):
		return "white space of another program"
	case m.custom():
		return "a custom migration, which repeats a snapshot of another order of keys"
	case sameObjects(made, m.toBytes):
		return "another order of keys"
	}
	return "without what later releases of drizzle-kit write; " + firstLine(made, m.toBytes)
}

// sameObjects says whether two JSON texts differ in the order of keys at most.
func sameObjects(a, b []byte) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}

// firstValue shows where two JSON texts differ, whatever their order of keys.
func firstValue(made, committed []byte) string {
	var x, y any
	if json.Unmarshal(made, &x) != nil || json.Unmarshal(committed, &y) != nil {
		return firstLine(made, committed)
	}
	return firstAt("", x, y)
}

func firstAt(at string, x, y any) string {
	a, isMap := x.(map[string]any)
	b, areMaps := y.(map[string]any)
	if isMap && areMaps {
		for _, key := range slices.Sorted(maps.Keys(a)) {
			if found := firstAt(at+"."+key, a[key], b[key]); found != "" {
				return found
			}
		}
		for _, key := range slices.Sorted(maps.Keys(b)) {
			if _, both := a[key]; !both {
				return fmt.Sprintf("only the snapshot has %s.%s", at, key)
			}
		}
		return ""
	}
	if reflect.DeepEqual(x, y) {
		return ""
	}
	return oneLine(fmt.Sprintf("%s is %v where the snapshot has %v", at, x, y))
}

// firstLine shows where two snapshot files part.
func firstLine(made, committed []byte) string {
	a, b := bytes.Split(made, []byte("\n")), bytes.Split(committed, []byte("\n"))
	for i := range a {
		if i >= len(b) || !bytes.Equal(a[i], b[i]) {
			there := ""
			if i < len(b) {
				there = string(b[i])
			}
			return fmt.Sprintf("line %d is `%s` where the snapshot has `%s`", i+1, oneLine(string(a[i])), oneLine(there))
		}
	}
	return "the snapshot goes on"
}

// short is an error in one line, without the temporary folder.
func (l *layout) short(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return strings.ReplaceAll(line, l.dir+string(filepath.Separator), "")
}

// differences names what the schema files have other than the snapshot, "" where
// no statement leads from one to the other.
func differences(snap, files *schema.Schema) string {
	r, err := diff.Compute(snap, files, diff.CreateAll)
	switch {
	case err != nil:
		return err.Error()
	case r.Empty():
		return ""
	}
	var parts []string
	for _, c := range r.Changes {
		parts = append(parts, c.Kind+" "+c.Object)
	}
	if more := len(parts) - 3; more > 0 {
		parts = append(parts[:3], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(parts, ", ")
}
