package catalog

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltext"
)

// Canonical returns want as PostgreSQL prints it: in one transaction it builds
// want in the database behind scratch, reads it back, and rolls back, so that
// the next call finds the database as it was. Still scratch is to be a
// throwaway: want's SQL is run in it, whatever that says. It has to be of the
// major version of the server that the result is compared with, and empty but
// for what want needs and the model does not hold, such as functions and
// domains. Extensions that want's types and operator classes give away, roles
// that its policies name, and plain stand-ins for tables that it only refers
// to are made here; around, which may be nil, tells what those tables look
// like.
//
// o says what to read; its Tables and Linked are set here. A
// statement that PostgreSQL refuses makes a *diag.Error of kind Usage that
// shows it.
func Canonical(ctx context.Context, scratch *pgx.Conn, want, around *schema.Schema, o Options) (*schema.Schema, error) {
	plan, guests := buildPlan(want, around, false)
	built, err := tryOut(ctx, scratch, plan, want, guests, o)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "42P01" && around != nil {
		// An expression uses a table that nothing else gives away.
		plan, guests = buildPlan(want, around, true)
		built, err = tryOut(ctx, scratch, plan, want, guests, o)
	}
	return built, err
}

// tryOut builds the plan, reads what want makes of it, and rolls back.
func tryOut(ctx context.Context, scratch *pgx.Conn, plan, want *schema.Schema, g guests, o Options) (*schema.Schema, error) {
	result, err := diff.Compute(&schema.Schema{}, plan, diff.CreateAll)
	if err != nil {
		return nil, err
	}
	tx, err := scratch.Begin(ctx)
	if err != nil {
		return nil, databaseError(err)
	}
	defer tx.Rollback(ctx) // if this fails the connection is broken, and nothing stays either
	for _, s := range append(preparation(want), result.Statements()...) {
		if name, is := strings.CutPrefix(s, "CREATE SCHEMA "); is {
			s = "CREATE SCHEMA IF NOT EXISTS " + name // a function that want needs may live there
		}
		if err := scratch.PgConn().Exec(ctx, s).Close(); err != nil {
			return nil, refused(s, err)
		}
	}
	o.Tables = func(r schema.Ref) bool { return !g.tables[r] }
	o.Linked = Linked(want)
	built, err := Read(ctx, scratch, o)
	if err != nil {
		return nil, err
	}
	built.Roles = want.Roles // nothing in them is an expression, and they are the server's
	built.Schemas = drop(built.Schemas, g.schemas)
	return built, nil
}

func refused(statement string, err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return databaseError(err)
	}
	return &diag.Error{
		Kind:    diag.Usage,
		Message: "PostgreSQL refuses a part of this schema: " + pg.Message,
		Detail:  strings.TrimSpace(statement),
		Hint:    "what the schema needs and does not define itself, such as functions, has to be in the scratch database first",
		Err:     err,
	}
}

// preparation returns the statements that make what want needs and the schema
// model does not hold.
func preparation(want *schema.Schema) []string {
	var out []string
	for _, e := range Extensions(want) {
		out = append(out, "CREATE EXTENSION IF NOT EXISTS "+sqltext.QuoteIdent(e)+" CASCADE")
	}
	for _, r := range rolesOf(want) {
		create := "CREATE ROLE " + sqltext.QuoteIdent(r)
		out = append(out, fmt.Sprintf(
			"DO $skein$ BEGIN EXECUTE %s; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $skein$",
			sqltext.QuoteLiteral(create)))
	}
	return out
}

// rolesOf returns the roles that want defines or that its policies name, once
// each.
func rolesOf(want *schema.Schema) []string {
	known := map[string]bool{"public": true, "current_user": true, "current_role": true, "session_user": true}
	var out []string
	add := func(names ...string) {
		for _, n := range names {
			if !known[n] {
				known[n] = true
				out = append(out, n)
			}
		}
	}
	for _, r := range want.Roles {
		add(r.Name)
	}
	for _, t := range want.Tables {
		for _, p := range t.Policies {
			add(p.To...)
		}
	}
	for _, p := range want.Policies {
		add(p.To...)
	}
	return out
}

// drop returns names without those in the set.
func drop(names []string, set map[string]bool) []string {
	var out []string
	for _, n := range names {
		if !set[n] {
			out = append(out, n)
		}
	}
	return out
}
