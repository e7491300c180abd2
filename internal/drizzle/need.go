package drizzle

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/diag"
)

// need is something a schema cannot do without a package that is stood in for.
type need struct {
	origin
	target target
	// why continues "the schema …".
	why string
	// site is the decision that depends on it, "" where it is not about one.
	site string
	// soft needs are suspicions: where the package cannot be loaded, the
	// stand-in stays, with a warning.
	soft bool
}

// noTables are packages whose values are often exported from schema files and
// are never tables: validators, ids, and what makes them from tables.
var noTables = []string{
	"zod", "valibot", "arktype", "typebox", "@sinclair/typebox", "yup", "joi", "superstruct", "effect",
	"drizzle-zod", "drizzle-valibot", "drizzle-typebox", "drizzle-arktype", "drizzle-seed",
	"nanoid", "uuid", "ulid", "cuid", "@paralleldrive/cuid2", "typeid-js", "uuidv7",
	"better-auth", "dotenv", "pg", "postgres", "@neondatabase/serverless", "@vercel/postgres", "@electric-sql/pglite",
}

// target returns what resolving said of a stand-in.
func (e *evaluation) target(o origin) target {
	if t, ok := e.script.unknown[unknownID{o.Specifier, o.Importer}]; ok {
		return t
	}
	return target{unknown: o.Specifier, pkg: o.Specifier, builtin: true} // a global
}

// certain returns the needs that show without trying decisions: stand-ins in
// the snapshot, and those that make tables.
func (e *evaluation) certain(stars []starOf) []need {
	var out []need
	for _, o := range e.base.Marked {
		out = append(out, need{origin: o, target: e.target(o), why: "needs the value of"})
	}
	for _, o := range e.base.Makers {
		if slices.Contains(noTables, e.target(o).pkg) {
			continue // a validator made from columns
		}
		o.Path = "()"
		out = append(out, need{origin: o, target: e.target(o), why: "makes tables with"})
	}
	// drizzle keeps much of what it is given without looking into it; what it
	// does look into becomes part of the schema.
	for _, o := range e.base.Used {
		out = append(out, need{origin: o, target: e.target(o), why: "gives drizzle a value of"})
	}
	for _, s := range stars {
		if e.mayHoldTables(s.target) != never {
			o := origin{Specifier: s.unknown, Importer: s.importer}
			out = append(out, need{origin: o, target: s.target, why: "passes on everything of"})
		}
	}
	return out
}

// suspected returns what is exported from schema files and may be a table.
func (e *evaluation) suspected() (needs []need, warnings []string) {
	unsure, unable := map[string][]string{}, map[string]string{} // by package
	for _, x := range e.base.Exported {
		t := e.target(x.origin)
		n := need{origin: x.origin, target: t, why: "exports"}
		if why, failed := e.failed[t.pkg]; failed {
			unable[t.pkg] = why
			continue
		}
		if x.Own {
			n.why = "exports what is picked by"
			needs = append(needs, n)
			continue
		}
		switch e.mayHoldTables(t) {
		case perhaps:
			n.soft = true
			needs = append(needs, n)
		case always:
			needs = append(needs, n)
		case cannotSay:
			unsure[t.pkg] = append(unsure[t.pkg], x.File+": "+x.Name)
		}
	}
	for pkg, names := range unsure {
		warnings = append(warnings, fmt.Sprintf("%q is not installed; if what is exported from it is a table, it is missing here: %s",
			pkg, shorten(names)))
	}
	for pkg, why := range unable {
		warnings = append(warnings, fmt.Sprintf("%q cannot be evaluated here (%s); if what is exported from it is a table, it is missing", pkg, why))
	}
	slices.Sort(warnings)
	return needs, warnings
}

