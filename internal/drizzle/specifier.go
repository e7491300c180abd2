package drizzle

import (
	"path/filepath"
	"slices"
	"strings"
)

// splitPackage splits a bare specifier into the package and the path in it.
func splitPackage(specifier string) (pkg, sub string) {
	parts := strings.SplitN(specifier, "/", 3)
	if strings.HasPrefix(specifier, "@") && len(parts) > 1 {
		return parts[0] + "/" + parts[1], strings.Join(parts[2:], "/")
	}
	return parts[0], strings.Join(parts[1:], "/")
}

// isRelative reports whether a specifier is a path relative to the importer.
func isRelative(specifier string) bool {
	return specifier == "." || specifier == ".." || strings.HasPrefix(specifier, "./") || strings.HasPrefix(specifier, "../")
}

// inPackages reports whether a path is inside an installed package. A package
// of the workspace is not, once the link to it is followed.
func inPackages(path string) bool {
	sep := string(filepath.Separator)
	return strings.Contains(path+sep, sep+"node_modules"+sep)
}

// isCode reports whether a file is JavaScript, TypeScript or JSON; declarations
// hold no values and are not.
func isCode(path string) bool {
	return slices.Contains(codeExtensions, filepath.Ext(path)) && !isDeclaration(path)
}

func isDeclaration(path string) bool {
	return strings.HasSuffix(path, ".d.ts") || strings.HasSuffix(path, ".d.mts") || strings.HasSuffix(path, ".d.cts")
}

// isBuiltin reports whether a specifier names a part of Node.js.
func isBuiltin(specifier string) bool {
	if strings.HasPrefix(specifier, "node:") {
		return true
	}
	name, _, _ := strings.Cut(specifier, "/")
	return slices.Contains(builtins, name)
}

// builtins are the modules of Node.js that can be imported without "node:".
var builtins = strings.Fields(`
	assert async_hooks buffer child_process cluster console constants crypto
	dgram diagnostics_channel dns domain events fs http http2 https inspector
	module net os path perf_hooks process punycode querystring readline repl
	stream string_decoder sys timers tls trace_events tty url util v8 vm wasi
	worker_threads zlib`)
