// Package radius says what a plan would do to those who use the target: the
// blast radius of its migrations.
//
// What a statement locks, rewrites and scans is known from package effect; how
// long that takes and who is in the way depends on the database. A careful
// operator looks it up in pg_class, pg_locks and pg_stat_activity; this package
// does so, in one read-only transaction of two round trips, and follows the
// plan statement by statement. Tables that the plan itself creates are empty,
// and nobody waits for them.
//
// Locks are kept until their transaction ends. So a lock that a statement needs
// for a moment is held for as long as the statements behind it take.
// https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES
//
// Times are ranges, from rough speeds (see speed.go); docs/plan.md tells how
// they come about and what they are not.
package radius
