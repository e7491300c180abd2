package settle

import (
	"context"
	"strings"
	"testing"
)

// TestSparse holds that nothing is begun where the migrations are not in the
// work tree.
func TestSparse(t *testing.T) {
	p := newProject(t)
	p.Write("app/main.ts", "export {}\n")
	p.Commit("app")
	p.part()
	p.Git("sparse-checkout", "set", "app")
	p.try("merge", "--quiet", "main")
	before := p.state()
	if _, err := Find(context.Background(), Request{Dir: p.dir()}); err == nil || !strings.Contains(err.Error(), "this sparse checkout leaves migrations out") {
		t.Fatal(err)
	}
	if p.state() != before {
		t.Error("something changed")
	}
	p.Git("sparse-checkout", "add", "drizzle")
	p.resolveAll(t, Request{Dir: p.dir()})
	sound(t, p)
}
