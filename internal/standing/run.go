package standing

import (
	"cmp"

	"github.com/skein-db/skein/internal/config"
	"github.com/skein-db/skein/internal/migrate"
)

// AsTeamSays fills in what a run's options leave open with what skein.yaml says.
func AsTeamSays(o migrate.Options, team config.Migrate) migrate.Options {
	o.LockTimeout = cmp.Or(o.LockTimeout, team.LockTimeout)
	o.LockRetries = cmp.Or(o.LockRetries, team.LockRetries)
	o.StatementTimeout = cmp.Or(o.StatementTimeout, team.StatementTimeout)
	o.Wait = cmp.Or(o.Wait, team.Wait)
	return o
}
