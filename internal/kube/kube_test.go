package kube_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/kube"
	"github.com/skein-db/skein/internal/kube/kubetest"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
	"github.com/skein-db/skein/internal/secret"
)

func TestMain(m *testing.M) {
	if kubetest.IsMain() {
		kubetest.Main()
	}
	if os.Getenv(holdEnv) != "" {
		hold()
	}
	os.Exit(m.Run())
}

const password = "s3cret/of@prod"

// cluster is a cluster with one of everything.
func cluster() *kubetest.Cluster {
	env := `[{"name": "POSTGRES_USER", "value": "app"}, {"name": "POSTGRES_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "pg-app", "key": "password"}}},
		{"name": "POSTGRES_DB", "valueFrom": {"configMapKeyRef": {"name": "pg", "key": "db"}}}, {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "not-ours", "key": "x"}}}]`
	return &kubetest.Cluster{Current: "prod", Objects: map[string]json.RawMessage{
		"prod/db/pod/postgres-0":       kubetest.Ready("postgres-0", `{"app": "postgres", "role": "primary"}`, env),
		"prod/db/pod/postgres-1":       kubetest.Ready("postgres-1", `{"app": "postgres", "role": "standby"}`, ""),
		"prod/db/pod/pending":          json.RawMessage(`{"metadata": {"name": "pending", "labels": {"app": "pending"}}, "status": {"phase": "Pending", "containerStatuses": [{"name": "postgres", "state": {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}}]}}`),
		"prod/db/pod/starting":         json.RawMessage(`{"metadata": {"name": "starting"}, "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "False", "message": "containers with unready status: [postgres]"}]}}`),
		"prod/db/pod/leaving":          json.RawMessage(`{"metadata": {"name": "leaving", "deletionTimestamp": "2026-01-01T00:00:00Z"}, "status": {"phase": "Running"}}`),
		"prod/db/service/pg":           json.RawMessage(`{"spec": {"selector": {"app": "postgres"}, "ports": [{"port": 6432, "targetPort": "postgresql"}, {"port": 5432, "targetPort": 5433}]}}`),
		"prod/db/service/outside":      json.RawMessage(`{"spec": {"externalName": "db.example.com"}}`),
		"prod/db/deployment/pg":        json.RawMessage(`{"spec": {"selector": {"matchLabels": {"app": "postgres"}}}}`),
		"prod/db/statefulset/primary":  json.RawMessage(`{"spec": {"selector": {"matchLabels": {"role": "primary", "app": "postgres"}}}}`),
		"prod/db/secret/pg-app":        kubetest.Secret(map[string]string{"username": "app", "password": password + "\n", "dbname": "app", "uri": "postgresql://other:x@pg/y"}),
		"prod/db/secret/url":           kubetest.Secret(map[string]string{"uri": "postgresql://app:s3cret%2Fof%40prod@pg.db.svc:5432/app?sslmode=require&host=h"}),
		"prod/db/secret/odd":           kubetest.Secret(map[string]string{"who": "app", "what": password}),
		"prod/db/secret/bad-url":       kubetest.Secret(map[string]string{"url": "postgres://app:s3cret/of@prod:x/"}),
		"prod/db/secret/empty":         kubetest.Secret(nil),
		"prod/db/configmap/pg":         json.RawMessage(`{"data": {"db": "app"}}`),
		"arn:a/staging/web/pod/nobody": kubetest.Ready("nobody", "", ""),
	}}
}

