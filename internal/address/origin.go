package address

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
)

// origins says which value came from where: "host and database from --url,
// password from PGPASSWORD". Where the server asked for a password and there was
// none, it says where it was looked for.
func (a Address) origins(config *pgx.ConnConfig, asked bool) string {
	own := settingsOf(a.URL)
	found, _ := findService(own) // what is wrong with it has been told by Parse
	from := func(name, variable string) string {
		switch {
		case own[name] != "":
			return a.from()
		case found != nil && found.settings[name] != "":
			return "the service " + found.name + " in " + found.file
		case variable != "" && os.Getenv(variable) != "":
			return variable
		}
		return ""
	}
	said := &sources{}
	said.add("host", from("host", "PGHOST"))
	said.add("host", from("hostaddr", "PGHOSTADDR"))
	said.add("port", from("port", "PGPORT"))
	said.add("database", from("database", "PGDATABASE"))
	said.add("user", from("user", "PGUSER"))
	switch password := from("password", "PGPASSWORD"); {
	case password != "":
		said.add("password", password)
	case config.Password != "":
		said.add("password", "the passfile "+passfile(own))
	}
	said.add("sslmode", from("sslmode", "PGSSLMODE"))
	text := said.String()
	if config.Password == "" && asked {
		text = strings.TrimPrefix(text+"; there is no password in any of them, nor in PGPASSWORD or the passfile "+passfile(own), "; ")
	}
	return text
}

func (a Address) from() string {
	if a.From != "" {
		return a.From
	}
	return "the URL"
}

func passfile(own map[string]string) string {
	for _, file := range []string{own["passfile"], os.Getenv("PGPASSFILE")} {
		if file != "" {
			return file
		}
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "the passfile"
	}
	return filepath.Join(home, ".pgpass")
}

// sources gathers the values of each source, in the order of the first ones.
type sources struct {
	order  []string
	values map[string][]string
}

func (s *sources) add(value, from string) {
	if from == "" {
		return
	}
	if s.values == nil {
		s.values = map[string][]string{}
	}
	if s.values[from] == nil {
		s.order = append(s.order, from)
	}
	s.values[from] = append(s.values[from], value)
}

func (s *sources) String() string {
	var parts []string
	for _, from := range s.order {
		values := s.values[from]
		text := values[0]
		if n := len(values); n > 1 {
			text = strings.Join(values[:n-1], ", ") + " and " + values[n-1]
		}
		parts = append(parts, text+" from "+from)
	}
	return strings.Join(parts, "; ")
}
