package check

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestLandedHistories prints what each commit that touches a migrations folder
// changes of what landed before it, for a person to judge. SKEIN_LANDED names
// the git directory and the folder in it, as "DIR FOLDER [MOST]"; MOST bounds
// the commits, the latest of the first parents.
func TestLandedHistories(t *testing.T) {
	fields := strings.Fields(os.Getenv("SKEIN_LANDED"))
	if len(fields) < 2 {
		t.Skip("SKEIN_LANDED names no repository and folder")
	}
	from, folder, most := fields[0], fields[1], "9999"
	if len(fields) > 2 {
		most = fields[2]
	}
	top := filepath.Join(t.TempDir(), "tree")
	git := func(args ...string) string {
		t.Helper()
		cmd := exec.Command("git", args...)
		cmd.Dir = top
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	if err := os.Mkdir(top, 0o777); err != nil {
		t.Fatal(err)
	}
	git("init", "--quiet", "--template=")
	// The objects stay where they are; only the folder is checked out.
	if err := os.MkdirAll(filepath.Join(top, ".git/objects/info"), 0o777); err != nil {
		t.Fatal(err)
	}
	objects, err := filepath.Abs(filepath.Join(from, "objects"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(top, ".git/objects/info/alternates"), []byte(objects+"\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("git", "--git-dir="+from, "rev-parse", "HEAD").Output()
	if err != nil {
		t.Fatal(err)
	}
	git("sparse-checkout", "set", "--no-cone", "/"+folder+"/")
	git("update-ref", "refs/heads/walk", strings.TrimSpace(string(out)))
	commits := strings.Fields(git("rev-list", "--first-parent", "--max-count="+most, "walk", "--", folder))
	counts := map[string]int{}
	for i := len(commits) - 1; i >= 0; i-- {
		commit := commits[i]
		parent := git("rev-list", "--max-count=1", "--parents", commit)
		if !strings.Contains(parent, " ") {
			continue // the first commit has nothing to be compared with
		}
		git("checkout", "--quiet", "--force", "--detach", commit)
		dir := filepath.Join(top, folder)
		base, err := FindBase(context.Background(), dir, BaseRequest{Revision: commit + "^1"})
		if err != nil {
			t.Errorf("%s: %v", commit, err)
			continue
		}
		findings, err := Run(context.Background(), Input{Dir: dir, Base: base})
		if err != nil {
			t.Errorf("%s: %v", commit, err)
			continue
		}
		for _, f := range findings {
			if strings.HasPrefix(f.Code, "landed-") || f.Code == "when-order" && !base.landed()[f.Migration] {
				counts[f.Code]++
				t.Logf("%s %s %s %s:%d %s", commit[:10], f.Severity, f.Code, filepath.Base(f.File), f.Line, f.Message)
			}
		}
	}
	t.Logf("%d commits: %v", len(commits), counts)
}
