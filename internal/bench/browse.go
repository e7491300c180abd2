package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// view is how somebody comes to see the rows of the large table.
type view struct {
	name   string
	site   *site
	script map[string]any // what visit.mjs is told
	again  bool           // in a profile that has seen the page before

	visits  []visit
	missing string
}

// visit is what visit.mjs found: times in milliseconds.
type visit struct {
	Browser  string
	Painted  float64
	Listed   float64
	Rows     float64
	Requests float64
	Bytes    float64
}

// passage is what scroll.mjs found.
type passage struct {
	Frames []float64 // from one to the next, in milliseconds
	Blank  int
	Stood  int
	Passed int
	Busy   float64   // milliseconds of the main thread
	Shown  []float64 // after a jump, in milliseconds
	Before memory
	After  memory
}

type memory struct{ Heap, Nodes float64 }

// browse looks at the gallery in Chromium.
func (b *bench) browse(ctx context.Context) error {
	g := b.gallery
	views := []*view{}
	for _, again := range []bool{false, true} {
		studio := map[string]any{"link": g.skein.link + "&to=/data/public/events", "listed": `nav a[href="/data/public/events"]`, "rows": `[role=grid] [data-r="20"] [data-c="0"] *, [role=grid] [data-r="20"] [data-c="0"]:not(:empty)`}
		pressed := map[string]any{"link": g.skein.link, "listed": studio["listed"], "rows": studio["rows"], "press": true}
		pgweb := map[string]any{"link": g.pgweb.link, "listed": `#objects li[data-id="public.events"]`, "rows": "#results_body tr:nth-child(20) td", "press": true}
		views = append(views,
			&view{name: "skein studio, a link to the table", site: g.skein, script: studio, again: again},
			&view{name: "skein studio, the table is pressed", site: g.skein, script: pressed, again: again},
			&view{name: g.pgweb.name + ", the table is pressed", site: g.pgweb, script: pgweb, again: again})
	}
	for _, v := range views {
		v.missing = v.site.missing
	}
	for round := range b.settings.rounds {
		for i, v := range views {
			if v.missing != "" {
				continue
			}
			b.log("studio in Chromium: %s, round %d of %d", v.name, round+1, b.settings.rounds)
			// The first visit with a profile is the new one's, the second the other's.
			profile := filepath.Join(b.work, fmt.Sprintf("profile-%d-%d", round, i%(len(views)/2)))
			if err := v.visit(ctx, b, profile); err != nil {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				v.missing = err.Error()
			}
		}
	}
	b.sections = append(b.sections, visitTable(views))
	if g.skein.missing != "" {
		return nil
	}
	section, err := b.scroll(ctx)
	if err != nil && ctx.Err() == nil {
		section, err = "Scrolling was not measured: "+err.Error()+"\n", nil
	}
	b.sections = append(b.sections, section)
	return err
}

func (v *view) visit(ctx context.Context, b *bench, profile string) error {
	v.script["profile"] = profile
	var found visit
	if err := b.inBrowser(ctx, "visit.mjs", v.script, &found); err != nil {
		return err
	}
	v.visits = append(v.visits, found)
	return nil
}

// inBrowser runs a script of web/bench.
func (b *bench) inBrowser(ctx context.Context, script string, question, answer any) error {
	told, err := json.Marshal(question)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "node", filepath.Join(b.root, "web", "bench", script), string(told))
	cmd.Env = append(os.Environ(), "NO_COLOR=1")
	out, err := cmd.Output()
	if err != nil {
		said := err.Error()
		if exit, ok := err.(*exec.ExitError); ok {
			said = lastLines(string(exit.Stderr))
		}
		return fmt.Errorf("%s: %s", script, said)
	}
	return json.Unmarshal(out, answer)
}

