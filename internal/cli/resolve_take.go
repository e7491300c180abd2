package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/gitrepo"
	"github.com/skein-db/skein/internal/merge"
)

// takeFlags are the values of --take, the last one for an object counts.
type takeFlags struct {
	all merge.Side
	one map[string]merge.Side
	raw []string
}

func (t *takeFlags) String() string { return strings.Join(t.raw, ",") }
func (t *takeFlags) Type() string   { return "side" }
func (t *takeFlags) given() bool    { return len(t.raw) > 0 }

func (t *takeFlags) Set(value string) error {
	side, object, named := strings.Cut(value, ":")
	if side != string(merge.Upstream) && side != string(merge.Local) || named && object == "" {
		return errors.New("write upstream or local, or one of them with an object, such as local:users.email")
	}
	t.add(merge.Side(side), object)
	return nil
}

func (t *takeFlags) add(side merge.Side, object string) {
	value := string(side)
	if object != "" {
		value += ":" + object
	}
	t.raw = append(t.raw, value)
	if object == "" {
		t.all = side
		return
	}
	if t.one == nil {
		t.one = map[string]merge.Side{}
	}
	t.one[object] = side
}

func (t *takeFlags) decide(d merge.Disagreement) (merge.Side, bool) {
	if side, ok := t.one[d.Object.Path()]; ok {
		return side, true
	}
	return t.all, t.all != ""
}

// takeName is the file with the answers of earlier steps, in git's folder of a
// rebase or a row of picks. It goes with the folder.
const takeName = "skein-take"

// takeFile is that file; "" where git is in the middle of nothing that has steps.
func takeFile(ctx context.Context, dir string) (string, error) {
	repo, err := gitrepo.Find(ctx, dir)
	if err != nil || repo == nil {
		return "", err
	}
	steps, err := repo.StepsDir(ctx)
	if err != nil || steps == "" {
		return "", err
	}
	return filepath.Join(steps, takeName), nil
}

// recall reads what was answered at earlier steps of what git is in the middle
// of. What was given since counts more.
func (t *takeFlags) recall(ctx context.Context, dir string) error {
	file, err := takeFile(ctx, dir)
	if err != nil || file == "" {
		return err
	}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return &diag.Error{Kind: diag.Usage, File: file, Message: "cannot be read: " + err.Error(), Err: err, Hint: "remove it, and pass --take again"}
	}
	both := takeFlags{}
	// A line is a value: names of objects can have spaces.
	for _, value := range append(strings.FieldsFunc(string(data), func(c rune) bool { return c == '\n' }), t.raw...) {
		if err := both.Set(value); err != nil {
			return &diag.Error{Kind: diag.Usage, File: file, Message: err.Error(), Err: err, Hint: "remove it, and pass --take again"}
		}
	}
	*t = both
	return nil
}

// remember writes the answers down for the steps that follow.
func (t *takeFlags) remember(ctx context.Context, dir string) error {
	file, err := takeFile(ctx, dir)
	if err != nil || file == "" || !t.given() {
		return err
	}
	if err := os.WriteFile(file, []byte(strings.Join(t.raw, "\n")+"\n"), 0o666); err != nil {
		return &diag.Error{Kind: diag.Usage, File: file, Message: "cannot be written: " + err.Error(), Err: err, Hint: "check how much space there is"}
	}
	return nil
}
