package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/skein-db/skein/internal/config"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/resolve"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/settle"
)

// joining is what became of a collision when git itself was made to join the two
// sides in a work tree, and resolve to finish it.
type joining struct {
	said      joined
	why       string
	conflicts []string // as git left them
	clients   []string // conflicted files that a command makes
	clean     bool     // git rebased it without a conflict, so resolve put it behind upstream before
	standIns  []string // files that the clone lacks, which had other contents here
}

type joined string

const (
	madeOne     joined = "joined, by the rules of check, and committed"
	withClients joined = "joined, by the rules of check, clients made anew, and committed"
	untouched   joined = "stopped, nothing changed"
	unsound     joined = "put back: the rules of check find something new"
	amiss       joined = "not as it has to be"
)

// wanting collects what is not as it has to be.
type wanting struct{ list []string }

func (w *wanting) unless(fine bool, format string, args ...any) {
	if !fine {
		w.list = append(w.list, fmt.Sprintf(format, args...))
	}
}

// join has git join the sides of a collision the way that people did, or by a
// rebase where nobody did, and resolve finish it.
func (w *walker) join(ctx context.Context, f *folder, c *collided) (*joining, error) {
	dir, err := os.MkdirTemp("", "skein-walk-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	b := &bench{repo: &repo{dir: dir}, from: f.repo, w: w, j: &joining{}}
	if err := b.open(ctx); err != nil {
		return nil, err
	}
	var commits [3]string
	for i, commit := range []string{c.base, c.upstream, c.local} {
		if commits[i], err = b.commit(ctx, f.path, commit, commits[0]); err != nil {
			return nil, err
		}
	}
	upstream, local := commits[1], commits[2]
	goOn := []string{"commit", "--no-edit", "-q"}
	start, join := local, []string{"merge", "-q", "--no-edit", upstream}
	switch {
	case c.merged == "":
		join, goOn = []string{"rebase", "-q", upstream}, []string{"rebase", "--continue"}
	case c.landed:
		start, join = upstream, []string{"merge", "-q", "--no-edit", local}
	}
	for _, args := range [][]string{{"update-ref", "refs/remotes/origin/main", upstream}, {"reset", "-q", "--hard", start}, {"checkout", "-q", "-b", "work"}} {
		if _, err := b.git(ctx, args...); err != nil {
			return nil, err
		}
	}
	_, stopped := b.git(ctx, join...) // with conflicts, or not
	if b.j.conflicts, err = b.unmerged(ctx); err != nil {
		return nil, err
	}
	if stopped != nil && len(b.j.conflicts) == 0 {
		return nil, stopped
	}
	wish := resolve.Wish{UpstreamRef: "origin/main"}
	if stopped == nil && c.merged == "" { // a rebase leaves no trace of two sides: it is asked for before
		b.j.clean, wish.Onto = true, upstream
		if _, err := b.git(ctx, "reset", "-q", "--hard", start); err != nil {
			return nil, err
		}
	}
	return b.j, b.settle(ctx, f.path, c, wish, goOn)
}

// settle does what skein resolve does.
func (b *bench) settle(ctx context.Context, folder string, c *collided, wish resolve.Wish, goOn []string) error {
	dir := filepath.Join(b.dir, filepath.FromSlash(folder))
	team, err := config.Load(dir)
	if err != nil {
		return err
	}
	before, err := b.state(ctx)
	if err != nil {
		return err
	}
	found, err := settle.Find(ctx, settle.Request{Dir: dir, Team: team, Wish: wish, Run: b.command})
	if err != nil {
		b.j.say(amiss, "resolve cannot: "+err.Error())
		return ctx.Err()
	}
	b.j.clients = found.Generated
	var done *settle.Outcome
	var refused error
	if len(found.Plan.Problems) == 0 {
		done, refused = found.Apply(ctx)
	}
	if done != nil {
		return b.finish(ctx, folder, c, done, goOn)
	}
	after, err := b.state(ctx)
	switch {
	case err != nil:
		return err
	case before != after:
		b.j.say(amiss, "it left something behind where it stopped")
	case refused != nil:
		b.j.say(unsound, refused.Error())
	case len(c.plan.Problems) == 0:
		b.j.say(amiss, "it stopped where the plan does not")
	default:
		b.j.say(untouched, "")
	}
	return ctx.Err()
}

// finish has git go on, and looks at what is there then.
func (b *bench) finish(ctx context.Context, folder string, c *collided, done *settle.Outcome, goOn []string) error {
	var w wanting
	w.unless(len(done.Failed) == 0, "a command failed: %v", done.Failed)
	left, err := b.unmerged(ctx)
	if err != nil {
		return err
	}
	w.unless(len(left) == 0, "in conflict still: %s", left)
	if len(b.j.conflicts) == 0 { // git called it clean, and has committed; or it was asked for before
		goOn = []string{"commit", "-q", "--allow-empty", "-m", "resolved"}
	}
	if _, err := b.git(ctx, goOn...); err != nil {
		return err
	}
	if err := b.look(ctx, folder, c, &w); err != nil {
		return err
	}
	switch {
	case len(w.list) > 0:
		b.j.say(amiss, strings.Join(w.list, "; "))
	case len(b.j.clients) > 0:
		b.j.say(withClients, "")
	default:
		b.j.say(madeOne, "")
	}
	return nil
}

// look holds the commit that came out against the plan.
func (b *bench) look(ctx context.Context, folder string, c *collided, w *wanting) error {
	status, err := b.git(ctx, "status", "--porcelain")
	if err != nil {
		return err
	}
	w.unless(status == "", "left behind: %s", oneLine(status))
	for name, data := range c.plan.Files() {
		there, err := b.git(ctx, "cat-file", "blob", "HEAD:"+path.Join(folder, name))
		if strings.HasSuffix(name, "_snapshot.json") { // the id of one that came without is a new one every time
			w.unless(err == nil, "%s is missing", name)
			continue
		}
		w.unless(err == nil && there == string(data), "%s is another than planned", name)
	}
	h, err := history.Survey(filepath.Join(b.dir, filepath.FromSlash(folder)))
	if err != nil {
		return err
	}
	last, err := h.LastSnapshot()
	if err != nil {
		return err
	}
	w.unless(last != nil && schema.Equal(&last.Schema, c.plan.Schema), "the last snapshot is another than planned")
	if len(b.j.clients) == 0 {
		return nil
	}
	if err := b.command(ctx, b.dir, "sh codegen.sh"); err != nil {
		return err
	}
	status, err = b.git(ctx, "status", "--porcelain", "--", b.j.clients[0])
	w.unless(status == "", "%s is not what the command makes of the last snapshot", b.j.clients[0])
	for _, name := range b.j.clients {
		data, err := os.ReadFile(filepath.Join(b.dir, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		for _, t := range c.plan.Schema.Tables {
			w.unless(bytes.Contains(data, []byte(`"`+t.Name+`"`)), "%s lacks %s", name, t.Name)
		}
	}
	return err
}

func (j *joining) say(said joined, why string) { j.said, j.why = said, why }

func (j *joining) tell(out io.Writer) {
	fmt.Fprintf(out, "  git: %s %s\n    conflicts in %d files\n", j.said, oneLine(j.why), len(j.conflicts))
	if j.clean {
		fmt.Fprintln(out, "    git rebases it without any, whatever comes out: resolve --onto came before")
	}
	if len(j.clients) > 0 {
		fmt.Fprintf(out, "    of them made by a command: %s\n", strings.Join(j.clients, ", "))
	}
	if len(j.standIns) > 0 {
		fmt.Fprintf(out, "    not in the clone, with stand-in contents: %s\n", strings.Join(j.standIns, ", "))
	}
}
