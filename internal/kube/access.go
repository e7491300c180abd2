package kube

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/diag"
)

// Source says where user, password and database are kept. The zero value says
// nowhere: what it leaves open comes from libpq's variables.
type Source struct {
	// Secret is the name of a Secret, "" for none.
	Secret string
	// Env has the variables of the pod itself.
	Env bool
	// Keys of the Secret, or variables of the pod; those that are "" are looked
	// for under their usual names.
	User, Password, Database, URL string
}

// Access is what a Source says. What it does not say is "".
type Access struct {
	User, Password, Database string
	Query                    url.Values // of a URL: sslmode and such
	From                     string     // for messages: "the Secret pg-app"
}

// usual are the names that PostgreSQL's image, its operators and charts use.
var usual = struct{ user, password, database, url []string }{
	user:     []string{"user", "username", "POSTGRES_USER", "POSTGRESQL_USERNAME", "PGUSER"},
	password: []string{"password", "POSTGRES_PASSWORD", "POSTGRESQL_PASSWORD", "PGPASSWORD", "postgres-password"},
	database: []string{"database", "dbname", "POSTGRES_DB", "POSTGRESQL_DATABASE", "PGDATABASE"},
	url:      []string{"url", "uri", "DATABASE_URL"},
}

// Access reads user, password and database from where s says. The password is
// made known to k.Hide before it is returned. Errors are *diag.Error and name
// keys, never values.
func (k *Kubectl) Access(ctx context.Context, f *Found, s Source) (*Access, error) {
	switch {
	case s.Secret != "":
		values, err := k.secret(ctx, f.Place, s.Secret)
		if err != nil {
			return nil, err
		}
		return k.access(values, s, "the Secret "+s.Secret+" in "+where(f.Place))
	case s.Env:
		values, err := k.environment(ctx, f)
		if err != nil {
			return nil, err
		}
		return k.access(values, s, "the environment of the pod "+f.String())
	}
	return &Access{}, nil
}

func (k *Kubectl) access(values map[string]string, s Source, from string) (*Access, error) {
	a := &Access{From: from}
	var u string
	for _, want := range []struct {
		into  *string
		named string
		usual []string
	}{{&u, s.URL, usual.url}, {&a.User, s.User, usual.user}, {&a.Password, s.Password, usual.password}, {&a.Database, s.Database, usual.database}} {
		if want.named != "" {
			value, ok := values[want.named]
			if !ok {
				return nil, noKey(from, want.named, values)
			}
			*want.into = value
			continue
		}
		for _, name := range want.usual {
			if value, ok := values[name]; ok {
				*want.into = value
				break
			}
		}
	}
	if k.Hide != nil {
		k.Hide.Add(a.Password)
	}
	if u != "" && (s.URL != "" || a.Password == "" || a.User == "") {
		if err := k.fromURL(a, u, from); err != nil {
			return nil, err
		}
	}
	if a.User == "" && a.Password == "" {
		return nil, noKey(from, "", values)
	}
	return a, nil
}

// fromURL takes user, password and database from a URL. Its host is the
// cluster's own name for the server, which means nothing out here.
func (k *Kubectl) fromURL(a *Access, text, from string) error {
	u, err := url.Parse(text)
	if err != nil || u.User == nil {
		return &diag.Error{Kind: diag.Usage, Message: "the URL in " + from + " cannot be read",
			Hint: "it looks like postgres://user:password@host:5432/database; in a password, / is written %2F, @ is %40 and # is %23"}
	}
	a.User, a.Database, a.Query = u.User.Username(), strings.TrimPrefix(u.Path, "/"), u.Query()
	a.Password, _ = u.User.Password()
	for _, name := range []string{"host", "hostaddr", "port"} {
		a.Query.Del(name)
	}
	if k.Hide != nil {
		k.Hide.Add(a.Password)
	}
	return nil
}

func noKey(from, name string, values map[string]string) error {
	known := "it is empty"
	if len(values) > 0 {
		known = "it has " + strings.Join(slices.Sorted(maps.Keys(values)), ", ")
	}
	message := from + " has no key " + name
	if name == "" {
		message = from + " has no key that is known to hold a user, a password or a URL"
	}
	return &diag.Error{Kind: diag.Usage, Message: message, Hint: known + "; name the right ones in skein.yaml (`skein help connecting`)"}
}

// secret returns the values of a Secret. One that was made by echo ends in a
// line feed that nobody meant.
func (k *Kubectl) secret(ctx context.Context, p Place, name string) (map[string]string, error) {
	var object struct {
		Data map[string][]byte `json:"data"` // base64
	}
	if err := k.get(ctx, p, &object, "secret/"+name); err != nil {
		return nil, err
	}
	values := map[string]string{}
	for key, value := range object.Data {
		values[key] = strings.TrimSuffix(string(value), "\n")
	}
	return values, nil
}

func (k *Kubectl) configMap(ctx context.Context, p Place, name string) (map[string]string, error) {
	var object struct {
		Data map[string]string `json:"data"`
	}
	err := k.get(ctx, p, &object, "configmap/"+name)
	return object.Data, err
}

// environment returns the variables that the pod's containers are started
// with, read from the pod's description: that needs no program in the pod and
// no right to run one. Where containers differ the first one counts.
func (k *Kubectl) environment(ctx context.Context, f *Found) (map[string]string, error) {
	values := map[string]string{}
	r := &refReader{k: k, place: f.Place, read: map[string]map[string]string{}}
	for _, c := range slices.Backward(f.object.Spec.Containers) {
		for _, from := range c.EnvFrom {
			kind, ref := "secret", from.Secret
			if ref == nil {
				kind, ref = "configmap", from.ConfigMap
			}
			if ref == nil {
				continue
			}
			all, err := r.all(ctx, kind, ref.Name)
			if err != nil {
				return nil, err
			}
			for name, value := range all {
				values[from.Prefix+name] = value
			}
		}
		for _, v := range c.Env {
			value, err := r.value(ctx, v)
			if err != nil {
				return nil, err
			}
			values[v.Name] = value
		}
	}
	return values, nil
}

// refReader reads each Secret and ConfigMap once.
type refReader struct {
	k     *Kubectl
	place Place
	read  map[string]map[string]string
}

func (r *refReader) all(ctx context.Context, kind, name string) (map[string]string, error) {
	if values, ok := r.read[kind+"/"+name]; ok {
		return values, nil
	}
	read := r.k.secret
	if kind == "configmap" {
		read = r.k.configMap
	}
	values, err := read(ctx, r.place, name)
	r.read[kind+"/"+name] = values
	return values, err
}

// wanted reports whether a variable may say how to connect; what others refer
// to is none of our business.
func wanted(name string) bool {
	upper := strings.ToUpper(name)
	for _, word := range []string{"POSTGRES", "PG", "DB", "DATABASE", "USER", "PASS", "URL", "URI"} {
		if strings.Contains(upper, word) {
			return true
		}
	}
	return false
}

func (r *refReader) value(ctx context.Context, v variableObject) (string, error) {
	if v.ValueFrom == nil || !wanted(v.Name) {
		return v.Value, nil
	}
	kind, ref := "secret", v.ValueFrom.Secret
	if ref == nil {
		kind, ref = "configmap", v.ValueFrom.ConfigMap
	}
	if ref == nil { // a field of the pod
		return "", nil
	}
	all, err := r.all(ctx, kind, ref.Name)
	if err != nil {
		return "", err
	}
	value, ok := all[ref.Key]
	if !ok {
		return "", noKey(fmt.Sprintf("the %s %s in %s", kind, ref.Name, where(r.place)), ref.Key, all)
	}
	return value, nil
}
