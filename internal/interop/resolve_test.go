package interop

import (
	"strings"
	"testing"

	"github.com/skein-db/skein/internal/gitrepo/gittest"
)

// TestKitTakesAResolvedFolder resolves a merge in which a migration is
// rewritten, and goes on with drizzle-kit: it checks the folder, sees nothing
// to generate, and adds a migration without losing what the journal notes.
func TestKitTakesAResolvedFolder(t *testing.T) {
	p := newProject(t, nodeModules(t))
	r := gittest.At(t, p.dir)
	r.Git("init", "--quiet", "--initial-branch=main", "--template=")
	p.write(".gitignore", "node_modules\n")
	r.Commit("base")
	const field = "    passwordHash: text(),"
	r.Git("switch", "--quiet", "--create", "mine")
	p.edit(accounts, field, field+"\n    phoneNumber: text(),\n    loginCount: integer().notNull().default(0),")
	p.skein("generate", "--name", "mine")
	r.Commit("mine")
	r.Git("switch", "--quiet", "main")
	p.edit(accounts, field, field+"\n    phoneNumber: text(),")
	p.skein("generate", "--name", "theirs")
	r.Commit("theirs")
	r.Git("switch", "--quiet", "mine")
	if out, err := r.Try("merge", "--quiet", "main"); err == nil {
		t.Fatal(out)
	}
	r.Git("checkout", "--quiet", "--ours", accounts)
	if said := p.skein("resolve").out; !strings.Contains(said, "0010_mine → 0011_mine  1 kept, 1 dropped") ||
		!strings.Contains(said, "the schema files say what the last snapshot says") {
		t.Error(said)
	}
	p.kit(nil, "check")
	if said := p.kit(nil, "generate").out; !strings.Contains(said, "No schema changes") {
		t.Error(said)
	}
	note := `"skeinWas": [`
	if journal := p.read("drizzle/meta/_journal.json"); strings.Count(journal, note) != 1 {
		t.Error(journal)
	}
	p.edit(accounts, field, field+"\n    faxNumber: text(),")
	p.kit(nil, "generate", "--name", "more")
	if journal := p.read("drizzle/meta/_journal.json"); strings.Count(journal, note) != 1 || !strings.Contains(journal, "0012_more") {
		t.Error(journal)
	}
}
