package pgserver

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// install is a set of PostgreSQL programs on disk.
type install struct {
	bin      string // folder of postgres and initdb
	share    string // folder that holds extension/*.control, "" where unknown
	version  string
	major    int
	packager string // who to name in hints: "debian", "homebrew", "npm", …
	source   string // in a message
}

func (i install) program(name string) string {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(i.bin, name)
}

// missing returns those of the wanted extensions that the installation does
// not carry. Where its share folder is not known the running server has the
// last word, see Server.verifyExtensions.
func (i install) missing(extensions []string) []string {
	if i.share == "" {
		return nil
	}
	var absent []string
	for _, name := range extensions {
		if _, err := os.Stat(filepath.Join(i.share, "extension", name+".control")); err != nil {
			absent = append(absent, name)
		}
	}
	return absent
}

func (i install) String() string { return fmt.Sprintf("PostgreSQL %s in %s", i.version, i.bin) }
