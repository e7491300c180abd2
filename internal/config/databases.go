package config

import (
	"net/url"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// Database is a database that --database names. One of URL, Variable and Kube
// is given.
type Database struct {
	Name     string
	URL      string // without a password
	Variable string // the environment variable that holds the URL
	Kube     *Kube
	Line     int // in the file
}

// Kube is where in Kubernetes a database is. One of Pod, Service, Deployment,
// StatefulSet and Selector is given.
type Kube struct {
	Context   string // "" for kubectl's current one
	Namespace string
	Pod       string
	Service   string

	Deployment, StatefulSet, Selector string

	Port   int // 5432 where not given
	Secret *Keys
	Env    *Keys
}

// Keys are the names under which user, password and database are found: keys
// of a Secret or variables of a pod. "" leaves it to the usual names.
type Keys struct {
	Name                          string // of the Secret
	User, Password, Database, URL string
}

// Database returns the database of a name, nil where there is none.
func (c *Config) Database(name string) *Database {
	for i := range c.Databases {
		if c.Databases[i].Name == name {
			return &c.Databases[i]
		}
	}
	return nil
}

const databaseForm = "write url: postgres://user@host/database, variable: NAME_OF_A_VARIABLE, or kube: { context: …, namespace: …, pod: … }"

func (p *parser) database(key, n *yaml.Node, c *Config) {
	d := Database{Name: key.Value, Line: key.Line}
	what := "databases." + d.Name
	given := 0
	p.keys(n, what, map[string]func(*yaml.Node){
		"url":      func(v *yaml.Node) { d.URL = p.plainURL(v, what+".url"); given++ },
		"variable": func(v *yaml.Node) { d.Variable = p.text(v, what+".variable"); given++ },
		"kube":     func(v *yaml.Node) { d.Kube = p.kube(v, what+".kube"); given++ },
	})
	if given != 1 {
		p.wrong(key, databaseForm, "%s needs one of url, variable and kube", what)
	}
	c.Databases = append(c.Databases, d)
}

// plainURL reads a URL. A password has no place in a file that is committed.
func (p *parser) plainURL(n *yaml.Node, what string) string {
	text := p.text(n, what)
	u, err := url.Parse(text)
	if err != nil {
		p.secret(n, databaseForm, what+" cannot be read")
		return ""
	}
	if _, has := u.User.Password(); has || u.Query().Has("password") {
		p.secret(n, "leave the password out: it comes from PGPASSWORD or the passfile; or write variable: NAME and put the whole URL into that", what+" has a password in it")
	}
	return text
}

func (p *parser) kube(n *yaml.Node, what string) *Kube {
	k := &Kube{Port: 5432}
	targets := 0
	target := func(name string, into *string) func(*yaml.Node) {
		return func(v *yaml.Node) { *into = p.text(v, what+"."+name); targets++ }
	}
	p.keys(n, what, map[string]func(*yaml.Node){
		"context":     func(v *yaml.Node) { k.Context = p.text(v, what+".context") },
		"namespace":   func(v *yaml.Node) { k.Namespace = p.text(v, what+".namespace") },
		"pod":         target("pod", &k.Pod),
		"service":     target("service", &k.Service),
		"deployment":  target("deployment", &k.Deployment),
		"statefulset": target("statefulset", &k.StatefulSet),
		"selector":    target("selector", &k.Selector),
		"port":        func(v *yaml.Node) { k.Port = p.port(v, what+".port") },
		"secret": func(v *yaml.Node) {
			k.Secret = p.credentials(v, what+".secret", true)
			if k.Secret.Name == "" {
				p.wrong(v, "write secret: { name: NAME }", "%s has no name", what+".secret")
			}
		},
		"env": func(v *yaml.Node) { k.Env = p.credentials(v, what+".env", false) },
	})
	if k.Namespace == "" || targets != 1 {
		p.wrong(n, databaseForm, "%s needs a namespace and one of pod, service, deployment, statefulset and selector", what)
	}
	if k.Secret != nil && k.Env != nil {
		p.wrong(n, "leave one of them out", "%s has both secret and env", what)
	}
	return k
}

// credentials reads names of keys; for env, true alone means the usual ones.
func (p *parser) credentials(n *yaml.Node, what string, named bool) *Keys {
	k := &Keys{}
	if !named && n.Kind == yaml.ScalarNode && n.Value == "true" {
		return k
	}
	keys := map[string]func(*yaml.Node){
		"user":     func(v *yaml.Node) { k.User = p.text(v, what+".user") },
		"password": func(v *yaml.Node) { k.Password = p.text(v, what+".password") },
		"database": func(v *yaml.Node) { k.Database = p.text(v, what+".database") },
		"url":      func(v *yaml.Node) { k.URL = p.text(v, what+".url") },
	}
	if named {
		keys["name"] = func(v *yaml.Node) { k.Name = p.text(v, what+".name") }
	}
	p.keys(n, what, keys)
	return k
}

func (p *parser) port(n *yaml.Node, what string) int {
	port, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil || port < 1 || port > 65535 {
		p.wrong(n, "write a number from 1 to 65535", "%s is no port", what)
	}
	return port
}

// secret notes that something is wrong with a value that must not be shown.
func (p *parser) secret(n *yaml.Node, hint, message string) {
	p.wrong(n, hint, "%s", message)
	if p.err != nil && p.err.Message == message {
		p.err.Detail = ""
	}
}
