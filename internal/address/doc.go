// Package address is the way to a PostgreSQL server: connection strings, what
// libpq's environment, service file and passfile add to them, TLS, and errors
// that say which of these a value came from.
//
// pgx reads connection strings by libpq's rules. What it leaves out is here:
// the parameters of libpq that it would send to the server as settings, the
// system-wide service file, and those that tools around node-postgres put into
// URLs.
package address
