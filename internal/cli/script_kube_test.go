package cli

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/skein-db/skein/internal/address"
	"github.com/skein-db/skein/internal/kube/kubetest"
)

// scriptKube is the command kube, see TestScripts.
func scriptKube(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 1 || len(args) > 2 {
		ts.Fatalf("usage: kube [forbid RESOURCE | cut TEXT | hang VERB]")
	}
	if url := ts.Getenv("DATABASE_URL"); url != "" {
		ts.Setenv("KUBE_URL", url)
		ts.Setenv("DATABASE_URL", "")
	}
	config, err := address.Parse(address.Address{URL: ts.Getenv("KUBE_URL")})
	ts.Check(err)
	target := net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port)))
	if filepath.IsAbs(config.Host) {
		target = filepath.Join(config.Host, ".s.PGSQL."+strconv.Itoa(int(config.Port)))
	}
	values := map[string]string{"username": config.User, "password": "s3cret-of-prod", "dbname": config.Database}
	if config.Password != "" {
		values["password"] = config.Password
	}
	ts.Setenv("DATABASE", config.Database)
	env := `[{"name": "POSTGRES_USER", "value": "` + config.User + `"}, {"name": "POSTGRES_DB", "value": "` + config.Database + `"},
		{"name": "POSTGRES_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "pg-app", "key": "password"}}}]`
	c := &kubetest.Cluster{Current: "prod", Target: target, Objects: map[string]json.RawMessage{
		"prod/db/pod/postgres-0":    kubetest.Ready("postgres-0", `{"app": "postgres"}`, env),
		"prod/db/secret/pg-app":     kubetest.Secret(values),
		"prod/db/secret/pg-wrong":   kubetest.Secret(map[string]string{"username": config.User, "password": "wr0ng-password", "dbname": config.Database}),
		"staging/db/pod/postgres-0": kubetest.Ready("postgres-0", "", ""),
	}}
	if len(args) == 2 {
		switch args[0] {
		case "forbid":
			c.Forbidden = []string{args[1]}
		case "cut":
			c.CutAt = args[1]
		case "hang":
			c.Hang = []string{args[1]}
		default:
			ts.Fatalf("kube cannot %s", args[0])
		}
	}
	file := ts.MkAbs("cluster.json")
	text, err := json.Marshal(c)
	ts.Check(err)
	ts.Check(os.WriteFile(file, text, 0o600))
	ts.Setenv("KUBECONFIG", file)
}
