package config

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/skein-db/skein/internal/diag"
)

func TestDatabases(t *testing.T) {
	c, err := Parse("skein.yaml", []byte(`databases:
  prod:
    kube: { context: prod, namespace: db, service: pg, port: 6432, secret: { name: pg-app, password: pw } }
  other:
    kube: { namespace: db, selector: "app=pg", env: true }
  named:
    kube: { namespace: db, pod: pg-0, env: { user: U, password: P, database: D } }
  staging: { variable: STAGING_URL }
  local: { url: "postgres://me@localhost/app" }
`))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []Database{
		{Name: "prod", Line: 2, Kube: &Kube{Context: "prod", Namespace: "db", Service: "pg", Port: 6432, Secret: &Keys{Name: "pg-app", Password: "pw"}}},
		{Name: "other", Line: 4, Kube: &Kube{Namespace: "db", Selector: "app=pg", Port: 5432, Env: &Keys{}}},
		{Name: "named", Line: 6, Kube: &Kube{Namespace: "db", Pod: "pg-0", Port: 5432, Env: &Keys{User: "U", Password: "P", Database: "D"}}},
		{Name: "staging", Line: 8, Variable: "STAGING_URL"},
		{Name: "local", Line: 9, URL: "postgres://me@localhost/app"},
	} {
		if got := c.Database(want.Name); got == nil || !reflect.DeepEqual(*got, want) {
			t.Errorf("%s: got %+v", want.Name, got)
		}
	}
	if c.Database("nobody") != nil {
		t.Error("there is a database nobody")
	}
}

func TestDatabasesRefused(t *testing.T) {
	for text, want := range map[string]string{
		`p: { }`: "databases.p needs one of url, variable and kube",
		`p: { url: "postgres://h/d", variable: X }`: "databases.p needs one of",
		`p: { urll: x }`:                                                           "did you mean url?",
		`p: { url: "postgres://u:s3cret@h/d" }`:                                    "databases.p.url has a password in it",
		`p: { url: "postgres://h/d?user=u&password=s3cret" }`:                      "databases.p.url has a password in it",
		`p: { url: "postgres://u:s3cret@h:x/d" }`:                                  "databases.p.url cannot be read",
		`p: { kube: { namespace: db } }`:                                           "databases.p.kube needs a namespace and one of",
		`p: { kube: { pod: a } }`:                                                  "databases.p.kube needs a namespace",
		`p: { kube: { namespace: db, pod: a, service: b } }`:                       "needs a namespace and one of",
		`p: { kube: { namespace: db, pod: a, port: 0 } }`:                          "databases.p.kube.port is no port",
		`p: { kube: { namespace: db, pod: a, secret: { user: u } } }`:              "databases.p.kube.secret has no name",
		`p: { kube: { namespace: db, pod: a, secret: { name: s }, env: true } }`:   "has both secret and env",
		`p: { kube: { namespace: db, pod: a, env: { name: s } } }`:                 `has no key "name"`,
		`p: { kube: { namespace: db, pod: a, secret: { name: s, passwort: x } } }`: "did you mean password?",
	} {
		_, err := Parse("skein.yaml", []byte("databases:\n  "+text+"\n"))
		var e *diag.Error
		if !errors.As(err, &e) || e.Line == 0 || e.Hint == "" || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: got %v", text, err)
		}
	}
}
