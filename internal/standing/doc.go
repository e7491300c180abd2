// Package standing tells how a database stands to a migrations folder, and what
// it would take to bring it up to date, in the one shape that every face of
// Skein hands out: --format json and the studio.
package standing
