// Package drizzle reads what a project wrote for drizzle: its drizzle.config
// file and its TypeScript schema files, with no Node.js.
//
// A schema file is a program. It is bundled with esbuild and evaluated in an
// embedded JavaScript engine that has no file system, network, processes,
// timers or environment, and bounded time and memory. What the files export is
// handed to the serializer of package js, whose text becomes a schema.Schema.
//
// # What is real and what is not
//
// The project's own drizzle-orm is used where it is installed, else the
// implementation in package js. The project's own files are real, workspace
// packages included. Every other package is a stand-in, even where it is
// installed: schema files sit in the middle of applications, and evaluating
// what they import (servers, database drivers, native modules) would be slow
// at best. A stand-in accepts everything done to it and remembers where it came
// from; see sandbox/unknown.js.
//
// Nothing is guessed from a stand-in. Where one reaches the snapshot, its
// package is loaded for real and the schema evaluated again; where that cannot
// be done the error names the import. Where one decides something (a
// comparison, a condition, a loop), the schema is evaluated once more with the
// other decision: if the snapshot is the same the decision does not matter, if
// it is not, the package is needed for real as above. The bundle is rewritten
// for that by instrument.go. The clock, random numbers and environment
// variables are treated the same way: a schema may touch them, but its snapshot
// must not depend on them.
//
// # Limits, known and accepted
//
//   - A stand-in never throws, so a try block around a package that would throw
//     takes its usual path.
//   - Callbacks handed to a stand-in are never called.
//   - A statement that only changes something elsewhere (import "./patch") is
//     dropped where nothing it exports is used.
//   - Code made from text at run time (eval, new Function) is not rewritten, so
//     decisions in it are not seen.
package drizzle
