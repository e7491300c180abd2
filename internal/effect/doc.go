// Package effect says what one statement does to a database that others use:
// which tables it locks and how strongly, which it rewrites or reads whole,
// and whether it can run inside a transaction block. The lint and the plan of
// a migration both ask it, so that they cannot disagree.
//
// The rules are PostgreSQL's documented ones, each with the page that states
// it; where the documentation is silent the tests show what the server does.
// The tests run every rule's statements on a real PostgreSQL and compare the
// locks it holds, the files it makes anew and the tables it scans.
//
// What a statement does depends on what is there: a type change on the type
// before, SET NOT NULL on the checks. Of therefore takes a State: the tables
// of a schema, changed by each statement that went before. What the state does
// not know makes an effect uncertain (Maybe), never absent.
//
// The package touches neither disk nor database.
package effect
