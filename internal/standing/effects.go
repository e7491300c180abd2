package standing

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/config"
	"github.com/skein-db/skein/internal/migrate"
	"github.com/skein-db/skein/internal/radius"
	"github.com/skein-db/skein/internal/sqltree"
)

// Usage is how the database that the plan is for is used.
type Usage struct {
	Empty    bool      `json:"empty"`
	Tables   []Table   `json:"tables"`
	Sessions []Session `json:"sessions"`
	Notes    []string  `json:"notes"`
}

// Table is a table that the plan touches.
type Table struct {
	Name       string `json:"name"`
	Rows       *int64 `json:"rows"`
	Bytes      int64  `json:"bytes"`
	Indexes    int    `json:"indexes"`
	IndexBytes int64  `json:"indexBytes"`
	Partitions int    `json:"partitions"`
}

// Session is a session that is in the way.
type Session struct {
	PID         int    `json:"pid"`
	User        string `json:"user"`
	Application string `json:"application"`
	State       string `json:"state"`
	Seconds     int64  `json:"seconds"`
	Query       string `json:"query"`
}

// Effect is what a statement does to those who use the database.
type Effect struct {
	Risk     radius.Risk `json:"risk"`
	Locks    []Lock      `json:"locks"`
	Work     []Work      `json:"work"`
	WaitsFor []Wait      `json:"waitsFor"`
	Opaque   bool        `json:"opaque"`
	Notes    []string    `json:"notes"`
}

// Lock is a lock that a statement takes.
type Lock struct {
	Table  string   `json:"table"`
	Level  string   `json:"level"`
	Blocks []string `json:"blocks"`
	Maybe  bool     `json:"maybe"`
	Held   Span     `json:"held"`
}

// Work is what a statement reads or writes anew.
type Work struct {
	Kind  radius.Kind `json:"kind"`
	Table string      `json:"table"`
	Index string      `json:"index"`
	Why   string      `json:"why"`
	Maybe bool        `json:"maybe"`
	Takes Span        `json:"takes"`
	Space int64       `json:"space"`
}

// Span is an estimated time, in seconds.
type Span struct {
	From float64 `json:"from"`
	To   float64 `json:"to"`
}

// Wait is a session that a statement has to wait for.
type Wait struct {
	PID   int    `json:"pid"`
	Table string `json:"table"`
}

// Refusal is a limit of the team that the plan does not keep.
type Refusal struct {
	Migration string   `json:"migration"`
	Line      int      `json:"line"`
	Table     string   `json:"table"`
	Rules     []string `json:"rules"`
	Message   string   `json:"message"`
}

// Look finds out what the plan does to those who use the database, and which
// limits of the team it does not keep; allowed are not held to them. The error
// is radius.Read's: the plan can be shown without.
func (p *Plan) Look(ctx context.Context, conn *pgx.Conn, limits config.Refuse, allowed []string) error {
	report, err := radius.Read(ctx, conn, radiusPlan(p.pending))
	if err != nil {
		return err
	}
	p.Radius = report
	p.addEffects(report)
	for _, f := range report.Refusals(limits, allowed) {
		p.Refused = append(p.Refused, Refusal{
			Migration: p.Pending[f.Migration].Tag, Line: f.Line, Table: f.Table.Name.String(), Rules: f.Rules, Message: f.Message,
		})
	}
	return nil
}

// radiusPlan is the plan as package radius takes it.
func radiusPlan(plan *migrate.Pending) radius.Plan {
	out := radius.Plan{Whole: plan.Whole(), Record: sqltree.Name{Schema: plan.Target.Schema, Name: plan.Target.Table}}
	for i := range plan.Steps {
		step := &plan.Steps[i]
		m := radius.Pending{Tag: step.Migration.Entry.Tag, SQL: step.Migration.SQL}
		for _, s := range step.Stretches() {
			m.Stretches = append(m.Stretches, radius.Stretch{Start: s.Start, End: s.End})
		}
		out.Migrations = append(out.Migrations, m)
	}
	return out
}

// addEffects puts what was found out next to the statements.
func (p *Plan) addEffects(report *radius.Report) {
	p.Target = &Usage{Empty: report.Empty, Tables: []Table{}, Sessions: []Session{}, Notes: append([]string{}, report.Notes...)}
	for _, t := range report.Tables {
		object := Table{Name: t.Name.String(), Bytes: t.Bytes, Indexes: len(t.Indexes), IndexBytes: t.IndexBytes(), Partitions: t.Partitions}
		if t.Rows >= 0 {
			object.Rows = &t.Rows
		}
		p.Target.Tables = append(p.Target.Tables, object)
	}
	for _, s := range report.Sessions {
		p.Target.Sessions = append(p.Target.Sessions, Session{s.PID, s.User, s.Application, s.State, int64(s.Age.Seconds()), s.Query})
	}
	for i, m := range report.Migrations {
		for j := range m.Statements {
			s := &m.Statements[j]
			for k := range p.Pending[i].Statements {
				if shown := &p.Pending[i].Statements[k]; shown.Line == s.Line && shown.column == s.Column {
					shown.Effect = newEffect(s)
				}
			}
		}
	}
}

func newEffect(s *radius.Statement) *Effect {
	e := &Effect{
		Risk: s.Risk, Locks: []Lock{}, Work: []Work{}, WaitsFor: []Wait{}, Opaque: s.Opaque, Notes: append([]string{}, s.Notes...),
	}
	for _, l := range s.Locks {
		blocks := []string{}
		if l.Level.BlocksReads() {
			blocks = append(blocks, "reads")
		}
		if l.Level.BlocksWrites() {
			blocks = append(blocks, "writes")
		}
		e.Locks = append(e.Locks, Lock{l.Table.Name.String(), l.Level.String(), blocks, l.Maybe, newSpan(l.Held)})
	}
	for _, w := range s.Work {
		e.Work = append(e.Work, Work{w.Kind, w.Table.Name.String(), w.Index, w.Why, w.Maybe, newSpan(w.Time), w.Space})
	}
	for _, w := range s.Waits {
		table := ""
		if w.Table != nil {
			table = w.Table.Name.String()
		}
		e.WaitsFor = append(e.WaitsFor, Wait{w.Session.PID, table})
	}
	return e
}

func newSpan(s radius.Span) Span { return Span{s.From.Seconds(), s.To.Seconds()} }
