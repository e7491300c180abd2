// Package interop holds tests of Skein beside the programs it replaces: the
// real drizzle-kit and drizzle-orm from npm, on the example shop, with the
// skein binary as people run it.
//
// The packages are installed once with the user's npm into the cache folder,
// as npm/package-lock.json pins them. Where there is no npm, or SKEIN_OFFLINE
// is 1, these tests are skipped and say so; what needs no npm runs anyway.
package interop
