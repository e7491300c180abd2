package studio

import (
	"github.com/skein-db/skein/internal/migrate"
)

// Project is what the page knows of migrations.
type Project struct {
	Config string // the config file, "" where there is none
	Folder string // of migrations
	Target migrate.Target
}
