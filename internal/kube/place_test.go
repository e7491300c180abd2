package kube

import (
	"strings"
	"testing"
)

func TestParsePlace(t *testing.T) {
	for _, c := range []struct {
		text string
		want Place
	}{
		{"prod/db/postgres-0", Place{"prod", "db", Pod, "postgres-0", 5432}},
		{"db/postgres-0", Place{"", "db", Pod, "postgres-0", 5432}},
		{"prod/db/postgres-0:6432", Place{"prod", "db", Pod, "postgres-0", 6432}},
		{"prod/db/svc/postgres", Place{"prod", "db", Service, "postgres", 5432}},
		{"db/svc/postgres", Place{"", "db", Service, "postgres", 5432}},
		{"prod/db/deploy/pg:1", Place{"prod", "db", Deployment, "pg", 1}},
		{"prod/db/statefulset/pg", Place{"prod", "db", StatefulSet, "pg", 5432}},
		{"prod/db/pod/pg", Place{"prod", "db", Pod, "pg", 5432}},
		{"svc/pg", Place{"", "svc", Pod, "pg", 5432}}, // a namespace, as a place needs one
		{"arn:aws:eks:eu-west-1:123456789012:cluster/prod/db/postgres-0", Place{"arn:aws:eks:eu-west-1:123456789012:cluster/prod", "db", Pod, "postgres-0", 5432}},
		{"gke_project_europe-west1_prod/db/svc/pg:6432", Place{"gke_project_europe-west1_prod", "db", Service, "pg", 6432}},
		{"prod/db/app=postgres", Place{"prod", "db", Selector, "app=postgres", 5432}},
		{"db/app=postgres,role=primary:6432", Place{"", "db", Selector, "app=postgres,role=primary", 6432}},
		{"prod/db/app.kubernetes.io/name=postgres", Place{"prod", "db", Selector, "app.kubernetes.io/name=postgres", 5432}},
		{"prod/db/app=a,cnpg.io/instanceRole=primary", Place{"prod", "db", Selector, "app=a,cnpg.io/instanceRole=primary", 5432}},
		{"db/cnpg.io/cluster=a,cnpg.io/instanceRole=primary", Place{"", "db", Selector, "cnpg.io/cluster=a,cnpg.io/instanceRole=primary", 5432}},
	} {
		got, err := ParsePlace(c.text)
		if err != nil || got != c.want {
			t.Errorf("%s: got %+v, %v", c.text, got, err)
			continue
		}
		if again, err := ParsePlace(got.String()); err != nil || again != got {
			t.Errorf("%s: its text %s reads as %+v, %v", c.text, got, again, err)
		}
	}
}

func TestParsePlaceRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                   "the namespace is missing",
		"postgres-0":         "the namespace is missing",
		"prod/db/":           "the pod is missing",
		"prod//pg":           "the namespace is missing",
		"prod/db/pg:x":       "the port is no number",
		"prod/db/pg:0":       "the port 0 is not from 1 to 65535",
		"prod/db/pg:70000":   "the port 70000",
		"prod/Db/pg":         `"Db" is no name of a namespace`,
		"prod/db/-pg":        `"-pg" is no name of a pod`,
		"prod/db/p g":        `"p g" is no name of a pod`,
		"prod/db/svc/Pg":     `"Pg" is no name of a service`,
		"--kubeconfig/db/pg": `"--kubeconfig" is no name of a context`,
		"db/a=b;rm":          `"a=b;rm" is no name of a selector`,
	} {
		_, err := ParsePlace(text)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "hint: write context/namespace/pod") {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

func FuzzParsePlace(f *testing.F) {
	f.Add("prod/db/svc/pg:6432")
	f.Add("a/b.c/d=e/f=g")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParsePlace(text)
		if err != nil {
			return
		}
		if again, err := ParsePlace(p.String()); err != nil || again != p {
			t.Errorf("%q is %+v, and its text %q is %+v, %v", text, p, p, again, err)
		}
	})
}
