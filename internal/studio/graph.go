package studio

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/skein-db/skein/internal/catalog"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/studio/rows"
)

// The points at which there is a schema, next to the tags of migrations.
const (
	atLive  = "live"
	atFiles = "files"
)

type graphAnswer struct {
	At          string       `json:"at"`
	Tables      []graphTable `json:"tables"`
	ForeignKeys []graphKey   `json:"foreignKeys"`
	Enums       []graphEnum  `json:"enums"`
	Views       []rows.Ref   `json:"views"`
}

type graphTable struct {
	rows.Ref
	Kind    string        `json:"kind"`
	Columns []graphColumn `json:"columns"`
}

type graphColumn struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Nullable bool   `json:"nullable"`
	Primary  bool   `json:"primary"`
	Unique   bool   `json:"unique"`
	Foreign  bool   `json:"foreign"`
}

type graphKey struct {
	Name     string   `json:"name"`
	From     graphEnd `json:"from"`
	To       graphEnd `json:"to"`
	OnDelete string   `json:"onDelete"`
}

type graphEnd struct {
	rows.Ref
	Columns []string `json:"columns"`
}

type graphEnum struct {
	rows.Ref
	Values []string `json:"values"`
}

// schemaAt reads the schema at a point.
func (s *Server) schemaAt(ctx context.Context, at string) (*schema.Schema, error) {
	if at == atLive || at == "" {
		return s.liveSchema(ctx, s.filter())
	}
	return s.writtenSchema(ctx, at)
}

// schemasAt reads the schemas at two points, the database as it is read to be
// compared with the other.
func (s *Server) schemasAt(ctx context.Context, from, to string) (*schema.Schema, *schema.Schema, error) {
	if from == atLive && to != atLive {
		b, a, err := s.schemasAt(ctx, to, from)
		return a, b, err
	}
	a, err := s.schemaAt(ctx, from)
	if err != nil {
		return nil, nil, err
	}
	if to != atLive || from == atLive {
		b, err := s.schemaAt(ctx, to)
		return a, b, err
	}
	b, err := s.liveSchema(ctx, s.filter().Against(a))
	return a, b, err
}

// writtenSchema reads the schema at a point that is not the database.
func (s *Server) writtenSchema(ctx context.Context, at string) (*schema.Schema, error) {
	p, err := s.project()
	if err != nil {
		return nil, err
	}
	if at == atFiles {
		if p.Schema == nil {
			return nil, withStatus(http.StatusNotFound, "no schema files are known", "start the studio in the folder of a drizzle.config that names them")
		}
		return p.Schema(ctx)
	}
	h, err := p.survey()
	if err != nil {
		return nil, err
	}
	i, err := entry(h, at)
	if err != nil {
		return nil, err
	}
	if !h.Migrations[i].HasSnapshot {
		return nil, &diag.Error{Kind: diag.Usage, File: h.Migrations[i].SnapshotFile, Message: "the migration has no snapshot", Hint: "choose the one before or after it"}
	}
	snapshot, err := h.Snapshot(i)
	if err != nil {
		return nil, err
	}
	return &snapshot.Schema, nil
}

// filter says which part of the database is the project's.
func (s *Server) filter() catalog.Options {
	if p := s.options.Project; p != nil {
		return p.Filter
	}
	return catalog.Options{}
}

func (s *Server) liveSchema(ctx context.Context, filter catalog.Options) (*schema.Schema, error) {
	conn, err := s.pool.Take(ctx)
	if err != nil {
		return nil, err
	}
	defer s.pool.Give(conn)
	return catalog.Read(ctx, conn, filter)
}

func (s *Server) graph(w http.ResponseWriter, r *http.Request) error {
	at := r.URL.Query().Get("at")
	found, err := s.schemaAt(r.Context(), at)
	if err != nil {
		return err
	}
	return s.ok(w, newGraphAnswer(at, found))
}

func newGraphAnswer(at string, from *schema.Schema) *graphAnswer {
	a := &graphAnswer{At: at, Tables: []graphTable{}, ForeignKeys: []graphKey{}, Enums: []graphEnum{}, Views: []rows.Ref{}}
	for i := range from.Tables {
		t := &from.Tables[i]
		a.Tables = append(a.Tables, newGraphTable(t))
		for _, k := range t.ForeignKeys {
			a.ForeignKeys = append(a.ForeignKeys, graphKey{
				k.Name, graphEnd{rows.Ref{Schema: t.Schema, Name: t.Name}, k.Columns},
				graphEnd{rows.Ref{Schema: orPublic(k.ToSchema), Name: k.ToTable}, k.ToColumns}, k.OnDelete,
			})
		}
	}
	for _, e := range from.Enums {
		a.Enums = append(a.Enums, graphEnum{rows.Ref{Schema: e.Schema, Name: e.Name}, append([]string{}, e.Values...)})
	}
	for _, v := range from.Views {
		a.Views = append(a.Views, rows.Ref{Schema: v.Schema, Name: v.Name})
	}
	return a
}

func orPublic(name string) string {
	if name == "" {
		return schema.Public
	}
	return name
}

func newGraphTable(t *schema.Table) graphTable {
	out := graphTable{Ref: rows.Ref{Schema: t.Schema, Name: t.Name}, Kind: "table", Columns: []graphColumn{}}
	for _, c := range t.Columns {
		column := graphColumn{Name: c.Name, Type: c.Type, Nullable: !c.NotNull && !c.PrimaryKey, Primary: c.PrimaryKey}
		for _, k := range t.PrimaryKeys {
			if slices.Contains(k.Columns, c.Name) {
				column.Primary, column.Nullable = true, false
			}
		}
		for _, u := range t.Uniques {
			column.Unique = column.Unique || len(u.Columns) == 1 && u.Columns[0] == c.Name
		}
		for _, i := range t.Indexes {
			column.Unique = column.Unique || i.Unique && len(i.Columns) == 1 && i.Columns[0].Expression == c.Name
		}
		for _, k := range t.ForeignKeys {
			column.Foreign = column.Foreign || slices.Contains(k.Columns, c.Name)
		}
		out.Columns = append(out.Columns, column)
	}
	return out
}

