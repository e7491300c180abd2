package cli

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/skein-db/skein/internal/address"
	"github.com/skein-db/skein/internal/catalog"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/drizzle"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
)

// sideKind is what one side of a comparison is.
type sideKind string

const (
	sideEmpty      sideKind = "empty"
	sideDatabase   sideKind = "database"
	sideSchema     sideKind = "schema"
	sideConfig     sideKind = "config"
	sideSnapshot   sideKind = "snapshot"
	sideMigrations sideKind = "migrations"
)

// sideForms is the hint of every error about a side.
const sideForms = "it is a schema file, folder or pattern, a drizzle.config file, a snapshot file, a migrations folder, a database URL, the word database (the one that --url, --kube or the config names), or the word empty"

// side is one side of a comparison, read.
type side struct {
	kind   sideKind
	text   string // as the user typed it
	flag   string // which it was typed for
	name   string // the same; of a database only the place
	schema *schema.Schema
	notes  []string // what a database has and the schema does not say
	major  int      // of a database's server
	// filter is what a config says about which part of a database is its own.
	filter catalog.Options
}

// sideOptions are what reading a side may need.
type sideOptions struct {
	casing  string
	noCache bool
	reach   reachFlags
}

// readSides finds out what the two texts name and reads them, databases last:
// a config on the other side says which part of one is meant.
func (a *app) readSides(ctx context.Context, fromText, toText string, o sideOptions) (from, to *side, err error) {
	if from, err = newSide("--from", fromText); err != nil {
		return nil, nil, err
	}
	if to, err = newSide("--to", toText); err != nil {
		return nil, nil, err
	}
	for _, s := range []*side{from, to} {
		if err := a.readSide(ctx, s, o); err != nil {
			return nil, nil, err
		}
	}
	if err := a.readDatabase(ctx, from, to, o); err != nil {
		return nil, nil, err
	}
	return from, to, a.readDatabase(ctx, to, from, o)
}

func newSide(flag, text string) (*side, error) {
	kind, err := sideOf(text)
	return &side{kind: kind, flag: flag, text: text, name: text, schema: &schema.Schema{}}, err
}

// readSide reads a side that is not a database.
func (a *app) readSide(ctx context.Context, s *side, o sideOptions) error {
	switch s.kind {
	case sideSchema:
		return a.readSchemaFiles(ctx, &project{Config: &drizzle.Config{Schema: []string{s.text}, Casing: o.casing}}, s, o)
	case sideConfig:
		p, err := a.loadConfig(ctx, s.text)
		if err != nil {
			return err
		}
		if s.filter, err = p.reading(); err != nil {
			return err
		}
		return a.readSchemaFiles(ctx, p, s, o)
	case sideSnapshot:
		return readSnapshot(s.text, s)
	case sideMigrations:
		return a.readMigrations(s.text, s)
	}
	return nil
}

// reading is what the config says about which part of a database is its own.
func (p *project) reading() (o catalog.Options, err error) {
	o.Migrations = schema.Ref{
		Schema: orElse(p.MigrationsSchema, catalog.DefaultMigrations.Schema),
		Name:   orElse(p.MigrationsTable, catalog.DefaultMigrations.Name),
	}
	o.Schemas = p.SchemaFilter
	o.Tables, err = catalog.TableFilter(p.TablesFilter)
	return o, err
}

func isURL(text string) bool {
	return strings.HasPrefix(text, "postgres://") || strings.HasPrefix(text, "postgresql://")
}

// sideOf says what text names, by its form and by what is on disk.
func sideOf(text string) (sideKind, error) {
	switch {
	case text == "empty":
		return sideEmpty, nil
	case isURL(text), text == wordDatabase:
		return sideDatabase, nil
	}
	info, err := os.Stat(text)
	switch {
	case err != nil && strings.ContainsAny(text, "*?{["):
		return sideSchema, nil
	case err != nil:
		return "", &diag.Error{Kind: diag.Usage, File: text, Message: "there is no such file or folder", Hint: sideForms, Err: err}
	case info.IsDir():
		return folderSide(text), nil
	}
	return fileSide(text)
}

