// Package replay proves a migration history by running it: all of it, in a
// throwaway PostgreSQL, and then three views of one schema have to agree. They
// are the database that the history makes, the last snapshot, and the schema
// files. Where they do not, it says on which object, and which migration
// brought the difference in.
//
// Nothing here touches a database that the user named for anything but
// throwaway databases (see package pgserver). Migrations are run by package
// migrate, as skein migrate runs them, on empty tables.
//
// What was found out is kept by the content of what it was found out from
// (store.go), so that a history that did not change is not run again, and no
// server is started.
package replay

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/skein-db/skein/internal/catalog"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/migrate"
	"github.com/skein-db/skein/internal/pgserver"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
)

// Options of Prove.
type Options struct {
	// Server says what kind of throwaway server may be used. Its Extensions are
	// set here.
	Server pgserver.Options
	// CacheDir is where outcomes are kept, "" for nowhere.
	CacheDir string
	// Progress is told what is being done, in a few words; it may be nil.
	Progress func(string)
}

// Outcome is what a proof came to.
type Outcome struct {
	Ran    bool
	Reason string // why it did not run, "" where it did
	// Err is the error behind Reason where there is one, a *diag.Error.
	Err error

	Server     string // where the PostgreSQL comes from
	Version    string
	Cached     bool // nothing had to be run
	Migrations int  // that were run, all of them unless there is a Failure
	Failure    *Failure
	// Differences are what the three views do not agree on; nil where a
	// migration failed.
	Differences []Difference
	// Outside is what the database has and no snapshot can hold.
	Outside []Object
	// Snapshot and SchemaFiles are false where that view was not to be had: it
	// was not given, or PostgreSQL refuses to build it (then the errors say so).
	Snapshot, SchemaFiles       bool
	SnapshotErr, SchemaFilesErr error
}

// Object is something that the schema model does not hold.
type Object struct {
	Kind string `json:"kind"` // "extension", "function", "trigger", …, or "note"
	Name string `json:"name"`
	Note string `json:"note,omitempty"` // of a note: what the model cannot say
}

// Prove runs the history and compares. desired is what the schema files say,
// nil where that is not known. It reads the snapshots it needs from disk,
// writes to the caches, and starts a throwaway server unless everything is
// known from an earlier time.
//
// That the proof could not be tried is no error but a Reason. An error, a
// *diag.Error or ctx's, is for a proof that broke off: nothing can be
// concluded from it.
func Prove(ctx context.Context, h *history.History, desired *schema.Schema, o Options) (*Outcome, error) {
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	if reason := unfit(h); reason != "" {
		return &Outcome{Reason: reason}, nil
	}
	p := &prover{history: h, scripts: scripts(h), options: o, last: lastSnapshot(h)}
	if desired != nil {
		p.desired = snapshot.Declared(desired)
	}
	if err := p.find(ctx); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return &Outcome{Reason: reasonOf(err), Err: err}, nil
	}
	if reason := p.unsafe(); reason != "" {
		return &Outcome{Reason: reason}, nil
	}
	defer p.stop()
	out, err := p.prove(ctx)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, p.explain(err)
	}
	return out, nil
}

// unfit says why a history cannot be run at all, "" where it can.
func unfit(h *history.History) string {
	switch {
	case h.JournalError != nil:
		return "the journal cannot be read"
	case len(h.Migrations) == 0:
		return "there are no migrations"
	}
	for _, m := range h.Migrations {
		if !m.HasSQL {
			return "the SQL file of " + m.Entry.Tag + " is missing"
		}
	}
	return ""
}

// lastSnapshot is nil also where the snapshot cannot be read: package check
// has a rule that says so.
func lastSnapshot(h *history.History) *schema.Schema {
	last, err := h.LastSnapshot()
	if err != nil || last == nil {
		return nil
	}
	return &last.Schema
}

func reasonOf(err error) string {
	var e *diag.Error
	if errors.As(err, &e) {
		return e.Message
	}
	return err.Error()
}

// find looks for a server: one with every extension that the history creates,
// else any, which then says what it lacks. A DO block may well live without
// the one that it tries to create.
func (p *prover) find(ctx context.Context) error {
	for _, m := range p.history.Migrations {
		for _, name := range migrate.ExtensionsIn(m.SQL) {
			if !slices.Contains(p.options.Server.Extensions, name) {
				p.options.Server.Extensions = append(p.options.Server.Extensions, name)
			}
		}
	}
	var err error
	if p.found, err = pgserver.Find(ctx, p.options.Server); err == nil {
		return nil
	}
	lacking := p.options.Server
	lacking.Extensions = nil
	if p.found, err = pgserver.Find(ctx, lacking); err == nil {
		p.options.Server = lacking
	}
	return err
}

// unsafe says why the history must not run on the server that was found: on
// one that is not ours, roles and the like would stay behind.
func (p *prover) unsafe() string {
	if !p.found.Shared {
		return ""
	}
	for _, m := range p.history.Migrations {
		if words := serverWide(m.SQL); words != "" {
			return fmt.Sprintf("%s changes the whole server (%s), which is not for the one in %s; without that variable skein starts a server of its own",
				m.Entry.Tag, words, pgserver.EnvURL)
		}
	}
	return ""
}

// prove gathers the views and compares them.
func (p *prover) prove(ctx context.Context) (*Outcome, error) {
	p.store = newStore(p.options.CacheDir)
	if p.found.Digest == "" {
		p.store = newStore("") // what is behind the name may change
	}
	out := &Outcome{Ran: true, Server: p.found.Source, Version: p.found.Version}
	views, err := p.views(ctx)
	if err != nil {
		return nil, err
	}
	out.Migrations, out.Failure = len(p.history.Migrations), views.failure
	if out.Failure != nil {
		out.Migrations = out.Failure.ran
	} else {
		out.Outside = views.state.Outside
		if err := p.compare(ctx, views, out); err != nil {
			return nil, err
		}
	}
	if out.Cached = p.server == nil; !out.Cached {
		out.Server, out.Version = p.server.Source(), p.server.Version()
	}
	return out, nil
}

// compare fills in what the views do not agree on.
func (p *prover) compare(ctx context.Context, v *views, out *Outcome) error {
	out.SnapshotErr, out.SchemaFilesErr = v.lastErr, v.desiredErr
	var fromLast, fromDesired []pairing
	if out.Snapshot = v.last != nil; out.Snapshot {
		fromLast = compare(&v.state.Schema, v.last, p.last)
	}
	if out.SchemaFiles = v.desired != nil; out.SchemaFiles {
		fromDesired = compare(&v.state.Schema, v.desired, p.desired)
	}
	since := map[key]introduction{}
	if len(fromLast) > 0 {
		var err error
		if since, err = p.introduced(ctx, v, fromLast); err != nil {
			return err
		}
	}
	out.Differences = join(fromLast, fromDesired, since, out)
	return nil
}

// read reads everything there is to know of a database.
func (p *prover) read(ctx context.Context, d *database, o catalog.Options) (*State, error) {
	result, err := catalog.Inspect(ctx, d.conn, o)
	if err != nil {
		return nil, err
	}
	outside, err := outsideOf(ctx, d)
	if err != nil {
		return nil, err
	}
	return &State{Schema: result.Schema, Outside: append(outside, notesOf(result.Notes)...)}, nil
}
