package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/gitrepo"
	"github.com/skein-db/skein/internal/merge"
	"github.com/skein-db/skein/internal/resolve"
	"github.com/skein-db/skein/internal/settle"
)

// resolveResult is the JSON object of skein resolve.
type resolveResult struct {
	Status string        `json:"status"` // "resolved", "planned", "problems", "nothing" or "aborted"
	Steps  []resolveStep `json:"steps"`
	Next   string        `json:"next"`
}

// resolveStep is one joining of two lines; a rebase can take several.
type resolveStep struct {
	Operation  operationObject   `json:"operation"`
	Broken     []brokenObject    `json:"broken"`
	Migrations []moveObject      `json:"migrations"`
	Problems   []problemObject   `json:"problems"`
	Files      []string          `json:"files"`
	Staged     []string          `json:"staged"`
	Unmerged   []string          `json:"unmerged"`
	Schema     schemaStateObject `json:"schema"`
	Untold     []string          `json:"untold"`
	Generated  []generatedObject `json:"generated"`
	Proof      proofObject       `json:"proof"`
}

type operationObject struct {
	Doing    string `json:"doing"`
	Step     int    `json:"step,omitempty"`
	Steps    int    `json:"steps,omitempty"`
	Upstream string `json:"upstream"` // a commit
	Local    string `json:"local"`
	Side     string `json:"side"` // of git's: "ours" or "theirs" is upstream
	Why      string `json:"why"`
}

// brokenObject is a finding of skein check about a branch by itself.
type brokenObject struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

type moveObject struct {
	From       string          `json:"from"`
	To         string          `json:"to,omitempty"`
	Fate       string          `json:"fate"`
	Statements []toldStatement `json:"statements"`
}

type toldStatement struct {
	Verdict string `json:"verdict"`
	Old     string `json:"old,omitempty"`
	New     string `json:"new,omitempty"`
}

type problemObject struct {
	Kind      string        `json:"kind"`
	Migration string        `json:"migration"`
	Object    string        `json:"object,omitempty"`
	Attribute string        `json:"attribute,omitempty"`
	Uses      string        `json:"uses,omitempty"`
	DroppedBy string        `json:"droppedBy,omitempty"`
	Statement string        `json:"statement,omitempty"`
	Upstream  versionObject `json:"upstream"`
	Local     versionObject `json:"local"`
	Take      []string      `json:"take"`
}

type versionObject struct {
	Version   string `json:"version,omitempty"`
	Migration string `json:"migration,omitempty"`
	Commit    string `json:"commit,omitempty"`
	Author    string `json:"author,omitempty"`
	Date      string `json:"date,omitempty"`
	Subject   string `json:"subject,omitempty"`
}

type schemaStateObject struct {
	State      string   `json:"state"`
	Statements []string `json:"statements"`
	Error      string   `json:"error,omitempty"`
}

type generatedObject struct {
	Run   string `json:"run"`
	Dir   string `json:"dir"`
	Error string `json:"error"`
}

type proofObject struct {
	Checked  bool   `json:"checked"`
	Replayed bool   `json:"replayed"`
	Reason   string `json:"reason,omitempty"`
	Version  string `json:"version,omitempty"`
}

// newRebasedStep says what becomes of a rebase that is over.
func newRebasedStep(found *settle.Rebased) *resolveStep {
	return &resolveStep{
		Operation: operationObject{Doing: "rebased", Upstream: found.Onto, Local: found.Head, Side: "ours", Why: "the commits were put on it"},
		Broken:    []brokenObject{}, Migrations: newMoves(found.Moves), Problems: []problemObject{}, Files: []string{}, Staged: []string{}, Unmerged: []string{},
		Untold: []string{}, Generated: []generatedObject{}, Schema: schemaStateObject{State: string(settle.Unknown), Statements: []string{}},
	}
}