func TestFind(t *testing.T) {
	environ, _ := kubetest.Install(t, cluster())
	k := &kube.Kubectl{Environ: environ}
	for _, c := range []struct {
		place, want, host string
		port              int
	}{
		{"prod/db/postgres-0", "prod/db/postgres-0", "postgres-0", 5432},
		{"prod/db/postgres-0:6000", "prod/db/postgres-0", "postgres-0", 6000},
		{"db/postgres-1", "prod/db/postgres-1", "postgres-1", 5432},
		{"prod/db/role=primary", "prod/db/postgres-0", "postgres-0", 5432},
		{"prod/db/sts/primary", "prod/db/postgres-0", "postgres-0", 5432},
		{"prod/db/svc/pg", "prod/db/postgres-0", "pg.db.svc", 5433},
		{"prod/db/svc/pg:6432", "prod/db/postgres-0", "pg.db.svc", 5432},
	} {
		p, err := kube.ParsePlace(c.place)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := k.Resolve(t.Context(), &p); err != nil {
			t.Fatal(err)
		}
		found, err := k.Find(t.Context(), p)
		if err != nil {
			t.Errorf("%s: %v", c.place, err)
			continue
		}
		if found.String() != c.want || found.Port != c.port || found.Host() != c.host {
			t.Errorf("%s: got %s, port %d, host %s", c.place, found, found.Port, found.Host())
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name, place string
		change      func(*kubetest.Cluster)
		kind        diag.Kind
		want        []string
	}{
		{"wrong context", "prd/db/postgres-0", nil, diag.Usage, []string{`kubectl knows no context "prd"`, "its contexts are arn:a, prod"}},
		{"no current context", "db/postgres-0", func(c *kubetest.Cluster) { c.Current = "" }, diag.Usage, []string{"kubectl has no current one", "CONTEXT/db/postgres-0"}},
		{"no such pod", "prod/db/nobody", nil, diag.Database, []string{"there is no pod nobody in the namespace db of the context prod", "kubectl --context=prod --namespace=db get pods"}},
		{"no such service", "prod/db/svc/nobody", nil, diag.Database, []string{"there is no service nobody"}},
		{"no such deployment", "prod/db/deploy/nobody", nil, diag.Database, []string{"there is no deployment nobody"}},
		{"no permission", "prod/db/postgres-0", func(c *kubetest.Cluster) { c.Forbidden = []string{"pods"} }, diag.Database, []string{"does not let the user dev get pods in the namespace db", "pods/portforward"}},
		{"no permission to list", "prod/db/app=postgres", func(c *kubetest.Cluster) { c.Forbidden = []string{"pods"} }, diag.Database, []string{"does not let the user dev list pods"}},
		{"no permission to forward", "prod/db/postgres-0", func(c *kubetest.Cluster) { c.Forbidden = []string{"pods/portforward"} }, diag.Database, []string{"does not let the user dev create pods/portforward"}},
		{"pending", "prod/db/pending", nil, diag.Database, []string{"the pod pending", "is not ready: its container postgres waits: ImagePullBackOff: no such image", "describe pod pending"}},
		{"starting", "prod/db/starting", nil, diag.Database, []string{"it runs and is not ready: containers with unready status: [postgres]", "wait --for=condition=Ready"}},
		{"leaving", "prod/db/leaving", nil, diag.Database, []string{"it is being deleted"}},
		{"several", "prod/db/deploy/pg", nil, diag.Usage, []string{"leads to 2 pods", "postgres-0, postgres-1", "name the pod of the primary"}},
		{"no label", "prod/db/app=nothing", nil, diag.Database, []string{"no pod in the namespace db of the context prod has the labels app=nothing"}},
		{"none ready", "prod/db/app=pending", nil, diag.Database, []string{"the pod pending", "is not ready"}},
		{"service outside", "prod/db/svc/outside", nil, diag.Usage, []string{"has no selector"}},
		{"service's port", "prod/db/svc/pg:1", nil, diag.Usage, []string{"has no port 1", "its ports are 6432, 5432"}},
		{"cluster down", "prod/db/postgres-0", func(c *kubetest.Cluster) { c.Down = true }, diag.Database, []string{"the cluster of the context prod cannot be reached"}},
		{"port busy", "prod/db/postgres-0", func(c *kubetest.Cluster) { c.Busy = true }, diag.Usage, []string{"cannot listen on a port of this machine"}},
		{"hangs", "prod/db/postgres-0", func(c *kubetest.Cluster) { c.Hang = []string{"get"} }, diag.Database, []string{"kubectl get did not answer in 3s"}},
		{"forward hangs", "prod/db/postgres-0", func(c *kubetest.Cluster) { c.Hang = []string{"port-forward"} }, diag.Database, []string{"kubectl port-forward did not answer in 3s"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			with := cluster()
			with.Says = "E1128 10:00:00.000000 1 x.go:1] noise\nWarning: using postgres://u:" + password + "@h"
			if c.change != nil {
				c.change(with)
			}
			environ, _ := kubetest.Install(t, with)
			k := &kube.Kubectl{Environ: environ, Timeout: 20 * time.Second, Hide: &secret.Set{}}
			if len(with.Hang) > 0 {
				k.Timeout = 3 * time.Second
			}
			check(t, reach(t.Context(), k, c.place), c.kind, c.want)
		})
	}
}

// reach does all that is done to get at a pod.
func reach(ctx context.Context, k *kube.Kubectl, place string) error {
	p, err := kube.ParsePlace(place)
	if err != nil {
		return err
	}
	if _, err := k.Resolve(ctx, &p); err != nil {
		return err
	}
	found, err := k.Find(ctx, p)
	if err != nil {
		return err
	}
	f, err := k.Forward(ctx, found)
	if err != nil {
		return err
	}
	f.Close()
	return nil
}

func check(t *testing.T, err error, kind diag.Kind, want []string) {
	t.Helper()
	var e *diag.Error
	if !errors.As(err, &e) || e.Kind != kind || e.Hint == "" {
		t.Fatalf("got %v", err)
	}
	for _, text := range want {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("%q is not in: %v", text, err)
		}
	}
	for _, part := range []string{"s3cret", "noise"} {
		if strings.Contains(err.Error(), part) {
			t.Errorf("%q is in: %v", part, err)
		}
	}
}

