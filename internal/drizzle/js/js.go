// Package js holds the JavaScript that Skein runs beside a project's schema
// files: its own implementation of drizzle's builder API, and the serializer
// that turns what the schema files export into the text of a snapshot.
//
// It exists so that a schema can be read where nothing is installed. The
// sources are Skein's own; they are embedded, and no file is read at run time.
//
// # What a bundler has to do
//
// Resolve a specifier with [Module] and bundle the source it returns. Sources
// import each other, and only each other, by absolute specifiers: either one of
// the public ones ("drizzle-orm", "drizzle-orm/pg-core", …) or one that starts
// with [Internal] ("skein:orm/sql"). Internal specifiers must always go to
// Module; the public ones go either to the project's own drizzle-orm, all of
// them, or all of them to Module. Every source is an ES module without side
// effects, so SideEffects false is right for all.
//
// # The serializer
//
// [Serializer] is an ES module with one export:
//
//	serialize(modules, options) => {schema, warnings}
//
// modules is [{file, exports: [[name, value], …]}]: files in the order in which
// they were matched, exports in the code unit order of their names (the order
// of a module namespace object). file is what messages show. options is
// {casing}, undefined, "camelCase" or "snake_case". schema is the JSON text of
// a snapshot without id and prevId, indented by two spaces; warnings is an
// array of sentences for the user. It must be imported before the schema files,
// and the global skeinCasing must hold options.casing before either runs: the
// queries of views are built while the schema files run.
//
// What is wrong with a schema is thrown as an Error with a field
// skein = {message, hint, file}: a sentence in lower case without a period, what
// to do about it, and the file of the export concerned ("" if unknown). Any
// other exception comes from the user's own code (a callback such as
// references(() => …) runs only here) or is a bug; where it is known, the error
// has a field skeinIn = {object, file}, such as {object: 'table "users"', …},
// for stacks that have no line of the user's.
//
// The serializer imports "drizzle-orm", "drizzle-orm/pg-core" and
// "drizzle-orm/casing", and works with drizzle-orm 0.36 to 0.45 as well as with
// the sources of this package. For any other version resolve the public
// specifiers to this package.
//
// # How far it is drizzle-kit
//
// The text is that of drizzle-kit 0.31, whoever made the objects. It differs
// where the SQL that follows from drizzle-kit's text is rejected by PostgreSQL
// or means something else; testdata/deviations.ts has every such case.
package js

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"slices"
	"strings"
	"sync"
)

// Internal starts the specifiers that only the sources of this package use.
const Internal = "skein:"

//go:embed src
var sources embed.FS

// Module returns the source of the ES module that stands for specifier, and
// whether there is one.
func Module(specifier string) (source string, ok bool) {
	name, internal := strings.CutPrefix(specifier, Internal)
	if !internal {
		// One source, one module: a public specifier only points to one.
		name, ok = public(specifier)
		return `export * from "` + Internal + name + "\";\n", ok
	}
	text, err := sources.ReadFile("src/" + name + ".js")
	return string(text), err == nil
}

// Serializer returns the source of the ES module that exports serialize.
func Serializer() string {
	source, _ := Module(Internal + "serialize/serialize")
	return source
}

// Specifiers returns every specifier that Module knows by name, sorted. Module
// also knows the files below some of them, such as
// "drizzle-orm/pg-core/columns/text".
func Specifiers() []string {
	var all []string
	for specifier := range modules {
		all = append(all, specifier)
	}
	walk(func(name string) {
		all = append(all, Internal+strings.TrimSuffix(name, ".js"))
	})
	slices.Sort(all)
	return all
}

// Digest returns a hash of all sources, for keys of caches that depend on them.
func Digest() string { return digest() }

var digest = sync.OnceValue(func() string {
	hash := sha256.New()
	walk(func(name string) {
		text, _ := sources.ReadFile("src/" + name)
		hash.Write([]byte(name))
		hash.Write([]byte{0})
		hash.Write(text)
		hash.Write([]byte{0})
	})
	return hex.EncodeToString(hash.Sum(nil))
})

// walk calls visit with the path below src of every source, in sorted order.
func walk(visit func(name string)) {
	err := fs.WalkDir(sources, "src", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			visit(strings.TrimPrefix(path, "src/"))
		}
		return err
	})
	if err != nil {
		panic(err) // the files are part of the program
	}
}
