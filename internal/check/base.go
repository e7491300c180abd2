package check

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/gitrepo"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/snapshot"
)

// BaseRequest says what a folder is to be compared with.
type BaseRequest struct {
	// Revision is a revision as git names it, "none" for nothing, "" for the
	// upstream as far as the repository knows it.
	Revision string
	// Insist makes an error of a folder that is in no repository.
	Insist bool
}

// NoBase is the revision that stands for none.
const NoBase = "none"

// Base is what of a migrations folder has landed: its state at the commit where
// the work tree's branch left the upstream. Databases may have run that, so it
// is append-only.
type Base struct {
	Revision string `json:"revision,omitempty"` // such as "origin/main"
	Commit   string `json:"commit,omitempty"`   // the merge base of HEAD and Revision
	// Skipped is why there is no comparison; then nothing but Revision is set.
	Skipped string `json:"skipped,omitempty"`

	repo    *gitrepo.Repo
	folder  string // as git names it
	tip     string // the commit of Revision
	entries []snapshot.Entry
	err     error             // why the journal at Commit cannot be read
	files   map[string]string // name in the folder → blob
	edited  map[string]edit   // by name in the folder
	removed []string          // names in the folder
	ahead   []ahead           // in the order of the upstream's journal
}

// edit is a file that differs from what landed.
type edit struct{ before, after []byte }

// ahead is a migration that the upstream has got since the branch left it.
type ahead struct {
	entry  snapshot.Entry
	sql    string
	prevID string          // of its snapshot; "" where that cannot be read
	commit *gitrepo.Commit // who made it; nil beyond mostAuthors
}

// mostAuthors bounds how many commits are looked for: one walk of the history
// each.
const mostAuthors = 10

// FindBase finds what a migrations folder is to be compared with, and reads it.
// Where nobody insists, a folder without a repository or a repository without
// an upstream gives a Base with Skipped. A revision that does not exist, and a
// shallow clone that does not reach back to where the branch left it, are
// errors of kind Usage that name the command to run. FindBase runs git and
// writes nothing.
func FindBase(ctx context.Context, dir string, asked BaseRequest) (*Base, error) {
	if asked.Revision == NoBase {
		return &Base{Skipped: "it is turned off"}, nil
	}
	repo, err := gitrepo.Find(ctx, dir)
	if err != nil {
		return nil, err
	}
	if repo == nil {
		return noRepository(asked)
	}
	b := &Base{Revision: asked.Revision, repo: repo}
	b.folder, _ = repo.Path(dir)
	if err := b.locate(ctx); err != nil || b.Skipped != "" {
		return b, err
	}
	if err := b.read(ctx); err != nil {
		return nil, err
	}
	return b, b.lookAhead(ctx)
}

func noRepository(asked BaseRequest) (*Base, error) {
	why := "the folder is in no git repository"
	if !gitrepo.Installed() {
		why = "there is no git program"
	}
	if asked.Insist {
		return nil, &diag.Error{
			Kind: diag.Usage, Message: fmt.Sprintf("cannot compare with %s: %s", asked.Revision, why),
			Hint: "run where the repository is, or leave the comparison out with --base none",
		}
	}
	return &Base{Skipped: why}, nil
}

// locate finds the commits, or why there is no comparison.
func (b *Base) locate(ctx context.Context) error {
	shallow, err := b.repo.Shallow(ctx)
	if err != nil {
		return err
	}
	if b.Revision == "" {
		if err := b.upstream(ctx, shallow); err != nil || b.Skipped != "" {
			return err
		}
	}
	var known bool
	if b.tip, known, err = b.repo.Resolve(ctx, b.Revision); err != nil {
		return err
	} else if !known {
		return b.unknown(shallow)
	}
	head, born, err := b.repo.Resolve(ctx, "HEAD")
	if err != nil {
		return err
	}
	if !born {
		b.Skipped = "the branch has no commit yet"
		return nil
	}
	var related bool
	if b.Commit, related, err = b.repo.MergeBase(ctx, head, b.tip); err != nil || related {
		return err
	}
	if shallow {
		return b.tooShallow(fmt.Sprintf("the clone is shallow and does not reach back to where this branch left %s", b.Revision))
	}
	return &diag.Error{
		Kind: diag.Usage, File: b.repo.Top, Message: fmt.Sprintf("this branch and %s have no commit in common", b.Revision),
		Hint: "name another revision with --base, or leave the comparison out with --base none",
	}
}

// upstream finds the revision where none was named.
func (b *Base) upstream(ctx context.Context, shallow bool) (err error) {
	if b.Revision, err = b.repo.Upstream(ctx); err != nil || b.Revision != "" {
		return err
	}
	origin, err := b.repo.HasRemote(ctx, "origin")
	switch {
	case err != nil:
	case !origin:
		b.Skipped = "the repository has no remote called origin"
	case shallow:
		return b.tooShallow("the clone is shallow and has no branch of origin to compare with")
	default:
		b.Skipped = "the repository knows no main branch of origin: after git fetch origin it would"
	}
	return err
}

func (b *Base) unknown(shallow bool) error {
	message := fmt.Sprintf("there is no revision %s here", b.Revision)
	if shallow {
		return b.tooShallow(message + ", and the clone is shallow")
	}
	hint := "git branch --all lists those there are"
	if branch, ok := strings.CutPrefix(b.Revision, "origin/"); ok {
		hint = fmt.Sprintf("fetch it: git fetch origin +refs/heads/%s:refs/remotes/origin/%s", branch, branch)
	}
	return &diag.Error{Kind: diag.Usage, File: b.repo.Top, Message: message, Hint: hint + "; or leave the comparison out with --base none"}
}

