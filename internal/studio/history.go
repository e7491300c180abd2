package studio

import (
	"context"
	"net/http"

	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/migrate"
	"github.com/skein-db/skein/internal/standing"
	"github.com/skein-db/skein/internal/studio/past"
)

type historyAnswer struct {
	Folder  string          `json:"folder"`
	Table   string          `json:"table"`
	Exists  bool            `json:"tableExists"`
	Entries []entryAnswer   `json:"entries"`
	Unknown []unknownAnswer `json:"unknown"`
	Counts  standing.Counts `json:"counts"`
	// Unchecked is why there are no findings, "" where check ran.
	Unchecked string `json:"unchecked,omitempty"`
	// Checking is true while check runs: ask again for what it finds.
	Checking bool `json:"checking,omitempty"`
	// Applying is the id of what is being applied, perhaps for another page.
	Applying string `json:"applying,omitempty"`
	// Others are findings that are about no migration of the list.
	Others []finding.Finding `json:"others"`
}

type entryAnswer struct {
	Index int           `json:"index"`
	Tag   string        `json:"tag"`
	When  int64         `json:"when"` // milliseconds since 1970, of the journal
	State migrate.State `json:"state"`
	// Begun is true where a part of it is in the database, and the rest is not.
	Begun bool   `json:"begun,omitempty"`
	Note  string `json:"note,omitempty"`
	// Mark is how an entry came to be as it is without being run.
	Mark       *standing.Mark `json:"mark,omitempty"`
	Statements int            `json:"statements"`
	Custom     bool           `json:"custom"`
	Snapshot   bool           `json:"snapshot"`
	Tail       bool           `json:"tail"`
	Findings   countsAnswer   `json:"findings"`
}

type countsAnswer struct {
	Error   int `json:"error"`
	Warning int `json:"warning"`
	Info    int `json:"info"`
}

type unknownAnswer struct {
	ID        int64  `json:"id"`
	Hash      string `json:"hash"`
	CreatedAt *int64 `json:"createdAt"`
}

// report compares the folder with the database.
func (s *Server) report(ctx context.Context, p *Project, h *history.History) (*migrate.Report, error) {
	conn, err := s.pool.Take(ctx)
	if err != nil {
		return nil, err
	}
	defer s.pool.Give(conn)
	return migrate.Status(ctx, conn, h, p.Target)
}

func (s *Server) history(w http.ResponseWriter, r *http.Request) error {
	p, err := s.project()
	if err != nil {
		return err
	}
	h, err := p.survey()
	if err != nil {
		return err
	}
	report, err := s.report(r.Context(), p, h)
	if err != nil {
		return err
	}
	status := standing.NewStatus(report, s.options.Database.Place)
	a := historyAnswer{
		Folder: p.Folder, Table: status.Table, Exists: status.Exists, Counts: status.Counts, Applying: s.applying.one(),
		Entries: []entryAnswer{}, Unknown: []unknownAnswer{}, Others: []finding.Finding{},
	}
	for i, e := range status.Entries {
		m := h.Migrations[i]
		o := past.OutlineOf(m)
		a.Entries = append(a.Entries, entryAnswer{
			Index: i, Tag: e.Tag, When: e.When, State: e.State, Begun: report.Entries[i].Begun(), Note: e.Note, Mark: e.Mark,
			Statements: o.Statements, Custom: o.Custom, Tail: o.Tail, Snapshot: m.HasSnapshot,
		})
	}
	for _, u := range status.Unknown {
		a.Unknown = append(a.Unknown, unknownAnswer{u.ID, u.Hash, u.When})
	}
	found, done, err := s.findings.get(r.Context(), s.life, p)
	a.Checking = !done
	if err != nil { // the history can be shown without
		_, f := s.failureOf(err)
		a.Unchecked = f.What
	}
	a.count(found)
	return s.ok(w, a)
}

