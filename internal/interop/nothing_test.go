package interop

import "testing"

// TestGenerateFromNothing starts both with an empty folder.
func TestGenerateFromNothing(t *testing.T) {
	modules := nodeModules(t)
	theirs, ours := newProject(t, modules), newProject(t, modules)
	theirs.remove("drizzle")
	ours.remove("drizzle")
	theirs.kit(nil, "generate", "--name", "init")
	ours.skein("generate", "--name", "init")
	compare(t, theirs.written("0000_init"), ours.written("0000_init"))
}