func TestNoKubectl(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	check(t, reach(t.Context(), &kube.Kubectl{}, "prod/db/postgres-0"), diag.Usage, []string{"kubectl is not installed", "pass --url"})
}

func TestAccess(t *testing.T) {
	environ, _ := kubetest.Install(t, cluster())
	k := &kube.Kubectl{Environ: environ, Hide: &secret.Set{}}
	p, err := kube.ParsePlace("prod/db/postgres-0")
	if err != nil {
		t.Fatal(err)
	}
	found, err := k.Find(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		source kube.Source
		query  string
	}{
		{"usual keys", kube.Source{Secret: "pg-app"}, ""},
		{"named keys", kube.Source{Secret: "odd", User: "who", Password: "what"}, ""},
		{"URL", kube.Source{Secret: "url"}, "sslmode=require"},
		{"environment", kube.Source{Env: true}, ""},
	} {
		a, err := k.Access(t.Context(), found, c.source)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if a.User != "app" || a.Password != password || a.Database != "app" && c.name != "named keys" || a.Query.Encode() != c.query {
			t.Errorf("%s: got user %q, database %q, query %q, and the password is right: %v", c.name, a.User, a.Database, a.Query.Encode(), a.Password == password)
		}
		if k.Hide.Hide("x "+password) != "x "+secret.Mask {
			t.Errorf("%s: the password is not known to be one", c.name)
		}
	}
	for _, c := range []struct {
		name   string
		source kube.Source
		kind   diag.Kind
		want   []string
	}{
		{"no secret", kube.Source{Secret: "nobody"}, diag.Database, []string{"there is no secret nobody"}},
		{"no key", kube.Source{Secret: "pg-app", Password: "pass"}, diag.Usage, []string{"the Secret pg-app in the namespace db of the context prod has no key pass", "it has dbname, password, uri, username"}},
		{"no usual key", kube.Source{Secret: "odd"}, diag.Usage, []string{"has no key that is known to hold", "it has what, who"}},
		{"empty", kube.Source{Secret: "empty"}, diag.Usage, []string{"it is empty"}},
		{"bad URL", kube.Source{Secret: "bad-url"}, diag.Usage, []string{"the URL in the Secret bad-url", "cannot be read"}},
		{"no variable", kube.Source{Env: true, User: "PGUSER"}, diag.Usage, []string{"the environment of the pod prod/db/postgres-0 has no key PGUSER"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := k.Access(t.Context(), found, c.source)
			check(t, err, c.kind, c.want)
		})
	}
}

