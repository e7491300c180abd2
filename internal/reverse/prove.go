package reverse

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/catalog"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/replay"
)

// Proof is what came of running the way back on a throwaway server.
type Proof struct {
	Server, Version string
	Migrations      int // of the history that were run before it
	// Left is what the migrations made and the way back leaves, beside what
	// snapshots hold; Gone is what was there before them and is not any more.
	Left, Gone []replay.Object
}

// Prove runs the history up to the first step's migration on a throwaway
// server, and then the way back. What is there after each step has to be what
// was there before its migration; and what the steps touch has to be in the
// database as it is on the throwaway server. Otherwise the error, of kind
// Refused, shows the differences.
func Prove(ctx context.Context, conn *pgx.Conn, h *history.History, steps []Step, reading catalog.Options, o replay.Options) (*Proof, error) {
	newest, oldest := steps[0].Entry, steps[len(steps)-1].Entry
	for _, m := range h.Migrations[:newest+1] {
		if !m.HasSQL {
			return nil, &diag.Error{Kind: diag.Refused, File: m.File, Message: "the SQL file is missing, so the history cannot be run to try the way back",
				Hint: "restore it from version control; nothing was run"}
		}
	}
	all := slices.Clone(h.Migrations[:newest+1])
	for _, s := range steps {
		all = append(all, history.Migration{Entry: s.Migration.Entry, File: s.Migration.File + " (reversed)", SQL: s.SQL, HasSQL: true})
	}
	stage, err := replay.Open(ctx, all, steps[0].after, o)
	if err != nil {
		return nil, err
	}
	defer stage.Close()
	p := &Proof{Migrations: newest + 1}
	p.Server, p.Version = stage.Server()
	before, err := forth(ctx, stage, oldest, newest)
	if err != nil {
		return nil, err
	}
	now := before[newest+1]
	if err := undrifted(ctx, conn, stage, now, steps, reading); err != nil {
		return nil, err
	}
	for i, s := range steps {
		failure, err := stage.Forward(ctx, newest+1+i+1)
		if err != nil {
			return nil, err
		}
		if failure != nil {
			return nil, failure.Told("tried on a throwaway PostgreSQL, so nothing was run; write a new migration that undoes what is wrong (`skein generate`)")
		}
		if now, err = stage.Read(ctx); err != nil {
			return nil, err
		}
		was := before[s.Entry]
		if found := replay.Compare(&now.Schema, &was.Schema, &was.Schema); len(found) > 0 {
			return nil, notThere(s, found)
		}
	}
	was := before[oldest]
	p.Left, p.Gone = without(now.Outside, was.Outside), without(was.Outside, now.Outside)
	return p, nil
}

// forth runs the history and returns what is there after n migrations, for each
// n that the way back passes.
func forth(ctx context.Context, stage *replay.Stage, oldest, newest int) (map[int]*replay.State, error) {
	states := map[int]*replay.State{}
	for n := oldest; n <= newest+1; n++ {
		failure, err := stage.Forward(ctx, n)
		if err != nil {
			return nil, err
		}
		if failure != nil {
			return nil, failure.Told("the history itself does not run (`skein check --replay`), so the way back cannot be tried; nothing was run")
		}
		if states[n], err = stage.Read(ctx); err != nil {
			return nil, err
		}
	}
	return states, nil
}

func without(objects, others []replay.Object) []replay.Object {
	var out []replay.Object
	for _, o := range objects {
		if o.Kind != "note" && !slices.Contains(others, o) {
			out = append(out, o)
		}
	}
	return out
}

func notThere(s Step, found []replay.Difference) error {
	return &diag.Error{Kind: diag.Refused, File: s.Migration.File,
		Message: fmt.Sprintf("the way back over %s does not lead to what was there before it: %s", s.Migration.Entry.Tag, counted(len(found))),
		Detail:  differences(found, "after it", "before"),
		Hint:    "tried on a throwaway PostgreSQL, so nothing was run; its snapshot is not what its SQL does: see `skein check --replay`"}
}

func counted(n int) string {
	if n == 1 {
		return "1 difference"
	}
	return fmt.Sprintf("%d differences", n)
}

// shownDifferences is how many are told of.
const shownDifferences = 10

func differences(found []replay.Difference, here, there string) string {
	var lines []string
	for i, d := range found {
		if i == shownDifferences {
			lines = append(lines, fmt.Sprintf("… and %d more", len(found)-i))
			break
		}
		lines = append(lines, fmt.Sprintf("%s %s: %s %s, %s %s", d.Kind, d.Object, here, orNot(d.Database), there, orNot(d.Snapshot)))
	}
	return strings.Join(lines, "\n")
}

func orNot(text string) string {
	if text == "" {
		return "is not there"
	}
	return text
}
