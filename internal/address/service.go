package address

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgservicefile"

	"github.com/skein-db/skein/internal/diag"
)

// service is an entry of a service file.
type service struct {
	name     string
	file     string
	settings map[string]string
}

// systemFolders are looked into for pg_service.conf where PGSYSCONFDIR is not
// set: libpq has a folder compiled in, and these are those of the packages.
var systemFolders = []string{"/etc/postgresql-common", "/etc/sysconfig/pgsql"}

// findService reads the service that the settings or PGSERVICE name: from the
// user's file, else from the system's. It returns nil where none is named.
// https://www.postgresql.org/docs/current/libpq-pgservice.html
func findService(own map[string]string) (*service, *diag.Error) {
	name := own["service"]
	if name == "" {
		name = os.Getenv("PGSERVICE")
	}
	if name == "" {
		return nil, nil
	}
	files := serviceFiles(own)
	for _, file := range files {
		read, err := pgservicefile.ReadServicefile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil { // its text may repeat a line with a password
			return nil, &diag.Error{Kind: diag.Usage, File: file, Message: "the service file cannot be read", Hint: "it has lines [name], key=value, and # for remarks", Err: err}
		}
		if found, err := read.GetService(name); err == nil {
			s := &service{name: name, file: file, settings: map[string]string{}}
			for key, value := range found.Settings {
				s.settings[canonical(key)] = value
			}
			return s, nil
		}
	}
	return nil, &diag.Error{Kind: diag.Usage, Message: fmt.Sprintf("there is no service %s", name),
		Detail: "looked for it in " + strings.Join(files, ", "), Hint: "add a section [" + name + "] to one of the files, or correct the name (service=… or PGSERVICE)"}
}

func serviceFiles(own map[string]string) []string {
	var files []string
	switch {
	case own["servicefile"] != "":
		files = append(files, own["servicefile"])
	case os.Getenv("PGSERVICEFILE") != "":
		files = append(files, os.Getenv("PGSERVICEFILE"))
	default:
		if home, err := os.UserHomeDir(); err == nil {
			files = append(files, filepath.Join(home, ".pg_service.conf"))
		}
	}
	folders := systemFolders
	if set := os.Getenv("PGSYSCONFDIR"); set != "" {
		folders = []string{set}
	}
	for _, folder := range folders {
		files = append(files, filepath.Join(folder, "pg_service.conf"))
	}
	return files
}
