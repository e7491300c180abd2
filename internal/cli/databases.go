package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/skein-db/skein/internal/address"
	"github.com/skein-db/skein/internal/config"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/kube"
)

// namedAddress is the way to a database that skein.yaml gives a name.
func (a *app) namedAddress(ctx context.Context, p *project, name string) (address.Address, error) {
	team, err := teamOf(p)
	if err != nil {
		return address.Address{}, err
	}
	d := team.Database(name)
	if d == nil {
		return address.Address{}, noDatabase(team, name)
	}
	from := fmt.Sprintf("the database %s in %s", name, team.File)
	switch {
	case d.Kube != nil:
		place, source := kubePlace(d.Kube)
		if err := place.Check(); err != nil {
			return address.Address{}, &diag.Error{Kind: diag.Usage, File: team.File, Line: d.Line,
				Message: fmt.Sprintf("the database %s names no place in Kubernetes: %v", name, err), Hint: "docs/config.md describes the keys", Err: err}
		}
		return a.openRoute(ctx, place, source, from)
	case d.Variable != "":
		return a.variableAddress(team, d)
	}
	return address.Address{URL: d.URL, From: from}, nil
}

// teamOf is the skein.yaml of a project, or that of the working directory.
func teamOf(p *project) (*config.Config, error) {
	if p != nil && p.team != nil {
		return p.team, nil
	}
	return config.Load(".")
}

func noDatabase(team *config.Config, name string) error {
	var names []string
	for _, d := range team.Databases {
		names = append(names, d.Name)
	}
	e := usage("its databases are "+strings.Join(names, ", "), "there is no database %s", name)
	e.File = team.File
	switch near := diag.Nearest(name, names); {
	case team.File == "":
		e.Hint = "--database names one of the databases in " + config.Name + ", and there is no such file here (skein help connecting)"
	case len(names) == 0:
		e.Hint = "it has no databases: write databases: { " + name + ": … } (skein help connecting)"
	case near != "":
		e.Hint = "did you mean " + near + "?"
	}
	return e
}

// variableAddress reads a URL from the environment, or from .env.
func (a *app) variableAddress(team *config.Config, d *config.Database) (address.Address, error) {
	url, from, err := a.variable(d.Variable)
	if err != nil {
		return address.Address{}, err
	}
	if url == "" {
		return address.Address{}, &diag.Error{Kind: diag.Usage, File: team.File, Line: d.Line,
			Message: fmt.Sprintf("the database %s is the one of the variable %s, which is not set", d.Name, d.Variable), Hint: "set it in the environment or in .env"}
	}
	return address.Address{URL: url, From: from}, nil
}

func kubePlace(k *config.Kube) (kube.Place, kube.Source) {
	place := kube.Place{Context: k.Context, Namespace: k.Namespace, Port: k.Port}
	for kind, name := range map[kube.Kind]string{
		kube.Pod: k.Pod, kube.Service: k.Service, kube.Deployment: k.Deployment, kube.StatefulSet: k.StatefulSet, kube.Selector: k.Selector,
	} {
		if name != "" { // the reader of skein.yaml lets one of them through
			place.Kind, place.Name = kind, name
		}
	}
	var source kube.Source
	if keys := k.Secret; keys != nil {
		source = kube.Source{Secret: keys.Name, User: keys.User, Password: keys.Password, Database: keys.Database, URL: keys.URL}
	}
	if keys := k.Env; keys != nil {
		source = kube.Source{Env: true, User: keys.User, Password: keys.Password, Database: keys.Database, URL: keys.URL}
	}
	return place, source
}
