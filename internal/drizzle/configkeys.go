package drizzle

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/skein-db/skein/internal/diag"
)

// The values that drizzle-kit 0.31 takes.
var (
	otherDialects = []string{"mysql", "sqlite", "turso", "singlestore", "gel"}
	casings       = []string{"camelCase", "snake_case"}
	prefixes      = []string{"index", "timestamp", "supabase", "unix", "none"}
	drivers       = []string{"aws-data-api", "pglite"}
	extensions    = map[string][]string{"postgis": {"!geography_columns", "!geometry_columns", "!spatial_ref_sys"}}
)

// reader reads the keys of a config and keeps the first thing that is wrong.
// Keys it does not know are left alone, as drizzle-kit does.
type reader struct {
	loader *configLoader
	err    *diag.Error
}

// interpret makes a Config of the values. why is a reason not to trust the URL.
func (l *configLoader) interpret(doc, credentials *jsonValue, why *diag.Error) (*Config, error) {
	r := &reader{loader: l}
	if doc == nil || doc.kind != jsontext.KindBeginObject {
		return nil, &diag.Error{Kind: diag.Usage, File: l.shown, Message: "the config is not an object", Hint: "write { \"dialect\": \"postgresql\", … }"}
	}
	c := &Config{File: l.shown, Dialect: "postgresql"}
	r.dialect(doc)
	c.Schema = r.list(doc, "schema")
	c.Out = orElse(r.text(doc, "out"), "drizzle")
	c.Breakpoints = r.flag(doc, "breakpoints", true)
	c.Strict = r.flag(doc, "strict", false)
	c.Verbose = r.flag(doc, "verbose", false)
	c.Casing = r.choice(doc, "casing", casings)
	driver := r.choice(doc, "driver", drivers)
	c.SchemaFilter = r.list(doc, "schemaFilter")
	if doc.get("schemaFilter") == nil {
		c.SchemaFilter = []string{"public"}
	}
	c.TablesFilter = r.list(doc, "tablesFilter")
	for _, name := range r.list(doc, "extensionsFilters") {
		tables, ok := extensions[name]
		if !ok {
			r.wrong("extensionsFilters", fmt.Sprintf("knows only \"postgis\", not %q", name))
		}
		c.TablesFilter = append(c.TablesFilter, tables...)
	}
	if m := r.object(doc, "migrations"); m != nil {
		c.Prefix = orElse(r.choice(m, "prefix", prefixes), "index")
		c.MigrationsTable = r.text(m, "table")
		c.MigrationsSchema = r.text(m, "schema")
	}
	c.MigrationsTable = orElse(c.MigrationsTable, "__drizzle_migrations")
	c.MigrationsSchema = orElse(c.MigrationsSchema, "drizzle")
	r.entities(doc)
	if r.err != nil {
		return nil, r.err
	}
	c.SSL = readSSL(credentials)
	var reason *diag.Error
	if c.URL, reason = l.url(credentials, driver); why != nil {
		c.URL, reason = "", why
	}
	if reason != nil {
		c.URLError = reason
	}
	return c, nil
}

// wrong notes that a key's value cannot be used.
func (r *reader) wrong(key, why string) {
	if r.err == nil {
		r.err = r.loader.at(key, fmt.Sprintf("%q %s", key, why), "see the configuration reference of drizzle-kit; Skein takes the same keys")
	}
}

// at returns an error about a key, with its place in the file as far as a
// search for it finds it.
func (l *configLoader) at(key, message, hint string) *diag.Error {
	e := &diag.Error{Kind: diag.Usage, File: l.shown, Message: message, Hint: hint}
	last := key[strings.LastIndexByte(key, '.')+1:]
	pattern := regexp.MustCompile(`(?m)(?:^|[\s{,])["']?` + regexp.QuoteMeta(last) + `["']?\s*[:,}]`)
	if m := pattern.FindIndex(l.source); m != nil {
		start := m[0] + strings.Index(string(l.source[m[0]:m[1]]), last)
		e.Line, e.Column = diag.LineColumn(l.source, start)
		e.Detail = excerpt(l.source, e.Line, e.Column)
	}
	return e
}

