package settle

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/gitrepo/gittest"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
	"github.com/skein-db/skein/internal/sqltext"
)

// project is a real repository with a migrations folder.
type project struct {
	*gittest.Repo
	t *testing.T
	n int
}

// newProject has users(id, email) and posts(id) on main.
func newProject(t *testing.T) *project {
	p := &project{Repo: gittest.New(t), t: t}
	p.Git("config", "user.name", "Ada")
	p.Git("config", "user.email", "ada@example.org")
	p.migration("init", func(s *schema.Schema) {
		id := schema.Column{Name: "id", Type: "integer", PrimaryKey: true, NotNull: true}
		s.Tables = []schema.Table{
			{Schema: "public", Name: "users", Columns: []schema.Column{id, {Name: "email", Type: "text"}}},
			{Schema: "public", Name: "posts", Columns: []schema.Column{id}},
		}
	})
	return p
}

func (p *project) dir() string { return p.Path("drizzle") }

func (p *project) open() *history.History {
	p.t.Helper()
	h, err := history.Open(p.dir())
	if err != nil {
		p.t.Fatal(err)
	}
	return h
}

// migration writes and commits what skein generate would for an edit, and what
// is written behind it by hand.
func (p *project) migration(name string, edit func(*schema.Schema), byHand ...string) {
	p.t.Helper()
	h := p.open()
	from, prev := &schema.Schema{}, snapshot.OriginID
	if last, err := h.LastSnapshot(); err != nil {
		p.t.Fatal(err)
	} else if last != nil {
		from, prev = &last.Schema, last.ID
	}
	to := from.Clone()
	if edit != nil {
		edit(to)
	}
	r, err := diff.Compute(from, to, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	p.n++
	_, err = h.Append(history.Draft{
		Name: name, Prefix: "index", Breakpoints: true, SQL: sqltext.Join(append(r.Statements(), byHand...), true),
		Snapshot: snapshot.New(fmt.Sprintf("%08d-0000-4000-8000-%012d", p.n, p.n), prev, to),
	})
	if err != nil {
		p.t.Fatal(err)
	}
	p.Commit(name)
}

func column(table, name, typ string) func(*schema.Schema) {
	return func(s *schema.Schema) {
		t := s.Table(schema.Ref{Schema: "public", Name: table})
		t.Columns = append(t.Columns, schema.Column{Name: name, Type: typ})
	}
}

// try runs a git command that may stop at a conflict.
func (p *project) try(args ...string) { _, _ = p.Try(args...) }

// state is the index, and every file of the work tree.
func (p *project) state() string {
	p.t.Helper()
	var b strings.Builder
	b.WriteString(p.Git("ls-files", "--stage") + "\n")
	err := filepath.WalkDir(p.Dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if d != nil && d.Name() == ".git" {
				return filepath.SkipDir
			}
			return err
		}
		data, err := os.ReadFile(path)
		fmt.Fprintf(&b, "%s\n%s\n", path, data)
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return b.String()
}
