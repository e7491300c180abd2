package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skein-db/skein/internal/config"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/migrate"
	"github.com/skein-db/skein/internal/radius"
	"github.com/skein-db/skein/internal/sqltree"
)

// allowFlags say what may pass although skein.yaml refuses it.
type allowFlags struct{ allowed []string }

func (f *allowFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringSliceVar(&f.allowed, "allow", nil, "`table` or rule that migrate.refuse in skein.yaml is not to be held to; repeatable")
}

// targetObject is how the database is that the plan is for.
type targetObject struct {
	Empty    bool            `json:"empty"`
	Tables   []tableObject   `json:"tables"`
	Sessions []sessionObject `json:"sessions"`
	Notes    []string        `json:"notes"`
}

type tableObject struct {
	Name       string `json:"name"`
	Rows       *int64 `json:"rows"`
	Bytes      int64  `json:"bytes"`
	Indexes    int    `json:"indexes"`
	IndexBytes int64  `json:"indexBytes"`
	Partitions int    `json:"partitions"`
}

type sessionObject struct {
	PID         int    `json:"pid"`
	User        string `json:"user"`
	Application string `json:"application"`
	State       string `json:"state"`
	Seconds     int64  `json:"seconds"`
	Query       string `json:"query"`
}

// effectObject is what a statement does to those who use the database.
type effectObject struct {
	Risk     radius.Risk  `json:"risk"`
	Locks    []lockObject `json:"locks"`
	Work     []workObject `json:"work"`
	WaitsFor []waitObject `json:"waitsFor"`
	Opaque   bool         `json:"opaque"`
	Notes    []string     `json:"notes"`
}

type lockObject struct {
	Table  string     `json:"table"`
	Level  string     `json:"level"`
	Blocks []string   `json:"blocks"`
	Maybe  bool       `json:"maybe"`
	Held   spanObject `json:"held"`
}

type workObject struct {
	Kind  radius.Kind `json:"kind"`
	Table string      `json:"table"`
	Index string      `json:"index"`
	Why   string      `json:"why"`
	Maybe bool        `json:"maybe"`
	Takes spanObject  `json:"takes"`
	Space int64       `json:"space"`
}

type spanObject struct {
	From float64 `json:"from"`
	To   float64 `json:"to"`
}

type waitObject struct {
	PID   int    `json:"pid"`
	Table string `json:"table"`
}

type refusalObject struct {
	Migration string   `json:"migration"`
	Line      int      `json:"line"`
	Table     string   `json:"table"`
	Rules     []string `json:"rules"`
	Message   string   `json:"message"`
}

// findEffects finds out what the plan does to those who use the database, and puts
// it into the result. The error is for limits that the plan does not keep, or
// that cannot be looked at.
func (a *app) findEffects(ctx context.Context, db *database, plan *migrate.Pending, team *config.Config, allowed []string, r *migrateResult) error {
	limits := config.Refuse{}
	if team != nil {
		limits = team.Migrate.Refuse
	}
	done := a.working("looking at the tables of %s", db.name)
	report, err := radius.Read(ctx, db.Conn, radiusPlan(plan))
	done()
	switch {
	case err != nil && (ctx.Err() != nil || limits != config.Refuse{} || db.Conn.IsClosed()):
		return err
	case err != nil: // the plan can be shown without
		a.warn("%s", asDiag(err).Message)
		return nil
	}
	r.radius = report
	r.addEffects(report)
	refusals := report.Refusals(limits, allowed)
	if len(refusals) == 0 {
		return nil
	}
	for _, f := range refusals {
		r.Refused = append(r.Refused, refusalObject{
			Migration: r.Pending[f.Migration].Tag, Line: f.Line, Table: f.Table.Name.String(), Rules: f.Rules, Message: f.Message,
		})
	}
	return refusedError(team.File, r)
}

func refusedError(file string, r *migrateResult) error {
	first := r.Refused[0]
	e := &diag.Error{
		Kind: diag.Refused, Line: first.Line, Message: first.Message,
		Hint: fmt.Sprintf("choose a quiet moment or a gentler way, then pass --allow; the limits are migrate.refuse in %s; nothing was run", file),
	}
	for _, step := range r.Pending {
		if step.Tag == first.Migration {
			e.File = step.File
		}
	}
	var more []string
	for _, f := range r.Refused[1:] {
		more = append(more, fmt.Sprintf("%s:%d: %s", f.Migration, f.Line, f.Message))
	}
	e.Detail = strings.Join(more, "\n")
	return e
}

// radiusPlan is the plan as package radius takes it.
func radiusPlan(plan *migrate.Pending) radius.Plan {
	p := radius.Plan{Whole: plan.Whole(), Record: sqltree.Name{Schema: plan.Target.Schema, Name: plan.Target.Table}}
	for i := range plan.Steps {
		step := &plan.Steps[i]
		m := radius.Pending{Tag: step.Migration.Entry.Tag, SQL: step.Migration.SQL}
		for _, s := range step.Stretches() {
			m.Stretches = append(m.Stretches, radius.Stretch{Start: s.Start, End: s.End})
		}
		p.Migrations = append(p.Migrations, m)
	}
	return p
}

// addEffects puts what was found out next to the statements.
func (r *migrateResult) addEffects(report *radius.Report) {
	r.Target = &targetObject{Empty: report.Empty, Tables: []tableObject{}, Sessions: []sessionObject{}, Notes: append([]string{}, report.Notes...)}
	for _, t := range report.Tables {
		object := tableObject{Name: t.Name.String(), Bytes: t.Bytes, Indexes: len(t.Indexes), IndexBytes: t.IndexBytes(), Partitions: t.Partitions}
		if t.Rows >= 0 {
			object.Rows = &t.Rows
		}
		r.Target.Tables = append(r.Target.Tables, object)
	}
	for _, s := range report.Sessions {
		r.Target.Sessions = append(r.Target.Sessions, sessionObject{s.PID, s.User, s.Application, s.State, int64(s.Age.Seconds()), s.Query})
	}
	for i, m := range report.Migrations {
		for j := range m.Statements {
			s := &m.Statements[j]
			for k := range r.Pending[i].Statements {
				if shown := &r.Pending[i].Statements[k]; shown.Line == s.Line && shown.column == s.Column {
					shown.Effect = newEffectObject(s)
				}
			}
		}
	}
}

func newEffectObject(s *radius.Statement) *effectObject {
	e := &effectObject{
		Risk: s.Risk, Locks: []lockObject{}, Work: []workObject{}, WaitsFor: []waitObject{}, Opaque: s.Opaque, Notes: append([]string{}, s.Notes...),
	}
	for _, l := range s.Locks {
		blocks := []string{}
		if l.Level.BlocksReads() {
			blocks = append(blocks, "reads")
		}
		if l.Level.BlocksWrites() {
			blocks = append(blocks, "writes")
		}
		e.Locks = append(e.Locks, lockObject{l.Table.Name.String(), l.Level.String(), blocks, l.Maybe, newSpanObject(l.Held)})
	}
	for _, w := range s.Work {
		e.Work = append(e.Work, workObject{w.Kind, w.Table.Name.String(), w.Index, w.Why, w.Maybe, newSpanObject(w.Time), w.Space})
	}
	for _, w := range s.Waits {
		table := ""
		if w.Table != nil {
			table = w.Table.Name.String()
		}
		e.WaitsFor = append(e.WaitsFor, waitObject{w.Session.PID, table})
	}
	return e
}

func newSpanObject(s radius.Span) spanObject { return spanObject{s.From.Seconds(), s.To.Seconds()} }
