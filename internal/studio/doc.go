// Package studio is the server behind `skein studio`: one local page that shows
// the data, the schema and the history of a database.
//
// What it answers is described in docs/studio-api.md, and a test holds that
// page to the program. The SQL of the grid is package rows; everything else is
// asked of the rooms that the command line asks.
//
// The server trusts nobody who is merely on the same machine. guard.go says who
// gets in, and from where.
package studio