func (r *reader) dialect(doc *jsonValue) {
	v := doc.get("dialect")
	switch {
	case v == nil:
		r.err = &diag.Error{Kind: diag.Usage, File: r.loader.shown, Message: "\"dialect\" is missing", Hint: "add dialect: \"postgresql\""}
	case v.str == "postgresql":
	case slices.Contains(otherDialects, v.str):
		r.err = r.loader.at("dialect", fmt.Sprintf("the dialect is %q, and Skein speaks PostgreSQL only", v.str), "use drizzle-kit for this project")
	default:
		r.wrong("dialect", fmt.Sprintf("must be \"postgresql\", not %s", describeJSON(v)))
	}
}

// text returns a string, "" where it is not set.
func (r *reader) text(doc *jsonValue, key string) string {
	v := doc.get(key)
	if v == nil || v.kind == jsontext.KindNull {
		return ""
	}
	if v.kind != jsontext.KindString {
		r.wrong(key, "must be a string, not "+describeJSON(v))
		return ""
	}
	return v.str
}

// list returns a string or an array of strings as a list.
func (r *reader) list(doc *jsonValue, key string) []string {
	v := doc.get(key)
	if v == nil || v.kind == jsontext.KindNull {
		return nil
	}
	if v.kind != jsontext.KindString && v.kind != jsontext.KindBeginArray {
		r.wrong(key, "must be a string or an array of strings, not "+describeJSON(v))
		return nil
	}
	for _, item := range v.values {
		if item.kind != jsontext.KindString {
			r.wrong(key, "must be a string or an array of strings, and holds "+describeJSON(item))
		}
	}
	return v.texts()
}

func (r *reader) flag(doc *jsonValue, key string, otherwise bool) bool {
	v := doc.get(key)
	if v == nil || v.kind == jsontext.KindNull {
		return otherwise
	}
	if v.kind != jsontext.KindTrue && v.kind != jsontext.KindFalse {
		r.wrong(key, "must be true or false, not "+describeJSON(v))
	}
	return v.kind == jsontext.KindTrue
}

func (r *reader) choice(doc *jsonValue, key string, of []string) string {
	v := r.text(doc, key)
	if v != "" && !slices.Contains(of, v) {
		r.wrong(key, fmt.Sprintf("must be one of %s, not %q", strings.Join(of, ", "), v))
	}
	return v
}

func (r *reader) object(doc *jsonValue, key string) *jsonValue {
	v := doc.get(key)
	if v == nil || v.kind == jsontext.KindNull {
		return nil
	}
	if v.kind != jsontext.KindBeginObject {
		r.wrong(key, "must be an object, not "+describeJSON(v))
		return nil
	}
	return v
}

// entities checks { roles: boolean | { provider, include, exclude } }. Nothing
// reads it yet: it says which roles of a database are the project's.
func (r *reader) entities(doc *jsonValue) {
	roles := r.object(doc, "entities").get("roles")
	if roles == nil || roles.kind == jsontext.KindTrue || roles.kind == jsontext.KindFalse {
		return
	}
	if roles.kind != jsontext.KindBeginObject {
		r.wrong("entities.roles", "must be true, false or an object, not "+describeJSON(roles))
		return
	}
	r.choice(roles, "provider", []string{"supabase", "neon"})
	r.list(roles, "include")
	r.list(roles, "exclude")
}

// describeJSON says what a value is, without repeating long or secret ones.
func describeJSON(v *jsonValue) string {
	switch v.kind {
	case jsontext.KindString:
		const most = 40
		if len(v.str) > most {
			return "a long text"
		}
		return fmt.Sprintf("%q", v.str)
	case jsontext.KindNumber:
		return "a number"
	case jsontext.KindTrue:
		return "true"
	case jsontext.KindFalse:
		return "false"
	case jsontext.KindBeginArray:
		return "an array"
	case jsontext.KindBeginObject:
		return "an object"
	}
	return "null"
}