type pointAnswer struct {
	At    string     `json:"at"`
	Label string     `json:"label"`
	When  *time.Time `json:"when,omitempty"`
}

// points lists where a schema can be looked at.
func (s *Server) points(w http.ResponseWriter, _ *http.Request) error {
	all := []pointAnswer{{At: atLive, Label: "the database now"}}
	p := s.options.Project
	if p == nil {
		return s.ok(w, all)
	}
	if p.Schema != nil {
		all = append(all, pointAnswer{At: atFiles, Label: "the schema files"})
	}
	h, err := p.survey()
	if err != nil {
		return s.ok(w, all) // the history says what is wrong with it
	}
	return s.ok(w, append(all, tagPoints(h)...))
}

func tagPoints(h *history.History) []pointAnswer {
	var all []pointAnswer
	for _, m := range h.Migrations {
		if m.HasSnapshot {
			when := time.UnixMilli(m.Entry.When).UTC()
			all = append(all, pointAnswer{m.Entry.Tag, m.Entry.Tag, &when})
		}
	}
	return all
}

type differenceAnswer struct {
	Tables  tablesDifference `json:"tables"`
	Changes []changedAnswer  `json:"changes"`
	SQL     []string         `json:"sql"`
	Notes   []string         `json:"notes"`
}

type tablesDifference struct {
	Added   []rows.Ref        `json:"added"`
	Removed []rows.Ref        `json:"removed"`
	Changed []tableDifference `json:"changed"`
}

type tableDifference struct {
	rows.Ref
	Columns columnsDifference `json:"columns"`
}

type columnsDifference struct {
	Added   []string `json:"added"`
	Removed []string `json:"removed"`
	Changed []string `json:"changed"`
}

// difference compares the schemas at two points. What may have been renamed
// counts as dropped and made: nobody is asked.
func (s *Server) difference(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	from, to, err := s.schemasAt(r.Context(), q.Get("from"), q.Get("to"))
	if err != nil {
		return err
	}
	notes := []string{}
	if live := q.Get("from") == atLive; live != (q.Get("to") == atLive) {
		mine, other := &to, from
		if live {
			mine, other = &from, to
		}
		if note := s.respell(r.Context(), mine, other); note != "" {
			notes = append(notes, note)
		}
	}
	noRename := diff.ResolverFunc(func(diff.Question) (diff.Answer, error) { return diff.Answer{}, nil })
	found, err := diff.ComputeIn(diff.Correct, from, to, noRename)
	if err != nil {
		return err
	}
	return s.ok(w, differenceAnswer{
		tablesBetween(from, to, found.Changes), changedAnswers(found.Changes), append([]string{}, found.Statements()...), append(notes, found.Notes...),
	})
}

// respell puts the database's side into the words of the other. Without that
// the two can be compared too, and what is only written otherwise differs.
func (s *Server) respell(ctx context.Context, live **schema.Schema, other *schema.Schema) (note string) {
	const unspelled = "expressions that are only written otherwise may be among these differences"
	p := s.options.Project
	if p == nil || p.Respell == nil {
		return unspelled
	}
	spelled, err := p.Respell(ctx, *live, other)
	if err != nil {
		_, f := s.failureOf(err)
		return unspelled + ": " + f.What
	}
	*live = spelled
	return ""
}

func tablesBetween(from, to *schema.Schema, changes []diff.Change) tablesDifference {
	d := tablesDifference{[]rows.Ref{}, []rows.Ref{}, []tableDifference{}}
	before := map[schema.Ref]*schema.Table{}
	for i := range from.Tables {
		before[from.Tables[i].Ref()] = &from.Tables[i]
	}
	touched := map[schema.Ref]bool{}
	for _, c := range changes {
		touched[c.Table] = true
	}
	for i := range to.Tables {
		t := &to.Tables[i]
		was := before[t.Ref()]
		delete(before, t.Ref())
		switch {
		case was == nil:
			d.Added = append(d.Added, rows.Ref{Schema: t.Schema, Name: t.Name})
		case touched[t.Ref()]:
			d.Changed = append(d.Changed, tableDifference{rows.Ref{Schema: t.Schema, Name: t.Name}, columnsBetween(was, t, changes)})
		}
	}
	for i := range from.Tables {
		if t := &from.Tables[i]; before[t.Ref()] != nil {
			d.Removed = append(d.Removed, rows.Ref{Schema: t.Schema, Name: t.Name})
		}
	}
	return d
}

func columnsBetween(was, is *schema.Table, changes []diff.Change) columnsDifference {
	d := columnsDifference{[]string{}, []string{}, []string{}}
	named := func(t *schema.Table, name string) bool {
		return slices.ContainsFunc(t.Columns, func(c schema.Column) bool { return c.Name == name })
	}
	for _, c := range was.Columns {
		if !named(is, c.Name) {
			d.Removed = append(d.Removed, c.Name)
		}
	}
	for _, c := range is.Columns {
		if !named(was, c.Name) {
			d.Added = append(d.Added, c.Name)
		}
	}
	for _, change := range changes {
		column, ok := change.New.(*schema.Column)
		if ok && change.Table == is.Ref() && named(was, column.Name) && named(is, column.Name) && !slices.Contains(d.Changed, column.Name) {
			d.Changed = append(d.Changed, column.Name)
		}
	}
	return d
}