func visitTable(views []*view) string {
	var out strings.Builder
	out.WriteString("In Chromium without a screen, from when it begins to load the page. *Tables* and *rows* are painted.\n\n")
	out.WriteString("| profile | who | first paint | tables | rows | × | requests | over the wire |\n|---|---|--:|--:|--:|--:|--:|--:|\n")
	var base float64
	var absent []string
	title := ""
	for _, v := range views {
		if v.missing != "" {
			absent = append(absent, "- "+v.name+": "+v.missing)
			continue
		}
		of := func(pick func(visit) float64) float64 {
			var all []float64
			for _, x := range v.visits {
				all = append(all, pick(x))
			}
			return quantile(all, 0.5)
		}
		profile := map[bool]string{false: "new", true: "used before"}[v.again]
		rows := of(func(x visit) float64 { return x.Rows })
		if profile != title {
			title, base = profile, rows
		} else {
			profile = ""
		}
		fmt.Fprintf(&out, "| %s | %s | %.0f ms | %.0f ms | %.0f ms | %s | %.0f | %.0f kB |\n", profile, v.name,
			of(func(x visit) float64 { return x.Painted }), of(func(x visit) float64 { return x.Listed }), rows,
			ratio(int64(rows*1000), int64(base*1000)), of(func(x visit) float64 { return x.Requests }), of(func(x visit) float64 { return x.Bytes })/1000)
	}
	if len(absent) > 0 {
		out.WriteString("\nNot measured:\n\n" + strings.Join(absent, "\n") + "\n")
	}
	return out.String()
}

// Through how many rows the grid is scrolled, and to how many places on the way
// it then jumps.
const (
	scrolledRows = 100_000
	scrollJumps  = 40
)

// speeds are in rows a frame. About 25 are in sight: at the first speed all of
// them are new at each frame. At the second a tenth of the way is gone.
var speeds = []struct{ step, part, jumps int }{{30, 1, scrollJumps}, {5, 10, 0}}

// scroll tells how smooth the grid is, and that it stays small.
func (b *bench) scroll(ctx context.Context) (string, error) {
	var out strings.Builder
	out.WriteString("The studio's grid, scrolled at each frame. A frame lasts 16.7 ms where the machine keeps up; one counts as over when it is longer by half a frame. *Main thread* is its processor time for a frame. *Blank* is a frame with a row in sight that has no values yet, *waiting* one at the end of what had come.\n\n")
	out.WriteString("| rows a frame | up to row | frames | over 16.7 ms | over 33 ms | over 50 ms | longest | main thread | blank | waiting | memory of the page | nodes |\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	var shown []float64
	for i, speed := range speeds {
		rows := min(scrolledRows, b.settings.rows) / speed.part
		b.log("studio in Chromium: scrolling by %d rows a frame up to row %d", speed.step, rows)
		var p passage
		err := b.inBrowser(ctx, "scroll.mjs", map[string]any{
			"profile": filepath.Join(b.work, fmt.Sprint("profile-scroll-", i)), "link": b.gallery.skein.link + "&to=/data/public/events",
			"rows": rows, "step": speed.step, "jumps": speed.jumps,
		}, &p)
		if err != nil {
			return "", err
		}
		if p.Passed < rows-1000 || len(p.Frames) == 0 {
			return "", fmt.Errorf("the grid came to row %d of %d only", p.Passed, rows)
		}
		shown = append(shown, p.Shown...)
		out.WriteString(p.line(speed.step))
	}
	fmt.Fprintf(&out, "\nAfter a jump to one of %d places that were passed, its rows are painted within %.0f ms (median), %.0f ms at most.\n", len(shown), quantile(shown, 0.5), slices.Max(shown))
	return out.String(), nil
}

func (p *passage) line(step int) string {
	frames := float64(len(p.Frames))
	share := func(n int) string { return fmt.Sprintf("%.1f %%", 100*float64(n)/frames) }
	over := func(limit float64) string {
		n := 0
		for _, f := range p.Frames {
			if f > limit {
				n++
			}
		}
		return share(n)
	}
	return fmt.Sprintf("| %d | %d | %d | %s | %s | %s | %.0f ms | %.1f ms | %s | %s | %.1f → %.1f MB | %.0f → %.0f |\n",
		step, p.Passed, len(p.Frames), over(25), over(41.7), over(58.3), slices.Max(p.Frames), p.Busy/frames,
		share(p.Blank), share(p.Stood), p.Before.Heap/1e6, p.After.Heap/1e6, p.Before.Nodes, p.After.Nodes)
}

// quantile is the value that a share of the values does not exceed.
func quantile(values []float64, share float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[max(0, int(math.Ceil(share*float64(len(sorted))))-1)]
}
