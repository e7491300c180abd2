package address

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/pgserver"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
)

// TestSources connects to a server that asks for a password, with each value
// from each of the places that libpq knows, and sees in errors where it came
// from.
func TestSources(t *testing.T) {
	server := pgtest.Start(t, pgserver.Options{Listen: true})
	config, err := parse(server.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	host, port, right := config.Host, fmt.Sprint(config.Port), config.Password
	home, system := t.TempDir(), t.TempDir()
	write := func(file, text string) string {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	write(filepath.Join(home, ".pg_service.conf"), "[mine]\nhost="+host+"\nport="+port+"\ndbname=postgres\nuser=postgres\n")
	write(filepath.Join(system, "pg_service.conf"), "[mine]\nhost=nowhere.invalid\n[ours]\nhost="+host+"\nport="+port+"\ndbname=postgres\nuser=postgres\npassword="+right+"\n")
	write(filepath.Join(home, ".pgpass"), host+":"+port+":*:postgres:"+right+"\n")
	wrong := write(filepath.Join(home, "wrong"), "*:*:*:*:"+password+"\n")
	bad := write(filepath.Join(home, "bad.conf"), "[x]\nno equals sign "+password+"\n")
	there := "host=" + host + " port=" + port + " dbname=postgres user=postgres sslmode=disable"
	for _, c := range []struct {
		name, url string
		env       []string
		want      []string // of the error, none if it connects
	}{
		{"passfile in the home", there, nil, nil},
		{"variables", "", []string{"PGHOST=" + host, "PGPORT=" + port, "PGUSER=postgres", "PGDATABASE=postgres", "PGPASSWORD=" + right, "PGSSLMODE=disable"}, nil},
		{"PGHOSTADDR", "", []string{"PGHOSTADDR=" + host, "PGPORT=" + port, "PGUSER=postgres", "PGDATABASE=postgres", "PGPASSWORD=" + right}, nil},
		{"service of the home", "service=mine", nil, nil},
		{"service by PGSERVICE", "", []string{"PGSERVICE=mine"}, nil},
		{"service in a URL", "postgres:///postgres?service=mine", nil, nil},
		{"service of the system", "", []string{"PGSERVICE=ours", "PGSYSCONFDIR=" + system}, nil},
		{"the service goes before variables", "", []string{"PGSERVICE=ours", "PGSYSCONFDIR=" + system, "PGHOST=nowhere.invalid", "PGPASSWORD=" + password}, nil},
		{"the URL goes before the service", "service=mine host=nowhere.invalid", nil, []string{"nowhere.invalid", "host from --url", "port, database and user from the service mine in " + filepath.Join(home, ".pg_service.conf")}},
		{"several hosts", "host=127.0.0.1," + host + " port=1," + port + " dbname=postgres user=postgres password=" + right, nil, nil},
		{"options", there + " options='-c statement_timeout=1'", nil, nil},
		{"PGOPTIONS", there, []string{"PGOPTIONS=-c work_mem=1MB"}, nil},
		{"keepalives and others that libpq has", there + " keepalives=1 keepalives_idle=30 keepalives_interval=5 keepalives_count=3 tcp_user_timeout=1000 gssencmode=disable sslcompression=0 load_balance_hosts=disable fallback_application_name=x", nil, nil},
		{"target_session_attrs", there + " target_session_attrs=read-write", nil, nil},
		{"target_session_attrs of a standby", there + " target_session_attrs=standby", nil, []string{"server is not in hot standby mode"}},
		{"no such service", "service=theirs", nil, []string{"there is no service theirs", filepath.Join(home, ".pg_service.conf"), "it comes from --url"}},
		{"bad service file", "service=x", []string{"PGSERVICEFILE=" + bad}, []string{"bad.conf: the service file cannot be read"}},
		{"wrong password of a variable", there, []string{"PGPASSWORD=" + password}, []string{"password authentication failed", "password from PGPASSWORD"}},
		{"wrong password of a passfile", there, []string{"PGPASSFILE=" + wrong}, []string{"password authentication failed", "password from the passfile " + wrong}},
		{"no password", there, []string{"PGPASSFILE=/nowhere/pgpass"}, []string{"there is no password in any of them, nor in PGPASSWORD or the passfile /nowhere/pgpass"}},
		{"wrong database of a variable", "host=" + host + " port=" + port, []string{"PGDATABASE=nowhere", "PGUSER=postgres"}, []string{`database "nowhere" does not exist`, "host and port from --url; database from PGDATABASE; user from PGUSER; password from the passfile"}},
		{"GSSAPI", there + " gssencmode=require", nil, []string{"gssencmode=require asks for encryption by GSSAPI"}},
		{"requirepeer", there, []string{"PGREQUIREPEER=postgres"}, []string{"requirepeer asks to check the account"}},
		{"a # in a password", "postgres://postgres:12#" + password + "@" + host + "/postgres", nil, []string{"there is a # or ? in its password"}},
		{"a ? in a password", "postgres://postgres:12?" + password + "@" + host + "/postgres", nil, []string{"there is a # or ? in its password"}},
		{"direct TLS, which is of PostgreSQL 17", there + " sslnegotiation=direct sslmode=require", nil, []string{"cannot connect to postgres"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, variable := range os.Environ() { // of who runs the tests
				if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "PG") {
					t.Setenv(name, "")
				}
			}
			t.Setenv("HOME", home)
			for _, variable := range c.env {
				name, value, _ := strings.Cut(variable, "=")
				t.Setenv(name, value)
			}
			conn, err := connect(c.url)
			if c.want == nil {
				if err != nil {
					t.Fatal(err)
				}
				conn.Close(t.Context())
				return
			}
			var e *diag.Error
			if !errors.As(err, &e) || e.Hint == "" {
				t.Fatalf("got %v", err)
			}
			for _, text := range c.want {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("%q is not in: %v", text, err)
				}
			}
			for _, part := range []string{password, right} {
				if strings.Contains(err.Error(), part) {
					t.Errorf("the password is in: %v", err)
				}
			}
		})
	}
}

func TestDirectoryOfSockets(t *testing.T) {
	conn, err := connect(pgtest.New(t) + "&keepalives=0")
	if err != nil {
		t.Fatal(err)
	}
	conn.Close(t.Context())
}

// FuzzParse looks for a connection string that panics, or whose error has the
// password in it.
func FuzzParse(f *testing.F) {
	f.Add("postgres://u:", "@h:5432/d?sslmode=disable&hostaddr=1.2.3.4")
	f.Add("host=h password='", "' port=5,6 keepalives=x")
	f.Add("postgres://u:12#", "@h/d")
	f.Fuzz(func(t *testing.T, before, after string) {
		_, err := parse(before + password + after)
		for _, named := range []string{"there is no service", "unable to read", "protocol_version cannot be"} {
			if err != nil && strings.Contains(err.Error(), named) {
				return // what was written for a name or a file is told
			}
		}
		if err != nil && strings.Contains(err.Error(), password) && !strings.Contains(before+after, password) {
			t.Errorf("%v", err)
		}
	})
}