// newResolveStep says what a case is about, before anything is done.
func newResolveStep(ctx context.Context, c *settle.Case) (*resolveStep, error) {
	p := c.Place
	s := &resolveStep{
		Operation: operationObject{
			Doing: placeName(p), Step: p.Step, Steps: p.Steps, Upstream: p.Upstream, Local: p.Local, Side: gitSide(p, merge.Upstream), Why: p.Why,
		},
		Broken: []brokenObject{}, Migrations: newMoves(c.Plan.Moves), Problems: []problemObject{}, Files: []string{}, Staged: []string{}, Generated: []generatedObject{},
		Unmerged: append([]string{}, c.Unmerged...), Untold: append([]string{}, c.Plan.Untold()...),
		Schema: schemaStateObject{State: string(c.Schema), Statements: []string{}},
	}
	for _, f := range c.Broken {
		s.Broken = append(s.Broken, brokenObject{f.Code, f.Message})
	}
	if c.Differs != nil {
		s.Schema.Statements = append(s.Schema.Statements, c.Differs.Statements()...)
	}
	if c.SchemaErr != nil {
		s.Schema.Error = asDiag(c.SchemaErr).Error()
	}
	for i := range c.Plan.Problems {
		o, err := newProblem(ctx, c, &c.Plan.Problems[i])
		if err != nil {
			return nil, err
		}
		s.Problems = append(s.Problems, o)
	}
	return s, nil
}

func newMoves(moves []resolve.Move) []moveObject {
	out := []moveObject{}
	for _, m := range moves {
		o := moveObject{From: m.From.Tag, To: m.To.Tag, Fate: string(m.Fate), Statements: []toldStatement{}}
		for _, st := range m.Statements {
			o.Statements = append(o.Statements, toldStatement{string(st.Verdict), st.Old, st.New})
		}
		out = append(out, o)
	}
	return out
}

func newProblem(ctx context.Context, c *settle.Case, p *resolve.Problem) (problemObject, error) {
	o := problemObject{Kind: problemKind(p), Migration: p.Migration, Take: []string{}}
	parties, err := c.Parties(ctx, p)
	if err != nil {
		return o, err
	}
	o.Upstream, o.Local = sideVersion(parties[0]), sideVersion(parties[1])
	switch {
	case p.Disagreement != nil:
		d := p.Disagreement
		o.Object, o.Attribute, o.DroppedBy = d.Object.String(), d.Attribute, string(d.DroppedBy)
		o.Upstream.Version, o.Local.Version = d.Upstream, d.Local
		if d.Uses != nil {
			o.Uses = d.Uses.String()
		}
	case p.Statement != "":
		o.Object, o.Statement, o.DroppedBy = p.Uses.String(), strings.TrimSpace(p.Statement), string(p.By)
	case p.Edited != "":
		o.Statement = p.Edited
	}
	for _, side := range p.Choices() {
		o.Take = append(o.Take, string(side)+":"+p.Object().Path())
	}
	return o, nil
}

func sideVersion(p settle.Party) versionObject {
	v := versionObject{Migration: p.Migration}
	if c := p.Commit; c != nil {
		v.Commit, v.Author, v.Date, v.Subject = c.ID, c.Author, c.Date.Format("2006-01-02"), c.Subject
	}
	return v
}

// problemKind is a word for each kind of problem.
func problemKind(p *resolve.Problem) string {
	switch {
	case p.Disagreement != nil && p.Disagreement.Uses != nil:
		return "uses-dropped"
	case p.Disagreement != nil:
		return "set-twice"
	case p.Statement != "":
		return "statement-uses-dropped"
	case p.Landed:
		return "landed-changed"
	}
	return "edited-by-hand"
}

func placeName(p *resolve.Place) string {
	switch {
	case p.Behind:
		return "behind"
	case p.Ahead:
		return "ahead"
	case p.Doing == gitrepo.Idle:
		return "merged"
	}
	return string(p.Doing)
}

// gitSide is what git calls a side.
func gitSide(p *resolve.Place, side merge.Side) string {
	if p.Ours == side {
		return "ours"
	}
	return "theirs"
}

// carriedOut adds what was done.
func (s *resolveStep) carriedOut(out *settle.Outcome) {
	s.Files, s.Staged = append(s.Files, out.Files...), append(s.Staged, out.Staged...)
	slices.Sort(s.Files)
	for _, f := range out.Failed {
		s.Generated = append(s.Generated, generatedObject{f.Command, f.Dir, f.Err.Error()})
	}
	s.Proof = proofObject{Checked: true}
	if p := out.Proof; p != nil {
		s.Proof.Replayed, s.Proof.Reason, s.Proof.Version = p.Ran && p.Failure == nil, p.Reason, p.Version
		if p.Failure != nil { // as on upstream, or it would not have come to this
			s.Proof.Reason = p.Failure.Message
		}
	}
}

// needsPerson reports whether git cannot go on yet.
func (s *resolveStep) needsPerson() bool {
	switch settle.SchemaState(s.Schema.State) {
	case settle.Different, settle.Unfinished, settle.Unreadable:
		return true
	}
	return len(s.Unmerged) > 0 || len(s.Generated) > 0 || len(s.Untold) > 0
}