func TestSecretForbidden(t *testing.T) {
	with := cluster()
	with.Forbidden = []string{"secrets"}
	environ, _ := kubetest.Install(t, with)
	k := &kube.Kubectl{Environ: environ}
	p, _ := kube.ParsePlace("prod/db/postgres-0")
	found, err := k.Find(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range []kube.Source{{Secret: "pg-app"}, {Env: true}} {
		_, err = k.Access(t.Context(), found, source)
		check(t, err, diag.Database, []string{"does not let the user dev get secrets"})
	}
}

// open forwards to a real PostgreSQL.
func open(t *testing.T, with *kubetest.Cluster) (forward *kube.Forward, file string, connect func() (*pgx.Conn, error)) {
	t.Helper()
	config, err := pgx.ParseConfig(pgtest.New(t))
	if err != nil {
		t.Fatal(err)
	}
	with.Target = fmt.Sprintf("%s/.s.PGSQL.%d", config.Host, config.Port)
	environ, file := kubetest.Install(t, with)
	k := &kube.Kubectl{Environ: environ}
	p, _ := kube.ParsePlace("prod/db/postgres-0")
	found, err := k.Find(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	forward, err = k.Forward(t.Context(), found)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(forward.Close)
	return forward, file, func() (*pgx.Conn, error) {
		return pgx.Connect(t.Context(), fmt.Sprintf("postgres://%s@%s/%s?sslmode=disable", config.User, forward.Address(), config.Database))
	}
}

func ask(t *testing.T, connect func() (*pgx.Conn, error)) error {
	t.Helper()
	conn, err := connect()
	if err != nil {
		return err
	}
	defer conn.Close(context.Background())
	return conn.Ping(t.Context())
}

func TestForward(t *testing.T) {
	forward, _, connect := open(t, cluster())
	for range 3 {
		if err := ask(t, connect); err != nil {
			t.Fatal(err)
		}
	}
	if why := forward.Diagnose(t.Context()); why != "" {
		t.Errorf("nothing is wrong, and it says %s", why)
	}
	forward.Close()
	<-forward.Done()
	if err := ask(t, connect); err == nil {
		t.Error("the port still leads there")
	}
	forward.Close() // twice is fine
}

func TestTwoForwards(t *testing.T) {
	one, _, connectOne := open(t, cluster())
	two, _, connectTwo := open(t, cluster())
	if one.Address() == two.Address() {
		t.Fatal("both have the same port")
	}
	if err := errors.Join(ask(t, connectOne), ask(t, connectTwo)); err != nil {
		t.Fatal(err)
	}
	one.Close()
	if err := ask(t, connectTwo); err != nil {
		t.Errorf("the second ended with the first: %v", err)
	}
}

func TestPodGoesAway(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*kubetest.Cluster)
		want   string
	}{
		{"gone", func(c *kubetest.Cluster) { delete(c.Objects, "prod/db/pod/postgres-0") }, "the pod prod/db/postgres-0 is gone"},
		{"replaced", func(c *kubetest.Cluster) {
			c.Objects["prod/db/pod/postgres-0"] = json.RawMessage(strings.Replace(string(kubetest.Ready("postgres-0", "", "")), `"uid": "1"`, `"uid": "2"`, 1))
		}, "was replaced by a new one of the same name"},
		{"restarted", func(c *kubetest.Cluster) {
			c.Objects["prod/db/pod/postgres-0"] = json.RawMessage(strings.Replace(string(kubetest.Ready("postgres-0", "", "")), `"restartCount": 0`, `"restartCount": 1`, 1))
		}, "a container of the pod prod/db/postgres-0 was restarted"},
		{"not ready", func(c *kubetest.Cluster) {
			c.Objects["prod/db/pod/postgres-0"] = json.RawMessage(strings.Replace(string(kubetest.Ready("postgres-0", "", "")), "Running", "Failed", 1))
		}, "is not ready any more: its phase is Failed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			with := cluster()
			forward, file, connect := open(t, with)
			if err := ask(t, connect); err != nil {
				t.Fatal(err)
			}
			c.change(with)
			with.Write(t, file)
			_ = ask(t, connect)
			if got := forward.Diagnose(t.Context()); !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
