// Package edit carries out what a person changed in a grid: the exact SQL
// first, to be read, and then all of it in one transaction.
//
// A change says what the row looked like when it was made. Rows are locked and
// compared before anything is written, as the texts that the person saw; where
// one has changed meanwhile, nothing is written at all.
package edit
