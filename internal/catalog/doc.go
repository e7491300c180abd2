// Package catalog reads a live PostgreSQL database as a schema.Schema.
//
// Read asks pg_catalog a fixed number of set-based questions, all in one round
// trip of the simple protocol inside one repeatable-read, read-only
// transaction: what comes back is one moment of the database, the cost does not
// grow with round trips, poolers are no obstacle, and nothing can be modified.
//
// # Spelling
//
// Values are spelled as drizzle spells them wherever PostgreSQL keeps enough to
// do so: types ("timestamp (3) with time zone", "varchar(5)", "serial"),
// literal defaults ('x' without its cast, numbers and booleans as such, arrays
// with quoted elements), primary keys of one column on the column, "public"
// spelled out.
//
// Expressions are another matter. PostgreSQL keeps checks, index predicates,
// policies, generated columns, views and computed defaults as parse trees and
// prints them in its own words: `"t"."age" > 21` comes back as `age > 21`, a
// view as a rewritten query. No rule over text can undo that in general, and
// none is tried here. To compare a database with what a schema file says,
// compare like with like: Canonical builds the wanted schema in a scratch
// database and reads it back, so that both sides are in PostgreSQL's words, and
// Respell then puts the file's own words back wherever the two agree, so that a
// diff names only what really differs.
//
// # What PostgreSQL does not keep
//
//   - the size of an array (varchar(5)[3] is read as varchar(5)[])
//   - whether numeric(7) or numeric(7, 0), char or char(1) was written; the
//     longer spelling is read
//   - the spelling of literals that their type normalises: a timestamp's
//     milliseconds, the key order of jsonb
//   - whether an index was built CONCURRENTLY, or a materialized view WITH NO
//     DATA, once it is there
//   - whether NOT NULL was asked for on a column of a primary key
//
// # What the model does not hold
//
// Column collations, INCLUDE columns of an index, deferrable and not validated
// constraints, exclusion constraints, triggers, functions, domains, partition
// bounds and partitions (the partitioned table itself is read). Inspect lists
// those it meets on the way that a reader of the result could be misled by.
//
// # Order
//
// Everything is sorted by schema and name in byte order, except columns
// (attnum), enum values, key columns, and views, which come after the views
// they select from. Sort gives any other Schema the same order.
package catalog