// shorten joins a list, leaving out what would make it long.
func shorten(names []string) string {
	const most = 5
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

// chance says whether something a package gives can be a table.
type chance int

const (
	never     chance = iota
	perhaps          // it is installed and knows drizzle
	cannotSay        // it is not installed
	always           // it should be a file of the project's own, which is missing
)

func (e *evaluation) mayHoldTables(t target) chance {
	switch {
	case t.builtin || strings.HasPrefix(t.pkg, "drizzle-orm") || slices.Contains(noTables, t.pkg) || isAsset(t.unknown):
		return never
	case isOwnSpecifier(t.unknown):
		return always
	case !t.found:
		return cannotSay
	}
	root := e.packageDir(e.dir, t.pkg)
	if root == "" {
		return perhaps
	}
	if m := e.manifest(root); m != nil && !m.needs["drizzle-orm"] {
		return never
	}
	return perhaps
}

// isAsset reports whether a specifier names a file that is not code.
func isAsset(specifier string) bool {
	specifier, _, _ = strings.Cut(specifier, "?")
	ext := filepath.Ext(specifier)
	return ext != "" && (isRelative(specifier) || strings.HasPrefix(specifier, "@/")) &&
		slices.Contains([]string{".css", ".scss", ".svg", ".png", ".jpg", ".sql", ".md", ".txt", ".html", ".graphql", ".wasm"}, ext)
}

// isOwnSpecifier reports whether a specifier can only mean a file of the
// project: a path, a "#name", or an alias no package can be called.
func isOwnSpecifier(specifier string) bool {
	return isRelative(specifier) || strings.HasPrefix(specifier, "#") || strings.HasPrefix(specifier, "@/") ||
		strings.HasPrefix(specifier, "~") || filepath.IsAbs(specifier)
}

// error explains a need that cannot be met.
func (e *evaluation) error(n need) *diag.Error {
	if n.target.unknown == "" {
		n.target = e.target(n.origin)
	}
	if why, ok := e.failed[n.target.pkg]; ok {
		return e.cannotLoad(n, why)
	}
	what := fmt.Sprintf("%q", n.Specifier)
	if n.Importer == "" {
		what = n.Specifier // "the global fetch" and the like
	}
	// What is done to the elements of a list says less than the list's name.
	path, _, _ := strings.Cut(strings.TrimPrefix(n.Path, "."), "[")
	if path != "" && path != "()" {
		what += " (" + path + ")"
	}
	message, hint := "the "+e.what+" "+n.why+" "+what, ""
	switch t := n.target; {
	case t.builtin:
		message += ", which only Node.js has"
		hint = "write the value into the " + e.what + " files, or let the database compute it, for example with sql`gen_random_uuid()`"
	case isAsset(t.unknown):
		message += ", which is not code"
		hint = "write the text into a TypeScript file"
	case isOwnSpecifier(t.unknown):
		message += ", and there is no such file"
		hint = "check the path, and \"paths\" in tsconfig.json if it is an alias"
	case t.found:
		message += ", which has no such part"
		hint = "check the import against the installed version"
	case e.packageDir(e.dir, t.pkg) != "":
		message += ", and that package has no file for it"
		hint = "build the package, or point its \"exports\" at the source"
	default:
		message += ", which is not installed"
		hint = "install the project's packages, or write the value into the " + e.what + " files"
	}
	if at, ok := e.decision(n.site); ok {
		return e.at(at, message, hint)
	}
	if at, ok := e.importOf(n.Importer, n.Specifier); ok {
		return e.at(at, message, hint)
	}
	if at, ok := e.mention(n.Specifier[strings.LastIndexByte(n.Specifier, ' ')+1:]); ok {
		return e.at(at, message, hint)
	}
	return &diag.Error{Kind: diag.Usage, Message: message, Hint: hint}
}

// cannotLoad explains a need for a package that is installed and throws here.
func (e *evaluation) cannotLoad(n need, why string) *diag.Error {
	message := fmt.Sprintf("the %s %s %q, which cannot be evaluated without Node.js: %s", e.what, n.why, n.Specifier, why)
	hint := "write the value into the " + e.what + " files"
	if at, ok := e.importOf(n.Importer, n.Specifier); ok {
		return e.at(at, message, hint)
	}
	return &diag.Error{Kind: diag.Usage, Message: message, Hint: hint}
}

// decision returns where a decision stands, if that is in the project's files.
func (e *evaluation) decision(key string) (place, bool) {
	s, ok := e.base.Sites[key]
	if !ok || s.Place < 0 || s.Place >= len(e.places) {
		return place{}, false
	}
	before := e.script.code[:e.places[s.Place].offset]
	line := strings.Count(before, "\n")
	column := utf16Len(before[strings.LastIndexByte(before, '\n')+1:])
	return e.locate(e.mapped(), []frame{{line, column}})
}

// importOf returns where a file imports a specifier.
func (b *bundler) importOf(importer, specifier string) (place, bool) {
	if !b.inputs[importer] {
		return place{}, false
	}
	data, err := b.disk.read(importer)
	if err != nil {
		return place{}, false
	}
	for _, quote := range []string{`"`, `'`, "`"} {
		if i := bytes.Index(data, []byte(quote+specifier+quote)); i >= 0 {
			line, column := diag.LineColumn(data, i)
			return place{importer, line, column}, true
		}
	}
	return place{importer, 1, 1}, true
}

// mention returns the first place in the project's files that has one of the
// texts.
func (b *bundler) mention(texts ...string) (place, bool) {
	files := make([]string, 0, len(b.inputs))
	for file := range b.inputs {
		files = append(files, file)
	}
	slices.Sort(files)
	for _, text := range texts {
		for _, file := range files {
			data, err := b.disk.read(file)
			if err != nil {
				continue
			}
			if i := bytes.Index(data, []byte(text)); i >= 0 {
				line, column := diag.LineColumn(data, i)
				return place{file, line, column}, true
			}
		}
	}
	return place{}, false
}

// natureError explains a snapshot that depends on the environment, the clock or
// chance.
func (e *evaluation) natureError(s site) *diag.Error {
	message := "the snapshot depends on " + s.Specifier
	var hint string
	var texts []string
	switch s.Kind {
	case "clock":
		message += ", so that it would differ from run to run"
		hint = "let the database take the time, for example with .defaultNow()"
		texts = []string{"new Date()", "Date.now()", "new Date", "performance.now"}
	case "random":
		message += ", so that it would differ from run to run"
		hint = "let the database choose, for example with .defaultRandom(), or use .$defaultFn(() => …)"
		texts = []string{"Math.random", "randomUUID", "getRandomValues"}
	default:
		message += ", and schema files cannot read the environment"
		hint = "write the value into the schema files; the same schema has to give the same migrations everywhere"
		name := strings.TrimPrefix(s.Specifier, environmentPrefix)
		texts = []string{s.Specifier, `["` + name + `"]`, name}
	}
	if at, ok := e.mention(texts...); ok {
		return e.at(at, message, hint)
	}
	return &diag.Error{Kind: diag.Usage, Message: message, Hint: hint}
}
