package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// verdict is what a situation came to for one tool. Its words follow from what
// was seen: exit codes, output, and what is in the database.
type verdict struct {
	good  bool // nothing was lost, hidden, stuck or stopped
	words string
}

// mark is the verdict as a cell.
func (v verdict) mark() string {
	if v.good {
		return "✓ " + v.words
	}
	return "✗ " + v.words
}

// cell is what became of one tool in one situation.
type cell struct {
	verdict verdict
	runs    []outcome
	missing string // why there is no verdict
}

// matrix puts every tool into every situation and prints a table. What was
// seen follows below it, so that no word has to be believed.
func (b *bench) matrix(ctx context.Context, w io.Writer) error {
	tools := b.tools(ctx)
	cells := make([][]cell, len(situations))
	for i, s := range situations {
		for _, t := range tools {
			b.log("%s: %s", s.title, t.name)
			cells[i] = append(cells[i], b.try(ctx, t, s))
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
	var out strings.Builder
	out.WriteString("## What happens when it does not go well\n\n")
	fmt.Fprintf(&out, "Each tool is put into each situation, on a database of its own, and what it did is read from exit codes, output and the database. ✗ stands where something is skipped or lost in silence, is stuck until somebody repairs it by hand, does not work at all, or keeps an application waiting.\n\n")
	out.WriteString("| situation |")
	for _, t := range tools {
		out.WriteString(" " + t.name + " |")
	}
	out.WriteString("\n|---|" + strings.Repeat("---|", len(tools)) + "\n")
	for i, s := range situations {
		out.WriteString("| " + s.title + " |")
		for _, c := range cells[i] {
			text := c.verdict.mark()
			if c.missing != "" {
				text = "not tried"
			}
			out.WriteString(" " + strings.ReplaceAll(text, "|", `\|`) + " |")
		}
		out.WriteString("\n")
	}
	out.WriteString("\n### What was seen\n\nThe runs of each tool in order: exit code, and the end of what it printed.\n")
	for i, s := range situations {
		out.WriteString("\n**" + s.title + "**\n\n")
		for n, c := range cells[i] {
			fmt.Fprintf(&out, "- %s: %s\n", tools[n].name, c.seen())
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// seen tells the runs in one line; of many at once, how many ended alike.
func (c cell) seen() string {
	if c.missing != "" {
		return "not tried: " + c.missing
	}
	const many = 6
	var runs []string
	codes := map[int]int{}
	for _, r := range c.runs {
		if codes[r.code]++; len(c.runs) <= many || codes[r.code] == 1 {
			runs = append(runs, r.String())
		}
	}
	if len(c.runs) > many {
		var counts []string
		for _, code := range slices.Sorted(maps.Keys(codes)) {
			counts = append(counts, fmt.Sprintf("%d × exit code %d", codes[code], code))
		}
		return strings.Join(counts, ", ") + ", for example " + strings.Join(runs, "; ")
	}
	return strings.Join(runs, "; ")
}

// try puts one tool into one situation.
func (b *bench) try(ctx context.Context, tool *tool, s situation) cell {
	switch {
	case tool.missing != "":
		return cell{missing: tool.missing}
	case b.server == nil:
		return cell{missing: b.noServer}
	}
	t, err := b.newTrial(ctx, tool)
	if err != nil {
		return cell{missing: err.Error()}
	}
	defer t.end(ctx)
	seen, err := s.observe(ctx, t)
	if err != nil {
		return cell{runs: t.runs, missing: err.Error()}
	}
	return cell{runs: t.runs, verdict: seen.verdict()}
}

// trial is one tool with a folder and a database of its own.
type trial struct {
	tool  *tool
	dir   string
	work  string
	url   string
	conn  *pgx.Conn // the harness's own
	drop  func(context.Context)
	hold  time.Duration
	limit time.Duration // for a run of the tool
	runs  []outcome
}

// holdFor is how long somebody's transaction holds a table in a trial.
const holdFor = 10 * time.Second

// newTrial makes a folder and a database with the table that files write down
// in what they have done.
func (b *bench) newTrial(ctx context.Context, tool *tool) (*trial, error) {
	dir, err := os.MkdirTemp(b.work, "trial-")
	if err != nil {
		return nil, err
	}
	url, err := b.server.CreateDatabase(ctx)
	if err != nil {
		return nil, err
	}
	t := &trial{tool: tool, dir: dir, work: b.work, url: url, hold: holdFor, limit: runLimit}
	t.drop = func(ctx context.Context) { _ = b.server.Drop(ctx, url) } // the server goes anyway
	if t.conn, err = pgx.Connect(ctx, url); err != nil {
		return nil, err
	}
	return t, t.exec(ctx, "CREATE TABLE done (file int)")
}

func (t *trial) end(ctx context.Context) {
	t.conn.Close(ctx)
	t.drop(ctx)
	_ = os.RemoveAll(t.dir) // is in a folder that goes
}

func (t *trial) exec(ctx context.Context, sql string) error {
	_, err := t.conn.Exec(ctx, sql)
	return err
}

// value reads a single value as text, "" for none.
func (t *trial) value(ctx context.Context, sql string) (string, error) {
	var text *string
	err := t.conn.QueryRow(ctx, sql).Scan(&text)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && text == nil {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return *text, nil
}

// done lists the files that have done their work, as often as they did it.
func (t *trial) done(ctx context.Context) (string, error) {
	return t.value(ctx, "SELECT string_agg(file::text, ' ' ORDER BY file) FROM done")
}

// outcome is how a run of a tool ended.
type outcome struct {
	code int // -1 where it was ended
	text string
	took time.Duration
}

// runLimit is how long a run of a tool may take; then it is ended.
const runLimit = 60 * time.Second

func (o outcome) String() string {
	if o.code < 0 {
		return "ended by us"
	}
	text := fmt.Sprintf("exit code %d", o.code)
	if end := o.lastWords(); end != "" {
		text += ", `" + end + "`"
	}
	return text
}

// lastWords is the line of the output that says how it ended: the last one, of
// a failure the last one that speaks of an error, short enough for a list.
func (o outcome) lastWords() string {
	const most = 160
	lines := strings.Split(strings.TrimSpace(o.text), "\n")
	last := lines[len(lines)-1]
	for i, line := range slices.Backward(lines) {
		lower := strings.ToLower(line)
		if o.code != 0 && (strings.Contains(lower, "error") || strings.Contains(lower, "panic: ")) {
			if last = line; strings.HasSuffix(line, ":") && i+1 < len(lines) { // what it is comes below
				last += " " + strings.TrimSpace(lines[i+1])
			}
			break
		}
	}
	text := []rune(strings.ReplaceAll(strings.TrimSpace(last), "`", "'"))
	if len(text) > most {
		text = append([]rune("…"), text[len(text)-most:]...)
	}
	return string(text)
}

// panicked says whether it was a Go program that broke.
func (o outcome) panicked() bool {
	return strings.Contains(o.text, "panic: ") && strings.Contains(o.text, "goroutine ")
}

// apply runs the tool on what was written last, and waits for its end.
func (t *trial) apply(ctx context.Context) outcome { return t.start(ctx)() }

// start starts the tool and returns what waits for its end.
func (t *trial) start(ctx context.Context) func() outcome {
	ctx, cancel := context.WithTimeout(ctx, t.limit)
	wait := t.run(t.tool.apply(ctx, t.dir, t.url))
	return func() outcome {
		defer cancel()
		o := wait()
		t.runs = append(t.runs, o)
		return o
	}
}

// run starts a command and returns what waits for its end.
func (t *trial) run(cmd *exec.Cmd) func() outcome {
	var text strings.Builder
	cmd.Stdout, cmd.Stderr = &text, &text
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return func() outcome { return outcome{code: 127, text: err.Error()} }
	}
	return func() outcome {
		_ = cmd.Wait() // the exit code says it
		return outcome{code: cmd.ProcessState.ExitCode(), text: t.clean(text.String()), took: time.Since(began)}
	}
}

var (
	escapes = regexp.MustCompile("\x1b\\[[0-9;?]*[A-Za-z]")
	// spinner is what drizzle-kit draws over and over while it works.
	spinner = regexp.MustCompile(`\[[\x{2800}-\x{28FF}]\][^\[\n]*`)
)

// clean takes out of an output what is of this machine and run alone.
func (t *trial) clean(text string) string {
	text = spinner.ReplaceAllString(escapes.ReplaceAllString(text, ""), "")
	config := t.conn.Config()
	return strings.NewReplacer(t.url, "URL", t.dir, "DIR", t.work, "WORK", config.Host, "HOST", config.Database, "DATABASE").Replace(text)
}

// says runs the tool, with nothing to apply, and its command for the state of
// the database, and returns the lines of both without numbers that change.
func (t *trial) says(ctx context.Context) (lines []string, o outcome) {
	o = t.apply(ctx)
	text := o.text
	if t.tool.status != nil {
		status, cancel := context.WithTimeout(ctx, t.limit)
		defer cancel()
		more := t.run(t.tool.status(status, t.dir, t.url))()
		t.runs, text = append(t.runs, more), text+"\n"+more.text
	}
	return linesOf(text), o
}

// linesOf are the lines of an output without what changes from run to run.
func linesOf(text string) (lines []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(moment.ReplaceAllString(line, "#")); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// moment is a time, a duration or a share of one, as tools print them.
var moment = regexp.MustCompile(`\d+([.:]\d+)* ?(ns|µs|ms|s|B)\b|\d+([.:]\d+)+`)

// comparison prints the page of what was asked for.
func (b *bench) comparison(ctx context.Context, w io.Writer) error {
	var flags []string
	if b.settings.matrix {
		flags = append(flags, "-matrix")
	}
	if b.settings.load {
		flags = append(flags, fmt.Sprintf("-load -rows %d", b.settings.rows))
	}
	fmt.Fprintf(w, "# Skein beside other tools\n\nPrinted by a program that runs the real tools, on %s on %s/%s with %d CPUs. %s To run it again:\n\n```sh\ngo run ./internal/bench %s > docs/comparison.md\n```\n\n",
		time.Now().Format(time.DateOnly), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), strings.Join(b.facts, " "), strings.Join(flags, " "))
	if b.settings.matrix {
		if err := b.matrix(ctx, w); err != nil {
			return err
		}
	}
	if b.settings.load {
		return b.loadTest(ctx, w)
	}
	return nil
}