func folderSide(dir string) sideKind {
	if _, err := os.Stat(filepath.Join(dir, "meta", "_journal.json")); err == nil {
		return sideMigrations
	}
	return sideSchema
}

func fileSide(file string) (sideKind, error) {
	base := filepath.Base(file)
	if strings.HasPrefix(base, "drizzle") && strings.Contains(base, "config") {
		return sideConfig, nil
	}
	switch filepath.Ext(base) {
	case ".json":
		return jsonSide(file)
	case ".sql":
		return "", &diag.Error{Kind: diag.Usage, File: file, Message: "SQL files cannot be compared yet", Hint: sideForms}
	}
	return sideSchema, nil
}

// jsonSide tells snapshots from configs by their keys. What is not JSON is
// taken for a snapshot, whose reader says where it is broken.
func jsonSide(file string) (sideKind, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", unreadable(file, err)
	}
	var keys map[string]json.RawMessage
	if json.Unmarshal(data, &keys) == nil {
		_, isJournal := keys["entries"]
		_, isSnapshot := keys["tables"]
		_, isConfig := keys["dialect"]
		switch {
		case isJournal:
			return "", &diag.Error{Kind: diag.Usage, File: file, Message: "this is a journal", Hint: "name its folder: " + filepath.Dir(filepath.Dir(file))}
		case isConfig && !isSnapshot:
			return sideConfig, nil
		}
	}
	return sideSnapshot, nil
}

func (a *app) readSchemaFiles(ctx context.Context, p *project, s *side, o sideOptions) error {
	loaded, err := a.loadSchema(ctx, p, o.noCache)
	if err != nil {
		return err
	}
	for _, warning := range loaded.Warnings {
		a.warn("%s", warning)
	}
	s.schema = snapshot.Declared(loaded.Schema)
	return nil
}

func readSnapshot(file string, s *side) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return unreadable(file, err)
	}
	snap, err := snapshot.Decode(file, data)
	if err != nil {
		return err
	}
	s.schema = &snap.Schema
	return nil
}

func (a *app) readMigrations(dir string, s *side) error {
	h, err := a.openHistory(dir)
	if err != nil {
		return err
	}
	last, err := h.LastSnapshot()
	if err != nil {
		return err
	}
	if last != nil {
		s.schema = &last.Schema
	}
	return nil
}

// wordDatabase is the side that is the database of the flags or the config.
const wordDatabase = "database"

// readDatabase reads a side that is a database; other is the side across.
func (a *app) readDatabase(ctx context.Context, s, other *side, o sideOptions) error {
	if s.kind != sideDatabase {
		return nil
	}
	db, err := a.sideConnection(ctx, s, other, o)
	if err != nil {
		return err
	}
	defer db.close()
	s.name, s.major = db.name, majorOf(db.PgConn().ParameterStatus("server_version"))
	defer a.working("reading the catalog of %s", db.name)()
	read, err := catalog.Inspect(ctx, db.Conn, other.filter.Against(other.schema))
	if err != nil {
		return err
	}
	s.schema = &read.Schema
	for _, note := range read.Notes {
		s.notes = append(s.notes, note.Object+": "+note.Text)
	}
	return nil
}

func (a *app) sideConnection(ctx context.Context, s, other *side, o sideOptions) (*database, error) {
	if s.text != wordDatabase {
		return a.connect(ctx, address.Address{URL: s.text, From: s.flag})
	}
	config := ""
	if other.kind == sideConfig {
		config = other.text
	}
	p, err := a.optionalProject(ctx, config, &o.reach)
	if err != nil {
		return nil, err
	}
	return o.reach.connect(ctx, a, p)
}
