// Package sqltree holds SQL statements as values, read by PostgreSQL's own
// grammar. Rules about SQL look at these values and never at text, so that
// what stands in a string, a comment or the body of a function neither looks
// like a statement nor hides one.
//
// It is the only package that knows the parser library: libpg_query, the
// parser of PostgreSQL 17 cut out of the server, as WebAssembly
// (engine.go). Its trees are PostgreSQL's internal ones; what of them matters
// to a migration tool is read into the types of tree.go, the rest stays behind
// Statement.Uses.
//
// Parse touches neither disk nor database.
package sqltree
