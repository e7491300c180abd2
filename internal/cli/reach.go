package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/skein-db/skein/internal/address"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/kube"
)

// reachFlags say which database is meant and how to get to it. Every command
// that connects has them.
type reachFlags struct {
	url    string
	kube   string
	source kube.Source
	name   string // of a database in skein.yaml
}

// reachOrder is the help on where the database is looked for.
const reachOrder = `The database is the one of --url, --kube or --database, else of the config's dbCredentials, else of
DATABASE_URL (the file .env counts), else of libpq's variables (PGHOST, PGSERVICE, …): see
skein help connecting.`

func (f *reachFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.url, "url", "", "`URL` of the database, or libpq's key=value form")
	flags.StringVar(&f.name, "database", "", "`name` of a database in skein.yaml")
	flags.StringVar(&f.kube, "kube", "", "`place` of a PostgreSQL in Kubernetes: context/namespace/pod[:port]")
	flags.StringVar(&f.source.Secret, "kube-secret", "", "with --kube: `name` of the Secret that holds user, password and database")
	flags.BoolVar(&f.source.Env, "kube-env", false, "with --kube: take user, password and database from the pod's environment")
}

// connect opens the database. The caller closes it.
func (f *reachFlags) connect(ctx context.Context, a *app, p *project) (*database, error) {
	at, err := f.address(ctx, a, p)
	if err != nil {
		return nil, err
	}
	return a.connect(ctx, at)
}

// address finds out where the database is, and opens the way there. p may be
// nil where there is no config.
func (f *reachFlags) address(ctx context.Context, a *app, p *project) (address.Address, error) {
	switch {
	case f.url != "" && f.kube != "":
		return address.Address{}, usage("leave one of them out; with --kube, user and database come from --kube-secret, --kube-env or PGUSER and PGDATABASE", "--url and --kube cannot be used together")
	case f.name != "" && f.url+f.kube != "":
		return address.Address{}, usage("leave one of them out", "--database cannot be used together with --url or --kube")
	case f.kube == "" && (f.source.Secret != "" || f.source.Env):
		return address.Address{}, usage("say by --kube where the database is", "--kube-secret and --kube-env need --kube")
	case f.source.Secret != "" && f.source.Env:
		return address.Address{}, usage("leave one of them out", "--kube-secret and --kube-env cannot be used together")
	case f.url != "":
		return address.Address{URL: f.url, From: "--url"}, nil
	case f.kube != "":
		place, err := kube.ParsePlace(f.kube)
		if err != nil {
			return address.Address{}, err
		}
		return a.openRoute(ctx, place, f.source, "")
	case f.name != "":
		return a.namedAddress(ctx, p, f.name)
	}
	return a.standing(p)
}

// standing is the database that is named by no flag.
func (a *app) standing(p *project) (address.Address, error) {
	if p != nil && p.URL != "" {
		return configAddress(p), nil
	}
	url, from, err := a.databaseVariable()
	if err != nil {
		return address.Address{}, err
	}
	if url != "" {
		return address.Address{URL: url, From: from}, nil
	}
	if set := address.VariablesSet(); len(set) > 0 {
		return address.Address{From: "libpq's variables"}, nil
	}
	e := usage("pass --url or --kube, set dbCredentials.url in the config, or set DATABASE_URL or libpq's PGHOST", "no database is named")
	if p == nil {
		return address.Address{}, e
	}
	e.File = p.File
	var why *diag.Error
	if errors.As(p.URLError, &why) {
		e.Detail = why.Error()
	} else if p.URLError != nil {
		e.Detail = p.URLError.Error()
	}
	return address.Address{}, e
}

func configAddress(p *project) address.Address {
	at := address.Address{URL: p.URL, From: "dbCredentials in " + p.File}
	if s := p.SSL; s != nil {
		at.TLS = &address.TLS{CA: s.CA, Cert: s.Cert, Key: s.Key, ServerName: s.ServerName}
	}
	return at
}

// optionalProject reads the config of a command that needs none; nil where
// there is none.
func (a *app) optionalProject(ctx context.Context, file string, f *reachFlags) (*project, error) {
	if file == "" && f.url+f.kube != "" {
		return nil, nil
	}
	if file == "" && !configHere() {
		return nil, nil
	}
	return a.loadConfig(ctx, file)
}
