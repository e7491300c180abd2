package cli

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// versionResult is the JSON object of skein version.
type versionResult struct {
	Version  string `json:"version"`
	Commit   string `json:"commit"`
	Modified bool   `json:"modified"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func newVersion(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "print the version of skein",
		Long:    "Prints the version of skein, the commit it was built from, and the platform.",
		GroupID: groupOther,
		Args:    noArgs,
		RunE:    func(*cobra.Command, []string) error { version(a); return nil },
	}
	a.addFormat(cmd)
	return cmd
}

func version(a *app) {
	v := buildVersion()
	if a.json {
		a.printJSON(v)
		return
	}
	a.print("skein %s\n", v.Version)
	if v.Commit != "" {
		modified := ""
		if v.Modified {
			modified = ", with changes"
		}
		a.print("commit %s%s\n", v.Commit, modified)
	}
	a.print("%s, %s\n", v.Go, v.Platform)
}

// buildVersion reads what the Go toolchain wrote into the binary. A build from
// a working tree has the version "(devel)".
func buildVersion() versionResult {
	v := versionResult{Version: "(devel)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if info.Main.Version != "" {
		v.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}
