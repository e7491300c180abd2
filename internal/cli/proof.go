package cli

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/pgserver"
	"github.com/skein-db/skein/internal/replay"
	"github.com/skein-db/skein/internal/schema"
)

// When the history is run.
const (
	replayAuto = "auto" // where nothing has to be fetched for it
	replayOn   = "on"
	replayOff  = "off"
)

// replayVariable sets the flag's default, for example in a pre-commit hook.
const replayVariable = "SKEIN_REPLAY"

// turnedOff is the reason of a proof that the user did not want.
const turnedOff = "it was turned off"

// replayObject is what --format json says of the proof.
type replayObject struct {
	Ran         bool                `json:"ran"`
	Reason      string              `json:"reason,omitempty"`
	Server      string              `json:"server,omitempty"`
	Version     string              `json:"version,omitempty"`
	Cached      bool                `json:"cached"`
	Seconds     float64             `json:"seconds"`
	Migrations  int                 `json:"migrations"`
	Snapshot    bool                `json:"snapshotCompared"`
	SchemaFiles bool                `json:"schemaCompared"`
	Differences []replay.Difference `json:"differences"`
	Outside     []replay.Object     `json:"outside"`
}

// proof is a proof that was made, or was not, and how long it took.
type proof struct {
	*replay.Outcome
	took   time.Duration
	wanted bool // and not only where it costs nothing
}

// addReplay gives cmd the flag --replay.
func addReplay(cmd *cobra.Command, when *string) {
	cmd.Flags().Var(newChoice(when, replayAuto, replayOn, replayOff), "replay", "run the history on a throwaway PostgreSQL")
	cmd.Flags().Lookup("replay").NoOptDefVal = replayOn
}

// prove runs the history as --replay and the environment say. A proof that
// cannot be made here is no error unless it was asked for.
func (a *app) prove(ctx context.Context, dir string, desired *schema.Schema, when string) (*proof, error) {
	if when == replayAuto {
		if word := lastValue(a.environ, replayVariable); word != "" {
			when = word
		}
	}
	switch when {
	case replayOff:
		return &proof{Outcome: &replay.Outcome{Reason: turnedOff}}, nil
	case replayAuto, replayOn:
	default:
		return nil, usage("set it to auto, on or off, or unset it", "%s is %q", replayVariable, when)
	}
	h, err := history.Survey(dir)
	if err != nil {
		return nil, err
	}
	defer a.working("proving the history")()
	last := func() {}
	defer func() { last() }()
	start := time.Now()
	out, err := replay.Prove(ctx, h, desired, replay.Options{
		Server: pgserver.Options{
			Offline: when == replayAuto, CacheDir: a.cacheDir("postgres"),
			Log: func(line string) { a.note("%s\n", line) },
		},
		CacheDir: a.userCache("proof"),
		Progress: func(what string) {
			last()
			last = a.working("%s", what)
		},
	})
	if err != nil {
		return nil, err
	}
	if !out.Ran && when == replayOn {
		var told *diag.Error
		if errors.As(out.Err, &told) {
			return nil, told
		}
	}
	return &proof{Outcome: out, took: time.Since(start), wanted: when == replayOn}, nil
}

func (p *proof) object() *replayObject {
	return &replayObject{
		Ran: p.Ran, Reason: p.Reason, Server: p.Server, Version: p.Version, Cached: p.Cached,
		Seconds: math.Round(p.took.Seconds()*1000) / 1000, Migrations: p.Migrations,
		Snapshot: p.Snapshot, SchemaFiles: p.SchemaFiles,
		Differences: append([]replay.Difference{}, p.Differences...), Outside: append([]replay.Object{}, p.Outside...),
	}
}

// notes say in a few lines what the proof came to; findings say the rest.
func (p *proof) notes() []string {
	switch {
	case p.Reason == turnedOff:
		return nil
	case !p.Ran && p.Err != nil:
		return []string{"the proof was left out: " + p.Reason + "; --replay fetches a PostgreSQL for it where that can be had"}
	case !p.Ran:
		return []string{"the proof was left out: " + p.Reason}
	}
	ran := fmt.Sprintf("%s ran on PostgreSQL %s", count(p.Migrations, "migration"), p.Version)
	if p.Cached {
		ran += " an earlier time"
	} else {
		ran += fmt.Sprintf(" in %.1f s", p.took.Seconds())
	}
	return append([]string{ran + "; " + p.agreement()}, p.outside()...)
}

func (p *proof) agreement() string {
	views := []string{"the database"}
	if p.Snapshot {
		views = append(views, "the last snapshot")
	}
	if p.SchemaFiles {
		views = append(views, "the schema files")
	}
	switch {
	case p.Failure != nil:
		return "the next one failed"
	case len(p.Differences) > 0:
		return fmt.Sprintf("%s differ in %s", list(views), count(len(p.Differences), "object"))
	case len(views) == 1:
		return "there is nothing to compare the database with"
	}
	return list(views) + " agree"
}

// outside lists what no snapshot holds, with names where they are few.
func (p *proof) outside() []string {
	var kinds, notes []string
	names := map[string][]string{}
	for _, o := range p.Outside {
		if o.Kind == "note" { // says something of a table that is held
			notes = append(notes, "note: "+o.Name+" "+o.Note)
			continue
		}
		if names[o.Kind] == nil {
			kinds = append(kinds, o.Kind)
		}
		names[o.Kind] = append(names[o.Kind], o.Name)
	}
	if len(kinds) == 0 {
		return notes
	}
	var parts []string
	for _, kind := range kinds {
		part := count(len(names[kind]), kind)
		if len(names[kind]) <= 3 {
			part += " (" + strings.Join(names[kind], ", ") + ")"
		}
		parts = append(parts, part)
	}
	return append([]string{"beside what snapshots hold, the migrations make " + list(parts)}, notes...)
}

// list joins words as people do.
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
