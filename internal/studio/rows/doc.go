// Package rows is the SQL of a grid: what a table looks like to somebody who
// reads and edits its rows, one page of them, and one cell.
//
// A page is asked for by the values of the row that it follows, never by an
// OFFSET, so that the last page of ten million rows costs what the first does.
// Values are texts, as PostgreSQL itself writes and reads them: nothing is
// lost to another language's numbers or dates. What a person gave is always a
// parameter, of the column's own type, so that an index can be used.
package rows
