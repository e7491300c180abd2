// Package query runs what a person wrote into an SQL editor.
//
// Without leave to write, everything runs in one read-only transaction, which
// is rolled back. That it cannot be left is kept by two things: only statements
// that begin with a word from a list are sent, each alone in a message of the
// protocol, so that none can bring a COMMIT along; and the server refuses to
// make a transaction writable once it has looked at data.
//
// Read only is what PostgreSQL means by it. Functions that act beyond the
// transaction still do: pg_terminate_backend, dblink_exec, or pg_read_file for
// a role that may call them. Who has to be kept from that needs a role with
// fewer rights, whatever program it uses.
package query
