package studio

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/migrate"
	"github.com/skein-db/skein/internal/standing"
)

type planAnswer struct {
	*standing.Plan
	// Digest stands for what would be applied, and is given to apply it.
	Digest string `json:"digest"`
	// Left is how many statements of a migration are not given: so many are rows,
	// and nobody reads them.
	Left map[string]int `json:"left,omitempty"`
	// Unseen is why the effects could not be looked at, "" where they were.
	Unseen string `json:"unseen,omitempty"`
}

func (s *Server) plan(w http.ResponseWriter, r *http.Request) error {
	p, err := s.project()
	if err != nil {
		return err
	}
	conn, err := s.pool.Take(r.Context())
	if err != nil {
		return err
	}
	defer s.pool.Give(conn)
	pending, err := p.pending(r.Context(), conn)
	if err != nil {
		return err
	}
	a := planAnswer{Plan: standing.NewPlan(pending, s.options.Database.Place), Digest: digest(pending)}
	a.Status = "nothing_to_do"
	if len(a.Pending) > 0 {
		if err := p.look(r.Context(), conn, a.Plan); err != nil {
			_, f := s.failureOf(err)
			a.Unseen = f.What
		}
	}
	if len(a.Pending)+len(a.Moved) > 0 {
		if a.Status = "pending"; len(a.Refused) > 0 {
			a.Status = "refused"
		}
	}
	a.shorten()
	return s.ok(w, a)
}

// What of a migration a plan shows.
const (
	mostPlanned    = 500     // statements
	longestPlanned = 4 << 10 // of a statement, in bytes
)

// shorten keeps a plan to what can be looked at.
func (a *planAnswer) shorten() {
	for i := range a.Pending {
		step := &a.Pending[i]
		if left := len(step.Statements) - mostPlanned; left > 0 {
			if a.Left == nil {
				a.Left = map[string]int{}
			}
			a.Left[step.Tag], step.Statements = left, step.Statements[:mostPlanned]
		}
		for j := range step.Statements {
			if s := &step.Statements[j]; len(s.SQL) > longestPlanned {
				s.SQL = strings.ToValidUTF8(s.SQL[:longestPlanned], "") + " …"
			}
		}
	}
}

func (p *Project) pending(ctx context.Context, conn *pgx.Conn) (*migrate.Pending, error) {
	h, err := history.Open(p.Folder)
	if err != nil {
		return nil, err
	}
	return migrate.PlanWith(ctx, conn, h, p.Target, func(hashes []string) map[string]string { return standing.AppliedTexts(ctx, h.Dir, hashes) })
}

// look adds the effects to a plan, and which limits of the team it does not
// keep.
func (p *Project) look(ctx context.Context, conn *pgx.Conn, plan *standing.Plan) error {
	team, err := p.team()
	if err != nil {
		return err
	}
	return plan.Look(ctx, conn, team.Refuse, nil)
}

// digest stands for a plan: which migrations, with which text, from which line
// on.
func digest(p *migrate.Pending) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n", p.Target)
	for _, m := range p.Moves {
		fmt.Fprintf(h, "moved %s %s\n", m.Migration.Entry.Tag, m.Migration.Hash())
	}
	for _, step := range p.Steps {
		fmt.Fprintf(h, "%s %s %v %q\n", step.Migration.Entry.Tag, step.Migration.Hash(), step.Skipped, step.Notes)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// apply runs a plan that was shown, as `skein migrate` does, and streams what
// happens. It goes on when the page goes away, for whoever looks again finds
// the outcome in the history; it ends with the program, or when it is canceled.
func (s *Server) apply(w http.ResponseWriter, r *http.Request) error {
	var ask struct {
		ID     string `json:"id"`
		Digest string `json:"digest"`
	}
	if err := body(r, &ask); err != nil {
		return err
	}
	p, err := s.project()
	if err != nil {
		return err
	}
	ctx, end, err := s.applying.start(s.life, ask.ID)
	if err != nil {
		return err
	}
	defer end()
	conn, err := s.options.Connect(ctx)
	if err != nil {
		return err
	}
	defer closeConn(conn)
	pending, err := s.agreed(ctx, conn, p, ask.Digest)
	if err != nil {
		return err
	}
	team, err := p.team()
	if err != nil {
		return err
	}
	out := newStream(w)
	tell := func(v any) { _ = out.send(v) } // nobody may be listening any more
	run := standing.AsTeamSays(migrate.Options{OnEvent: func(e migrate.Event) { tell(s.eventOf(e)) }}, team)
	done, err := migrate.Apply(ctx, conn, pending, run)
	last := applyEnd{Type: "end", OK: err == nil, ByOthers: append([]string{}, done.ByOthers...), Moved: append([]string{}, done.Moved...), Applied: []string{}}
	for _, m := range done.Migrations {
		last.Applied = append(last.Applied, m.Tag)
	}
	if err != nil {
		_, last.Error = s.failureOf(err)
		last.Canceled = errors.Is(context.Cause(ctx), errCanceled)
	}
	tell(last)
	return nil
}

// eventOf is an event without passwords in what PostgreSQL said.
func (s *Server) eventOf(event migrate.Event) standing.Event {
	e := standing.EventOf(event)
	for _, text := range []*string{&e.Reason, &e.Message, &e.Detail, &e.Hint} {
		*text = s.options.Hide.Hide(*text)
	}
	return e
}

// applyEnd is the last line of applying.
type applyEnd struct {
	Type     string   `json:"type"` // "end"
	OK       bool     `json:"ok"`
	Applied  []string `json:"applied"`  // tags
	ByOthers []string `json:"byOthers"` // tags that another run applied meanwhile
	Moved    []string `json:"moved"`    // tags that were recorded anew
	Canceled bool     `json:"canceled,omitempty"`
	Error    *failure `json:"error,omitempty"`
}

// agreed is the plan now, if it is what the digest says and keeps the limits of
// the team.
func (s *Server) agreed(ctx context.Context, conn *pgx.Conn, p *Project, wanted string) (*migrate.Pending, error) {
	pending, err := p.pending(ctx, conn)
	if err != nil {
		return nil, err
	}
	if len(pending.Steps)+len(pending.Moves) == 0 {
		return nil, withStatus(http.StatusConflict, "nothing is pending any more", "reload the history")
	}
	if digest(pending) != wanted {
		return nil, withStatus(http.StatusConflict, "the plan is not the one that was shown: the folder or the database has changed", "look at the plan again, then apply it")
	}
	if len(pending.Steps) == 0 {
		return pending, nil
	}
	plan := standing.NewPlan(pending, s.options.Database.Place)
	if err := p.look(ctx, conn, plan); err != nil {
		return nil, err
	}
	if len(plan.Refused) > 0 {
		first := plan.Refused[0]
		return nil, &diag.Error{
			Kind: diag.Refused, Line: first.Line, Message: first.Migration + ": " + first.Message,
			Hint: "migrate.refuse in skein.yaml says so; `skein migrate --allow` lets it pass",
		}
	}
	return pending, nil
}