// tooShallow is the error of a clone without enough history. The command gets
// all branches, because a clone of one branch does not know the others.
func (b *Base) tooShallow(message string) error {
	return &diag.Error{
		Kind: diag.Usage, File: b.repo.Top, Message: message,
		Hint: "get the history: git fetch --unshallow origin '+refs/heads/*:refs/remotes/origin/*'\n" +
			"in GitHub Actions: fetch-depth: 0 for actions/checkout; or leave the comparison out with --base none",
	}
}

const journalName = "meta/_journal.json"

// read reads the folder as it was at Commit, as far as it differs now.
func (b *Base) read(ctx context.Context) error {
	var err error
	if b.files, err = b.listed(ctx, b.Commit); err != nil {
		return err
	}
	edited, removed, err := b.repo.Changed(ctx, b.Commit, b.folder)
	if err != nil {
		return err
	}
	b.edited = map[string]edit{}
	ids := []string{orZero(b.files[journalName])}
	var names []string
	// What the index does not have counts as removed for git, whether or not the
	// file is there.
	for _, name := range b.names(slices.Concat(edited, removed)) {
		after, err := os.ReadFile(b.path(name))
		if errors.Is(err, fs.ErrNotExist) {
			b.removed = append(b.removed, name)
			continue
		} else if err != nil {
			return err
		}
		b.edited[name] = edit{after: after}
		names, ids = append(names, name), append(ids, b.files[name])
	}
	contents, err := b.repo.Blobs(ctx, ids...)
	if err != nil {
		return err
	}
	for i, name := range names {
		b.edited[name] = edit{before: contents[i+1], after: b.edited[name].after}
	}
	b.entries, b.err = entriesOf(contents[0])
	return nil
}

// entriesOf reads a journal of another commit; none has no entries.
func entriesOf(data []byte) ([]snapshot.Entry, error) {
	if data == nil {
		return nil, nil
	}
	journal, err := snapshot.DecodeJournal(journalName, data)
	if err != nil {
		return nil, err
	}
	return journal.Entries, nil
}

// listed returns the blobs of the folder at a commit by their names in it.
func (b *Base) listed(ctx context.Context, commit string) (map[string]string, error) {
	files, err := b.repo.Files(ctx, commit, b.folder)
	if err != nil {
		return nil, err
	}
	blobs := make(map[string]string, len(files))
	for _, f := range files {
		blobs[b.name(f.Path)] = f.Blob
	}
	return blobs, nil
}

// lookAhead reads what the upstream has got since the branch left it.
func (b *Base) lookAhead(ctx context.Context) error {
	if b.tip == b.Commit {
		return nil
	}
	files, err := b.listed(ctx, b.tip)
	if err != nil || files[journalName] == "" || files[journalName] == b.files[journalName] {
		return err
	}
	journal, err := b.repo.Blobs(ctx, files[journalName])
	if err != nil {
		return err
	}
	entries, unreadable := entriesOf(journal[0])
	if unreadable != nil {
		return nil // the upstream's own check tells
	}
	landed := b.landed()
	var ids []string
	for _, e := range entries {
		if !landed[e.Tag] {
			b.ahead = append(b.ahead, ahead{entry: e})
			ids = append(ids, orZero(files[e.Tag+".sql"]), orZero(files["meta/"+history.SnapshotName(e.Tag)]))
		}
	}
	contents, err := b.repo.Blobs(ctx, ids...)
	if err != nil {
		return err
	}
	for i := range b.ahead {
		a := &b.ahead[i]
		a.sql = string(contents[2*i])
		if head, err := snapshot.Scan("", contents[2*i+1]); err == nil {
			a.prevID = head.PrevID
		}
		if i < mostAuthors {
			if a.commit, err = b.repo.LastTouching(ctx, b.tip, b.full(a.entry.Tag+".sql")); err != nil {
				return err
			}
		}
	}
	return nil
}

// orZero is an id that no blob has, for a file that is not there.
func orZero(blob string) string {
	if blob == "" {
		return strings.Repeat("0", 40)
	}
	return blob
}

// Landed returns the tags of the migrations that have landed; nil where there is
// no comparison.
func (b *Base) Landed() map[string]bool {
	if b.Skipped != "" {
		return nil
	}
	return b.landed()
}

// landed are the tags of the journal at Commit.
func (b *Base) landed() map[string]bool {
	tags := make(map[string]bool, len(b.entries))
	for _, e := range b.entries {
		tags[e.Tag] = true
	}
	return tags
}

// short is the commit as people write it.
func (b *Base) short() string { return b.Commit[:min(12, len(b.Commit))] }

// name is the name in the folder of a path in the repository, full the reverse.
func (b *Base) name(path string) string {
	if b.folder == "." {
		return path
	}
	return strings.TrimPrefix(path, b.folder+"/")
}

func (b *Base) full(name string) string {
	if b.folder == "." {
		return name
	}
	return b.folder + "/" + name
}

func (b *Base) names(paths []string) []string {
	out := make([]string, len(paths))
	for i, path := range paths {
		out[i] = b.name(path)
	}
	return out
}

// path is a file of the folder in the work tree.
func (b *Base) path(name string) string {
	return filepath.Join(b.repo.Top, filepath.FromSlash(b.full(name)))
}
