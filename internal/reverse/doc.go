// Package reverse says how applied migrations are taken out of a database
// again, and shows that it works before anybody is asked.
//
// The way back is computed, not written: it is what the differ makes of the
// snapshot after a migration and the one before it. So it is known for every
// migration that has both, and it undoes what snapshots hold. What they do not
// hold stays: rows that the migration changed, functions, triggers. And what
// the migration has dropped comes back empty. All of that is said, migration by
// migration, as are the rows that the way back itself costs.
//
// Before that, two things are proved. On a throwaway server: the history is
// run, then the way back, and what is there after each step has to be what was
// there before the migration. And of the database: what the way back touches
// has to be there as the history makes it, for SQL that was computed for
// something else may do anything.
//
// The package changes no database that the user named. To run the plan is for
// package migrate, which has the way back run as any migration.
package reverse