// count puts findings to their migrations.
func (a *historyAnswer) count(found []finding.Finding) {
	at := map[string]int{}
	for i, e := range a.Entries {
		at[e.Tag] = i
	}
	for _, f := range found {
		i, ok := at[f.Migration]
		switch {
		case !ok:
			a.Others = append(a.Others, f)
		case f.Severity == finding.Error:
			a.Entries[i].Findings.Error++
		default:
			a.Entries[i].Findings.Warning++
		}
	}
}

type migrationAnswer struct {
	Tag  string `json:"tag"`
	File string `json:"file"`
	SQL  string `json:"sql"`
	// Size is of the whole SQL in bytes, of which no more than mostShown are
	// given.
	Size       int               `json:"size"`
	Statements []stepAnswer      `json:"statements"`
	Changes    []changedAnswer   `json:"changes"`
	Findings   []finding.Finding `json:"findings"`
	Checking   bool              `json:"checking,omitempty"`
	Edited     *editedAnswer     `json:"edited,omitempty"`
}

// mostShown is how much of a migration is looked at for the page: an application's
// first migration is well below that, and one with more is rows.
var mostShown = past.Most{Bytes: 1 << 20, Statements: 3000}

// stepAnswer is a statement, by its place in the SQL.
type stepAnswer struct {
	Line      int    `json:"line"`
	Lock      string `json:"lock,omitempty"`
	Blocks    string `json:"blocks,omitempty"`
	Effect    string `json:"effect,omitempty"`
	Generated bool   `json:"generated"`
}

// changedAnswer is one change of a schema.
type changedAnswer struct {
	Kind    string `json:"kind"` // drizzle-kit's name of the statement
	Object  string `json:"object"`
	Summary string `json:"summary"`
}

type editedAnswer struct {
	Diff string `json:"diff"`
}

func (s *Server) migration(w http.ResponseWriter, r *http.Request) error {
	p, err := s.project()
	if err != nil {
		return err
	}
	h, err := p.survey()
	if err != nil {
		return err
	}
	i, err := entry(h, r.PathValue("tag"))
	if err != nil {
		return err
	}
	m, err := past.Of(h, i, mostShown)
	if err != nil {
		return err
	}
	a := migrationAnswer{
		Tag: m.Tag, File: h.Migrations[i].File, SQL: m.SQL, Size: len(h.Migrations[i].SQL),
		Statements: []stepAnswer{}, Changes: changedAnswers(m.Changes), Findings: []finding.Finding{},
	}
	for _, one := range m.Statements {
		a.Statements = append(a.Statements, stepAnswer{one.Line, one.Lock, one.Blocks, one.Effect, one.Generated})
	}
	found, done, err := s.findings.get(r.Context(), s.life, p)
	if err != nil {
		found = nil // the list says why
	}
	a.Checking = !done
	for _, f := range found {
		if f.Migration == m.Tag {
			a.Findings = append(a.Findings, f)
		}
	}
	a.Edited, err = s.edited(r.Context(), p, h, m.Tag)
	if err != nil {
		return err
	}
	return s.ok(w, a)
}

// edited is how the SQL of a migration differs from what was applied, where git
// still has that; nil where it does not differ.
func (s *Server) edited(ctx context.Context, p *Project, h *history.History, tag string) (*editedAnswer, error) {
	report, err := s.report(ctx, p, h)
	if err != nil {
		return nil, err
	}
	status := standing.NewStatus(report, s.options.Database.Place)
	for i, e := range status.Entries {
		if e.Tag == tag && e.State == migrate.StateEdited {
			status.ExplainEdited(ctx, report, h.Dir)
			return &editedAnswer{status.Entries[i].Diff}, nil
		}
	}
	return nil, nil
}

func changedAnswers(changes []diff.Change) []changedAnswer {
	out := []changedAnswer{}
	for _, c := range changes {
		out = append(out, changedAnswer{c.Kind, c.Object, c.Summary()})
	}
	return out
}
